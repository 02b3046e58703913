"""Tags the objects of a bucket by rules of their names, and leaves those alone that are tagged already."""

import fnmatch
import os

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

s3 = boto3.client("s3")
BUCKET = os.environ["BUCKET"]

RULES = [
    ("*.log", {"class": "log", "retention": "30"}),
    ("invoices/*", {"class": "finance", "retention": "3650"}),
    ("*.tmp", {"class": "scratch", "retention": "1"}),
]


def tags_for(key: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for pattern, values in RULES:
        if fnmatch.fnmatch(key, pattern):
            tags.update(values)
    return tags


def current_tags(key: str) -> dict[str, str]:
    response = s3.get_object_tagging(Bucket=BUCKET, Key=key)
    return {tag["Key"]: tag["Value"] for tag in response["TagSet"]}


def apply_rules(key: str) -> str:
    wanted = tags_for(key)
    if not wanted:
        return "no rule"
    current = current_tags(key)
    missing = {k: v for k, v in wanted.items() if current.get(k) != v}
    if not missing:
        return "up to date"
    merged = {**current, **missing}
    if len(merged) > 10:
        raise ValueError(f"{key} would have {len(merged)} tags")
    s3.put_object_tagging(
        Bucket=BUCKET,
        Key=key,
        Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in sorted(merged.items())]},
    )
    return "tagged"


@workflow
def tag_bucket(prefix: str = "") -> dict:
    counts: dict[str, int] = {}
    problems: list[dict] = []
    paginator = s3.get_paginator("list_objects_v2")
    for page in paginator.paginate(Bucket=BUCKET, Prefix=prefix):
        for obj in page.get("Contents", []):
            key = obj["Key"]
            if key.endswith("/") and obj["Size"] == 0:
                continue
            try:
                result = apply_rules(key)
            except s3.exceptions.NoSuchKey:
                result = "gone"
            except ClientError as err:
                problems.append({"key": key, "code": err.response["Error"]["Code"]})
                result = "failed"
            except ValueError as err:
                problems.append({"key": key, "code": str(err)})
                result = "failed"
            counts[result] = counts.get(result, 0) + 1
    return {"counts": counts, "problems": problems}
