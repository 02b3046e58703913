"""Somebody is asked to approve an expense, and the answer is waited for, but not for ever."""

import time
from typing import Any

from pysfnc import task, workflow


class NotApproved(Exception):
    pass


class NobodyAnswered(Exception):
    pass


@task
def ask(expense: str, person: str) -> None:
    pass


@task
def read_answer(expense: str) -> str | None:
    return "yes"


@workflow
def approval(expense: str, amount: int, approver: str, hours: int = 4) -> dict[str, Any]:
    if amount <= 100:
        return {"expense": expense, "by": "rule"}
    ask(expense, approver)
    for _ in range(hours):
        answer = read_answer(expense)
        if answer == "yes":
            return {"expense": expense, "by": approver}
        if answer == "no":
            raise NotApproved(f"{approver} rejected {expense}")
        time.sleep(3600)
    raise NobodyAnswered(f"{approver} was asked about {expense} in vain")
