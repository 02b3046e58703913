"""Keeps customers and their orders in one table: places, lists and cancels orders."""

import os
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from pysfnc import workflow

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


class NotFound(Exception):
    pass


class Conflict(Exception):
    pass


def place(customer: str, order: dict) -> dict:
    total = sum(Decimal(line["price"]) * line["quantity"] for line in order["lines"])
    item = {
        "pk": f"CUSTOMER#{customer}",
        "sk": f"ORDER#{order['id']}",
        "status": "PLACED",
        "total": total,
        "lines": len(order["lines"]),
    }
    try:
        table.put_item(Item=item, ConditionExpression=Attr("pk").not_exists() & Attr("sk").not_exists())
    except ClientError as e:
        if e.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Conflict(f"order {order['id']} exists") from e
        raise
    return {"id": order["id"], "total": str(total)}


def orders(customer: str, status: str | None) -> list[dict]:
    kwargs = {
        "KeyConditionExpression": Key("pk").eq(f"CUSTOMER#{customer}") & Key("sk").begins_with("ORDER#"),
        "ScanIndexForward": False,
    }
    if status:
        kwargs["FilterExpression"] = Attr("status").eq(status)
    items = []
    while True:
        response = table.query(**kwargs)
        items += response["Items"]
        if "LastEvaluatedKey" not in response:
            return items
        kwargs["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def cancel(customer: str, order_id: str, reason: str) -> dict:
    key = {"pk": f"CUSTOMER#{customer}", "sk": f"ORDER#{order_id}"}
    try:
        response = table.update_item(
            Key=key,
            UpdateExpression="SET #s = :cancelled, reason = :reason ADD version :one",
            ConditionExpression=Attr("pk").exists() & Attr("status").is_in(["PLACED", "PAID"]),
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":cancelled": "CANCELLED", ":reason": reason, ":one": 1},
            ReturnValues="ALL_NEW",
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        found = table.get_item(Key=key, ConsistentRead=True).get("Item")
        if found is None:
            raise NotFound(order_id) from None
        raise Conflict(f"order {order_id} is {found['status'].lower()}") from None
    return {"id": order_id, "version": int(response["Attributes"]["version"])}


@workflow
def handle(
    action: str,
    customer: str,
    order: dict | None = None,
    order_id: str = "",
    status: str | None = None,
    reason: str = "none given",
):
    if action == "place":
        if not order or not order.get("lines"):
            raise ValueError("an order needs lines")
        return place(customer, order)
    if action == "list":
        found = orders(customer, status)
        return [{"id": o["sk"].split("#", 1)[1], "status": o["status"], "total": str(o["total"])} for o in found]
    if action == "cancel":
        return cancel(customer, order_id, reason)
    raise ValueError(f"unknown action {action!r}")
