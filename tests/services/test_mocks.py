"""Mock files of both formats, recording and giving back."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from pysfnc.engine import RunResult
from pysfnc.services import BadMocks, Mocks, Recorder, read_mocks
from tests.engine.machines import passing, retrier, task
from tests.services.test_calls import QUEUE, bucket, queue, table
from tests.services.world import calling, run


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "mocks.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def read(tmp_path: Path, content: Any, test_case: str | None = None) -> Mocks:
    return read_mocks(written(tmp_path, content), "Orders", test_case)


GET = calling(
    "dynamodb:getItem", {"TableName": "orders", "Key": {"id": {"S": "1"}}}, Output="{% $states.result.Item %}"
)


def test_an_answer_in_the_form_of_boto3(tmp_path: Path) -> None:
    mocks = read(tmp_path, {"dynamodb.get_item": {"return": {"Item": {"id": {"S": "1"}, "ok": {"BOOL": True}}}}})
    assert run({"G": GET}, mocks=mocks).output == {"id": {"S": "1"}, "ok": {"BOOL": True}}
    sdk = {**GET, "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem"}
    assert run({"G": sdk}, mocks=mocks).output == {"id": {"S": "1"}, "ok": {"Bool": True}}


def test_a_document_that_boto3_reads(tmp_path: Path) -> None:
    """In the form of boto3 a policy of IAM is a dict; a state gets the URL-encoded text."""
    document = {"Statement": [{"Effect": "Allow", "Sid": "a b"}]}
    mocks = read(tmp_path, {"iam.get_role_policy": {"return": {"RoleName": "r", "PolicyDocument": document}}})
    call = calling("aws-sdk:iam:getRolePolicy", {"RoleName": "r", "PolicyName": "p"})
    output = run({"G": call}, mocks=mocks).output
    assert output["PolicyDocument"].startswith("%7B%22Statement%22")
    assert json.loads(unquote(output["PolicyDocument"])) == document


def test_occurrences(tmp_path: Path) -> None:
    throttled = {"raise": {"Code": "ProvisionedThroughputExceededException", "Message": "slow down"}}
    for given in (
        [{**throttled, "times": 2}, {"return": {"Item": {"n": {"N": "3"}}}}],
        {"0-1": throttled, "2": {"return": {"Item": {"n": {"N": "3"}}}}},
    ):
        mocks = read(tmp_path, {"dynamodb.get_item": given})
        state = {**GET, "Retry": [retrier("DynamoDB.ProvisionedThroughputExceededException")]}
        result = run({"G": state}, mocks=mocks)
        assert (result.output, result.duration_s) == ({"n": {"N": "3"}}, 3)
        assert mocks.unused() == []


def test_answers_by_arguments(tmp_path: Path) -> None:
    content = {
        "dynamodb.get_item": [
            {"with": {"Key": {"id": {"S": "2"}}}, "return": {"Item": {"which": {"S": "two"}}}},
            {"with": {"Key": {"id": {"S": "1"}}}, "return": {"Item": {"which": {"S": "one"}}}},
        ]
    }
    assert run({"G": GET}, mocks=read(tmp_path, content)).output == {"which": {"S": "one"}}


def test_no_answer_left(tmp_path: Path) -> None:
    mocks = read(tmp_path, {"dynamodb.get_item": [{"return": {}}]})
    state = {**GET, "Output": "{% $states.input %}"}
    with pytest.raises(BadMocks, match=r"state .B.: the mock file has no answer left for `dynamodb\.get_item` with"):
        run({"A": {**{k: v for k, v in state.items() if k != "End"}, "Next": "B"}, "B": state}, mocks=mocks)


def test_what_the_file_does_not_name_goes_to_the_mock_of_aws(tmp_path: Path) -> None:
    mocks = read(tmp_path, {"sqs.send_message": {"return": {"MessageId": "m"}}})
    assert run({"G": {**GET, "Output": "{% $exists($states.result.Item) %}"}}, table, mocks=mocks).output is False


def test_functions(tmp_path: Path) -> None:
    mocks = read(
        tmp_path,
        {
            "function:charge": [
                {"raise": {"errorType": "Declined", "errorMessage": "no money"}},
                {"with": {"n": 1}, "return": {"paid": True}},
            ]
        },
    )
    result = run({"T": task("charge", {"n": 1}, Retry=[retrier("Declined")])}, mocks=mocks)
    assert (result.output, result.lambda_invocations) == ({"paid": True}, 2)


def test_slow_answers_run_into_timeouts(tmp_path: Path) -> None:
    mocks = read(tmp_path, {"dynamodb.get_item": {"return": {}, "after": 30}})
    result = run({"G": {**GET, "TimeoutSeconds": 20}}, mocks=mocks)
    assert (result.error, result.duration_s) == ("States.Timeout", 20)


WAITING = calling(
    "sqs:sendMessage.waitForTaskToken",
    {"QueueUrl": QUEUE, "MessageBody": {"token": "{% $states.context.Task.Token %}"}},
    HeartbeatSeconds=60,
)


def test_callbacks(tmp_path: Path) -> None:
    def asked(token: dict[str, Any]) -> RunResult:
        entry = {"return": {"MessageId": "m"}, "token": token}
        return run({"W": WAITING}, mocks=read(tmp_path, {"sqs.send_message": entry}))

    answered = asked({"answer": {"ok": True}, "after": 30})
    assert (answered.output, answered.duration_s) == ({"ok": True}, 30)
    refused = asked({"refuse": {"error": "Declined", "cause": "no"}})
    assert (refused.error, refused.cause) == ("Declined", "no")
    kept = asked({"answer": 1, "after": 100, "heartbeats": [50]})
    assert (kept.output, kept.duration_s) == (1, 100)
    lost = asked({"answer": 1, "after": 100})
    assert (lost.error, lost.duration_s) == ("States.Timeout", 60)


LOCAL = {
    "StateMachines": {
        "Orders": {
            "TestCases": {
                "HappyPath": {"Charge": "Charged", "Tell": "Told"},
                "RetryPath": {"Charge": "ChargedAtLast", "Tell": "Told"},
                "FailurePath": {"Charge": "NeverCharged"},
            }
        }
    },
    "MockedResponses": {
        "Charged": {"0": {"Return": {"StatusCode": 200, "Payload": {"paid": True}}}},
        "ChargedAtLast": {
            "0": {"Throw": {"Error": "Lambda.TooManyRequestsException", "Cause": "busy"}},
            "1-2": {"Throw": {"Error": "Lambda.ServiceException", "Cause": "broken"}},
            "3": {"Return": {"Payload": {"paid": True}}},
        },
        "NeverCharged": {"0": {"Throw": {"Error": "Declined", "Cause": "no money"}}},
        "Told": {"0": {"Return": {"MessageId": "m-1"}}},
    },
}
ORDERS = {
    "Charge": task(
        "charge", Next="Tell", Retry=[retrier("Lambda.TooManyRequestsException"), retrier("Lambda.ServiceException")]
    ),
    "Tell": calling("sqs:sendMessage.waitForTaskToken", {"QueueUrl": "q", "MessageBody": "x"}),
}


@pytest.mark.parametrize(
    ("case", "outcome", "retries"),
    [
        ("HappyPath", ("SUCCEEDED", {"MessageId": "m-1"}, None, None), 0),
        ("RetryPath", ("SUCCEEDED", {"MessageId": "m-1"}, None, None), 3),
        ("FailurePath", ("FAILED", None, "Declined", "no money"), 0),
    ],
)
def test_a_file_of_step_functions_local(tmp_path: Path, case: str, outcome: tuple[Any, ...], retries: int) -> None:
    result = run(ORDERS, mocks=read(tmp_path, LOCAL, case))
    assert (result.status, result.output, result.error, result.cause) == outcome
    assert result.transitions == len(result.states) + retries


def with_response(response: Any) -> Any:
    return {**LOCAL, "MockedResponses": {**LOCAL["MockedResponses"], "Charged": response}}


@pytest.mark.parametrize(
    ("content", "case", "fault"),
    [
        ("{", None, "is no JSON: "),
        ([1], None, "a mock file is a JSON object"),
        ({"dynamodb.get_itm": {"return": 1}}, None, "`dynamodb.get_itm`: boto3's client of `dynamodb` has no method `get_itm`"),
        ({"dynamdb.get_item": {"return": 1}}, None, "a service `dynamodb` exists"),
        ({"get_item": {"return": 1}}, None, "keys are `service.method` as in boto3, or `function:NAME`"),
        ({"sqs.send_message": 3}, None, "a list of answers, or one answer for all calls, is wanted"),
        ({"sqs.send_message": [{}]}, None, "`sqs.send_message[0]`: one of `return` and `raise` is wanted"),
        ({"sqs.send_message": [{"return": 1, "foo": 2}]}, None, "unknown `foo`"),
        ({"sqs.send_message": [{"return": 1, "times": 0}]}, None, "a whole number from 1 to 10000 is wanted"),
        ({"sqs.send_message": [{"return": 1, "after": -1}]}, None, "seconds are wanted"),
        ({"sqs.send_message": {"0": {"return": 1}, "2": {"return": 1}}}, None, "numbered 0, 1, 2, ... without a gap"),
        ({"sqs.send_message": {"0": {"return": {}}, "x": {}}}, None, "`x` is neither a number of a call nor a range"),
        ({"sqs.send_message": {"retrun": {}}}, None, "`sqs.send_message`: unknown `retrun` (`return`?)"),
        ({"sqs.send_message": {"return": 1}}, None, "`sqs.send_message.return`: an object is wanted"),
        ({"sqs.send_message": {"return": {"MessageID": "m"}}}, None, "has no member `MessageID` there, but `MessageId`"),
        ({"sqs.send_message": {"with": {"Url": "q"}, "return": {}}}, None, "`sqs.send_message.with`: boto3 has no member"),
        ({"dynamodb.scan": [{"return": {"Items": [{"a": "b"}]}}]}, None, "`dynamodb.scan[0].return.Items[0].a`: an object"),
        ({"dynamodb.scan": [{"return": {"Count": True}}]}, None, "`dynamodb.scan[0].return.Count`: a whole number is"),
        ({"sns.delete_topic": {"return": {"a": 1}}}, None, "`sns.delete_topic.return`: boto3 has no member `a` there"),
        ({"sqs.send_message": [{"return": 1, "token": {}}]}, None, "one of `answer` and `refuse` is wanted"),
        ({"sqs.send_message": [{"return": 1}]}, "A", "--test-case is for files with `StateMachines`"),
        (LOCAL, None, "choose a test case: --test-case HappyPath | RetryPath | FailurePath"),
        (LOCAL, "HappyPth", "it has no test case `HappyPth`, but `HappyPath`"),
        (with_response({"0": {"Give": 1}}), "HappyPath", "`Charged.0`: one of `Return` and `Throw` is wanted"),
        (with_response({"1": {"Return": 1}}), "HappyPath", "numbered 0, 1, 2, ... without a gap"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used(tmp_path: Path, content: Any, case: str | None, fault: str) -> None:
    with pytest.raises(BadMocks) as raised:
        read(tmp_path, content, case)
    assert fault in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_name_that_is_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "mocks.json"
    path.write_text('{"sqs.send_message": {"return": {}}, "sqs.send_message": {"return": {}}}')
    with pytest.raises(BadMocks, match=r"mocks\.json: `sqs\.send_message` is there twice in one object"):
        read_mocks(path, "Orders", None)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BadMocks, match=r"none\.json: cannot be read: No such file"):
        read_mocks(tmp_path / "none.json", "Orders", None)


def test_a_recording_gives_the_same_answers_again(tmp_path: Path) -> None:
    states = {
        "R": calling(
            "aws-sdk:s3:getObject", {"Bucket": "bucket", "Key": "k"}, Assign={"got": "{% $states.result %}"}, Next="M"
        ),
        "M": calling(
            "aws-sdk:s3:getObject",
            {"Bucket": "bucket", "Key": "missing"},
            Catch=[
                {
                    "ErrorEquals": ["S3.NoSuchKeyException"],
                    "Next": "F",
                    "Assign": {"error": "{% $states.errorOutput %}"},
                }
            ],
            Next="F",
        ),
        "F": task("double", 4, Assign={"eight": "{% $states.result.Payload %}"}, Next="B"),
        "B": task(
            "broken",
            4,
            Catch=[{"ErrorEquals": ["ValueError"], "Next": "E", "Assign": {"failed": "{% $states.errorOutput %}"}}],
            Next="E",
        ),
        "E": passing("{% [$got, $error, $eight, $failed] %}"),
    }

    def broken(_: Any) -> Any:
        raise ValueError("no")

    recorder = Recorder()
    first = run(states, bucket, recorder=recorder, functions={"double": lambda n: 2 * n, "broken": broken})
    assert first.status == "SUCCEEDED"
    path = written(tmp_path, recorder.text())
    again = run(states, mocks=read_mocks(path, "Orders", None))
    assert again.output == first.output


def test_a_recording_of_messages(tmp_path: Path) -> None:
    recorder = Recorder()
    run({"S": calling("sqs:sendMessage", {"QueueUrl": QUEUE, "MessageBody": {"a": 1}})}, queue, recorder=recorder)
    recorded = json.loads(recorder.text())
    assert recorded["sqs.send_message"][0]["with"] == {"QueueUrl": QUEUE, "MessageBody": '{"a":1}'}
