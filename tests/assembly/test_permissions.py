"""What a role must allow, by programs and by definitions. The expectations are the policies of the AWS guide, narrowed to names that are known."""

from typing import Any

import pytest

from pysfnc.assembly.permissions import permissions_of, statements_of, states_of
from tests.support import oracle


def of_program(source: str, workflow: str | None = None) -> list[tuple[list[str], list[str]]]:
    """The statements for a workflow of a program."""
    compiled = oracle.compile_program(source).workflow(workflow)
    found = permissions_of(compiled, lambda part: part)
    return [(list(one.actions), list(one.resources)) for one in found]


def of_task(resource: str, arguments: Any, **more: Any) -> list[tuple[list[str], list[str]]]:
    """The statements for a machine of one task."""
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": arguments, "End": True, **more}
    return of_state(state)


def of_state(state: dict[str, Any]) -> list[tuple[list[str], list[str]]]:
    """The statements for a machine of one state."""
    found = statements_of("w", states_of({"StartAt": "S", "States": {"S": state}}))
    return [(list(one.actions), list(one.resources)) for one in found]


def test_calls_of_services() -> None:
    program = """
import os
import boto3
from pysfnc import task, workflow

db = boto3.client("dynamodb")
s3 = boto3.client("s3")
sns = boto3.client("sns")
sqs = boto3.client("sqs")

@task
def charge(id: str) -> str:
    return id

@workflow
def w(id: str, bucket: str):
    db.put_item(TableName="orders", Item={"id": {"S": id}})
    db.query(TableName=os.environ["ORDERS"])
    db.delete_item(TableName="orders", Key={"id": {"S": id}})
    sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=id)
    sqs.send_message(QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", MessageBody=id)
    s3.get_object(Bucket="in", Key="a/b")
    s3.get_object(Bucket="in", Key=id)
    s3.list_objects_v2(Bucket=bucket)
    charge(id)
"""
    assert of_program(program) == [
        (["dynamodb:DeleteItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:*:*:table/orders"]),
        (["dynamodb:Query"], ["arn:aws:dynamodb:*:*:table/${ORDERS}", "arn:aws:dynamodb:*:*:table/${ORDERS}/index/*"]),
        (["sns:Publish"], ["${TOPIC_ARN}"]),
        (["sqs:SendMessage"], ["arn:aws:sqs:eu-west-1:123456789012:jobs"]),
        (["s3:GetObject"], ["arn:aws:s3:::in/a/b"]),
        (["s3:GetObject"], ["arn:aws:s3:::in/*"]),
        (["s3:ListBucket"], ["arn:aws:s3:::*"]),
    ]


def test_children() -> None:
    program = """
from pysfnc import workflow

@workflow
def child(n: int) -> int:
    return n

@workflow(type="EXPRESS")
def quick(n: int) -> int:
    return n

@workflow
def parent(n: int) -> int:
    return child(n) + quick(n)
"""
    assert of_program(program, "parent") == [
        (["states:StartExecution"], ["${ChildStateMachineArn}"]),
        (["states:DescribeExecution", "states:StopExecution"], ["arn:aws:states:*:*:execution:child:*"]),
        (
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            ["arn:aws:events:*:*:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"],
        ),
        (["states:StartSyncExecution"], ["${QuickStateMachineArn}"]),
    ]
    assert of_program(program, "child") == []


