"""The whole way: boto3's arguments as a definition has them, the call that the engine makes of them, and the answer back."""

import contextlib
from collections.abc import Mapping
from typing import Any

import pytest

from pysfnc.aws import Operation, answer_to_boto, arguments_to_asl
from pysfnc.engine import VirtualClock, run_machine
from pysfnc.services import World
from pysfnc.services.backends import Answered
from tests.aws.test_round_trip import OPERATIONS
from tests.aws.values import Maker
from tests.engine.machines import machine


class Backend:
    """A backend whose clients note the calls and give one answer."""

    blocking = False
    is_mock = True

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self._answer = answer
        self.made: list[tuple[str, str, dict[str, Any]]] = []

    def client(self, service: str, role_arn: str | None = None) -> Any:
        made, answer = self.made, self._answer

        class Client:
            def __getattr__(self, method: str) -> Any:
                def call(**arguments: Any) -> Any:
                    made.append((service, method, arguments))
                    return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

                return call

        return Client()

    def calls(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def forward(self, *given: Any) -> Answered:
        raise NotImplementedError

    def close(self) -> None:
        pass


@pytest.mark.parametrize("operation", OPERATIONS, ids=repr)
def test_a_call_of_boto3_is_the_call_of_the_engine(operation: Operation) -> None:
    maker = Maker(f"engine {operation}", fill=0.3)
    arguments, answer = maker.structure(operation.input), maker.structure(operation.output)
    written = arguments_to_asl(operation.input, arguments)
    backend = Backend(answer)
    world = World(None, lambda: backend)
    state = {"Type": "Task", "Resource": operation.resource(), "Arguments": written, "End": True}
    result = run_machine(machine(T=state), {}, tasks=world, listener=world, clock=VirtualClock(0.0), validate=False)
    if operation.service.name == "stepfunctions" and not backend.made:
        return  # about something of the run itself
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    assert backend.made == [(operation.service.name, operation.method, arguments)]
    assert isinstance(result.output, dict)
    assert answer_to_boto(operation.output, result.output) == answer
