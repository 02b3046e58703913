"""`pysfnc build`: what is in the folder, and that it is whole or not there."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_build_holds_what_the_manifest_names(run: Run, program: Path) -> None:
    code, out, err = run("build", "app.py", "-o", "out", "--python", "3.12", "--arch", "x86_64")
    assert (code, err) == (0, "")
    assert "charge: in Lambda" in out and "out: pay (" in out
    manifest = json.loads(Path("out/manifest.json").read_text())
    workflow = manifest["workflows"]["pay"]
    definition = json.loads(Path("out", workflow["definition"]).read_text())
    assert workflow["type"] == "STANDARD"
    assert workflow["bytes"] == Path("out", workflow["definition"]).stat().st_size
    assert workflow["source_map"].keys() & definition["States"].keys()
    assert all(position["file"] == "app.py" for position in workflow["source_map"].values())
    (placeholder,) = workflow["functions"]
    function = manifest["functions"][placeholder]
    assert (function["runtime"], function["architecture"]) == ("python3.12", "x86_64")
    assert f'"FunctionName": "${{{placeholder}}}"' in Path("out", workflow["definition"]).read_text()
    with zipfile.ZipFile(Path("out", function["zip"])) as archive:
        assert {"app.py", "prices.py", "pysfnc_handler.py"} <= set(archive.namelist())
    assert sorted(os.listdir("out")) == ["functions.zip", "manifest.json", "pay.asl.json", "report.txt"]
    assert stat.S_IMODE(Path("out/pay.asl.json").stat().st_mode) & 0o444


def test_a_build_can_be_repeated_and_gives_the_same_bytes(run: Run, program: Path) -> None:
    files = {}
    for _ in range(2):
        assert run("build", "app.py", "-o", "out")[0] == 0
        now = {path.name: path.read_bytes() for path in Path("out").iterdir()}
        assert files in ({}, now)
        files = now


def test_values_are_filled_into_the_definition(run: Run, program: Path) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:pay"
    assert run("build", "app.py", "-o", "out", "--set", f"AppFunctionArn={arn}")[0] == 0
    assert arn in Path("out/pay.asl.json").read_text()


def test_a_program_without_tasks_needs_no_zip(run: Run, program: Path) -> None:
    program.write_text("from pysfnc import workflow\n\n\n@workflow\ndef f(x: int) -> int:\n    return x + 1\n")
    code, out, _ = run("build", "app.py", "-o", "out")
    assert code == 0 and "nothing for Lambda" in out
    assert sorted(os.listdir("out")) == ["f.asl.json", "manifest.json", "report.txt"]
    assert json.loads(Path("out/manifest.json").read_text())["functions"] == {}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("prices.py", "Not a directory"),
        ("prices.py/out", "Not a directory"),
        ("/proc/out", "No such file or directory"),
    ],
)
def test_a_folder_that_cannot_be_written_is_one_line(run: Run, program: Path, target: str, reason: str) -> None:
    code, out, err = run("build", "app.py", "-o", target)
    assert (code, out) == (2, "")
    assert err == f"pysfnc: error: {target}: cannot be written: {reason}\n"


@pytest.mark.parametrize("version", ["2.7", "three", "3.10", ""])
def test_a_python_that_lambda_has_not_is_one_line(run: Run, program: Path, version: str) -> None:
    code, out, err = run("build", "app.py", "-o", "out", "--python", version)
    assert (code, out) == (2, "")
    assert err.startswith(f"pysfnc: error: --python {version}: ") and err.count("\n") == 1
    assert not Path("out").exists()
