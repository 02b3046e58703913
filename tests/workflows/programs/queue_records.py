"""Sends records to SQS in batches of ten, tries again what failed, and reports the rest."""

import json
import os
import time
from collections import Counter

import boto3

from pysfnc import workflow

sqs = boto3.client("sqs")
cloudwatch = boto3.client("cloudwatch")
QUEUE_URL = os.environ["QUEUE_URL"]
DLQ_URL = os.environ.get("DLQ_URL")
BATCH = 10


def chunks(items: list, size: int):
    for i in range(0, len(items), size):
        yield items[i : i + size]


def send(entries: list[dict]) -> list[dict]:
    """What could not be sent after three tries, with codes."""
    pending = {entry["Id"]: entry for entry in entries}
    failed: list[dict] = []
    for attempt in range(3):
        response = sqs.send_message_batch(QueueUrl=QUEUE_URL, Entries=list(pending.values()))
        failed = response.get("Failed", [])
        sender_faults = [f for f in failed if f["SenderFault"]]
        if not failed or sender_faults:
            return failed
        pending = {f["Id"]: pending[f["Id"]] for f in failed}
        time.sleep(2**attempt)
    return failed


@workflow
def publish(records: list[dict], source: str) -> dict:
    sent = 0
    codes: Counter = Counter()
    dead: list[str] = []
    for number, chunk in enumerate(chunks(records, BATCH)):
        entries = [
            {
                "Id": f"{number}-{i}",
                "MessageBody": json.dumps(record),
                "MessageGroupId": record.get("customer", "none"),
                "MessageAttributes": {"source": {"StringValue": source, "DataType": "String"}},
            }
            for i, record in enumerate(chunk)
        ]
        failed = send(entries)
        sent += len(entries) - len(failed)
        codes.update(f["Code"] for f in failed)
        by_id = {e["Id"]: e for e in entries}
        for f in failed:
            body = by_id[f["Id"]]["MessageBody"]
            dead.append(f["Id"])
            if DLQ_URL:
                sqs.send_message(QueueUrl=DLQ_URL, MessageBody=body, DelaySeconds=5)
    cloudwatch.put_metric_data(
        Namespace="Publish",
        MetricData=[
            {"MetricName": name, "Value": value, "Unit": "Count", "Dimensions": [{"Name": "source", "Value": source}]}
            for name, value in (("Sent", sent), ("Failed", len(dead)))
        ],
    )
    return {"sent": sent, "failed": dead, "codes": dict(codes.most_common())}
