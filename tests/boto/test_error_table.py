"""The error paths of the integrations, integration by integration, in Python and in the machine.

| integration | throttled, invalid, missing | late | others |
|---|---|---|---|
| SDK | `test_calls_of_the_sdk` | `test_distributed_children` has what is shown of it | |
| optimised | `test_error_paths.py` | | a batch that fails in part: `test_error_paths.py` |
| job (`.sync`) | `test_jobs_by_another_name`, `test_looks_at_a_job` | `test_jobs.py` | failing: `test_jobs.py`, `test_tasks_without_a_place` |
| callback | `test_tokens_that_are_not_sent` | `test_tokens`, with heartbeats | `test_error_paths.py`, `test_an_event_that_is_not_taken` |
| Lambda function | `test_functions` | `test_functions`, by Lambda's own limit | `FunctionError`: `test_functions` |
| child execution | `test_children_that_fail` | `tests/language/children.test` | failing: `test_children_that_fail` |
| distributed Map | `test_distributed_children` | `tests/engine/test_distributed_map.py` | a missing reader: `test_distributed.py` |
| HTTP | `tests/language/http.test` | `tests/engine/test_http.py` | |
| waiter | `test_waiters` | `test_walkers.py`, by `MaxAttempts` | |
| paginator | `test_pages` | | a token that comes again: `test_pages.py` |
"""

import io
import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from botocore.response import StreamingBody

from pysfnc.testing import answer, heartbeat, refuse
from tests.boto.harness import Judged, judge
from tests.boto.test_programs import URL

ONE: Final = ("jlens",)
COMPACT: Final = 'separators=(",", ":")'

SDK: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "rds.DescribeDBInstances": ('describe_db_instances(DBInstanceIdentifier="x")', ("DBInstanceNotFound",)),
    "iam.GetUser": ('get_user(UserName="x")', ("NoSuchEntity", "ServiceFailure")),
    "ssm.GetParameter": (
        'get_parameter(Name="x")',
        ("ParameterNotFound", "ThrottlingException", "InternalServerError"),
    ),
    "secretsmanager.GetSecretValue": (
        'get_secret_value(SecretId="x")',
        ("ResourceNotFoundException", "InvalidParameterException", "InternalServiceError"),
    ),
    "logs.StartQuery": (
        'start_query(logGroupName="l", startTime=1, endTime=2, queryString="q")',
        ("LimitExceededException", "MalformedQueryException", "ResourceNotFoundException"),
    ),
    "s3.GetObject": ('get_object(Bucket="b", Key="k")', ("NoSuchKey", "InvalidObjectState")),
    "transcribe.GetTranscriptionJob": (
        'get_transcription_job(TranscriptionJobName="x")',
        ("LimitExceededException", "BadRequestException", "NotFoundException"),
    ),
    "rekognition.DetectLabels": (
        'detect_labels(Image={"S3Object": {"Bucket": "b", "Name": "n"}})',
        ("ThrottlingException", "InvalidS3ObjectException", "ImageTooLargeException"),
    ),
    "autoscaling.DescribeAutoScalingGroups": (
        'describe_auto_scaling_groups(AutoScalingGroupNames=["a"])',
        ("ResourceContention", "InvalidNextToken"),
    ),
}
"""Calls that only the SDK's integration has: too much at once, wrong arguments, something that does not exist, as far as the models name it."""


def failing(codes: tuple[str, ...]) -> list[str]:
    return [f"{code}: it went wrong" for code in codes]


@pytest.mark.parametrize("operation", SDK)
def test_calls_of_the_sdk(operation: str) -> None:
    call, codes = SDK[operation]
    source = f"""
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import Retry, with_options, workflow

    client = boto3.client("{operation.partition(".")[0]}")

    @workflow
    def caught(times: int):
        found = []
        for _ in range(times):
            try:
                client.{call}
            except ClientError as e:
                found.append([e.response["Error"]["Code"], e.response["Error"]["Message"], str(e), type(e).__name__])
        return found

    @workflow
    def again():
        call = with_options(client.{call.partition("(")[0]}, retry=Retry(on=ClientError, max_attempts=2), timeout=30)
        try:
            call{call[call.index("(") :]}
        except ClientError:
            return "gave up"
    """
    found = judge(source, {"times": len(codes)}, answers={operation: failing(codes)}, workflow="caught", engines=ONE)
    assert [code for code, *_ in found.output] == list(codes)
    given = {operation: failing(codes[:1] * 3)}
    again = judge(source, answers=given, workflow="again", engines=ONE)
    assert (again.output, len(again.calls)) == ("gave up", 3)


