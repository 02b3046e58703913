"""Routes domain events of EventBridge to handlers that are registered with a priority."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial, reduce
from typing import Any, TypedDict

import boto3

from pysfnc import workflow

sqs = boto3.client("sqs")
sns = boto3.client("sns")
ssm = boto3.client("ssm")
TOPIC = os.environ.get("TOPIC", "arn:aws:sns:us-east-1:123456789012:alerts")


class Event(TypedDict):
    id: str
    source: str
    detail: dict[str, Any]


class Unroutable(Exception):
    def __init__(self, kind: str, known: list[str]) -> None:
        self.kind = kind
        self.known = known
        super().__init__(f"no handler for {kind}; known: {', '.join(known)}")


def queue_url(name: str) -> str:
    return sqs.get_queue_url(QueueName=name)["QueueUrl"]


def enqueue(queue: str, detail: dict, *, group: str = "default") -> str:
    body = json.dumps({"group": group, **detail}, sort_keys=True)
    sqs.send_message(QueueUrl=queue_url(queue), MessageBody=body)
    return f"{queue}:{group}"


def alert(detail: dict, level: str = "info") -> str:
    sns.publish(TopicArn=TOPIC, Message=f"[{level.upper():<8}] {detail.get('title', 'untitled')}", Subject=level)
    return level


def nothing(detail: dict) -> str:
    return "ignored"


HANDLERS: dict[str, tuple[Callable[[dict], str], int]] = {
    "order.placed": (partial(enqueue, "orders"), 10),
    "order.cancelled": (partial(enqueue, "orders", group="cancel"), 5),
    "stock.low": (partial(alert, level="warning"), 1),
    "ping": (nothing, 99),
}


def priority(event: dict) -> int:
    return HANDLERS.get(event["detail-type"], (None, 100))[1]


@workflow
def dispatch(events: list[dict], strict: bool = False) -> dict:
    results: dict[str, list[str]] = defaultdict(list)
    for event in sorted(events, key=priority):
        kind = event["detail-type"]
        if kind not in HANDLERS:
            if strict:
                raise Unroutable(kind, sorted(HANDLERS))
            continue
        handler, prio = HANDLERS[kind]
        results[f"{prio:03d}"].append(handler(event["detail"]))
    counts = Counter(e["detail-type"] for e in events)
    total = reduce(lambda acc, n: acc + n, counts.values(), 0)
    return {"results": dict(results), "top": counts.most_common(2), "total": total}
