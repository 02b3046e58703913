"""`pysfnc run` with calls of AWS: where they go, what answers them."""

import json
from pathlib import Path
from typing import Any

import pytest

from pysfnc.cli.exits import Exit
from pysfnc.cli.main import main

GET = {
    "QueryLanguage": "JSONata",
    "StartAt": "G",
    "States": {
        "G": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:getItem",
            "Arguments": {"TableName": "orders", "Key": {"id": {"S": "1"}}},
            "Output": "{% $states.result.Item %}",
            "End": True,
        }
    },
}
SEED = """
import boto3

def fill():
    table = boto3.client("dynamodb", region_name="us-east-1")
    table.create_table(
        TableName="orders", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    table.put_item(TableName="orders", Item={"id": {"S": "1"}, "ok": {"BOOL": True}})

def broken():
    raise ValueError("no seed")
"""
ITEM = {"id": {"S": "1"}, "ok": {"BOOL": True}}


@pytest.fixture
def definition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seed_for_run.py").write_text(SEED)
    path = tmp_path / "get.asl.json"
    path.write_text(json.dumps(GET))
    return str(path)


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def test_setup_fills_the_mock(definition: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", definition, "--json", "--setup", "seed_for_run:fill"]) == Exit.DONE
    assert shown(capsys)["output"] == ITEM


def test_a_mock_file_and_a_recording(definition: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    recording = str(tmp_path / "recorded.json")
    assert main(["run", definition, "--json", "--setup", "seed_for_run:fill", "--record", recording]) == Exit.DONE
    assert shown(capsys)["output"] == ITEM
    recorded = json.loads(Path(recording).read_text())
    assert recorded == {
        "dynamodb.get_item": [{"with": {"TableName": "orders", "Key": {"id": {"S": "1"}}}, "return": {"Item": ITEM}}]
    }
    assert main(["run", definition, "--json", "--mock", recording]) == Exit.DONE
    assert shown(capsys)["output"] == ITEM


def test_mocks_that_nothing_called_are_named(
    definition: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "mocks.json"
    path.write_text(json.dumps({"dynamodb.get_item": {"return": {"Item": ITEM}}, "function:prize": {"return": 1}}))
    assert main(["run", definition, "--mock", str(path)]) == Exit.DONE
    assert capsys.readouterr().err.endswith(f"{path}: nothing called `function:prize`\n")
    assert main(["run", definition, "--json", "--mock", str(path)]) == Exit.DONE
    assert "prize" not in capsys.readouterr().err


def test_a_test_case_of_step_functions_local(
    definition: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "MockConfigFile.json"
    path.write_text(
        json.dumps(
            {
                "StateMachines": {"Get": {"TestCases": {"Gone": {"G": "None"}, "There": {"G": "One"}}}},
                "MockedResponses": {
                    "None": {"0": {"Throw": {"Error": "DynamoDB.AmazonDynamoDBException", "Cause": "down"}}},
                    "One": {"0": {"Return": {"Item": ITEM}}},
                },
            }
        )
    )
    assert main(["run", definition, "--json", "--mock", str(path), "--test-case", "There"]) == Exit.DONE
    assert shown(capsys)["output"] == ITEM
    assert main(["run", definition, "--json", "--mock", str(path), "--test-case", "Gone"]) == Exit.RUN_FAILED
    assert shown(capsys)["cause"] == "down"


def test_the_name_of_the_error_is_shown(definition: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", definition]) == Exit.RUN_FAILED
    assert "DynamoDB.ResourceNotFoundException" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--setup", "seed_for_run"], "--setup seed_for_run: it is to be MODULE:FUNCTION"),
        (["--setup", "nowhere_at_all:f"], "--setup nowhere_at_all:f: No module named 'nowhere_at_all'"),
        (["--setup", "seed_for_run:none"], "--setup seed_for_run:none: seed_for_run has no none"),
        (["--setup", "seed_for_run:fil"], "--setup seed_for_run:fil: seed_for_run has no fil, but fill"),
        (["--setup", "seed_for_run:broken"], "--setup seed_for_run:broken failed: ValueError: no seed"),
        (["--aws"], "This run calls AWS for real"),
        (["--aws", "--endpoint-url", "http://x"], "--aws and --endpoint-url cannot go together"),
        (["--aws", "--setup", "seed_for_run:fill"], "--aws and --setup cannot go together"),
        (["--endpoint-url", "localhost:4566"], "a URL is wanted, such as http://localhost:4566"),
        (["--mock", "none.json"], "none.json: cannot be read: No such file or directory"),
        (["--test-case", "A"], "--test-case is for a mock file: --mock FILE"),
        (["--mock", "get.asl.json"], "keys are `service.method` as in boto3"),
        (["--record", "none/at/all.json", "--setup", "seed_for_run:fill"], "none/at/all.json: cannot be written"),
    ],
)
def test_wrong_options(definition: str, capsys: pytest.CaptureFixture[str], options: list[str], complaint: str) -> None:
    assert main(["run", definition, "--json", *options]) == Exit.WRONG_CALL
    error = capsys.readouterr().err
    assert complaint in error
    assert "Traceback" not in error
    assert len(error.splitlines()) == 1


def test_an_endpoint_that_does_not_answer(definition: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", definition, "--json", "--endpoint-url", "http://127.0.0.1:9"]) == Exit.RUN_FAILED
    result = shown(capsys)
    assert result["error"] == "DynamoDB.SdkClientException"
    assert result["cause"].startswith("Unable to execute HTTP request: ")


def test_a_token_that_nobody_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:createBucket.waitForTaskToken",
        "Arguments": {"Bucket": "bucket"},
        "End": True,
    }
    path = tmp_path / "wait.json"
    path.write_text(json.dumps({"QueryLanguage": "JSONata", "StartAt": "W", "States": {"W": state}}))
    assert main(["run", str(path)]) == Exit.WRONG_CALL
    error = capsys.readouterr().err
    assert (
        "W waits for an answer. From elsewhere: aws stepfunctions send-task-success --endpoint-url http://127.0.0.1:"
        in error
    )
    assert "the execution waits for an answer that nobody gives" in error
