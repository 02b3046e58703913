"""Imports many rows at the same time; some may be bad, but not too many.

    {"rows": [{"id": "a", "amount": "3.50"}, {"id": "b", "amount": "?"}], "tolerated": 1}
        ->  {"imported": 1, "cents": 350, "rejected": [{"id": "b", "reason": "amount is not a number: ?"}]}

Five rows at a time are in work. A bad row is noted and the others go on; when more than `tolerated` rows are bad, the execution
fails with TooManyBadRows. A store that does not answer is something else than a bad row: it fails the whole import once its
retries are used up.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pysfnc import Retry, task, workflow

AT_A_TIME = 5


class BadRow(Exception):
    """A row that cannot be imported, whatever one does."""


class StoreDown(Exception):
    """The store does not answer."""


class TooManyBadRows(Exception):
    """Something is wrong with the file, not with single rows."""


@task
def parse(row: dict[str, Any]) -> int:
    text = str(row.get("amount", ""))
    try:
        return round(float(text) * 100)
    except ValueError:
        raise BadRow(f"amount is not a number: {text}") from None


@task(timeout=10, retry=Retry(on=StoreDown, interval=1, max_attempts=2))
def store(id: str, cents: int) -> None:
    if id == "unreachable":
        raise StoreDown("no answer")


def import_row(row: dict[str, Any]) -> dict[str, Any]:
    """What became of one row."""
    try:
        cents = parse(row)
    except BadRow as problem:
        return {"id": row["id"], "cents": None, "reason": str(problem)}
    store(row["id"], cents)
    return {"id": row["id"], "cents": cents, "reason": None}


@workflow
def import_rows(rows: list[dict[str, Any]], tolerated: int = 0) -> dict[str, Any]:
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        results = list(pool.map(import_row, rows))
    rejected = [{"id": result["id"], "reason": result["reason"]} for result in results if result["reason"] is not None]
    if len(rejected) > tolerated:
        raise TooManyBadRows(f"{len(rejected)} of {len(rows)} rows are bad, the first is {rejected[0]['id']}")
    cents = sum([result["cents"] for result in results if result["cents"] is not None])
    return {"imported": len(rows) - len(rejected), "cents": cents, "rejected": rejected}
