"""Promises of calls: results and exceptions of futures and tasks, waiting for some of them, the order in which they end.

Owns what can be asked of a `concurrent.futures.Future` and an `asyncio.Task`, and the functions of both modules that take many of them. How calls
are started is `lower_groups`.
"""

import ast
from collections.abc import Callable
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.concurrency.future_tables import FutureRows, KeyedCoroutines, KeyedFutures
from pysfnc.frontend.concurrency.future_values import (
    Completions,
    Future,
    FutureDict,
    FutureList,
    FutureSet,
    MappedResults,
)
from pysfnc.frontend.concurrency.lower_branches import all_results, result_of
from pysfnc.frontend.concurrency.lower_groups import close
from pysfnc.frontend.concurrency.still_running import note_ended, refused_while_open
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import is_poison
from pysfnc.frontend.core.lower_names import fact_of
from pysfnc.frontend.core.lower_state import unreachable
from pysfnc.frontend.core.lower_values import Static, TupleOf, Used, Value, describe
from pysfnc.ir.exprs import Const, Expr, NewExc, Prim
from pysfnc.ir.hir import If, Raise
from pysfnc.values.relations import join_all
from pysfnc.values.types import BOOL, INT, STR, ExcT, ListT, TupleT, Type

Futures = tuple[Future, ...] | FutureList


# One future


def future_method(cx: Context, future: Future, name: str, given: Arguments, node: ast.expr) -> Value:
    """A method of a future or task. It is over then: the group was closed before the statement."""
    limits = {*given.keyword_map(), *(("timeout",) if given.positional else ())}
    method = _METHODS.get(name)
    if method is None or (limits - {"timeout", "msg"}):
        return _unknown(cx, future, name, node)
    if "timeout" in limits and not future.is_task and not _is_none(given):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"a limit for the time of `{name}` has no compiled form",
            notes=["leaving the pool waits for the call in any case"],
            help="write instead: `with_options(f, timeout=...)`, or `timeout=` of the task",
        )
    refused = refused_while_open(cx, future, name, node)
    if refused is not None:
        return refused
    close(cx, future.group)
    return method(cx, future, node)


def _is_none(given: Arguments) -> bool:
    values = [*given.positional, *given.keyword_map().values()]
    return all(isinstance(value, Const) and value.value is None for value in values)


