"""What can go wrong in a run, and who is meant to see it.

Owns: the exceptions of the engine. Does not own: their wording where AWS's texts decide (templates.py, execution.py).
"""

from dataclasses import dataclass

from pysfnc.asl.limits import MAX_CAUSE_CHARS


def kept(cause: str | None) -> str | None:
    """What Step Functions keeps of a cause: as much as its API has room for (SensitiveCause); that it cuts the end off is inferred."""
    return None if cause is None else cause[:MAX_CAUSE_CHARS]


class EngineError(Exception):
    """The engine cannot run this at all:

    a mistake of the caller, or something it does not support. The message is for people.
    """


class UnsupportedError(EngineError):
    """The definition uses a part of Step Functions that the local engine does not have yet."""

    def __init__(self, what: str, state: str) -> None:
        super().__init__(f"state '{state}': {what} is not supported by the local engine yet")
        self.what = what
        self.state = state


class TaskFailure(Exception):
    """A task failed. Raised by a `TaskService`.

    error: the error name that retriers and catchers match; None if the service gave none.
    cause: the text of the failure, or None.
    duration_s: how long the task ran, in seconds of the machine's time.
    """

    def __init__(self, error: str | None, cause: str | None = None, duration_s: float = 0.0) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = kept(cause)
        self.duration_s = duration_s


class TaskTimedOut(Exception):
    """The task did not answer within its TimeoutSeconds. Raised by a `TaskService` that keeps the time itself."""


@dataclass(slots=True, eq=False)
class StateFailure(Exception):
    """A state failed with an error that retriers and catchers may see.

    error, cause: as in the execution's result; None where there is none.
    state: name of the state in which the error arose, for reports.
    """

    error: str | None
    cause: str | None
    state: str

    def __post_init__(self) -> None:
        self.cause = kept(self.cause)


@dataclass(slots=True, eq=False)
class EvaluationFailure(Exception):
    """An expression failed, before the state that holds it is known.

    sentence: AWS's text without the frame that names the state.
    location: the field, such as "Output/result"; None where AWS gives none.
    """

    sentence: str
    location: str | None


@dataclass(slots=True, eq=False)
class ExecutionStopped(Exception):
    """The execution ends now, and nothing in the definition can catch it.

    status: "FAILED", "TIMED_OUT" or "ABORTED".
    event: type of the last event.
    previous: id of the event before it.
    """

    status: str
    event: str
    error: str | None
    cause: str | None
    previous: int
    state: str | None = None
