"""What a run came to, the same for both forms of a workflow."""

from dataclasses import dataclass, field
from typing import Any

from pysfnc.assembly.reports import message_of

__all__ = ["RunOutcome"]


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The end of a run. The names are those of `pysfnc run --json`.

    Attributes:
        status: "SUCCEEDED", "FAILED", "TIMED_OUT" or "ABORTED".
        output: the output as JSON; None unless the run succeeded.
        error: the error name, that is the name of the exception's class; None when it succeeded.
        cause: the text of the exception. For an exception out of Lambda it is the JSON that Lambda wrote; see `message`.
        transitions: billed state transitions; None for a run as Python, which has none of these.
        states: names of the states in the order in which they were entered.
        lambda_invocations: attempts to call a Lambda function; None for a run as Python.
        price_usd: what the run would cost on AWS in US dollars; None for a run as Python.
        history: the events, as `GetExecutionHistory` gives them.
        exception: what `result` raises.
    """

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None
    transitions: int | None = None
    states: tuple[str, ...] = ()
    lambda_invocations: int | None = None
    price_usd: float | None = None
    history: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    exception: Exception | None = field(default=None, repr=False, compare=False)

    @property
    def succeeded(self) -> bool:
        """Whether the run ended with an output."""
        return self.status == "SUCCEEDED"

    @property
    def message(self) -> str:
        """`str()` of the exception that ended the run, wherever it was raised; empty when it succeeded."""
        return message_of(self.cause)

    def result(self) -> Any:
        """Return the output, or raise the exception that ended the run.

        A run as Python raises the exception itself. A run as the machine raises one of the same class with the same
        text, if the class is built in or of the program; else `pysfnc.Fail` with the error name.
        """
        if self.exception is not None:
            raise self.exception
        return self.output
