"""`asyncio`: limits of time, tasks, threads, waiting for some of several tasks."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.concurrency.future_values import Future, FutureList, FutureSet, Submitted, TaskGroup
from pysfnc.frontend.concurrency.lower_await import asyncio_function, awaited, run_coroutine
from pysfnc.frontend.concurrency.lower_branches import (
    own_arguments,
    perform,
    perform_fork,
)
from pysfnc.frontend.concurrency.lower_futures import close_all, futures_in, outcomes_of
from pysfnc.frontend.concurrency.lower_gather import calls_of, entries_of
from pysfnc.frontend.concurrency.lower_groups import task_group_here
from pysfnc.frontend.concurrency.lower_pools import add_call, add_calls, kept_arguments, outcomes_var, submitted_call
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_shared import note_results
from pysfnc.frontend.core.lower_values import Coroutine, CoroutineList, External, Static, TupleOf, Value, describe
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Beside, ForEach, Fork, Perform, Suite, While
from pysfnc.ir.outcomes import outcome_type
from pysfnc.ir.walk import map_suites, walk_suite
from pysfnc.values.relations import join, join_all, kinds
from pysfnc.values.types import INT, NEVER, Kind, ListT, TupleT

_NUMBERS = frozenset({Kind.INT, Kind.FLOAT})
_HELP = "write instead: `create_task(f(x))`"

# Limits of time


@asyncio_function("asyncio.wait_for")
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
        calls = calls_of(cx, [target], node)
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
    return at_least_zero(cx, cx.atom(data, "seconds"), node)


def at_least_zero(cx: Context, seconds: Expr, node: ast.AST) -> Expr:
    """A number of seconds, and zero in place of one that is negative."""
    zero = Const(value=0, type=INT, span=cx.span(node))
    test = lib.compare(cx, ast.Lt(), seconds, zero, node)
    type_ = join(INT, seconds.type)
    return cx.temporary(Cond(test=test, then=zero, orelse=seconds, type=type_, span=cx.span(node)), "limit")


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
    if number in cx.flow.cut:
        return cx.error(
            codes.UNSUPPORTED_ASYNC,
            node,
            "a task is created behind a statement that may leave the group, and would not run beside those before it",
            help="write instead: the `create_task` of all tasks before that statement, or the statement behind the `async with`",
        )
    if not isinstance(call, Coroutine):
        what = describe(call) if isinstance(call, Static) else "data"
        return cx.error(codes.UNSUPPORTED_ASYNC, node, f"{what} stands where a task is made of a call", help=_HELP)
    kept, copies = kept_arguments(cx, call.given)
    function, made_at = call.function, call.node

    def run() -> Value:
        return run_coroutine(cx, Coroutine(function, own_arguments(cx, kept), made_at), node)

    if number is None:
        return add_call(cx, task_group_here(cx), "tasks", run, copies, node)
    return add_call(cx, number, "group", run, copies, node)


def as_tasks(cx: Context, value: Value, node: ast.expr) -> Value:
    """A list of calls as tasks; anything else as it is."""
    match value:
        case CoroutineList(items=rows) if lib.item_type(rows.type) != NEVER:
            number = task_group_here(cx)
            entry = add_calls(cx, number, "tasks", rows, lambda item: awaited(cx, value.element(cx, item), node), node)
            return FutureList(number, outcomes_var(cx, entry), entry.type, is_task=True)
        case TupleOf(items=parts) if parts and all(isinstance(part, Coroutine | Future) for part in parts):
            made = [create_task(cx, None, Arguments((part,), (), ()), node) for part in parts]
            return replace(value, items=tuple(made))
        case _:
            return value


def group_method(cx: Context, group: TaskGroup, name: str, given: Arguments, node: ast.expr) -> Value:
    """A method of `asyncio.TaskGroup`."""
    if name == "create_task":
        refused = _made_of_a_future(cx, given, node)
        return create_task(cx, group.number, given, node) if refused is None else refused
    return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}` of a task group has no compiled form")


@asyncio_function("asyncio.to_thread")
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


@asyncio_function("asyncio.wait")
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
        ready = entries_of(cx, groups, values)
        if len(ready) == len(futures):
            return _race(cx, futures, [ready[_name_of(future)] for future in futures], node)
    close_all(cx, futures)
    outcomes = outcomes_of(cx, futures, node)
    pairs = lib.call(cx, "enumerate", [cx.atom(outcomes, "outcomes")], {}, node)
    if name == "ALL_COMPLETED":
        none = lib.make_list(cx, [], node)
        return TupleOf((FutureSet(futures, cx.atom(pairs, "done"), True), FutureSet(futures, none, False)), False)
    if name == "FIRST_COMPLETED" and isinstance(futures, FutureList):
        return cx.error(
            codes.UNSUPPORTED_ASYNC,
            node,
            "`FIRST_COMPLETED` has a compiled form only for tasks whose number is known when compiling",
            help="write instead: `for first in asyncio.as_completed([f(x) for x in xs]):` with `result = await first` and `break`, "
            "or the tasks written out one by one",
        )
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
    note_results(cx, target.name, target.type, effect.branches)
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


@asyncio_function("asyncio.sleep")
def _sleep(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`asyncio.sleep(delay, result=None)`."""
    from pysfnc.frontend.calls.lower_externals import lower_sleep

    found = dict(zip(("delay", "result"), given.positional, strict=False)) | given.keyword_map()
    result = found.pop("result", None)
    if set(found) != {"delay"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`asyncio.sleep` takes a number of seconds and a result")
    hold, cx.hold = cx.hold, None
    slept = lower_sleep(cx, found["delay"], node, is_async=True)
    cx.hold = hold
    return slept if result is None or is_poison(slept) else result


def call_create_task(cx: Context, node: ast.Call) -> Value:
    """`asyncio.create_task(...)`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    refused = _made_of_a_future(cx, given, node)
    return create_task(cx, None, given, node) if refused is None else refused


def call_ensure_future(cx: Context, node: ast.Call) -> Value:
    """`asyncio.ensure_future(...)`, which takes a future as well."""
    given = lower_arguments(cx, node)
    return poison(cx.span(node)) if given is None else create_task(cx, None, given, node)


def _made_of_a_future(cx: Context, given: Arguments, node: ast.expr) -> Expr | None:
    """What is left of a task that is made of something which is no coroutine, after a message."""
    match given.positional:
        case (Future(),):
            what = "a task or future"
        case (Coroutine(function=External("asyncio.gather")),):
            what = "`asyncio.gather(...)`, which is a future"
        case _:
            return None
    return cx.error(
        codes.TYPE_MISMATCH,
        node,
        f"`create_task` always raises TypeError here: it takes a coroutine, and this is {what}",
        help="write instead: `asyncio.ensure_future(...)`, or an async function that awaits it",
    )
