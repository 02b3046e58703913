"""`examples/polling_loop.py`: how often it asks, how long it waits, and how it gives up."""

import pytest

from examples import polling_loop
from pysfnc.testing import run
from pysfnc.testing.plugin import RunWorkflow


@pytest.mark.parametrize(("rows", "waited"), [(0, 0), (1, 5), (3, 35), (4, 75), (6, 195)])
def test_it_asks_until_the_job_is_done(run_workflow: RunWorkflow, rows: int, waited: int) -> None:
    outcome = run_workflow(polling_loop.run_query, {"query": f"select {rows}"})
    assert outcome.result() == {"rows": rows, "checks": rows + 1, "waited": waited}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"query": "drop 1"}, "JobFailed", "drop:1: drop is not allowed"),
        ({"query": "hello"}, "ValueError", "not a query: hello"),
        ({"query": "select 3", "patience": 10}, "TimeoutError", "select:3 is still running after 5 seconds"),
        ({"query": "select 3", "patience": 0}, "TimeoutError", "select:3 is still running after 0 seconds"),
    ],
)
def test_how_it_fails(run_workflow: RunWorkflow, given: dict[str, object], error: str, message: str) -> None:
    outcome = run_workflow(polling_loop.run_query, given)
    assert (outcome.error, outcome.message) == (error, message)


def test_waiting_calls_no_function() -> None:
    outcome = run(polling_loop.run_query, {"query": "select 6"})
    assert outcome.lambda_invocations == 8
