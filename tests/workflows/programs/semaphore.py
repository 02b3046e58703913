"""Lets only so many runs work at a time: a lock with a counter in a table."""

import os
import time

import boto3
from botocore.exceptions import ClientError

from pysfnc import context, task, workflow

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["SEMAPHORE_TABLE"]
LOCK = "ProcessingLock"
LIMIT = 5


@task(timeout=60)
def process(job: dict) -> dict:
    return {"job": job["id"], "size": len(job["items"])}


def acquire(owner: str) -> bool:
    """Whether there was room."""
    try:
        dynamodb.update_item(
            TableName=TABLE,
            Key={"LockName": {"S": LOCK}},
            UpdateExpression="SET currentlockcount = currentlockcount + :one, #owner = :now",
            ConditionExpression="currentlockcount < :limit AND attribute_not_exists(#owner)",
            ExpressionAttributeNames={"#owner": owner},
            ExpressionAttributeValues={":one": {"N": "1"}, ":limit": {"N": str(LIMIT)}, ":now": {"S": owner}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def release(owner: str) -> None:
    dynamodb.update_item(
        TableName=TABLE,
        Key={"LockName": {"S": LOCK}},
        UpdateExpression="SET currentlockcount = currentlockcount - :one REMOVE #owner",
        ExpressionAttributeNames={"#owner": owner},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


@workflow
def limited(job: dict, patience: int = 3) -> dict:
    owner = context.execution.id
    for _ in range(patience):
        if acquire(owner):
            break
        time.sleep(5)
    else:
        return {"job": job["id"], "skipped": True}
    try:
        return process(job)
    finally:
        release(owner)
