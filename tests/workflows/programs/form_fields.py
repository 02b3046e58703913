"""Starts document analysis, waits, reads all blocks by page, and pairs keys with values."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import boto3

from pysfnc import workflow

textract = boto3.client("textract")
FEATURES = ["FORMS", "TABLES"]
TOPIC = os.environ.get("TOPIC_ARN")


@dataclass(frozen=True)
class Pair:
    key: str
    value: str
    confidence: float


def blocks_of(job_id: str) -> list[dict]:
    blocks, token = [], None
    while True:
        kwargs = {"JobId": job_id}
        if token:
            kwargs["NextToken"] = token
        page = textract.get_document_analysis(**kwargs)
        blocks.extend(page.get("Blocks", []))
        token = page.get("NextToken")
        if not token:
            return blocks


def text_of(block: dict, by_id: dict[str, dict]) -> str:
    words = []
    for rel in block.get("Relationships", []):
        if rel["Type"] == "CHILD":
            for child in rel["Ids"]:
                word = by_id[child]
                if word["BlockType"] == "WORD":
                    words.append(word["Text"])
                elif word["BlockType"] == "SELECTION_ELEMENT" and word["SelectionStatus"] == "SELECTED":
                    words.append("X")
    return " ".join(words)


def pairs_of(blocks: list[dict]) -> list[Pair]:
    by_id = {b["Id"]: b for b in blocks}
    found = []
    for block in blocks:
        if block["BlockType"] != "KEY_VALUE_SET" or "KEY" not in block.get("EntityTypes", []):
            continue
        value_ids = [i for rel in block.get("Relationships", []) if rel["Type"] == "VALUE" for i in rel["Ids"]]
        value = " ".join(text_of(by_id[i], by_id) for i in value_ids)
        found.append(Pair(text_of(block, by_id).rstrip(": "), value, round(block["Confidence"], 1)))
    return found


@workflow
def analyse(bucket: str, key: str, minimum: float = 80.0) -> dict:
    job_id = textract.start_document_analysis(
        DocumentLocation={"S3Object": {"Bucket": bucket, "Name": key}}, FeatureTypes=FEATURES
    )["JobId"]
    for _ in range(20):
        job = textract.get_document_analysis(JobId=job_id, MaxResults=1)
        if job["JobStatus"] != "IN_PROGRESS":
            break
        time.sleep(15)
    else:
        raise TimeoutError(job_id)
    if job["JobStatus"] == "FAILED":
        raise ValueError(job.get("StatusMessage", "no reason"))
    pairs = pairs_of(blocks_of(job_id))
    sure = {p.key: p.value for p in pairs if p.confidence >= minimum}
    unsure = sorted((p for p in pairs if p.confidence < minimum), key=lambda p: p.confidence)
    return {
        "fields": sure,
        "unsure": [f"{p.key}={p.value} ({p.confidence}%)" for p in unsure],
        "pages": job["DocumentMetadata"]["Pages"],
    }
