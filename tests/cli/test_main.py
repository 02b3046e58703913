"""The command line as a whole: help, wrong calls, bugs, pipes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pysfnc.cli.exits import CommandError, Exit
from pysfnc.cli.main import main

PROCESS = [sys.executable, "-m", "pysfnc"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **more}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["compile"], "the following arguments are required: FILE.py"),
        (["compile", "a.py", "--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["compile", "a.py", "--emi", "asl"], "unrecognized arguments: --emi"),
        (["compile", "a.py", "--emit", "llvm"], "invalid choice: 'llvm'"),
        (["compile", "a.py", "-O7"], "invalid choice: 7"),
        (["build", "a.py"], "the following arguments are required: -o/--output"),
        (["run", "a.py", "--lambda", "moon"], "invalid choice: 'moon'"),
        (["run"], "the following arguments are required: FILE"),
    ],
)
def test_a_wrong_call_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert main(arguments) == Exit.WRONG_CALL
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--help"], ["compile", "--help"], ["build", "-h"], ["run", "-h"], ["explain", "-h"]]
)
def test_help_goes_to_standard_output(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: pysfnc") and err == ""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("pysfnc ")


def test_explain_prints_pages_and_lists_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "sfn202"]) == 0
    assert capsys.readouterr().out.startswith("# SFN202 maybe-unset\n")
    assert main(["explain"]) == 0
    assert "SFN202  maybe-unset" in capsys.readouterr().out
    assert main(["explain", "maybe-unste"]) == Exit.WRONG_CALL
    assert "a code `maybe-unset` exists" in capsys.readouterr().err


def test_an_error_of_a_command_is_one_line_whatever_its_text() -> None:
    assert str(CommandError("two\nlines\t here")) == "two lines here"


def fail(*_: object) -> None:
    raise KeyError("surprise")


def test_a_bug_asks_for_a_report_and_hides_the_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYSFNC_DEBUG", raising=False)
    monkeypatch.setattr("pysfnc.cli.explain.run_explain", fail)
    assert main(["explain"]) == Exit.BUG
    err = capsys.readouterr().err
    assert "internal error in `explain`: KeyError: 'surprise'" in err
    assert "report" in err and "PYSFNC_DEBUG=1" in err and "Traceback" not in err


def test_a_bug_shows_its_traceback_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSFNC_DEBUG", "1")
    monkeypatch.setattr("pysfnc.cli.explain.run_explain", fail)
    assert main(["explain"]) == Exit.BUG
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_interruption_has_the_exit_code_of_shells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pysfnc.cli.explain.run_explain", interrupt)
    assert main(["explain"]) == 130
    assert capsys.readouterr().err == "pysfnc: error: interrupted\n"


def test_a_full_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROCESS, "explain"], stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
    assert done.returncode == Exit.WRONG_CALL
    assert done.stderr == "pysfnc: error: input or output failed: No space left on device\n"


def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        [*PROCESS, "explain", "SFN202"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), bufsize=0
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(timeout=30) == 0
    assert errors == b""
