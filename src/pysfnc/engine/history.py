"""The record of a run: what GetExecutionHistory returns.

Owns: event numbers, the shape of events, the limit of 25,000.
Does not own: which events a state makes, and after which event they come (states).
"""

from collections.abc import Callable, Mapping
from typing import Final

from pysfnc.asl.limits import MAX_HISTORY_EVENTS
from pysfnc.asl.names import RUNTIME, TIMEOUT
from pysfnc.engine.clock import Clock, iso_milliseconds
from pysfnc.engine.errors import ExecutionStopped

Event = dict[str, object]

_EXPRESS_EVENTS: Final = 500_000
_TERMINAL: Final = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})

_SHARED_DETAILS: Final = {"StateEntered": "stateEnteredEventDetails", "StateExited": "stateExitedEventDetails"}
# API model, HistoryEvent: these types have no member for details.
_WITHOUT_DETAILS: Final = frozenset(
    {
        "LambdaFunctionStarted",
        "ParallelStateStarted",
        "ParallelStateSucceeded",
        "ParallelStateFailed",
        "ParallelStateAborted",
        "MapStateSucceeded",
        "MapStateFailed",
        "MapStateAborted",
        "MapRunSucceeded",
        "TaskStateAborted",
        "WaitStateAborted",
    }
)
# Fields that hold a payload come with a member that says whether it was cut short. Here nothing ever is.
_TRUNCATABLE: Final = {
    "input": "inputDetails",
    "output": "outputDetails",
    "assignedVariables": "assignedVariablesDetails",
}


def _details_member(kind: str) -> str:
    for suffix, member in _SHARED_DETAILS.items():
        if kind.endswith(suffix):
            return member
    return kind[0].lower() + kind[1:] + "EventDetails"


class History:
    """Events in order. With `keep=False` they are counted, not stored.

    on_event: called with each event as it happens, in the shape of `events()`.
    express: an Express execution has no limit on events, but ends after five minutes; virtual time does not pass in a
    loop that never waits, so that many events count as five minutes.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        keep: bool = True,
        on_event: Callable[[Event], None] | None = None,
        express: bool = False,
    ) -> None:
        self._clock = clock
        self._keep = keep
        self._on_event = on_event
        self._express = express
        self._limit = _EXPRESS_EVENTS if express else MAX_HISTORY_EVENTS
        self._records: list[tuple[str, int, float, Mapping[str, object] | None]] = []
        self.count = 0

    def add(self, kind: str, previous: int, details: Mapping[str, object] | None = None) -> int:
        """Record an event that follows `previous` (0 for none) and return its id.

        Raises `ExecutionStopped` where the limit leaves room for one event, the failure.
        """
        number = self.count + 1
        if number >= self._limit and kind not in _TERMINAL:
            raise self._stopped(previous)
        self.count = number
        if self._keep:
            self._records.append((kind, previous, self._clock.now(), details))
        if self._on_event is not None:
            self._on_event(_event(number, kind, previous, self._clock.now(), details))
        return number

    def _stopped(self, previous: int) -> ExecutionStopped:
        if self._express:
            return ExecutionStopped("TIMED_OUT", "ExecutionTimedOut", TIMEOUT, None, 0)
        cause = f"The execution reached the maximum number of history events ({MAX_HISTORY_EVENTS})."
        return ExecutionStopped("FAILED", "ExecutionFailed", RUNTIME, cause, previous)

    def events(self) -> list[Event]:
        """All events, shaped as GetExecutionHistory gives them, with timestamps as text."""
        return [_event(number, *record) for number, record in enumerate(self._records, 1)]


def _event(number: int, kind: str, previous: int, moment: float, details: Mapping[str, object] | None) -> Event:
    event: Event = {
        "timestamp": iso_milliseconds(moment),
        "type": kind,
        "id": number,
        "previousEventId": previous,
    }
    if kind in _WITHOUT_DETAILS:
        return event
    shaped = dict(details or {})
    for field, member in _TRUNCATABLE.items():
        if field in shaped:
            shaped[member] = {"truncated": False}
    event[_details_member(kind)] = shaped
    return event
