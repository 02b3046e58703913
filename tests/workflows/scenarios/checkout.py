import json
from collections.abc import Callable
from typing import Any

from pysfnc import testing
from tests.workflows.replies import reply
from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/"
ENVIRON = {
    "CARTS_TABLE": "carts",
    "EVENT_BUS": "shop",
    "PAYMENTS_QUEUE": QUEUE + "payments",
    "SHIPPING_QUEUE": QUEUE + "shipping",
}
CART = {"cart": {"id": "c1", "email": "a@b.example", "total": 12.5}}
REST = {
    "dynamodb.PutItem": [{}],
    "dynamodb.UpdateItem": [{}],
    "events.PutEvents": [{"Entries": [{"EventId": "1"}], "FailedEntryCount": 0}],
}


def asked(reply: Callable[[str], None]) -> Callable[[dict[str, Any]], Answer]:
    """SQS takes the message, and somebody who reads it replies."""

    def send(params: dict[str, Any]) -> Answer:
        reply(json.loads(params["MessageBody"])["token"])
        return {"MessageId": "m", "MD5OfMessageBody": "0"}

    return send


def answered(value: Any) -> Callable[[dict[str, Any]], Answer]:
    return asked(lambda token: reply(lambda: testing.answer(token, value)))


def refused(error: str, cause: str) -> Callable[[dict[str, Any]], Answer]:
    return asked(lambda token: reply(lambda: testing.refuse(token, error, cause)))


PAID = answered({"status": "PaymentSuccessful"})
SCENARIOS = [
    Scenario(
        "shipped",
        CART,
        {"cart": "c1", "status": "shipped", "tracking": "t-9"},
        {**REST, "sqs.SendMessage": [PAID, answered({"tracking": "t-9"})]},
        environ=ENVIRON,
    ),
    Scenario(
        "not paid",
        CART,
        {"cart": "c1", "status": "payment failed"},
        {**REST, "sqs.SendMessage": [answered({"status": "PaymentFailed"})]},
        environ=ENVIRON,
    ),
    Scenario(
        "the payment service fails",
        CART,
        {"cart": "c1", "status": "payment failed"},
        {**REST, "sqs.SendMessage": [refused("Down", "maintenance")]},
        environ=ENVIRON,
    ),
    Scenario(
        "nobody replies",
        CART,
        {"cart": "c1", "status": "payment failed"},
        {**REST, "sqs.SendMessage": [asked(lambda token: None)]},
        environ=ENVIRON,
    ),
    Scenario(
        "not shipped",
        CART,
        {"cart": "c1", "status": "shipping failed", "why": "NoCarrier"},
        {**REST, "sqs.SendMessage": [PAID, refused("NoCarrier", "strike")]},
        environ=ENVIRON,
    ),
    Scenario(
        "no queue",
        CART,
        Failure("QueueDoesNotExist"),
        {**REST, "sqs.SendMessage": [AwsError("QueueDoesNotExist", "no queue")]},
        environ=ENVIRON,
    ),
]
