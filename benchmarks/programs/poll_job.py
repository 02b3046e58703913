"""A job is started, and asked for until it ends, more and more seldom."""

import time
from typing import Any

from pysfnc import task, workflow


class JobFailed(Exception):
    pass


@task(timeout=20)
def start_job(query: str) -> str:
    return f"job-{query}"


@task(timeout=20)
def job_status(job: str) -> dict[str, Any]:
    return {"status": "DONE", "rows": 3}


@workflow
def poll_job(query: str) -> dict[str, Any]:
    job = start_job(query)
    wait = 5
    while True:
        time.sleep(wait)
        found = job_status(job)
        if found["status"] == "DONE":
            return {"job": job, "rows": found["rows"]}
        if found["status"] == "FAILED":
            raise JobFailed(found["reason"])
        wait = min(wait * 2, 60)
