"""Deregisters AMIs that nobody uses any more, keeps the newest of each family, and deletes the snapshots behind them."""

import logging
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

logger = logging.getLogger()
logger.setLevel(logging.INFO)

ec2 = boto3.client("ec2")
asg = boto3.client("autoscaling")

RETRYABLE = ("RequestLimitExceeded", "Throttling")
GONE = {"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"}


class Outcome(StrEnum):
    DEREGISTERED = "deregistered"
    IN_USE = "in-use"
    GONE = "gone"


@dataclass
class Image:
    id: str
    name: str
    created: datetime
    snapshots: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, raw: dict) -> "Image":
        return cls(
            id=raw["ImageId"],
            name=raw.get("Name", ""),
            created=datetime.fromisoformat(raw["CreationDate"].replace("Z", "+00:00")),
            snapshots=[
                m["Ebs"]["SnapshotId"]
                for m in raw.get("BlockDeviceMappings", [])
                if "Ebs" in m and "SnapshotId" in m["Ebs"]
            ],
        )

    @property
    def family(self) -> str:
        return self.name.rsplit("-", 1)[0]


def used_images() -> set[str]:
    used = set()
    for page in ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}],
        PaginationConfig={"PageSize": 100},
    ):
        for r in page["Reservations"]:
            used.update(i["ImageId"] for i in r["Instances"])
    configs = asg.get_paginator("describe_launch_configurations").paginate().build_full_result()
    used |= {c["ImageId"] for c in configs["LaunchConfigurations"]}
    return used


def with_backoff(snapshot_id: str, attempts: int = 4) -> bool:
    delay = 1
    for attempt in range(attempts):
        try:
            ec2.delete_snapshot(SnapshotId=snapshot_id)
            return True
        except ClientError as e:
            code = e.response["Error"]["Code"]
            if code == "InvalidSnapshot.NotFound":
                return False
            if code not in RETRYABLE or attempt == attempts - 1:
                raise
            logger.warning("throttled, waiting %s", delay)
            time.sleep(delay)
            delay *= 2
    return False


@workflow
def clean(days: int, keep: int = 2, owner: str = "self", now: str | None = None):
    moment = datetime.fromisoformat(now) if now else datetime.now(UTC)
    cutoff = moment - timedelta(days=days)
    images = [Image.parse(i) for i in ec2.describe_images(Owners=[owner])["Images"]]
    used = used_images()
    families = defaultdict(list)
    for image in images:
        families[image.family].append(image)
    outcomes = {}
    deleted = 0
    for members in families.values():
        members.sort(key=lambda i: i.created, reverse=True)
        for image in members[keep:]:
            if image.created > cutoff:
                continue
            if image.id in used:
                outcomes[image.id] = Outcome.IN_USE
                continue
            try:
                ec2.deregister_image(ImageId=image.id)
            except ClientError as e:
                if e.response["Error"]["Code"] in GONE:
                    outcomes[image.id] = Outcome.GONE
                else:
                    raise
            else:
                outcomes[image.id] = Outcome.DEREGISTERED
            deleted += sum(with_backoff(s) for s in image.snapshots)
    return {"images": len(images), "snapshots": deleted, "outcomes": {k: v.value for k, v in outcomes.items()}}
