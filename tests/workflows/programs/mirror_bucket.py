"""Copies what is new under a prefix to another bucket, deletes what is gone, page by page."""

from datetime import UTC, datetime, timedelta

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

s3 = boto3.client("s3")
SKIP = ("_tmp/", ".DS_Store")


def list_keys(bucket: str, prefix: str) -> dict[str, dict]:
    found = {}
    paginator = s3.get_paginator("list_objects_v2")
    for page in paginator.paginate(Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": 500}):
        for obj in page.get("Contents", []):
            if obj["Key"].endswith("/") or any(s in obj["Key"] for s in SKIP):
                continue
            found[obj["Key"]] = {"size": obj["Size"], "etag": obj["ETag"].strip('"'), "modified": obj["LastModified"]}
    return found


def delete_all(bucket: str, keys: list[str]) -> list[dict]:
    errors = []
    for start in range(0, len(keys), 1000):
        answer = s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": k} for k in keys[start : start + 1000]], "Quiet": True}
        )
        errors += [{"key": e["Key"], "code": e["Code"]} for e in answer.get("Errors", [])]
    return errors


@workflow
def mirror(source: str, target: str, prefix: str = "", max_age_days: int | None = None, delete: bool = False) -> dict:
    have = list_keys(target, prefix)
    want = list_keys(source, prefix)
    if max_age_days is not None:
        oldest = datetime.now(UTC) - timedelta(days=max_age_days)
        want = {k: v for k, v in want.items() if v["modified"] >= oldest}
    copied, skipped, failed, total = [], 0, {}, 0
    for key, info in sorted(want.items()):
        if key in have and have[key]["etag"] == info["etag"]:
            skipped += 1
            continue
        try:
            result = s3.copy_object(
                Bucket=target,
                Key=key,
                CopySource={"Bucket": source, "Key": key},
                MetadataDirective="COPY",
                TaggingDirective="COPY",
            )
        except s3.exceptions.ObjectNotInActiveTierError:
            failed[key] = "archived"
            continue
        except ClientError as error:
            failed[key] = error.response["Error"]["Message"]
            continue
        total += info["size"]
        copied.append({"key": key, "etag": result["CopyObjectResult"]["ETag"]})
    gone = sorted(have.keys() - want.keys()) if delete else []
    errors = delete_all(target, gone)
    return {
        "copied": copied,
        "skipped": skipped,
        "failed": failed,
        "deleted": len(gone) - len(errors),
        "errors": errors,
        "mb": round(total / 1024**2, 2),
    }
