"""Calls that are submitted one by one to run together: in a loop, in a comprehension, as the keys of a dict.

    futures = []                                      rows = []
    for order in orders:                              for order in orders:
        if order["open"]:                                 if order["open"]:
            futures.append(pool.submit(f, order, 1))          rows.append((order, 1))
                                                      futures = each row in rows: f(*row)

The arguments of each call are evaluated where the program evaluates them; the calls become the iterations of one Map, which begins behind the
loop. Owns the recognition of such loops.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.effects import can_raise
from pysfnc.frontend.lower_arguments import Arguments
from pysfnc.frontend.lower_branches import raise_if_any
from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_core import as_data, is_poison, lower_in_order, lower_value
from pysfnc.frontend.lower_groups import task_group_here
from pysfnc.frontend.lower_names import bind_static, bind_variable, fact_of
from pysfnc.frontend.lower_pools import add_calls, outcomes_var
from pysfnc.frontend.lower_values import (
    Closure,
    Coroutine,
    External,
    FutureDict,
    FutureList,
    GroupKind,
    ModuleValue,
    Pool,
    Static,
    TaskGroup,
    Value,
)
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Assign, Handler, Raise, Try
from pysfnc.ir.walk import has_effect, suite_exprs, walk_suite
from pysfnc.lean import dataclass
from pysfnc.values.types import NEVER, NONE, DictT, ExcT, ListT, join

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_TASKS = frozenset({"asyncio.create_task", "asyncio.ensure_future", "asyncio.tasks.create_task"})


@dataclass(frozen=True, slots=True)
class Start:
    """What starts a call: a pool, a task group, or `asyncio.create_task`."""

    number: int | None
    kind: GroupKind
    limit: Expr | None = None


def start_of(cx: Context, node: ast.AST) -> Start | None:
    """What the call `pool.submit(f, x)`, `tg.create_task(f(x))` or `asyncio.create_task(f(x))` starts its argument with; None for another node."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    match node.func:
        case ast.Attribute(value=ast.Name() as owner, attr=name):
            found = fact_of(cx, owner)
            held = None if found is None else found[1].static
            if isinstance(held, Pool) and name == "submit":
                return Start(held.number, "pool", held.max_workers)
            if isinstance(held, TaskGroup) and name == "create_task":
                return Start(held.number, "group")
            if found is not None or name not in ("create_task", "ensure_future"):
                return None
        case ast.Name():
            if fact_of(cx, node.func) is not None:
                return None
        case _:
            return None
    callee = _named(cx, node.func)
    return Start(None, "tasks") if isinstance(callee, External) and callee.name in _TASKS else None


def _named(cx: Context, node: ast.expr) -> Value | None:
    """What a name of a module means, without messages."""
    from pysfnc.frontend.lower_context import Trial

    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    trial = Trial(cx)
    value = lower_value(cx, node)
    failed = trial.failed
    trial.discard()
    return None if failed else value


# The call of a row


@dataclass(frozen=True, slots=True)
class Row:
    """How a call is made of a row of arguments: which arguments are in it, and which are known while compiling."""

    start: Start
    node: ast.Call

    @property
    def call(self) -> ast.Call:
        """The call whose arguments are evaluated: `submit` itself, or the call of the async function."""
        if self.start.kind == "pool":
            return self.node
        inner = self.node.args[0]
        return inner if isinstance(inner, ast.Call) else self.node

    def is_regular(self) -> bool:
        """Whether its arguments are written out one by one."""
        call = self.call
        regular = self.start.kind == "pool" or isinstance(self.node.args[0], ast.Call)
        spread = any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg is None for k in call.keywords)
        return regular and not spread

    @property
    def function(self) -> ast.expr:
        """The function that is called."""
        return self.node.args[0] if self.start.kind == "pool" else self.call.func

    @property
    def arguments(self) -> list[ast.expr]:
        """The arguments in the order in which they are evaluated."""
        given = self.call.args[1:] if self.start.kind == "pool" else self.call.args
        return [*given, *(keyword.value for keyword in self.call.keywords)]

    def lower(self, cx: Context) -> tuple[Expr, ...]:
        """Evaluate the arguments that are data."""
        nodes = [arg for arg in self.arguments if not _is_static(cx, arg)]
        values = lower_in_order(cx, [_lowering(cx, node) for node in nodes])
        return tuple(as_data(cx, value, node) for value, node in zip(values, nodes, strict=True))

    def made(self, cx: Context, items: Sequence[Value]) -> Value:
        """Make the call with the values of a row; runs in the branch."""
        from pysfnc.frontend.lower_await import awaited
        from pysfnc.frontend.lower_call import call_value

        if self.start.kind != "pool":
            return awaited(cx, self.coroutine(cx, items), self.node)
        return call_value(cx, lower_value(cx, self.function), self._given(cx, items), self.node)

    def coroutine(self, cx: Context, items: Sequence[Value]) -> Value:
        """The call of the async function with the values of a row."""
        from pysfnc.frontend.lower_call import call_value

        function, given = lower_value(cx, self.function), self._given(cx, items)
        if isinstance(function, External):
            return Coroutine(function, given, self.call)
        return call_value(cx, function, given, self.call)

    def _given(self, cx: Context, items: Sequence[Value]) -> Arguments:
        left = list(items)
        values = [lower_value(cx, arg) if _is_static(cx, arg) else left.pop(0) for arg in self.arguments]
        names = [keyword.arg or "" for keyword in self.call.keywords]
        count = len(values) - len(names)
        return Arguments(tuple(values[:count]), tuple(zip(names, values[count:], strict=True)), tuple(self.arguments))


