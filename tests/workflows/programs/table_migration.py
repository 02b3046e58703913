"""Backs a table up, then rewrites every item of it, page by page."""

import os

import boto3

from pysfnc import task, workflow

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]


@task(timeout=30)
def migrated(item: dict) -> dict:
    return {**item, "version": {"N": "2"}}


@workflow
def migrate(page_size: int = 50) -> dict:
    backup = dynamodb.create_backup(TableName=TABLE, BackupName="pre-migration-backup")["BackupDetails"]["BackupArn"]
    count = 0
    page = dynamodb.scan(TableName=TABLE, Limit=page_size)
    while True:
        for item in page["Items"]:
            dynamodb.put_item(TableName=TABLE, Item=migrated(item))
            count += 1
        if "LastEvaluatedKey" not in page:
            break
        page = dynamodb.scan(TableName=TABLE, Limit=page_size, ExclusiveStartKey=page["LastEvaluatedKey"])
    return {"backup": backup, "migrated": count}
