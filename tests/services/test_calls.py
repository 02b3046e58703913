"""SDK and optimised integrations against the mock of AWS: forms, results, errors."""

import json
from typing import Any

import pytest

from pysfnc.engine import EngineError
from tests.services.world import calling, client, run


def table() -> None:
    client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def bucket() -> None:
    client("s3").create_bucket(Bucket="bucket")
    client("s3").put_object(Bucket="bucket", Key="k", Body=b'{"a": 1}')


def queue() -> str:
    url: str = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    return url


QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


def test_attribute_values_are_spelt_as_the_java_sdk_does() -> None:
    item = {"id": {"S": "1"}, "paid": {"Bool": True}, "note": {"Nul": True}, "tags": {"Ss": ["x"]}}
    result = run(
        {
            "P": calling("aws-sdk:dynamodb:putItem", {"TableName": "orders", "Item": item}, Next="G"),
            "G": calling("aws-sdk:dynamodb:getItem", {"TableName": "orders", "Key": {"id": {"S": "1"}}}),
        },
        table,
    )
    assert result.output == {"Item": item}


def test_optimised_dynamodb_uses_the_names_of_the_api() -> None:
    item = {"id": {"S": "1"}, "paid": {"BOOL": True}, "note": {"NULL": True}}
    result = run(
        {
            "P": calling("dynamodb:putItem", {"TableName": "orders", "Item": item}, Next="G"),
            "G": calling("dynamodb:getItem", {"TableName": "orders", "Key": {"id": {"S": "1"}}}),
        },
        table,
    )
    assert isinstance(result.output, dict)
    assert result.output["Item"] == item
    assert result.output["SdkHttpMetadata"]["HttpStatusCode"] == 200


def test_an_error_of_the_sdk_and_of_the_optimised_integration() -> None:
    put = {
        "TableName": "orders", "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_exists(id)",
    }  # fmt: skip
    sdk = run({"P": calling("aws-sdk:dynamodb:putItem", put)}, table)
    assert sdk.error == "DynamoDb.ConditionalCheckFailedException"
    assert (sdk.cause or "").startswith(
        "The conditional request failed (Service: DynamoDb, Status Code: 400, Request ID: "
    )
    optimised = run({"P": calling("dynamodb:putItem", put)}, table)
    assert optimised.error == "DynamoDB.ConditionalCheckFailedException"
    assert (optimised.cause or "").startswith(
        "The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; "
        "Error Code: ConditionalCheckFailedException; Request ID: "
    )


def test_null_is_nothing() -> None:
    """Recorded answers: both integrations let DynamoDB refuse a missing item."""
    text = "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null "
    sdk = run({"P": calling("aws-sdk:dynamodb:putItem", {"TableName": "orders", "Item": None})}, table)
    assert (sdk.error, (sdk.cause or "").startswith(text)) == ("DynamoDb.DynamoDbException", True)
    optimised = run({"P": calling("dynamodb:putItem", {"TableName": "orders", "Item": None})}, table)
    assert (optimised.error, (optimised.cause or "").startswith(text)) == ("DynamoDB.AmazonDynamoDBException", True)


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ("text data", '"text data"'),
        ({"Dict": "Value"}, '{"Dict":"Value"}'),
        (["a", 1], '["a",1]'),
        (False, "false"),
        (0, "0"),
    ],
)
def test_a_body_is_stored_as_json_text(body: Any, stored: str) -> None:
    """Recorded answers of s3:putObject, by the checksums of what was stored."""
    result = run(
        {
            "P": calling("aws-sdk:s3:putObject", {"Bucket": "bucket", "Key": "n", "Body": body}, Next="G"),
            "G": calling("aws-sdk:s3:getObject", {"Bucket": "bucket", "Key": "n"}, Output="{% $states.result.Body %}"),
        },
        bucket,
    )
    assert result.output == stored


def test_a_stream_is_text_and_a_moment_is_iso_text() -> None:
    result = run({"G": calling("aws-sdk:s3:getObject", {"Bucket": "bucket", "Key": "k"})}, bucket)
    assert isinstance(result.output, dict)
    assert (result.output["Body"], result.output["ContentLength"], result.output["Metadata"]) == ('{"a": 1}', 8, {})
    assert result.output["LastModified"].endswith("Z")
    assert "ResponseMetadata" not in result.output


