"""`pysfnc compile`: what it prints, where, and what it refuses."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TWO = """
from pysfnc import workflow


@workflow
def first(x: int) -> int:
    return x + 1


@workflow(name="Second")
def second(x: int) -> int:
    return x - 1
"""
WRONG = """
from pysfnc import workflow


@workflow
def first(x: int) -> int:
    return y


@workflow
def second(x: int) -> int:
    return z
"""


def test_the_definition_is_alone_on_standard_output(run: Run, program: Path) -> None:
    code, out, err = run("compile", "app.py")
    assert (code, err) == (0, "")
    definition = json.loads(out)
    assert definition["QueryLanguage"] == "JSONata"
    assert "${AppFunctionArn}" in out


def test_placeholders_can_be_filled_in(run: Run, program: Path, tmp_path: Path) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:pay"
    _, out, _ = run("compile", "app.py", "--set", f"AppFunctionArn={arn}")
    assert arn in out and "${" not in out
    (tmp_path / "values.json").write_text(json.dumps({"AppFunctionArn": arn}))
    assert run("compile", "app.py", "--values", "values.json")[1] == out
    code, out, err = run("compile", "app.py", "--set", "AppFunction=x")
    assert (code, out) == (2, "")
    assert "a placeholder `AppFunctionArn` exists" in err


def test_the_forms_on_the_way_can_be_printed(run: Run, program: Path) -> None:
    for form in ("hir", "blocks"):
        code, out, err = run("compile", "app.py", "--emit", form)
        assert (code, err) == (0, "")
        assert "pay" in out and not out.startswith("{")


def test_levels_differ_in_states_only(run: Run, program: Path) -> None:
    plain, fused = (json.loads(run("compile", "app.py", level)[1]) for level in ("-O0", "-O1"))
    assert len(plain["States"]) >= len(fused["States"])


def test_why_not_reports_where_functions_went(run: Run, program: Path) -> None:
    _, out, err = run("compile", "app.py", "--why-not")
    assert json.loads(out)
    assert "charge: in Lambda" in err


def test_the_output_can_be_a_file(run: Run, program: Path, tmp_path: Path) -> None:
    _, printed, _ = run("compile", "app.py")
    assert run("compile", "app.py", "-o", "machine.asl.json") == (0, "", "")
    assert (tmp_path / "machine.asl.json").read_text() == printed


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("none/machine.json", "No such file or directory"),
        ("prices.py/machine.json", "Not a directory"),
        (".", "Is a directory"),
        ("/dev/full", "No space left on device"),
    ],
)
def test_an_output_that_cannot_be_written_is_one_line(run: Run, program: Path, target: str, reason: str) -> None:
    before = sorted(os.listdir())
    assert run("compile", "app.py", "-o", target) == (2, "", f"pysfnc: error: {target}: cannot be written: {reason}\n")
    assert sorted(os.listdir()) == before


def test_several_workflows_are_an_object_with_a_note(run: Run, program: Path) -> None:
    program.write_text(TWO)
    code, out, err = run("compile", "app.py")
    assert code == 0
    assert list(json.loads(out)) == ["first", "Second"]
    assert err.startswith("pysfnc: note: ") and err.count("\n") == 1
    code, out, err = run("compile", "app.py", "--workflow", "Second")
    assert (code, err) == (0, "")
    assert "StartAt" in json.loads(out)


def test_an_unknown_workflow_is_one_line(run: Run, program: Path) -> None:
    program.write_text(TWO)
    code, out, err = run("compile", "app.py", "--workflow", "secnd")
    assert (code, out) == (2, "")
    assert err == "pysfnc: error: no workflow `secnd`; a workflow `Second` is defined\n"
    assert "the file defines `first` and `Second`" in run("compile", "app.py", "--workflow", "x")[2]


def test_all_errors_of_a_file_are_shown_with_their_lines(run: Run, program: Path) -> None:
    program.write_text(WRONG)
    code, out, err = run("compile", "app.py")
    assert (code, out) == (1, "")
    assert err.count("error[SFN201]") == 2
    assert "7 |     return y\n  |            ^" in err
    code, out, err = run("compile", "app.py", "--format", "concise")
    assert (code, out) == (1, "")
    assert [line[:20].strip() for line in err.splitlines()] == ["app.py:7:12: SFN201", "app.py:12:12: SFN201"]
    code, out, err = run("compile", "app.py", "--format", "json")
    assert (code, out) == (1, "")
    assert [item["code"] for item in json.loads(err)] == ["SFN201", "SFN201"]


def test_compiling_never_runs_the_program(run: Run, program: Path) -> None:
    program.write_text('raise SystemExit("this must not run")\n' + TWO)
    assert run("compile", "app.py", "--workflow", "first")[0] == 0


def test_the_same_source_gives_the_same_bytes(run: Run, program: Path) -> None:
    assert run("compile", "app.py") == run("compile", "app.py")
