"""Makes speech of an uploaded text file."""

import os
import time

import boto3

from pysfnc import Fail, workflow

s3 = boto3.client("s3")
polly = boto3.client("polly")
BUCKET = os.environ["AUDIO_BUCKET"]


@workflow
def speak(event: dict, /) -> str:
    detail = event["detail"]
    text = s3.get_object(Bucket=detail["bucket"]["name"], Key=detail["object"]["key"])["Body"].read().decode()
    job = polly.start_speech_synthesis_task(
        OutputFormat="mp3",
        OutputS3BucketName=BUCKET,
        OutputS3KeyPrefix="audio",
        Text=text,
        TextType="text",
        VoiceId="Amy",
    )["SynthesisTask"]
    while job["TaskStatus"] not in ("completed", "failed"):
        time.sleep(5)
        job = polly.get_speech_synthesis_task(TaskId=job["TaskId"])["SynthesisTask"]
    if job["TaskStatus"] == "failed":
        raise Fail("SpeechFailed", job.get("TaskStatusReason", "no reason given"))
    return job["OutputUri"]
