"""`examples/fan_out.py`: good rows, bad rows, too many of them, and a store that is down."""

from typing import Any

import pytest

from examples import fan_out
from pysfnc.testing.plugin import RunWorkflow

GOOD = {"id": "a", "amount": "3.50"}
BAD = {"id": "b", "amount": "?"}
REASON = "amount is not a number: "


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"rows": []}, {"imported": 0, "cents": 0, "rejected": []}),
        ({"rows": [GOOD, GOOD]}, {"imported": 2, "cents": 700, "rejected": []}),
        (
            {"rows": [GOOD, BAD, {"id": "c", "amount": 2}, {"id": "d"}], "tolerated": 2},
            {
                "imported": 2,
                "cents": 550,
                "rejected": [{"id": "b", "reason": REASON + "?"}, {"id": "d", "reason": REASON}],
            },
        ),
        (
            {"rows": [{"id": str(n), "amount": n} for n in range(20)]},
            {"imported": 20, "cents": 19000, "rejected": []},
        ),
    ],
)
def test_rows(run_workflow: RunWorkflow, given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert run_workflow(fan_out.import_rows, given).result() == expected


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([GOOD, BAD], "TooManyBadRows", "1 of 2 rows are bad, the first is b"),
        ([GOOD, {"id": "unreachable", "amount": 1}], "StoreDown", "no answer"),
        ([{"amount": 1}], "KeyError", "'id'"),
    ],
)
def test_failures(run_workflow: RunWorkflow, rows: list[dict[str, Any]], error: str, message: str) -> None:
    outcome = run_workflow(fan_out.import_rows, {"rows": rows})
    assert (outcome.error, outcome.message) == (error, message)
