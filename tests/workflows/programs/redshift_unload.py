"""Unloads the result of a query from a warehouse into S3 and reads the manifest of the files."""

import json
import os
import time
import uuid

import boto3

from pysfnc import Fail, workflow

redshift = boto3.client("redshift-data")
s3 = boto3.client("s3")
BUCKET = os.environ["RESULTS_BUCKET"]


@workflow(timeout=7200)
def unload(workgroup: str, database: str, query: str) -> dict:
    folder = str(uuid.uuid4())
    quoted = query.replace("'", "''")
    statement = redshift.execute_statement(
        WorkgroupName=workgroup,
        Database=database,
        Sql=f"unload ('{quoted}') to 's3://{BUCKET}/{folder}/result_' iam_role default manifest",
    )
    while True:
        time.sleep(5)
        described = redshift.describe_statement(Id=statement["Id"])
        status = described["Status"]
        if status == "FINISHED":
            break
        if status in ("ABORTED", "FAILED"):
            raise Fail("QueryFailed", described.get("Error", status))
    try:
        manifest = s3.get_object(Bucket=BUCKET, Key=f"{folder}/result_manifest")
    except s3.exceptions.NoSuchKey:
        raise Fail("NoManifest", "the query wrote nothing") from None
    files = json.loads(manifest["Body"].read())["entries"]
    return {"rows": described["ResultRows"], "files": len(files)}
