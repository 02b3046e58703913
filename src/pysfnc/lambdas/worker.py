"""One execution environment: a process with AWS's runtime client, the unpacked zip, and one invocation at a time.

The process sees the zip, the standard library, the runtime client and boto3, as in Lambda; other packages that are
installed here are hidden, so a requirement that was forgotten fails here too.
"""

import importlib.util
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pysfnc.lambdas.model import Answer, LocalFunction, answered, exited, failed, timed_out
from pysfnc.lambdas.runtime_api import Event, Request, RuntimeApi, Said
from pysfnc.lambdas.unpacked import HANDLER

INIT_LIMIT_S: Final = 60.0
_CLIENT_MODULES: Final = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
_AWS_MODULES: Final = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")


class Worker:
    """A running environment of `function`. Not thread-safe: one invocation at a time, as in Lambda."""

    def __init__(
        self, function: LocalFunction, root: Path, runtime_folder: Path, environment: Mapping[str, str], log: Path
    ) -> None:
        self.function = function
        self._root = root
        self._api = RuntimeApi()
        path = os.pathsep.join((str(root), str(runtime_folder)))
        variables = {**environment, "AWS_LAMBDA_RUNTIME_API": self._api.address, "PYTHONPATH": path}
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                    [sys.executable, "-S", "-m", "awslambdaric", HANDLER],
                    cwd=root,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
        except BaseException:
            self._api.close()
            raise
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def is_alive(self) -> bool:
        """Whether it can take another invocation."""
        return self._process.poll() is None

    def invoke(self, body: bytes, request_id: str, limit_s: float) -> Answer:
        """Run one invocation to its end, its time limit or the end of the process."""
        deadline_ms = int((time.time() + limit_s) * 1000)
        self._api.send(Request(request_id, body, deadline_ms, self.function.arn))
        started: float | None = None
        until = time.monotonic() + INIT_LIMIT_S
        while True:
            try:
                event = self._api.events.get(timeout=max(until - time.monotonic(), 0))
            except queue.Empty:
                self.kill()
                if started is None:
                    message = (
                        f"RequestId: {request_id} Error: the environment did not start in {INIT_LIMIT_S:.0f} seconds"
                    )
                    return failed({"errorType": "Sandbox.Timedout", "errorMessage": message}, 0.0, request_id)
                return timed_out(request_id, limit_s)
            if event.said is Said.TAKEN:
                started = time.monotonic()
                until = started + limit_s
                continue
            duration_s = 0.0 if started is None else time.monotonic() - started
            answer = self._answer(event, request_id, duration_s)
            if answer is not None:
                return answer

    def _answer(self, event: Event, request_id: str, duration_s: float) -> Answer | None:
        match event.said:
            case Said.RESPONSE if event.request_id == request_id:
                return answered(event.body, duration_s, request_id)
            case Said.ERROR if event.request_id == request_id:
                return failed(_object(event.body), duration_s, request_id, str(self._root))
            case Said.INIT_ERROR:
                self.kill()
                return failed(_object(event.body), duration_s, request_id, str(self._root))
            case Said.EXIT:
                return exited(request_id, event.status, duration_s)
            case _:
                return None

    def kill(self) -> None:
        """End the process and what it started."""
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
        self._process.wait()

    def close(self) -> None:
        """End the process and its server."""
        self.kill()
        self._watcher.join()
        self._api.close()

    def _watch(self) -> None:
        status = self._process.wait()
        self._api.events.put(Event(Said.EXIT, status=status))


def make_runtime_folder(folder: Path) -> Path:
    """A folder with links to the runtime client and the AWS SDK, as Lambda's image has them, and to nothing else.

    Raises:
        RuntimeError: the runtime client is not installed.
    """
    folder.mkdir()
    for name in (*_CLIENT_MODULES, *_AWS_MODULES):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            if name in _CLIENT_MODULES:
                raise RuntimeError(f"Lambda workers need the package awslambdaric: {name} is not installed")
            continue
        source = Path(spec.origin)
        # six, a module, has an empty list here once it is imported.
        if spec.submodule_search_locations:
            source = source.parent
        (folder / source.name).symlink_to(source)
    return folder


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"errorType": "Lambda.Unknown", "errorMessage": repr(body)}
