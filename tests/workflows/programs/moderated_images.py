"""Refuses pictures that show what they should not; otherwise records objects and texts in them."""

import json
import os

import boto3

from pysfnc import parallel, workflow

rekognition = boto3.client("rekognition")
dynamodb = boto3.client("dynamodb")
sns = boto3.client("sns")
TABLE = os.environ["CATALOG_TABLE"]
TOPIC = os.environ["MODERATORS_TOPIC"]


def record(key: str, name: str, value: list) -> None:
    dynamodb.update_item(
        TableName=TABLE,
        Key={"Id": {"S": key}},
        UpdateExpression=f"set {name}=:v",
        ExpressionAttributeValues={":v": {"S": json.dumps(value)}},
    )


@workflow
def catalog(bucket: str, key: str) -> dict:
    image = {"S3Object": {"Bucket": bucket, "Name": key}}
    bad = rekognition.detect_moderation_labels(Image=image)["ModerationLabels"]
    if bad:
        sns.publish(TopicArn=TOPIC, Message=json.dumps({"key": key, "labels": [label["Name"] for label in bad]}))
        return {"key": key, "refused": True}

    def objects() -> int:
        labels = rekognition.detect_labels(Image=image)["Labels"]
        record(key, "detectedObjects", [label["Name"] for label in labels])
        return len(labels)

    def texts() -> int:
        found = rekognition.detect_text(Image=image)["TextDetections"]
        record(key, "detectedText", [text["DetectedText"] for text in found])
        return len(found)

    counts = parallel(objects, texts)
    return {"key": key, "refused": False, "objects": counts[0], "texts": counts[1]}
