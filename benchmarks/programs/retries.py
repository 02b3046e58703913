"""A step that is tried again in one way for one error and in another for others, with a second best."""

from pysfnc import Retry, task, workflow


class Throttled(Exception):
    pass


class NotFound(Exception):
    pass


@task(
    timeout=20,
    retry=[
        Retry(on=Throttled, interval=2, max_attempts=5, backoff=2.0, max_delay=30, jitter=True),
        Retry(on=(ConnectionError, TimeoutError), interval=1, max_attempts=3, backoff=1.5),
    ],
)
def fetch(name: str) -> str:
    if name == "old":
        raise NotFound("no such report")
    return f"report {name}"


@task(timeout=60)
def fetch_archived(name: str) -> str:
    return f"archived {name}"


@task
def notify(name: str, problem: str) -> None:
    pass


@task
def summarise(report: str) -> str:
    return f"summary of {report}"


@workflow
def retries(name: str) -> str:
    try:
        report = fetch(name)
    except NotFound:
        report = fetch_archived(name)
    except Exception as problem:
        notify(name, str(problem))
        raise
    return summarise(report)
