"""Delivers an event to a webhook of a customer and keeps what cannot be delivered."""

import json
import os

import boto3

from pysfnc import HTTPError, Retry, http, with_options, workflow

sqs = boto3.client("sqs")
CONNECTION = os.environ["CONNECTION_ARN"]
QUEUE = os.environ["UNDELIVERED_QUEUE"]
post = with_options(
    http.post, retry=Retry(on=("States.Http.StatusCode.429", "States.Http.StatusCode.503"), interval=2, max_attempts=2)
)


@workflow
def deliver(url: str, event: dict) -> dict:
    try:
        response = post(url, json=event, headers={"X-Event": str(event["type"])}, connection=CONNECTION)
    except HTTPError as error:
        sqs.send_message(QueueUrl=QUEUE, MessageBody=json.dumps(event))
        return {"delivered": False, "status": error.status_code}
    return {"delivered": True, "status": response.status_code, "receipt": response.json().get("id")}
