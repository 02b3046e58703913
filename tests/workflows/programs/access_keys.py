"""Finds access keys of IAM users that are too old: warns first, then switches them off."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import boto3

from pysfnc import workflow

iam = boto3.client("iam")
ses = boto3.client("ses")
SENDER = os.environ["SENDER"]
WARN_AFTER, DISABLE_AFTER = 80, 90


@dataclass(frozen=True)
class Finding:
    user: str
    key: str
    age: int
    last_used: str | None
    action: str


def days_since(moment: datetime, today: datetime) -> int:
    return (today - moment).days


def last_used(key_id: str) -> str | None:
    used = iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]
    return used["LastUsedDate"].strftime("%Y-%m-%d") if "LastUsedDate" in used else None


def check_user(name: str, today: datetime) -> list[Finding]:
    findings = []
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        if key["Status"] != "Active":
            continue
        age = days_since(key["CreateDate"], today)
        if age < WARN_AFTER:
            continue
        key_id = key["AccessKeyId"]
        action = "disabled" if age >= DISABLE_AFTER else "warned"
        if action == "disabled":
            iam.update_access_key(UserName=name, AccessKeyId=key_id, Status="Inactive")
        findings.append(Finding(name, key_id, age, last_used(key_id), action))
    return findings


def mail(findings: list[Finding], to: str) -> None:
    lines = [
        f"{f.user:<12} {f.key[-4:]:>6} {f.age:4d} days, last used {f.last_used or 'never'}: {f.action}"
        for f in findings
    ]
    ses.send_email(
        Source=SENDER,
        Destination={"ToAddresses": [to]},
        Message={
            "Subject": {"Data": f"{len(findings)} old access keys"},
            "Body": {"Text": {"Data": "\n".join(lines), "Charset": "UTF-8"}},
        },
    )


@workflow
def audit(security: str, exempt: list[str] | None = None, at: str = "2030-01-01T00:00:00+00:00") -> dict:
    today = datetime.fromisoformat(at).astimezone(UTC)
    skipped = set(exempt or [])
    users = [
        user["UserName"]
        for page in iam.get_paginator("list_users").paginate(PathPrefix="/people/")
        for user in page["Users"]
        if user["UserName"] not in skipped
    ]
    with ThreadPoolExecutor(max_workers=5) as pool:
        results = list(pool.map(lambda name: check_user(name, today), users))
    findings = sorted((f for found in results for f in found), key=lambda f: (-f.age, f.user))
    if findings:
        mail(findings, security)
    return {"users": len(users), "findings": [asdict(f) for f in findings]}
