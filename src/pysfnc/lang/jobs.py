"""Running a job to its end: `run_job(client.operation)(...)`, as the `.sync` integrations of Step Functions do.

Owns following a job by the rows of `pysfnc.aws.optimised`, which say what describes it and which statuses end it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pysfnc.lang import clock
from pysfnc.lang.calls import call_sync
from pysfnc.lang.errors import refuse
from pysfnc.lang.options import CallOptions, Retry, call_faults, retries_of, retry_faults

LOOK_S: Final = 10
"""Seconds between two looks at a job."""


class JobFailed(Exception):
    """A job ended otherwise than well. `error` is its status; `cause`, which is also `str()`, says so in words.

    Of a task that ECS finds no place for, `error` is ``AmazonECS.Unknown``, as Step Functions names that, and `cause` holds the reasons.
    """

    def __init__(self, error: str, cause: str = "") -> None:
        self.error = error
        self.cause = cause or f"the job ended with status {error}"
        super().__init__(self.error, self.cause)

    def __str__(self) -> str:
        return self.cause


def run_job(
    operation: Callable[..., Any], *, timeout: int | None = None, retry: Retry | Sequence[Retry] | None = None
) -> Callable[..., Any]:
    """A function that starts a job with `operation`, a method of a boto3 client, and waits until it has ended.

    Args:
        timeout: seconds for one attempt; after that the job is stopped, if the service can, and `TimeoutError` raised.
        retry: starts the job again.

    Returns:
        A function of the parameters of `operation`. It gives the description of the job at its end, as the describing operation of the
        service has it, and raises `JobFailed`.

    Raises:
        ValueError: an option is wrong, or Step Functions has no such job.
    """
    faults = [*retry_faults(retry), *call_faults(timeout, None, None)]
    if faults:
        refuse("run_job", faults)
    client = getattr(operation, "__self__", None)
    method = getattr(operation, "__name__", "")
    row = _row(client, method)

    def run(**params: Any) -> Any:
        _refuse_own(method, row, params)
        return call_sync(lambda: _attempt(client, operation, row, params, timeout), CallOptions(retries_of(retry)))

    return run


def _refuse_own(method: str, row: Any, params: Mapping[str, Any]) -> None:
    own = [f"Step Functions gives `{name}` itself" for name, _ in row.sets if name in params]
    if own:
        refuse(f"run_job(`{method}`)", own)


def _row(client: Any, method: str) -> Any:
    from pysfnc.aws import optimised_for

    service = getattr(getattr(getattr(client, "meta", None), "service_model", None), "service_name", "")
    entry = optimised_for(service, method)
    if entry is None or entry.job is None or entry.renamed:
        refuse("run_job", [f"`{method}` starts no job that Step Functions can wait for"])
    return entry.job


def _attempt(client: Any, operation: Callable[..., Any], row: Any, params: dict[str, Any], timeout: int | None) -> Any:
    from pysfnc.aws.job_paths import at, filled, has_bad_exit, refused

    begun = time.monotonic()
    known = {"arguments": params, "answer": operation(**params, **dict(row.sets))}
    reasons = refused(row, known["answer"])
    if reasons is not None:
        raise JobFailed(row.refusal[0], reasons)
    waited = 0.0
    while True:
        try:
            described = getattr(client, row.describe)(**filled(row.arguments, known))
        except client.exceptions.ClientError as error:
            if not row.succeeded and error.response["Error"]["Code"] in GONE:
                return {}
            # A machine is not told which of the two operations failed.
            raise type(error)(error.response, _started_by(client, operation)) from error
        found = at(described, row.job)
        status = at(found, row.status)
        if status in row.failed or (status in row.succeeded and has_bad_exit(found)):
            raise JobFailed(str(status))
        if status in row.succeeded:
            return _without_metadata(found)
        clock.sleep(LOOK_S)
        waited = waited + LOOK_S if clock.is_replaced() else time.monotonic() - begun
        if timeout is not None and waited >= timeout:
            _stop(client, row, known)
            raise TimeoutError


def _started_by(client: Any, operation: Callable[..., Any]) -> str:
    return str(client.meta.method_to_api_mapping[operation.__name__])


def _without_metadata(description: Any) -> Any:
    if isinstance(description, dict):
        return {name: value for name, value in description.items() if name != "ResponseMetadata"}
    return description


def _stop(client: Any, row: Any, known: Mapping[str, Any]) -> None:
    from pysfnc.aws.job_paths import filled

    if row.cancel is None:
        return
    method, arguments = row.cancel
    try:
        getattr(client, method)(**filled(arguments, known))
    except client.exceptions.ClientError:
        return


GONE: Final = frozenset({"ResourceNotFoundException", "NotFoundException", "ValidationException"})
"""Codes by which a service says that it has no such thing any more."""
