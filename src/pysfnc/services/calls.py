"""Calls of AWS: from a Resource and its arguments to a call of boto3, and from its answer to the result of a state.

Owns: SDK and optimised integrations in the patterns without a job. Does not own: jobs (jobs.py), names and forms (aws).

Facts: recorded answers; differences of optimised integrations from their pages in the AWS docs.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pysfnc.aws import (
    Naming,
    Operation,
    Optimised,
    RefusedArguments,
    UnknownOperation,
    UnknownService,
    Untranslatable,
    answer_to_asl,
    arguments_to_boto,
    optimised_named,
    service_of_asl,
)
from pysfnc.engine import Done, EngineError, Pending, TaskCall, TaskFailure
from pysfnc.engine.service_errors import metadata, optimised_failure, refused, sdk_failure
from pysfnc.engine.values import encode
from pysfnc.services.invoking import Answer, Invoke, Request, ServiceError, Unreachable
from pysfnc.services.unsent import as_given

__all__ = ["AwsCall", "call_aws", "call_of"]

_SDK: Final = "aws-sdk:"


class AwsCall:
    """One call of boto3 for one call of a state, and how its errors are named."""

    def __init__(self, call: TaskCall, operation: Operation, naming: Naming, entry: Optimised | None) -> None:
        self.call = call
        self.operation = operation
        self.naming = naming
        self.entry = entry

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments. Raises `TaskFailure` for what Step Functions refuses."""
        given = self.call.arguments
        try:
            if self.entry is not None:
                given = _prepared(self.entry, given, self.call)
            return arguments_to_boto(self.operation.input, given, self.naming)
        except RefusedArguments as faults:
            raise refused(self.call.arguments, faults.faults) from None

    def invoke(self, invoke: Invoke, arguments: Mapping[str, Any]) -> Answer:
        """Call, and return boto3's answer. Raises `TaskFailure`."""
        return self.invoke_other(invoke, self.operation.method, arguments)

    def invoke_other(self, invoke: Invoke, method: str, arguments: Mapping[str, Any]) -> Answer:
        """Call a method of the same client. Raises `TaskFailure`."""
        operation = self.operation.service.operation(method)
        try:
            return invoke(Request(self.call, operation, as_given(operation, arguments)))
        except ServiceError as error:
            failure = self.failure(error.code, error.message, error.status)
            failure.duration_s = error.duration_s
            raise failure from None
        except Unreachable as error:
            prefix = self.operation.service.error_prefix if self.entry is None else self.entry.error_prefix
            raise TaskFailure(f"{prefix}.SdkClientException", f"Unable to execute HTTP request: {error}") from None

    def failure(self, code: str, message: str, status: int) -> TaskFailure:
        """The failure of the state for an error of the service."""
        if self.entry is not None:
            return optimised_failure(self.entry, code, message, status)
        return sdk_failure(self.operation.service, code, message, status)

    def result(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """The result of the state for boto3's answer."""
        try:
            return answer_to_asl(self.operation.output, answer, self.naming)
        except Untranslatable as error:
            raise EngineError(f"state '{self.call.state_name}': {error}") from None


def call_of(call: TaskCall) -> AwsCall:
    """The call behind a Resource. Raises `EngineError` for one that there is not."""
    if call.service.startswith(_SDK):
        return AwsCall(call, _sdk_operation(call), "sdk", None)
    entry = optimised_named(call.service, call.action)
    if entry is None or not entry.service:
        raise EngineError(f"state '{call.state_name}': the local engine cannot call {call.resource}")
    if call.pattern not in entry.patterns:
        raise EngineError(f"state '{call.state_name}': {call.resource} has no pattern '{call.pattern}'")
    return AwsCall(call, entry.operation, "api", entry)


def _sdk_operation(call: TaskCall) -> Operation:
    try:
        operation = service_of_asl(call.service.removeprefix(_SDK)).of_action(call.action)
    except (UnknownService, UnknownOperation) as error:
        raise EngineError(f"state '{call.state_name}': {call.resource} is not known: {error}") from None
    if operation.refusal is not None:
        raise EngineError(f"state '{call.state_name}': {call.resource}: {operation.refusal}")
    return operation


def call_aws(invoke: Invoke, call: TaskCall) -> object:
    """Make a call without a job. Raises `TaskFailure`, `EngineError`."""
    made = call_of(call)
    arguments = made.arguments()
    answer = made.invoke(invoke, arguments)
    result = made.result(answer.value)
    if made.entry is not None:
        result = finished(made.entry, arguments, result)
    if call.pattern == "waitForTaskToken":
        return Pending(result, duration_s=answer.duration_s)
    return Done(result, answer.duration_s)


def finished(entry: Optimised, arguments: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """The result of an optimised integration, with what it changes."""
    change = _RESULTS.get((entry.name, entry.action))
    if change is not None:
        result = change(arguments, result)
    return {**result, **metadata()} if entry.has_metadata else result


# --- arguments of optimised integrations


def _prepared(entry: Optimised, given: object, call: TaskCall) -> object:
    if not isinstance(given, Mapping):
        return given
    renamed = dict(entry.renamed)
    unknown = [name for name in given if entry.parameters and name not in entry.parameters]
    if unknown:
        raise RefusedArguments([f'The field "{name}" is not supported by Step Functions' for name in unknown])
    prepared: dict[str, Any] = {}
    for name, value in given.items():
        target = renamed.get(name) or str(name)
        prepared[target.removesuffix("[]")] = [value] if target.endswith("[]") else value
    for path in entry.json_arguments:
        _write_text(prepared, path.split("."))
    change = _ARGUMENTS.get((entry.name, entry.action))
    return prepared if change is None else change(prepared, call)


def _write_text(holder: dict[str, Any], path: list[str]) -> None:
    """Replace a value by its JSON text unless it is text already."""
    name, *rest = path
    if rest:
        items = holder.get(name.removesuffix("[]"))
        copies = (
            [dict(item) if isinstance(item, Mapping) else item for item in items] if isinstance(items, list) else []
        )
        for item in copies:
            if isinstance(item, dict):
                _write_text(item, rest)
        if isinstance(items, list):
            holder[name.removesuffix("[]")] = copies
    elif holder.get(name) is not None and not isinstance(holder[name], str):
        holder[name] = encode(holder[name])


def _put_events(arguments: dict[str, Any], call: TaskCall) -> dict[str, Any]:
    """Recorded answer: the ARNs of the execution and of the machine follow the entry's own resources."""
    context: Any = call.context
    own = [context["Execution"]["Id"], context["StateMachine"]["Id"]]
    entries = arguments.get("Entries")
    if isinstance(entries, list):
        arguments["Entries"] = [
            {**entry, "Resources": [*entry.get("Resources", []), *own]} if isinstance(entry, Mapping) else entry
            for entry in entries
        ]
    return arguments


def _run_task(arguments: dict[str, Any], call: TaskCall) -> dict[str, Any]:
    return {**arguments, "StartedBy": "AWS Step Functions"}


_ARGUMENTS: Final[Mapping[tuple[str, str], Callable[[dict[str, Any], TaskCall], dict[str, Any]]]] = {
    ("events", "putEvents"): _put_events,
    ("ecs", "runTask"): _run_task,
}


# --- results of optimised integrations


def _events_put(arguments: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    if result.get("FailedEntryCount"):
        raise TaskFailure("EventBridge.FailedEntry", encode(result))
    return result


def _job_run_started(arguments: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    return {"JobName": arguments["JobName"], **result}


def _model_invoked(arguments: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(result["Body"])
    except ValueError:
        body = result["Body"]
    return {"Body": body, "ContentType": result.get("ContentType")}


_RESULTS: Final[Mapping[tuple[str, str], Callable[[Mapping[str, Any], dict[str, Any]], dict[str, Any]]]] = {
    ("events", "putEvents"): _events_put,
    ("glue", "startJobRun"): _job_run_started,
    ("bedrock", "invokeModel"): _model_invoked,
    # AWS docs, "Call Amazon EMR": these wrap operations of other names.
    ("elasticmapreduce", "createCluster"): lambda _, result: {
        "ClusterId": result["JobFlowId"],
        "ClusterArn": result["ClusterArn"],
    },
    ("elasticmapreduce", "addStep"): lambda _, result: {"StepId": result["StepIds"][0]},
    ("elasticmapreduce", "cancelStep"): lambda _, result: {"CancelStepsInfo": result["CancelStepsInfoList"][0]},
}
