"""Exports a DynamoDB table to S3, waits, imports it under a new name with the same keys and indexes."""

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from pysfnc import workflow

ddb = boto3.client("dynamodb")
s3 = boto3.client("s3")
BUCKET = os.environ.get("EXPORT_BUCKET", "exports")


class ExportFailed(RuntimeError):
    pass


def poll(what: str, fetch, done: set[str], bad: set[str], every: int = 60, limit: int = 30) -> dict:
    for _ in range(limit):
        found = fetch()
        status = found[f"{what}Status"]
        if status in done:
            return found
        if status in bad:
            raise ExportFailed(f"{what} {status}: {found.get('FailureMessage', '')}".rstrip(": "))
        time.sleep(every)
    raise TimeoutError(f"{what} is not done after {limit * every // 60} minutes")


def schema_of(name: str) -> dict[str, Any]:
    table = ddb.describe_table(TableName=name)["Table"]
    indexes = [
        {k: index[k] for k in ("IndexName", "KeySchema", "Projection")}
        for index in table.get("GlobalSecondaryIndexes", [])
    ]
    schema: dict[str, Any] = {
        "AttributeDefinitions": table["AttributeDefinitions"],
        "KeySchema": table["KeySchema"],
        "BillingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PAY_PER_REQUEST"),
    }
    if indexes:
        schema["GlobalSecondaryIndexes"] = indexes
    return schema


@workflow
def copy_table(arn: str, target: str, hours_back: int = 0) -> dict:
    name = arn.rpartition("/")[2]
    when = datetime.now(UTC) - timedelta(hours=hours_back)
    kwargs = {
        "TableArn": arn,
        "S3Bucket": BUCKET,
        "S3Prefix": f"{name}/{when:%Y/%m/%d}",
        "ExportFormat": "DYNAMODB_JSON",
    }
    if hours_back:
        kwargs["ExportTime"] = when
    export_arn = ddb.export_table_to_point_in_time(**kwargs)["ExportDescription"]["ExportArn"]
    export = poll(
        "Export", lambda: ddb.describe_export(ExportArn=export_arn)["ExportDescription"], {"COMPLETED"}, {"FAILED"}
    )
    manifest = export["ExportManifest"]
    data_prefix = manifest.rsplit("/", 1)[0] + "/data/"
    started = ddb.import_table(
        S3BucketSource={"S3Bucket": BUCKET, "S3KeyPrefix": data_prefix},
        InputFormat="DYNAMODB_JSON",
        InputCompressionType="GZIP",
        TableCreationParameters={"TableName": target, **schema_of(name)},
    )["ImportTableDescription"]
    done = poll(
        "Import",
        lambda: ddb.describe_import(ImportArn=started["ImportArn"])["ImportTableDescription"],
        {"COMPLETED"},
        {"FAILED", "CANCELLED"},
        every=120,
    )
    ddb.get_waiter("table_exists").wait(TableName=target)
    return {
        "items": export.get("ItemCount", 0),
        "imported": done.get("ImportedItemCount", 0),
        "errors": done.get("ErrorCount", 0),
        "prefix": data_prefix,
    }
