"""Calls that AWS recorded: the same arguments and the same answer of the service give the same result or failure."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from pysfnc.aws import answer_to_boto
from pysfnc.engine import Pending, TaskCall, TaskFailure
from pysfnc.engine.tasks import resource_of
from pysfnc.services.calls import AwsCall, call_aws, call_of
from pysfnc.services.invoking import Answer, Request, ServiceError, Unreachable
from tests.conformance.compare import Matcher

CALLS: Final = [
    call
    for call in json.loads((Path(__file__).parents[1] / "aws" / "data" / "recorded_calls.json").read_text("utf-8"))
    if not call["resource"].startswith("apigateway:") and ".sync" not in call["resource"]
]
CONTEXT: Final = {"Execution": {"Id": "arn:execution"}, "StateMachine": {"Id": "arn:machine"}}
METADATA: Final = ("SdkHttpMetadata", "SdkResponseMetadata")


def call_made(recorded: Mapping[str, Any]) -> TaskCall:
    resource = resource_of(f"arn:aws:states:::{recorded['resource']}")
    assert resource is not None
    return TaskCall(
        resource.arn, resource.service, resource.action, resource.pattern, recorded["parameters"], None, None,
        recorded["state"], CONTEXT, 0,
    )  # fmt: skip


def without_metadata(result: Any) -> Any:
    return (
        {name: value for name, value in result.items() if name not in METADATA} if isinstance(result, dict) else result
    )


@pytest.mark.parametrize("recorded", [call for call in CALLS if "return" in call], ids=lambda call: call["case"])
def test_results(recorded: dict[str, Any]) -> None:
    call = call_made(recorded)
    made = call_of(call)
    expected = recorded.get("submitted", recorded["return"])
    answer = answer_to_boto(made.operation.output, readable(without_metadata(expected)), made.naming)

    def invoke(request: Request) -> Answer:
        assert request.operation is made.operation
        return Answer(answer)

    result = call_aws(invoke, call)
    value = result.submitted if isinstance(result, Pending) else getattr(result, "value", None)
    assert isinstance(value, dict)
    assert without_metadata(value) == readable(without_metadata(expected))
    assert (METADATA[0] in value) == (METADATA[0] in expected)


def readable(value: Any) -> Any:
    """With moments in the place of wildcards for them."""
    if isinstance(value, dict):
        return {
            name: _moment(value[name]) if name.endswith(("Date", "Modified")) else readable(value[name])
            for name in value
        }
    return [readable(item) for item in value] if isinstance(value, list) else value


def _moment(value: Any) -> Any:
    if value == "<<start_date>>":
        return 1_700_000_000_000
    return "2026-01-02T03:04:05Z" if value == "<<date>>" else value


V1: Final = re.compile(
    r"(?s)(?P<message>.*) \(Service: [^;]*; Status Code: (?P<status>\d+); Error Code: (?P<code>[^;]*);.*"
)
V2: Final = re.compile(r"(?s)(?P<message>.*) \(Service: \w+, Status Code: (?P<status>\d+), .*")


def service_error(made: AwsCall, thrown: Mapping[str, str]) -> ServiceError | Unreachable:
    """What the service said, read off what the state saw."""
    cause = thrown["cause"]
    if (v1 := V1.fullmatch(cause)) is not None:
        return ServiceError(v1["code"], v1["message"], int(v1["status"]))
    if (v2 := V2.fullmatch(cause)) is not None:
        known = {error.asl_name: error.code for error in made.operation.service.errors.values()}
        return ServiceError(known.get(thrown["error"], "ValidationException"), v2["message"], int(v2["status"]))
    return Unreachable(cause.removeprefix("Unable to execute HTTP request: "))


FAILED: Final = [
    call
    for call in CALLS
    if call.get("throw", {}).get("cause") and "submitted" not in call and not call["resource"].startswith("events:")
]


@pytest.mark.parametrize("recorded", FAILED, ids=lambda call: call["case"])
def test_failures(recorded: dict[str, Any]) -> None:
    call = call_made(recorded)
    error = service_error(call_of(call), recorded["throw"])

    def invoke(request: Request) -> Answer:
        raise error

    with pytest.raises(TaskFailure) as raised:
        call_aws(invoke, call)
    assert raised.value.error == recorded["throw"]["error"]
    cause = raised.value.cause or ""
    if "(SDK Attempt Count" not in recorded["throw"]["cause"]:
        # Recorded before 2025, when the SDK did not say how often it tried.
        cause = cause.removesuffix(" (SDK Attempt Count: 1)")
    assert Matcher().differences(recorded["throw"]["cause"], cause) == []


@pytest.mark.parametrize(
    "recorded",
    [call for call in CALLS if call["resource"] == "events:putEvents" and "throw" in call],
    ids=lambda c: c["case"],
)
def test_failed_entries(recorded: dict[str, Any]) -> None:
    call = call_made(recorded)
    answer = json.loads(recorded["throw"]["cause"])
    sent: list[Any] = []

    def invoke(request: Request) -> Answer:
        sent.append(request.arguments)
        return Answer(answer)

    with pytest.raises(TaskFailure) as raised:
        call_aws(invoke, call)
    assert (raised.value.error, raised.value.cause) == (recorded["throw"]["error"], recorded["throw"]["cause"])
    assert all(entry["Resources"][-2:] == ["arn:execution", "arn:machine"] for entry in sent[0]["Entries"])
    assert all(isinstance(entry["Detail"], str) for entry in sent[0]["Entries"])
