"""Many reasons to say no, some of them known only after asking."""

from typing import Any

from pysfnc import task, workflow


@task
def credit_score(applicant: str) -> int:
    return {"ann": 800, "bob": 500, "cleo": 450}.get(applicant, 100)


@task
def has_guarantor(applicant: str) -> bool:
    return applicant == "bob"


@task
def open_account(applicant: str, limit: int) -> str:
    return f"account-{applicant}-{limit}"


def refused(reason: str) -> dict[str, Any]:
    return {"account": None, "reason": reason}


@workflow
def early_exits(applicant: str, age: int, documents: list[str]) -> dict[str, Any]:
    if age < 18:
        return refused("too young")
    if "passport" not in documents:
        return refused("no passport")
    limit = 1000
    score = credit_score(applicant)
    if score < 300:
        return refused("bad score")
    if score < 600:
        if "guarantee" not in documents:
            return refused("needs a guarantee")
        if not has_guarantor(applicant):
            return refused("no guarantor")
        limit = 200
    return {"account": open_account(applicant, limit), "reason": None}
