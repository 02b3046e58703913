"""A checkout: records the cart, waits for payment and shipping of other companies, tells everybody how it went."""

import json
import os

import boto3

from pysfnc import CallbackFailed, wait_for_callback, workflow

dynamodb = boto3.client("dynamodb")
events = boto3.client("events")
sqs = boto3.client("sqs")

TABLE = os.environ["CARTS_TABLE"]
BUS = os.environ["EVENT_BUS"]
PAYMENTS = os.environ["PAYMENTS_QUEUE"]
SHIPPING = os.environ["SHIPPING_QUEUE"]


def ask(queue: str, cart: dict) -> dict:
    def submit(token: str) -> None:
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"cart": cart, "token": token}))

    return wait_for_callback(submit, timeout=3600)


def mark(cart_id: str, field: str, value: str) -> None:
    dynamodb.update_item(
        TableName=TABLE,
        Key={"cart_id": {"S": cart_id}},
        UpdateExpression=f"SET {field} = :value",
        ExpressionAttributeValues={":value": {"S": value}},
    )


def tell(kind: str, cart_id: str) -> None:
    events.put_events(
        Entries=[
            {
                "Source": "checkout",
                "DetailType": kind,
                "Detail": json.dumps({"cart_id": cart_id}),
                "EventBusName": BUS,
            }
        ]
    )


@workflow(timeout=86400)
def checkout(cart: dict) -> dict:
    cart_id = cart["id"]
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            "cart_id": {"S": cart_id},
            "email": {"S": cart["email"]},
            "total": {"N": str(cart["total"])},
            "payment_status": {"S": "Pending"},
            "shipping_status": {"S": "Pending"},
        },
    )
    try:
        payment = ask(PAYMENTS, cart)
    except (CallbackFailed, TimeoutError):
        payment = {"status": "PaymentFailed"}
    if payment["status"] == "PaymentFailed":
        mark(cart_id, "payment_status", "Unsuccessful")
        tell("PaymentFailed", cart_id)
        return {"cart": cart_id, "status": "payment failed"}
    mark(cart_id, "payment_status", "Successful")

    try:
        tracking = ask(SHIPPING, cart)["tracking"]
    except CallbackFailed as failure:
        mark(cart_id, "shipping_status", "Unsuccessful")
        tell("ShippingFailed", cart_id)
        return {"cart": cart_id, "status": "shipping failed", "why": failure.error}
    mark(cart_id, "shipping_status", "Successful")
    tell("ShippingSucceeded", cart_id)
    return {"cart": cart_id, "status": "shipped", "tracking": tracking}
