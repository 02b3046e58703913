"""Event sourcing: checks an event, works out the new state of the product, and appends both to a store."""

import json
import os
from datetime import UTC, datetime

import boto3

from pysfnc import Fail, task, workflow

dynamodb = boto3.client("dynamodb")
STORE = os.environ["EVENT_STORE"]
KINDS = ("productReceived", "productShipped", "productAdjusted")


class InvalidEvent(Exception):
    pass


@task
def validate(event: dict) -> dict:
    if event.get("quantity", 0) < 0:
        raise InvalidEvent("a quantity is negative")
    return event


@task
def current_stock(product_id: str) -> int:
    return 10


def applied(kind: str, stock: int, quantity: int) -> int:
    if kind == "productReceived":
        return stock + quantity
    if kind == "productShipped":
        return stock - quantity
    return quantity


@workflow
def source_event(event: dict) -> dict:
    event = validate(event)
    if event["eventType"] not in KINDS:
        raise Fail("UnknownEventType", event["eventType"])
    stock = applied(event["eventType"], current_stock(event["productId"]), event["quantity"])
    moment = datetime.now(UTC)
    dynamodb.put_item(
        TableName=STORE,
        Item={
            "Product_Id": {"S": event["productId"]},
            "Event_DateTime": {"S": moment.isoformat(timespec="seconds")},
            "Event": {"S": json.dumps(event, sort_keys=True)},
            "Stock": {"N": str(stock)},
        },
    )
    return {"product": event["productId"], "stock": stock}