@pytest.mark.parametrize(
    ("action", "arguments", "error", "status"),
    [
        ("getObject", {"Bucket": "bucket", "Key": "none"}, "S3.NoSuchKeyException", 404),
        ("headObject", {"Bucket": "bucket", "Key": "none"}, "S3.NoSuchKeyException", 404),
        ("listObjectsV2", {"Bucket": "nobucket"}, "S3.NoSuchBucketException", 404),
        ("headBucket", {"Bucket": "nobucket"}, "S3.NoSuchBucketException", 404),
        ("putBucketTagging", {"Bucket": "nobucket", "Tagging": {"TagSet": []}}, "S3.NoSuchBucketException", 404),
    ],
)
def test_errors_of_s3(action: str, arguments: dict[str, Any], error: str, status: int) -> None:
    result = run({"T": calling(f"aws-sdk:s3:{action}", arguments)}, bucket)
    assert result.error == error
    assert f"(Service: S3, Status Code: {status}, Request ID: " in (result.cause or "")
    assert ", Extended Request ID: " in (result.cause or "")


def test_an_object_as_text_where_text_is_wanted() -> None:
    result = run(
        {
            "S": calling("sqs:sendMessage", {"QueueUrl": QUEUE, "MessageBody": {"a": [1]}}, Next="R"),
            "R": calling(
                "aws-sdk:sqs:receiveMessage", {"QueueUrl": QUEUE}, Output="{% $states.result.Messages.Body %}"
            ),
        },
        queue,
    )
    assert result.output == '{"a":[1]}'


def test_names_of_sqs_in_both_integrations() -> None:
    optimised = run({"S": calling("sqs:sendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"})}, queue)
    sdk = run({"S": calling("aws-sdk:sqs:sendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"})}, queue)
    assert isinstance(optimised.output, dict) and isinstance(sdk.output, dict)
    assert optimised.output.keys() == {"MD5OfMessageBody", "MessageId", "SdkHttpMetadata", "SdkResponseMetadata"}
    assert sdk.output.keys() == {"Md5OfMessageBody", "MessageId"}


def test_an_error_of_sqs() -> None:
    result = run({"S": calling("sqs:sendMessage", {"QueueUrl": QUEUE + "none", "MessageBody": "x"})}, queue)
    assert result.error in ("SQS.QueueDoesNotExistException", "SQS.AmazonSQSException")


def test_an_unknown_topic() -> None:
    arguments = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:none", "Message": {"a": 1}}
    result = run({"S": calling("sns:publish", arguments)})
    assert result.error == "SNS.NotFoundException"
    assert "(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: " in (result.cause or "")


def bus() -> None:
    events = client("events")
    url = queue()
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["some.source"]}))
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": arn}])
    assert url == QUEUE


def test_events_carry_the_machine_among_their_resources() -> None:
    entry = {"Detail": {"n": 1}, "DetailType": "t", "Source": "some.source", "Resources": ["mine"]}
    result = run(
        {
            "E": calling("events:putEvents", {"Entries": [entry]}, Assign={"put": "{% $states.result %}"}, Next="R"),
            "R": calling(
                "aws-sdk:sqs:receiveMessage",
                {"QueueUrl": QUEUE},
                Output={"put": "{% $put %}", "event": "{% $parse($states.result.Messages[0].Body) %}"},
            ),
        },
        bus,
    )
    assert isinstance(result.output, dict)
    assert result.output["put"].keys() == {"Entries", "FailedEntryCount"}
    event = result.output["event"]
    assert event["detail"] == {"n": 1}
    assert event["resources"][0] == "mine"
    assert [arn.split(":")[5] for arn in event["resources"][1:]] == ["execution", "stateMachine"]


def test_a_failed_entry_fails_the_state() -> None:
    entries = [{"Detail": '{"a": 1}', "DetailType": "t", "Source": "s"}, {"Detail": "{}", "DetailType": "t"}]
    result = run({"E": calling("events:putEvents", {"Entries": entries})})
    assert result.error == "EventBridge.FailedEntry"
    assert json.loads(result.cause or "")["FailedEntryCount"] == 1


