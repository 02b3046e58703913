"""Which statements close a group of pending calls: those that need a result of it, that jump out, that stop a task."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pysfnc.diagnostics import codes
from pysfnc.frontend.concurrency.future_tables import FutureRows, KeyedFutures
from pysfnc.frontend.concurrency.future_values import (
    Completions,
    Future,
    FutureDict,
    FutureList,
    FutureSet,
    MappedResults,
    Pending,
    Pool,
    TaskGroup,
)
from pysfnc.frontend.concurrency.lower_groups import close, is_running, place_of, refuse_unawaited
from pysfnc.frontend.concurrency.still_running import note_closed
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_frame import Frame, lookup_frame
from pysfnc.frontend.core.lower_values import Closure, Coroutine, Static, StaticMethod, TupleOf
from pysfnc.ir.exprs import Var

_JUMPS = (ast.Return, ast.Break, ast.Continue)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SOMETIMES = (ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_STARTS = {"submit", "create_task"}


def before_statement(cx: Context, stmt: ast.stmt) -> None:
    """Close the groups that a statement needs; called where it begins."""
    from pysfnc.frontend.concurrency.lower_sometimes import refuse_sometimes, submits_sometimes

    for number, pending in list(cx.flow.pending.items()):
        if number not in cx.flow.pending or place_of(cx.out, pending.begin) is None:
            continue
        mentions = _mentions(cx, stmt, number)
        sometimes = pending.kind != "tasks" and submits_sometimes(cx, stmt, number)
        if sometimes:
            refuse_sometimes(cx, stmt, pending)
        elif not mentions and not _jumps_out(stmt):
            continue
        if not mentions and pending.kind == "tasks":
            refuse_unawaited(cx, pending)
        if not mentions and not sometimes and pending.kind == "group" and not isinstance(stmt, _JUMPS):
            cx.flow.cut.add(number)
        cancelled = _cancelled(cx, stmt, number)
        if cancelled is not None:
            _cancel(cx, number, pending, cancelled, stmt)
            continue
        if pending.kind != "pool" and _waits_itself(stmt) and not is_running(cx, pending):
            continue
        note_closed(cx, stmt, number, pending, _named(cx, stmt, number), partial(_names_group, cx, number))
        close(cx, number, native=_awaited_name(cx, stmt, number))


def _cancelled(cx: Context, stmt: ast.stmt, number: int) -> Future | None:
    """The task of the group that the statement `task.cancel()` stops."""
    match stmt:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="cancel"))):
            found = static_of(cx.frame, name, cx)
            return found if isinstance(found, Future) and found.is_task and found.group == number else None
        case _:
            return None


def _cancel(cx: Context, number: int, pending: Pending, future: Future, stmt: ast.stmt) -> None:
    """Stop a task: one that has not begun never does; one that runs is stopped at the end of the code beside it."""
    assert isinstance(future.outcome, Var)
    if not is_running(cx, pending):
        left = tuple(entry for entry in pending.entries if entry.outcome != future.outcome.name)
        cx.flow.pending[number] = replace(pending, entries=left)
        if not left:
            del cx.flow.pending[number]
    elif len(pending.all_entries) > 1:
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            stmt,
            "one of several tasks is stopped while the others go on",
            help="write instead: `await` of the others before",
        )
        close(cx, number)
    else:
        close(cx, number, wins=True)
    for name, fact in list(cx.state.facts.items()):
        if fact.static is future:
            cx.state.facts[name] = replace(fact, static=replace(future, stopped=True))


def _jumps_out(stmt: ast.stmt) -> bool:
    """Whether the statement may leave the suite that it stands in, apart from exceptions."""
    return any(isinstance(part, _JUMPS) for part in _own_parts(stmt))


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement, without the bodies of functions in it."""
    todo: list[ast.AST] = [node]
    while todo:
        current = todo.pop()
        yield current
        if not isinstance(current, _FUNCTIONS) or current is node:
            todo.extend(ast.iter_child_nodes(current))


