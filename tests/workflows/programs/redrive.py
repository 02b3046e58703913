"""Moves messages of a dead-letter queue back to their queue, and parks those that came back too often."""

import os
import time

import boto3

from pysfnc import workflow

sqs = boto3.client("sqs")
DLQ = os.environ["DLQ_URL"]
PARKED = os.environ["PARKED_URL"]
MAX_REDRIVES = 3


def target_of(dlq: str) -> str:
    sources = sqs.list_dead_letter_source_queues(QueueUrl=dlq)["queueUrls"]
    if len(sources) != 1:
        raise LookupError(f"{len(sources)} queues use {dlq}")
    return sources[0]


def approximate(url: str) -> int:
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def redrive(message: dict, target: str) -> bool:
    """Whether the message went back to its queue."""
    attributes = message.get("MessageAttributes", {})
    count = int(attributes["redrives"]["StringValue"]) if "redrives" in attributes else 0
    parked = count >= MAX_REDRIVES
    sqs.send_message(
        QueueUrl=PARKED if parked else target,
        MessageBody=message["Body"],
        MessageAttributes={
            **{name: value for name, value in attributes.items() if name != "redrives"},
            "redrives": {"DataType": "Number", "StringValue": str(count + 1)},
        },
    )
    return not parked


@workflow
def drain(limit: int = 100) -> dict:
    target = target_of(DLQ)
    waiting = approximate(DLQ)
    moved = parked = empty = 0
    while moved + parked < min(waiting, limit) and empty < 3:
        received = sqs.receive_message(
            QueueUrl=DLQ, MaxNumberOfMessages=10, WaitTimeSeconds=2, MessageAttributeNames=["All"]
        )
        messages = received.get("Messages")
        if not messages:
            empty += 1
            time.sleep(5)
            continue
        done = []
        for message in messages:
            if redrive(message, target):
                moved += 1
            else:
                parked += 1
            done.append({"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]})
        result = sqs.delete_message_batch(QueueUrl=DLQ, Entries=done)
        if failed := result.get("Failed"):
            ids = ", ".join(f["Id"] for f in failed)
            raise RuntimeError(f"could not delete {ids}: {failed[0].get('Message', 'unknown')}")
    return {
        "moved": moved,
        "parked": parked,
        "left": max(0, waiting - moved - parked),
        "target": target.rsplit("/", 1)[-1],
    }
