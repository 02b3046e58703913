"""Calls functions by name: a validation, a price, and a fire-and-forget audit."""

import json
import os

import boto3

from pysfnc import Retry, with_options, workflow

lam = boto3.client("lambda")
PRICER = os.environ.get("PRICER", "pricing:live")


class FunctionFailed(Exception):
    def __init__(self, function: str, kind: str, message: str):
        super().__init__(f"{function} failed with {kind}: {message}")
        self.kind = kind


invoke = with_options(
    lam.invoke,
    retry=Retry(
        on=(lam.exceptions.TooManyRequestsException, lam.exceptions.ServiceException), interval=2, max_attempts=2
    ),
)


def call(function: str, payload: dict):
    response = invoke(FunctionName=function, InvocationType="RequestResponse", Payload=json.dumps(payload))
    body = json.loads(response["Payload"].read())
    if response.get("FunctionError"):
        raise FunctionFailed(function, body.get("errorType", "Unknown"), body.get("errorMessage", ""))
    return body


def audit(event: str, **data) -> int:
    response = lam.invoke(
        FunctionName="audit", InvocationType="Event", Payload=json.dumps({"event": event, **data}).encode("utf-8")
    )
    return response["StatusCode"]


@workflow
def quote(customer: str, items: list[dict]) -> dict:
    if not items:
        raise ValueError("nothing to price")
    total: int = 0
    lines = []
    for item in items:
        try:
            price = call(PRICER, {"sku": item["sku"], "customer": customer})
        except FunctionFailed as e:
            if e.kind != "UnknownSku":
                audit("failed", customer=customer, why=str(e))
                raise
            lines.append(f"{item['sku']}: unknown")
            continue
        amount: int = price["cents"] * item.get("qty", 1)
        total += amount
        lines.append(f"{item['sku']}: {amount / 100:.2f}")
    status = audit("quoted", customer=customer, total=total)
    return {"total": total, "lines": lines, "audited": status == 202}
