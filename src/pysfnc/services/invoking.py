"""Calls of boto3 as the integrations make them, and what stands in for boto3.

Owns: the one call that all integrations go through, its errors, and layers around it (mocks, recording).
Does not own: which call is made (calls.py, jobs.py), clients (backends.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pysfnc.aws import Operation
from pysfnc.engine import TaskCall
from pysfnc.services.backends import Backend, NotMocked

__all__ = ["Answer", "Invoke", "Request", "ServiceError", "Unreachable", "invoking"]


@dataclass(frozen=True, slots=True)
class Request:
    """A call of boto3.

    call: the call of the state that it is made for.
    arguments: keyword arguments.
    """

    call: TaskCall
    operation: Operation
    arguments: Mapping[str, Any]

    @property
    def key(self) -> str:
        """ "dynamodb.get_item" """
        return f"{self.operation.service.name}.{self.operation.method}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What boto3 answered, and how long that took in seconds of the machine's time."""

    value: Mapping[str, Any]
    duration_s: float = 0.0


class ServiceError(Exception):
    """An error of the service.

    code, message: as in boto3's `e.response["Error"]`. status: of HTTP.
    """

    def __init__(self, code: str, message: str, status: int = 400, duration_s: float = 0.0) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.duration_s = duration_s


class Unreachable(Exception):
    """The service did not answer at all."""


Invoke = Callable[[Request], Answer]
"""Raises `ServiceError`, `Unreachable`, and `EngineError` for what is no answer of AWS."""


def invoking(backend: Backend) -> Invoke:
    """Calls that go to a backend."""

    def invoke(request: Request) -> Answer:
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

        try:
            with backend.calls():
                client = backend.client(request.operation.service.name, _role(request.call))
                return Answer(getattr(client, request.operation.method)(**request.arguments))
        except ClientError as error:
            failure = _service_error(error, request.operation)
            if backend.is_mock and failure.message == _NOT_IMPLEMENTED:
                raise NotMocked(request.key) from None
            raise failure from None
        except ParamValidationError as error:
            raise ServiceError("ValidationException", _validation(str(error.kwargs.get("report", "")))) from None
        except BotoCoreError as error:
            raise Unreachable(str(error)) from None

    return invoke


_NOT_IMPLEMENTED: Final = "Not yet implemented"
"""moto's answer for a service or an operation that it does not have."""


def _role(call: TaskCall) -> str | None:
    role = None if call.credentials is None else call.credentials.get("RoleArn")
    return role if isinstance(role, str) else None


def _service_error(error: Any, operation: Operation) -> ServiceError:
    described = error.response.get("Error", {})
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    code, message = str(described.get("Code", "")), str(described.get("Message", ""))
    if code == "404" and operation.service.name == "s3":
        # The answer to HEAD has no body. The Java SDK takes it for the error that it can only be.
        code = "NoSuchBucket" if operation.name == "HeadBucket" else "NoSuchKey"
    return ServiceError(code, message, status)


_MISSING: Final = 'Missing required parameter in input: "'


def _validation(report: str) -> str:
    """The text of a service for what boto3 refuses by itself, as far as it is known (recorded answer: DynamoDB)."""
    first = report.partition("\n")[0]
    if first.startswith(_MISSING):
        name = first.removeprefix(_MISSING).rstrip('"')
        first = f"Value null at '{name[:1].lower() + name[1:]}' failed to satisfy constraint: Member must not be null"
    return f"1 validation error detected: {first}"
