"""Creates or updates a CloudFormation stack from a template in S3, follows it, and reports what failed."""

import json
import time

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

cfn = boto3.client("cloudformation")
s3 = boto3.client("s3")

DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


class StackFailed(Exception):
    def __init__(self, status: str, reasons: list[str]):
        self.status = status
        self.reasons = reasons
        super().__init__(f"{status}: {'; '.join(reasons) or 'no reason given'}")


def current_status(name: str) -> str | None:
    try:
        stacks = cfn.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stacks[0]["StackStatus"]


def start(name: str, template_url: str, parameters: dict[str, str]) -> bool:
    request = {
        "StackName": name,
        "TemplateURL": template_url,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in sorted(parameters.items())],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    if current_status(name) is None:
        cfn.create_stack(**request, OnFailure="ROLLBACK")
        return True
    try:
        cfn.update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" in error.response["Error"]["Message"]:
            return False
        raise
    return True


def failures(name: str) -> list[str]:
    reasons = []
    for page in cfn.get_paginator("describe_stack_events").paginate(StackName=name):
        for event in page["StackEvents"]:
            if event.get("ResourceStatus", "").endswith("_FAILED"):
                reasons.append(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '?')}")
    return reasons


@workflow
def deploy(name: str, bucket: str, config_key: str, patience: int = 3) -> dict:
    config = json.loads(s3.get_object(Bucket=bucket, Key=config_key)["Body"].read())
    changed = start(name, f"https://{bucket}.s3.amazonaws.com/{config['template']}", config.get("parameters", {}))
    if not changed:
        return {"stack": name, "changed": False}
    status = None
    for _ in range(patience):
        time.sleep(30)
        status = current_status(name)
        if status is not None and not status.endswith("_IN_PROGRESS"):
            break
    else:
        raise TimeoutError(f"{name} is still {status}")
    if status not in DONE:
        raise StackFailed(status or "GONE", failures(name))
    outputs = cfn.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    return {"stack": name, "changed": True, "outputs": {o["OutputKey"]: o["OutputValue"] for o in outputs}}
