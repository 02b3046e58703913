"""Does a payment once only, however often it is asked for: a record in a table remembers how far it came."""

import hashlib
import json
import os
import time

import boto3

from pysfnc import Fail, task, workflow

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]


class PaymentRefused(Exception):
    pass


@task
def pay(order: dict) -> dict:
    if order["amount"] > 1000:
        raise PaymentRefused("too much")
    return {"receipt": f"r-{order['id']}"}


def save(key: str, status: str, result: dict | None = None) -> None:
    dynamodb.update_item(
        TableName=TABLE,
        Key={"id": {"S": key}},
        UpdateExpression="SET #s = :s, #r = :r",
        ExpressionAttributeNames={"#s": "executionstatus", "#r": "executionresult"},
        ExpressionAttributeValues={":s": {"S": status}, ":r": {"S": json.dumps(result)}},
    )


def is_locked(key: str) -> bool:
    try:
        dynamodb.update_item(
            TableName=TABLE,
            Key={"id": {"S": key}},
            UpdateExpression="SET #s = :progress",
            ConditionExpression="attribute_not_exists(#s) OR #s = :failed",
            ExpressionAttributeNames={"#s": "executionstatus"},
            ExpressionAttributeValues={":progress": {"S": "IN_PROGRESS"}, ":failed": {"S": "FAILED"}},
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return True
    return False


@workflow
def pay_once(order: dict) -> dict:
    key = hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()
    while is_locked(key):
        record = dynamodb.get_item(TableName=TABLE, Key={"id": {"S": key}})["Item"]
        status = record["executionstatus"]["S"]
        if status == "SUCCEEDED":
            result: dict = json.loads(record["executionresult"]["S"])
            return {**result, "repeated": True}
        if status == "IN_PROGRESS":
            time.sleep(10)
            continue
        raise Fail("UnknownStatus", status)
    try:
        result = pay(order)
    except PaymentRefused:
        save(key, "FAILED")
        raise
    save(key, "SUCCEEDED", result)
    return {**result, "repeated": False}
