"""Answers to tasks that wait for a token, given by a test.

`run(..., on_callback=...)` calls a function whenever a task begins to wait. It, or anything that runs meanwhile, answers
with `answer`, `refuse` or `heartbeat`, now or when some of the machine's time has passed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pysfnc.engine import StepFunctionsApi
    from pysfnc.services import World

__all__ = ["Callback", "answer", "answering", "heartbeat", "refuse"]


@dataclass(frozen=True, slots=True)
class Callback:
    """A task that waits for its token.

    Attributes:
        token: what `answer` and `refuse` take.
        state: the name of its state.
        resource: the ARN of what it called.
        arguments: what it called it with.
    """

    token: str
    state: str
    resource: str
    arguments: Any


_worlds: "list[World]" = []


@contextmanager
def answering(world: "World") -> Iterator[None]:
    """Let the functions below reach a run inside the block."""
    _worlds.append(world)
    try:
        yield
    finally:
        _worlds.remove(world)


def answer(token: str, value: Any = None, *, after: float = 0) -> None:
    """Answer a task with a JSON value, as `send_task_success` does.

    Args:
        after: seconds of the machine's time from now.

    Raises:
        LookupError: no run waits for that token.
    """
    _send(token, "send_task_success", {"output": json.dumps(value)}, after)


def refuse(token: str, error: str | None = None, cause: str | None = None, *, after: float = 0) -> None:
    """Fail a task, as `send_task_failure` does. Arguments and errors are those of `answer`."""
    _send(token, "send_task_failure", {"error": error, "cause": cause}, after)


def heartbeat(token: str, *, after: float = 0) -> None:
    """Tell a task that its work goes on, as `send_task_heartbeat` does. Arguments and errors are those of `answer`."""
    _send(token, "send_task_heartbeat", {}, after)


def _send(token: str, method: str, arguments: dict[str, Any], after: float) -> None:
    from pysfnc.lang import callbacks

    if callbacks.knows(token):
        _send_here(token, method, arguments, after)
        return
    from pysfnc.engine import ApiError

    api = _api_of(token)
    given = {"taskToken": token, **arguments}
    if after > 0:

        def act() -> None:
            with suppress(ApiError):  # the task may have ended meanwhile
                api.call(method, given)

        api.later(after, act)
        return
    try:
        api.call(method, given)
    except ApiError as error:
        raise LookupError(f"{error.code}: {error.message}") from None


def _send_here(token: str, method: str, arguments: dict[str, Any], after: float) -> None:
    """Answer a workflow that runs as Python, in this process."""
    from pysfnc.lang import callbacks, clock

    def act() -> None:
        if method == "send_task_success":
            callbacks.succeed(token, json.loads(arguments["output"]))
        elif method == "send_task_failure":
            callbacks.fail(token, arguments["error"], arguments["cause"])
        else:
            callbacks.beat(token)

    if after <= 0 or clock.is_replaced():
        act()
        return
    import threading

    def late() -> None:
        with suppress(LookupError):  # the call may have ended meanwhile
            act()

    timer = threading.Timer(after, late)
    timer.daemon = True
    timer.start()


def _api_of(token: str) -> "StepFunctionsApi":
    for world in reversed(_worlds):
        if world.api is not None and world.api.knows({"taskToken": token}):
            return world.api
    raise LookupError("no execution waits for that token")
