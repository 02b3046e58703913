"""Runs a workflow of Glue again and again, until one of its runs has a failure or enough were made."""

import time

import boto3

from pysfnc import Fail, workflow

glue = boto3.client("glue")


@workflow
def run_glue(name: str, runs: int = 1, pause: int = 60) -> int:
    for number in range(runs):
        run_id = glue.start_workflow_run(Name=name)["RunId"]
        while True:
            time.sleep(pause)
            run = glue.get_workflow_run(Name=name, RunId=run_id)["Run"]
            if run["Status"] != "RUNNING":
                break
        if run["Status"] != "COMPLETED" or run["Statistics"]["FailedActions"] > 0:
            raise Fail("GlueFailed", f"run {number + 1} of {name} ended as {run['Status']}")
    return runs
