"""Brings archived objects back: asks for the restore of those that need it, and waits until all can be read."""

import time

import boto3

from pysfnc import Retry, with_options, workflow

s3 = boto3.client("s3")
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
head = with_options(s3.head_object, retry=Retry(on=("S3.SdkClientException",), interval=2, max_attempts=3))


class NotThere(Exception):
    pass


def request(bucket: str, key: str, days: int) -> bool:
    """Whether the object has to be waited for."""
    try:
        found = head(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "404":
            raise NotThere(f"{bucket}/{key}") from error
        raise
    if found.get("StorageClass", "STANDARD") not in ARCHIVES or 'ongoing-request="false"' in found.get("Restore", ""):
        return False
    if "Restore" not in found:
        s3.restore_object(
            Bucket=bucket, Key=key, RestoreRequest={"Days": days, "GlacierJobParameters": {"Tier": "Standard"}}
        )
    return True


@workflow
def restore(bucket: str, keys: list[str], days: int = 3) -> list[str]:
    waiting = [key for key in keys if request(bucket, key, days)]
    for key in waiting:
        while 'ongoing-request="true"' in s3.head_object(Bucket=bucket, Key=key).get(
            "Restore", 'ongoing-request="true"'
        ):
            time.sleep(3600)
    return waiting
