"""Writes down the people that an uploaded picture shows. Started by an event of S3."""

import os

import boto3

from pysfnc import workflow

rekognition = boto3.client("rekognition")
dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]


@workflow
def identify(event: dict, /) -> dict:
    bucket = event["detail"]["bucket"]["name"]
    key = event["detail"]["object"]["key"]
    found = rekognition.recognize_celebrities(Image={"S3Object": {"Bucket": bucket, "Name": key}})
    names = []
    for face in found["CelebrityFaces"]:
        if face["MatchConfidence"] <= 90:
            continue
        dynamodb.put_item(
            TableName=TABLE,
            Item={
                "CelebID": {"S": face["Id"]},
                "Name": {"S": face["Name"]},
                "Time": {"S": event["time"]},
                "ObjectLocation": {"S": f"s3://{bucket}/{key}"},
            },
        )
        names.append(face["Name"])
    return {"picture": key, "people": names}
