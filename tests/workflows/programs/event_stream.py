"""Puts events on Firehose in batches of 500 and again those that were refused."""

import json
import logging
import time

import boto3

from pysfnc import workflow

log = logging.getLogger()
firehose = boto3.client("firehose")
MAX_BATCH = 500
MAX_TRIES = 4


def chunks(items, size):
    for start in range(0, len(items), size):
        yield items[start : start + size]


def encode(event: dict) -> bytes:
    return (json.dumps(event, separators=(",", ":"), ensure_ascii=False)).encode()


def put_batch(stream: str, records: list[dict]) -> int:
    tries = 0
    while records and tries < MAX_TRIES:
        response = firehose.put_record_batch(DeliveryStreamName=stream, Records=records)
        if not response["FailedPutCount"]:
            return 0
        records = [
            record
            for record, answer in zip(records, response["RequestResponses"], strict=True)
            if "ErrorCode" in answer
        ]
        log.warning("%d of the records failed", len(records))
        tries += 1
        time.sleep(2**tries)
    return len(records)


@workflow
def publish(stream: str, events: list[dict], size: int = MAX_BATCH) -> dict:
    lost = 0
    batches = 0
    records = [{"Data": encode(e)} for e in events if e.get("type")]
    for batch in chunks(records, size):
        lost += put_batch(stream, batch)
        batches += 1
    return {"sent": len(records) - lost, "lost": lost, "batches": batches}
