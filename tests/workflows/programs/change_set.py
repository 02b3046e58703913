"""Creates or updates a stack with a change set, and reads its outputs."""

import json

import boto3
from botocore.exceptions import ClientError, WaiterError

from pysfnc import workflow

cfn = boto3.client("cloudformation")


class NoChanges(Exception):
    pass


class StackFailed(Exception):
    def __init__(self, stack, status, reasons):
        self.stack = stack
        self.status = status
        self.reasons = reasons
        super().__init__(f"{stack} is {status}: " + "; ".join(reasons))


def template(bucket_name, versioned):
    resources = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket_name}}}
    if versioned:
        resources["Bucket"]["Properties"]["VersioningConfiguration"] = {"Status": "Enabled"}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def find_stack(name):
    try:
        stacks = cfn.describe_stacks(StackName=name)["Stacks"]
    except ClientError as e:
        if "does not exist" in e.response["Error"]["Message"]:
            return None
        raise
    return stacks[0]


def failure_reasons(name):
    return [
        f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}"
        for page in cfn.get_paginator("describe_stack_events").paginate(StackName=name)
        for e in page["StackEvents"]
        if e["ResourceStatus"].endswith("_FAILED") and "ResourceStatusReason" in e
    ]


@workflow
def deploy(name: str, bucket: str, versioned: bool = False, parameters: dict[str, str] | None = None):
    stack = find_stack(name)
    exists = stack is not None and stack["StackStatus"] != "REVIEW_IN_PROGRESS"
    if exists and stack["StackStatus"] == "ROLLBACK_COMPLETE":
        cfn.delete_stack(StackName=name)
        cfn.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 5, "MaxAttempts": 3})
        exists = False
    change_set = f"{name}-change"
    cfn.create_change_set(
        StackName=name,
        ChangeSetName=change_set,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateBody=json.dumps(template(bucket, versioned)),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in (parameters or {}).items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    try:
        cfn.get_waiter("change_set_create_complete").wait(
            StackName=name, ChangeSetName=change_set, WaiterConfig={"Delay": 2, "MaxAttempts": 5}
        )
    except WaiterError as e:
        reason = cfn.describe_change_set(StackName=name, ChangeSetName=change_set).get("StatusReason", "")
        cfn.delete_change_set(StackName=name, ChangeSetName=change_set)
        if "didn't contain changes" in reason or "No updates are to be performed" in reason:
            return {"changed": False, "outputs": {}}
        raise StackFailed(name, "CHANGE_SET", [reason]) from e
    cfn.execute_change_set(StackName=name, ChangeSetName=change_set)
    waiter = cfn.get_waiter("stack_update_complete" if exists else "stack_create_complete")
    try:
        waiter.wait(StackName=name, WaiterConfig={"Delay": 10, "MaxAttempts": 4})
    except WaiterError as e:
        current = find_stack(name)
        raise StackFailed(name, current["StackStatus"] if current else "GONE", failure_reasons(name)) from e
    outputs = {
        o["OutputKey"]: o["OutputValue"] for o in cfn.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    }
    return {"changed": True, "outputs": outputs}
