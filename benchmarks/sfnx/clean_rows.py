"""Written from the documentation of the tool, for comparison with `programs/clean_rows.py`."""

from typing import TypedDict

from sfnx import state_machine


class Row(TypedDict):
    country: str
    amount: int


class Input(TypedDict):
    rows: list[Row]
    smallest: int


@state_machine
def clean_rows(input: Input):
    smallest = input.get("smallest", 1)
    kept: list[Row] = [
        {"country": row["country"].strip().upper(), "amount": row["amount"]}
        for row in input["rows"]
        if row["country"].strip() != "" and row["amount"] >= smallest
    ]
    totals = {
        row["country"]: sum([other["amount"] for other in kept if other["country"] == row["country"]]) for row in kept
    }
    largest = max([row["amount"] for row in kept]) if len(kept) > 0 else 0
    return {"kept": kept, "totals": totals, "dropped": len(input["rows"]) - len(kept), "largest": largest}
