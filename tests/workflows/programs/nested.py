"""Workflows that start workflows: one that is waited for, one that is not."""

import json
import os

import boto3

from pysfnc import task, workflow

sfn = boto3.client("stepfunctions")
AUDIT = os.environ["AUDIT_MACHINE_ARN"]


class BadLine(Exception):
    pass


@task
def price_of(sku: str) -> float:
    if sku.startswith("?"):
        raise BadLine(sku)
    return len(sku) * 1.5


@workflow
def price_order(lines: list[dict]) -> float:
    total = 0.0
    for line in lines:
        total += price_of(line["sku"]) * line["quantity"]
    return total


@workflow
def invoice(order: dict) -> dict:
    try:
        total = price_order(lines=order["lines"])
    except BadLine as error:
        return {"order": order["id"], "problem": f"unknown article {error}"}
    sfn.start_execution(
        stateMachineArn=AUDIT, name=f"audit-{order['id']}", input=json.dumps({"order": order["id"], "total": total})
    )
    return {"order": order["id"], "total": total}
