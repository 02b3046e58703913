"""Wait: for some seconds, or until a moment.

Owns: its visit, the reading of timestamps. Facts: "Wait workflow state" of the AWS docs; refusals are recorded answers.
"""

import re
from datetime import datetime

from pysfnc.asl.limits import MAX_WAIT_DAYS, MAX_WAIT_SECONDS
from pysfnc.asl.names import RUNTIME
from pysfnc.engine.errors import EvaluationFailure, StateFailure
from pysfnc.engine.execution import Branch, Execution
from pysfnc.engine.scheduler import Pause
from pysfnc.engine.states.base import Source, State, StateSteps
from pysfnc.engine.templates import Template, wrong_type
from pysfnc.engine.values import Data

_MOMENT = re.compile(
    r"(?P<minutes>\d{4}-\d\d-\d\dT\d\d:\d\d)(?P<seconds>:\d\d)?(?:[.,](?P<fraction>\d{1,9}))?(?P<zone>Z|[+-]\d\d:\d\d)"
)
_SECONDS_PER_DAY = 86_400


def moment_of(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date and time with `T` and offset, up to nanoseconds; None if it is none."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    zone = "+00:00" if match["zone"] == "Z" else match["zone"]
    try:
        whole = datetime.fromisoformat(match["minutes"] + (match["seconds"] or ":00") + zone).timestamp()
    except (ValueError, OverflowError):
        return None
    return whole + float(f"0.{match['fraction'] or 0}")


class WaitState(State):
    """Waits, then passes its input on."""

    kind = "Wait"
    waits = True
    abort_event = "WaitStateAborted"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.seconds = source.template("Seconds")
        self.timestamp = source.template("Timestamp")
        self.note_context(self.seconds, self.timestamp)

    def steps(self, run: Execution, branch: Branch, data: Data) -> StateSteps:
        """See `State.steps`."""
        run.enter(branch, self, data)
        try:
            until = self._until(run, branch)
            if until > run.clock.now():
                yield Pause(until)
            return self.next, run.leave(branch, self, data, self.assign, self.output)
        except EvaluationFailure as failure:
            raise run.evaluation_failed(branch, self, failure, after_entry=True) from None

    def _until(self, run: Execution, branch: Branch) -> float:
        now = run.clock.now()
        if self.seconds is not None:
            return now + self._duration(run, branch, self.seconds)
        assert self.timestamp is not None
        value = self.timestamp.evaluate(run, branch.scope.values)
        if not isinstance(value, str):
            raise wrong_type(self.timestamp, "Timestamp", "string", value)
        moment = moment_of(value)
        if moment is None:
            raise EvaluationFailure(
                "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: " + value,
                "Timestamp",
            )
        if moment - now > MAX_WAIT_DAYS * _SECONDS_PER_DAY:
            raise StateFailure(RUNTIME, run.framed(branch, self, "Wait state delay is too long"), self.name)
        return moment

    def _duration(self, run: Execution, branch: Branch, template: Template) -> float:
        value = template.evaluate(run, branch.scope.values)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(template, "Seconds", "number", value)
        if value != int(value) or not 0 <= value <= MAX_WAIT_SECONDS:
            raise EvaluationFailure(
                f"The Seconds field must be a whole number between 0 and {MAX_WAIT_SECONDS}: {value}", "Seconds"
            )
        return value
