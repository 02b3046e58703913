"""Asks a person by mail and goes on with the answer, or escalates when none comes."""

import os

import boto3

from pysfnc import CallbackFailed, context, task, wait_for_callback, workflow

sns = boto3.client("sns")
TOPIC = os.environ["APPROVERS_TOPIC"]


@task
def process(request: dict, decision: str) -> str:
    return f"{request['id']} {decision}"


@workflow
def approve(request: dict) -> str:
    def submit(token: str) -> None:
        sns.publish(
            TopicArn=TOPIC,
            Subject=f"Please decide about {request['id']}",
            Message=f"{request['title']}\nrun: {context.execution.name}\ntoken: {token}",
        )

    try:
        answer = wait_for_callback(submit, timeout=86400)
    except TimeoutError:
        return process(request, "nobody decided")
    except CallbackFailed as failure:
        return process(request, f"failed: {failure.cause}")
    if answer.get("approved"):
        return process(request, f"approved by {answer['by']}")
    return process(request, "rejected")