def _lowering(cx: Context, node: ast.expr) -> Callable[[], Value]:
    return lambda: lower_value(cx, node)


def _is_static(cx: Context, node: ast.expr) -> bool:
    """Whether an argument is a function or something else that is no data."""
    if isinstance(node, ast.Lambda):
        return True
    if not isinstance(node, ast.Name | ast.Attribute):
        return False
    found = fact_of(cx, node)
    if found is not None:
        return found[1].static is not None
    return isinstance(_named(cx, node), Static) and not isinstance(_named(cx, node), ModuleValue)


# Loops


@dataclass(frozen=True, slots=True)
class Batch:
    """A loop that submits calls: where, of what the rows are kept, and what collects the promises."""

    row: Row
    rows: str
    collector: str | None = None
    values: str | None = None


def batches_in(cx: Context, loop: ast.For | ast.While) -> dict[ast.stmt, Batch]:
    """The statements of a loop that submit a call whose promise is kept for later."""
    found: dict[ast.stmt, Batch] = {}
    for stmt in _statements(loop.body):
        if stmt in cx.batches:
            continue
        match stmt:
            case ast.Expr(value=ast.Call() as call) if (start := start_of(cx, call)) is not None:
                if start.kind != "tasks":
                    found[stmt] = Batch(Row(start, call), "")
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as list_, attr="append"), args=[call])):
                start = start_of(cx, call)
                if start is not None and isinstance(call, ast.Call) and _is_empty(cx, list_, ListT(NEVER)):
                    found[stmt] = Batch(Row(start, call), "", list_.id)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name() as dict_, slice=call)]):
                start = start_of(cx, call)
                if start is not None and isinstance(call, ast.Call) and _is_empty(cx, dict_, DictT(NEVER)):
                    found[stmt] = Batch(Row(start, call), "", dict_.id, "")
            case _:
                pass
    return {stmt: batch for stmt, batch in found.items() if batch.row.is_regular()}


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for stmt in body:
        yield stmt
        if not isinstance(stmt, _FUNCTIONS):
            for part in ast.iter_child_nodes(stmt):
                if isinstance(part, ast.stmt):
                    yield from _statements([part])
                elif isinstance(part, ast.ExceptHandler):
                    yield from _statements(part.body)


def _is_empty(cx: Context, node: ast.Name, type_: object) -> bool:
    found = fact_of(cx, node)
    return found is not None and found[1].static is None and found[1].type == type_


def lower_with_batches(cx: Context, loop: ast.For | ast.While, lower: Callable[[], None]) -> None:
    """Lower a loop; what it submits starts behind it."""
    found = batches_in(cx, loop)
    if not found:
        lower()
        return
    span = cx.span(loop).head()
    made: dict[ast.stmt, Batch] = {}
    for stmt, batch in found.items():
        rows = cx.names.fresh("rows")
        bind_variable(cx, rows, lib.make_list(cx, [], loop), span)
        values = None
        if batch.values is not None:
            values = cx.names.fresh("values")
            bind_variable(cx, values, lib.make_list(cx, [], loop), span)
        made[stmt] = replace(batch, rows=rows, values=values)
    cx.batches.update(made)
    failed = kept_going(cx, lower, any(batch.row.start.kind == "pool" for batch in made.values()), loop)
    for stmt in made:
        del cx.batches[stmt]
    if not cx.state.reachable:
        return
    for stmt, batch in made.items():
        _begin(cx, stmt, batch)
    if failed is not None:
        raise_if_any(cx, failed, loop)


