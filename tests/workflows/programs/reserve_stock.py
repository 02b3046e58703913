"""Reserves stock if there is enough of it; orders more if there is not."""

import json
import os
import uuid

import boto3

from pysfnc import parallel, workflow

dynamodb = boto3.client("dynamodb")
events = boto3.client("events")
sns = boto3.client("sns")
INVENTORY = os.environ["INVENTORY_TABLE"]
RESERVATIONS = os.environ["RESERVATIONS_TABLE"]
BUS = os.environ["EVENT_BUS"]
TOPIC = os.environ["TOPIC"]


def tell(kind: str, detail: dict) -> None:
    events.put_events(
        Entries=[{"Source": "inventory", "DetailType": kind, "EventBusName": BUS, "Detail": json.dumps(detail)}]
    )


@workflow
def reserve_stock(order_id: str, product_id: str, quantity: int) -> dict:
    product = dynamodb.get_item(TableName=INVENTORY, Key={"id": {"S": product_id}}).get("Item")
    if product is None:
        raise KeyError(product_id)
    stock = int(product["stock"]["N"])
    request = {"productId": product_id, "orderId": order_id, "requestedQuantity": quantity}

    if product["status"]["S"] == "IN STOCK" and stock >= quantity:
        reservation = str(uuid.uuid4())
        parallel(
            lambda: dynamodb.update_item(
                TableName=INVENTORY,
                Key={"id": {"S": product_id}},
                UpdateExpression="SET #stock = #stock - :quantity",
                ExpressionAttributeNames={"#stock": "stock"},
                ExpressionAttributeValues={":quantity": {"N": str(quantity)}},
            ),
            lambda: dynamodb.put_item(
                TableName=RESERVATIONS,
                Item={
                    "id": {"S": reservation},
                    "orderId": {"S": order_id},
                    "productId": {"S": product_id},
                    "reservedQuantity": {"N": f"{quantity}"},
                },
            ),
            lambda: tell("stock-reserved", request),
        )
        return {"reserved": quantity, "left": stock - quantity}

    parallel(
        lambda: tell(
            "create-purchase-order", {"productId": product_id, "minPOAmount": int(product["minPOAmount"]["N"])}
        ),
        lambda: tell("stock-unavailable", {**request, "availableQuantity": stock}),
        lambda: sns.publish(
            TopicArn=TOPIC,
            Subject="Stock unavailable",
            Message=f"Stock unavailable for order id {order_id}, product id {product_id}, quantity {quantity}.",
        ),
    )
    return {"reserved": 0, "left": stock}