def test_requests() -> None:
    program = """
from pysfnc import http, workflow

CONNECTION = "arn:aws:events:eu-west-1:123456789012:connection/c/1"

@workflow
def w(id: str, note: str | None):
    http.get("https://example.com/orders", connection=CONNECTION)
    http.post(f"https://example.com/orders/{id}", connection=CONNECTION)
    http.put("https://example.com/orders", json=note, connection=CONNECTION)
"""
    compiled = oracle.compile_program(program).workflow(None)
    first, credentials, secrets, second, third = permissions_of(compiled, lambda part: part)
    assert first.actions == second.actions == ("states:InvokeHTTPEndpoint",)
    assert first.resources == ("arn:aws:states:*:*:stateMachine:w",)
    assert first.conditions == {
        "StringEquals": {"states:HTTPMethod": ["GET"]},
        "StringLike": {"states:HTTPEndpoint": ["https://example.com/orders"]},
    }
    assert second.conditions == {"StringEquals": {"states:HTTPMethod": ["POST"]}}
    assert third.conditions == {
        "StringEquals": {"states:HTTPMethod": ["PUT"]},
        "StringLike": {"states:HTTPEndpoint": ["https://example.com/orders"]},
    }
    assert credentials.actions == ("events:RetrieveConnectionCredentials",)
    assert credentials.resources == ("arn:aws:events:eu-west-1:123456789012:connection/c/1",)
    assert secrets.actions == ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
    assert secrets.resources == ("arn:aws:secretsmanager:*:*:secret:events!connection/*",)


def test_a_role_of_its_own_replaces_the_permissions_of_the_call() -> None:
    role = "arn:aws:iam::123456789012:role/other"
    found = of_task("aws-sdk:sqs:listQueues", {}, Credentials={"RoleArn": role})
    assert found == [(["sts:AssumeRole"], [role])]
    assert of_task("aws-sdk:sqs:listQueues", {}, Credentials={"RoleArn": "{% $r %}"}) == [(["sts:AssumeRole"], ["*"])]


RULE = ["events:DescribeRule", "events:PutRule", "events:PutTargets"]


