"""What the executions of one run share: the scheduler, the tokens, the machines that one may start from another.

Owns: executions from their start to their end. Does not own: the states (states), time (scheduler.py), the API through
which machines, Lambda functions and tests reach it (step_functions.py).
"""

import contextlib
import random
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pysfnc.asl.names import TIMEOUT
from pysfnc.engine.callbacks import ApiError, Tokens, Waiting
from pysfnc.engine.clock import Clock, iso_milliseconds
from pysfnc.engine.errors import ExecutionStopped, StateFailure
from pysfnc.engine.execution import Branch, Execution, Flow
from pysfnc.engine.history import Event, History
from pysfnc.engine.objects import NoObjects, ObjectStore
from pysfnc.engine.result import ChildRun, RunResult
from pysfnc.engine.scheduler import Inbox, Pause, Scheduler, Steps, Strand, Unanswered
from pysfnc.engine.scope import Scope
from pysfnc.engine.tasks import TaskService
from pysfnc.engine.values import Data
from pysfnc.jsonata.engine import Evaluator

if TYPE_CHECKING:
    from pysfnc.engine.machine import Machine
    from pysfnc.engine.step_functions import StepFunctionsApi

ACCOUNT = "123456789012"
REGION = "us-east-1"


def machine_arn(name: str) -> str:
    """The ARN of a local machine."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


class Startable(Protocol):
    """What an execution needs of its machine, or of the processor of a distributed Map."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def flow(self) -> Flow: ...
    @property
    def timeout_s(self) -> float | None: ...


@dataclass(eq=False)
class Record:
    """An execution, running or ended.

    begun, ended: seconds since 1970; `ended` is None while it runs.
    readers: inboxes that are told of its end.
    """

    machine: "Startable"
    name: str
    arn: str
    input: Data
    run: Execution
    root: Branch
    begun: float
    status: str = "RUNNING"
    output: Data | None = None
    error: str | None = None
    cause: str | None = None
    failed_state: str | None = None
    ended: float | None = None
    watch: Strand | None = None
    readers: list[Inbox] = field(default_factory=list)

    def as_child(self) -> ChildRun:
        """What it adds to the run of another."""
        run = self.run
        return ChildRun(
            self.arn, self.machine.type, self.status, run.transitions, run.lambda_invocations, self._duration_s()
        )

    def _duration_s(self) -> float:
        return round((self.run.clock.now() if self.ended is None else self.ended) - self.begun, 6)

    def result(self, children: Iterable["Record"] = ()) -> RunResult:
        """The outcome as a value."""
        run = self.run
        return RunResult(
            status=self.status,
            output=None if self.output is None else self.output.value,
            error=self.error,
            cause=self.cause,
            history=run.history.events(),
            transitions=run.transitions,
            states=run.states,
            failed_state=self.failed_state,
            lambda_invocations=run.lambda_invocations,
            duration_s=self._duration_s(),
            children=[child.as_child() for child in children],
        )


class Listener:
    """Takes part in a run from outside. Subclasses override what they need."""

    def started(self, api: "StepFunctionsApi") -> None:
        """The run begins; `api` reaches it until its end."""

    def waiting(self, waiting: Waiting) -> None:
        """A task begins to wait for its token."""

    def idle(self) -> bool:
        """Nothing can go on before somebody answers or time passes. True if this brought something."""
        return False


@dataclass(slots=True)
class _End:
    """The end of an execution's strand, which has noted by itself how it ended."""

    host: "Host"
    record: Record

    def child_done(self, scheduler: Scheduler, child: Strand, data: Data) -> None:
        """See `scheduler.Join`."""

    def child_failed(self, scheduler: Scheduler, child: Strand, failure: Exception) -> None:
        """See `scheduler.Join`."""
        raise failure

    def child_stopped(self, scheduler: Scheduler, child: Strand, stopped: ExecutionStopped) -> None:
        """See `scheduler.Join`."""
        self.host.stop(self.record, stopped)


