"""Codes of AWS that no model lists, which their texts tell: those of EC2, of throttling, and whatever else some services refuse."""

import json
from textwrap import dedent
from typing import Any

import pytest

from pysfnc.aws.error_texts import OTHER_CODES, THROTTLES, texts_of
from pysfnc.aws.services import service
from tests.boto.harness import judge
from tests.support.oracle import Rejected, compile_program

EC2 = {
    "DependencyViolation": [
        "resource sg-1 has a dependent object",
        "The vpc 'vpc-1' has dependencies and cannot be deleted.",
        "Network vpc-1 has some mapped public address(es). Please unmap those public address(es) first.",
    ],
    "DryRunOperation": ["Request would have succeeded, but DryRun flag is set."],
    "InvalidAMIID.NotFound": ["The image id '[ami-1]' does not exist", "The image ids '[ami-1, ami-2]' do not exist"],
    "InvalidAMIID.Unavailable": ["The image ID: 'ami-1' is no longer available"],
    "InvalidAllocationID.NotFound": [
        "The allocation ID 'eipalloc-1' does not exist",
        "Allocation ID 'eipalloc-1' not found.",
    ],
    "InvalidGroup.Duplicate": ["The security group 'web' already exists for VPC 'vpc-1'"],
    "InvalidGroup.NotFound": [
        "The security group 'sg-1' does not exist",
        "The security group 'web' does not exist in VPC 'v'",
    ],
    "InvalidInstanceID.NotFound": [
        "The instance ID 'i-1' does not exist",
        "The instance IDs 'i-1, i-2' do not exist",
    ],
    "InvalidInternetGatewayID.NotFound": ["The internetGateway ID 'igw-1' does not exist"],
    "InvalidKeyPair.NotFound": ["The key pair 'k' does not exist"],
    "InvalidNetworkInterfaceID.NotFound": ["The networkInterface ID 'eni-1' does not exist"],
    "InvalidPermission.Duplicate": [
        'the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already exists'
    ],
    "InvalidPermission.NotFound": ["The specified rule does not exist in this security group."],
    "InvalidRouteTableID.NotFound": ["The routeTable ID 'rtb-1' does not exist"],
    "InvalidSnapshot.InUse": ["The snapshot snap-1 is currently in use by ami-1"],
    "InvalidSnapshot.NotFound": ["The snapshot 'snap-1' does not exist."],
    "InvalidSubnetID.NotFound": ["The subnet ID 'subnet-1' does not exist"],
    "InvalidVolume.NotFound": ["The volume 'vol-1' does not exist."],
    "InvalidVpcID.NotFound": ["The vpc ID 'vpc-1' does not exist"],
    "RequestLimitExceeded": ["Request limit exceeded."],
    "UnauthorizedOperation": [
        "You are not authorized to perform this operation. Encoded authorization failure message: AbC"
    ],
    "VolumeInUse": ["Volume vol-1 is currently attached to i-1", "vol-1 is already attached to an instance"],
}
"""Texts as error reports show them."""


def test_each_code_of_ec2_is_told_from_all_others() -> None:
    assert EC2.keys() == texts_of("ec2").keys()
    failures = [(code, text) for code, texts in EC2.items() for text in texts]
    tests = "\n".join(f'                    code == "{code}",' for code in EC2)
    source = f"""
import boto3
from botocore.exceptions import ClientError
from pysfnc import workflow

ec2 = boto3.client("ec2")

@workflow
def run(times: int):
    found = []
    for _ in range(times):
        try:
            ec2.stop_instances(InstanceIds=["i-1"])
        except ClientError as e:
            code = e.response["Error"]["Code"]
            found.append([code, str(e), [
{tests}
            ]])
    return found
"""
    given = {"ec2.StopInstances": [f"{code}: {text}" for code, text in failures]}
    found = judge(source, {"times": len(failures)}, answers=given).output
    assert [code for code, _, _ in found] == [code for code, _ in failures]
    assert all(tests == [code == each for each in EC2] for code, _, tests in found)


def throttling(name: str, call: str) -> str:
    return f"""
import time
import boto3
from botocore.exceptions import ClientError
from pysfnc import workflow

client = boto3.client("{name}")
RETRYABLE = {{"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}}

@workflow
def run(attempts: int = 3):
    for attempt in range(attempts):
        try:
            client.{call}
            return attempt
        except ClientError as e:
            if e.response["Error"]["Code"] not in RETRYABLE or attempt + 1 == attempts:
                return ["gave up", e.response["Error"]["Message"]]
            time.sleep(2**attempt)
"""


CALLS = {
    "ec2": ("describe_volumes()", "DescribeVolumes", "RequestLimitExceeded: Request limit exceeded."),
    "rds": ("describe_db_instances()", "DescribeDBInstances", "Throttling: Rate exceeded"),
    "iam": ('get_user(UserName="u")', "GetUser", "Throttling: Rate exceeded"),
    "ssm": ('get_parameter(Name="p")', "GetParameter", "ThrottlingException: Rate exceeded"),
    "ecs": ("list_clusters()", "ListClusters", "ThrottlingException: Rate exceeded"),
    "eks": ('describe_cluster(name="c")', "DescribeCluster", "ThrottlingException: Rate exceeded"),
    "lambda": ('get_function(FunctionName="f")', "GetFunction", "TooManyRequestsException: Rate exceeded"),
    "cloudfront": ('get_distribution(Id="d")', "GetDistribution", "Throttling: Rate exceeded"),
    "s3": ('get_object(Bucket="b", Key="k")', "GetObject", "SlowDown: Please reduce your request rate."),
}


