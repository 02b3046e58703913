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
from typing import Literal

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.concurrency.future_values import FutureList, GroupKind, Pool, TaskGroup
from pysfnc.frontend.concurrency.lower_branches import raise_if_any
from pysfnc.frontend.concurrency.lower_groups import task_group_here
from pysfnc.frontend.concurrency.lower_pools import add_calls, outcomes_var
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_in_order, lower_value, lowering
from pysfnc.frontend.core.lower_names import bind_static, bind_variable, fact_of
from pysfnc.frontend.core.lower_values import Closure, Coroutine, External, ModuleValue, Static, Value
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Assign, Handler, Raise, Try
from pysfnc.ir.walk import has_effect, suite_exprs, walk_suite
from pysfnc.lean import dataclass
from pysfnc.values.relations import join
from pysfnc.values.types import NEVER, NONE, DictT, ExcT, ListT

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
    from pysfnc.frontend.core.lower_context import Trial

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
        values = lower_in_order(cx, [lowering(cx, node) for node in nodes])
        return tuple(as_data(cx, value, node) for value, node in zip(values, nodes, strict=True))

    def made(self, cx: Context, items: Sequence[Value]) -> Value:
        """Make the call with the values of a row; runs in the branch."""
        from pysfnc.frontend.calls.lower_call import call_value
        from pysfnc.frontend.concurrency.lower_await import awaited

        if self.start.kind != "pool":
            return awaited(cx, self.coroutine(cx, items), self.node)
        return call_value(cx, lower_value(cx, self.function), self._given(cx, items), self.node)

    def coroutine(self, cx: Context, items: Sequence[Value]) -> Value:
        """The call of the async function with the values of a row."""
        from pysfnc.frontend.calls.lower_call import call_value

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
class Parts:
    """A call that is submitted, and what is evaluated before and behind it in what is kept with its promise."""

    call: ast.Call
    before: tuple[ast.expr, ...] = ()
    after: tuple[ast.expr, ...] = ()

    @classmethod
    def of_tuple(cls, cx: Context, node: ast.expr) -> "Parts | None":
        """Those of `(a, pool.submit(f, a), b)`; None of anything else."""
        if not isinstance(node, ast.Tuple) or any(isinstance(part, ast.Starred) for part in node.elts):
            return None
        places = [place for place, part in enumerate(node.elts) if start_of(cx, part) is not None]
        if len(places) != 1:
            return None
        call = node.elts[places[0]]
        assert isinstance(call, ast.Call)
        return cls(call, tuple(node.elts[: places[0]]), tuple(node.elts[places[0] + 1 :]))


Repeated = ast.For | ast.While | ast.If
"""What submits a number of calls that is not known: any number, or one or none."""

Shape = Literal["list", "rows", "values", "keys"]
"""What the promises are put in: a list, a list of tuples with them, a dict with a value for each, a dict with each at a key."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A loop that submits calls: how they are made, what collects the promises, and the variables that keep rows and what stands beside them."""

    row: Row
    parts: Parts
    collector: str | None = None
    shape: Shape = "list"
    rows: str = ""
    others: str = ""


def batches_in(cx: Context, loop: Repeated) -> dict[ast.stmt, Batch]:
    """The statements of a loop or `if` that submit a call whose promise is kept for later."""
    found: dict[ast.stmt, Batch] = {}
    for stmt in _statements([*loop.body, *loop.orelse] if isinstance(loop, ast.If) else loop.body):
        if stmt in cx.batches:
            continue
        kept = _kept(cx, stmt)
        if kept is None:
            continue
        parts, collector, shape = kept
        start = start_of(cx, parts.call)
        if start is not None and not (collector is None and start.kind == "tasks"):
            found[stmt] = Batch(Row(start, parts.call), parts, collector, shape)
    regular = {stmt: batch for stmt, batch in found.items() if batch.row.is_regular()}
    return {stmt: batch for stmt, batch in regular.items() if _only_filled(cx, loop, batch, regular)}


def _only_filled(cx: Context, loop: Repeated, batch: Batch, found: dict[ast.stmt, Batch]) -> bool:
    """Whether a loop does nothing with what collects its promises but put them in: it has them behind the loop only."""
    same = sum(other.collector == batch.collector for other in found.values())
    named = [part for part in ast.walk(loop) if isinstance(part, ast.Name) and part.id == batch.collector]
    if batch.collector is None or len(named) <= same:
        return True
    if any(isinstance(part.ctx, ast.Store) for part in named):
        return False
    cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        loop,
        f"`{batch.collector}` is read in the loop that puts futures into it",
        notes=["in the machine the calls of a loop begin when all of their arguments are known, behind the loop"],
        help="write instead: a set or list of its own for what the loop asks",
    )
    return True


def _kept(cx: Context, stmt: ast.stmt) -> tuple[Parts, str | None, Shape] | None:
    """What a statement may submit, and where it keeps the promise."""
    match stmt:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as list_, attr="append"), args=[made])) if (
            _is_empty(cx, list_, ListT(NEVER))
        ):
            if isinstance(made, ast.Call):
                return Parts(made), list_.id, "list"
            parts = Parts.of_tuple(cx, made)
            return None if parts is None else (parts, list_.id, "rows")
        case ast.Expr(value=ast.Call() as call):
            return Parts(call), None, "list"
        case ast.Assign(targets=[ast.Subscript(value=ast.Name() as dict_, slice=key)], value=value) if _is_empty(
            cx, dict_, DictT(NEVER)
        ):
            # The value of an assignment is evaluated before the key.
            if isinstance(key, ast.Call) and start_of(cx, key) is not None:
                return Parts(key, before=(value,)), dict_.id, "values"
            return (Parts(value, after=(key,)), dict_.id, "keys") if isinstance(value, ast.Call) else None
        case _:
            return None


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


def lower_with_batches(cx: Context, loop: Repeated, lower: Callable[[], None]) -> None:
    """Lower a loop, or an `if` that creates tasks of a group; what it submits starts behind it."""
    found = batches_in(cx, loop)
    if not found:
        lower()
        return
    span = cx.span(loop).head()
    made: dict[ast.stmt, Batch] = {}
    for stmt, batch in found.items():
        rows, others = cx.names.fresh("rows"), ""
        bind_variable(cx, rows, lib.make_list(cx, [], loop), span)
        if batch.shape != "list":
            others = cx.names.fresh("others")
            bind_variable(cx, others, lib.make_list(cx, [], loop), span)
        made[stmt] = replace(batch, rows=rows, others=others)
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
    before = [cx.atom(as_data(cx, lower_value(cx, part), part), "value") for part in batch.parts.before]
    given = batch.row.lower(cx)
    append_to(cx, batch.rows, lib.make_tuple(cx, list(given), stmt), stmt)
    if batch.shape == "list":
        return
    after = [cx.atom(as_data(cx, lower_value(cx, part), part), "value") for part in batch.parts.after]
    append_to(cx, batch.others, lib.make_tuple(cx, [*before, *after], stmt), stmt)


def append_to(cx: Context, variable: str, value: Expr, node: ast.AST) -> None:
    """Add an item to the list in a variable."""
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
    bind_static(cx, found[0], _shaped(cx, batch, futures), stmt)


def _shaped(cx: Context, batch: Batch, futures: FutureList) -> Static:
    from pysfnc.frontend.concurrency.lower_calls_together import with_others

    if batch.shape == "list":
        return futures
    others = Var(name=batch.others, type=cx.state.facts[batch.others].type)
    return with_others(cx, futures, others, batch.shape, len(batch.parts.before), batch.parts.call)


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
