"""Marks the objects of a prefix that are too old, one child run each; a few may fail."""

import os

import boto3

from pysfnc import distributed_map, s3_objects, workflow

s3 = boto3.client("s3")
BUCKET = os.environ["BUCKET"]


@workflow
def tag_large(prefix: str, limit: int) -> dict:
    def check(item: dict) -> bool:
        if item["Size"] < limit:
            return False
        s3.put_object_tagging(Bucket=BUCKET, Key=item["Key"], Tagging={"TagSet": [{"Key": "size", "Value": "large"}]})
        return True

    results = distributed_map(
        check, s3_objects(BUCKET, prefix), type="EXPRESS", tolerated_failure_percentage=10, max_concurrency=100
    )
    return {"objects": len(results), "tagged": len([r for r in results if r is True])}
