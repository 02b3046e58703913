"""Counts the runs of a state machine by their status, over all pages."""

import boto3

from pysfnc import workflow

sfn = boto3.client("stepfunctions")
STATUSES = ["SUCCEEDED", "FAILED", "TIMED_OUT"]


@workflow
def count_runs(machine: str) -> dict[str, int]:
    counts = {}
    for status in STATUSES:
        total = 0
        arguments = {"stateMachineArn": machine, "statusFilter": status, "maxResults": 100}
        page = sfn.list_executions(**arguments)
        total += len(page["executions"])
        while "nextToken" in page:
            page = sfn.list_executions(**arguments, nextToken=page["nextToken"])
            total += len(page["executions"])
        counts[status] = total
    return counts