LAMBDA: Final = f"""
    import json
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import Retry, with_options, workflow

    functions = boto3.client("lambda")
    BUSY = Retry(on=functions.exceptions.TooManyRequestsException, max_attempts=1)

    @workflow
    def main(n: int):
        try:
            answer = functions.invoke(FunctionName="f", Payload=json.dumps({{"n": n}}, {COMPACT}))
        except functions.exceptions.TooManyRequestsException as e:
            return ["busy", e.response["Error"]["Message"]]
        except functions.exceptions.ResourceNotFoundException as e:
            return ["missing", e.response["Error"]["Code"], str(e)]
        except ClientError as e:
            return ["other", e.response["Error"]["Code"]]
        if "FunctionError" in answer:
            error = json.loads(answer["Payload"].read())
            return ["failed", error.get("errorType"), error["errorMessage"]]
        return json.loads(answer["Payload"].read())

    @workflow
    def again(n: int):
        call = with_options(functions.invoke, retry=BUSY)
        try:
            return json.loads(call(FunctionName="f", Payload=json.dumps({{"n": n}}, {COMPACT}))["Payload"].read())
        except ClientError as e:
            return e.response["Error"]["Code"]
    """
THROTTLED: Final = "TooManyRequestsException: Rate Exceeded."


def payload(value: Any, **more: Any) -> Callable[[Any], dict[str, Any]]:
    """What a function answers, made anew for each call as it is a stream."""
    text = json.dumps(value).encode()
    return lambda _: {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(text), len(text)), **more}


def failed(**report: str) -> Callable[[Any], dict[str, Any]]:
    return payload(report, FunctionError="Unhandled")


@pytest.mark.parametrize(
    ("given", "output"),
    [
        (THROTTLED, ["busy", "Rate Exceeded."]),
        ("InvalidParameterValueException: bad", ["other", "InvalidParameterValueException"]),
        ("RequestTooLargeException: big", ["other", "RequestTooLargeException"]),
        (
            "ResourceNotFoundException: Function not found: f",
            [
                "missing",
                "ResourceNotFoundException",
                "An error occurred (ResourceNotFoundException) when calling the Invoke operation: Function not found: f",
            ],
        ),
        (failed(errorType="ValueError", errorMessage="no"), ["failed", "ValueError", "no"]),
        (
            failed(errorMessage="Task timed out after 3.00 seconds"),
            ["failed", None, "Task timed out after 3.00 seconds"],
        ),
        (payload({"a": 1}), {"a": 1}),
        (payload(None), None),
    ],
)
def test_functions(given: Any, output: Any) -> None:
    assert judge(LAMBDA, {"n": 1}, answers={"lambda.Invoke": [given]}, workflow="main", engines=ONE).output == output


@pytest.mark.parametrize(
    ("given", "output"), [([THROTTLED, payload(5)], 5), ([THROTTLED] * 2, "TooManyRequestsException")]
)
def test_functions_are_called_again(given: list[Any], output: Any) -> None:
    found = judge(LAMBDA, {"n": 1}, answers={"lambda.Invoke": given}, workflow="again", engines=ONE)
    assert (found.output, len(found.calls)) == (output, 2)


