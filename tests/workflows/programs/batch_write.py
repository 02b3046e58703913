"""Writes items in batches of 25, and again what the table did not take."""

import os
import time

import boto3

from pysfnc import task, workflow

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]


@task
def items_to_write(source: str) -> list[dict]:
    return [{"id": f"{source}-{n}", "price": n} for n in range(30)]


class TableTooBusy(Exception):
    pass


@workflow
def load(source: str) -> dict:
    items = items_to_write(source)
    requests = [{"PutRequest": {"Item": {"id": {"S": i["id"]}, "price": {"N": str(i["price"])}}}} for i in items]
    batches = 0
    for start in range(0, len(requests), 25):
        left = {TABLE: requests[start : start + 25]}
        for attempt in range(4):
            left = dynamodb.batch_write_item(RequestItems=left)["UnprocessedItems"]
            batches += 1
            if not left:
                break
            time.sleep(2**attempt)
        else:
            raise TableTooBusy(f"{len(left[TABLE])} items were not written")
    return {"items": len(items), "batches": batches}
