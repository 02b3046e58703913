"""Calls that are submitted on some ways only: `if urgent: pool.submit(f, x)`.

What was submitted before runs in branches that begin behind all of it, whichever way is taken. So a statement that submits to the same pool on
one of its ways waits for what was submitted before; the others of a task group would be stopped by a failure that they do not see, which is an error.
Calls that an `if` adds to a task group become the rows of a batch, as those of a loop do.
"""

import ast
from collections.abc import Iterator

from pysfnc.diagnostics import codes
from pysfnc.frontend.concurrency.future_values import Pending, Pool, TaskGroup
from pysfnc.frontend.concurrency.lower_batches import batches_in
from pysfnc.frontend.concurrency.lower_closing import static_of
from pysfnc.frontend.concurrency.lower_groups import WAITED
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context, Trial
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_values import Closure
from pysfnc.ir.hir import Assign, ForEach, Stmt, Suite, Try, While
from pysfnc.ir.walk import stmt_suites, walk_suite

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_WAYS = (ast.If, ast.Match, ast.Try, ast.TryStar, ast.For, ast.While)
_STARTS = frozenset({"submit", "create_task"})
_HELP = "write instead: `group.create_task(...)` as a statement of its own, or `tasks.append(group.create_task(...))` to an empty list"


def submits_sometimes(cx: Context, stmt: ast.stmt, number: int) -> bool:
    """Whether one of the ways through a statement submits to a group what does not become a batch behind it."""
    if not isinstance(stmt, _WAYS) or not any(_starts(cx, cx.frame, stmt, number, set(), frozenset())):
        return False
    batched: frozenset[ast.AST] = frozenset()
    if isinstance(stmt, ast.For | ast.While) or (isinstance(stmt, ast.If) and may_add_tasks(stmt)):
        trial = Trial(cx)
        batched = frozenset(batches_in(cx, stmt))
        trial.discard()
    return any(_starts(cx, cx.frame, stmt, number, set(), batched))


def may_add_tasks(node: ast.If) -> bool:
    """Whether an `if` may create tasks of a group, and waits for nothing itself: they begin behind it."""
    parts = list(ast.walk(node))
    creates = any(isinstance(part, ast.Attribute) and part.attr == "create_task" for part in parts)
    return creates and not any(isinstance(part, ast.Await | ast.AsyncWith | ast.AsyncFor) for part in parts)


def _starts(
    cx: Context, frame: Frame, node: ast.AST, number: int, seen: set[ast.AST], batched: frozenset[ast.AST]
) -> Iterator[bool]:
    """For each call that submits to the group, in the code or in functions of this one that it names."""
    for part in ast.iter_child_nodes(node):
        if part in batched or isinstance(part, _FUNCTIONS):
            continue
        match part:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _STARTS:
                group = static_of(frame, name, cx)
                if isinstance(group, Pool | TaskGroup) and group.number == number:
                    yield True
            case ast.Name(id=name):
                held = static_of(frame, name, cx)
                if isinstance(held, Closure) and held.node not in seen:
                    seen.add(held.node)
                    yield from _starts(cx, held.frame, held.node, number, seen, batched)
        yield from _starts(cx, frame, part, number, seen, batched)


def refuse_sometimes(cx: Context, stmt: ast.stmt, pending: Pending) -> None:
    """Report tasks of a group that are created on some ways only, beside others."""
    if pending.kind == "group":
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            cx.span(stmt).head(),
            "a task of the group is created on some ways through this statement only, beside those before it",
            help=_HELP,
        )


def refuse_early(cx: Context, suite: Suite) -> None:
    """Report tasks of a group that are waited for in a statement of its body which code follows: Python runs that code before it waits."""
    early = _early(cx, suite)
    if early is not None and early.span is not None:
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            early.span,
            "the task is created inside of a statement with more code of the group around or behind it",
            notes=["the machine waits for the task there, and Python at the end of the group or at the next `await`"],
            help=_HELP,
        )


def _early(cx: Context, suite: Suite) -> Assign | None:
    for index, stmt in enumerate(suite):
        marks = [
            part for part in walk_suite((stmt,)) if isinstance(part, Assign) and part.name.startswith(WAITED + "%")
        ]
        if not marks:
            continue
        around = isinstance(stmt, While | ForEach) or (isinstance(stmt, Try) and bool(stmt.handlers or stmt.final))
        if around or not all(_is_unseen(cx, later) for later in suite[index + 1 :]):
            return marks[0]
        found = (_early(cx, inner) for inner in stmt_suites(stmt))
        return next((mark for mark in found if mark is not None), None)
    return None


def _is_unseen(cx: Context, stmt: Stmt) -> bool:
    return isinstance(stmt, Assign) and not cx.names.is_variable(stmt.name) and not can_raise(stmt.value)