SENDERS: Final[dict[str, tuple[str, str, Callable[[Any], str], Any, tuple[str, ...]]]] = {
    "queue": (
        f'sqs.send_message(QueueUrl="{URL}", MessageBody=json.dumps({{"token": token}}, {COMPACT}))',
        "sqs.SendMessage",
        lambda sent: str(json.loads(sent["MessageBody"])["token"]),
        {"MessageId": "m", "MD5OfMessageBody": "x"},
        ("AWS.SimpleQueueService.NonExistentQueue", "InvalidMessageContents", "RequestThrottled"),
    ),
    "topic": (
        f'sns.publish(TopicArn="arn:aws:sns:us-east-1:123456789012:t", Message=json.dumps({{"token": token}}, {COMPACT}))',
        "sns.Publish",
        lambda sent: str(json.loads(sent["Message"])["token"]),
        {"MessageId": "m"},
        ("NotFound", "InvalidParameter", "Throttled"),
    ),
    "function": (
        f'functions.invoke(FunctionName="f", Payload=json.dumps({{"token": token}}, {COMPACT}))',
        "lambda.Invoke",
        lambda sent: str(json.loads(sent["Payload"])["token"]),
        {"StatusCode": 200},
        ("ResourceNotFoundException", "InvalidRequestContentException", "TooManyRequestsException"),
    ),
    "bus": (
        f'events.put_events(Entries=[{{"Source": "s", "Detail": json.dumps({{"token": token}}, {COMPACT})}}])',
        "events.PutEvents",
        lambda sent: str(json.loads(sent["Entries"][0]["Detail"])["token"]),
        {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]},
        ("InternalException",),
    ),
    "execution": (
        f'machines.start_execution(stateMachineArn="arn:s", input=json.dumps({{"token": token}}, {COMPACT}))',
        "stepfunctions.StartExecution",
        lambda sent: str(json.loads(sent["input"])["token"]),
        {"executionArn": "arn", "startDate": 1},
        ("StateMachineDoesNotExist", "InvalidArn", "ExecutionLimitExceeded"),
    ),
    "table": (
        'db.put_item(TableName="t", Item={"id": {"S": "x"}, "token": {"S": token}})',
        "dynamodb.PutItem",
        lambda sent: str(sent["Item"]["token"]["S"]),
        {},
        ("ResourceNotFoundException", "ConditionalCheckFailedException", "ProvisionedThroughputExceededException"),
    ),
}
"""Who is sent a token: the statement, its operation, where the token is, the answer, and what it fails with."""


def sending(sender: str) -> str:
    return f"""
    import json
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import CallbackFailed, Retry, wait_for_callback, workflow

    db = boto3.client("dynamodb")
    events = boto3.client("events")
    functions = boto3.client("lambda")
    machines = boto3.client("stepfunctions")
    sns = boto3.client("sns")
    sqs = boto3.client("sqs")

    def submit(token: str):
        {SENDERS[sender][0]}

    @workflow
    def once():
        try:
            return ["answered", wait_for_callback(submit, timeout=60)]
        except CallbackFailed as e:
            return ["refused", e.error, e.cause]
        except TimeoutError:
            return "late"
        except ClientError as e:
            return [e.response["Error"]["Code"], e.response["Error"]["Message"]]

    @workflow
    def twice():
        try:
            return wait_for_callback(
                submit, timeout=600, heartbeat=20, retry=Retry(on=TimeoutError, max_attempts=1)
            )
        except TimeoutError:
            return "late"
    """


def sent(sender: str, workflow: str, acts: list[Callable[[str], object]]) -> Judged:
    """What comes of tokens with which this is done, one after the other."""
    _, operation, token_in, answered, _ = SENDERS[sender]

    def acting(act: Callable[[str], object]) -> Callable[[Any], Any]:
        def call(params: Any) -> Any:
            act(token_in(params))
            return answered

        return call

    given = {operation: [acting(act) for act in acts]}
    return judge(sending(sender), answers=given, workflow=workflow, tokens=True, engines=ONE)


@pytest.mark.parametrize("sender", SENDERS)
def test_tokens(sender: str) -> None:
    assert sent(sender, "once", [lambda token: answer(token, {"a": 1})]).output == ["answered", {"a": 1}]
    assert sent(sender, "once", [lambda token: refuse(token, "No", "why")]).output == ["refused", "No", "why"]
    assert sent(sender, "once", [lambda token: None]).output == "late"
    assert sent(sender, "twice", [heartbeat, heartbeat]).output == "late"
    assert sent(sender, "twice", [heartbeat, lambda token: answer(token, 7)]).output == 7


@pytest.mark.parametrize(("sender", "code"), [(sender, code) for sender in SENDERS for code in SENDERS[sender][4]])
def test_tokens_that_are_not_sent(sender: str, code: str) -> None:
    given = {SENDERS[sender][1]: failing((code,))}
    found = judge(sending(sender), answers=given, workflow="once", engines=ONE, tokens=True)
    assert found.output == [code, "it went wrong"]


def test_an_event_that_is_not_taken() -> None:
    """boto3 answers that an entry failed, and so does the integration with which the token is sent: nobody gets it."""
    given = {"events.PutEvents": [{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}]}
    assert judge(sending("bus"), answers=given, workflow="once", engines=ONE, tokens=True).output == "late"


