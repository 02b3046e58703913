"""Programs that reach a run over HTTP, as Lambda code does."""

import json
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pysfnc.engine import EngineError, Machine, VirtualClock, run_machine
from pysfnc.services import EndpointBackend, World
from pysfnc.services.endpoint import Endpoint, shared_endpoint
from pysfnc.testing import answer, heartbeat, refuse, run
from pysfnc.testing.callbacks import Callback, answering
from tests.engine.machines import machine, passing, task
from tests.services.test_calls import QUEUE, bucket, queue
from tests.services.world import START, calling, world

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"


def remote(name: str) -> Any:
    """A client as Lambda code has it: it knows nothing but its environment."""
    environment = shared_endpoint().environment()
    make: Any = boto3.client
    return make(
        name,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_REGION"],
    )


WAITS = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Arguments": {"FunctionName": "f", "Payload": {"token": "{% $states.context.Task.Token %}"}},
    "TimeoutSeconds": 100,
    "End": True,
}


def test_a_function_answers_the_token_it_was_given() -> None:
    def f(event: Any) -> Any:
        client = remote("stepfunctions")
        client.send_task_heartbeat(taskToken=event["token"])
        client.send_task_success(taskToken=event["token"], output=json.dumps({"by": "f"}))
        with pytest.raises(ClientError, match="TaskTimedOut"):
            client.send_task_failure(taskToken=event["token"])
        with pytest.raises(client.exceptions.InvalidToken):
            client.send_task_success(taskToken="none", output="1")

    with world(functions={"f": f}) as made, shared_endpoint().attached(made):
        result = run_machine(machine(W=WAITS), {}, tasks=made, listener=made)
    assert (result.output, result.error, result.cause) == ({"by": "f"}, None, None)


def test_a_function_shares_the_mock_of_the_machine() -> None:
    seen: list[Any] = []

    def f(_: Any) -> Any:
        s3, dynamodb, cloudwatch = remote("s3"), remote("dynamodb"), remote("cloudwatch")
        seen.append(s3.get_object(Bucket="bucket", Key="k")["Body"].read())
        s3.put_object(Bucket="bucket", Key="from-f", Body=b"x" * 70_000)
        seen.append(s3.head_object(Bucket="bucket", Key="from-f")["ContentLength"])
        dynamodb.create_table(
            TableName="t", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )  # fmt: skip
        seen.append(dynamodb.list_tables()["TableNames"])
        cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.5}])
        seen.append([metric["MetricName"] for metric in cloudwatch.list_metrics(Namespace="n")["Metrics"]])
        with pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket="bucket", Key="none")

    states = {
        "F": task("f", Next="G"),
        "G": calling("aws-sdk:s3:listObjectsV2", {"Bucket": "bucket"}, Output="{% $states.result.Contents.Key %}"),
    }
    with world(bucket, functions={"f": f}) as made, shared_endpoint().attached(made):
        result = run_machine(machine(**states), {}, tasks=made, listener=made)
    assert seen == [b'{"a": 1}', 70_000, ["t"], ["m"]]
    assert result.output == ["from-f", "k"]


def test_a_function_starts_an_execution_and_looks_at_it() -> None:
    seen: list[Any] = []

    def f(_: Any) -> Any:
        client = remote("stepfunctions")
        arn = client.start_execution(stateMachineArn=ARN + "Child", input='{"n": 1}', name="it")["executionArn"]
        described = client.describe_execution(executionArn=arn)
        seen.extend([described["status"], described["startDate"].timestamp()])
        listed = client.list_executions(stateMachineArn=ARN + "Child")["executions"]
        seen.append([each["name"] for each in listed])
        with pytest.raises(client.exceptions.StateMachineDoesNotExist):
            client.start_execution(stateMachineArn=ARN + "None")
        return arn

    child = Machine(machine(A=passing("{% $states.input.n %}")), name="Child")
    with world(functions={"f": f}) as made, shared_endpoint().attached(made):
        result = Machine(machine(F=task("f"))).run(
            {}, tasks=made, listener=made, machines={"Child": child}, clock=VirtualClock(START)
        )
    assert (result.error, result.cause) == (None, None)
    assert seen == ["RUNNING", START, ["it"]]


