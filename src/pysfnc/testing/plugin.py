"""The pytest plugin: the fixture `run_workflow` runs a test once for each form of a workflow.

A test that asks for `run_workflow` becomes two: `[python]`, where workflows run as Python functions, and `[machine]`,
where they are compiled and run in the local engine. ``pytest --pysfnc-workers`` adds `[workers]`, where the tasks run
out of the built zip in worker processes, as in Lambda.
"""

from typing import Any, Final, Protocol

import pytest

from pysfnc.lang.context import RunContext
from pysfnc.lang.decorators import Workflow
from pysfnc.testing.machines import LambdaMode
from pysfnc.testing.outcome import RunOutcome
from pysfnc.testing.runs import run, run_python

_FIXTURE: Final = "run_workflow"
_FORMS: Final = ("python", "machine")


class RunWorkflow(Protocol):
    """What the fixture is: runs a workflow on an input and returns the outcome, in the form of the current test."""

    def __call__(
        self, workflow: Workflow[Any, Any], input: Any = None, /, *, context: RunContext | None = None
    ) -> RunOutcome:
        """Run `workflow` on the JSON value `input`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("pysfnc").addoption(
        "--pysfnc-workers",
        action="store_true",
        help="run tests with `run_workflow` also with tasks in worker processes, out of the built zip",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each form."""
    if _FIXTURE in metafunc.fixturenames:
        forms = (*_FORMS, *(["workers"] if metafunc.config.getoption("pysfnc_workers") else []))
        metafunc.parametrize(_FIXTURE, forms, ids=forms, indirect=True)


@pytest.fixture
def run_workflow(request: pytest.FixtureRequest) -> RunWorkflow:
    """Run a workflow as Python, or as the machine; see the module."""
    if request.param == "python":
        return run_python

    def run_machine(
        workflow: Workflow[Any, Any], input: Any = None, /, *, context: RunContext | None = None
    ) -> RunOutcome:
        lambda_: LambdaMode = "workers" if request.param == "workers" else "in-process"
        return run(workflow, input, lambda_=lambda_, context=context)

    return run_machine
