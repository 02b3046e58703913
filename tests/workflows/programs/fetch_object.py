"""Reads a settings file that may be there only after a while."""

import json

import boto3

from pysfnc import Retry, with_options, workflow

s3 = boto3.client("s3")


@workflow
def settings(bucket: str, key: str = "settings.json") -> dict:
    get = with_options(
        s3.get_object, retry=Retry(on=(s3.exceptions.NoSuchKey,), interval=5, max_attempts=3, backoff=2.0)
    )
    try:
        found = get(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return {"settings": {}, "found": False}
    return {"settings": json.loads(found["Body"].read().decode("utf-8")), "found": True}
