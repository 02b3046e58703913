"""Transcribes a recording without the words of a filter, and stores the bare text."""

import json
import os
import time

import boto3

from pysfnc import workflow

transcribe = boto3.client("transcribe")
s3 = boto3.client("s3")
BUCKET = os.environ["RESULTS_BUCKET"]
FILTER = "badWordFilter"


class TranscriptionFailed(Exception):
    pass


def make_filter(words: list[str]) -> None:
    try:
        transcribe.create_vocabulary_filter(VocabularyFilterName=FILTER, LanguageCode="en-US", Words=words)
    except transcribe.exceptions.ConflictException:
        transcribe.update_vocabulary_filter(VocabularyFilterName=FILTER, Words=words)


@workflow
def transcript(bucket: str, key: str, words: list[str]) -> str:
    make_filter(words)
    name = key.replace("/", "-")
    transcribe.start_transcription_job(
        TranscriptionJobName=name,
        LanguageCode="en-US",
        Media={"MediaFileUri": f"s3://{bucket}/{key}"},
        OutputBucketName=BUCKET,
        OutputKey="temp.json",
        Settings={"VocabularyFilterName": FILTER, "VocabularyFilterMethod": "mask"},
    )
    while True:
        time.sleep(20)
        job = transcribe.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
        match job["TranscriptionJobStatus"]:
            case "COMPLETED":
                break
            case "FAILED":
                raise TranscriptionFailed(job["FailureReason"])
    result = json.loads(s3.get_object(Bucket=BUCKET, Key="temp.json")["Body"].read())
    return result["results"]["transcripts"][0]["transcript"]
