"""A request to delete somebody's data: every system that holds some, at the same time, then a certificate."""

import asyncio
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

from pysfnc import workflow

resource = boto3.resource("dynamodb")
orders = resource.Table("orders")
cognito = boto3.client("cognito-idp")
s3 = boto3.client("s3")
POOL = "eu-west-1_abc"
BUCKET = "exports"


class ErasureError(Exception):
    def __init__(self, system: str, reason: str, *, retryable: bool = False):
        super().__init__(f"{system}: {reason}")
        self.system = system
        self.reason = reason
        self.retryable = retryable


@dataclass
class Report:
    system: str
    removed: int
    note: str | None = None


@contextmanager
def system(name: str):
    try:
        yield
    except ClientError as e:
        code = e.response["Error"]["Code"]
        raise ErasureError(name, code, retryable="Throttl" in code) from e


async def erase_orders(user: str) -> Report:
    removed = 0
    with system("orders"):
        kwargs = {"KeyConditionExpression": Key("pk").eq(user), "ProjectionExpression": "pk, sk"}
        while True:
            page = orders.query(**kwargs)
            with orders.batch_writer() as batch:
                for item in page["Items"]:
                    batch.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
                    removed += 1
            if not (last := page.get("LastEvaluatedKey")):
                break
            kwargs["ExclusiveStartKey"] = last
    return Report("orders", removed)


async def erase_account(user: str) -> Report:
    try:
        cognito.admin_delete_user(UserPoolId=POOL, Username=user)
    except cognito.exceptions.UserNotFoundException:
        return Report("account", 0, "was not there")
    except ClientError as e:
        raise ErasureError("account", e.response["Error"]["Message"]) from e
    return Report("account", 1)


async def erase_exports(user: str) -> Report:
    with system("exports"):
        found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{user}/")
        keys = [{"Key": o["Key"]} for o in found.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys, "Quiet": True})
    return Report("exports", len(keys), note=None if keys else "empty")


@workflow
async def forget(user: str, requested_by: str = "self") -> dict:
    results = await asyncio.gather(erase_orders(user), erase_account(user), erase_exports(user), return_exceptions=True)
    reports = [r for r in results if not isinstance(r, BaseException)]
    failures = [r for r in results if isinstance(r, ErasureError)]
    if other := [r for r in results if isinstance(r, BaseException) and not isinstance(r, ErasureError)]:
        raise other[0]
    if failures and all(f.retryable for f in failures):
        return {"status": "RETRY", "systems": sorted(f.system for f in failures)}
    if failures:
        raise ErasureError("+".join(f.system for f in failures), "; ".join(f"{f.reason}" for f in failures))
    digest = hashlib.sha256(json.dumps({"user": user, "by": requested_by}, sort_keys=True).encode()).hexdigest()
    removed = {r.system: r.removed for r in reports}
    notes = [f"{r.system} {r.note}" for r in reports if r.note]
    return {"status": "DONE", "removed": removed, "notes": notes, "certificate": digest[:12]}