def kept_going(cx: Context, lower: Callable[[], None], is_pool: bool, node: ast.AST) -> Var | None:
    """Lower what submits calls. What it submitted to a pool runs even if it fails then: the exception is kept for later."""
    with cx.capture() as own:
        lower()
    suite = tuple(own)
    fails = has_effect(suite) or any(isinstance(stmt, Raise) for stmt in walk_suite(suite))
    if not is_pool or not (fails or any(map(can_raise, suite_exprs(suite)))):
        cx.out.extend(suite)
        return None
    sure = next((i for i, s in enumerate(suite) if not isinstance(s, Assign) or can_raise(s.value)), len(suite))
    cx.out.extend(suite[:sure])
    suite = suite[sure:]
    failed, error = cx.names.fresh("failed"), cx.names.fresh("error")
    cx.out.append(Assign(name=failed, value=Const(value=None, type=NONE)))
    keep = Assign(name=failed, value=Var(name=error, type=ExcT(None)))
    handler = Handler(classes=None, name=error, body=(keep,))
    cx.out.append(Try(body=suite, handlers=(handler,), orelse=(), final=(), span=cx.span(node).head()))
    return Var(name=failed, type=join(ExcT(None), NONE), span=cx.span(node).head())


def add_row(cx: Context, stmt: ast.stmt, batch: Batch) -> None:
    """Lower a statement that submits a call: its arguments become a row."""
    if batch.values is not None:
        assert isinstance(stmt, ast.Assign)
        value = as_data(cx, lower_value(cx, stmt.value), stmt.value)
        _appended(cx, batch.values, cx.atom(value, "value"), stmt)
    parts = batch.row.lower(cx)
    _appended(cx, batch.rows, lib.make_tuple(cx, list(parts), stmt), stmt)


def _appended(cx: Context, variable: str, value: Expr, node: ast.AST) -> None:
    if is_poison(value) or not cx.state.reachable:
        return
    span = cx.span(node)
    current = Var(name=variable, type=cx.state.facts[variable].type, span=span)
    longer = lib.appended(cx, current, value, node)
    cx.emit(Assign(name=variable, value=longer, changes=True, span=span))
    cx.state.retype(variable, longer.type)


def _begin(cx: Context, stmt: ast.stmt, batch: Batch) -> None:
    """Start the calls of the rows, and give the collector its promises."""
    rows = Var(name=batch.rows, type=cx.state.facts[batch.rows].type, span=cx.span(stmt))
    futures = begin_rows(cx, rows, batch.row)
    if batch.collector is None:
        return
    found = fact_of(cx, ast.copy_location(ast.Name(id=batch.collector, ctx=ast.Load()), stmt))
    assert found is not None
    promise: Static = futures
    if batch.values is not None:
        values = Var(name=batch.values, type=cx.state.facts[batch.values].type, span=cx.span(stmt))
        promise = FutureDict(futures, values)
    bind_static(cx, found[0], promise, stmt)


def begin_rows(cx: Context, rows: Expr, row: Row) -> FutureList:
    """Submit a call for each row."""
    start = row.start
    number = task_group_here(cx) if start.number is None else start.number

    def call(item: Expr) -> Value:
        return row.made(cx, lib.known_items(cx, item) or [])

    if lib.item_type(rows.type) == NEVER:
        entry = add_calls(
            cx, number, start.kind, rows, lambda _item: Const(value=None, type=NONE), row.node, start.limit
        )
    else:
        entry = add_calls(cx, number, start.kind, rows, call, row.node, start.limit)
    return FutureList(number, outcomes_var(cx, entry), entry.type, start.kind != "pool", start.kind == "group")


# Comprehensions


def late_bound(cx: Context, row: Row, names: frozenset[str]) -> bool:
    """Report a function that reads variables of the comprehension or loop, which go on while it runs."""
    for node in (row.function, *row.arguments):
        function = node
        if isinstance(node, ast.Name):
            found = fact_of(cx, node)
            held = None if found is None else found[1].static
            if not isinstance(held, Closure):
                continue
            function = held.node  # type: ignore[assignment]
        if not isinstance(function, _FUNCTIONS):
            continue
        own = cx.project.scope(function).bound
        read = {part.id for part in ast.walk(function) if isinstance(part, ast.Name)} & names - own
        if read:
            cx.error(
                codes.SHARED_WITH_BRANCH,
                node,
                f"the function reads `{sorted(read)[0]}`, which has another value by the time it runs",
                help="write instead: a parameter of the function, and the value as an argument",
            )
            return True
    return False
