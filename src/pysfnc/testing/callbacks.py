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


def _api_of(token: str) -> "StepFunctionsApi":
    for world in reversed(_worlds):
        if world.api is not None and world.api.knows({"taskToken": token}):
            return world.api
    raise LookupError("no execution waits for that token")
