"""Runs a program of `programs/` under CPython, afresh each time, in the AWS of a scenario."""

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from pysfnc.lang.context import RunContext
from pysfnc.lang.decorators import Workflow
from pysfnc.testing import RunOutcome, run_context, run_python
from tests.workflows.aws import fake_aws
from tests.workflows.scenario import Scenario

PROGRAMS = Path(__file__).parent / "programs"
_numbers = itertools.count()


def shown_context(workflow: str) -> RunContext:
    """What `pysfnc.context` shows in both forms."""
    return run_context(workflow, name="test-run", start_time="2030-01-02T03:04:05.678Z")


def run_as_python(name: str, scenario: Scenario) -> tuple[RunOutcome, list[tuple[str, dict[str, Any]]]]:
    """The outcome and the calls of AWS, in their order."""
    with fake_aws(scenario) as aws:
        module = _loaded(name)
        try:
            workflow = _workflow(module, scenario.workflow)
            outcome = run_python(workflow, aws.input, context=shown_context(workflow.name))
        finally:
            del sys.modules[module.__name__]
    return outcome, aws.calls


def _loaded(name: str) -> ModuleType:
    path = PROGRAMS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_{next(_numbers)}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module


def _workflow(module: ModuleType, name: str | None) -> Workflow[Any, Any]:
    found = [value for value in vars(module).values() if isinstance(value, Workflow)]
    return next(value for value in found if name is None or value.__name__ == name)