PAGES: Final = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    db = boto3.client("dynamodb")

    def pages():
        return db.get_paginator("list_tables").paginate()

    @workflow
    def walked():
        seen = []
        try:
            for page in pages():
                seen.extend(page["TableNames"])
        except db.exceptions.InternalServerError as e:
            seen.append(str(e))
        except ClientError as e:
            seen.append(e.response["Error"]["Message"])
        return seen

    @workflow
    def inside():
        seen = []
        for page in pages():
            for name in page["TableNames"]:
                try:
                    db.describe_table(TableName=name)
                except db.exceptions.ResourceNotFoundException:
                    seen.append(name)
        return seen

    @workflow
    def other(way: str):
        try:
            if way == "full":
                return pages().build_full_result()["TableNames"]
            if way == "searched":
                return list(pages().search("TableNames[]"))
            return [name for page in pages() for name in page["TableNames"]]
        except ClientError as e:
            return e.response["Error"]["Message"]
    """
FIRST: Final = {"TableNames": ["a", "b"], "LastEvaluatedTableName": "b"}
BROKEN: Final = "InternalServerError: boom"


@pytest.mark.parametrize("answers", [[FIRST, BROKEN], [BROKEN], [FIRST, "ThrottlingException: slow"]])
def test_pages(answers: list[Any]) -> None:
    given = {"dynamodb.ListTables": answers, "dynamodb.DescribeTable": ["ResourceNotFoundException: no", {"Table": {}}]}
    found = judge(PAGES, answers=given, workflow="walked", engines=ONE)
    assert (len(found.calls), len(found.output)) == (len(answers), 1 if answers[0] == BROKEN else 3)
    assert judge(PAGES, answers=given, workflow="inside", engines=ONE).error in ("InternalServerError", "Throttling")
    for way in ("full", "searched", "listed"):
        assert judge(PAGES, {"way": way}, answers=given, workflow="other", engines=ONE).output in ("boom", "slow")


WAITERS: Final = """
    import boto3
    from botocore.exceptions import WaiterError
    from pysfnc import workflow

    WAITERS = {"Delay": 1, "MaxAttempts": 3}

    @workflow
    def table():
        try:
            boto3.client("dynamodb").get_waiter("table_exists").wait(TableName="t", WaiterConfig=WAITERS)
        except WaiterError as e:
            return str(e)

    @workflow
    def database():
        try:
            boto3.client("rds").get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="x", WaiterConfig=WAITERS)
        except WaiterError as e:
            return str(e)

    @workflow
    def function():
        try:
            boto3.client("lambda").get_waiter("function_active_v2").wait(FunctionName="x", WaiterConfig=WAITERS)
        except WaiterError as e:
            return str(e)
    """


@pytest.mark.parametrize(
    ("workflow", "operation", "given", "text"),
    [
        (
            "table",
            "dynamodb.DescribeTable",
            ["ThrottlingException: slow"],
            "An error occurred (ThrottlingException): slow",
        ),
        ("table", "dynamodb.DescribeTable", ["InternalServerError: x"], "An error occurred (InternalServerError): x"),
        ("database", "rds.DescribeDBInstances", ["DBInstanceNotFound: none"], None),
        (
            "database",
            "rds.DescribeDBInstances",
            [{"DBInstances": [{"DBInstanceStatus": "creating"}]}],
            "Waiter encountered a terminal failure state: "
            'For expression "DBInstances[].DBInstanceStatus" we matched expected path: "creating" at least once',
        ),
        (
            "function",
            "lambda.GetFunction",
            ["ResourceNotFoundException: none"],
            "An error occurred (ResourceNotFoundException): none",
        ),
    ],
)
def test_waiters(workflow: str, operation: str, given: list[Any], text: str | None) -> None:
    found = judge(WAITERS, answers={operation: given}, workflow=workflow, engines=ONE)
    assert (found.output or "").partition(" failed: ")[2] == (text or "")


JOBS: Final = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import JobFailed, run_job, workflow

    ecs = boto3.client("ecs")
    eks = boto3.client("eks")
    glue = boto3.client("glue")
    containers = boto3.client("emr-containers")

    @workflow
    def task():
        try:
            return run_job(ecs.run_task)(cluster="c", taskDefinition="d")["lastStatus"]
        except JobFailed as e:
            return [e.error, e.cause, str(e), e.args]
        except ecs.exceptions.ClusterNotFoundException as e:
            return ["missing", str(e)]
        except ClientError as e:
            return [type(e).__name__, str(e)]

    @workflow
    def plain_task():
        try:
            return run_job(ecs.run_task)(cluster="c", taskDefinition="d")["lastStatus"]
        except ClientError as e:
            return [e.response["Error"]["Code"], str(e)]

    @workflow
    def cluster():
        try:
            run_job(eks.delete_cluster)(name="n")
        except eks.exceptions.ResourceNotFoundException as e:
            return ["missing", str(e)]
        except ClientError as e:
            return [e.response["Error"]["Code"], str(e)]

    @workflow
    def virtual():
        try:
            run_job(containers.delete_virtual_cluster)(id="abc")
        except ClientError as e:
            return [type(e).__name__, str(e)]

    @workflow
    def etl():
        try:
            return run_job(glue.start_job_run)(JobName="n")["JobRunState"]
        except glue.exceptions.EntityNotFoundException as e:
            return ["missing", str(e)]
        except ClientError as e:
            return [e.response["Error"]["Code"], str(e)]
    """


