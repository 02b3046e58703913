"""Runs a Spark job on a serverless application, and stops the application whatever happens."""

import os

import boto3

from pysfnc import run_job, workflow

emr = boto3.client("emr-serverless")
ROLE = os.environ["JOB_ROLE"]
SCRIPT = os.environ["SCRIPT"]


@workflow
def spark(arguments: list[str]) -> str:
    application = run_job(emr.create_application)(name="reports", releaseLabel="emr-6.6.0", type="SPARK")[
        "applicationId"
    ]
    run_job(emr.start_application)(applicationId=application)
    try:
        job = run_job(emr.start_job_run, timeout=7200)(
            applicationId=application,
            executionRoleArn=ROLE,
            jobDriver={"sparkSubmit": {"entryPoint": SCRIPT, "entryPointArguments": arguments}},
        )
        return job["jobRunId"]
    finally:
        run_job(emr.stop_application)(applicationId=application)
        emr.delete_application(applicationId=application)
