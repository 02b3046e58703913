"""The calls of a group of pending calls as branches: a Parallel, a Map, or code in place.

Owns how outcomes come back out of branches, and how calls share the workers that there are.
"""

from collections.abc import Sequence
from dataclasses import replace

from pysfnc.frontend.concurrency.future_values import Pending, Submitted
from pysfnc.frontend.concurrency.lower_branches import keeps_time, outcome_of, parts_to, result_type
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Eval,
    FanOut,
    Fork,
    If,
    Perform,
    Raise,
    Rest,
    Return,
    Stmt,
    Suite,
)
from pysfnc.ir.outcomes import leaving, returned, returning
from pysfnc.source.span import Span
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, INT, JSON, NONE, ExcT, ListT, TupleT, Type

FAILED = join(ExcT(None), NONE)
"""An exception that was kept, or None."""


def unless_failed(failed: str) -> Eval:
    """Raise an exception that was kept, if there is one, where handlers of everything are around."""
    return Eval(value=Prim(op="exc.raise_kept", args=(Var(name=failed, type=FAILED),), type=NONE))


def raised_late(failed: str) -> If:
    """Raise an exception that was kept, if there is one."""
    kept = Var(name=failed, type=FAILED)
    fine = Prim(op="exc.is_absent", args=(kept,), type=BOOL)
    return If(test=fine, then=(), orelse=(Raise(exc=replace(kept, type=ExcT(None))),))


def run_beside(
    cx: Context, pending: Pending, segment: Suite, native: str | None, rest: Rest, wins: bool, span: Span | None
) -> None:
    lanes = _lanes(cx, pending, native)
    target = cx.names.fresh("branches")
    branches = tuple(body for body, _ in lanes)
    cx.out.append(
        Beside(
            branches=branches,
            target=None if wins else target,
            body=segment,
            rest=rest,
            wins=wins,
            span=span,
        )
    )
    cx.flow.may_raise_here()
    if not wins:
        _hand_out(cx, target, lanes, span)


def run_together(cx: Context, pending: Pending, native: str | None, rest: Rest, span: Span | None) -> None:
    lanes = _lanes(cx, pending, native)
    if len(lanes) == 1:
        _run_alone(cx, pending, lanes[0][0], lanes[0][1], rest, span)
        return
    if pending.kind == "pool" or (pending.kind == "tasks" and native is None):
        rest = "stop"  # no branch fails
    target = cx.names.fresh("branches")
    type_ = TupleT(tuple(type_ for _, names in lanes for type_ in [_lane_type(cx, pending, names)]))
    effect = Fork(branches=tuple(body for body, _ in lanes), retry=(), result=type_, rest=rest)
    cx.flow.may_raise_here()
    cx.out.append(Perform(effect=effect, target=target, hold=None, span=span))
    _hand_out(cx, target, lanes, span)


_Lane = tuple[Suite, tuple[Submitted, ...]]
"""The body of a branch that returns the outcome of its only entry, or the list of those of several."""


def _run_alone(
    cx: Context, pending: Pending, body: Suite, entries: tuple[Submitted, ...], rest: Rest, span: Span | None
) -> None:
    """A single branch is no branch: its body runs here."""
    label, result = cx.names.fresh("call"), cx.names.fresh("outcome")
    name = entries[0].outcome if len(entries) == 1 else result
    suite: Suite = (Block(label=label, body=leaving(body, name, label), span=span),)
    if len(entries) == 1 and entries[0].many:
        suite = _each_here(body, rest if pending.kind == "group" else "stop", entries[0])
    cx.out.extend(suite)
    cx.flow.may_raise_here()
    if len(entries) > 1:
        whole = Var(name=result, type=_lane_type(cx, pending, entries), span=span)
        cx.out.extend(parts_to(cx, whole, [(entry.outcome, entry.span) for entry in entries]))


def _each_here(body: Suite, rest: Rest, entry: Submitted) -> Suite:
    """The calls for many items, which stand alone: those of a task group wrap their failures themselves."""
    each = body[0]
    assert isinstance(each, Perform) and isinstance(each.effect, FanOut) and each.target is not None
    outcomes = Var(name=each.target, type=each.effect.result, span=entry.span)
    return (
        replace(each, effect=replace(each.effect, rest=rest)),
        Assign(name=entry.outcome, value=outcomes, span=entry.span),
    )


def _hand_out(cx: Context, target: str, lanes: Sequence[_Lane], span: Span | None) -> None:
    """Bind the outcomes to their variables."""
    types = tuple(
        entry_type(cx, entries[0]) if len(entries) == 1 else TupleT(tuple(entry_type(cx, e) for e in entries))
        for _, entries in lanes
    )
    whole = Var(name=target, type=TupleT(types), span=span)
    for index, (_, entries) in enumerate(lanes):
        if len(entries) == 1:
            value = lib.part_of(cx, whole, index)
            cx.out.append(Assign(name=entries[0].outcome, value=value, span=entries[0].span))
            continue
        lane = Var(name=cx.names.fresh("lane"), type=types[index], span=span)
        cx.out.append(Assign(name=lane.name, value=lib.part_of(cx, whole, index), span=span))
        cx.out.extend(parts_to(cx, lane, [(entry.outcome, entry.span) for entry in entries]))