@pytest.mark.parametrize("name", CALLS)
def test_throttling_is_tried_again_and_nothing_else_is(name: str) -> None:
    call, operation, throttled = CALLS[name]
    source = throttling(name, call)
    key = f"{name}.{operation}"
    assert judge(source, answers={key: [throttled, throttled, {}]}, engines=("jlens",)).output == 2
    for last in (throttled, "Other: nothing to be done"):
        failed = judge(source, {"attempts": 2}, answers={key: [throttled, last]}, engines=("jlens",))
        assert failed.output == ["gave up", last.partition(": ")[2]]
    once = judge(source, answers={key: ["Other: nothing to be done"]}, engines=("jlens",))
    assert (once.output, len(once.calls)) == (["gave up", "nothing to be done"], 1)


def test_a_service_has_one_code_for_throttling_that_no_model_lists() -> None:
    for name in CALLS:
        listed = {error.code for error in service(name).errors.values()}
        assert len(set(texts_of(name)) & THROTTLES) == 1 or listed & THROTTLES


STACKS = """
import boto3
from botocore.exceptions import ClientError, WaiterError
from pysfnc import workflow

cfn = boto3.client("cloudformation")
CONFIG = {"Delay": 1, "MaxAttempts": 2}

@workflow
def status(name: str):
    try:
        return cfn.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError as e:
        match e.response["Error"]["Code"]:
            case "ValidationError" if "does not exist" in str(e):
                return "none"
            case "ValidationError":
                return "invalid"
            case "Throttling":
                return "throttled"
            case _:
                raise

@workflow
def wait(name: str, exists: bool, gone: bool = False):
    try:
        cfn.get_waiter("stack_update_complete" if exists else "stack_create_complete").wait(
            StackName=name, WaiterConfig=CONFIG
        )
        if gone:
            cfn.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=CONFIG)
    except WaiterError as e:
        return str(e)
"""
GONE = "ValidationError: Stack with id s does not exist"


def stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackStatus": status}]}


@pytest.mark.parametrize(
    ("answer", "output"),
    [
        (GONE, "none"),
        ("ValidationError: 1 validation error detected: Value 'S' failed to satisfy constraint", "invalid"),
        ("Throttling: Rate exceeded", "throttled"),
        ({"Stacks": [{"StackStatus": "CREATE_COMPLETE"}]}, "CREATE_COMPLETE"),
    ],
)
def test_the_code_of_what_a_service_refuses(answer: Any, output: str) -> None:
    given = {"cloudformation.DescribeStacks": [answer]}
    assert judge(STACKS, {"name": "s"}, answers=given, workflow="status").output == output


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize(
    "answers",
    [
        [stack("UPDATE_COMPLETE")],
        [stack("CREATE_COMPLETE")] * 2,
        [GONE],
        ["Throttling: Rate exceeded"],
        [stack("UPDATE_ROLLBACK_COMPLETE"), stack("UPDATE_IN_PROGRESS")],
    ],
)
def test_one_of_two_waiters(exists: bool, answers: list[Any]) -> None:
    given = {"cloudformation.DescribeStacks": answers + answers[-1:] * 2}
    judge(STACKS, {"name": "s", "exists": exists}, answers=given, workflow="wait", engines=("jlens",))


@pytest.mark.parametrize(
    ("answers", "output"),
    [
        ([stack("DELETE_IN_PROGRESS"), GONE], None),
        ([stack("DELETE_COMPLETE")], None),
        (
            ["Throttling: Rate exceeded"],
            "Waiter StackDeleteComplete failed: An error occurred (Throttling): Rate exceeded",
        ),
    ],
)
def test_a_waiter_for_a_code_that_is_told(answers: list[Any], output: str | None) -> None:
    given = {"cloudformation.DescribeStacks": [stack("CREATE_COMPLETE"), *answers]}
    found = judge(STACKS, {"name": "s", "exists": False, "gone": True}, answers=given, workflow="wait")
    assert found.output == output


def test_a_definition_has_the_texts_of_what_it_asks_for_alone() -> None:
    source = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    ec2 = boto3.client("ec2")

    @workflow
    def run(volume: str):
        try:
            ec2.delete_volume(VolumeId=volume)
        except ClientError as e:
            if e.response["Error"]["Code"] == "VolumeInUse":
                return "in use"
            return "other"
    """
    machine = json.dumps(compile_program(dedent(source)).workflow("run").definition)
    assert "currently attached" in machine and "does not exist" not in machine


def test_a_code_with_texts_of_all_kinds_is_refused() -> None:
    source = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    ec2 = boto3.client("ec2")

    @workflow
    def run(volume: str):
        try:
            ec2.delete_volume(VolumeId=volume)
        except ClientError as e:
            return e.response["Error"]["Code"] in ("VolumeInUse", "IncorrectState")
    """
    with pytest.raises(Rejected, match="has the code `IncorrectState`"):
        judge(source, {"volume": "v"})


def test_what_else_is_refused_is_told_by_the_status() -> None:
    assert set(OTHER_CODES) == {"autoscaling", "cloudformation"}
    source = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    autoscaling = boto3.client("autoscaling")

    @workflow
    def run(group: str):
        try:
            autoscaling.delete_auto_scaling_group(AutoScalingGroupName=group)
        except autoscaling.exceptions.ResourceInUseFault as e:
            return e.response["Error"]["Code"]
        except ClientError as e:
            return e.response["Error"]["Code"] == "ValidationError"
    """
    for failure, output in (
        ("ValidationError: AutoScalingGroup name not found", True),
        ("ResourceInUse: x", "ResourceInUse"),
        ("Throttling: Rate exceeded", False),
    ):
        given = {"autoscaling.DeleteAutoScalingGroup": [failure]}
        assert judge(source, {"group": "g"}, answers=given, engines=("jlens",)).output == output
