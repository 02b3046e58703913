"""A machine: a definition made ready to run, and runs of it.

Owns: preparing a definition, the main loop over states, starting and ending an execution.
Does not own: validation (asl/validate.py), what states do (states), concurrency (scheduler.py).
"""

from collections.abc import Callable, Mapping
from typing import Final

from pysfnc.asl.json_text import JsonFault, read_json
from pysfnc.asl.limits import MAX_EXPRESS_SECONDS, MAX_PAYLOAD_BYTES
from pysfnc.asl.names import JSONPATH
from pysfnc.asl.validate import check_definition
from pysfnc.engine.clock import Clock, RealClock, VirtualClock
from pysfnc.engine.errors import EngineError
from pysfnc.engine.execution import Branch, Execution
from pysfnc.engine.history import Event
from pysfnc.engine.host import Host, Listener
from pysfnc.engine.objects import ObjectStore
from pysfnc.engine.result import RunResult
from pysfnc.engine.scheduler import Steps
from pysfnc.engine.states.base import Source, State
from pysfnc.engine.states.choice import ChoiceState
from pysfnc.engine.states.distributed import DistributedMapState, is_distributed
from pysfnc.engine.states.fanout import MapState, ParallelState
from pysfnc.engine.states.simple import FailState, PassState, SucceedState
from pysfnc.engine.states.task import TaskState
from pysfnc.engine.states.wait import WaitState
from pysfnc.engine.tasks import TaskCall, TaskService
from pysfnc.engine.values import Data, size_bytes
from pysfnc.jsonata.engine import Evaluator, JlensEvaluator

PLAIN_KINDS: Final[Mapping[str, Callable[[Source], State]]] = {
    "Pass": PassState,
    "Succeed": SucceedState,
    "Fail": FailState,
    "Choice": ChoiceState,
    "Wait": WaitState,
    "Task": TaskState,
}


class StateFlow:
    """A chain of states: the machine's own, a branch's, a processor's."""

    def __init__(self, start: str, states: Mapping[str, State]) -> None:
        self._start = start
        self._states = states

    def steps(self, run: Execution, branch: Branch, data: Data) -> Steps:
        """Run from StartAt to the end and return the last output."""
        states = self._states
        state = states[self._start]
        while True:
            if state.waits:
                following, data = yield from state.steps(run, branch, data)
            else:
                following, data = state.step(run, branch, data)
            if following is None:
                return data
            state = states[following]


