"""What was submitted and not waited for yet: thread pools, `asyncio` tasks, task groups.

Calls that are submitted one after another start together, and the code behind the first of them runs beside them, up to the statement that
needs one of their results: there the group is closed. Owns the groups; which
statement closes them is decided in `lower_closing`, how they run in `lower_lanes`. What a promise is good for is `lower_futures`.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.concurrency.future_values import GroupKind, Pending, Submitted
from pysfnc.frontend.concurrency.lower_branches import keeps_time
from pysfnc.frontend.concurrency.lower_lanes import FAILED, raised_late, run_beside, run_together, unless_failed
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_shared import note_results
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Handler,
    Perform,
    Raise,
    Rest,
    Stmt,
    Suite,
    Try,
)
from pysfnc.ir.outcomes import task_group_error
from pysfnc.ir.walk import assigned, effect_exprs, has_effect, map_exprs, map_suite_exprs, suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import substitute
from pysfnc.values.types import NONE, ExcT, ListT

WAITED: Final = "waited"
"""Variables that are assigned where tasks of a group are waited for inside of a statement of its body (`lower_sometimes`)."""
_RESTS: dict[GroupKind, Rest] = {"pool": "finish", "tasks": "await", "group": "group"}


def submit(cx: Context, number: int, kind: GroupKind, entry: Submitted, limit: Expr | None = None) -> None:
    """Add a call to a group, which is opened if nothing is pending in it."""
    cx.flow.pending[number] = _with_entry(cx, cx.flow.pending.get(number), kind, entry, limit)
    note_results(cx, entry.outcome, entry.type, (entry.body,))


def _with_entry(cx: Context, pending: Pending | None, kind: GroupKind, entry: Submitted, limit: Expr | None) -> Pending:
    if pending is None:
        pending = Pending(kind, _marked(cx, "begin"), limit=limit)
    pending = _failing_later(cx, pending)
    if pending.inner is not None or _has_begun(cx, pending):
        return replace(pending, inner=_with_entry(cx, pending.inner, kind, entry, limit))
    entry = replace(entry, unless=pending.failed)
    return replace(pending, entries=(*pending.entries, entry), end=_marked(cx, "end"))


def _failing_later(cx: Context, pending: Pending) -> Pending:
    """Keep the exception of code between two submissions to a pool: what was submitted before runs, what comes behind does not."""
    segment = segment_of(cx, pending)
    place = place_of(cx.out, pending.end)
    if pending.kind != "pool" or pending.inner is not None or place is None or has_effect(segment):
        return pending
    if not _may_raise(segment) or any(map(cx.names.is_variable, assigned(segment))):
        return pending
    failed, error = pending.failed or cx.names.fresh("failed"), cx.names.fresh("error")
    del cx.out[place + 1 :]
    unset = [failed] if pending.failed is None else []
    cx.out += [Assign(name=name, value=Const(value=None, type=NONE)) for name in (*unset, *sorted(assigned(segment)))]
    keep = Assign(name=failed, value=Var(name=error, type=FAILED))
    handler = Handler(classes=None, name=error, body=(keep,))
    guarded = segment if pending.failed is None else (unless_failed(failed), *segment)
    cx.out.append(Try(body=guarded, handlers=(handler,), orelse=(), final=()))
    return replace(pending, failed=failed, end=_marked(cx, "end"))


def _has_begun(cx: Context, pending: Pending) -> bool:
    """Whether code behind the last call has an effect (or may fail), so that what is submitted now begins later."""
    segment = segment_of(cx, pending)
    return has_effect(segment) or (pending.kind == "pool" and _may_raise(segment))


def _marked(cx: Context, hint: str) -> str:
    marker = cx.names.fresh(hint)
    cx.out.append(Assign(name=marker, value=Const(value=None, type=NONE)))
    return marker


def task_group_here(cx: Context) -> int:
    """The number of the group of `asyncio` tasks that is open in the present suite, or of a new one."""
    for number, pending in cx.flow.pending.items():
        if pending.kind == "tasks" and place_of(cx.out, pending.begin) is not None:
            return number
    return cx.names.number()


def place_of(out: Sequence[Stmt], marker: str) -> int | None:
    for index in range(len(out) - 1, -1, -1):
        stmt = out[index]
        if isinstance(stmt, Assign) and stmt.name == marker:
            return index
    return None


def segment_of(cx: Context, pending: Pending) -> Suite:
    """What was emitted in this suite behind the last call that was submitted to the group when it was opened."""
    place = place_of(cx.out, pending.end)
    return () if place is None else tuple(cx.out[place + 1 :])


def take(cx: Context, number: int) -> tuple[Pending, Suite] | None:
    """Close a group without starting anything: what was pending, and the code behind it, which is taken out; None if nothing is."""
    pending = cx.flow.pending.pop(number, None)
    return None if pending is None else _taken(cx, pending)


def _taken(cx: Context, pending: Pending) -> tuple[Pending, Suite]:
    place = place_of(cx.out, pending.end)
    segment: Suite = ()
    if place is not None:
        segment = tuple(cx.out[place + 1 :])
        del cx.out[place:]
    begin = place_of(cx.out, pending.begin)
    since = segment if begin is None else (*cx.out[begin + 1 :], *segment)
    entries = tuple(_restored(entry, since) for entry in pending.entries)
    return replace(pending, entries=entries), segment


def _restored(entry: Submitted, segment: Suite) -> Submitted:
    """The body reads the variables of the program themselves where nothing has changed them meanwhile."""
    changed = assigned(segment)
    values: dict[str, Expr] = {copy: source for copy, source in entry.copies if source.name not in changed}
    if not values:
        return entry
    return replace(entry, body=map_suite_exprs(entry.body, lambda expr: substitute(expr, values)))


def close(cx: Context, number: int, *, native: str | None = None, wins: bool = False) -> None:
    """Run what was submitted to a group, and beside it the code behind that.

    `native`: the outcome that is waited for right away, whose failure ends the others if nobody is left to see them. `wins`: the others
    are stopped when that code has ended.
    """
    pending = cx.flow.pending.pop(number, None)
    if pending is not None:
        _close(cx, pending, native, wins, inside=False)


def _close(cx: Context, pending: Pending, native: str | None, wins: bool, *, inside: bool) -> None:
    if pending.inner is not None:
        _close(cx, pending.inner, native, wins, inside=True)
    pending, segment = _taken(cx, pending)
    rest = "stop" if wins or (inside and pending.kind == "group") else _RESTS[pending.kind]
    span = pending.entries[0].span
    if pending.kind != "pool":
        # Tasks begin when the code behind them first waits.
        before, segment = _until_it_waits(cx, segment)
        if pending.kind == "tasks" and _may_raise(before):
            segment = (*before, *segment)
        else:
            cx.out.extend(before)
    check: Suite = () if pending.failed is None else (unless_failed(pending.failed),)
    if has_effect(segment) or (pending.kind != "group" and _may_raise(segment)):
        run_beside(cx, pending, (*check, *segment), native, rest, wins, span)
        return
    cx.out.extend(segment)
    run_together(cx, pending, native, rest, span)
    if pending.failed is not None:
        cx.out.append(raised_late(pending.failed))


def _until_it_waits(cx: Context, segment: Suite) -> tuple[Suite, Suite]:
    """The code before its first effect, with what the effect is given if that may fail; and the rest."""
    count = next((index for index, stmt in enumerate(segment) if has_effect((stmt,))), len(segment))
    before, rest = list(segment[:count]), segment[count:]
    first = rest[0] if rest else None
    if not isinstance(first, Perform) or not any(map(can_raise, effect_exprs(first.effect))):
        return tuple(before), rest

    def kept(value: Expr) -> Expr:
        if isinstance(value, Const | Var):
            return value
        name = cx.names.fresh("arg")
        before.append(Assign(name=name, value=value, span=value.span))
        return Var(name=name, type=value.type, span=value.span)

    first = map_exprs(first, kept)
    return tuple(before), (first, *rest[1:])


def close_here(cx: Context, *, at_end: bool = False) -> None:
    """Close the groups that were opened in the present suite, which ends; with `at_end` it is the body of a function."""
    for number, pending in list(cx.flow.pending.items()):
        if place_of(cx.out, pending.begin) is not None:
            if at_end and pending.kind == "tasks":
                refuse_unawaited(cx, pending)
            close(cx, number)
            if pending.kind == "group":
                span = pending.entries[0].span
                cx.out.append(Assign(name=cx.names.fresh(WAITED), value=Const(value=None, type=NONE), span=span))


def close_returned(cx: Context, node: ast.AST) -> None:
    """Run what a helper submitted whose promise it returns: its place is here, and nobody could wait for it outside.

    So it does not run beside what is submitted behind the helper, which shows where the program asks for the order, and where a failure stops others.
    """
    for pending in cx.flow.pending.values():
        alone = pending.kind == "group" or (pending.kind == "pool" and keeps_time(cx))
        if alone and place_of(cx.out, pending.begin) is not None:
            cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                "what a helper submits ends before it returns, and the program can tell",
                help="write instead: the submission in the function that has the pool or group, or a lambda that submits",
            )
    close_here(cx, at_end=True)


def refuse_unawaited(cx: Context, pending: Pending) -> None:
    """Tasks that nobody waits for end somewhere on their way."""
    for entry in pending.all_entries:
        if entry.span is not None:
            cx.error(
                codes.UNSUPPORTED_ASYNC,
                entry.span,
                "the task may still be running when the function ends, as nothing waits for it",
                notes=["Python stops it wherever it is when the program ends"],
                help="write instead: `await` of the task, `asyncio.gather` or `asyncio.TaskGroup`, or its `.cancel()`",
            )


def _may_raise(segment: Suite) -> bool:
    return any(isinstance(stmt, Raise) for stmt in walk_suite(segment)) or any(map(can_raise, suite_exprs(segment)))


def is_running(cx: Context, pending: Pending) -> bool:
    """Whether the code behind what was submitted has had effects beside it."""
    return pending.inner is not None or has_effect(segment_of(cx, pending))


def grouped(cx: Context, body: Suite) -> Try:
    """Exceptions in the body of a task group are wrapped like those of its tasks."""
    error = Var(name=cx.names.fresh("error"), type=ExcT(None))
    one = Prim(op="list.make", args=(error,), type=ListT(ExcT(None)))
    handler = Handler(classes=None, name=error.name, body=(Raise(exc=task_group_error(one)),))
    return Try(body=body, handlers=(handler,), orelse=(), final=())