@pytest.mark.parametrize(
    ("workflow", "operation", "code"),
    [
        ("task", "ecs.RunTask", "ClusterNotFoundException"),
        ("task", "ecs.RunTask", "InvalidParameterException"),
        ("plain_task", "ecs.RunTask", "ServerException"),
        ("cluster", "eks.DeleteCluster", "ResourceNotFoundException"),
        ("cluster", "eks.DeleteCluster", "ServiceUnavailableException"),
        ("virtual", "emr-containers.DeleteVirtualCluster", "ValidationException"),
        ("etl", "glue.StartJobRun", "EntityNotFoundException"),
        ("etl", "glue.StartJobRun", "ConcurrentRunsExceededException"),
    ],
)
def test_jobs_by_another_name(workflow: str, operation: str, code: str) -> None:
    """Integrations of jobs have prefixes of their own: `ECS.ClusterNotFoundException`, where the SDK's say `Ecs`."""
    found = judge(JOBS, answers={operation: failing((code,))}, workflow=workflow, engines=ONE)
    assert found.output[1].startswith(
        f"An error occurred ({code}) when calling the {operation.partition('.')[2]} operation"
    )


@pytest.mark.parametrize(
    ("failures", "cause"),
    [
        ([{"arn": "a", "reason": "RESOURCE:CPU"}], "RESOURCE:CPU"),
        ([{"reason": "RESOURCE:CPU"}, {"arn": "b"}, {"reason": "AGENT"}], "RESOURCE:CPU, AGENT"),
        ([{"arn": "a"}], "the job ended with status AmazonECS.Unknown"),
    ],
)
def test_tasks_without_a_place(failures: list[Any], cause: str) -> None:
    given = {"ecs.RunTask": [{"tasks": [], "failures": failures}]}
    name = "AmazonECS.Unknown"
    assert judge(JOBS, answers=given, workflow="task").output == [name, cause, cause, [name, cause]]
    found = judge(JOBS, answers=given, workflow="plain_task")
    assert (found.error, found.cause) == ("JobFailed", cause)


@pytest.mark.parametrize("code", ["EntityNotFoundException", "InternalServiceException"])
def test_looks_at_a_job(code: str) -> None:
    """An error of a look is one of the start, as a machine is not told which of the two it was."""
    running = {"JobRun": {"Id": "r", "JobName": "n", "JobRunState": "RUNNING"}}
    given = {"glue.StartJobRun": [{"JobRunId": "r"}], "glue.GetJobRun": [running, *failing((code,))]}
    found = judge(JOBS, answers=given, workflow="etl", engines=ONE, calls=False)
    assert found.output[1] == f"An error occurred ({code}) when calling the StartJobRun operation: it went wrong"


