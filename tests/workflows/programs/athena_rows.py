"""Runs a query of Athena as a job and collects the rows of all pages of its result."""

import os

import boto3

from pysfnc import run_job, workflow

athena = boto3.client("athena")
OUTPUT = os.environ["OUTPUT_LOCATION"]


@workflow
def rows_of(sql: str, database: str = "logs") -> list[list[str]]:
    query = run_job(athena.start_query_execution, timeout=900)(
        QueryString=sql,
        QueryExecutionContext={"Database": database},
        ResultConfiguration={"OutputLocation": OUTPUT},
    )
    query_id = query["QueryExecutionId"]
    rows = []
    page = athena.get_query_results(QueryExecutionId=query_id, MaxResults=100)
    while True:
        for row in page["ResultSet"]["Rows"]:
            rows.append([cell.get("VarCharValue", "") for cell in row["Data"]])
        token = page.get("NextToken")
        if token is None:
            return rows[1:]
        page = athena.get_query_results(QueryExecutionId=query_id, MaxResults=100, NextToken=token)
