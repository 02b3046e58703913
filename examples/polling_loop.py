"""Starts a job somewhere else and asks until it is done, more and more seldom.

    {"query": "select 3"}             ->  {"rows": 3, "checks": 4, "waited": 35}
    {"query": "select 3", "patience": 10}  ->  fails with TimeoutError
    {"query": "drop 3"}               ->  fails with JobFailed

The first wait is 5 seconds, each one doubles it up to a minute. Waiting costs nothing in a state machine: no function runs
meanwhile. The tasks stand for a service that runs queries; a query of n rows takes n checks.
"""

import time

from pysfnc import Retry, task, workflow

FIRST_WAIT = 5
LONGEST_WAIT = 60
UNSTEADY = Retry(on=(ConnectionError,), interval=1, max_attempts=5, backoff=1.5)


class JobFailed(Exception):
    """The job came to an end, but not to a good one."""


@task(timeout=20, retry=UNSTEADY)
def start_query(query: str) -> str:
    verb, _, rows = query.partition(" ")
    if not rows.isdigit():
        raise ValueError(f"not a query: {query}")
    return f"{verb}:{rows}"


@task(timeout=20, retry=UNSTEADY)
def describe_query(job: str, check: int) -> dict[str, str | int]:
    verb, _, rows = job.partition(":")
    if check < int(rows):
        return {"status": "RUNNING", "rows": 0, "reason": ""}
    if verb != "select":
        return {"status": "FAILED", "rows": 0, "reason": f"{verb} is not allowed"}
    return {"status": "DONE", "rows": int(rows), "reason": ""}


@workflow
def run_query(query: str, patience: int = 600) -> dict[str, int]:
    job = start_query(query)
    checks = 0
    waited = 0
    wait = FIRST_WAIT
    while True:
        found = describe_query(job, checks)
        checks += 1
        if found["status"] != "RUNNING":
            break
        if waited + wait > patience:
            raise TimeoutError(f"{job} is still running after {waited} seconds")
        time.sleep(wait)
        waited += wait
        wait = min(wait * 2, LONGEST_WAIT)
    if found["status"] == "FAILED":
        raise JobFailed(f"{job}: {found['reason']}")
    return {"rows": int(found["rows"]), "checks": checks, "waited": waited}
