"""What a program is written against: decorators, options, context and concurrency, with their CPython meaning.

This package is also the runtime inside the Lambda zip. It imports the standard library only, and the heavier parts of
that (`asyncio`, `inspect`, `dataclasses`, `threading`) at the moment they are needed.
"""

from pysfnc.lang import http
from pysfnc.lang.concurrency import parallel
from pysfnc.lang.context import context
from pysfnc.lang.decorators import inline, task, with_options, workflow
from pysfnc.lang.errors import Fail
from pysfnc.lang.http import HTTPError
from pysfnc.lang.options import Retry

__all__ = [
    "Fail",
    "HTTPError",
    "Retry",
    "context",
    "http",
    "inline",
    "parallel",
    "task",
    "with_options",
    "workflow",
]
