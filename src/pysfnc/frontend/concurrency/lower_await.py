"""`await`: what awaiting a value does.

An awaitable is a value of compile time: `Coroutine`, or a `Future` that is a task. Owns the table of the functions of `asyncio` whose calls can be
awaited.
"""

import ast
from collections.abc import Callable

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.concurrency.future_values import Future
from pysfnc.frontend.concurrency.lower_futures import future_result
from pysfnc.frontend.concurrency.lower_groups import close
from pysfnc.frontend.concurrency.still_running import note_ended
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import expression, is_poison, lower_value
from pysfnc.frontend.core.lower_values import (
    Closure,
    Configured,
    Coroutine,
    External,
    Intrinsic,
    ProjectFunction,
    Static,
    Value,
    describe,
)
from pysfnc.ir.exprs import Var

_HELP = "write instead: `await f(x)` or `await asyncio.gather(f(x), g(y))`"

AwaitedCall = Callable[[Context, Arguments, ast.expr], Value]

AWAITED: dict[str, AwaitedCall] = {}
"""What awaiting a call of another module does."""


def asyncio_function(name: str) -> Callable[[AwaitedCall], AwaitedCall]:
    """Register what awaiting a call of `name` does."""

    def register(build: AwaitedCall) -> AwaitedCall:
        AWAITED[name] = build
        return build

    return register


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
        note_ended(cx, value.group, value.outcome)
        return future_result(cx, value, node)
    if is_poison(value):
        return value
    what = describe(value) if isinstance(value, Static) else "data"
    return cx.error(
        codes.UNSUPPORTED_ASYNC, node, f"{what} is awaited, and only calls and tasks have a compiled form", help=_HELP
    )


def run_coroutine(cx: Context, coroutine: Coroutine, node: ast.expr) -> Value:
    """Run a call that waited to be awaited."""
    from pysfnc.frontend.calls.lower_call import call_value

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
