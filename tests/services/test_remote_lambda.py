"""A definition whose Lambda functions live elsewhere."""

import contextlib
import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from pysfnc.engine import EngineError, RunResult, run_machine
from pysfnc.services import World
from pysfnc.services.backends import Answered
from tests.engine.machines import machine, task
from tests.services.world import run


class Elsewhere:
    """A backend with one Lambda function."""

    blocking = False
    is_mock = False

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def client(self, service: str, role_arn: str | None = None) -> Any:
        assert service == "lambda"
        return self

    def invoke(self, **arguments: Any) -> Any:
        self.asked.append(arguments)
        if isinstance(self.answer, Exception):
            raise self.answer
        return {**self.answer, "Payload": io.BytesIO(self.answer["Payload"])}

    def calls(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def forward(self, *given: Any) -> Answered:
        raise NotImplementedError

    def close(self) -> None:
        pass


def asked(answer: Any, state: dict[str, Any]) -> tuple[RunResult, list[dict[str, Any]]]:
    backend = Elsewhere(answer)
    world = World(None, lambda: backend)
    return run_machine(machine(T=state), {"n": 1}, tasks=world, listener=world), backend.asked


def test_a_function_of_another_program() -> None:
    result, calls = asked({"StatusCode": 200, "Payload": b'{"paid":true}'}, task("charge"))
    assert result.output == {"paid": True}
    assert calls == [{"FunctionName": "charge", "Payload": b'{"n":1}'}]


def test_a_function_by_its_arn() -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:charge"
    result, calls = asked({"StatusCode": 200, "Payload": b"3"}, {"Type": "Task", "Resource": arn, "End": True})
    assert result.output == 3
    assert calls == [{"FunctionName": arn, "Payload": b'{"n":1}'}]


def test_an_error_of_the_function() -> None:
    payload = {"errorType": "Declined", "errorMessage": "no"}
    result, _ = asked(
        {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": json.dumps(payload).encode()}, task("charge")
    )
    assert (result.error, json.loads(result.cause or "")) == ("Declined", payload)


def test_errors_of_lambda() -> None:
    throttled = ClientError(
        {"Error": {"Code": "TooManyRequestsException", "Message": "slow"}, "ResponseMetadata": {"HTTPStatusCode": 429}},
        "Invoke",
    )  # type: ignore[arg-type, unused-ignore]
    result, _ = asked(throttled, task("charge"))
    assert result.error == "Lambda.TooManyRequestsException"
    assert (result.cause or "").startswith("slow (Service: AWSLambda; Status Code: 429; ")
    silent, _ = asked(ConnectTimeoutError(endpoint_url="https://lambda"), task("charge"))
    assert silent.error == "Lambda.SdkClientException"


def test_the_mock_has_no_functions() -> None:
    with pytest.raises(EngineError, match="nothing answers arn:aws:states:::lambda:invoke here; give a mock file"):
        run_machine(machine(T=task("charge")), {}, tasks=World(None, lambda: mock()))


def mock() -> Any:
    made = Elsewhere({})
    made.is_mock = True  # type: ignore[misc, unused-ignore]
    return made


def test_functions_of_the_program_stay_here() -> None:
    assert run({"T": task("f", 2)}, functions={"f": lambda n: n + 1}).output == 3
