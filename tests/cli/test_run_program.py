"""`pysfnc run app.py`: the compiled machine with its tasks as local Lambda functions."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

MODES = ("workers", "in-process")


@pytest.mark.parametrize("mode", MODES)
def test_a_run_that_succeeds(run: Run, program: Path, mode: str) -> None:
    code, out, err = run("run", "app.py", "--input", '{"amount": 5}', "--lambda", mode)
    assert (code, out) == (0, '"charged 5 EUR"\n')
    assert err.startswith("pay: SUCCEEDED in ") and "1 Lambda invocation, $0.0000" in err


@pytest.mark.parametrize("mode", MODES)
def test_a_failing_task_shows_the_lines_of_both_sides(run: Run, program: Path, mode: str) -> None:
    code, out, err = run("run", "app.py", "--input", '{"amount": 500}', "--lambda", mode)
    assert (code, out) == (5, "")
    lines = err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].startswith('  File "app.py", line ') and lines[1].endswith(", in pay")
    assert lines[2] == "    return charge(amount)"
    assert lines[3] == '  File "app.py", line 13, in charge'
    assert lines[4] == '    raise Declined("too much")'
    assert lines[5] == "Declined: too much"


def test_a_failure_of_the_machine_shows_its_line(run: Run, program: Path) -> None:
    code, out, err = run("run", "app.py", "--input", '{"amount": -1}')
    assert (code, out) == (5, "")
    lines = err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].startswith('  File "app.py", line ') and lines[1].endswith(", in pay")
    assert lines[3] == "ValueError: negative"


@pytest.mark.parametrize(
    ("input", "message"),
    [
        ("{}", "TypeError: pay() missing 1 required positional argument: 'amount'"),
        ('{"amount": "5"}', "TypeError: pay() argument 'amount' must be int, not str"),
    ],
)
def test_an_input_that_does_not_fit_fails_as_in_python(run: Run, program: Path, input: str, message: str) -> None:
    code, out, err = run("run", "app.py", "--input", input)
    assert (code, out) == (5, "")
    assert message in err.splitlines()
    assert "0 Lambda invocations" in err


def test_json_has_every_field(run: Run, program: Path) -> None:
    code, out, err = run("run", "app.py", "--input", '{"amount": 5}', "--json", "--lambda", "in-process")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert list(result) == [
        "status",
        "output",
        "error",
        "cause",
        "transitions",
        "states",
        "lambda_invocations",
        "price_usd",
    ]
    assert result["output"] == "charged 5 EUR"
    assert len(result["states"]) == result["transitions"]
    assert result["price_usd"] == pytest.approx(result["transitions"] * 0.000025, rel=0.1)


def test_a_workflow_must_be_chosen_when_there_are_several(run: Run, program: Path) -> None:
    program.write_text(program.read_text() + "\n\n@workflow\ndef other(x: int) -> int:\n    return x\n")
    code, out, err = run("run", "app.py", "--input", '{"x": 1}')
    assert (code, out) == (2, "")
    assert err == "pysfnc: error: the file defines `pay` and `other`; choose one with --workflow NAME\n"
    assert run("run", "app.py", "--workflow", "other", "--input", '{"x": 1}')[1] == "1\n"
