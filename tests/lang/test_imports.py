"""The public names, and what importing them costs."""

import subprocess
import sys

import pysfnc


def test_the_public_names_are_these() -> None:
    assert sorted(pysfnc.__all__) == [
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
    assert all(hasattr(pysfnc, name) for name in pysfnc.__all__)


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


SOURCE = pysfnc.__file__.rpartition("/pysfnc/")[0]


def test_importing_loads_nothing_heavy() -> None:
    code = f"import sys; sys.path.insert(0, {SOURCE!r}); import pysfnc; print(*sys.modules)"
    loaded = set(run_python(code).split())
    assert not loaded & {
        "asyncio",
        "dataclasses",
        "inspect",
        "concurrent.futures",
        "threading",
        "uuid",
        "random",
        "json",
    }
    assert {name for name in loaded if name.startswith("pysfnc.")} <= {
        "pysfnc.lang",
        "pysfnc.lang.calls",
        "pysfnc.lang.clock",
        "pysfnc.lang.concurrency",
        "pysfnc.lang.callbacks",
        "pysfnc.lang.context",
        "pysfnc.lang.datasets",
        "pysfnc.lang.decorators",
        "pysfnc.lang.distributed",
        "pysfnc.lang.errors",
        "pysfnc.lang.http",
        "pysfnc.lang.jobs",
        "pysfnc.lang.options",
    }


def test_the_runtime_needs_the_standard_library_only() -> None:
    modules = ("bootstrap", "binding", "exceptions", "shapes", "wire")
    imports = "; ".join(f"import pysfnc.lang.{name}" for name in modules)
    code = f"import sys; sys.path.insert(0, {SOURCE!r}); import pysfnc; {imports}; print(*sys.modules)"
    foreign = {name.partition(".")[0] for name in run_python(code).split()} - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith("_")} == {"pysfnc"}
