"""What importing costs: `import pysfnc` is light, and compiling loads nothing that it does not need."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import pysfnc

SOURCE: Final = Path(pysfnc.__file__).parents[1]
PUBLIC: Final = [
    "CallbackFailed",
    "Fail",
    "HTTPError",
    "JobFailed",
    "Retry",
    "context",
    "distributed_map",
    "http",
    "inline",
    "parallel",
    "run_job",
    "s3_csv",
    "s3_inventory",
    "s3_json",
    "s3_jsonl",
    "s3_objects",
    "s3_results",
    "task",
    "wait_for_callback",
    "with_options",
    "workflow",
]
SLOW: Final = {
    "ast",
    "asyncio",
    "dataclasses",
    "datetime",
    "importlib.metadata",
    "inspect",
    "json",
    "logging",
    "threading",
}
HEAVY: Final = {"boto3", "botocore", "rich", "jlens", "awslambdaric", "pytest", "moto"}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return the modules that are loaded after running `code` in a fresh interpreter without site packages' hooks."""
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def test_the_public_names_are_these() -> None:
    assert sorted(pysfnc.__all__) == PUBLIC
    assert all(hasattr(pysfnc, name) for name in PUBLIC)


def test_importing_the_package_needs_only_the_standard_library() -> None:
    names = loaded_by("import pysfnc") - loaded_by("")
    others = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"pysfnc"}
    assert others == set()
    layers = {name.split(".")[1] for name in names if name.startswith("pysfnc.")}
    assert layers == {"lang"}


def test_importing_the_package_is_cheap() -> None:
    """In modules and not in milliseconds, which depend on what else the machine does: these make an import slow."""
    names = loaded_by("import pysfnc") - loaded_by("")
    assert names & SLOW == set()
    assert len(names) < 60


def test_the_command_line_starts_without_the_compiler() -> None:
    names = loaded_by("import pysfnc.cli.main")
    layers = {name.split(".")[1] for name in names if name.startswith("pysfnc.")}
    assert layers <= {"lang", "cli"}
    assert not names & HEAVY


def test_compiling_loads_nothing_heavy(tmp_path: Path) -> None:
    pytest.importorskip("pysfnc.driver")
    path = tmp_path / "app.py"
    path.write_text("from pysfnc import workflow\n\n\n@workflow\ndef one(x: int) -> int:\n    return x + 1\n")
    names = loaded_by("from pysfnc.cli.main import main; main(['compile', *sys.argv[1:]])", str(path))
    assert not names & HEAVY
    layers = {name.split(".")[1] for name in names if name.startswith("pysfnc.")}
    assert "driver" in layers
    assert not layers & {"engine", "lambdas", "assembly", "testing"}
    parts = {name.split(".")[2] for name in names if name.startswith("pysfnc.packaging.")}
    assert parts <= {"errors", "functions", "model"}


def test_running_a_definition_loads_no_compiler(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text('{"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Succeed"}}}')
    names = loaded_by("from pysfnc.cli.main import main; main(['run', *sys.argv[1:]])", str(path))
    layers = {name.split(".")[1] for name in names if name.startswith("pysfnc.")}
    assert "engine" in layers
    assert not layers & {"frontend", "passes", "plan", "backend", "driver", "packaging"}
    assert not names & {"boto3", "rich", "awslambdaric"}


@pytest.mark.parametrize(
    ("state", "is_loaded"),
    [
        ({"Type": "Pass", "End": True}, False),
        (
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sts:getCallerIdentity",
                "Arguments": {},
                "End": True,
            },
            True,
        ),
    ],
)
def test_a_run_loads_the_sdk_only_for_a_call_of_aws(tmp_path: Path, state: dict[str, object], is_loaded: bool) -> None:
    path = tmp_path / "machine.json"
    path.write_text(json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state}}))
    names = loaded_by("from pysfnc.cli.main import main; import sys; main(['run', sys.argv[1], '--json'])", str(path))
    assert bool(names & {"boto3", "botocore", "moto"}) is is_loaded
