"""Handles a message of a contact form: finds out its mood, files it, and calls for help when it is a bad one."""

import json
import os
import uuid

import boto3

from pysfnc import workflow

comprehend = boto3.client("comprehend")
dynamodb = boto3.client("dynamodb")
sns = boto3.client("sns")
TABLE = os.environ["TABLE"]
TOPIC = os.environ["TOPIC"]


@workflow(type="EXPRESS")
def handle(message: str, sender: str | None = None) -> dict:
    found = comprehend.detect_sentiment(LanguageCode="en", Text=message)
    ticket = str(uuid.uuid4())
    mood = found["Sentiment"]
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            "formId": {"S": ticket},
            "formData": {"S": json.dumps({"message": message, "sender": sender})},
            "sentiment": {"S": mood},
        },
    )
    if mood in ("NEGATIVE", "MIXED"):
        score = found["SentimentScore"]["Negative"]
        sns.publish(
            TopicArn=TOPIC,
            Subject="New form submission",
            Message=json.dumps({"message": message, "mood": mood, "negative": score}),
        )
    return {"mood": mood, "escalated": mood in ("NEGATIVE", "MIXED")}
