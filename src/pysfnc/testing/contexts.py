"""What `pysfnc.context` shows during a run of a test."""

from typing import Any

from pysfnc.lang.context import Execution, RunContext, StateMachine, made_up_run
from pysfnc.lang.decorators import Workflow

__all__ = ["run_context"]


def run_context(
    workflow: Workflow[Any, Any] | str,
    *,
    name: str | None = None,
    id: str | None = None,
    start_time: str | None = None,
    role_arn: str | None = None,
    state_machine_id: str | None = None,
    state_machine_name: str | None = None,
) -> RunContext:
    """A context for `run` and `run_python`. What is not given is made up; an execution's ARN ends in its name.

    Args:
        workflow: the workflow, or its name.
        start_time: ISO text in UTC, such as ``"2030-01-02T03:04:05.678Z"``.
    """
    made = made_up_run(workflow.name if isinstance(workflow, Workflow) else workflow, None)
    execution, machine = made.execution, made.state_machine
    known_id = f"{execution.id.removesuffix(execution.name)}{name}" if name is not None else execution.id
    return RunContext(
        Execution(
            id=known_id if id is None else id,
            name=execution.name if name is None else name,
            start_time=execution.start_time if start_time is None else start_time,
            input=None,
            role_arn=execution.role_arn if role_arn is None else role_arn,
        ),
        StateMachine(
            id=machine.id if state_machine_id is None else state_machine_id,
            name=machine.name if state_machine_name is None else state_machine_name,
        ),
    )
