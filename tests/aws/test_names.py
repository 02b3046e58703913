"""Names of services, operations, members and errors, against what is known of AWS."""

import json
from pathlib import Path
from typing import Any, Final

import botocore
import pytest

from pysfnc.aws import (
    UnknownOperation,
    UnknownService,
    actions_of,
    java_member,
    method_name,
    optimised_for,
    optimised_named,
    service,
    service_names,
    service_of_asl,
)
from pysfnc.aws.optimised import _ALL

RECORDED: Final = Path(__file__).parent / "data" / "recorded_calls.json"


def test_services_are_those_of_boto3() -> None:
    import boto3

    assert list(service_names()) == boto3.session.Session().get_available_services()


def test_method_names_are_those_of_botocore() -> None:
    for name in ("dynamodb", "ec2", "iam", "mturk", "storagegateway", "waf", "s3", "rds", "socialmessaging"):
        for operation in service(name).model["operations"]:
            assert method_name(operation) == botocore.xform_name(operation)


@pytest.mark.parametrize(
    ("boto", "asl"),
    [
        # the JSON of the API, raised
        ("jobName", "JobName"),
        ("awsvpcConfiguration", "AwsvpcConfiguration"),
        # recorded answers
        ("ETag", "ETag"),
        ("ChecksumCRC32", "ChecksumCRC32"),
        ("ContentLength", "ContentLength"),
        # reported by users of AWS
        ("DBInstances", "DbInstances"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("BOOL", "Bool"),
        ("cause", "Cause"),
        # the rule of the Java SDK
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("MD5OfMessageBody", "Md5OfMessageBody"),
        ("MultiAZ", "MultiAZ"),
        ("ACL", "Acl"),
        ("equals", "EqualsValue"),
        ("Return", "ReturnValue"),
        ("S", "S"),
        ("NS", "Ns"),
        ("x", "X"),
    ],
)
def test_members(boto: str, asl: str) -> None:
    assert java_member(boto) == asl


def test_members_that_the_java_sdk_was_told_to_name_otherwise() -> None:
    attribute = service("dynamodb").shape("AttributeValue")
    assert [member.asl_name("sdk") for member in attribute.members.values()] == [
        "S", "N", "B", "Ss", "Ns", "Bs", "M", "L", "Nul", "Bool",
    ]  # fmt: skip
    assert [member.asl_name("api") for member in attribute.members.values()] == list(attribute.members)
    dry_run = service("ec2").operation("start_instances").input
    assert dry_run is not None
    assert dry_run.members["DryRun"].asl_name("sdk") is None


@pytest.mark.parametrize(
    ("boto", "asl", "prefix"),
    [
        ("stepfunctions", "sfn", "Sfn"),
        ("events", "eventbridge", "EventBridge"),
        ("logs", "cloudwatchlogs", "CloudWatchLogs"),
        ("dynamodb", "dynamodb", "DynamoDb"),
        ("s3", "s3", "S3"),
        ("secretsmanager", "secretsmanager", "SecretsManager"),
        ("config", "config", "Config"),
        ("cognito-idp", "cognitoidentityprovider", "CognitoIdentityProvider"),
        ("wafv2", "wafv2", "Wafv2"),
        ("ce", "costexplorer", "CostExplorer"),
        ("iotwireless", "iotwireless", "IotWireless"),
        ("iotsitewise", "iotsitewise", "IoTSiteWise"),
        ("codestar-notifications", "codestarnotifications", "CodestarNotifications"),
        ("memorydb", "memorydb", "MemoryDB"),
    ],
)
def test_names_of_services(boto: str, asl: str, prefix: str) -> None:
    assert (service(boto).asl_name, service(boto).error_prefix) == (asl, prefix)
    assert service_of_asl(asl).name == boto


def test_every_service_is_found_by_its_name_in_an_arn() -> None:
    by_name: dict[str, list[str]] = {}
    for name in service_names():
        by_name.setdefault(service(name).asl_name, []).append(name)
    # Two clients of boto3 talk to the same service.
    assert {name: both for name, both in by_name.items() if len(both) > 1} == {
        "pinpointsmsvoice": ["pinpoint-sms-voice", "sms-voice"]
    }
    assert all(service_of_asl(name).name in both for name, both in by_name.items())


def test_errors() -> None:
    assert service("rds").errors["DBInstanceNotFoundFault"].asl_name == "Rds.DbInstanceNotFoundException"
    assert service("rds").errors["DBInstanceNotFoundFault"].code == "DBInstanceNotFound"
    assert service("s3").asl_error("NoSuchKey") == "S3.NoSuchKeyException"
    assert service("stepfunctions").asl_error("InvalidToken") == "Sfn.InvalidTokenException"
    assert service("secretsmanager").asl_error("ValidationException") == "SecretsManager.SecretsManagerException"
    sns = optimised_named("sns", "publish")
    assert sns is not None
    assert sns.asl_error("NotFound") == "SNS.NotFoundException"
    assert sns.asl_error("InvalidParameter") == "SNS.InvalidParameterException"
    dynamodb = optimised_named("dynamodb", "putItem")
    assert dynamodb is not None
    assert dynamodb.asl_error("ConditionalCheckFailedException") == "DynamoDB.ConditionalCheckFailedException"
    assert dynamodb.asl_error("ValidationException") == "DynamoDB.AmazonDynamoDBException"


def test_recorded_calls_use_known_names() -> None:
    calls = [call for call in json.loads(RECORDED.read_text()) if "return" in call]
    for call in calls:
        *prefix, name, action = call["resource"].partition(".")[0].split(":")
        if name == "apigateway":
            continue
        if prefix:
            operation, naming = service_of_asl(name).of_action(action), "sdk"
        else:
            entry = optimised_named(name, action)
            assert entry is not None
            operation, naming = entry.operation, "api"
            assert not entry.parameters or set(entry.parameters) >= call["parameters"].keys()
        assert operation.input is not None
        assert operation.input.by_asl_name(naming).keys() >= call["parameters"].keys()
        answer = (call.get("submitted") or call["return"]).keys() - {"SdkHttpMetadata", "SdkResponseMetadata"}
        assert not answer or operation.output is not None
        if operation.output is not None and "submitted" not in call:
            assert operation.output.by_asl_name(naming).keys() >= answer
    assert len(calls) > 30


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(UnknownService, match="a service `dynamodb` exists"):
        service("dynamdb")
    with pytest.raises(UnknownOperation, match="it has `put_item`"):
        service("dynamodb").operation("put_itm")
    with pytest.raises(UnknownService):
        service("../dynamodb")


def test_what_cannot_be_called() -> None:
    assert service("sts").operation("assume_role").refusal
    assert service("bedrock-runtime").operation("converse_stream").refusal
    assert service("kinesis").operation("subscribe_to_shard").refusal
    assert service("s3").operation("get_object").refusal is None


def test_iam_actions() -> None:
    assert actions_of(service("dynamodb").operation("get_item")) == ("dynamodb:GetItem",)
    assert actions_of(service("stepfunctions").operation("start_execution")) == ("states:StartExecution",)
    assert actions_of(service("s3").operation("head_object")) == ("s3:GetObject",)
    assert actions_of(service("lambda").operation("invoke")) == ("lambda:InvokeFunction",)
    assert actions_of(service("logs").operation("put_log_events")) == ("logs:PutLogEvents",)
    assert actions_of(service("cloudwatch").operation("put_metric_data")) == ("cloudwatch:PutMetricData",)


@pytest.mark.parametrize("entry", _ALL, ids=lambda entry: f"{entry.name}:{entry.action}")
def test_rows_of_optimised_integrations_name_what_exists(entry: Any) -> None:
    if not entry.service:
        return
    operation = entry.operation
    assert operation.input is not None
    known = operation.input.by_asl_name("api")
    assert set(entry.parameters) <= known.keys()
    assert ("sync" in entry.patterns) == (entry.job is not None)
    if entry.job is not None:
        described = service(entry.service).operation(entry.job.describe)
        assert described.input is not None
        assert set(entry.job.arguments) <= described.input.members.keys()
        if entry.job.cancel is not None:
            cancel = service(entry.service).operation(entry.job.cancel[0])
            assert cancel.input is not None
            assert set(entry.job.cancel[1]) <= cancel.input.members.keys()
        shape = described.output
        for part in (*filter(None, entry.job.job.split(".")), *entry.job.status.split(".")):
            assert shape is not None
            shape = shape.element if part.isdigit() else shape.members[part].shape
        assert shape is not None and shape.kind == "string"
        if shape.enum:
            assert {*entry.job.succeeded, *entry.job.failed} <= set(shape.enum)


def test_a_method_leads_to_its_optimised_integration() -> None:
    found = optimised_for("emr", "run_job_flow")
    assert found is not None and found.resource("sync") == "arn:aws:states:::elasticmapreduce:createCluster.sync"
    assert optimised_for("dynamodb", "query") is None
    assert optimised_for("", "") is None


def test_waiters_and_paginators() -> None:
    waiter = service("ecs").waiters["tasks_stopped"]
    assert (waiter.operation.method, waiter.delay_s, waiter.max_attempts) == ("describe_tasks", 6, 100)
    pages = service("dynamodb").paginators["query"]
    assert pages.input_tokens == ("ExclusiveStartKey",)
    assert pages.result_keys == ("Items", "Count", "ScannedCount")
    assert pages.non_aggregate_keys == ("ConsumedCapacity",)
