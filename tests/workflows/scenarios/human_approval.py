from collections.abc import Callable
from typing import Any

from pysfnc import testing
from tests.workflows.replies import reply
from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

ENVIRON = {"APPROVERS_TOPIC": "arn:aws:sns:us-east-1:123456789012:approvers"}
REQUEST = {"request": {"id": "r1", "title": "new chairs"}}


def mailed(reply: Callable[[str], None]) -> Callable[[dict[str, Any]], Answer]:
    def publish(params: dict[str, Any]) -> Answer:
        reply(params["Message"].rpartition("token: ")[2])
        return {"MessageId": "m"}

    return publish


def answered(value: Any) -> Callable[[dict[str, Any]], Answer]:
    return mailed(lambda token: reply(lambda: testing.answer(token, value)))


def refused(error: str, cause: str) -> Callable[[dict[str, Any]], Answer]:
    return mailed(lambda token: reply(lambda: testing.refuse(token, error, cause)))


def scenario(label: str, expected: Any, publish: Answer) -> Scenario:
    return Scenario(label, REQUEST, expected, {"sns.Publish": [publish]}, environ=ENVIRON)


SCENARIOS = [
    scenario("approved", "r1 approved by ann", answered({"approved": True, "by": "ann"})),
    scenario("rejected", "r1 rejected", answered({"approved": False, "by": "ann"})),
    scenario("rejected without a word", "r1 rejected", answered({})),
    scenario("nobody decides", "r1 nobody decided", mailed(lambda token: None)),
    scenario("the tool fails", "r1 failed: out of office", refused("Mail", "out of office")),
    scenario("no topic", Failure("NotFoundException"), AwsError("NotFound", "Topic does not exist", 404)),
]
