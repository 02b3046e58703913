"""What ordinary programs do around clients: arguments that may be None, waiters that differ from way to way, codes kept in variables."""

from typing import Any

import pytest

from tests.boto.harness import judge

NONES = """
    import os
    import boto3
    from botocore.exceptions import BotoCoreError, ParamValidationError
    from pysfnc import workflow

    TOPIC = os.environ.get("TOPIC")
    secrets = boto3.client("secretsmanager")
    sns = boto3.client("sns")

    @workflow
    def move(stages: dict[str, list[str]], limit: int | None = None):
        current = None
        for version, names in stages.items():
            if "AWSCURRENT" in names:
                current = version
        try:
            secrets.list_secrets(MaxResults=limit, NextToken=current)
        except ParamValidationError as e:
            return str(e)
        secrets.update_secret_version_stage(SecretId="a", VersionStage="AWSCURRENT", RemoveFromVersionId=current)
        return "moved"

    @workflow
    def notify(order: list[str]):
        try:
            if len(order) < 5 or TOPIC:
                sns.publish(TopicArn=TOPIC, Message=order[3])
        except IndexError:
            return "order first"
        except BotoCoreError as e:
            return [type(e).__name__, str(e)]
    """


def test_none_is_refused_as_botocore_refuses_it() -> None:
    """Recorded answers would come before botocore looks at the arguments, so that moto answers here, and the attempt counts as a call in Python."""
    current = {"v": ["AWSCURRENT"]}
    for stages, limit, wrong in (({}, None, 2), ({}, 3, 1), (current, None, 1)):
        found = judge(NONES, {"stages": stages, "limit": limit}, workflow="move", calls=False)
        assert found.output.splitlines()[0] == "Parameter validation failed:"
        assert len(found.output.splitlines()) == wrong + 1
    answers = {"secretsmanager.ListSecrets": [{}], "secretsmanager.UpdateSecretVersionStage": [{}]}
    found = judge(NONES, {"stages": current, "limit": 3}, answers=answers, workflow="move")
    assert (found.output, len(found.calls)) == ("moved", 2)


def test_other_arguments_fail_before_none_does() -> None:
    assert judge(NONES, {"order": []}, workflow="notify").output == "order first"
    assert judge(NONES, {"order": list("abcd")}, workflow="notify", calls=False).output[0] == "ParamValidationError"
    answers = {"sns.Publish": [{"MessageId": "m"}]}
    found = judge(NONES, {"order": list("abcde")}, answers=answers, workflow="notify", environment={"TOPIC": "t"})
    assert found.names == ["sns.Publish"]


WAITERS = """
    import boto3
    from botocore.exceptions import ClientError, WaiterError
    from pysfnc import workflow

    cfn = boto3.client("cloudformation")

    @workflow
    def deploy(name: str, exists: bool):
        kwargs = {"StackName": name, "TemplateURL": "https://t"}
        if exists:
            change = cfn.update_stack
            waiter = cfn.get_waiter("stack_update_complete")
        else:
            change = cfn.create_stack
            waiter = cfn.get_waiter("stack_create_complete")
        change(**kwargs)
        try:
            waiter.wait(StackName=name, WaiterConfig={"Delay": 10, "MaxAttempts": 3})
        except WaiterError as e:
            return "failed"
        return "done"
    """


@pytest.mark.parametrize("exists", [True, False])
def test_waiters_and_methods_may_differ_from_way_to_way(exists: bool) -> None:
    kind = "UPDATE" if exists else "CREATE"

    def stack(status: str) -> dict[str, Any]:
        return {"Stacks": [{"StackName": "n", "CreationTime": 1, "StackStatus": status}]}

    for ends, output in (("COMPLETE", "done"), ("FAILED", "failed"), ("IN_PROGRESS", "failed")):
        described = [stack(f"{kind}_IN_PROGRESS"), *[stack(f"{kind}_{ends}")] * 2]
        answers: dict[str, list[Any]] = {
            f"cloudformation.{kind.title()}Stack": [{"StackId": "i"}],
            "cloudformation.DescribeStacks": described,
        }
        assert judge(WAITERS, {"name": "n", "exists": exists}, answers=answers, engines=("jlens",)).output == output
    gone: dict[str, list[Any]] = {
        f"cloudformation.{kind.title()}Stack": [{}],
        "cloudformation.DescribeStacks": ["ValidationError: no stack"],
    }
    assert judge(WAITERS, {"name": "n", "exists": exists}, answers=gone, engines=("jlens",)).output == "failed"
