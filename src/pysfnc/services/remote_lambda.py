"""Lambda functions that are not of the program: called where the run calls AWS.

Owns: `lambda:invoke` and function ARNs over boto3. Does not own: the program's own functions (lambdas).

Facts: the result and the errors are those of the integration (recorded answers): a function error fails the task with
its `errorType`, the payload is its cause.
"""

import json
from collections.abc import Mapping
from typing import Any

from pysfnc.aws import service
from pysfnc.engine import Done, Pending, TaskCall, TaskFailure
from pysfnc.engine.service_errors import refused
from pysfnc.engine.tasks import envelope
from pysfnc.engine.values import encode
from pysfnc.services.invoking import Invoke, Request, ServiceError, Unreachable

__all__ = ["call_lambda"]


def call_lambda(invoke: Invoke, call: TaskCall) -> object:
    """Invoke a function. Raises `TaskFailure`."""
    is_arn = call.service == "lambda-function"
    given: Any = {"FunctionName": call.resource, "Payload": call.arguments} if is_arn else call.arguments
    if not isinstance(given, Mapping) or not isinstance(given.get("FunctionName"), str):
        raise refused(given, ["The field 'FunctionName' is required but was missing"])
    kept = {name: given[name] for name in ("FunctionName", "InvocationType", "Qualifier", "LogType") if name in given}
    kept["Payload"] = encode(given.get("Payload", {})).encode()
    try:
        answer = invoke(Request(call, service("lambda").operation("invoke"), kept))
    except ServiceError as error:
        raise _failure(error) from None
    except Unreachable as error:
        raise TaskFailure("Lambda.SdkClientException", f"Unable to execute HTTP request: {error}") from None
    payload = _text(answer.value.get("Payload"))
    if "FunctionError" in answer.value:
        raise TaskFailure(_error_type(payload), payload, answer.duration_s)
    value = json.loads(payload) if payload else None
    if is_arn:
        return Done(value, answer.duration_s)
    result = {**envelope(value), "StatusCode": answer.value.get("StatusCode", 200)}
    return Pending(result, duration_s=answer.duration_s) if call.pattern else Done(result, answer.duration_s)


def _failure(error: ServiceError) -> TaskFailure:
    name = error.code if error.code.endswith("Exception") else "AWSLambdaException"
    ending = f"(Service: AWSLambda; Status Code: {error.status}; Error Code: {error.code}; Proxy: null)"
    return TaskFailure(f"Lambda.{name}", f"{error.message} {ending}", error.duration_s)


def _text(payload: Any) -> str:
    data = payload.read() if hasattr(payload, "read") else payload
    return data.decode("utf-8") if isinstance(data, bytes) else str(data or "")


def _error_type(payload: str) -> str:
    try:
        described = json.loads(payload)
    except ValueError:
        described = None
    return str(described.get("errorType", "Lambda.Unknown")) if isinstance(described, dict) else "Lambda.Unknown"
