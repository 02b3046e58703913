"""Tasks that call Step Functions itself: child executions, and answers to tokens.

Owns: `states:startExecution` in its patterns, `aws-sdk:sfn:*` for what a run has. Does not own: the API
(step_functions.py), waiting (states/task.py).

Facts: results, errors and causes are recorded answers; what differs between `.sync` and `.sync:2` is from "Start
executions from a Task" of the AWS docs.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pysfnc.asl.names import TASK_FAILED
from pysfnc.aws import (
    Operation,
    Optimised,
    RefusedArguments,
    UnknownOperation,
    answer_to_asl,
    arguments_to_boto,
    optimised_named,
    service,
)
from pysfnc.engine.callbacks import ApiError
from pysfnc.engine.errors import ExecutionStopped, TaskFailure
from pysfnc.engine.host import Host, Record
from pysfnc.engine.scheduler import Inbox
from pysfnc.engine.service_errors import metadata, optimised_failure, refused, sdk_failure
from pysfnc.engine.step_functions import StepFunctionsApi, description
from pysfnc.engine.tasks import Pending, TaskCall
from pysfnc.engine.values import encode

_SERVICES: Final = frozenset({"states", "aws-sdk:sfn"})
_SYNC: Final = "start_sync_execution"


def is_step_functions(name: str) -> bool:
    """Is that service of a Resource ARN Step Functions itself?"""
    return name in _SERVICES


def local_answer(host: Host, call: TaskCall, inbox: Inbox) -> object | None:
    """The answer to a call of Step Functions about something of this run, or None if it is about something else.

    inbox: where the end of a child execution is told to.
    Raises `TaskFailure`.
    """
    if call.service == "states":
        entry = optimised_named(call.service, call.action)
        return None if entry is None else _optimised(host, entry, call, inbox)
    try:
        operation = service("stepfunctions").of_action(call.action)
    except UnknownOperation:
        return None
    return _sdk(host, operation, call, inbox)


def _optimised(host: Host, entry: Optimised, call: TaskCall, inbox: Inbox) -> object | None:
    api = StepFunctionsApi(host)
    arguments = call.arguments
    if not isinstance(arguments, Mapping) or not api.knows({"stateMachineArn": arguments.get("StateMachineArn")}):
        return None
    unknown = [name for name in arguments if name not in entry.parameters]
    if unknown:
        raise refused(arguments, [f'The field "{name}" is not supported by Step Functions' for name in unknown])
    # Recorded answer: null is no input, which is {}.
    given = arguments.get("Input")
    text = "{}" if given is None else given if isinstance(given, str) else encode(given)
    try:
        record = api.started(str(arguments["StateMachineArn"]), text, arguments.get("Name"))
    except ApiError as error:
        raise optimised_failure(entry, error.code, error.message) from None
    answer = {"ExecutionArn": record.arn, "StartDate": _milliseconds(record.begun)}
    submitted = {**answer, **metadata()}
    if not call.pattern:
        return submitted
    if call.pattern == "waitForTaskToken":
        return Pending(submitted)
    return _awaited(host, record, submitted, inbox, parsed=call.pattern == "sync:2")


def _awaited(host: Host, record: Record, submitted: object, inbox: Inbox, *, parsed: bool) -> Pending:
    if record.status == "RUNNING":
        record.readers.append(inbox)
    else:
        inbox.deliver(host.scheduler, record)

    def finish(event: object) -> object:
        assert isinstance(event, Record)
        described = _described(event, parsed=parsed)
        if event.status != "SUCCEEDED":
            raise TaskFailure(TASK_FAILED, encode(described))
        return described

    def cancel() -> None:
        stopped = ExecutionStopped("ABORTED", "ExecutionAborted", None, None, 0)
        host.scheduler.post(lambda: host.stop(record, stopped))

    return Pending(submitted, finish=finish, cancel=cancel)


def _described(record: Record, *, parsed: bool) -> dict[str, object]:
    """The result of `.sync` (`.sync:2`: with input and output parsed), its keys in AWS's order."""
    described = answer_to_asl(service("stepfunctions").operation("describe_execution").output, description(record))
    for name, moment in (("StartDate", record.begun), ("StopDate", record.ended)):
        if moment is not None:
            described[name] = _milliseconds(moment)
    if record.status != "SUCCEEDED":
        # Recorded answers of failed children do not have them.
        for name in ("RedriveCount", "RedriveStatus"):
            described.pop(name, None)
    if parsed:
        for name in ("Input", "Output"):
            if name in described:
                described[name] = json.loads(described[name])
    return dict(sorted(described.items()))


def _milliseconds(moment: float) -> int:
    return round(moment * 1000)


def _sdk(host: Host, operation: Operation, call: TaskCall, inbox: Inbox) -> object | None:
    api = StepFunctionsApi(host)
    sfn = operation.service
    try:
        arguments = arguments_to_boto(operation.input, call.arguments)
    except RefusedArguments as faults:
        raise refused(call.arguments, faults.faults) from None
    if operation.method not in api.operations and operation.method != _SYNC:
        return None
    if not api.knows(arguments) and not _is_token(operation):
        return None
    try:
        if operation.method == _SYNC:
            return _sync(api, operation, arguments, inbox)
        answer = answer_to_asl(operation.output, api.call(operation.method, arguments))
    except ApiError as error:
        raise sdk_failure(sfn, error.code, error.message) from None
    except TypeError:
        # A required argument is missing: the service says so.
        raise sdk_failure(
            sfn, "ValidationException", "1 validation error detected: a required member is null"
        ) from None
    return Pending(answer) if call.pattern == "waitForTaskToken" else answer


def _is_token(operation: Operation) -> bool:
    return operation.method.startswith("send_task_")


def _sync(api: StepFunctionsApi, operation: Operation, arguments: Mapping[str, Any], inbox: Inbox) -> Pending:
    record = api.started(arguments["stateMachineArn"], arguments.get("input", "{}"), arguments.get("name"))
    if record.machine.type != "EXPRESS":
        raise ApiError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
    record.readers.append(inbox)

    def finish(event: object) -> object:
        assert isinstance(event, Record)
        described = description(event)
        # API reference, StartSyncExecution: an execution that failed is an answer, not an error.
        described["billingDetails"] = {
            "billedMemoryUsedInMB": 64,
            "billedDurationInMilliseconds": max(100, -(-event.result().duration_s * 1000 // 100) * 100),
        }
        return answer_to_asl(operation.output, described)

    return Pending(None, finish=finish)