class Machine:
    """A definition, prepared once for any number of runs.

    definition: the machine as plain JSON. It is taken to be valid (see `pysfnc.asl.validate`).
    name: of the state machine, for the context object.
    type: "STANDARD" or "EXPRESS".
    Raises `UnsupportedError` for parts of Step Functions that the engine does not have.
    """

    def __init__(self, definition: Mapping[str, object], *, name: str = "StateMachine", type: str = "STANDARD") -> None:
        self.name = name
        self.type = type
        self._language = str(definition.get("QueryLanguage", JSONPATH))
        try:
            self.flow = self._prepare(definition)
        except RecursionError:
            raise EngineError("the definition is nested too deeply for the local engine") from None
        timeout = definition.get("TimeoutSeconds")
        self.timeout_s = float(timeout) if isinstance(timeout, int | float) else None
        if type == "EXPRESS":
            self.timeout_s = min(self.timeout_s or MAX_EXPRESS_SECONDS, MAX_EXPRESS_SECONDS)

    def _prepare(self, flow: Mapping[str, object]) -> StateFlow:
        described = flow["States"]
        assert isinstance(described, dict)
        return StateFlow(str(flow["StartAt"]), {name: self._state(name, state) for name, state in described.items()})

    def _state(self, name: str, definition: Mapping[str, object]) -> State:
        # States inside a Map or Parallel take the machine's language, not that of the state around them (ASL spec).
        source = Source(name, definition, str(definition.get("QueryLanguage", self._language)))
        kind = definition["Type"]
        if kind == "Parallel":
            return ParallelState(source, self._prepare)
        if kind == "Map":
            return (DistributedMapState if is_distributed(definition) else MapState)(source, self._prepare)
        return PLAIN_KINDS[str(kind)](source)

    def run(
        self,
        input: object = None,
        *,
        tasks: TaskService | None = None,
        clock: Clock | None = None,
        real_time: bool = False,
        execution_name: str | None = None,
        evaluator: Evaluator | None = None,
        history: bool = True,
        seed: int | None = None,
        on_event: Callable[[Event], None] | None = None,
        variables: Mapping[str, object] | None = None,
        context: Mapping[str, Mapping[str, object]] | None = None,
        machines: Mapping[str, "Machine"] | None = None,
        listener: Listener | None = None,
        objects: ObjectStore | None = None,
    ) -> RunResult:
        """Run the machine once.

        input: the execution's input, any JSON value.
        tasks: answers Task states; without it a Task is an error.
        clock: the machine's clock; by default a virtual one that starts now, or the real one with `real_time`.
        evaluator: evaluates JSONata; by default `JlensEvaluator`.
        history: keep the events; on_event: called with each as it happens.
        seed: makes jitter, `$random()` and `$uuid()` repeatable.
        variables: set before the first state.
        context: members of `Execution` and `StateMachine` in the context object, in place of those made up.
        machines: others that may be started from this one, by name.
        listener: told what goes on, and asked when nothing goes on.
        objects: what distributed Maps read and write.
        Raises `EngineError` for an input that is no JSON or too big, and for tasks that nothing answers.
        """
        host = Host(
            clock=clock or (RealClock() if real_time else VirtualClock()),
            evaluator=evaluator or JlensEvaluator(seed=seed),
            tasks=tasks or NoTasks(),
            seed=seed,
            machines={self.name: self, **(machines or {})},
            keep_history=history,
            on_event=on_event,
            listener=listener,
            context=context,
            objects=objects,
        )
        record = host.run(self, checked_input(input), execution_name, variables)
        return record.result(host.others(record))


def checked_input(value: object) -> Data:
    """The input as data. Raises `EngineError` if it is no JSON or too big."""
    try:
        data = Data.copy_of(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise EngineError(f"the input is not JSON: {error}") from error
    if size_bytes(data.text) > MAX_PAYLOAD_BYTES:
        raise EngineError(f"the input has {size_bytes(data.text)} bytes; AWS takes at most {MAX_PAYLOAD_BYTES}")
    return data


def read_input(text: str) -> object:
    """The execution input that a JSON text stands for. Raises `EngineError` with AWS's reason (recorded answers)."""
    if not text.strip():
        raise EngineError("Invalid execution input.")
    try:
        return read_json(text)
    except JsonFault as fault:
        raise EngineError(fault.message) from None


class NoTasks:
    """The world of a machine that is to call nothing."""

    blocking = False

    def call(self, call: TaskCall) -> object:
        """See `TaskService.call`."""
        raise EngineError(f"state '{call.state_name}' calls {call.resource}, but this run was given no task service")


def run_machine(
    definition: Mapping[str, object],
    input: object = None,
    *,
    tasks: TaskService | None = None,
    clock: Clock | None = None,
    real_time: bool = False,
    execution_name: str | None = None,
    evaluator: Evaluator | None = None,
    type: str = "STANDARD",
    history: bool = True,
    seed: int | None = None,
    on_event: Callable[[Event], None] | None = None,
    variables: Mapping[str, object] | None = None,
    machines: Mapping[str, Machine] | None = None,
    listener: Listener | None = None,
    objects: ObjectStore | None = None,
    validate: bool = True,
) -> RunResult:
    """Validate a definition, prepare it and run it once. For the arguments see `Machine` and `Machine.run`.

    Raises `InvalidDefinition` with AWS's reasons; `validate=False` leaves that out, for definitions known to be valid.
    """
    if validate:
        check_definition(definition, type=type)
    return Machine(definition, type=type).run(
        input,
        tasks=tasks,
        clock=clock,
        real_time=real_time,
        execution_name=execution_name,
        evaluator=evaluator,
        history=history,
        seed=seed,
        on_event=on_event,
        variables=variables,
        machines=machines,
        listener=listener,
        objects=objects,
    )
