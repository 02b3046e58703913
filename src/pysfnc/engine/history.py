"""The record of a run: what GetExecutionHistory returns.

Owns: event numbers, the shape of events, the limit of 25,000.
Does not own: which events a state makes, and after which event they come (states).
"""

from collections.abc import Callable, Mapping
from typing import Final

from pysfnc.asl.limits import MAX_HISTORY_EVENTS
from pysfnc.engine.clock import Clock, iso_milliseconds
from pysfnc.engine.errors import ExecutionStopped

Event = dict[str, object]

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
    limit: number of events of a Standard execution; None for Express, which has no such limit.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        keep: bool = True,
        on_event: Callable[[Event], None] | None = None,
        limit: int | None = MAX_HISTORY_EVENTS,
    ) -> None:
        self._clock = clock
        self._keep = keep
        self._on_event = on_event
        self._limit = limit or 2**62
        self._records: list[tuple[str, int, float, Mapping[str, object] | None]] = []
        self.count = 0

    def add(self, kind: str, previous: int, details: Mapping[str, object] | None = None) -> int:
        """Record an event that follows `previous` (0 for none) and return its id.

        Raises `ExecutionStopped` where the limit leaves room for one event, the failure.
        """
        number = self.count + 1
        if number >= self._limit and kind not in _TERMINAL:
            raise ExecutionStopped(
                "FAILED",
                "ExecutionFailed",
                "States.Runtime",
                f"The execution reached the maximum number of history events ({self._limit}).",
                previous,
            )
        self.count = number
        if self._keep:
            self._records.append((kind, previous, self._clock.now(), details))
        if self._on_event is not None:
            self._on_event(_event(number, kind, previous, self._clock.now(), details))
        return number

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
