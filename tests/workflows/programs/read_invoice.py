"""Reads an invoice with Textract: starts the analysis, polls, collects pages and pairs keys with values."""

import os
import re
import time
from datetime import datetime

import boto3

from pysfnc import workflow

textract = boto3.client("textract")
comprehend = boto3.client("comprehend")
MAX_WAIT = int(os.environ.get("MAX_WAIT", "60"))


class AnalysisFailed(Exception):
    def __init__(self, job_id, status, message=None):
        self.job_id = job_id
        self.status = status
        super().__init__(f"{job_id}: {status}" + (f" ({message})" if message else ""))


def blocks_of(job_id: str) -> list[dict]:
    waited = 0
    delay = 2
    while (response := textract.get_document_analysis(JobId=job_id, MaxResults=1000))["JobStatus"] == "IN_PROGRESS":
        if waited >= MAX_WAIT:
            raise TimeoutError(f"{job_id} takes longer than {MAX_WAIT} s")
        time.sleep(delay)
        waited += delay
        delay = min(delay * 2, 30)
    if response["JobStatus"] != "SUCCEEDED":
        raise AnalysisFailed(job_id, response["JobStatus"], response.get("StatusMessage"))
    blocks = list(response["Blocks"])
    while token := response.get("NextToken"):
        response = textract.get_document_analysis(JobId=job_id, MaxResults=1000, NextToken=token)
        blocks.extend(response["Blocks"])
    return blocks


def text_of(block: dict, by_id: dict[str, dict]) -> str:
    words = []
    for relation in block.get("Relationships", []):
        if relation["Type"] == "CHILD":
            words += [by_id[i]["Text"] for i in relation["Ids"] if by_id[i]["BlockType"] == "WORD"]
    return " ".join(words)


def fields(blocks: list[dict]) -> dict[str, str]:
    by_id = {b["Id"]: b for b in blocks}
    found: dict[str, str] = {}
    for block in blocks:
        if block["BlockType"] != "KEY_VALUE_SET" or "KEY" not in block.get("EntityTypes", []):
            continue
        key = text_of(block, by_id).rstrip(":").lower()
        values = [i for r in block.get("Relationships", []) if r["Type"] == "VALUE" for i in r["Ids"]]
        found[key] = " ".join(text_of(by_id[i], by_id) for i in values)
    return found


@workflow
def invoice(bucket: str, key: str) -> dict:
    job = textract.start_document_analysis(
        DocumentLocation={"S3Object": {"Bucket": bucket, "Name": key}},
        FeatureTypes=["FORMS"],
        ClientRequestToken=re.sub("[^a-zA-Z0-9-_]", "_", key)[:64],
    )
    found = fields(blocks_of(job["JobId"]))
    total = re.search(r"([0-9]+)[.,]([0-9]{2})", found.get("total", ""))
    cents = int(total.group(1)) * 100 + int(total.group(2)) if total else None
    due = None
    if "due" in found:
        try:
            due = datetime.strptime(found["due"], "%d.%m.%Y").date()
        except ValueError:
            due = None
    language = None
    if found:
        languages = comprehend.detect_dominant_language(Text=" ".join(found)[:5000])["Languages"]
        language = max(languages, key=lambda found: found["Score"])["LanguageCode"] if languages else None
    return {"cents": cents, "due": due.isoformat() if due else None, "language": language, "fields": sorted(found)}
