"""Task tokens: tasks that wait until somebody outside answers.

Owns: which tokens there are, and what became of them. Does not own: who waits (states/task.py), the calls that answer
(step_functions.py).

Facts: "Wait for a Callback with Task Token" of the AWS docs: a token is good for one answer and one attempt; whoever
comes later is told that the task timed out, whatever it was.
"""

import base64
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pysfnc.asl.limits import MAX_PAYLOAD_BYTES
from pysfnc.engine.scheduler import Inbox, Scheduler
from pysfnc.engine.values import size_bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """SendTaskSuccess: the task's result, a JSON value."""

    value: object


@dataclass(frozen=True, slots=True)
class Refused:
    """SendTaskFailure: the task's error and cause, None where not given."""

    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Beat:
    """SendTaskHeartbeat."""


class ApiError(Exception):
    """An operation of the Step Functions API is refused.

    code, message: as in boto3's `e.response["Error"]`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that waits for its token: what a person has to know to answer."""

    token: str
    state: str
    execution: str
    resource: str
    arguments: object


_TIMED_OUT: Final = "Task Timed Out: 'Provided task does not exist anymore'"


class Tokens:
    """The tokens of a run, made in a fixed order so that runs are repeatable.

    on_waiting: called when a task begins to wait.
    """

    def __init__(self, scheduler: Scheduler, on_waiting: Callable[[Waiting], None]) -> None:
        self._scheduler = scheduler
        self._numbers = itertools.count(1)
        self._open: dict[str, Inbox] = {}
        self._known: set[str] = set()
        self._waiting: dict[str, Waiting] = {}
        self._on_waiting = on_waiting

    def new(self, execution: str, state: str) -> tuple[str, Inbox]:
        """A token and the inbox that its answers come to."""
        # Text such as AWS's: long, opaque, and safe in URLs and JSON.
        plain = json.dumps([execution, state, next(self._numbers)])
        token = base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")
        inbox = self._open[token] = Inbox()
        self._known.add(token)
        return token, inbox

    def knows(self, token: str) -> bool:
        """Is it a token of this run, good or not?"""
        return token in self._known

    def wait(self, waiting: Waiting) -> None:
        """Note that its task has begun to wait."""
        self._waiting[waiting.token] = waiting
        self._on_waiting(waiting)

    def waiting(self) -> list[Waiting]:
        """Tasks that wait now, the longest waiting first."""
        return [waiting for token, waiting in self._waiting.items() if token in self._open]

    def close(self, token: str) -> None:
        """The task no longer waits."""
        self._open.pop(token, None)
        self._waiting.pop(token, None)

    def succeed(self, token: str, output: str) -> None:
        """SendTaskSuccess. `output`: JSON text. Raises `ApiError`."""
        self._inbox(token)
        try:
            value = json.loads(output)
        except ValueError:
            raise ApiError("InvalidOutput", f"Invalid Output: '{output}' is not valid JSON") from None
        if size_bytes(output) > MAX_PAYLOAD_BYTES:
            raise ApiError("InvalidOutput", f"Invalid Output: its size exceeds {MAX_PAYLOAD_BYTES} bytes")
        self._end(token, Answered(value))

    def fail(self, token: str, error: str | None, cause: str | None) -> None:
        """SendTaskFailure. Raises `ApiError`."""
        self._end(token, Refused(error, cause))

    def beat(self, token: str) -> None:
        """SendTaskHeartbeat. Raises `ApiError`."""
        self._inbox(token).deliver(self._scheduler, Beat())

    def _inbox(self, token: str) -> Inbox:
        inbox = self._open.get(token)
        if inbox is None:
            if token in self._known:
                raise ApiError("TaskTimedOut", _TIMED_OUT)
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
        return inbox

    def _end(self, token: str, event: Answered | Refused) -> None:
        inbox = self._inbox(token)
        self.close(token)
        inbox.deliver(self._scheduler, event)
