"""Adds the damage of storms up over all files of many years, one child run for each batch of rows."""

import os

import boto3

from pysfnc import distributed_map, s3_csv, workflow

s3 = boto3.client("s3")
BUCKET = os.environ["BUCKET"]


def damage(row: dict) -> int:
    text = row["DAMAGE"].strip().upper()
    if not text:
        return 0
    scale = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}.get(text[-1], 1)
    digits = text.rstrip("KMB")
    return int(digits) * scale


@workflow
def storm_damage(key: str, state: str) -> dict:
    def of_batch(rows: list[dict]) -> dict:
        hit = [row for row in rows if row["STATE"] == state]
        return {"rows": len(hit), "damage": sum(damage(row) for row in hit)}

    parts = distributed_map(of_batch, s3_csv(BUCKET, key), batch=100, max_concurrency=50, label="storms")
    return {"state": state, "rows": sum(p["rows"] for p in parts), "damage": sum(p["damage"] for p in parts)}
