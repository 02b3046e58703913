"""The person at the terminal: answering tokens, and being asked before AWS is called."""

import io
import json
import os
import pty
import sys
import threading
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from pysfnc.cli.exits import Exit
from pysfnc.cli.main import main


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def waiting(tmp_path: Path) -> str:
    """A definition with a task that waits for its token."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:createBucket.waitForTaskToken",
        "Arguments": {"Bucket": "bucket"},
        "TimeoutSeconds": 60,
        "End": True,
    }
    path = tmp_path / "wait.json"
    path.write_text(json.dumps({"QueryLanguage": "JSONata", "StartAt": "Ask", "States": {"Ask": state}}))
    return str(path)


def run(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> tuple[int, str, str]:
    out, error = io.StringIO(), Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", error)
    code = main(["run", *arguments])
    return code, out.getvalue(), error.getvalue()


def test_an_answer_is_typed(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, error = run(monkeypatch, '{"ok": true}\n', waiting)
    assert (code, json.loads(out)) == (Exit.DONE, {"ok": True})
    assert "Answer for Ask (JSON; `!Error cause` refuses; nothing lets time pass): " in error
    assert (
        "Ask waits for an answer. From elsewhere: aws stepfunctions send-task-success --endpoint-url http://127.0.0.1:"
        in error
    )


def test_what_is_no_json_is_asked_again(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, error = run(monkeypatch, "yes\n5\n", waiting)
    assert (code, json.loads(out)) == (Exit.DONE, 5)
    assert "Invalid Output: 'yes' is not valid JSON" in error


def test_a_refusal_is_typed(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, error = run(monkeypatch, "!Declined not today\n", waiting)
    assert code == Exit.RUN_FAILED
    assert "Declined: not today" in error


def test_nothing_lets_time_pass(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, error = run(monkeypatch, "\n", waiting)
    assert code == Exit.RUN_FAILED
    assert "States.Timeout" in error


def test_the_call_is_shown_with_which_a_task_waits(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, error = run(monkeypatch, "1\n", waiting)
    assert 'Ask was called with {"Bucket": "bucket"}\nAnswer for Ask' in error


def test_an_answer_from_elsewhere_takes_the_question_back(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    controller, terminal = pty.openpty()
    out, error = io.StringIO(), Terminal()

    def answer() -> None:
        while "Answer for Ask" not in error.getvalue():
            time.sleep(0.01)
        url, _, token = error.getvalue().partition("--endpoint-url ")[2].split()[:3]
        boto3.client(
            "stepfunctions", endpoint_url=url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        ).send_task_success(taskToken=token, output="[1]")

    with os.fdopen(controller, "wb"), os.fdopen(terminal) as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", error)
        elsewhere = threading.Thread(target=answer)
        elsewhere.start()
        code = main(["run", waiting])
        elsewhere.join()
    assert (code, json.loads(out.getvalue())) == (Exit.DONE, [1])
    assert "answered from elsewhere" in error.getvalue()


def test_nobody_is_asked_for_one_object(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, error = run(monkeypatch, "1\n", waiting, "--json")
    assert (code, json.loads(out)["error"], error) == (Exit.RUN_FAILED, "States.Timeout", "")


def test_aws_is_called_only_after_a_yes(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    class Aws:
        def __init__(self) -> None:
            made.append(self)
            raise AssertionError("nothing may open the way to AWS")

    monkeypatch.setattr("pysfnc.assembly.world.AwsBackend", Aws)
    code, _, error = run(monkeypatch, "n\n", waiting, "--aws")
    assert (code, made) == (Exit.WRONG_CALL, [])
    assert "This run calls AWS for real" in error and "Go on? [y/N] " in error
    assert error.endswith("pysfnc: error: not run\n")
