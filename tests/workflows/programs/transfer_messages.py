"""Moves messages from a table to a queue, in their order."""

import os

import boto3

from pysfnc import workflow

dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")
TABLE = os.environ["TABLE"]
QUEUE = os.environ["QUEUE_URL"]


@workflow
def transfer(ids: list[str]) -> dict:
    sent, missing = [], []
    for message_id in ids:
        found = dynamodb.get_item(TableName=TABLE, Key={"MessageId": {"S": message_id}})
        if "Item" not in found:
            missing.append(message_id)
            continue
        answer = sqs.send_message(QueueUrl=QUEUE, MessageBody=found["Item"]["Message"]["S"])
        sent.append(answer["MessageId"])
    return {"sent": len(sent), "missing": missing}
