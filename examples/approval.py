"""Has an expense approved: by rule, by a person, or by that person's manager when there is no answer in time.

    {"expense": "x-1", "amount": 80, "approver": "ann"}    ->  approved by rule, at once
    {"expense": "x-2", "amount": 500, "approver": "ann"}   ->  approved by ann, after two hours
    {"expense": "x-3", "amount": 500, "approver": "bob"}   ->  rejected by bob, which fails with NotApproved
    {"expense": "x-4", "amount": 500, "approver": "cleo"}  ->  no answer in two days, approved by her manager
    {"expense": "x-5", "amount": 500, "approver": "dan", "days": 1}  ->  fails with NobodyAnswered

The execution sleeps an hour between two looks; it may go on for a year and costs only its looks. The tasks stand for a system that
asks people and keeps their answers; the table says who answers what, and after how many hours.
"""

import time
from typing import Any

from pysfnc import task, workflow

BY_RULE = 100
HOUR = 3600
ANSWERS: dict[str, dict[str, Any]] = {
    "ann": {"manager": "bob", "hours": 2, "answer": "yes"},
    "bob": {"manager": "eve", "hours": 5, "answer": "no"},
    "cleo": {"manager": "ann", "hours": 99999, "answer": "yes"},
    "dan": {"manager": "dan", "hours": 99999, "answer": "yes"},
}


class NotApproved(Exception):
    """Somebody said no."""


class NobodyAnswered(Exception):
    """Neither the approver nor the manager answered in time."""


@task
def ask(expense: str, person: str) -> None:
    print(f"{person}, please look at {expense}")


@task
def read_answer(expense: str, person: str, hours: int) -> str | None:
    known = ANSWERS[person]
    return str(known["answer"]) if hours >= known["hours"] else None


@task
def manager_of(person: str) -> str:
    return str(ANSWERS[person]["manager"])


def wait_for_answer(expense: str, person: str, days: int) -> str | None:
    """The answer of one person, None when there is none in time."""
    ask(expense, person)
    for hour in range(days * 24):
        answer = read_answer(expense, person, hour)
        if answer is not None:
            return answer
        time.sleep(HOUR)
    return None


@workflow(timeout=30 * 24 * HOUR)
def approve_expense(expense: str, amount: float, approver: str, days: int = 2) -> dict[str, str]:
    if amount <= BY_RULE:
        return {"expense": expense, "decision": "approved", "by": "rule"}
    person = approver
    answer = wait_for_answer(expense, person, days)
    if answer is None:
        person = manager_of(approver)
        answer = wait_for_answer(expense, person, days)
    if answer is None:
        raise NobodyAnswered(f"{approver} and {person} were asked about {expense} in vain")
    if answer == "no":
        raise NotApproved(f"{person} rejected {expense}")
    return {"expense": expense, "decision": "approved", "by": person}
