"""Lambda without Lambda: calls the functions of a loaded program through the real handler, in this process."""

import json
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pysfnc.engine import LambdaAnswer
from pysfnc.lang.bootstrap import REGISTRATION_FILE, REGISTRATION_VERSION, make_handler
from pysfnc.testing.sleeping import instant_sleep

if TYPE_CHECKING:
    from pysfnc.packaging import FunctionSpec

__all__ = ["DirectInvoker"]

_REQUEST_ID = "00000000-0000-4000-8000-000000000000"


class DirectInvoker:
    """A `LambdaInvoker` over the functions that a build would register. The program must be importable."""

    def __init__(self, folder: Path, functions: "Iterable[FunctionSpec]") -> None:
        registration = {
            "version": REGISTRATION_VERSION,
            "functions": {
                spec.name: {
                    "module": spec.module,
                    "qualname": spec.qualname,
                    "exceptions": list(spec.known_exceptions),
                    "as_sent": list(spec.as_sent),
                    "copies": spec.copies,
                    "consumes": spec.consumes,
                }
                for spec in functions
            },
        }
        (folder / REGISTRATION_FILE).write_text(json.dumps(registration), encoding="utf-8")
        self._handler = make_handler(str(folder / "pysfnc_handler.py"))
        self._files = frozenset(map(str, folder.rglob("*.py")))

    def invoke(self, function_name: str, payload: object, timeout_s: float | None) -> LambdaAnswer:
        """Call the handler as Lambda does, with JSON in between both ways. It takes as long as its code sleeps."""
        with instant_sleep(self._files):
            begun = time.monotonic()
            try:
                answer = json.loads(json.dumps(self._handler(payload, None), allow_nan=False))
            except Exception as error:
                taken_s = time.monotonic() - begun
                return LambdaAnswer(error=type(error).__name__, cause=_report(error), duration_s=taken_s)
            return LambdaAnswer(answer, duration_s=time.monotonic() - begun)


def _report(error: Exception) -> str:
    """Return the JSON that the Lambda runtime client writes about an exception."""
    trace = traceback.format_list(traceback.extract_tb(error.__traceback__))
    report: dict[str, Any] = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": _REQUEST_ID,
        "stackTrace": trace,
    }
    return json.dumps(report, separators=(",", ":"))
