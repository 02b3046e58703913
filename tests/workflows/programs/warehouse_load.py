"""Runs SQL statements with parameters on Redshift in a transaction and pages typed results."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import boto3

from pysfnc import workflow

rs = boto3.client("redshift-data")
WORKGROUP = "analytics"
DB = "dev"
NAME = re.compile(r"^[a-z_][a-z0-9_]*$")


class SqlError(Exception):
    """A statement failed."""


def cell(field: dict[str, Any]) -> Any:
    if field.get("isNull"):
        return None
    for kind in ("stringValue", "longValue", "doubleValue", "booleanValue"):
        if kind in field:
            return field[kind]
    return None


def execute(sql: str, **params: Any) -> str:
    kwargs = {"WorkgroupName": WORKGROUP, "Database": DB, "Sql": sql}
    if params:
        kwargs["Parameters"] = [{"name": k, "value": str(v)} for k, v in sorted(params.items())]
    id_ = rs.execute_statement(**kwargs)["Id"]
    delay = 0.5
    while (status := rs.describe_statement(Id=id_))["Status"] not in ("FINISHED", "FAILED", "ABORTED"):
        time.sleep(delay)
        delay = min(delay * 2, 10)
    if status["Status"] != "FINISHED":
        raise SqlError(f"{status['Status']}: {status.get('Error') or sql[:40]}")
    return id_


def rows(id_: str) -> Iterator[dict[str, Any]]:
    token = None
    while True:
        page = rs.get_statement_result(Id=id_, NextToken=token) if token else rs.get_statement_result(Id=id_)
        names = [c["name"] for c in page["ColumnMetadata"]]
        for record in page["Records"]:
            yield dict(zip(names, [cell(field) for field in record], strict=True))
        token = page.get("NextToken")
        if token is None:
            return


@contextmanager
def staging(table: str):
    name = f"{table}_staging"
    execute(f"create table {name} (like {table})")
    try:
        yield name
    finally:
        execute(f"drop table if exists {name}")


@workflow
def load(table: str, source: str, day: date, keep_days: int = 30) -> dict:
    if not NAME.match(table):
        raise ValueError(f"bad table name: {table!r}")
    with staging(table) as staged:
        execute(f"copy {staged} from '{source}' iam_role default")
        counts = list(rows(execute(f"select kind, count(*) as n, max(price) as top from {staged} group by 1")))
        if not counts:
            return {"loaded": 0}
        execute(f"insert into {table} select * from {staged}")
    execute(f"delete from {table} where day < :limit", limit=day - timedelta(days=keep_days))
    by_kind = {r["kind"] or "none": r["n"] for r in counts}
    return {
        "loaded": sum(by_kind.values()),
        "kinds": by_kind,
        "top": max((r["top"] for r in counts if r["top"] is not None), default=None),
    }
