"""`asyncio`: awaiting calls and tasks, `gather`, `wait_for`, `wait`, `to_thread`, `create_task`.

An awaitable is a value of compile time (`Coroutine`, a `Future` that is a task); what awaiting it does is looked up here. The calls that are made
together become branches, with Python's rule for what becomes of the others when one fails.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.lower_branches import (
    all_results,
    fan_out,
    item_of,
    lower_branch,
    outcome_of,
    perform,
    perform_fork,
    result_type,
)
from pysfnc.frontend.lower_context import Context, poison
from pysfnc.frontend.lower_core import as_data, expression, is_poison, lower_value
from pysfnc.frontend.lower_futures import close_all, future_result, futures_in, outcomes_of
from pysfnc.frontend.lower_groups import close, is_running, take, task_group_here
from pysfnc.frontend.lower_names import bind_variable
from pysfnc.frontend.lower_pools import add_call, kept_arguments, submitted_call
from pysfnc.frontend.lower_values import (
    Closure,
    Configured,
    Coroutine,
    CoroutineList,
    External,
    Future,
    FutureList,
    FutureSet,
    Intrinsic,
    ProjectFunction,
    Static,
    Submitted,
    TaskGroup,
    TupleOf,
    Value,
    describe,
)
from pysfnc.ir.exprs import Cond, Const, Expr, ListComp, Prim, Var
from pysfnc.ir.hir import Assign, Beside, FanOut, ForEach, Fork, Perform, Suite, While
from pysfnc.ir.outcomes import outcome_type
from pysfnc.ir.walk import map_suites, walk_suite
from pysfnc.values.types import BOOL, INT, ExcT, Kind, ListT, TupleT, Type, join, join_all, kinds

_NUMBERS = frozenset({Kind.INT, Kind.FLOAT})
_HELP = "write instead: `await f(x)` or `await asyncio.gather(f(x), g(y))`"


@expression(ast.Await)
def lower_await(cx: Context, node: ast.Await) -> Value:
    """`await` of a call, of a task, of what `asyncio` makes of them."""
    value = lower_value(cx, node.value)
    return awaited(cx, value, node)


def awaited(cx: Context, value: Value, node: ast.expr) -> Value:
    """The result of awaiting a value."""
    if isinstance(value, Coroutine):
        return run_coroutine(cx, value, node)
    if isinstance(value, Future) and value.is_task:
        native = value.outcome.name if isinstance(value.outcome, Var) else None
        close(cx, value.group, native=native)
        return future_result(cx, value, node)
    if is_poison(value):
        return value
    what = describe(value) if isinstance(value, Static) else "data"
    return cx.error(
        codes.UNSUPPORTED_ASYNC, node, f"{what} is awaited, and only calls and tasks have a compiled form", help=_HELP
    )


def run_coroutine(cx: Context, coroutine: Coroutine, node: ast.expr) -> Value:
    """Run a call that waited to be awaited."""
    from pysfnc.frontend.lower_call import call_value

    function = coroutine.function
    if isinstance(function, External):
        return AWAITED[function.name](cx, coroutine.given, node)
    assert isinstance(function, Intrinsic | ProjectFunction | Closure | Configured)
    cx.awaiting = True
    hold, cx.hold = cx.hold, None if _only_waits(function) else cx.hold
    try:
        if isinstance(function, Intrinsic):
            return function.build(cx, (), coroutine.node)
        return call_value(cx, function, coroutine.given, coroutine.node)
    finally:
        cx.awaiting, cx.hold = False, hold


def _only_waits(function: Static) -> bool:
    """Whether awaiting a call does nothing but wait for Lambda or for a callback."""
    target = function.target if isinstance(function, Configured) else function
    return isinstance(target, Intrinsic) or (isinstance(target, ProjectFunction) and target.info.role == "task")


# Calls that are made together


Call = tuple[Suite, Type]


def _gather(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`gather(*aws, return_exceptions=False)`."""
    wants = given.keyword_map().pop("return_exceptions", None)
    if set(given.keyword_map()) - {"return_exceptions"} or not (wants is None or isinstance(wants, Const)):
        return cx.error(
            codes.UNSUPPORTED_ASYNC, node, "of the options of `gather` only a constant `return_exceptions` is known"
        )
    keeps = isinstance(wants, Const) and bool(wants.value)
    if len(given.positional) == 1 and isinstance(given.positional[0], CoroutineList | FutureList):
        return _gather_many(cx, given.positional[0], keeps, node)
    calls = _calls(cx, given.positional, node)
    if calls is None:
        return poison(cx.span(node))
    if not calls:
        return lib.make_list(cx, [], node)
    if keeps:
        bodies = [(outcome_of(cx, body, type_), result_type(cx, type_)) for body, type_ in calls]
        outcomes = perform_fork(cx, bodies, node, "stop")
        types = [type_ for _, type_ in calls]
        return lib.make_list(cx, [_either(cx, o, t, node) for o, t in zip(outcomes, types, strict=True)], node)
    return lib.make_list(cx, perform_fork(cx, calls, node, "leave"), node)


