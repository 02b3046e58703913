"""`asyncio.gather`, and the calls of several awaitables as branches.

Owns Python's rule for what becomes of the others when one fails: `gather` leaves them, with `return_exceptions=True` all come to their ends.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.concurrency.future_values import Future, FutureList, Submitted
from pysfnc.frontend.concurrency.lower_await import asyncio_function, awaited
from pysfnc.frontend.concurrency.lower_branches import (
    all_results,
    fan_out,
    item_of,
    lower_branch,
    outcome_of,
    own_arguments,
    perform_fork,
    result_type,
)
from pysfnc.frontend.concurrency.lower_groups import close, is_running, take
from pysfnc.frontend.concurrency.still_running import note_ended
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import is_poison
from pysfnc.frontend.core.lower_values import Coroutine, CoroutineList, Value
from pysfnc.ir.exprs import Cond, Const, Expr, ListComp, Prim, Var
from pysfnc.ir.hir import FanOut, Perform, Suite
from pysfnc.values.relations import join, kinds
from pysfnc.values.types import BOOL, NEVER, ExcT, Kind, ListT, Type

Call = tuple[Suite, Type]


@asyncio_function("asyncio.gather")
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
    calls = calls_of(cx, given.positional, node)
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


def calls_of(cx: Context, values: Sequence[Value], node: ast.expr) -> list[Call] | None:
    """The bodies of the branches for awaitables; None after a message. Tasks that have not begun yet become branches themselves."""
    begun = {value.group for value in values if isinstance(value, Future)}
    ready = entries_of(cx, begun, values)
    for value in values:
        if isinstance(value, Future):
            note_ended(cx, value.group, value.outcome)
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


def entries_of(cx: Context, groups: set[int], values: Sequence[Value]) -> dict[str, Submitted]:
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
    """Inside of a branch: what was made for the call of a coroutine belongs to the branch."""
    if not isinstance(value, Coroutine):
        return lambda: awaited(cx, value, node)
    return lambda: awaited(cx, replace(value, given=own_arguments(cx, value.given)), node)


def _gather_many(cx: Context, calls: CoroutineList | FutureList, keeps: bool, node: ast.expr) -> Value:
    """`gather(*(f(x) for x in xs))` and `gather(*tasks)`."""
    if isinstance(calls, FutureList):
        ready = entries_of(cx, {calls.group}, [calls])
        note_ended(cx, calls.group, calls.outcomes)
        if not ready:
            return _gathered_before(cx, calls.outcomes, calls.type, keeps, node)
        (entry,) = ready.values()
        return _run_each(cx, entry, keeps, node)
    if lib.item_type(calls.items.type) == NEVER:
        return lib.make_list(cx, [], node)
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
