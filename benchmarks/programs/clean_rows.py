"""Rows are cleaned and summed up: a pure function of some size."""

from typing import Any

from pysfnc import workflow


@workflow
def clean_rows(rows: list[dict[str, Any]], smallest: int = 1) -> dict[str, Any]:
    kept: list[dict[str, Any]] = []
    totals: dict[str, int] = {}
    dropped = 0
    for row in rows:
        country: str = row["country"].strip().upper()
        amount: int = row["amount"]
        if country == "" or amount < smallest:
            dropped += 1
            continue
        kept.append({"country": country, "amount": amount})
        totals[country] = totals.get(country, 0) + amount
    largest = max([row["amount"] for row in kept]) if kept else 0
    return {"kept": kept, "totals": totals, "dropped": dropped, "largest": largest}