def _calls(cx: Context, values: Sequence[Value], node: ast.expr) -> list[Call] | None:
    """The bodies of the branches for awaitables; None after a message. Tasks that have not begun yet become branches themselves."""
    begun = {value.group for value in values if isinstance(value, Future)}
    ready = _entries(cx, begun, values)
    found: list[Call] = []
    for value in values:
        if is_poison(value):
            return None
        if (
            isinstance(value, Future)
            and value.is_task
            and isinstance(value.outcome, Var)
            and value.outcome.name in ready
        ):
            entry = ready[value.outcome.name]
            found.append((entry.body, entry.type))
        else:
            found.append(lower_branch(cx, _awaiting(cx, value, node), node))
    return found


def _entries(cx: Context, groups: set[int], values: Sequence[Value]) -> dict[str, Submitted]:
    """The calls of groups of which nothing else is waited for, taken out of them; other groups are closed."""
    wanted = {outcome.name for value in values if (outcome := _outcome_var(value)) is not None}
    found: dict[str, Submitted] = {}
    for number in sorted(groups):
        pending = cx.flow.pending.get(number)
        if pending is None or pending.kind != "tasks" or is_running(cx, pending):
            close(cx, number)
            continue
        if not all(entry.outcome in wanted for entry in pending.entries):
            close(cx, number)
            continue
        taken = take(cx, number)
        assert taken is not None
        cx.out.extend(taken[1])
        found.update((entry.outcome, entry) for entry in taken[0].entries)
    return found


def _outcome_var(value: Value) -> Var | None:
    match value:
        case Future(outcome=Var() as outcome) | FutureList(outcomes=Var() as outcome):
            return outcome
        case _:
            return None


def _awaiting(cx: Context, value: Value, node: ast.expr) -> Callable[[], Value]:
    return lambda: awaited(cx, value, node)


def _gather_many(cx: Context, calls: CoroutineList | FutureList, keeps: bool, node: ast.expr) -> Value:
    """`gather(*(f(x) for x in xs))` and `gather(*tasks)`."""
    if isinstance(calls, FutureList):
        ready = _entries(cx, {calls.group}, [calls])
        if not ready:
            return _gathered_before(cx, calls.outcomes, calls.type, keeps, node)
        (entry,) = ready.values()
        return _run_each(cx, entry, keeps, node)
    item = item_of(cx, calls.items, node)
    body, type_ = lower_branch(cx, lambda: awaited(cx, calls.element(cx, item), node), node)
    return _each(cx, item, calls.items, body, type_, keeps, node)


def _run_each(cx: Context, entry: Submitted, keeps: bool, node: ast.expr) -> Value:
    each = entry.body[0]
    assert isinstance(each, Perform) and isinstance(each.effect, FanOut)
    fan = each.effect
    item = Var(name=fan.name, type=lib.item_type(fan.seq.type))
    return _each(cx, item, fan.seq, fan.body, entry.type, keeps, node)