def _unknown(cx: Context, receiver: Static, name: str, node: ast.expr) -> Value:
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` of {describe(receiver)} has no compiled form",
        help="write instead: a function marked `@task` that calls it",
    )


def future_result(cx: Context, future: Future, node: ast.AST) -> Expr:
    """The value of a call that has ended, after its exception was raised if there is one."""
    _check_known(cx, future, node)
    if future.stopped:
        return _cancelled(cx, node)
    if future.sure:
        return replace(lib.tuple_item(cx, cx.atom(future.outcome), 1, node), type=future.type)
    return result_of(cx, future.outcome, future.type, node)


def _exception(cx: Context, future: Future, node: ast.AST) -> Value:
    _check_known(cx, future, node)
    if future.stopped:
        return _cancelled(cx, node)
    return lib.tuple_item(cx, cx.atom(future.outcome), 0, node)


def _cancelled(cx: Context, node: ast.AST) -> Expr:
    """A task that was cancelled raises CancelledError, which is no `Exception`."""
    span = cx.span(node)
    name = Const(value="CancelledError", type=STR, span=span)
    text = Const(value="", type=STR, span=span)
    cx.emit(Raise(exc=NewExc(name=name, message=text, args=(), type=ExcT(frozenset({"CancelledError"})), span=span)))
    cx.state = unreachable()
    return poison(span)


def _check_known(cx: Context, future: Future, node: ast.AST) -> None:
    """Of a call that another one overtook there is no result yet."""
    if future.race is None:
        return
    span = cx.span(node)
    winner, own = future.race
    text = Const(value="Result is not set.", type=STR, span=span)
    name = Const(value="InvalidStateError", type=STR, span=span)
    exc = NewExc(name=name, message=text, args=(text,), type=ExcT(frozenset({"InvalidStateError"})), span=span)
    test = Prim(op="loop.is_way", args=(winner, own), type=BOOL, span=span)
    with cx.capture() as failing:
        before = cx.state.copy()
        cx.emit(Raise(exc=exc, span=span))
        cx.state = before
    cx.emit(If(test=test, then=(), orelse=tuple(failing), span=span))


def _done(cx: Context, future: Future, node: ast.AST) -> Value:
    if future.race is not None:
        return Prim(op="loop.is_way", args=future.race, type=BOOL, span=cx.span(node))
    return Const(value=True, type=BOOL, span=cx.span(node))


def _not_any_more(cx: Context, future: Future, node: ast.AST) -> Value:
    """`running()`, `cancelled()`, `cancel()` of a call that has ended."""
    return Const(value=future.stopped, type=BOOL, span=cx.span(node))


_METHODS: dict[str, Callable[[Context, Future, ast.AST], Value]] = {
    "result": future_result,
    "exception": _exception,
    "done": _done,
    "running": _not_any_more,
    "cancelled": _not_any_more,
    "cancel": _not_any_more,
}


# Several futures


def futures_in(cx: Context, value: Value, node: ast.expr) -> Futures | None:
    """The futures of a list, tuple or dict of them; None after a message."""
    match value:
        case FutureList():
            return value
        case FutureDict(futures=futures):
            return futures
        case TupleOf(items=items) if all(isinstance(item, Future) for item in items):
            return tuple(item for item in items if isinstance(item, Future))
        case FutureSet() if isinstance(value.futures, tuple):
            return value.futures
        case _ if is_poison(value):
            return None
        case _:
            cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"{describe(value) if isinstance(value, Static) else 'data'} stands where futures are waited for",
                help="write instead: a list of futures of `pool.submit(...)` or tasks of `asyncio.create_task(...)`",
            )
            return None


def close_all(cx: Context, futures: Futures) -> None:
    """Wait for all of them."""
    for future in futures if isinstance(futures, tuple) else (futures,):
        close(cx, future.group)
        note_ended(cx, future.group, future.outcome if isinstance(future, Future) else future.outcomes)


def outcomes_of(cx: Context, futures: Futures, node: ast.AST) -> Expr:
    """The list of the outcomes of futures."""
    if isinstance(futures, FutureList):
        return futures.outcomes
    return lib.make_list(cx, [future.outcome for future in futures], node)


def value_type(futures: Futures) -> tuple[Type, bool]:
    """The joined type of their values, and whether they are tasks."""
    if isinstance(futures, FutureList):
        return futures.type, futures.is_task
    return join_all([future.type for future in futures]), all(future.is_task for future in futures)


def pairs_in_time(cx: Context, outcomes: Expr, node: ast.AST) -> Expr:
    """Pairs of a number and an outcome, in the order in which they ended."""
    item = lib.item_type(outcomes.type)
    return Prim(op="outcomes.by_time", args=(outcomes,), type=ListT(TupleT((INT, item))), span=cx.span(node))


def future_of(cx: Context, futures: Futures, outcome: Expr) -> Future:
    """The future with an outcome."""
    type_, is_task = value_type(futures)
    sure = futures.sure if isinstance(futures, FutureList) else all(future.sure for future in futures)
    return Future(_group(futures), cx.atom(outcome, "outcome"), type_, is_task, sure=sure)


def stopped_future(futures: Futures) -> Future:
    """A future that was overtaken and stopped."""
    type_, is_task = value_type(futures)
    return Future(_group(futures), poison(), type_, is_task, stopped=True)


def _group(futures: Futures) -> int:
    return futures.group if isinstance(futures, FutureList) else futures[0].group


def future_of_pair(cx: Context, futures: Futures, pair: Expr, node: ast.AST) -> Future:
    """The future behind a pair of a number and an outcome."""
    whole = cx.atom(pair, "pair")
    future = future_of(cx, futures, lib.tuple_item(cx, whole, 1, node))
    return replace(future, index=cx.atom(lib.tuple_item(cx, whole, 0, node), "number"), home=futures)


def call_as_completed(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`as_completed(futures)`: they have all ended, and come in the order in which they did."""
    if len(given.positional) != 1 or given.keywords:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`as_completed` with a limit for the time has no compiled form",
            help="write instead: `with_options(f, timeout=...)`, or `asyncio.timeout`",
        )
    futures = futures_in(cx, _begun(cx, given.positional[0], node), node)
    if futures is None:
        return poison(cx.span(node))
    close_all(cx, futures)
    return Completions(futures, cx.atom(pairs_in_time(cx, outcomes_of(cx, futures, node), node), "ended"))


def _begun(cx: Context, value: Value, node: ast.expr) -> Value:
    """Calls of async functions as tasks: `asyncio.as_completed` makes them."""
    from pysfnc.frontend.concurrency.lower_asyncio import as_tasks

    return as_tasks(cx, value, node)


def collected(cx: Context, results: MappedResults, node: ast.AST) -> Expr:
    """`list(pool.map(...))`: the first exception in the order of the items is raised."""
    close(cx, results.group)
    use_up(cx, results)
    return all_results(cx, results.outcomes, results.type, node)


def use_up(cx: Context, results: MappedResults) -> None:
    """The iterator gives nothing any more, whatever name it has."""
    for name, fact in list(cx.state.facts.items()):
        if fact.static is results:
            cx.state.facts[name] = replace(fact, static=Used("the results of a pool, which were used up before"))


def futures_named(cx: Context, node: ast.expr) -> Static | None:
    """The futures that a name stands for; None for anything else."""
    found = fact_of(cx, node)
    value = None if found is None else found[1].static
    return value if isinstance(value, FutureList | FutureSet | FutureDict | TupleOf) else None


def future_item(cx: Context, value: FutureList | FutureDict | FutureSet, index: Value, node: ast.expr) -> Value:
    """`futures[0]`, `values[future]`."""
    if isinstance(value, FutureDict) and isinstance(index, Future):
        return value_of_key(cx, value, index, node)
    if isinstance(value, FutureList) and not isinstance(index, Static):
        close_all(cx, value)
        return future_of(cx, value, lib.subscript(cx, value.outcomes, index, node))
    return cx.error(codes.TYPE_MISMATCH, node, f"{describe(value)} cannot be subscripted like this")


def future_count(cx: Context, value: Value, node: ast.AST) -> Expr | None:
    """`len()` of futures; None for anything else."""
    match value:
        case FutureList(outcomes=items) | FutureSet(items=items):
            close_all(cx, value if isinstance(value, FutureList) else value.futures)
        case FutureDict(futures=futures):
            close_all(cx, futures)
            items = futures.outcomes
        case FutureRows(items=items):
            pass
        case KeyedFutures(positions=items) | KeyedCoroutines(table=items):
            pass
        case TupleOf(items=parts) if all(isinstance(part, Future) for part in parts):
            return Const(value=len(parts), type=INT, span=cx.span(node))
        case _:
            return None
    return lib.length(cx, items, node)


def is_among(cx: Context, future: Future, found: FutureSet, node: ast.AST) -> Expr:
    """`future in done` of what `wait` gave."""
    if future.race is None:
        return Const(value=found.is_done, type=BOOL, span=cx.span(node))
    won = Prim(op="loop.is_way", args=future.race, type=BOOL, span=cx.span(node))
    return won if found.is_done else lib.negate(cx, won, node)


def set_method(cx: Context, found: FutureSet, name: str, given: Arguments, node: ast.expr) -> Value:
    """`done.pop()`."""
    if name == "pop" and not given.positional and not given.keywords and found.is_done:
        return first_future(cx, found, node)
    return _unknown(cx, found, name, node)


def first_future(cx: Context, found: FutureSet, node: ast.AST) -> Future:
    """One of the futures that are done: Python's sets have no order."""
    pair = Prim(op="list.at", args=(found.items, Const(value=0, type=INT)), type=lib.item_type(found.items.type))
    return future_of_pair(cx, found.futures, replace(pair, span=cx.span(node)), node)


def value_of_key(cx: Context, futures: FutureDict, future: Future, node: ast.AST) -> Expr:
    """`futures[future]` of a dict that has a value for each future."""
    if future.index is None or future.home is not futures.futures:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "this future is not known to be one of the dict",
            help="write instead: `for future in as_completed(futures)`",
        )
    return Prim(
        op="loop.item", args=(futures.values, future.index), type=lib.item_type(futures.values.type), span=cx.span(node)
    )