CHILDREN: Final = """
    from concurrent.futures import ThreadPoolExecutor
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import Fail, JobFailed, Retry, distributed_map, run_job, with_options, workflow

    db = boto3.client("dynamodb")
    glue = boto3.client("glue")
    rds = boto3.client("rds")

    def look(n: int):
        if n == 1:
            db.get_item(TableName="t", Key={"id": {"S": "x"}})
        if n == 2:
            rds.describe_db_instances(DBInstanceIdentifier="x")
        if n == 3:
            run_job(glue.start_job_run)(JobName="n")
        if n == 4:
            raise Fail("A.B", "four")
        if n == 5:
            raise TimeoutError("told")
        return n

    @workflow
    def child(n: int):
        return look(n)

    @workflow(type="EXPRESS")
    def quick(n: int):
        if n == 2:
            rds.describe_db_instances(DBInstanceIdentifier="x")
        return n

    @workflow
    def between(n: int):
        return child(n)

    @workflow
    def caught(n: int):
        try:
            return between(n)
        except Fail as e:
            return [e.error, e.cause]
        except Exception as e:
            return [type(e).__name__, str(e)]

    @workflow
    def by_class(n: int):
        try:
            return [child(n), quick(n)]
        except db.exceptions.ResourceNotFoundException as e:
            return ["table", str(e), e.response["Error"]["Code"]]
        except rds.exceptions.DBInstanceNotFoundFault as e:
            return ["database", str(e), e.response["Error"]["Message"]]
        except ClientError as e:
            return e.response["Error"]["Message"]
        except JobFailed as e:
            return str(e)

    @workflow
    def quickly(n: int):
        try:
            return quick(n)
        except ClientError as e:
            return [type(e).__name__, str(e), e.response["Error"]["Code"]]

    @workflow
    def again(n: int):
        try:
            return with_options(child, retry=Retry(max_attempts=2))(n=n)
        except ClientError as e:
            return str(e)

    @workflow
    def pooled(n: int):
        with ThreadPoolExecutor() as pool:
            futures = [pool.submit(child, i) for i in (n, 20)]
        found = []
        for future in futures:
            try:
                found.append(future.result())
            except Exception as e:
                found.append([type(e).__name__, str(e)])
        return found

    @workflow
    def distributed(how: str):
        def one(n: int):
            if how != "inside":
                return look(n)
            try:
                return look(n)
            except ClientError as e:
                return str(e)

        try:
            return distributed_map(one, [1, 20], max_concurrency=1, tolerated_failure_count=1 if how == "tolerated" else 0)
        except Fail as e:
            return e.error

    @workflow
    def tolerated():
        found = distributed_map(look, [1, 20], max_concurrency=1, tolerated_failure_count=1)
        return [one["Cause"] if isinstance(one, dict) else one for one in found]
    """
FAILURES: Final = {
    "dynamodb.GetItem": ["ResourceNotFoundException: no table"] * 3,
    "rds.DescribeDBInstances": ["DBInstanceNotFound: none"] * 3,
    "glue.StartJobRun": [{"JobRunId": "r"}],
    "glue.GetJobRun": [{"JobRun": {"Id": "r", "JobName": "n", "JobRunState": "FAILED"}}],
}
NO_TABLE: Final = "An error occurred (ResourceNotFoundException) when calling the GetItem operation: no table"
NO_DATABASE: Final = "An error occurred (DBInstanceNotFound) when calling the DescribeDBInstances operation: none"


@pytest.mark.parametrize(
    ("workflow", "n", "output"),
    [
        ("caught", 1, ["ResourceNotFoundException", NO_TABLE]),
        ("caught", 2, ["DBInstanceNotFoundFault", NO_DATABASE]),
        ("caught", 3, ["JobFailed", "the job ended with status FAILED"]),
        ("caught", 4, ["A.B", "four"]),
        ("caught", 5, ["TimeoutError", "told"]),
        ("by_class", 1, ["table", NO_TABLE, "ResourceNotFoundException"]),
        ("by_class", 2, ["database", NO_DATABASE, "none"]),
        ("by_class", 3, "the job ended with status FAILED"),
        ("quickly", 2, ["DBInstanceNotFoundFault", NO_DATABASE, "DBInstanceNotFound"]),
        ("again", 1, NO_TABLE),
        ("pooled", 2, [["DBInstanceNotFoundFault", NO_DATABASE], 20]),
    ],
)
def test_children_that_fail(workflow: str, n: int, output: Any) -> None:
    """An error of AWS that a child does not catch is that of boto3 for the parent, through all executions between."""
    assert judge(CHILDREN, {"n": n}, answers=FAILURES, workflow=workflow, engines=ONE).output == output


def test_distributed_children() -> None:
    def outcome(workflow: str, **input: Any) -> Any:
        return judge(CHILDREN, input, answers=FAILURES, workflow=workflow, engines=ONE).output

    assert outcome("distributed", how="inside") == [NO_TABLE, 20]
    assert outcome("distributed", how="outside") == "States.ExceedToleratedFailureThreshold"
    assert outcome("tolerated") == [NO_TABLE, 20]
