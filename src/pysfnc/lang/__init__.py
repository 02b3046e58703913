"""What a program is written against: decorators, options, context and concurrency, with their CPython meaning.

This package is also the runtime inside the Lambda zip. It imports the standard library only, and the heavier parts of
that (`asyncio`, `inspect`, `dataclasses`, `threading`) at the moment they are needed.
"""

from pysfnc.lang import http
from pysfnc.lang.callbacks import CallbackFailed, wait_for_callback
from pysfnc.lang.concurrency import parallel
from pysfnc.lang.context import context
from pysfnc.lang.datasets import s3_csv, s3_inventory, s3_json, s3_jsonl, s3_objects, s3_results
from pysfnc.lang.decorators import inline, task, with_options, workflow
from pysfnc.lang.distributed import distributed_map
from pysfnc.lang.errors import Fail
from pysfnc.lang.http import HTTPError
from pysfnc.lang.jobs import JobFailed, run_job
from pysfnc.lang.options import Retry

__all__ = [
    "CallbackFailed",
    "Fail",
    "HTTPError",
    "JobFailed",
    "Retry",
    "context",
    "distributed_map",
    "http",
    "inline",
    "parallel",
    "run_job",
    "s3_csv",
    "s3_inventory",
    "s3_json",
    "s3_jsonl",
    "s3_objects",
    "s3_results",
    "task",
    "wait_for_callback",
    "with_options",
    "workflow",
]
