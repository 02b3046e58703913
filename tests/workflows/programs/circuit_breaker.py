"""Calls a flaky partner behind a circuit breaker that a table remembers: after some failures nobody calls for a while."""

import json
import os
from datetime import UTC, datetime, timedelta

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

table = boto3.resource("dynamodb").Table(os.environ.get("CIRCUIT_TABLE", "circuits"))
partner = boto3.client("lambda")
THRESHOLD = 3
OPEN_FOR = timedelta(minutes=5)


class CircuitOpen(Exception):
    def __init__(self, service: str, until: str):
        super().__init__(f"{service} is not called before {until}")
        self.service = service
        self.until = until


class PartnerFailed(Exception):
    pass


def check(service: str, now: datetime) -> int:
    item = table.get_item(Key={"service": service}, ConsistentRead=True).get("Item")
    if item is None:
        return 0
    until = str(item.get("openUntil") or "")
    if until and datetime.fromisoformat(until) > now:
        raise CircuitOpen(service, until)
    return int(item.get("failures", 0))


def record_failure(service: str, failures: int, now: datetime) -> bool:
    opens = failures + 1 >= THRESHOLD
    table.update_item(
        Key={"service": service},
        UpdateExpression="SET failures = :f, openUntil = :u",
        ExpressionAttributeValues={
            ":f": 0 if opens else failures + 1,
            ":u": (now + OPEN_FOR).isoformat() if opens else None,
        },
    )
    return opens


def call(service: str, payload: dict) -> dict:
    try:
        response = partner.invoke(FunctionName=service, Payload=json.dumps(payload))
    except ClientError as error:
        raise PartnerFailed(error.response["Error"]["Message"]) from error
    body = json.load(response["Payload"])
    if response.get("FunctionError"):
        raise PartnerFailed(body.get("errorMessage", "unknown"))
    return body


@workflow
def guarded(service: str, payload: dict, at: str) -> dict:
    now = datetime.fromisoformat(at).astimezone(UTC)
    try:
        failures = check(service, now)
        answer = call(service, payload)
    except CircuitOpen as refusal:
        return {"status": "open", "until": refusal.until, "reason": str(refusal)}
    except PartnerFailed as failure:
        opened = record_failure(service, failures, now)
        return {"status": "failed", "reason": str(failure), "opened": opened}
    if failures:
        table.delete_item(Key={"service": service})
    return {"status": "ok", "answer": answer}
