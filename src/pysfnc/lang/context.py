"""The execution a workflow runs in: `context.execution` and `context.state_machine`.

Under CPython `.run` sets it, with values made up or given by the test; inside Lambda the handler sets it from what the
machine passes along. Field names follow the Context Object of Step Functions in Python's spelling. It does not own
`$states.context` in the compiled machine.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from pysfnc.lang.options import Frozen

_ACCOUNT: Final = "arn:aws:states:us-east-1:123456789012"


class Execution(Frozen):
    """One execution: `id` (its ARN), `name`, `start_time` (ISO text, UTC), `input` (JSON) and `role_arn`."""

    __slots__ = ("id", "input", "name", "role_arn", "start_time")
    id: str
    name: str
    start_time: str
    input: Any
    role_arn: str

    def __init__(self, id: str, name: str, start_time: str, input: Any, role_arn: str) -> None:
        self._fill(id=id, name=name, start_time=start_time, input=input, role_arn=role_arn)


class StateMachine(Frozen):
    """The machine that is running: `id` (its ARN) and `name`."""

    __slots__ = ("id", "name")
    id: str
    name: str

    def __init__(self, id: str, name: str) -> None:
        self._fill(id=id, name=name)


class RunContext(Frozen):
    """What `context` shows during one run."""

    __slots__ = ("execution", "state_machine")
    execution: Execution
    state_machine: StateMachine

    def __init__(self, execution: Execution, state_machine: StateMachine) -> None:
        self._fill(execution=execution, state_machine=state_machine)


class _Context:
    """The object that programs import as `context`."""

    @property
    def execution(self) -> Execution:
        """The execution of this run; `RuntimeError` outside of one."""
        return current_run().execution

    @property
    def state_machine(self) -> StateMachine:
        """The machine of this run; `RuntimeError` outside of one."""
        return current_run().state_machine

    def __repr__(self) -> str:
        return "<pysfnc.context>"


context: Final = _Context()

_current: ContextVar[RunContext] = ContextVar("pysfnc_run")
_active: list[RunContext] = []
_in_lambda: ContextVar[bool] = ContextVar("pysfnc_in_lambda")


def current_run() -> RunContext:
    """The run this code belongs to.

    Threads that the program starts itself (a `ThreadPoolExecutor`) do not inherit context variables; they see the run
    that is active in the process, as long as there is only one.

    Raises:
        RuntimeError: no run is active, or the thread could belong to several.
    """
    run = _current.get(None)
    if run is not None:
        return run
    active = list(_active)
    if len(active) == 1:
        return active[0]
    reason = "several runs are active" if active else "no workflow is running"
    raise RuntimeError(f"pysfnc.context is not set here: {reason}; start one with the workflow's .run(...)")


def is_running() -> bool:
    """Whether some workflow runs, or this is Lambda, where code runs for one."""
    return bool(_active) or _in_lambda.get(False)


@contextmanager
def in_lambda() -> Iterator[None]:
    """Say that the code inside the block runs in Lambda."""
    token = _in_lambda.set(True)
    try:
        yield
    finally:
        _in_lambda.reset(token)


@contextmanager
def running(run: RunContext) -> Iterator[None]:
    """Make `run` what `context` shows inside the block."""
    token = _current.set(run)
    _active.append(run)
    try:
        yield
    finally:
        _active.remove(run)
        _current.reset(token)


def made_up_run(workflow_name: str, input_json: Any) -> RunContext:
    """A run with a fresh execution name, ARNs of an example account and the present time."""
    import uuid
    from datetime import UTC, datetime

    name = str(uuid.uuid4())
    start_time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return RunContext(
        Execution(
            id=f"{_ACCOUNT}:execution:{workflow_name}:{name}",
            name=name,
            start_time=start_time,
            input=input_json,
            role_arn=f"arn:aws:iam::123456789012:role/{workflow_name}Role",
        ),
        StateMachine(id=f"{_ACCOUNT}:stateMachine:{workflow_name}", name=workflow_name),
    )


def with_input(run: RunContext, input_json: Any) -> RunContext:
    """The same run with another input."""
    execution = run.execution
    shown = Execution(execution.id, execution.name, execution.start_time, input_json, execution.role_arn)
    return RunContext(shown, run.state_machine)


def context_object_of(run: RunContext) -> dict[str, dict[str, Any]]:
    """What a machine's Context Object holds of a run; the input is left to the machine."""
    execution, machine = run.execution, run.state_machine
    return {
        "Execution": {
            "Id": execution.id,
            "Name": execution.name,
            "StartTime": execution.start_time,
            "RoleArn": execution.role_arn,
        },
        "StateMachine": {"Id": machine.id, "Name": machine.name},
    }


def run_from_context_object(fields: Mapping[str, Any]) -> RunContext:
    """The run that the machine's Context Object describes (``{"Execution": {...}, "StateMachine": {...}}``)."""
    execution: Mapping[str, Any] = fields.get("Execution", {})
    machine: Mapping[str, Any] = fields.get("StateMachine", {})
    return RunContext(
        Execution(
            id=execution.get("Id", ""),
            name=execution.get("Name", ""),
            start_time=execution.get("StartTime", ""),
            input=execution.get("Input"),
            role_arn=execution.get("RoleArn", ""),
        ),
        StateMachine(id=machine.get("Id", ""), name=machine.get("Name", "")),
    )
