"""`pysfnc run machine.asl.json`: what it prints, where, and how it exits."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

COUNTER = {
    "QueryLanguage": "JSONata",
    "StartAt": "Add",
    "States": {
        "Add": {"Type": "Pass", "Output": "{% $states.input.x + 1 %}", "Next": "Check"},
        "Check": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input > 5 %}", "Next": "Fail"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
        "Fail": {"Type": "Fail", "Error": "TooBig", "Cause": "more than five"},
    },
}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    path = tmp_path / "machine.asl.json"
    path.write_text(json.dumps(COUNTER))
    return path


def test_the_output_is_alone_on_standard_output(run: Run, machine: Path) -> None:
    code, out, err = run("run", machine, "--input", '{"x": 1}')
    assert (code, out) == (0, "2\n")
    assert err == "StateMachine: SUCCEEDED in 3 transitions, 0 Lambda invocations, $0.000075\n"


def test_a_failed_execution_has_an_exit_code_of_its_own(run: Run, machine: Path) -> None:
    code, out, err = run("run", machine, "--input", '{"x": 9}')
    assert (code, out) == (5, "")
    assert err.startswith("TooBig: more than five\n")


def test_json_prints_one_object_and_nothing_else(run: Run, machine: Path) -> None:
    code, out, err = run("run", machine, "--input", '{"x": 9}', "--json")
    assert (code, err) == (5, "")
    assert json.loads(out) == {
        "status": "FAILED",
        "output": None,
        "error": "TooBig",
        "cause": "more than five",
        "transitions": 3,
        "states": ["Add", "Check", "Fail"],
        "lambda_invocations": 0,
        "price_usd": 0.000075,
    }


def test_input_from_a_file_and_from_standard_input(
    run: Run, machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.json").write_text('{"x": 2}')
    assert run("run", machine, "--input", f"@{tmp_path / 'in.json'}")[1] == "3\n"
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO('{"x": 3}'))
    assert run("run", machine, "--input", "-")[1] == "4\n"


def test_the_history_is_written_as_aws_gives_it(run: Run, machine: Path, tmp_path: Path) -> None:
    target = tmp_path / "history.json"
    assert run("run", machine, "--input", '{"x": 1}', "--history", target)[0] == 0
    events: list[dict[str, Any]] = json.loads(target.read_text())["events"]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "ExecutionStarted"
    assert events[-1]["type"] == "ExecutionSucceeded"


@pytest.mark.parametrize(
    ("input", "message"),
    [
        ("{", "--input: is no JSON: "),
        ("", "--input: is no JSON: "),
        ("{'x': 1}", "--input: is no JSON: "),
        ('{"x": NaN}', "--input: is no JSON: NaN is not a JSON value"),
        ("@missing.json", "missing.json: cannot be read: No such file or directory"),
        ("@.", ".: cannot be read: Is a directory"),
        ("[" * 100_000, "--input: is nested too deep"),
    ],
)
def test_wrong_input_is_one_line(run: Run, machine: Path, input: str, message: str) -> None:
    code, out, err = run("run", machine, "--input", input)
    assert (code, out) == (2, "")
    assert err.startswith(f"pysfnc: error: {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"{", 1, "is no JSON"),
        (b"[]", 1, "is no state machine definition"),
        (b'"text"', 1, "is no state machine definition"),
        (b"{}", 1, "is no state machine definition"),
        (b'{"StartAt": "A", "States": {"A": {"Type": "Pass"}}}', 1, "Step Functions would refuse it: "),
        (b'{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}', 1, "Step Functions would refuse it: "),
        (b"\xff\xfe\x00", 2, "is not UTF-8 text"),
    ],
)
def test_a_definition_that_is_none_is_one_line(
    run: Run, tmp_path: Path, content: bytes, code: int, message: str
) -> None:
    path = tmp_path / "machine.json"
    path.write_bytes(content)
    got, out, err = run("run", path)
    assert (got, out) == (code, "")
    assert message in err and err.count("\n") == 1


def test_missing_definitions_and_folders(run: Run, tmp_path: Path) -> None:
    code, _, err = run("run", tmp_path / "none.json")
    assert code == 2 and "no such file" in err
    (tmp_path / "folder.json").mkdir()
    code, _, err = run("run", tmp_path / "folder.json")
    assert code == 2 and "is a directory, not a definition" in err


def test_a_history_that_cannot_be_written_is_one_line(run: Run, machine: Path, tmp_path: Path) -> None:
    code, out, err = run("run", machine, "--input", '{"x": 1}', "--history", tmp_path / "none" / "h.json")
    assert (code, out) == (2, "")
    assert "cannot be written: No such file or directory" in err and err.count("\n") == 1
    code, _, err = run("run", machine, "--input", '{"x": 1}', "--history", "/dev/full")
    assert code == 2 and "/dev/full: cannot be written: No space left on device" in err


def test_a_task_without_a_service_says_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "f"},
        "End": True,
    }
    path.write_text(json.dumps({"QueryLanguage": "JSONata", "StartAt": "T", "States": {"T": task}}))
    code, out, err = run("run", path)
    assert (code, out) == (2, "")
    assert "arn:aws:states:::lambda:invoke" in err and err.count("\n") == 1


def test_placeholders_are_filled_in(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    state = {"Type": "Pass", "Output": "{% '${NAME}' %}", "End": True}
    path.write_text(json.dumps({"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": state}}))
    assert run("run", path, "--set", "NAME=it's")[1] == '"it\'s"\n'
    code, _, err = run("run", path, "--set", "NAMES=x")
    assert code == 2 and "a placeholder `NAME` exists" in err
