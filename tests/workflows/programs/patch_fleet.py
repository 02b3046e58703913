"""Runs a patch command on tagged instances with Systems Manager and looks how each of them ended."""

import os
import time
from collections import Counter

import boto3
from botocore.exceptions import WaiterError

from pysfnc import workflow

ec2 = boto3.client("ec2")
ssm = boto3.client("ssm")
sns = boto3.client("sns")
TOPIC = os.environ["TOPIC"]
PENDING = ("Pending", "InProgress", "Delayed")


def chunks(items: list[str], size: int):
    for i in range(0, len(items), size):
        yield items[i : i + size]


def running_instances(group: str) -> list[str]:
    ids = []
    token = None
    while True:
        kwargs = {
            "Filters": [
                {"Name": "tag:PatchGroup", "Values": [group]},
                {"Name": "instance-state-name", "Values": ["running"]},
            ]
        }
        if token:
            kwargs["NextToken"] = token
        page = ec2.describe_instances(**kwargs)
        for reservation in page["Reservations"]:
            ids += [instance["InstanceId"] for instance in reservation["Instances"]]
        token = page.get("NextToken")
        if not token:
            return ids


def invocation_status(command_id: str, instance_id: str) -> str:
    for _ in range(20):
        try:
            invocation = ssm.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
        except ssm.exceptions.InvocationDoesNotExist:
            time.sleep(2)
            continue
        if invocation["Status"] not in PENDING:
            return invocation["Status"]
        time.sleep(10)
    return "TimedOut"


@workflow
def patch(group: str, batch_size: int = 2, reboot: bool = False) -> dict:
    instances = running_instances(group)
    if not instances:
        return {"group": group, "instances": 0}
    statuses: dict[str, str] = {}
    for batch in chunks(instances, batch_size):
        command = ssm.send_command(
            InstanceIds=batch,
            DocumentName="AWS-RunPatchBaseline",
            Parameters={"Operation": ["Install"], "RebootOption": ["RebootIfNeeded" if reboot else "NoReboot"]},
            TimeoutSeconds=600,
        )["Command"]
        for instance_id in batch:
            statuses[instance_id] = invocation_status(command["CommandId"], instance_id)
        failed = [i for i in batch if statuses[i] != "Success"]
        if len(failed) == len(batch):
            sns.publish(TopicArn=TOPIC, Message=f"patching of {group} stopped at {failed[0]}")
            break
        if reboot:
            try:
                ec2.get_waiter("instance_status_ok").wait(
                    InstanceIds=batch, WaiterConfig={"Delay": 15, "MaxAttempts": 2}
                )
            except WaiterError as e:
                sns.publish(TopicArn=TOPIC, Message=f"{group}: {e}")
                raise
    counts = Counter(statuses.values())
    return {"group": group, "instances": len(instances), "counts": dict(counts.most_common())}
