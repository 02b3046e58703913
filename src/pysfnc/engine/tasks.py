"""Task calls: what the engine hands to the world, and what it wants back.

Owns: the protocols `TaskService` and `LambdaInvoker`, the reading of Resource ARNs, the envelope of a Lambda answer.
Does not own: how a Lambda function runs or an AWS operation is called; retries, timeouts and events (states).

Facts: resource forms and results are those of "Integrating services with Step Functions" of the AWS docs; the
envelope is a recorded answer.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from pysfnc.engine.errors import EngineError, TaskFailure, TaskTimedOut
from pysfnc.engine.scheduler import Done
from pysfnc.engine.values import encode


@dataclass(frozen=True, slots=True)
class Resource:
    """A Resource ARN, taken apart.

    arn: as written.
    service, action: "lambda", "invoke"; "aws-sdk:s3", "getObject"; for a function ARN "lambda-function" and the
    function's name; for an activity "activity" and its name.
    pattern: "" for request and response, else "sync", "sync:2" or "waitForTaskToken".
    """

    arn: str
    service: str
    action: str
    pattern: str

    @property
    def is_function(self) -> bool:
        """Is this the older form, the ARN of a Lambda function itself?"""
        return self.service == "lambda-function"

    @property
    def is_lambda(self) -> bool:
        """Does a call invoke a Lambda function?"""
        return self.is_function or (self.service == "lambda" and self.action == "invoke")

    @property
    def event_resource(self) -> str:
        """The `resource` of task events: the action with its pattern."""
        return f"{self.action}.{self.pattern}" if self.pattern else self.action


_INTEGRATION = re.compile(
    r"arn:aws[a-z-]*:states:[^:]*:[^:]*:(?P<service>(?:aws-sdk:)?[^:.]+):(?P<action>[^:.]+)(?:\.(?P<pattern>.+))?"
)
_FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:[^:]+:[^:]+:function:(?P<name>[^:]+)(?::[^:]+)?")
_ACTIVITY = re.compile(r"arn:aws[a-z-]*:states:[^:]+:\d+:activity:(?P<name>.+)")


def resource_of(arn: str) -> Resource | None:
    """The parts of a Resource ARN, or None if it is none that Step Functions knows."""
    if (match := _FUNCTION.fullmatch(arn)) is not None:
        return Resource(arn, "lambda-function", match["name"], "")
    if (match := _ACTIVITY.fullmatch(arn)) is not None:
        return Resource(arn, "activity", match["name"], "")
    if (match := _INTEGRATION.fullmatch(arn)) is not None:
        return Resource(arn, match["service"], match["action"], match["pattern"] or "")
    return None


@dataclass(frozen=True, slots=True)
class TaskCall:
    """One attempt of a Task state.

    resource: the ARN as written; service, action, pattern: its parts.
    arguments: the evaluated Arguments, or the state input if there are none. Shared with the machine: not to be
    changed.
    timeout_s, heartbeat_s: None where the state has none.
    context: the Context object.
    attempt: 0 for the first, then the number of the retry.
    token: the task token, for `.waitForTaskToken` and `.sync`.
    credentials: the evaluated Credentials, or None.
    """

    resource: str
    service: str
    action: str
    pattern: str
    arguments: object
    timeout_s: float | None
    heartbeat_s: float | None
    state_name: str
    context: Mapping[str, object]
    attempt: int
    token: str | None = None
    credentials: Mapping[str, object] | None = None


class TaskService(Protocol):
    """The world outside the machine."""

    def call(self, call: TaskCall) -> object:
        """The result of a task: a JSON value, or `Done` with a value and a duration, or `Pending` if it goes on.

        Raises `TaskFailure`, or `TaskTimedOut` when it noticed that `call.timeout_s` was exceeded.
        An attribute `blocking = False` says that calls return at once and need no thread; a method
        `blocks(call: TaskCall) -> bool` says so per call.
        """


@dataclass(frozen=True, slots=True)
class Pending:
    """The answer of a task that goes on after it was submitted: `.waitForTaskToken`, `.sync`.

    Somebody answers its token, or `poll` or `finish` have its result.

    submitted: what submitting it answered, for the event; None for no event.
    poll: looks whether the job has ended: its result, or None if it goes on. Raises `TaskFailure`.
    every_s: seconds between two looks.
    finish: makes the result of what arrives in the task's inbox besides answers to the token.
    cancel: stops the work when the task ends without it.
    duration_s: how long submitting took.
    """

    submitted: object
    poll: "Callable[[], Done | None] | None" = None
    every_s: float = 10.0
    finish: Callable[[object], object] | None = None
    cancel: Callable[[], None] | None = None
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LambdaAnswer:
    """What a function did.

    payload: its result, where `error` is None and it did not time out.
    error, cause: name and JSON text of an error of the function or of Lambda.
    duration_s: how long it ran, in seconds of the machine's time.
    timed_out: it ran longer than the timeout given.
    """

    payload: object = None
    error: str | None = None
    cause: str | None = None
    duration_s: float = 0.0
    timed_out: bool = False


class LambdaInvoker(Protocol):
    """Runs Lambda functions."""

    def invoke(self, function_name: str, payload: object, timeout_s: float | None) -> LambdaAnswer:
        """Run the function of that name (without account, region and qualifier) with a payload it may change."""


def function_name_of(name_or_arn: str) -> str:
    """The bare name in any form that `FunctionName` takes: name, name:alias, account:function:name, ARN."""
    parts = name_or_arn.split(":")
    if "function" in parts[:-1]:
        return parts[parts.index("function") + 1]
    return parts[0]


class LambdaService:
    """A `TaskService` for Lambda tasks; everything else goes to `others`, or fails with a clear text.

    invoker: runs the functions.
    others: for services other than Lambda.
    blocking: False if the invoker answers at once.
    """

    def __init__(self, invoker: LambdaInvoker, others: TaskService | None = None, *, blocking: bool = True) -> None:
        self._invoker = invoker
        self._others = others
        self.blocking = blocking

    def blocks(self, call: TaskCall) -> bool:
        """See `TaskService.call`."""
        if self._others is None or call.service in ("lambda-function", "lambda"):
            return self.blocking
        blocks = getattr(self._others, "blocks", None)
        return bool(blocks(call)) if blocks is not None else bool(getattr(self._others, "blocking", True))

    def call(self, call: TaskCall) -> object:
        """See `TaskService.call`."""
        if call.service == "lambda-function":
            return self._invoke(call, call.resource, call.arguments)
        if call.service == "lambda" and call.action == "invoke":
            done = self._optimised(call)
            return Pending(done.value, duration_s=done.duration_s) if call.pattern else done
        if self._others is None:
            raise EngineError(f"state '{call.state_name}': no service answers {call.resource} in this run")
        return self._others.call(call)

    def _optimised(self, call: TaskCall) -> Done:
        arguments = call.arguments
        name = arguments.get("FunctionName") if isinstance(arguments, dict) else None
        if not isinstance(name, str) or not isinstance(arguments, dict):
            # AWS docs: arguments that the integration refuses before the call are States.Runtime.
            raise TaskFailure(
                "States.Runtime",
                f"The Parameters '{encode(arguments)}' could not be used to start the Task: "
                "[The field 'FunctionName' is required but was missing]",
            )
        done = self._invoke(call, name, arguments.get("Payload", {}))
        return Done(envelope(done.value), done.duration_s)

    def _invoke(self, call: TaskCall, name: str, payload: object) -> Done:
        # The function works on a copy, as it would in the cloud.
        copied = json.loads(encode(payload))
        answer = self._invoker.invoke(function_name_of(name), copied, call.timeout_s)
        if answer.timed_out:
            raise TaskTimedOut
        if answer.error is not None:
            raise TaskFailure(answer.error, answer.cause, answer.duration_s)
        return Done(answer.payload, answer.duration_s)


_REQUEST_ID: Final = "00000000-0000-4000-8000-000000000000"


def envelope(payload: object) -> dict[str, object]:
    """What `lambda:invoke` returns around a function's payload (recorded answer; ids and dates are fixed here)."""
    length = str(len(encode(payload).encode("utf-8", "surrogatepass")))
    headers = {
        "X-Amz-Executed-Version": "$LATEST",
        "Connection": "keep-alive",
        "x-amzn-RequestId": _REQUEST_ID,
        "Content-Length": length,
        "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
        "X-Amzn-Trace-Id": "root=1-00000000-000000000000000000000000;parent=0000000000000000;sampled=0",
        "Content-Type": "application/json",
    }
    return {
        "ExecutedVersion": "$LATEST",
        "Payload": payload,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": _REQUEST_ID},
        "StatusCode": 200,
    }
