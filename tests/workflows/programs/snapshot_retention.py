"""Deletes snapshots of EBS volumes that are older than their tag allows, and reports what it did."""

import json
import logging
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

logger = logging.getLogger(__name__)

ec2 = boto3.client("ec2")
sns = boto3.client("sns")
TOPIC = os.environ["REPORT_TOPIC"]
DEFAULT_DAYS = int(os.environ.get("RETENTION_DAYS", "30"))


@dataclass
class Report:
    deleted: list[str] = field(default_factory=list)
    in_use: list[str] = field(default_factory=list)
    freed_gib: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.deleted and not self.in_use


def tags_of(resource: dict) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def retention_of(snapshot: dict) -> timedelta:
    days = tags_of(snapshot).get("retention-days")
    return timedelta(days=int(days) if days is not None and days.isdigit() else DEFAULT_DAYS)


def snapshots(owner: str) -> list[dict]:
    found = []
    paginator = ec2.get_paginator("describe_snapshots")
    for page in paginator.paginate(OwnerIds=[owner], Filters=[{"Name": "status", "Values": ["completed"]}]):
        found.extend(page["Snapshots"])
    return found


@workflow
def clean_up(now: datetime, owner: str = "self", keep_latest: int = 1) -> dict:
    by_volume = defaultdict(list)
    for snapshot in snapshots(owner):
        by_volume[snapshot["VolumeId"]].append(snapshot)

    report = Report()
    for volume, history in sorted(by_volume.items()):
        history.sort(key=lambda each: each["StartTime"], reverse=True)
        for snapshot in history[keep_latest:]:
            if now - snapshot["StartTime"] <= retention_of(snapshot):
                continue
            snapshot_id = snapshot["SnapshotId"]
            try:
                ec2.delete_snapshot(SnapshotId=snapshot_id)
            except ClientError as error:
                if "is currently in use" not in error.response["Error"]["Message"]:
                    raise
                logger.info("%s of %s is in use", snapshot_id, volume)
                report.in_use.append(snapshot_id)
            else:
                report.deleted.append(snapshot_id)
                report.freed_gib += snapshot["VolumeSize"]

    if not report.is_empty:
        sns.publish(
            TopicArn=TOPIC,
            Subject=f"{len(report.deleted)} snapshots deleted, {report.freed_gib} GiB",
            Message=json.dumps({"deleted": report.deleted, "inUse": report.in_use}, indent=2),
        )
    return {"deleted": len(report.deleted), "in_use": len(report.in_use), "freed": report.freed_gib}
