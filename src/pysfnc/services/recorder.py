"""Writing down what AWS and Lambda answered, as a mock file that gives the same answers again.

Owns: the file. Does not own: its format (mocks.py).
"""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pysfnc.aws import iso_text
from pysfnc.engine import EngineError, TaskCall
from pysfnc.services.invoking import Answer, Invoke, Request, ServiceError
from pysfnc.services.mocks import other_keys

__all__ = ["Recorder"]


class Recorder:
    """Collects calls in the order of their answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, list[dict[str, Any]]] = {}

    def layer(self, invoke: Invoke) -> Invoke:
        """Calls of boto3 that are noted and then answered by `invoke`."""

        def layered(request: Request) -> Answer:
            given = _plain(request.arguments)
            try:
                answer = invoke(request)
            except ServiceError as error:
                described = {"Code": error.code, "Message": error.message, "Status": error.status}
                self._add(request.key, {"with": given, "raise": described})
                raise
            # Streams can be read once only, so what was read goes on in their place.
            plain = _plain({name: value for name, value in answer.value.items() if name != "ResponseMetadata"})
            self._add(request.key, {"with": given, "return": plain})
            return Answer(plain, answer.duration_s)

        return layered

    def function(self, call: TaskCall, outcome: Mapping[str, Any]) -> None:
        """Note what a Lambda task came to: `return` with the result of its state, or `raise` with error and cause."""
        keys, payload = other_keys(call)
        if call.service == "lambda" and isinstance(outcome.get("return"), dict):
            outcome = {"return": outcome["return"].get("Payload")}
        self._add(keys[0], {"with": payload if isinstance(payload, dict) else None, **outcome})

    def _add(self, key: str, entry: dict[str, Any]) -> None:
        with self._lock:
            self._calls.setdefault(key, []).append(
                {name: value for name, value in entry.items() if name != "with" or value}
            )

    def text(self) -> str:
        """The mock file."""
        return json.dumps(self._calls, indent=2, ensure_ascii=False, sort_keys=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return iso_text(value)
    if hasattr(value, "read"):
        value = value.read()
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise EngineError("an answer with bytes that are no text cannot be recorded") from None
