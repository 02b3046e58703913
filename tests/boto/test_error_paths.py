"""The error paths of the integrations, one table for each kind, in Python and in the machine.

What is tried elsewhere, and where:

| path | tests |
|---|---|
| a task that runs out of time | `tests/language/options.test`, `tests/lambdas`, `tests/services/test_mocks.py::test_slow_answers_run_into_timeouts` |
| a lost heartbeat, a token answered never | `tests/engine/test_callbacks.py`, `test_callbacks.py::test_nobody_answers` |
| a token answered with what is no JSON | `tests/engine/test_callbacks.py::test_an_answer_that_is_no_json_is_refused` |
| a child that fails or is late | `tests/engine/test_children.py`, `tests/language/children.test` |
| an entry of a batch that fails | `tests/services/test_recorded.py::test_failed_entries`, `test_programs.py` |
| a job that fails, is late, cannot start | `test_jobs.py`, `tests/services/test_jobs.py` |
| a dataset that is missing | `test_distributed.py::test_datasets_that_cannot_be_read` |
| a function that is missing or throttled | `tests/services/test_remote_lambda.py::test_errors_of_lambda` |
"""

import json
from typing import Any, Final

import pytest

from pysfnc.aws.optimised import optimised_for
from pysfnc.testing import answer, refuse
from tests.boto.harness import Judged, judge
from tests.boto.test_callbacks import asked
from tests.boto.test_callbacks import judged as waiting
from tests.boto.test_programs import URL
from tests.support.oracle import Rejected

ROLE: Final = "arn:aws:iam::123456789012:role/r"
CALLS: Final[dict[str, str]] = {
    "athena": "start_query_execution(QueryString='SELECT 1', WorkGroup='w')",
    "batch": "submit_job(jobName='n', jobQueue='q', jobDefinition='d')",
    "bedrock-runtime": "invoke_model(modelId='m', body=json.dumps({'a': 1}, separators=(',', ':'), ensure_ascii=False))",
    "codebuild": "start_build(projectName='p')",
    "databrew": "start_job_run(Name='n')",
    "dynamodb": "get_item(TableName='t', Key={'id': {'S': 'x'}})",
    "ecs": "run_task(taskDefinition='d')",
    "eks": "create_cluster(name='c', roleArn=ROLE, resourcesVpcConfig={})",
    "emr": "terminate_job_flows(JobFlowIds=['j-1'])",
    "emr-containers": "delete_virtual_cluster(id='abc')",
    "emr-serverless": "delete_application(applicationId='abc')",
    "events": "put_events(Entries=[{'Source': 's', 'DetailType': 'd', 'Detail': '{}'}])",
    "glue": "start_job_run(JobName='n')",
    "lambda": "invoke(FunctionName='f', Payload=json.dumps({}, separators=(',', ':'), ensure_ascii=False))",
    "mediaconvert": "create_job(Role=ROLE, Settings={})",
    "sagemaker": "create_endpoint(EndpointName='e', EndpointConfigName='c')",
    "sns": "publish(TopicArn='arn:aws:sns:us-east-1:123456789012:t', Message='m')",
    "sqs": "send_message(QueueUrl='https://sqs.us-east-1.amazonaws.com/123456789012/q', MessageBody='m')",
    "stepfunctions": "start_execution(stateMachineArn='arn:aws:states:us-east-1:123456789012:stateMachine:s', input='{}')",
}
"""One call of each service with an optimised integration that boto3 has."""
ERRORS: Final[dict[str, tuple[str, str, str]]] = {
    "athena": ("TooManyRequestsException", "InvalidRequestException", "SessionAlreadyExistsException"),
    "batch": ("ServerException", "ClientException", "ClientException"),
    "bedrock-runtime": ("ThrottlingException", "ValidationException", "ResourceNotFoundException"),
    "codebuild": ("AccountLimitExceededException", "InvalidInputException", "ResourceNotFoundException"),
    "databrew": ("ServiceQuotaExceededException", "ValidationException", "ResourceNotFoundException"),
    "dynamodb": ("ProvisionedThroughputExceededException", "RequestLimitExceeded", "ResourceNotFoundException"),
    "ecs": ("ServerException", "InvalidParameterException", "ClusterNotFoundException"),
    "eks": ("ServiceUnavailableException", "InvalidParameterException", "ResourceLimitExceededException"),
    "emr": ("InternalServerError", "InvalidRequestException", "InternalServerException"),
    "emr-containers": ("InternalServerException", "ValidationException", "ResourceNotFoundException"),
    "emr-serverless": ("InternalServerException", "ValidationException", "ResourceNotFoundException"),
    "events": ("InternalException", "InternalException", "InternalException"),
    "glue": ("ConcurrentRunsExceededException", "InvalidInputException", "EntityNotFoundException"),
    "lambda": ("TooManyRequestsException", "InvalidParameterValueException", "ResourceNotFoundException"),
    "mediaconvert": ("TooManyRequestsException", "BadRequestException", "NotFoundException"),
    "sagemaker": ("ResourceLimitExceeded", "ResourceLimitExceeded", "ResourceNotFound"),
    "sns": ("Throttled", "InvalidParameter", "NotFound"),
    "sqs": ("RequestThrottled", "InvalidMessageContents", "AWS.SimpleQueueService.NonExistentQueue"),
    "stepfunctions": ("ExecutionLimitExceeded", "InvalidArn", "StateMachineDoesNotExist"),
}
"""What the model of the service calls: too much at once, wrong arguments, something that does not exist (or what comes nearest to it)."""
FEW: Final = ("batch", "dynamodb", "lambda", "sns")
"""Services of four protocols, for what does not depend on the service."""


