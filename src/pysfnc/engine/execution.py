"""One run of a machine: what its states share.

Owns: entering and leaving states, the context object, the frame around causes, the counters of the report.
Does not own: what each kind of state does (states), time and concurrency (scheduler.py).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pysfnc.asl.limits import MAX_CAUSE_CHARS, MAX_PAYLOAD_BYTES
from pysfnc.asl.names import DATA_LIMIT_EXCEEDED, QUERY_EVALUATION_ERROR
from pysfnc.engine.clock import Clock, iso_milliseconds
from pysfnc.engine.errors import EvaluationFailure, StateFailure
from pysfnc.engine.history import History
from pysfnc.engine.scheduler import Steps, Strand
from pysfnc.engine.scope import Scope, VariablesTooBig
from pysfnc.engine.tasks import TaskService
from pysfnc.engine.templates import Template
from pysfnc.engine.values import Data, size_bytes
from pysfnc.jsonata.engine import Evaluator

if TYPE_CHECKING:
    from pysfnc.engine.host import Host


class Visited(Protocol):
    """What entering and leaving needs to know of a state."""

    @property
    def name(self) -> str: ...
    @property
    def entered_event(self) -> str: ...
    @property
    def exited_event(self) -> str: ...
    @property
    def abort_event(self) -> str | None: ...
    @property
    def needs_context(self) -> bool: ...


class Branch(Strand):
    """A strand with the variables it sees.

    token: of the task that it is in, if that has one.
    """

    __slots__ = ("scope", "token")

    def __init__(self, last: int, scope: Scope) -> None:
        super().__init__(last)
        self.scope = scope
        self.token: str | None = None


class Flow(Protocol):
    """A chain of states: that of a machine, of a branch, of a processor."""

    def steps(self, run: "Execution", branch: Branch, data: Data) -> Steps:
        """Run it from its StartAt to its end."""


@dataclass(slots=True)
class Execution:
    """The shared state of a run.

    execution_context: the parts of the context object that do not change, `Execution` and `StateMachine`.
    host: what it shares with other executions of the run; None where a state is tried alone.
    transitions: states entered plus retries, the unit that Standard workflows are billed by.
    """

    clock: Clock
    history: History
    evaluator: Evaluator
    tasks: TaskService
    randomness: random.Random
    execution_context: Mapping[str, object]
    transitions: int = 0
    lambda_invocations: int = 0
    states: list[str] = field(default_factory=list)
    host: "Host | None" = None

    @property
    def execution_name(self) -> object:
        """Its name, for people."""
        execution = self.execution_context.get("Execution")
        return execution.get("Name") if isinstance(execution, Mapping) else None

    def now_ms(self) -> int:
        """See `templates.Surroundings`."""
        return round(self.clock.now() * 1000)

    def enter(self, branch: Branch, state: Visited, data: Data) -> None:
        """A state begins: count it, record it, show it its input."""
        self.transitions += 1
        self.states.append(state.name)
        branch.before = branch.last
        branch.token = None
        branch.aborts = state.abort_event
        branch.entered = branch.last = self.history.add(
            state.entered_event, branch.last, {"name": state.name, "input": data.text}
        )
        self.show(branch, state, data)

    def show(
        self, branch: Branch, state: Visited, data: Data, retries: int | None = None, **more: object
    ) -> dict[str, object]:
        """Set `$states` for the expressions to come: the input, the context if they read it, and `more`."""
        states: dict[str, object] = {"input": data.value}
        if state.needs_context:
            states["context"] = self.context(state, retries, branch.token)
        states.update(more)
        branch.scope.values["states"] = states
        return states

    def context(self, state: Visited, retries: int | None = None, token: str | None = None) -> dict[str, object]:
        """The context object.

        retries: for Task and Map, how many there were (measured: only these two have it).
        token: of a task that waits for an answer.
        """
        described: dict[str, object] = {
            "Name": state.name,
            "EnteredTime": iso_milliseconds(self.clock.now()),
        }
        if retries is not None:
            described["RetryCount"] = retries
        context = {**self.execution_context, "State": described}
        if token is not None:
            context["Task"] = {"Token": token}
        return context

    def leave(
        self, branch: Branch, state: Visited, default: Data, assign: Template | None, output: Template | None
    ) -> Data:
        """A state ends well: evaluate Assign and Output from the same old values, then let both take effect.

        default: the output if there is no Output.
        Raises `EvaluationFailure` or `StateFailure`, and then changes nothing.
        """
        scope = branch.scope
        assigned = None if assign is None else assign.evaluate(self, scope.values)
        data = default if output is None else Data.of(output.evaluate(self, scope.values))
        if data is not default:
            check_size(data, state.name, state.name)
        details: dict[str, object] = {"name": state.name, "output": data.text}
        if assigned:
            assert isinstance(assigned, dict)
            try:
                details["assignedVariables"] = texts = scope.texts(assigned)
            except VariablesTooBig as error:
                raise StateFailure(DATA_LIMIT_EXCEEDED, str(error), state.name) from None
            scope.assign(assigned, texts)
        branch.aborts = None
        branch.last = self.history.add(state.exited_event, branch.last, details)
        return data

    def evaluation_failed(
        self, branch: Branch, state: Visited, failure: EvaluationFailure, *, after_entry: bool = False
    ) -> StateFailure:
        """Record that an expression failed, and give the failure its frame.

        after_entry: the event follows StateEntered. Recorded answers: it does so in a Wait; elsewhere it follows the
        event before.
        """
        cause = self.framed(branch, state, failure.sentence)
        details: dict[str, object] = {"error": QUERY_EVALUATION_ERROR, "cause": cause, "state": state.name}
        if failure.location is not None:
            details["location"] = failure.location
        previous = branch.last
        if previous == branch.entered and not after_entry:
            previous = branch.before
        branch.last = self.history.add("EvaluationFailed", previous, details)
        return StateFailure(QUERY_EVALUATION_ERROR, cause, state.name)

    def framed(self, branch: Branch, state: Visited, sentence: str) -> str:
        """A cause as AWS words it: where, then what (recorded answer)."""
        where = (
            f"An error occurred while executing the state '{state.name}' (entered at the event id #{branch.entered})."
        )
        return f"{where} {sentence}"[:MAX_CAUSE_CHARS]


def check_size(data: Data, what: str, state: str) -> None:
    """Raise the failure of a value above 256 KiB (recorded answer).

    what: the state, or for a task's result the service or ARN.
    """
    if size_bytes(data.text) > MAX_PAYLOAD_BYTES:
        result = "returned a result with a size exceeding the maximum number of bytes service limit."
        raise StateFailure(DATA_LIMIT_EXCEEDED, f"The state/task '{what}' {result}", state)