def entry_type(cx: Context, entry: Submitted) -> Type:
    """The type of the outcome of a submitted call, or of the list of outcomes."""
    type_ = result_type(cx, entry.type)
    return ListT(type_) if entry.many else type_


def _lane_type(cx: Context, _pending: Pending, entries: tuple[Submitted, ...]) -> Type:
    if len(entries) == 1:
        return entry_type(cx, entries[0])
    return TupleT(tuple(entry_type(cx, entry) for entry in entries))


def _lanes(cx: Context, pending: Pending, native: str | None) -> list[_Lane]:
    """The branches of a group. With fewer workers than calls, calls wait for each other."""
    entries, limit = pending.entries, pending.limit
    bodies = [_body(cx, pending, entry, entry.outcome == native) for entry in entries]
    count = len(entries)
    enough = isinstance(limit, Const) and isinstance(limit.value, int) and limit.value >= count
    if limit is None or count == 1 or (enough and not any(entry.many for entry in entries)):
        return [(body, (entry,)) for body, entry in zip(bodies, entries, strict=True)]
    one = isinstance(limit, Const) and limit.value == 1
    if one or any(entry.many for entry in entries):
        return [(_in_sequence(cx, bodies, entries), entries)]
    return [(_in_turns(cx, bodies, entries, limit), entries)]


def _body(cx: Context, pending: Pending, entry: Submitted, is_native: bool) -> Suite:
    """The body of a branch that returns the outcome of a call, or the list of outcomes; it fails itself only where that ends the group."""
    native = pending.kind == "group" or is_native
    if not entry.many:
        check: Suite = () if entry.unless is None else (unless_failed(entry.unless),)
        return _with_outcome(cx, (*check, *entry.body), entry.type, native)
    each, *rest = entry.body
    assert isinstance(each, Perform) and isinstance(each.effect, FanOut) and each.target is not None
    type_ = entry_type(cx, entry)
    effect = replace(each.effect, body=_with_outcome(cx, each.effect.body, entry.type, native), result=type_)
    if entry.unless is not None:
        fine = Prim(op="exc.is_absent", args=(Var(name=entry.unless, type=FAILED),), type=BOOL)
        nothing = Prim(op="list.make", args=(), type=effect.seq.type)
        effect = replace(effect, seq=Cond(test=fine, then=effect.seq, orelse=nothing, type=effect.seq.type))
    return (replace(each, effect=effect), Return(value=Var(name=each.target, type=type_), span=rest[0].span))


def _with_outcome(cx: Context, body: Suite, type_: Type, native: bool) -> Suite:
    if native:
        return returning(body, lambda value: returned(value, timed=keeps_time(cx)))
    return outcome_of(cx, body, type_)


def _in_sequence(cx: Context, bodies: Sequence[Suite], entries: Sequence[Submitted]) -> Suite:
    """One after the other, as a single worker takes them."""
    made: list[Stmt] = []
    results: list[Expr] = []
    for body, entry in zip(bodies, entries, strict=True):
        label, result = cx.names.fresh("call"), cx.names.fresh("outcome")
        made.append(Block(label=label, body=leaving(body, result, label), span=entry.span))
        results.append(Var(name=result, type=entry_type(cx, entry), span=entry.span))
    type_ = TupleT(tuple(result.type for result in results))
    made.append(Return(value=Prim(op="list.make", args=tuple(results), type=type_)))
    return tuple(made)


def _in_turns(cx: Context, bodies: Sequence[Suite], entries: Sequence[Submitted], limit: Expr) -> Suite:
    """Different calls as the iterations of one Map, which knows how many run at once."""
    turn = Var(name=cx.names.fresh("turn"), type=INT)
    body: Suite = bodies[-1]
    for number in range(len(bodies) - 2, -1, -1):
        test = Prim(op="loop.is_way", args=(turn, Const(value=number, type=INT)), type=BOOL)
        body = (If(test=test, then=bodies[number], orelse=body),)
    numbers = tuple(Const(value=number, type=INT) for number in range(len(bodies)))
    seq = Prim(op="list.make", args=numbers, type=ListT(INT))
    type_ = TupleT(tuple(entry_type(cx, entry) for entry in entries))
    target = Var(name=cx.names.fresh("results"), type=type_)
    effect = FanOut(name=turn.name, seq=seq, body=body, max_concurrency=limit, retry=(), result=ListT(JSON))
    return (
        Perform(effect=effect, target=target.name, hold=None, span=entries[0].span),
        Return(value=target),
    )
