"""The pytest plugin, run on a project of a user."""

import pytest

PROGRAM = """
from pysfnc import task, workflow

@task
def shout(text: str) -> str:
    return text.upper()

@workflow
def greet(name: str) -> str:
    if not name:
        raise ValueError("nobody")
    return "hello " + shout(name)
"""

TESTS = """
import pytest
from app import greet

def test_greets(run_workflow):
    assert run_workflow(greet, {"name": "ann"}).result() == "hello ANN"

def test_needs_a_name(run_workflow):
    with pytest.raises(ValueError, match="nobody"):
        run_workflow(greet, {"name": ""}).result()

def test_form(run_workflow):
    assert run_workflow(greet, {"name": "ann"}).transitions == {FORMS}
"""


def project(pytester: pytest.Pytester, forms: str) -> None:
    pytester.makepyfile(app=PROGRAM, test_app=TESTS.replace("{FORMS}", forms))
    pytester.syspathinsert()
    # Installed, the plugin is known by its entry point; from the source folder it has to be named.
    pytester.makeconftest('pytest_plugins = ["pysfnc.testing.plugin"]')


def test_a_test_runs_in_both_forms(pytester: pytest.Pytester) -> None:
    project(pytester, "None")
    result = pytester.runpytest_subprocess("-v")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*test_greets?python? PASSED*", "*test_greets?machine? PASSED*"])
    result.stdout.fnmatch_lines(["FAILED *test_form?machine?*"])


def test_workers_are_added_when_asked_for(pytester: pytest.Pytester) -> None:
    project(pytester, "None")
    result = pytester.runpytest_subprocess("-v", "--pysfnc-workers", "-k", "greets")
    result.assert_outcomes(passed=3, deselected=6)
    result.stdout.fnmatch_lines(["*test_greets?workers? PASSED*"])
