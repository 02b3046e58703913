"""JSONata by its reference implementation: the second opinion on what an expression means.

Owns: `NodeEvaluator`, which has the shape of `pysfnc.jsonata.engine.Evaluator`, and finding the library. The library
is npm's `jsonata` 2.0.6, in a child process that reads and writes JSON lines; it is looked for in `PYSFNC_JSONATA_JS`
(a folder or file), then in `node_modules/`.
"""

import contextlib
import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pysfnc.jsonata.engine import (
    DEPTH_EXCEEDED,
    NOT_DATA,
    TIME_EXCEEDED,
    UNDEFINED,
    JsonataError,
    Limits,
    refuse_newer_syntax,
)

_ROOT = Path(__file__).parents[2]
_SCRIPT = Path(__file__).with_suffix(".mjs")
# The library cannot be stopped inside a regular expression or a long native loop; then the child is.
_WATCHDOG_S = 20.0


def find_library() -> Path | None:
    """The folder or file of npm's jsonata, or None if it or node is missing."""
    if shutil.which("node") is None:
        return None
    given = os.environ.get("PYSFNC_JSONATA_JS")
    candidates = [Path(given)] if given else [_ROOT / "node_modules" / "jsonata"]
    return next((path.resolve() for path in candidates if path.exists()), None)


class NodeEvaluator:
    """An `Evaluator` in a node process. Use it as a context manager, or `close()` it.

    limits: depth and time as the engine's own evaluator has them; sizes are not checked.
    """

    def __init__(self, library: Path | None = None, limits: Limits | None = None) -> None:
        found = library or find_library()
        if found is None:
            raise FileNotFoundError("node, or npm's jsonata in node_modules/ (PYSFNC_JSONATA_JS), is missing")
        self._library = found
        self._limits = limits or Limits()
        self._child: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> "NodeEvaluator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child process."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def check(self, text: str) -> None:
        """See `Evaluator.check`."""
        self._ask({"text": text, "check": True})

    def evaluate(self, text: str, variables: Mapping[str, object], *, now_ms: int | None = None) -> object:
        """See `Evaluator.evaluate`."""
        refuse_newer_syntax(text)
        answer = self._ask(
            {
                "text": text,
                "variables": variables,
                "now": now_ms,
                "depth": self._limits.depth,
                "depthText": DEPTH_EXCEEDED,
                "milliseconds": self._limits.seconds * 1000,
                "timeText": TIME_EXCEEDED,
            }
        )
        if answer["kind"] == "value":
            return answer["value"]
        return UNDEFINED if answer["kind"] == "undefined" else NOT_DATA

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        child = self._started()
        assert child.stdin is not None
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.flush()
        try:
            line = self._lines.get(timeout=_WATCHDOG_S)
        except queue.Empty:
            line = ""
        if not line:
            self.close()
            raise JsonataError("", TIME_EXCEEDED)
        answer: dict[str, Any] = json.loads(line)
        if answer["kind"] == "error":
            raise JsonataError(answer["code"], answer["message"])
        return answer

    def _started(self) -> subprocess.Popen[str]:
        if self._child is None:
            self._lines = queue.SimpleQueue()
            self._child = subprocess.Popen(
                ["node", "--stack-size=4000", str(_SCRIPT), str(self._library)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="surrogatepass",
            )
            threading.Thread(target=_pump, args=(self._child, self._lines), daemon=True).start()
        return self._child


def _pump(child: subprocess.Popen[str], lines: "queue.SimpleQueue[str]") -> None:
    """Hand the child's lines on; an empty one says that it ended."""
    assert child.stdout is not None
    with contextlib.suppress(ValueError, OSError):
        for line in child.stdout:
            lines.put(line)
    lines.put("")