def test_without_a_run_nothing_answers() -> None:
    lonely = Endpoint()
    make: Any = boto3.client
    client = make(
        "sqs", endpoint_url=lonely.url, aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1",
        config=boto3.session.Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip
    with pytest.raises(ClientError, match="no execution is under way"):
        client.list_queues()


def test_it_listens_on_the_loopback_interface_only() -> None:
    assert shared_endpoint().url.startswith("http://127.0.0.1:")


ASKS = calling(
    "sqs:sendMessage.waitForTaskToken",
    {"QueueUrl": QUEUE, "MessageBody": {"token": "{% $states.context.Task.Token %}"}},
    TimeoutSeconds=100,
    HeartbeatSeconds=60,
)


def asked(act: Any) -> Any:
    def waiting(waits: Any) -> None:
        act(Callback(waits.token, waits.state, waits.resource, waits.arguments))

    with world(queue, on_waiting=waiting) as made, answering(made):
        return run_machine(machine(W=ASKS), {}, tasks=made, listener=made, clock=VirtualClock(START))


def test_answers_of_a_test() -> None:
    assert asked(lambda callback: answer(callback.token, {"ok": True})).output == {"ok": True}
    assert asked(lambda callback: refuse(callback.token, "Declined", "no")).error == "Declined"
    later = asked(lambda callback: answer(callback.token, 1, after=30))
    assert (later.output, later.duration_s) == (1, 30)

    def kept_alive(callback: Callback) -> None:
        heartbeat(callback.token, after=50)
        answer(callback.token, callback.arguments["QueueUrl"], after=90)

    assert asked(kept_alive).output == QUEUE


def test_answers_that_come_too_late_or_to_nobody() -> None:
    tokens: list[str] = []

    def twice(callback: Callback) -> None:
        tokens.append(callback.token)
        answer(callback.token, 1)
        with pytest.raises(LookupError, match="TaskTimedOut"):
            answer(callback.token, 2)

    assert asked(twice).output == 1
    with pytest.raises(LookupError, match="no execution waits for that token"):
        answer(tokens[0], 3)


PROGRAM = """
import boto3
from pysfnc import task, workflow

@task
def save(key: str) -> list[str]:
    s3 = boto3.client("s3")
    s3.put_object(Bucket="bucket", Key=key, Body=b"x")
    return [each["Key"] for each in s3.list_objects_v2(Bucket="bucket")["Contents"]]

@workflow
def flow(key: str) -> list[str]:
    return save(key)
"""


@pytest.mark.parametrize("mode", ["in-process", "workers"])
def test_tasks_of_a_program_call_the_mock(tmp_path: Path, mode: Any) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    outcome = run(path, {"key": "new"}, lambda_=mode, setup=bucket)
    assert (outcome.output, outcome.cause) == (["k", "new"], None)


def test_a_mock_file_answers_for_tasks(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    mocks = tmp_path / "mocks.json"
    mocks.write_text(json.dumps({"function:save": {"return": ["mocked"]}}))
    assert run(path, {"key": "new"}, mocks=mocks).output == ["mocked"]


def test_the_mock_is_needed_only_for_what_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.replace("def flow", "def unmocked"))
    mocks = tmp_path / "mocks.json"
    mocks.write_text(json.dumps({"function:save": {"return": ["mocked"]}}))
    monkeypatch.setitem(sys.modules, "moto", None)
    assert run(path, {"key": "new"}, mocks=mocks).output == ["mocked"]
    get = calling("aws-sdk:s3:getObject", {"Bucket": "bucket", "Key": "k"})
    with pytest.raises(EngineError, match=r"needs the package moto: pip install 'pysfnc\[local\]'"), world() as made:
        run_machine(machine(G=get), {}, tasks=made)


@pytest.fixture
def elsewhere() -> Any:
    """A stand-in for AWS at an address: the endpoint of another run's mock."""
    other = Endpoint()
    with world(lambda: (bucket(), queue())) as made, other.attached(made):
        made.backend()
        yield other


def test_a_machine_calls_an_endpoint(elsewhere: Endpoint) -> None:
    states = {
        "P": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "G", "States": {"G": calling("aws-sdk:s3:getObject", {"Bucket": "bucket", "Key": "k"})}},
                {"StartAt": "S", "States": {"S": calling("sqs:sendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"})}},
            ],
            "Output": "{% [$states.result[0].Body, $exists($states.result[1].MessageId)] %}",
            "Next": "H",
        },
        "H": calling(
            "aws-sdk:s3:headObject",
            {"Bucket": "bucket", "Key": "none"},
            Assign={"x": 1},
            Catch=[{"ErrorEquals": ["S3.NoSuchKeyException"], "Output": "{% $states.input %}", "Next": "E"}],
        ),
        "E": passing(),
    }
    made = World(None, lambda: EndpointBackend(elsewhere.url))
    result = run_machine(machine(**states), {}, tasks=made, listener=made)
    assert (result.output, result.error, result.cause) == (['{"a": 1}', True], None, None)


def test_a_machine_calls_an_endpoint_that_is_gone() -> None:
    made = World(None, lambda: EndpointBackend("http://127.0.0.1:9"))
    result = run_machine(
        machine(T=calling("aws-sdk:dynamodb:listTables", {}, TimeoutSeconds=60)), {}, tasks=made, listener=made
    )
    assert result.error == "DynamoDb.SdkClientException"
