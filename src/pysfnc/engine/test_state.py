"""One state at a time: what the TestState API answers.

Owns: the request's checks, the work of mocked states, inspection data. Does not own: what states do with results and
errors (states).

Facts: texts, statuses and inspection data are recorded answers.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pysfnc.asl.finding import InvalidDefinition
from pysfnc.asl.names import JSONPATH, TOLERATED_FAILURE_EXCEEDED
from pysfnc.asl.validate import check_definition, validate_state
from pysfnc.engine.clock import VirtualClock, iso_milliseconds
from pysfnc.engine.errors import EvaluationFailure, StateFailure
from pysfnc.engine.execution import Branch, Execution, Flow
from pysfnc.engine.history import History
from pysfnc.engine.machine import PLAIN_KINDS, NoTasks
from pysfnc.engine.retry import matches
from pysfnc.engine.scheduler import Scheduler, Steps
from pysfnc.engine.scope import Scope
from pysfnc.engine.states.base import Next, Source, State
from pysfnc.engine.states.fanout import MapState, ParallelState
from pysfnc.engine.states.handling import HandlingState
from pysfnc.engine.states.task import TaskState
from pysfnc.engine.tasks import TaskService
from pysfnc.engine.values import Data
from pysfnc.jsonata.engine import Evaluator, JlensEvaluator

_NAME: Final = "StateName"
"""What the context object calls the state, whatever its name."""

_FAN_OUT: Final = frozenset({"Map", "Parallel"})
_MOCKABLE: Final = frozenset({"Task", "Map", "Parallel"})
_CONTEXT_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "Execution": frozenset({"Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"}),
    "State": frozenset({"Name", "EnteredTime", "RetryCount"}),
    "StateMachine": frozenset({"Id", "Name"}),
    "Task": frozenset({"Token"}),
}
_NOT_TEXT: Final = frozenset({"Input", "RedriveCount", "RetryCount"})
_THRESHOLD_TEXT: Final = "The specified tolerated failure threshold was exceeded"


class Rejected(Exception):
    """The request itself is refused. error: name of AWS's exception; cause: its message."""

    def __init__(self, cause: str, error: str = "ValidationException") -> None:
        super().__init__(cause)
        self.error = error
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Mock:
    """What the work of a state gives:

    a result, or an error. Exactly one of `result` (in a one-element tuple) and `error` is set.
    """

    result: tuple[object] | None = None
    error: tuple[str | None, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """`stateConfiguration`: the past of a state that is to be tested."""

    retrier_retry_count: int = 0
    error_caused_by_state: str | None = None
    map_iteration_failure_count: int | None = None
    map_item_reader_data: list[object] | None = None


@dataclass(frozen=True, slots=True)
class StateResult:
    """The answer.

    status: "SUCCEEDED", "FAILED", "RETRIABLE" or "CAUGHT_ERROR".
    inspection: data of the inspection levels DEBUG and TRACE; None for INFO.
    """

    status: str
    output: tuple[object] | None
    error: str | None
    cause: str | None
    next_state: str | None
    inspection: dict[str, object] | None

    def to_json(self) -> dict[str, object]:
        """The parts that AWS would give."""
        parts: dict[str, object] = {
            "status": self.status,
            "error": self.error,
            "cause": self.cause,
            "next_state": self.next_state,
            "inspection": self.inspection,
        }
        shown = {name: value for name, value in parts.items() if value is not None}
        return shown if self.output is None else {**shown, "output": self.output[0]}


@dataclass(slots=True)
class _Test:
    """One test under way."""

    run: Execution
    branch: Branch
    data: Data
    mock: Mock | None
    configuration: Configuration
    inspection: dict[str, object] = field(default_factory=dict)


def run_state(
    definition: Mapping[str, Any],
    input: object = None,
    *,
    state_name: str | None = None,
    variables: Mapping[str, object] | None = None,
    context: Mapping[str, Any] | None = None,
    mock: Mock | None = None,
    configuration: Configuration | None = None,
    inspection_level: str = "INFO",
    role_arn: str | None = None,
    tasks: TaskService | None = None,
    evaluator: Evaluator | None = None,
    account: str = "123456789012",
) -> StateResult:
    """Run one state, without those that follow.

    definition: a state, or a machine with `state_name`.
    mock: what the work of a Task, Map or Parallel gives; without it a Task calls `tasks`.
    Raises `Rejected` for what AWS refuses.
    """
    state, language = _chosen(definition, state_name)
    configuration = configuration or Configuration()
    _check_request(state, mock, context, configuration)
    data = Data.of({} if input is None else input)
    run = _execution(data, context, role_arn, tasks, evaluator, account)
    branch = Branch(0, Scope(variables))
    test = _Test(run, branch, data, mock, configuration, {"input": data.value})
    if variables:
        test.inspection["variables"] = dict(variables)
    source = Source(_NAME, state, str(state.get("QueryLanguage", language)))
    result = _result(test, _prepared(source))
    return result if inspection_level != "INFO" else StateResult(*_without_inspection(result))


def _without_inspection(result: StateResult) -> tuple[Any, ...]:
    return (result.status, result.output, result.error, result.cause, result.next_state, None)


def _chosen(definition: Mapping[str, Any], state_name: str | None) -> tuple[Mapping[str, Any], str]:
    """The state to test and the query language around it."""
    if "States" not in definition:
        findings = validate_state(definition, _NAME)
        if findings:
            raise Rejected(str(InvalidDefinition(findings)), "InvalidDefinition")
        return definition, JSONPATH
    states = definition["States"]
    if state_name not in states:
        raise Rejected("State not found in definition")
    try:
        check_definition(definition)
    except InvalidDefinition as error:
        raise Rejected(str(error), "InvalidDefinition") from None
    return states[state_name], str(definition.get("QueryLanguage", JSONPATH))


def _check_request(
    state: Mapping[str, Any], mock: Mock | None, context: Mapping[str, Any] | None, configuration: Configuration
) -> None:
    kind = state["Type"]
    if mock is None:
        if configuration.map_iteration_failure_count is not None:
            raise Rejected("TestState does not support MapIterationFailureCount when a mock is not specified.")
        if kind in _FAN_OUT:
            text = "TestState API does not support Map or Parallel states. Supported state types include: "
            raise Rejected(text + "[Task, Wait, Pass, Succeed, Fail, Choice]", "InvalidDefinition")
    elif kind not in _MOCKABLE:
        raise Rejected(f"State type '{kind}' is not supported when a mock is specified")
    else:
        _check_mock(state, mock)
    if context is not None:
        _check_context(context)


def _check_mock(state: Mapping[str, Any], mock: Mock) -> None:
    if mock.result is not None and mock.error is not None:
        raise Rejected("A test mock should have only one of the following fields: [result, errorOutput].")
    if mock.result is None:
        return
    value = mock.result[0]
    if state["Type"] == "Map" and "ResultWriter" in state:
        if not isinstance(value, dict):
            raise Rejected("Mocked result must be a JSON object.")
    elif state["Type"] in _FAN_OUT:
        if not isinstance(value, list):
            raise Rejected("Mocked result must be an array.")
        if state["Type"] == "Parallel" and len(value) != len(state["Branches"]):
            raise Rejected("Mocked result must contain the same number of items as number of Parallel branches.")


def _check_context(context: Mapping[str, Any]) -> None:
    prefix = "Invalid Context object provided:"
    if "Map" in context:
        raise Rejected(f"{prefix} 'Map' field is not supported when mocking a Context object")
    for group, members in context.items():
        if group not in _CONTEXT_FIELDS:
            raise Rejected(f"{prefix} Field '{group}' is not allowed")
        for name, value in members.items():
            if name not in _CONTEXT_FIELDS[group]:
                raise Rejected(f"{prefix} Field '{name}' is not allowed")
            if name not in _NOT_TEXT and not isinstance(value, str):
                raise Rejected(f"{prefix} {group}.{name} must be a string")


def _execution(
    data: Data,
    context: Mapping[str, Any] | None,
    role_arn: str | None,
    tasks: TaskService | None,
    evaluator: Evaluator | None,
    account: str,
) -> Execution:
    clock = VirtualClock()
    prefix = f"arn:aws:states:us-east-1:{account}"
    described: dict[str, object] = {
        "Execution": {
            "Id": f"{prefix}:express:StateMachine:{_NAME}",
            "Input": data.value,
            "Name": _NAME,
            "RoleArn": role_arn,
            "StartTime": iso_milliseconds(clock.now()),
        },
        "StateMachine": {"Id": f"{prefix}:stateMachine:StateMachine", "Name": "StateMachine"},
    }
    for group, members in (context or {}).items():
        if group != "State":
            present = described.get(group, {})
            assert isinstance(present, dict)
            described[group] = {**present, **members}
    return Execution(
        clock=clock,
        history=History(clock, keep=False),
        evaluator=evaluator or JlensEvaluator(),
        tasks=tasks or NoTasks(),
        randomness=random.Random(0),  # noqa: S311 - jitter, not cryptography
        execution_context=described,
    )


def _prepared(source: Source) -> State:
    """The state, without what is inside it: the work of Map and Parallel is always mocked."""
    if source.definition["Type"] == "Map":
        return MapState(source, lambda _: _Nothing())
    if source.definition["Type"] == "Parallel":
        return ParallelState(source, lambda _: _Nothing())
    return PLAIN_KINDS[str(source.definition["Type"])](source)


class _Nothing(Flow):
    """The inside of a mocked state, which never runs."""

    def steps(self, run: Execution, branch: Branch, data: Data) -> Steps:
        """See `Flow.steps`."""
        raise AssertionError("a mocked state does not run what is inside it")


def _result(test: _Test, state: State) -> StateResult:
    try:
        if test.mock is not None:
            assert isinstance(state, HandlingState)
            following, data = _mocked(test, state)
        else:
            following, data = _plain(test, state)
    except EvaluationFailure as failure:
        return _failed(test, state, StateFailure("States.QueryEvaluationError", failure.sentence, _NAME))
    except StateFailure as failure:
        return _failed(test, state, failure)
    return StateResult("SUCCEEDED", (data.value,), None, None, following, test.inspection)


def _plain(test: _Test, state: State) -> Next:
    if not state.waits:
        return state.step(test.run, test.branch, test.data)
    following: list[str | None] = []

    def steps() -> Steps:
        target, data = yield from state.steps(test.run, test.branch, test.data)
        following.append(target)
        return data

    test.branch.steps = steps()
    data = Scheduler(test.run.clock).run(test.branch)
    return following[0], data


def _mocked(test: _Test, state: HandlingState) -> Next:
    run, branch, data = test.run, test.branch, test.data
    assert test.mock is not None
    retries = test.configuration.retrier_retry_count
    run.enter(branch, state, data)
    run.show(branch, state, data, state.retry_count(retries))
    if isinstance(state, TaskState):
        test.inspection["afterArguments"] = state.arguments_of(run, branch, data).value
    elif isinstance(state, ParallelState) and state.arguments is not None:
        state.arguments.evaluate(run, branch.scope.values)
    elif isinstance(state, MapState):
        _iterate(test, state)
    if test.mock.error is not None:
        raise StateFailure(*test.mock.error, _NAME)
    assert test.mock.result is not None
    result = Data.of(test.mock.result[0])
    if isinstance(state, TaskState):
        test.inspection["result"] = result.value
    return state.succeed(run, branch, data, result, retries)


def _iterate(test: _Test, state: MapState) -> None:
    """Items, concurrency and thresholds of a Map, and whether the failures exceed them."""
    run, branch, configuration = test.run, test.branch, test.configuration
    test.inspection["maxConcurrency"] = state.concurrency_of(run, branch)
    items = configuration.map_item_reader_data
    if items is None:
        items = state.items_of(run, branch, test.data)
    thresholds = state.thresholds_of(run, branch)
    test.inspection.update(thresholds)
    failures = configuration.map_iteration_failure_count or 0
    if failures > len(items):
        raise Rejected("Map iteration failure count must be less than or equal to the number of Map iterations")
    count = thresholds.get("toleratedFailureCount", 0)
    percentage = thresholds.get("toleratedFailurePercentage", 0)
    # Measured: a threshold of 0 counts as unset, and a test without thresholds tolerates every failure.
    if (count and failures > count) or (percentage and failures * 100 > percentage * len(items)):
        raise StateFailure(TOLERATED_FAILURE_EXCEEDED, _THRESHOLD_TEXT, _NAME)


def _failed(test: _Test, state: State, failure: StateFailure) -> StateResult:
    """The error meets retriers, then catchers."""
    details: dict[str, object] = {}
    if isinstance(state, HandlingState):
        used = test.configuration.retrier_retry_count
        for index, retrier in enumerate(state.retriers):
            if not matches(retrier.errors, failure.error):
                continue
            details["retryIndex"] = index
            if used < retrier.max_attempts:
                details["retryBackoffIntervalSeconds"] = retrier.delay_s(used, test.run.randomness)
                test.inspection["errorDetails"] = details
                return StateResult("RETRIABLE", None, failure.error, failure.cause, None, test.inspection)
            break
        caught = state.catcher_of(failure.error)
        if caught is not None:
            details["catchIndex"] = caught
            test.inspection["errorDetails"] = details
            following, data = state.catch(test.run, test.branch, test.data, failure, state.catchers[caught], used)
            return StateResult("CAUGHT_ERROR", (data.value,), failure.error, failure.cause, following, test.inspection)
    if details:
        test.inspection["errorDetails"] = details
    return StateResult("FAILED", None, failure.error, failure.cause, None, test.inspection)
