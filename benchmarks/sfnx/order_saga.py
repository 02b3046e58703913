"""Written from the documentation of the tool, for comparison with `programs/order_saga.py`."""

import json
from typing import TypedDict

from sfnx import aws, state_machine

TRANSIENT = [
    {
        "ErrorEquals": [
            aws.optimized.lambda_.errors.ServiceException,
            aws.optimized.lambda_.errors.AWSLambdaException,
            aws.optimized.lambda_.errors.SdkClientException,
            aws.optimized.lambda_.errors.TooManyRequestsException,
        ],
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }
]


class Item(TypedDict):
    sku: str
    quantity: int


class Input(TypedDict):
    order: str
    items: list[Item]
    card: str


class SoldOut(Exception):
    pass


class CardDeclined(Exception):
    pass


@state_machine
def order_saga(input: Input):
    reserved: list[str] = []
    try:
        for item in input["items"]:
            reservation: str = aws.optimized.lambda_.invoke(
                FunctionName="reserve",
                Payload={"order": input["order"], "sku": item["sku"], "quantity": item["quantity"]},
                timeout=10,
                retry=TRANSIENT,
            )["Payload"]
            reserved = reserved + [reservation]  # noqa: RUF005 - the tool takes no `*`
        payment: str = aws.optimized.lambda_.invoke(
            FunctionName="charge", Payload={"order": input["order"], "card": input["card"]}, timeout=30, retry=TRANSIENT
        )["Payload"]
    except (SoldOut, CardDeclined) as reason:
        for held in reversed(reserved):
            aws.optimized.lambda_.invoke(
                FunctionName="release", Payload={"reservation": held}, timeout=10, retry=TRANSIENT
            )
        return {"status": "rejected", "reason": json.loads(str(reason))["errorMessage"]}
    return {"status": "placed", "payment": payment}
