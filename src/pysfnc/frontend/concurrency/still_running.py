"""Tasks and futures that the machine has waited for where Python may not have: whether they have ended by then is open.

A statement that names a task which runs beside the program waits for it in the machine (`lower_closing`). Where the statement waits for it in
Python too, nobody can tell. Otherwise what asks for its state, or stops it, depends on how long calls take, and is an error.
"""

import ast
from collections.abc import Callable
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.concurrency.future_values import Future, Pending
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Expr, Var

STATES: Final = frozenset({"done", "running", "cancelled", "cancel"})
_ENDED_ONLY: Final = frozenset({"result", "exception"})
"""Of a task they raise where it has not ended; those of a pool wait for it."""
_WAITING: Final = frozenset({"result", "exception", "as_completed", "wait"})

Mentions = Callable[[ast.AST], bool]


def note_closed(
    cx: Context, stmt: ast.stmt, number: int, pending: Pending, named: frozenset[str], mentions: Mentions
) -> None:
    """Note which calls of a group may still run in Python when the machine has waited for all of them before a statement.

    `named`: the outcomes that the statement names, none where it names them together. `mentions`: whether code names the group.
    """
    waited = _waits(stmt, mentions, is_task=pending.kind != "pool")
    found = {e.outcome: not waited or (bool(named) and e.outcome not in named) for e in pending.all_entries}
    if any(found.values()):
        cx.flow.running[number] = (cx.out, {**_running(cx, number), **found})


def note_ended(cx: Context, group: int, outcome: Expr | None = None) -> None:
    """Python has waited for a call of a group too, or for the whole group. A wait on one of several ways tells nothing behind them."""
    if outcome is None:
        cx.flow.running.pop(group, None)
        return
    place, found = cx.flow.running.get(group, (None, {}))
    if place is cx.out and isinstance(outcome, Var) and outcome.name in found:
        cx.flow.running[group] = (cx.out, {**found, outcome.name: False})


def _running(cx: Context, group: int) -> dict[str, bool]:
    return cx.flow.running[group][1] if group in cx.flow.running else {}


def refused_while_open(cx: Context, future: Future, method: str, node: ast.AST) -> Expr | None:
    """Report a method whose answer depends on how long calls take; what stands for it then."""
    asks = method in STATES or (future.is_task and method in _ENDED_ONLY)
    if not asks or future.race is not None or future.stopped or not _is_open(cx, future):
        return None
    return cx.error(
        codes.UNSUPPORTED_ASYNC,
        node,
        f"what `{method}` gives here depends on how long the call takes",
        notes=["the machine waits for a call before any statement that names it, but `await task` and `task.cancel()`"],
        help="write instead: `await` of the task, or `asyncio.wait`, before; or a limit of time for the call, `timeout=`",
    )


def _is_open(cx: Context, future: Future) -> bool:
    if future.group in cx.flow.pending:
        return True
    found = _running(cx, future.group)
    own = found.get(future.outcome.name) if isinstance(future.outcome, Var) else None
    # One out of a list of futures has no entry of its own.
    return any(found.values()) if own is None else own


def _waits(node: ast.AST, mentions: Mentions, *, is_task: bool) -> bool:
    """Whether Python has waited for the calls by the time that anything asks for their state."""
    match node:
        case ast.Try(body=body) | ast.With(body=body) | ast.AsyncWith(body=body):
            first = next((stmt for stmt in body if mentions(stmt)), None)
            return first is not None and _waits(first, mentions, is_task=is_task)
        case ast.If(test=head, body=body, orelse=orelse) if not mentions(head):
            firsts = [next((stmt for stmt in way if mentions(stmt)), None) for way in (body, orelse)]
            return all(first is not None and _waits(first, mentions, is_task=is_task) for first in firsts)
        case ast.If(test=head) | ast.While(test=head) | ast.For(iter=head) | ast.AsyncFor(iter=head) if mentions(head):
            return _waits(ast.Expr(head), mentions, is_task=is_task)
    parts = list(ast.walk(node))
    asked = STATES | _ENDED_ONLY if is_task else STATES
    names = {part.attr for part in parts if isinstance(part, ast.Attribute)}
    names |= {part.id for part in parts if isinstance(part, ast.Name)}
    if any(isinstance(part, ast.Attribute) and part.attr in asked and mentions(part.value) for part in parts):
        return False
    return any(isinstance(part, ast.Await) for part in parts) if is_task else not names.isdisjoint(_WAITING)
