"""Runs a container that writes a report, at most twice, and stores where it is."""

import os

import boto3

from pysfnc import JobFailed, run_job, workflow

ecs = boto3.client("ecs")
dynamodb = boto3.client("dynamodb")
CLUSTER = os.environ["CLUSTER"]
TASK = os.environ["TASK_DEFINITION"]
SUBNETS = os.environ["SUBNETS"].split(",")
TABLE = os.environ["TABLE"]


@workflow
def report(month: str) -> dict:
    tries = 0
    while True:
        tries += 1
        try:
            run_job(ecs.run_task, timeout=3600)(
                cluster=CLUSTER,
                taskDefinition=TASK,
                launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS, "assignPublicIp": "DISABLED"}},
                overrides={
                    "containerOverrides": [{"name": "report", "environment": [{"name": "MONTH", "value": month}]}]
                },
            )
            break
        except JobFailed:
            if tries == 2:
                raise
    location = f"reports/{month}.pdf"
    dynamodb.put_item(
        TableName=TABLE, Item={"month": {"S": month}, "location": {"S": location}, "tries": {"N": str(tries)}}
    )
    return {"location": location, "tries": tries}