def program(service: str, call: str) -> str:
    """A workflow that catches what the call fails with, one that does not, and one that tries again."""
    return f"""
    import json
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import Retry, with_options, workflow

    ROLE = "{ROLE}"
    client = boto3.client("{service}")

    @workflow
    def caught():
        found = []
        for _ in range(3):
            try:
                client.{call}
            except ClientError as e:
                found.append([e.response["Error"]["Code"], e.response["Error"]["Message"], str(e)])
        return found

    @workflow
    def uncaught():
        client.{call}

    @workflow
    def again():
        call = with_options(client.{call.partition("(")[0]}, retry=Retry(on=(ClientError,), max_attempts=2))
        try:
            call{call[call.index("(") :]}
        except ClientError as e:
            return "gave up"
        return "fine"
    """


def failing(service: str, workflow: str, *errors: str) -> Judged:
    """Run a workflow whose first calls fail so."""
    method = CALLS[service].partition("(")[0]
    name = next(name for name in _operations(service) if name.lower() == method.replace("_", ""))
    given: dict[str, list[Any]] = {f"{service}.{name}": list(errors)}
    return judge(program(service, CALLS[service]), answers=given, workflow=workflow, engines=("jlens",))


def _operations(service: str) -> list[str]:
    import boto3

    return list(boto3.client(service, region_name="us-east-1").meta.service_model.operation_names)  # type: ignore[call-overload]


@pytest.mark.parametrize("service", CALLS)
def test_every_one_of_them_is_optimised(service: str) -> None:
    assert optimised_for(service, CALLS[service].partition("(")[0]) is not None
    assert set(CALLS) == set(ERRORS)


@pytest.mark.parametrize("service", CALLS)
def test_errors_are_caught_with_code_and_message(service: str) -> None:
    errors = ERRORS[service]
    found = failing(service, "caught", *[f"{code}: it went wrong" for code in errors])
    assert [(code, message) for code, message, _ in found.output] == [(code, "it went wrong") for code in errors]
    for code, (_, _, text) in zip(errors, found.output, strict=True):
        assert text.startswith(f"An error occurred ({code}) when calling the ")


@pytest.mark.parametrize("service", FEW)
def test_an_error_that_nobody_catches_has_its_class_and_message(service: str) -> None:
    found = failing(service, "uncaught", f"{ERRORS[service][0]}: too fast")
    assert found.error is not None
    assert found.cause == "too fast"


@pytest.mark.parametrize("service", FEW)
def test_a_call_is_tried_again_until_it_gives_up(service: str) -> None:
    found = failing(service, "again", *[f"{ERRORS[service][0]}: too fast"] * 3)
    assert (found.output, len(found.calls)) == ("gave up", 3)


def test_a_token_is_answered_twice() -> None:
    """The second answer is refused, and the first one counts."""
    seen: list[str] = []

    def twice(token: str) -> None:
        answer(token, 1)
        try:
            answer(token, 2)
        except Exception as error:
            seen.append(type(error).__name__)

    assert waiting("approve", twice, who="me").output == ["answered", 1]
    assert len(set(seen)) == 1 and len(seen) == 4


def test_a_token_is_answered_and_refused() -> None:
    def both(token: str) -> None:
        refuse(token, "No", "never")
        with pytest.raises(Exception):  # noqa: B017
            answer(token, 2)

    assert waiting("approve", both, who="me").output == ["failed", "No", "never", "never"]


BATCH: Final = """
    import json
    import boto3
    from pysfnc import workflow

    sqs = boto3.client("sqs")
    events = boto3.client("events")
    db = boto3.client("dynamodb")

    @workflow
    def send(url: str):
        entries = [{"Id": str(i), "MessageBody": "m"} for i in range(3)]
        done = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        return [len(done.get("Successful", [])), [f["Id"] for f in done.get("Failed", [])]]

    @workflow
    def write():
        rest = [{"PutRequest": {"Item": {"id": {"S": str(i)}}}} for i in range(3)]
        rounds = 0
        while rest:
            done = db.batch_write_item(RequestItems={"t": rest})
            rest = done.get("UnprocessedItems", {}).get("t", [])
            rounds += 1
        return rounds
    """


