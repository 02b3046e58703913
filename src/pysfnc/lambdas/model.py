"""Functions, answers and errors of the local Lambda, in the forms that Step Functions sees.

Owns the texts of the errors that Lambda itself makes: time limit, crash, unknown function. Their wording is from the
AWS guide ("Troubleshoot invocation issues in Lambda") and from recorded answers.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pysfnc.lang.json_values import WireFault, decode_any

TASK_ROOT: Final = "/var/task"
_ACCOUNT: Final = "arn:aws:lambda:us-east-1:123456789012:function:"
_ARN: Final = re.compile(
    r"(?:arn:[\w-]+:lambda:[\w-]+:\d{12}:function:|\d{12}:function:)?([\w-]+)(?::[\w$-]+)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class LocalFunction:
    """A Lambda function as deployed here.

    Attributes:
        name: what the definition's `FunctionName` is filled with; an ARN that ends in it works as well.
        environment: its environment variables.
        timeout_s: its own time limit in seconds.
        memory_mb: its memory; told to the code, not enforced.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 900
    memory_mb: int = 256

    @property
    def arn(self) -> str:
        """An ARN in an example account."""
        return _ACCOUNT + self.name


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invocation gave: a payload, or an error with its cause as Step Functions shows it.

    Attributes:
        payload: the JSON value returned; None when there is an error.
        error: the error name, or None.
        cause: compact JSON of Lambda's error object, or None.
        duration_s: seconds the function itself ran, without the start of its environment.
        request_id: id of the invocation.
    """

    payload: Any
    error: str | None
    cause: str | None
    duration_s: float
    request_id: str


def function_name_of(name_or_arn: str) -> str:
    """The bare name in a name, partial ARN or ARN, with or without a version ("Invoke" of the Lambda API)."""
    match = _ARN.fullmatch(name_or_arn)
    return match[1] if match else name_or_arn


def payload_text(payload: Any) -> bytes:
    """The event as JSON bytes.

    Raises:
        TypeError, ValueError: `payload` is no JSON value.
    """
    try:
        decode_any(payload)
    except WireFault as fault:
        raise fault.error(f"payload{fault.path} {fault.text}") from None
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def answered(body: bytes, duration_s: float, request_id: str) -> Answer:
    """The answer of a function that returned `body`; what is no JSON cannot be a result of `lambda:invoke`."""
    try:
        return Answer(_finite(json.loads(body)), None, None, duration_s, request_id)
    except ValueError as error:
        message = f"Unable to parse the response of the function: {error}"
        return failed({"errorMessage": message, "errorType": "Runtime.MarshalError"}, duration_s, request_id)


def failed(error_object: Mapping[str, Any], duration_s: float, request_id: str, code_root: str = "") -> Answer:
    """The answer for Lambda's error object. Paths under `code_root` are shown as they are in Lambda."""
    shown = dict(error_object)
    if "requestId" in shown:
        shown["requestId"] = shown["requestId"] or request_id
    if code_root and isinstance(shown.get("stackTrace"), list):
        shown["stackTrace"] = [_as_in_lambda(entry, code_root) for entry in shown["stackTrace"]]
    cause = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return Answer(None, str(shown.get("errorType") or "Lambda.Unknown"), cause, duration_s, request_id)


def timed_out(request_id: str, limit_s: float) -> Answer:
    """The answer of a function that used up its time limit."""
    message = f"RequestId: {request_id} Error: Task timed out after {limit_s:.2f} seconds"
    return failed({"errorType": "Sandbox.Timedout", "errorMessage": message}, limit_s, request_id)


def exited(request_id: str, status: int, duration_s: float) -> Answer:
    """The answer of a function whose process ended: `status` as `subprocess` gives it, negative for a signal."""
    if status == 0:
        reason = "Runtime exited without providing a reason"
    elif status < 0:
        reason = f"Runtime exited with error: signal: {_SIGNAL_TEXTS.get(-status, f'signal {-status}')}"
    else:
        reason = f"Runtime exited with error: exit status {status}"
    message = f"RequestId: {request_id} Error: {reason}"
    return failed({"errorType": "Runtime.ExitError", "errorMessage": message}, duration_s, request_id)


def not_found(name: str, request_id: str) -> Answer:
    """The answer for a function that is not deployed (recorded answer)."""
    cause = (
        f"Function not found: {_ACCOUNT}{name}:$LATEST (Service: AWSLambda; Status Code: 404; "
        f"Error Code: ResourceNotFoundException; Request ID: {request_id}; Proxy: null)"
    )
    return Answer(None, "Lambda.ResourceNotFoundException", cause, 0.0, request_id)


_SIGNAL_TEXTS: Final = {6: "aborted", 9: "killed", 11: "segmentation fault", 15: "terminated"}


def _as_in_lambda(entry: Any, code_root: str) -> Any:
    return entry.replace(f'File "{code_root}/', f'File "{TASK_ROOT}/') if isinstance(entry, str) else entry


def _finite(value: Any) -> Any:
    # Python's json reads NaN and Infinity, which no JSON parser of AWS does.
    match value:
        case float() if not math.isfinite(value):
            raise ValueError(f"{value} is not JSON")
        case list():
            for item in value:
                _finite(item)
        case dict():
            for item in value.values():
                _finite(item)
        case _:
            pass
    return value