@pytest.mark.parametrize(
    ("resource", "arguments", "expected"),
    [
        (
            "batch:submitJob.sync",
            {"JobName": "{% $n %}", "JobQueue": "q", "JobDefinition": "d"},
            [
                (
                    ["batch:SubmitJob"],
                    [
                        "arn:aws:batch:*:*:job-definition/d",
                        "arn:aws:batch:*:*:job-definition/d:*",
                        "arn:aws:batch:*:*:job-queue/q",
                    ],
                ),
                (["batch:DescribeJobs", "batch:TerminateJob"], ["*"]),
                (RULE, ["arn:aws:events:*:*:rule/StepFunctionsGetEventsForBatchJobsRule"]),
            ],
        ),
        (
            "ecs:runTask.sync",
            {"Cluster": "c", "TaskDefinition": "arn:aws:ecs:eu-west-1:1:task-definition/t:3"},
            [
                (
                    ["ecs:RunTask"],
                    [
                        "arn:aws:ecs:eu-west-1:1:task-definition/t:3",
                        "arn:aws:ecs:eu-west-1:1:task-definition/t:3:*",
                    ],
                ),
                (["iam:PassRole"], ["*"]),
                (["ecs:DescribeTasks", "ecs:StopTask"], ["arn:aws:ecs:*:*:task/*"]),
                (RULE, ["arn:aws:events:*:*:rule/StepFunctionsGetEventsForECSTaskRule"]),
            ],
        ),
        (
            "glue:startJobRun.sync",
            {"JobName": "clean"},
            [
                (
                    ["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun"],
                    ["arn:aws:glue:*:*:job/clean"],
                )
            ],
        ),
        ("eks:runJob.sync", {"ClusterName": "c"}, []),
        (
            "aws-sdk:s3:getObject",
            {"Bucket": "b", "Key": "k", "VersionId": "{% $v %}"},
            [(["s3:GetObjectVersion"], ["arn:aws:s3:::b/k"])],
        ),
        (
            "aws-sdk:s3:deleteObjects",
            {"Bucket": "b", "Delete": {"Objects": [{"Key": "k", "VersionId": "1"}]}},
            [(["s3:DeleteObject", "s3:DeleteObjectVersion"], ["arn:aws:s3:::b/*"])],
        ),
        (
            "aws-sdk:s3:deleteObjects",
            {"Bucket": "b", "Delete": {"Objects": "{% $keys %}"}},
            [(["s3:DeleteObject"], ["arn:aws:s3:::b/*"])],
        ),
        ("aws-sdk:sqs:getQueueUrl", {"QueueName": "q"}, [(["sqs:GetQueueUrl"], ["arn:aws:sqs:*:*:q"])]),
        ("aws-sdk:sqs:getQueueUrl", {"QueueName": "${Q}"}, [(["sqs:GetQueueUrl"], ["arn:aws:sqs:*:*:*"])]),
        (
            "sagemaker:createTrainingJob.sync",
            {"RoleArn": "arn:aws:iam::1:role/train", "TrainingJobName": "t"},
            [
                (
                    [
                        *("sagemaker:AddTags", "sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob"),
                        *("sagemaker:ListTags", "sagemaker:StopTrainingJob"),
                    ],
                    ["*"],
                ),
                (["iam:PassRole"], ["arn:aws:iam::1:role/train"]),
                (RULE, ["arn:aws:events:*:*:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule"]),
            ],
        ),
        (
            "states:startExecution.sync:2",
            {"StateMachineArn": "arn:aws:states:eu-west-1:1:stateMachine:other"},
            [
                (["states:StartExecution"], ["arn:aws:states:eu-west-1:1:stateMachine:other"]),
                (
                    ["states:DescribeExecution", "states:StopExecution"],
                    ["arn:aws:states:eu-west-1:1:execution:other:*"],
                ),
                (RULE, ["arn:aws:events:*:*:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"]),
            ],
        ),
        ("sns:publish", {"TopicArn": "${TOPIC}"}, [(["sns:Publish"], ["${TOPIC}"])]),
        ("states:startExecution", {"StateMachineArn": "${CHILD}"}, [(["states:StartExecution"], ["${CHILD}"])]),
        (
            "states:startExecution",
            "{% $all %}",
            [(["states:StartExecution"], ["arn:aws:states:*:*:stateMachine:*"])],
        ),
        (
            "sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "${QUEUE_URL}", "MessageBody": {}},
            [(["sqs:SendMessage"], ["arn:aws:sqs:*:*:*"])],
        ),
        (
            "events:putEvents",
            {"Entries": [{"EventBusName": "b"}, {"Detail": {}}, {"EventBusName": "{% $x %}"}]},
            [(["events:PutEvents"], ["arn:aws:events:*:*:event-bus/b", "arn:aws:events:*:*:event-bus/*"])],
        ),
        (
            "aws-sdk:dynamodb:transactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "a"}}, {"Delete": {"TableName": "b"}}]},
            [
                (
                    [
                        "dynamodb:ConditionCheckItem",
                        "dynamodb:DeleteItem",
                        "dynamodb:PutItem",
                        "dynamodb:UpdateItem",
                    ],
                    ["arn:aws:dynamodb:*:*:table/a", "arn:aws:dynamodb:*:*:table/b"],
                )
            ],
        ),
        (
            "aws-sdk:dynamodb:batchGetItem",
            {"RequestItems": {"a": {"Keys": "{% $k %}"}}},
            [(["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:*:*:table/a"])],
        ),
        (
            "aws-sdk:s3:copyObject",
            {"Bucket": "b", "Key": "k", "CopySource": "from/k"},
            [(["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::b/k", "arn:aws:s3:::from/k"])],
        ),
        (
            "aws-sdk:secretsmanager:getSecretValue",
            {"SecretId": "db"},
            [(["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:*:*:secret:db-??????"])],
        ),
        (
            "aws-sdk:ssm:getParameter",
            {"Name": "/app/x"},
            [(["ssm:GetParameter"], ["arn:aws:ssm:*:*:parameter/app/x"])],
        ),
        (
            "aws-sdk:lambda:invoke",
            {"FunctionName": "f"},
            [
                (
                    ["lambda:InvokeFunction"],
                    ["arn:aws:lambda:*:*:function:f", "arn:aws:lambda:*:*:function:f:*"],
                )
            ],
        ),
        ("aws-sdk:cloudwatchlogs:describeLogGroups", {}, [(["logs:DescribeLogGroups"], ["*"])]),
    ],
)
def test_each_call(resource: str, arguments: Any, expected: list[tuple[list[str], list[str]]]) -> None:
    assert of_task(resource, arguments) == expected


