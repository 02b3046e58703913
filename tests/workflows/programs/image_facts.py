"""For every picture of a list: its attributes and what it shows, fetched at the same time, written to a table."""

import os
from concurrent.futures import ThreadPoolExecutor

import boto3

from pysfnc import parallel, workflow

s3 = boto3.client("s3")
rekognition = boto3.client("rekognition")
dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]


def describe(picture: dict) -> str:
    bucket, key = picture["Bucket"], picture["Key"]
    attributes, labels = parallel(
        lambda: s3.get_object_attributes(Bucket=bucket, Key=key, ObjectAttributes=["StorageClass", "ObjectSize"])[
            "ObjectSize"
        ],
        lambda: rekognition.detect_labels(Image={"S3Object": {"Bucket": bucket, "Name": key}}, MaxLabels=10)["Labels"],
    )
    names = [label["Name"] for label in labels if label["Confidence"] >= 80]
    dynamodb.put_item(
        TableName=TABLE,
        Item={"id": {"S": key}, "size": {"N": str(attributes)}, "labels": {"L": [{"S": name} for name in names]}},
    )
    return f"{key}: {', '.join(names) or 'nothing'}"


@workflow
def image_facts(pictures: list[dict]) -> list[str]:
    with ThreadPoolExecutor(max_workers=10) as pool:
        return list(pool.map(describe, pictures))