def _waits_itself(stmt: ast.stmt) -> bool:
    """Whether the statement only waits for calls by name: what it calls then decides itself how they run."""
    if not isinstance(stmt, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return | ast.AugAssign | ast.For):
        return False
    if isinstance(stmt, ast.For):
        return False
    parts = list(_own_parts(stmt))
    awaits = [part for part in parts if isinstance(part, ast.Await)]
    calls = [part for part in parts if isinstance(part, ast.Call)]
    return len(awaits) <= 1 and len(calls) <= len(awaits) and not any(isinstance(part, _SOMETIMES) for part in parts)


def _awaited_name(cx: Context, stmt: ast.stmt, number: int) -> str | None:
    """The outcome of the task that the statement does nothing but wait for."""
    value = getattr(stmt, "value", None)
    if not isinstance(stmt, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return) or not isinstance(value, ast.Await):
        return None
    if not isinstance(value.value, ast.Name):
        return None
    found = static_of(cx.frame, value.value.id, cx)
    return found.outcome.name if isinstance(found, Future) and isinstance(found.outcome, Var) else None


def _named(cx: Context, stmt: ast.stmt, number: int) -> frozenset[str]:
    """The outcomes of the group that a statement names one by one; none if it names several together."""
    found: set[str] = set()
    for part in ast.walk(stmt):
        if not isinstance(part, ast.Name) or not isinstance(part.ctx, ast.Load):
            continue
        value = static_of(cx.frame, part.id, cx)
        if isinstance(value, Future) and value.group == number and isinstance(value.outcome, Var):
            found.add(value.outcome.name)
        elif _belongs(cx, value, number, set()):
            return frozenset()
    return frozenset(found)


def _names_group(cx: Context, number: int, node: ast.AST) -> bool:
    return _mentions(cx, node, number)


def _mentions(cx: Context, node: ast.AST, number: int) -> bool:
    return _mentioned(cx, cx.frame, node, number, set())


def _mentioned(cx: Context, frame: Frame, node: ast.AST, number: int, seen: set[ast.AST]) -> bool:
    """Whether code names a promise of the group or the group itself, apart from submitting to it."""
    starts = {
        part.func.value
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _STARTS
    }
    for part in ast.walk(node):
        if not isinstance(part, ast.Name) or not isinstance(part.ctx, ast.Load):
            continue
        found = static_of(frame, part.id, cx)
        if isinstance(found, Pool | TaskGroup) and part in starts:
            continue
        if _belongs(cx, found, number, seen):
            return True
    return False


def static_of(frame: Frame, name: str, cx: Context) -> Static | None:
    """What a local name stands for, if that exists only while compiling."""
    owner = lookup_frame(frame, name)
    variable = None if owner is None else owner.names.get(name)
    fact = None if variable is None else cx.state.facts.get(variable)
    return None if fact is None else fact.static


def _belongs(cx: Context, value: object, number: int, seen: set[ast.AST]) -> bool:
    match value:
        case Pool() | TaskGroup():
            return value.number == number
        case Future() | FutureList() | MappedResults():
            return value.group == number
        case (
            FutureDict(futures=futures)
            | FutureSet(futures=futures)
            | FutureRows(futures=futures)
            | KeyedFutures(futures=futures)
            | Completions(futures=futures)
        ):
            parts = futures if isinstance(futures, tuple) else (futures,)
            return any(part.group == number for part in parts)
        case TupleOf(items=items):
            return any(_belongs(cx, item, number, seen) for item in items)
        case StaticMethod(receiver=receiver):
            return _belongs(cx, receiver, number, seen)
        case Coroutine(function=function, given=given):
            return any(_belongs(cx, part, number, seen) for part in (function, *given.positional))
        case Closure(node=node, frame=frame):
            if node in seen:
                return False
            seen.add(node)
            return _mentioned(cx, frame, node, number, seen)
        case _:
            return False