def test_a_batch_partly_fails() -> None:
    answers = {
        "sqs.SendMessageBatch": [
            {
                "Successful": [{"Id": "0", "MessageId": "a", "MD5OfMessageBody": "x"}],
                "Failed": [
                    {"Id": "1", "SenderFault": True, "Code": "c"},
                    {"Id": "2", "SenderFault": False, "Code": "d"},
                ],
            }
        ]
    }
    found = judge(BATCH, {"url": URL}, answers=answers, workflow="send")
    assert found.output == [1, ["1", "2"]]


def test_a_batch_is_written_in_several_rounds() -> None:
    left = {"t": [{"PutRequest": {"Item": {"id": {"S": "2"}}}}]}
    found = judge(
        BATCH,
        answers={"dynamodb.BatchWriteItem": [{"UnprocessedItems": left}, {"UnprocessedItems": {}}]},
        workflow="write",
    )
    assert found.output == 2
    assert found.calls[1][1]["RequestItems"] == left


def test_asked_sends_the_token() -> None:
    tokens: list[str] = []
    (send,) = asked(tokens.append)["sqs.SendMessage"]
    send({"MessageBody": json.dumps({"token": "t"})})
    assert tokens == ["t"]


UNTOLD = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    db = boto3.client("dynamodb")

    @workflow
    def run(name: str):
        try:
            db.delete_table(TableName=name)
        except ClientError as e:
            response = e.response
            return [
                e.response.get("CancellationReasons", []),
                response["Item"],
                e.response["Error"].get("Type"),
                e.response["ResponseMetadata"]["RequestId"],
            ]
        return db.list_tables()["ResponseMetadata"]["RetryAttempts"]
    """


def test_parts_of_a_response_that_step_functions_does_not_tell() -> None:
    with pytest.raises(Rejected) as refused:
        judge(UNTOLD, {"name": "t"})
    for name in ("CancellationReasons", "Item", "Type", "RequestId", "RetryAttempts"):
        assert f"`{name}` of a response may be there in Python" in str(refused.value)


ANY = """
    import boto3
    from botocore.exceptions import ClientError, WaiterError
    from pysfnc import Fail, task, workflow

    s3 = boto3.client("s3")

    @task
    def odd(n: int) -> int:
        if n == 1:
            raise ValueError("odd")
        if n == 2:
            raise Fail("Odd.Number", "odd")
        return n

    @workflow
    def whatever(n: int):
        seen = []
        try:
            try:
                odd(n)
                s3.get_object(Bucket="b", Key="k")
                seen.append(1 // (n - 3))
                raise KeyError("a")
            except Exception as e:
                seen.append(type(e).__name__)
                seen.append([e.response["Error"]["Code"], e.operation_name])
        except AttributeError as e:
            seen.append(str(e))
        return seen

    @workflow
    def asked(n: int):
        try:
            s3.get_object(Bucket="b", Key="k")
            return {}["a"]
        except Exception as e:
            return e.response["Error"]["Message"] if hasattr(e, "response") else repr(e)

    @workflow
    def several(n: int):
        try:
            s3.get_object(Bucket="b", Key="k")
            return {}["a"]
        except (KeyError, ClientError) as e:
            return e.response["Error"]["Message"]

    @workflow
    def waited(n: int):
        try:
            s3.get_waiter("object_exists").wait(Bucket="b", Key="k", WaiterConfig={"MaxAttempts": 1})
        except (WaiterError, ClientError) as e:
            return e.response["Error"]["Code"]
    """


@pytest.mark.parametrize("answer", [{}, "NoSuchKey: not there"])
@pytest.mark.parametrize("workflow", ["asked", "several"])
def test_attributes_of_what_may_be_an_error_of_aws(workflow: str, answer: Any) -> None:
    found = judge(ANY, {"n": 0}, answers={"s3.GetObject": [answer]}, workflow=workflow, engines=("jlens",))
    assert (found.output == "not there") == (answer != {})


def test_attributes_of_exceptions_of_any_class() -> None:
    outputs = [
        judge(ANY, {"n": n}, answers={"s3.GetObject": [answer]}, workflow="whatever", engines=("jlens",)).output
        for n, answer in ((0, "NoSuchKey: gone"), (1, {}), (2, {}), (3, {}), (4, {}))
    ]
    assert [output[-1] for output in outputs] == [
        ["NoSuchKey", "GetObject"],
        "'ValueError' object has no attribute 'response'",
        "'Fail' object has no attribute 'response'",
        "'ZeroDivisionError' object has no attribute 'response'",
        "'KeyError' object has no attribute 'response'",
    ]
    late = judge(ANY, {"n": 0}, answers={"s3.HeadObject": ["404: Not Found"]}, workflow="waited", engines=("jlens",))
    assert (late.error, late.cause) == ("AttributeError", "'WaiterError' object has no attribute 'response'")


def test_response_of_what_is_no_error_of_aws_is_refused() -> None:
    with pytest.raises(Rejected, match="except ClientError as e"):
        judge(ANY.replace("(KeyError, ClientError)", "KeyError"), {"n": 0}, workflow="several")