@pytest.mark.parametrize(
    ("resource", "arguments", "fault"),
    [
        (
            "aws-sdk:s3:getObject",
            {"Bucket": "bucket", "key": "k"},
            'The field "key" is not supported by Step Functions',
        ),
        (
            "sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": "x", "Color": "red"},
            'The field "Color" is not supported',
        ),
        (
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"id": {"N": 5}}},
            "The value for the field 'N' must be a STRING",
        ),
    ],
)
def test_what_step_functions_refuses_itself_cannot_be_caught(resource: str, arguments: Any, fault: str) -> None:
    catching = [{"ErrorEquals": ["States.ALL"], "Next": "K"}]
    result = run({"T": calling(resource, arguments, Catch=catching), "K": {"Type": "Succeed"}})
    assert result.error == "States.Runtime"
    assert fault in (result.cause or "")
    assert "could not be used to start the Task: [" in (result.cause or "")


def test_numbers_become_text_where_the_sdk_wants_text() -> None:
    result = run(
        {
            "P": calling("aws-sdk:ssm:putParameter", {"Name": "n", "Value": 5, "Type": "String"}, Next="G"),
            "G": calling("aws-sdk:ssm:getParameter", {"Name": "n"}, Output="{% $states.result.Parameter.Value %}"),
        }
    )
    assert result.output == "5"


def test_acronyms_of_rds() -> None:
    def database() -> None:
        client("rds").create_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres")

    result = run(
        {
            "D": calling(
                "aws-sdk:rds:describeDBInstances",
                {"DbInstanceIdentifier": "db"},
                Output="{% $states.result.DbInstances[0].[DbInstanceStatus, MultiAZ] %}",
            )
        },
        database,
    )
    assert result.output == ["available", False]
    none = run({"D": calling("aws-sdk:rds:describeDBInstances", {"DbInstanceIdentifier": "none"})})
    assert none.error == "Rds.DbInstanceNotFoundException"


def test_credentials_of_another_account() -> None:
    arguments = {"QueueName": "theirs"}
    credentials = {"RoleArn": "arn:aws:iam::222222222222:role/r"}
    result = run({"Q": calling("aws-sdk:sqs:createQueue", arguments, Credentials=credentials)})
    assert result.output == {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/222222222222/theirs"}


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        ("aws-sdk:nothing:getIt", "boto3 has no service `nothing`"),
        ("aws-sdk:s3:getObjekt", "it has `getObject`"),
        ("aws-sdk:sts:assumeRole", "Step Functions has no integration for it"),
        ("dynamodb:query", "the local engine cannot call arn:aws:states:::dynamodb:query"),
        ("dynamodb:getItem.sync", "has no pattern 'sync'"),
        ("eks:call", "the local engine cannot call"),
    ],
)
def test_resources_that_there_are_not(resource: str, text: str) -> None:
    with pytest.raises(EngineError, match=text):
        run({"T": calling(resource, {})})


def test_what_the_mock_does_not_have_never_leaves_the_machine() -> None:
    with pytest.raises(EngineError, match=r"the mock of AWS \(moto\) does not have"):
        run({"T": calling("aws-sdk:qbusiness:listApplications", {})})


def test_an_active_mock_is_used_and_left_alone() -> None:
    from moto import mock_aws

    with mock_aws():
        bucket()
        assert run({"G": calling("aws-sdk:s3:headObject", {"Bucket": "bucket", "Key": "k"})}).status == "SUCCEEDED"
        assert client("s3").list_buckets()["Buckets"][0]["Name"] == "bucket"


def test_what_the_mock_has_not_yet() -> None:
    with pytest.raises(EngineError, match=r"the mock of AWS \(moto\) does not have databrew\.start_job_run"):
        run({"T": calling("databrew:startJobRun", {"Name": "x"})})


def test_a_fault_of_the_mock_is_no_error_of_the_machine() -> None:
    def cluster() -> None:
        ecs = client("ecs")
        ecs.create_cluster(clusterName="c")
        ecs.register_task_definition(
            family="t", containerDefinitions=[{"name": "x", "image": "i", "memory": 1}], networkMode="awsvpc"
        )

    network = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}
    arguments = {"Cluster": "c", "TaskDefinition": "t", "LaunchType": "FARGATE", "NetworkConfiguration": network}
    catching = [{"ErrorEquals": ["States.ALL"], "Next": "K"}]
    with pytest.raises(EngineError, match=r"the mock of AWS \(moto\) failed: KeyError"):
        run({"T": calling("ecs:runTask", arguments, Catch=catching), "K": {"Type": "Succeed"}}, cluster)
