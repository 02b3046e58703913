"""Asks CloudWatch Logs Insights for the errors of the last hours, and opens an issue for each new kind of error."""

import hashlib
import os
import time
from datetime import datetime, timedelta

import boto3

from pysfnc import workflow

logs = boto3.client("logs")
dynamodb = boto3.client("dynamodb")
ops = boto3.client("ssm")
TABLE = os.environ.get("SEEN_TABLE", "seen-errors")

QUERY = """
fields @timestamp, @message
| filter level = "ERROR"
| stats count(*) as hits by service, kind
| sort hits desc
""".strip()


class QueryFailed(Exception):
    """The query did not end as it should."""


def run_query(groups: list[str], start: datetime, end: datetime) -> list[dict[str, str]]:
    query_id = logs.start_query(
        logGroupNames=groups,
        startTime=int(start.timestamp()),
        endTime=int(end.timestamp()),
        queryString=QUERY,
        limit=100,
    )["queryId"]
    while True:
        response = logs.get_query_results(queryId=query_id)
        status = response["status"]
        if status == "Complete":
            return [{cell["field"]: cell["value"] for cell in row} for row in response["results"]]
        if status in ("Failed", "Cancelled", "Timeout"):
            raise QueryFailed(f"query {query_id}: {status.lower()}")
        time.sleep(5)


def fingerprint(row: dict[str, str]) -> str:
    return hashlib.sha256(f"{row['service']}/{row['kind']}".encode()).hexdigest()[:16]


def is_new(row: dict[str, str], expires: int) -> bool:
    try:
        dynamodb.put_item(
            TableName=TABLE,
            Item={"id": {"S": fingerprint(row)}, "hits": {"N": row["hits"]}, "ttl": {"N": str(expires)}},
            ConditionExpression="attribute_not_exists(id)",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


@workflow
def triage(groups: list[str], until: datetime, hours: float = 1.0, threshold: int = 10) -> dict:
    since = until - timedelta(hours=hours)
    rows = run_query(groups, since, until)
    expires = int((until + timedelta(days=7)).timestamp())
    opened = []
    for row in rows:
        hits = int(row["hits"])
        if hits < threshold:
            break
        if not is_new(row, expires):
            continue
        item = ops.create_ops_item(
            Title=f"{row['service']}: {row['kind']} ({hits:,} times)",
            Source="log-triage",
            Description=f"between {since:%Y-%m-%d %H:%M} and {until:%H:%M}",
            Severity="2" if hits > 1000 else "3",
            OperationalData={"kind": {"Value": row["kind"], "Type": "SearchableString"}},
        )
        opened.append(item["OpsItemId"])
    return {"kinds": len(rows), "opened": opened}
