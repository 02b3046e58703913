"""What a run hands back.

Owns: `RunResult` and its JSON form.
"""

from dataclasses import dataclass, field

from pysfnc.engine.history import Event


@dataclass(frozen=True, slots=True)
class ChildRun:
    """Another execution of the run: one that a machine started, or a child of a distributed Map. Fields as in `RunResult`."""

    arn: str
    type: str
    status: str
    transitions: int
    lambda_invocations: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """The outcome of a run.

    status: "SUCCEEDED", "FAILED", "TIMED_OUT" or "ABORTED".
    output: the output of a run that succeeded, else None.
    error, cause: as DescribeExecution gives them; None where it gives none.
    history: the events, shaped as GetExecutionHistory gives them; empty if it was not kept.
    transitions: states entered plus retries, the unit of billing.
    states: names of states in the order in which they were entered.
    failed_state: the state in which the error that ended the run arose.
    lambda_invocations: attempts to call a Lambda function.
    duration_s: seconds of the machine's time from start to end.
    children: the other executions of the run, which the numbers above leave out.
    """

    status: str
    output: object
    error: str | None
    cause: str | None
    history: list[Event]
    transitions: int
    states: list[str]
    failed_state: str | None
    lambda_invocations: int
    duration_s: float
    children: list[ChildRun] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """All but the history, as plain JSON."""
        return {
            "status": self.status,
            "output": self.output,
            "error": self.error,
            "cause": self.cause,
            "transitions": self.transitions,
            "states": list(self.states),
            "failed_state": self.failed_state,
            "lambda_invocations": self.lambda_invocations,
            "duration_s": self.duration_s,
        }