def _each(cx: Context, item: Var, seq: Expr, body: Suite, type_: Type, keeps: bool, node: ast.expr) -> Value:
    span = cx.span(node)
    if not keeps:
        return fan_out(cx, item, seq, body, ListT(type_), span, "leave", None)
    outcomes = fan_out(cx, item, seq, outcome_of(cx, body, type_), ListT(result_type(cx, type_)), span, "stop", None)
    return _eithers(cx, outcomes, type_, node)


def _gathered_before(cx: Context, outcomes: Expr, type_: Type, keeps: bool, node: ast.expr) -> Value:
    return _eithers(cx, outcomes, type_, node) if keeps else all_results(cx, outcomes, type_, node)


def _either(cx: Context, outcome: Expr, type_: Type, node: ast.AST) -> Expr:
    """The exception of an outcome if there is one, else the value."""
    pair = cx.atom(outcome, "outcome")
    return _exception_or_value(cx, pair, type_, node)


def _exception_or_value(cx: Context, pair: Expr, type_: Type, node: ast.AST) -> Expr:
    error, value = lib.tuple_item(cx, pair, 0, node), replace(lib.tuple_item(cx, pair, 1, node), type=type_)
    test = Prim(op="exc.is_absent", args=(error,), type=BOOL, span=cx.span(node))
    if Kind.DICT in kinds(type_):
        value = Prim(op="value.no_exception", args=(value,), type=type_, span=cx.span(node))
    failure = replace(error, type=ExcT(None))
    return Cond(test=test, then=value, orelse=failure, type=join(type_, ExcT(None)), span=cx.span(node))


def _eithers(cx: Context, outcomes: Expr, type_: Type, node: ast.AST) -> Expr:
    name = cx.names.fresh("outcome")
    item = Var(name=name, type=lib.item_type(outcomes.type), span=cx.span(node))
    value = _exception_or_value(cx, item, type_, node)
    return ListComp(name=name, seq=outcomes, cond=None, body=value, type=ListT(value.type), span=cx.span(node))


# Limits of time


