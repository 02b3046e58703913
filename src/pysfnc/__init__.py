"""The names a pysfnc program imports, and nothing else.

Everything here works under plain CPython, needs the standard library only and is cheap to import; the compiler,
the engine and the packaging live in subpackages that this module never loads.
"""

from pysfnc.lang import (
    CallbackFailed,
    Fail,
    HTTPError,
    JobFailed,
    Retry,
    context,
    distributed_map,
    http,
    inline,
    parallel,
    run_job,
    s3_csv,
    s3_inventory,
    s3_json,
    s3_jsonl,
    s3_objects,
    s3_results,
    task,
    wait_for_callback,
    with_options,
    workflow,
)

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
