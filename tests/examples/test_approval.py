"""`examples/approval.py`: by rule, by a person, by the manager, or not at all."""

from typing import Any

import pytest

from examples import approval
from pysfnc.testing import run
from pysfnc.testing.plugin import RunWorkflow


def expense(amount: float, approver: str, **more: Any) -> dict[str, Any]:
    return {"expense": "x-1", "amount": amount, "approver": approver, **more}


@pytest.mark.parametrize(
    ("given", "by"),
    [
        (expense(80, "ann"), "rule"),
        (expense(100.0, "nobody"), "rule"),
        (expense(100.5, "ann"), "ann"),
        (expense(500, "cleo"), "ann"),
    ],
)
def test_approved(run_workflow: RunWorkflow, given: dict[str, Any], by: str) -> None:
    expected = {"expense": "x-1", "decision": "approved", "by": by}
    assert run_workflow(approval.approve_expense, given).result() == expected


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (expense(500, "bob"), "NotApproved", "bob rejected x-1"),
        (expense(500, "dan", days=1), "NobodyAnswered", "dan and dan were asked about x-1 in vain"),
        (expense(500, "cleo", days=0), "NobodyAnswered", "cleo and ann were asked about x-1 in vain"),
        (expense(500, "zoe"), "KeyError", "'zoe'"),
    ],
)
def test_not_approved(run_workflow: RunWorkflow, given: dict[str, Any], error: str, message: str) -> None:
    outcome = run_workflow(approval.approve_expense, given)
    assert (outcome.status, outcome.error, outcome.message) == ("FAILED", error, message)


def test_the_manager_is_asked_when_the_time_is_up() -> None:
    outcome = run(approval.approve_expense, expense(500, "cleo", days=1))
    # 24 looks at the answer of cleo, 3 at that of her manager, two questions, one look at the organisation.
    assert outcome.lambda_invocations == 24 + 3 + 2 + 1