def _wait_for(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`wait_for(aw, timeout)`."""
    found = dict(zip(("fut", "timeout"), given.positional, strict=False)) | given.keyword_map()
    if set(found) != {"fut", "timeout"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`wait_for` takes an awaitable and a number of seconds")
    limit = limit_of(cx, found["timeout"], node)
    target = found["fut"]
    if limit is None:
        return awaited(cx, target, node)
    if is_poison(limit):
        return limit
    with cx.capture() as body:
        value = _awaited_alone(cx, target, node)
        data = as_data(cx, value, node)
        result = cx.names.fresh("result")
        if cx.state.reachable and not is_poison(data):
            bind_variable(cx, result, data, cx.span(node))
    add_limited(cx, tuple(body), limit, node)
    return data if is_poison(data) else Var(name=result, type=data.type, span=cx.span(node))


def _awaited_alone(cx: Context, target: Value, node: ast.expr) -> Value:
    if isinstance(target, Future) and target.group in cx.flow.pending:
        calls = _calls(cx, [target], node)
        if calls is not None and target.group not in cx.flow.pending and calls:
            return perform_fork(cx, calls, node, "stop")[0]
    return awaited(cx, target, node)


def add_limited(cx: Context, body: Suite, limit: Expr, node: ast.AST) -> None:
    """Add a body that raises TimeoutError when it takes longer."""
    cx.flow.may_raise_here()
    cx.out.append(Beside(branches=(), target=None, body=body, limit=limit, span=cx.span(node)))


def limit_of(cx: Context, value: Value, node: ast.AST) -> Expr | None:
    """A number of seconds that is not negative; None for no limit."""
    data = as_data(cx, value, node)
    if is_poison(data):
        return data
    if kinds(data.type) == {Kind.NONE}:
        return None
    if not kinds(data.type) or not kinds(data.type) <= _NUMBERS:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"the limit of time must be known to be a number, and it is of type `{data.type}`",
            help="write instead: `float(...)` or `int(...)` around it",
        )
    zero = Const(value=0, type=INT, span=cx.span(node))
    if isinstance(data, Const):
        return data if isinstance(data.value, int | float) and data.value >= 0 else zero
    data = cx.atom(data, "seconds")
    test = lib.compare(cx, ast.Lt(), data, zero, node)
    return cx.temporary(Cond(test=test, then=zero, orelse=data, type=join(INT, data.type), span=cx.span(node)), "limit")


# Tasks and threads


def create_task(cx: Context, number: int | None, given: Arguments, node: ast.expr) -> Value:
    """`asyncio.create_task(f(x))`, `tg.create_task(f(x))`."""
    if len(given.positional) != 1 or set(given.keyword_map()) - {"name", "context"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`create_task` takes one call of an async function")
    call = given.positional[0]
    if is_poison(call):
        return call
    if isinstance(call, Future):
        return call
    if not isinstance(call, Coroutine):
        what = describe(call) if isinstance(call, Static) else "data"
        return cx.error(codes.UNSUPPORTED_ASYNC, node, f"{what} stands where a task is made of a call", help=_HELP)
    kept, copies = kept_arguments(cx, call.given)
    fixed = Coroutine(call.function, kept, call.node)

    def run() -> Value:
        return run_coroutine(cx, fixed, node)

    if number is None:
        return add_call(cx, task_group_here(cx), "tasks", run, copies, node)
    return add_call(cx, number, "group", run, copies, node)


def group_method(cx: Context, group: TaskGroup, name: str, given: Arguments, node: ast.expr) -> Value:
    """A method of `asyncio.TaskGroup`."""
    if name == "create_task":
        return create_task(cx, group.number, given, node)
    return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}` of a task group has no compiled form")


def _to_thread(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`to_thread(f, *args)`: the thread cannot be stopped between two effects, but somebody else runs meanwhile."""
    called = submitted_call(cx, given, node)
    if called is None:
        return poison(cx.span(node))
    hold, cx.hold = cx.hold, "thread"
    try:
        with cx.capture() as own:
            value = called[0]()
    finally:
        cx.hold = hold
    effects = [stmt for stmt in walk_suite(tuple(own)) if isinstance(stmt, Perform)]
    loops = any(isinstance(stmt, While | ForEach) for stmt in walk_suite(tuple(own)))
    alone = len(effects) == 1 and not loops
    cx.out.extend(_let_go(tuple(own)) if alone else own)
    return value


def _let_go(suite: Suite) -> Suite:
    """The only effect of a thread can be left alone."""
    return tuple(replace(stmt, hold=None) if isinstance(stmt, Perform) else map_suites(stmt, _let_go) for stmt in suite)


# Waiting for some


def _wait(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`done, pending = await asyncio.wait(tasks, return_when=...)`."""
    options = given.keyword_map()
    when = options.get("return_when")
    if len(given.positional) != 1 or set(options) - {"return_when"}:
        return cx.error(
            codes.UNSUPPORTED_ASYNC,
            node,
            "of the options of `wait` only `return_when` is known",
            help="write instead: `asyncio.timeout` around it",
        )
    futures = futures_in(cx, given.positional[0], node)
    if futures is None:
        return poison(cx.span(node))
    return wait_for_some(cx, futures, when, node)


def wait_for_some(cx: Context, futures: tuple[Future, ...] | FutureList, when: Value | None, node: ast.expr) -> Value:
    """The sets of futures that are done and that are not."""
    name = when.name.rpartition(".")[2] if isinstance(when, External) else "ALL_COMPLETED"
    values: Sequence[Value] = futures if isinstance(futures, tuple) else (futures,)
    if name == "FIRST_COMPLETED" and isinstance(futures, tuple):
        groups = {future.group for future in futures}
        ready = _entries(cx, groups, values)
        if len(ready) == len(futures):
            return _race(cx, futures, [ready[_name_of(future)] for future in futures], node)
    close_all(cx, futures)
    outcomes = outcomes_of(cx, futures, node)
    pairs = lib.call(cx, "enumerate", [cx.atom(outcomes, "outcomes")], {}, node)
    if name == "ALL_COMPLETED":
        none = lib.make_list(cx, [], node)
        return TupleOf((FutureSet(futures, cx.atom(pairs, "done"), True), FutureSet(futures, none, False)), False)
    return cx.error(
        codes.UNSUPPORTED_ASYNC,
        node,
        f"`{name}` has a compiled form only for tasks that are waited for right after they were created",
        help="write instead: `asyncio.wait([asyncio.create_task(f(x)), ...], return_when=asyncio.FIRST_COMPLETED)`",
    )


def _name_of(future: Future) -> str:
    assert isinstance(future.outcome, Var)
    return future.outcome.name


def _race(cx: Context, futures: tuple[Future, ...], entries: Sequence[Submitted], node: ast.expr) -> Value:
    """The first that ends ends them all."""
    span = cx.span(node)
    type_ = join_all([entry.type for entry in entries])
    target = Var(name=cx.names.fresh("race"), type=TupleT((INT, outcome_type(type_, timed=False))), span=span)
    effect = Fork(branches=tuple(entry.body for entry in entries), retry=(), result=target.type, rest="first")
    perform(cx, Perform(effect=effect, target=target.name, span=span))
    winner = cx.temporary(lib.tuple_item(cx, target, 0, node), "winner")
    outcome = cx.temporary(lib.tuple_item(cx, target, 1, node), "outcome")
    for number, future in enumerate(futures):
        assert isinstance(future.outcome, Var)
        cx.out.append(Assign(name=future.outcome.name, value=replace(outcome, type=future.outcome.type), span=span))
        _overtaken(cx, future, replace(future, race=(winner, Const(value=number, type=INT, span=span))))
    done = lib.make_list(cx, [lib.make_tuple(cx, [winner, outcome], node)], node)
    others = Prim(op="race.others", args=(winner, Const(value=len(futures), type=INT)), type=ListT(INT), span=span)
    raced = tuple(replace(future, outcome=outcome) for future in futures)
    return TupleOf((FutureSet(raced, cx.atom(done, "done"), True), FutureSet(futures, others, False)), False)


def _overtaken(cx: Context, old: Future, new: Future) -> None:
    """Whatever name a task has, of its result is only known whether it won."""
    for name, fact in list(cx.state.facts.items()):
        if fact.static is old:
            cx.state.facts[name] = replace(fact, static=new)


def _sleep(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`asyncio.sleep(delay, result=None)`."""
    from pysfnc.frontend.lower_externals import lower_sleep

    found = dict(zip(("delay", "result"), given.positional, strict=False)) | given.keyword_map()
    result = found.pop("result", None)
    if set(found) != {"delay"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`asyncio.sleep` takes a number of seconds and a result")
    hold, cx.hold = cx.hold, None
    slept = lower_sleep(cx, found["delay"], node)
    cx.hold = hold
    return slept if result is None or is_poison(slept) else result


AWAITED: dict[str, Callable[[Context, Arguments, ast.expr], Value]] = {
    "asyncio.sleep": _sleep,
    "asyncio.gather": _gather,
    "asyncio.wait_for": _wait_for,
    "asyncio.wait": _wait,
    "asyncio.to_thread": _to_thread,
}
"""What awaiting a call of another module does."""


def call_create_task(cx: Context, node: ast.Call) -> Value:
    """`asyncio.create_task(...)`, `asyncio.ensure_future(...)`."""
    given = lower_arguments(cx, node)
    return poison(cx.span(node)) if given is None else create_task(cx, None, given, node)