def test_distributed_maps() -> None:
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    found = of_state(
        {
            "Type": "Map",
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **inner},
            "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "in", "Key": "a.csv"}},
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Arguments": {"Bucket": "${OUT}", "Prefix": "runs"},
            },
            "End": True,
        }
    )
    assert found == [
        (["states:StartExecution"], ["arn:aws:states:*:*:stateMachine:w"]),
        (
            ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
            ["arn:aws:states:*:*:execution:w/*"],
        ),
        (["s3:GetObject"], ["arn:aws:s3:::in/a.csv"]),
        (
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            ["arn:aws:s3:::${OUT}/runs/*"],
        ),
    ]


def test_distributed_maps_of_programs() -> None:
    program = """
import os
import boto3
from pysfnc import distributed_map, s3_csv, s3_inventory, s3_objects, s3_results, workflow

db = boto3.client("dynamodb")

@workflow
def w(prefix: str):
    rows = s3_csv(os.environ["BUCKET"], "a.csv")
    distributed_map(lambda row: db.put_item(TableName="t", Item={"id": {"S": row["id"]}})["Attributes"], rows)
    distributed_map(len, s3_objects("in", prefix), results=s3_results("out", "runs"))
    distributed_map(len, s3_inventory("inventory", "manifest.json"))
"""
    own = [
        (["states:StartExecution"], ["arn:aws:states:*:*:stateMachine:w"]),
        (
            ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
            ["arn:aws:states:*:*:execution:w/*"],
        ),
    ]
    assert of_program(program) == [
        *own,
        (["s3:GetObject"], ["arn:aws:s3:::${BUCKET}/a.csv"]),
        (["dynamodb:PutItem"], ["arn:aws:dynamodb:*:*:table/t"]),
        (["s3:ListBucket"], ["arn:aws:s3:::in"]),
        (
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            ["arn:aws:s3:::out/runs/*"],
        ),
        (["s3:GetObject"], ["arn:aws:s3:::*/*"]),
    ]


def test_states_inside_others_count() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ec2:describeInstances", "Arguments": {}, "End": True}
    inner = {"StartAt": "T", "States": {"T": task}}
    assert of_state({"Type": "Parallel", "Branches": [inner], "End": True}) == [(["ec2:DescribeInstances"], ["*"])]
    assert of_state({"Type": "Map", "Items": [], "ItemProcessor": inner, "End": True}) == [
        (["ec2:DescribeInstances"], ["*"])
    ]


def test_queries_reach_their_data() -> None:
    """What Athena reads and writes with the role of its caller, as the guide lists it."""
    found = of_task("athena:startQueryExecution.sync", {"QueryString": "SELECT 1", "WorkGroup": "w"})
    assert found[0] == (
        ["athena:GetQueryExecution", "athena:StartQueryExecution", "athena:StopQueryExecution"],
        ["arn:aws:athena:*:*:workgroup/w"],
    )
    assert found[1] == (["athena:GetDataCatalog"], ["arn:aws:athena:*:*:datacatalog/*"])
    assert [one[1][0] for one in found[2:]] == ["arn:aws:s3:::*", "arn:aws:glue:*:*:catalog", "*"]
    results = of_task("athena:getQueryResults", {"QueryExecutionId": "{% $id %}"})
    assert (["s3:GetObject"], ["arn:aws:s3:::*"]) in results


def test_collections_of_versions_are_deleted_as_versions() -> None:
    program = """
import boto3
from pysfnc import workflow

@workflow
def w():
    boto3.resource("s3").Bucket("b").object_versions.all().delete()
"""
    assert of_program(program) == [
        (["s3:ListBucketVersions"], ["arn:aws:s3:::b"]),
        (["s3:DeleteObject", "s3:DeleteObjectVersion"], ["arn:aws:s3:::b/*"]),
    ]