class Host:
    """The executions of a run.

    machines: those that may be started, by name.
    on_event: called with the events of the execution that `run` runs.
    context: members of `Execution` and `StateMachine` in its context object, in place of those made up.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        evaluator: Evaluator,
        tasks: TaskService,
        seed: int | None = None,
        machines: Mapping[str, "Machine"] | None = None,
        keep_history: bool = True,
        on_event: Callable[[Event], None] | None = None,
        listener: Listener | None = None,
        context: Mapping[str, Mapping[str, object]] | None = None,
        objects: ObjectStore | None = None,
    ) -> None:
        self.clock = clock
        self._listener = listener or Listener()
        self.scheduler = Scheduler(clock, self._listener.idle)
        self.tokens = Tokens(self.scheduler, self._listener.waiting)
        self.tasks = tasks
        self.machines = dict(machines or {})
        self.records: dict[str, Record] = {}
        self._evaluator = evaluator
        self._randomness = random.Random(seed)  # noqa: S311 - jitter and names, not cryptography
        self._keep_history = keep_history
        self._on_event = on_event
        self._context = dict(context or {})
        self.objects = objects or NoObjects()

    def run(self, machine: "Machine", data: Data, name: str | None, variables: Mapping[str, object] | None) -> Record:
        """Run an execution to its end, then those that it started and did not wait for, as far as they come."""
        from pysfnc.engine.step_functions import StepFunctionsApi

        self._listener.started(StepFunctionsApi(self))
        record = self.start(machine, data, name, variables, is_main=True)
        try:
            self.scheduler.run_until(lambda: record.status != "RUNNING")
            if not self.clock.real:
                with contextlib.suppress(Unanswered):  # an execution that nobody waits for may wait for ever
                    self.scheduler.drain()
        finally:
            for other in self.records.values():
                self.scheduler.abort(other.root)
        return record

    def others(self, record: Record) -> list[Record]:
        """The executions of the run besides one, in the order of their start."""
        return [other for other in self.records.values() if other is not record]

    def start(
        self,
        machine: Startable,
        data: Data,
        name: str | None = None,
        variables: Mapping[str, object] | None = None,
        *,
        is_main: bool = False,
        reader: Inbox | None = None,
    ) -> Record:
        """Start an execution. Raises `ApiError` if there is one of that name with another input.

        reader: told of its end.
        """
        name = name or (str(uuid.uuid4()) if is_main else self.new_name())
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine.name}:{name}"
        if machine.type == "EXPRESS" and not is_main:
            arn = f"arn:aws:states:{REGION}:{ACCOUNT}:express:{machine.name}:{name}:{self.new_name()}"
        known = self.records.get(arn)
        if known is not None:
            # API reference, StartExecution: the same name and input while it runs is the same execution.
            if known.status == "RUNNING" and known.input.text == data.text:
                return known
            raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        run = Execution(
            clock=self.clock,
            history=History(
                self.clock,
                keep=self._keep_history,
                on_event=self._on_event if is_main else None,
                express=machine.type == "EXPRESS",
            ),
            evaluator=self._evaluator,
            tasks=self.tasks,
            randomness=self._randomness,
            execution_context=_context(machine.name, arn, name, data, self.clock, self._context if is_main else {}),
            host=self,
        )
        root = Branch(0, Scope(variables))
        record = Record(machine, name, arn, data, run, root, self.clock.now())
        if reader is not None:
            record.readers.append(reader)
        self.records[arn] = record
        run.history.add("ExecutionStarted", 0, {"input": data.text, "roleArn": _role(machine.name)})
        root.steps = self._life(record)
        if machine.timeout_s is not None:
            self._watch(record, machine.timeout_s)
        self.scheduler.spawn(root, _End(self, record))
        return record

    def new_name(self) -> str:
        """A name that nobody has."""
        return str(uuid.UUID(int=self._randomness.getrandbits(128), version=4))

    def _life(self, record: Record) -> Steps:
        """The steps of an execution and what follows them."""
        run, root = record.run, record.root
        try:
            record.output = yield from record.machine.flow.steps(run, root, record.input)
            run.history.add("ExecutionSucceeded", root.last, {"output": record.output.text})
            self._ended(record, "SUCCEEDED")
        except StateFailure as failure:
            record.error, record.cause, record.failed_state = failure.error, failure.cause, failure.state
            run.history.add("ExecutionFailed", root.last, without_none(error=failure.error, cause=failure.cause))
            self._ended(record, "FAILED")
        return record.output or record.input

    def _stopped(self, record: Record, stopped: ExecutionStopped) -> None:
        details = without_none(error=stopped.error, cause=stopped.cause)
        record.run.history.add(stopped.event, stopped.previous, details)
        record.failed_state = record.run.states[-1] if record.run.states else None
        if stopped.status != "TIMED_OUT":
            # Recorded answer: the event names States.Timeout, DescribeExecution has neither error nor cause.
            record.error, record.cause = stopped.error, stopped.cause
        self._ended(record, stopped.status)

    def _ended(self, record: Record, status: str) -> None:
        record.status = status
        record.ended = self.clock.now()
        if record.watch is not None:
            self.scheduler.abort(record.watch)
        for inbox in record.readers:
            inbox.deliver(self.scheduler, record)
        record.readers.clear()

    def _watch(self, record: Record, timeout_s: float) -> None:
        """End the execution when its time is over."""

        def steps() -> Steps:
            yield Pause(record.begun + timeout_s)
            record.watch = None
            self.stop(record, ExecutionStopped("TIMED_OUT", "ExecutionTimedOut", TIMEOUT, None, 0))
            return record.input

        record.watch = Strand(0)
        record.watch.steps = steps()
        self.scheduler.spawn(record.watch, _End(self, record))

    def stop(self, record: Record, stopped: ExecutionStopped) -> None:
        """End a running execution from outside."""
        if record.status != "RUNNING":
            return
        self.scheduler.abort(record.root)
        self._stopped(record, stopped)


def _role(name: str) -> str:
    # Children of a distributed Map, whose name is "machine/label", have the role of their machine.
    return f"arn:aws:iam::{ACCOUNT}:role/{name.partition('/')[0]}Role"


def map_run_arn(run: Execution, label: str, number: str) -> str:
    """The ARN of a Map Run (recorded answer)."""
    machine = run.execution_context["StateMachine"]
    assert isinstance(machine, dict)
    return f"arn:aws:states:{REGION}:{ACCOUNT}:mapRun:{machine['Name']}/{label}:{number}"


def _context(
    machine: str, arn: str, name: str, data: Data, clock: Clock, given: Mapping[str, Mapping[str, object]]
) -> dict[str, Any]:
    execution = {
        "Id": arn,
        "Input": data.value,
        "Name": name,
        "RoleArn": _role(machine),
        "StartTime": iso_milliseconds(clock.now()),
        "RedriveCount": 0,
    }
    described = {"Id": machine_arn(machine), "Name": machine}
    return {
        "Execution": {**execution, **given.get("Execution", {})},
        "StateMachine": {**described, **given.get("StateMachine", {})},
    }


def without_none(**details: object) -> dict[str, object]:
    """The details that there are."""
    return {name: value for name, value in details.items() if value is not None}
