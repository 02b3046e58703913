"""Rows are imported five at a time; bad ones are noted, and too many of them are an error."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pysfnc import task, workflow


class BadRow(Exception):
    pass


class TooManyBadRows(Exception):
    pass


@task
def parse(row: dict[str, Any]) -> int:
    if not row["amount"].isdigit():
        raise BadRow(f"not an amount: {row['amount']}")
    return int(row["amount"]) * 100


def import_row(row: dict[str, Any]) -> dict[str, Any]:
    try:
        cents = parse(row)
    except BadRow as problem:
        return {"id": row["id"], "cents": 0, "reason": str(problem)}
    return {"id": row["id"], "cents": cents, "reason": None}


@workflow
def fan_out(rows: list[dict[str, Any]], tolerated: int = 0) -> dict[str, Any]:
    with ThreadPoolExecutor(max_workers=5) as pool:
        results = list(pool.map(import_row, rows))
    bad = [result["id"] for result in results if result["reason"] is not None]
    if len(bad) > tolerated:
        raise TooManyBadRows(f"{len(bad)} of {len(rows)} rows are bad")
    return {"cents": sum([result["cents"] for result in results]), "bad": bad}
