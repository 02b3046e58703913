"""`async with`: `asyncio.TaskGroup`, `asyncio.timeout`, semaphores.

Owns what stands around the bodies: a task group waits for its tasks and wraps what fails in it, a timeout stops its body, a semaphore says how many
of the branches that it stands in run at once.
"""

import ast
from collections.abc import Callable

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.concurrency.future_values import Semaphore, TaskGroup
from pysfnc.frontend.concurrency.lower_asyncio import add_limited, limit_of
from pysfnc.frontend.concurrency.lower_groups import close, close_here, grouped
from pysfnc.frontend.concurrency.still_running import note_ended
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_body, lower_value, statement
from pysfnc.frontend.core.lower_values import External, Value
from pysfnc.ir.exprs import Const
from pysfnc.ir.hir import Beside, Block, FanOut, Fork, Perform, Raise, Stmt, Suite
from pysfnc.ir.semaphores import SEMAPHORE
from pysfnc.ir.walk import has_effect, suite_exprs, walk_suite
from pysfnc.source.span import Span
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, Kind


@statement(ast.AsyncWith)
def lower_async_with(cx: Context, node: ast.AsyncWith) -> None:
    """`async with ... as name, ...:`; several items are nested."""
    _entered(cx, list(node.items), node, lambda: lower_body(cx, node.body))


def _entered(cx: Context, items: list[ast.withitem], node: ast.AsyncWith, body: Callable[[], None]) -> None:
    if not items:
        body()
        return
    first, *rest = items
    made = first.context_expr

    def inner() -> None:
        _entered(cx, rest, node, body)

    callee = lower_value(cx, made.func) if isinstance(made, ast.Call) else lower_value(cx, made)
    if isinstance(callee, Semaphore):
        _limited(cx, callee, inner, cx.span(made))
        return
    name = callee.name if isinstance(callee, External) and isinstance(made, ast.Call) else ""
    match name:
        case "asyncio.TaskGroup" | "asyncio.taskgroups.TaskGroup":
            _task_group(cx, first, inner)
        case "asyncio.timeout" | "asyncio.timeouts.timeout":
            assert isinstance(made, ast.Call)
            _timeout(cx, first, made, inner)
        case _ if is_poison(callee):
            pass
        case _:
            cx.error(
                codes.UNSUPPORTED_ASYNC,
                made,
                "`async with` has a compiled form only for `asyncio.TaskGroup()`, `asyncio.timeout(...)` and semaphores",
                help="write instead: a function marked `@task` that uses it",
            )


# Task groups


def _task_group(cx: Context, item: ast.withitem, body: Callable[[], None]) -> None:
    from pysfnc.frontend.concurrency.lower_sometimes import refuse_early

    group = TaskGroup(cx.names.number())
    if item.optional_vars is not None:
        from pysfnc.frontend.core.lower_assign import assign

        assign(cx, item.optional_vars, group, item.optional_vars)
    with cx.capture() as own:
        body()
        close(cx, group.number)
        note_ended(cx, group.number)
        close_here(cx)
    refuse_early(cx, tuple(own))
    cx.flow.may_raise_here()
    cx.out.extend(_wrapped(cx, tuple(own)))


def _wrapped(cx: Context, suite: Suite) -> Suite:
    """The body of a group: what fails besides the tasks is wrapped as well."""
    made: list[Stmt] = []
    run: list[Stmt] = []
    for stmt in suite:
        if not _wraps_itself(stmt):
            run.append(stmt)
            continue
        made += [*_wrapped_run(cx, tuple(run)), stmt]
        run = []
    return (*made, *_wrapped_run(cx, tuple(run)))


def _wraps_itself(stmt: Stmt) -> bool:
    match stmt:
        case Perform(effect=Fork(rest="group") | FanOut(rest="group")) | Beside(rest="group"):
            return True
        case _:
            return False


def _wrapped_run(cx: Context, suite: Suite) -> Suite:
    fails = has_effect(suite) or any(isinstance(stmt, Raise) for stmt in walk_suite(suite))
    return (grouped(cx, suite),) if fails or any(map(can_raise, suite_exprs(suite))) else suite


# Timeouts


def _timeout(cx: Context, item: ast.withitem, call: ast.Call, body: Callable[[], None]) -> None:
    given = lower_arguments(cx, call)
    if given is None:
        return
    values = [*given.positional, *given.keyword_map().values()]
    if len(values) != 1 or item.optional_vars is not None:
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            call,
            "`asyncio.timeout` has a compiled form with one number of seconds, and without a name",
            help="write instead: `async with asyncio.timeout(seconds):`",
        )
        return
    limit = limit_of(cx, values[0], call)
    if limit is None or is_poison(limit):
        body()
        return
    with cx.capture() as own:
        body()
        close_here(cx)
    add_limited(cx, tuple(own), limit, call)


# Semaphores


def call_semaphore(cx: Context, name: str, node: ast.Call) -> Value:
    """`asyncio.Semaphore(value)`, `asyncio.Lock()`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    values = [*given.positional, *given.keyword_map().values()]
    one = Const(value=1, type=INT, span=cx.span(node))
    limit = as_data(cx, values[0], node) if values else one
    if is_poison(limit):
        return limit
    if len(values) > 1 or kinds(limit.type) != {Kind.INT}:
        return cx.error(codes.TYPE_NEEDED, node, f"`{name}` takes a number that is known to be an int")
    return Semaphore(kept(cx, limit, "limit"), cx.names.number())


def _limited(cx: Context, semaphore: Semaphore, body: Callable[[], None], span: Span) -> None:
    with cx.capture() as own:
        body()
        close_here(cx)
    most = semaphore.limit.value if isinstance(semaphore.limit, Const) else ""
    label = f"{SEMAPHORE}%{semaphore.number}%{most}%{cx.names.number()}"
    cx.out.append(Block(label=label, body=tuple(own), span=span))
    cx.semaphores[semaphore.number] = semaphore.limit
