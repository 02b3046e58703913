"""Retry and Catch around the work of a state: the loop that Task, Parallel and Map share.

Owns: the order of attempts, retries and catchers. Does not own: matching and delays (engine/retry.py), the work.

Facts: "Handling errors" of the AWS docs: each attempt starts from the state's original input and evaluates its fields
anew; Assign and Output belong to the attempt, so that their failure can be retried and caught; a catcher's Assign and
Output replace those of the state.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from pysfnc.engine.errors import EvaluationFailure, StateFailure
from pysfnc.engine.execution import Branch, Execution
from pysfnc.engine.retry import Retrier, Retries, matches
from pysfnc.engine.scheduler import Pause, Request
from pysfnc.engine.states.base import Next, Source, State, StateSteps, prepare_value
from pysfnc.engine.templates import Template
from pysfnc.engine.values import Data


@dataclass(frozen=True, slots=True)
class Catcher:
    """One entry of Catch."""

    errors: tuple[str, ...]
    next: str
    assign: Template | None
    output: Template | None


def _catchers(source: Source) -> tuple[Catcher, ...]:
    made = []
    for index, entry in enumerate(source.objects("Catch")):
        errors = entry.get("ErrorEquals", [])
        assert isinstance(errors, list)
        fields: dict[str, Template | None] = {
            field: prepare_value(source, entry[field], f"Catch[{index}]/{field}") if field in entry else None
            for field in ("Assign", "Output")
        }
        made.append(Catcher(tuple(errors), str(entry["Next"]), fields["Assign"], fields["Output"]))
    return tuple(made)


class HandlingState(State):
    """A state with Retry and Catch."""

    waits = True

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.retriers = tuple(Retrier.of(entry) for entry in source.objects("Retry"))
        self.catchers = _catchers(source)
        for catcher in self.catchers:
            self.note_context(catcher.assign, catcher.output)

    def attempt(self, run: Execution, branch: Branch, data: Data, retries: int) -> Generator[Request, Any, Data]:
        """Do the work once and return its result. `retries`: how many attempts there were before."""
        raise NotImplementedError

    def retry_count(self, retries: int) -> int | None:
        """What the context object says of retries; None if it says nothing for this kind of state."""
        return retries

    def given_up(self, run: Execution, branch: Branch) -> None:
        """The work failed and is not tried again: record what AWS records."""

    def steps(self, run: Execution, branch: Branch, data: Data) -> StateSteps:
        """See `State.steps`."""
        run.enter(branch, self, data)
        retries = Retries(self.retriers, run.randomness)
        while True:
            try:
                return (yield from self._once(run, branch, data, retries.total))
            except StateFailure as raised:
                failure = raised
            delay = retries.next_delay_s(failure.error)
            if delay is None:
                self.given_up(run, branch)
                caught = self.catcher_of(failure.error)
                if caught is None:
                    raise failure
                return self.catch(run, branch, data, failure, self.catchers[caught], retries.total)
            yield Pause(run.clock.now() + delay)
            run.transitions += 1

    def _once(self, run: Execution, branch: Branch, data: Data, retries: int) -> StateSteps:
        run.show(branch, self, data, self.retry_count(retries))
        try:
            result = yield from self.attempt(run, branch, data, retries)
            return self.succeed(run, branch, data, result, retries)
        except EvaluationFailure as failure:
            raise run.evaluation_failed(branch, self, failure) from None

    def succeed(self, run: Execution, branch: Branch, data: Data, result: Data, retries: int) -> Next:
        """The work gave `result`:

        leave the state. Raises `EvaluationFailure` and `StateFailure`, which count as its failures.
        """
        run.show(branch, self, data, self.retry_count(retries), result=result.value)
        return self.next, run.leave(branch, self, result, self.assign, self.output)

    def catcher_of(self, error: str | None) -> int | None:
        """Index of the first catcher that takes the error."""
        return next((index for index, catcher in enumerate(self.catchers) if matches(catcher.errors, error)), None)

    def catch(
        self, run: Execution, branch: Branch, data: Data, failure: StateFailure, catcher: Catcher, retries: int
    ) -> Next:
        """Leave the state through a catcher."""
        error_output = Data.of(error_output_of(failure))
        run.show(branch, self, data, self.retry_count(retries), errorOutput=error_output.value)
        try:
            return catcher.next, run.leave(branch, self, error_output, catcher.assign, catcher.output)
        except EvaluationFailure as evaluation:
            raise run.evaluation_failed(branch, self, evaluation) from None


def error_output_of(failure: StateFailure) -> dict[str, object]:
    """`$states.errorOutput`.

    Recorded answers: Cause is "" where a named error has none; both are null where there is no name either.
    """
    cause = failure.cause
    if cause is None and failure.error is not None:
        cause = ""
    return {"Error": failure.error, "Cause": cause}
