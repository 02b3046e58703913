"""Runs a batch job in the night and tells how it went."""

import os

import boto3

from pysfnc import JobFailed, run_job, workflow

batch = boto3.client("batch")
sns = boto3.client("sns")
QUEUE = os.environ["JOB_QUEUE"]
DEFINITION = os.environ["JOB_DEFINITION"]
TOPIC = os.environ["TOPIC"]


@workflow
def nightly(day: str) -> str:
    try:
        job = run_job(batch.submit_job)(
            jobName=f"nightly-{day}",
            jobQueue=QUEUE,
            jobDefinition=DEFINITION,
            parameters={"day": day},
            retryStrategy={"attempts": 2},
        )
    except JobFailed:
        sns.publish(TopicArn=TOPIC, Message=f"The job of {day} failed")
        return "failed"
    sns.publish(TopicArn=TOPIC, Message=f"The job of {day} succeeded")
    return job["status"]
