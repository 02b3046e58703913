"""`distributed_map`: an execution for each item, as a distributed Map of Step Functions runs them.

Under CPython the children are calls in threads, each with an execution of its own in `context`. Owns tolerance and batches. Datasets are
`lang.datasets`.

Facts: "Using Map state in Distributed mode" of the AWS docs; tolerance was measured: a threshold of 0 is none when the other one is set, and
all items of a batch that fails count.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from pysfnc.lang.context import RunContext, current_run, made_up_run, running
from pysfnc.lang.datasets import Dataset, Results
from pysfnc.lang.errors import Fail, refuse

EXCEEDED: Final = "States.ExceedToleratedFailureThreshold"
EXCEEDED_CAUSE: Final = "The specified tolerated failure threshold was exceeded"
LABEL_CHARS: Final = 40
_THREADS: Final = 32


def distributed_map(
    fn: Callable[[Any], Any],
    items: Sequence[Any] | Dataset,
    *,
    max_concurrency: int | None = None,
    batch: int | None = None,
    tolerated_failure_percentage: float | None = None,
    tolerated_failure_count: int | None = None,
    type: Literal["STANDARD", "EXPRESS"] = "STANDARD",
    label: str | None = None,
    results: Results | None = None,
) -> Any:
    """Call `fn` for each item, or for each list of `batch` items, in executions of their own.

    The result is the list of what they return, in order; a child that failed and is tolerated leaves
    ``{"Status": "FAILED", "Error": name, "Cause": text}``. With `results`, it says where the results were written.

    Raises:
        Fail: `States.ExceedToleratedFailureThreshold`, more items failed than are tolerated; `States.ItemReaderFailed`, a dataset
            cannot be read.
        ValueError: an option has no such value.
    """
    _check(batch, tolerated_failure_percentage, tolerated_failure_count, type, label)
    found = items.items() if isinstance(items, Dataset) else list(items)
    inputs: list[Any] = found if batch is None else [found[at : at + batch] for at in range(0, len(found), batch)]
    tolerated = _tolerated(len(found), tolerated_failure_percentage, tolerated_failure_count)
    children = _run(fn, inputs, batch is not None, max_concurrency, tolerated, label)
    if results is None:
        return [child.shown() for child in children]
    return _written(results, children)


def _check(batch: int | None, percentage: float | None, count: int | None, kind: str, label: str | None) -> None:
    faults = []
    if batch is not None and batch < 1:
        faults.append("batch must be at least 1")
    if percentage is not None and not 0 <= percentage <= 100:
        faults.append("tolerated_failure_percentage must be between 0 and 100")
    if count is not None and count < 0:
        faults.append("tolerated_failure_count must not be negative")
    if kind not in ("STANDARD", "EXPRESS"):
        faults.append('type must be "STANDARD" or "EXPRESS"')
    if label is not None and not 0 < len(label) <= LABEL_CHARS:
        faults.append(f"label must have 1 to {LABEL_CHARS} characters")
    if faults:
        refuse("distributed_map()", faults)


def _tolerated(items: int, percentage: float | None, count: int | None) -> float:
    limits = [count or 0] if count or not percentage else []
    return min([*limits, *([items * percentage / 100] if percentage else [])])


class _Child:
    """One execution: its input, and what became of it."""

    def __init__(self, run: RunContext, given: Any, items: int) -> None:
        self.run, self.given, self.items = run, given, items
        self.output: Any = None
        self.failure: Exception | None = None

    def call(self, fn: Callable[[Any], Any]) -> None:
        with running(self.run):
            try:
                self.output = fn(self.given)
            except Exception as failure:
                self.failure = failure

    def shown(self) -> Any:
        """What it leaves in the list of results."""
        return self.output if self.failure is None else {"Status": "FAILED", **self.error()}

    def error(self) -> dict[str, str]:
        failure = self.failure
        name = failure.error if isinstance(failure, Fail) else failure.__class__.__name__
        return {"Error": name, "Cause": str(failure)}


def _run(
    fn: Callable[[Any], Any], inputs: list[Any], batched: bool, limit: int | None, tolerated: float, label: str | None
) -> list[_Child]:
    """Run the children; raises once more failed than are tolerated and those that run have come to their end."""
    import contextvars
    from concurrent.futures import ThreadPoolExecutor, as_completed

    name = f"{_outer_name()}/{label or 'Map'}"
    children = [_Child(made_up_run(name, given), given, len(given) if batched else 1) for given in inputs]
    if not children:
        return []
    left = tolerated
    with ThreadPoolExecutor(limit or min(_THREADS, len(children))) as pool:
        begun = {pool.submit(contextvars.copy_context().run, child.call, fn): child for child in children}
        for done in as_completed(begun):
            done.result()
            child = begun[done]
            left -= 0 if child.failure is None else child.items
            if left < 0:
                pool.shutdown(wait=True, cancel_futures=True)
                raise Fail(EXCEEDED, EXCEEDED_CAUSE) from child.failure
    return children


def _outer_name() -> str:
    try:
        return current_run().state_machine.name
    except RuntimeError:
        return "none"


def _written(results: Results, children: list[_Child]) -> dict[str, Any]:
    """Write what ResultWriter writes: a file for each status, and a manifest."""
    import json
    import uuid

    import boto3
    from botocore.exceptions import ClientError

    client = boto3.client("s3")
    run_id = str(uuid.uuid4())
    arn = f"arn:aws:states:us-east-1:123456789012:mapRun:{run_id}"
    folder = "/".join(part for part in (results.prefix.rstrip("/"), run_id) if part)
    files: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    try:
        for status in files:
            found = [_described(child) for child in children if (child.failure is None) == (status == "SUCCEEDED")]
            if found and status != "PENDING":
                content = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
                key = f"{folder}/{status}_0.json"
                client.put_object(Bucket=results.bucket, Key=key, Body=content)
                files[status].append({"Key": key, "Size": len(content)})
        manifest = {"DestinationBucket": results.bucket, "MapRunArn": arn, "ResultFiles": files}
        client.put_object(Bucket=results.bucket, Key=f"{folder}/manifest.json", Body=json.dumps(manifest).encode())
    except ClientError as error:
        raise Fail("States.ResultWriterFailed", str(error)) from None
    details = {"Bucket": results.bucket, "Key": f"{folder}/manifest.json"}
    return {"MapRunArn": arn, "ResultWriterDetails": details}


def _described(child: _Child) -> dict[str, Any]:
    import json

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    run = child.run
    found: dict[str, Any] = {
        "ExecutionArn": run.execution.id,
        "Input": text(child.given),
        "InputDetails": {"Included": True},
        "Name": run.execution.name,
        "StartDate": run.execution.start_time,
        "StateMachineArn": run.state_machine.id,
        "Status": "SUCCEEDED" if child.failure is None else "FAILED",
    }
    if child.failure is None:
        return found | {"Output": text(child.output), "OutputDetails": {"Included": True}}
    return found | child.error()
