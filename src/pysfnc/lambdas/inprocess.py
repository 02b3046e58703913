"""`InProcessPool`: the same zip and the same answers without processes, for speed.

Owns the isolation of the program's modules inside this process: while a function is loaded or runs, its modules stand
in `sys.modules`, the unpacked zip leads `sys.path`, and its variables are in `os.environ`; afterwards everything is as
it was. Invocations run one after the other. What only a process can do is missing: a crash takes this process along, a
call that exceeds its time limit goes on in its thread, packages installed here are not hidden, and an extension module
that this process has loaded already may refuse to be loaded again. The runtime `pysfnc` is this process' own.
"""

import contextlib
import importlib
import io
import json
import os
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, Self

from pysfnc.lambdas.model import (
    Answer,
    LocalFunction,
    answered,
    failed,
    function_name_of,
    not_found,
    payload_text,
    timed_out,
)
from pysfnc.lambdas.unpacked import HANDLER, UnpackedZip, runtime_environment

_SHARED: Final = frozenset({"pysfnc"})
# sys.modules, sys.path and os.environ belong to the process: one invocation at a time over all pools.
_PROCESS: Final = threading.RLock()


class InProcessPool:
    """Runs the functions of a zip in this process. Arguments, methods and answers as `WorkerPool`."""

    def __init__(
        self,
        zip_path: Path,
        functions: Iterable[LocalFunction],
        env: Mapping[str, str] | None = None,
        *,
        new_request_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._code = UnpackedZip(zip_path)
        self._new_request_id = new_request_id
        self._output = io.StringIO()
        self._environments = {
            function.name: _Environment(function, self._code.root, env or {}) for function in functions
        }

    def invoke(self, function_name: str, payload: Any, timeout_s: float | None = None) -> Answer:
        """Invoke a function with a JSON payload and wait for the answer; see `WorkerPool.invoke`."""
        request_id = self._new_request_id()
        environment = self._environments.get(function_name_of(function_name))
        if environment is None:
            return not_found(function_name_of(function_name), request_id)
        body = payload_text(payload)
        own_limit_s = environment.function.timeout_s
        limit_s = own_limit_s if timeout_s is None else min(timeout_s, own_limit_s)
        with _PROCESS, environment.in_place(), contextlib.redirect_stdout(self._output):
            return environment.invoke(body, request_id, limit_s)

    def read_log(self) -> str:
        """What the functions wrote to stdout so far."""
        return self._output.getvalue()

    def close(self) -> None:
        """Forget the modules and remove the unpacked code."""
        self._environments = {}
        sys.path_importer_cache.pop(str(self._code.root), None)
        self._code.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Context:
    """The context object of the handler (AWS guide, "Using the Lambda context object")."""

    def __init__(self, function: LocalFunction, request_id: str, limit_s: float) -> None:
        self.aws_request_id = request_id
        self.function_name = function.name
        self.function_version = "$LATEST"
        self.invoked_function_arn = function.arn
        self.memory_limit_in_mb = str(function.memory_mb)
        self._until = time.monotonic() + limit_s

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the time limit."""
        return max(int((self._until - time.monotonic()) * 1000), 0)


class _Environment:
    """One function's modules and variables, put in place around each use."""

    def __init__(self, function: LocalFunction, root: Path, env: Mapping[str, str]) -> None:
        self.function = function
        self._root = str(root)
        self._variables = runtime_environment(function, root, env)
        self._own_names = frozenset(path.name.partition(".")[0] for path in root.iterdir()) - _SHARED
        self._modules: dict[str, ModuleType] = {}
        self._handler: Callable[[Any, Any], Any] | None = None

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Exchange modules, path and variables with this process' own inside the block."""
        own_path, own_variables = list(sys.path), dict(os.environ)
        own_modules = self._taken_modules()
        sys.modules.update(self._modules)
        sys.path.insert(0, self._root)
        os.environ.clear()
        os.environ.update(self._variables)
        importlib.invalidate_caches()
        try:
            yield
        finally:
            self._modules = self._taken_modules()
            sys.modules.update(own_modules)
            sys.path[:] = own_path
            os.environ.clear()
            os.environ.update(own_variables)

    def invoke(self, body: bytes, request_id: str, limit_s: float) -> Answer:
        """Run one invocation in a thread, to its end or its time limit."""
        if self._handler is None:
            fault = self._load()
            if fault is not None:
                return failed(fault, 0.0, request_id, self._root)
        answers: list[Answer] = []
        started = time.monotonic()
        thread = threading.Thread(
            target=lambda: answers.append(self._answer(body, request_id, limit_s, started)), daemon=True
        )
        thread.start()
        thread.join(limit_s)
        return answers[0] if answers else timed_out(request_id, limit_s)

    def _answer(self, body: bytes, request_id: str, limit_s: float, started: float) -> Answer:
        assert self._handler is not None
        try:
            result = self._handler(json.loads(body), _Context(self.function, request_id, limit_s))
            answer_body = json.dumps(result).encode()
        except Exception as failure:
            return failed(_error_object(failure, request_id), time.monotonic() - started, request_id, self._root)
        return answered(answer_body, time.monotonic() - started, request_id)

    def _load(self) -> dict[str, Any] | None:
        """Import the handler; the error object of the runtime client when that fails."""
        module_name, _, handler_name = HANDLER.rpartition(".")
        try:
            self._handler = getattr(importlib.import_module(module_name), handler_name)
        except ImportError as failure:
            return _init_error("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {failure}", [])
        except SyntaxError as failure:
            trace = [f'  File "{failure.filename}" Line {failure.lineno}\n    {failure.text}']
            message = f"Syntax error in module '{module_name}': {failure}"
            return _init_error("Runtime.UserCodeSyntaxError", message, trace)
        except Exception as failure:
            return _error_object(failure, "")
        return None

    def _taken_modules(self) -> dict[str, ModuleType]:
        names = [name for name in sys.modules if name.partition(".")[0] in self._own_names]
        return {name: sys.modules.pop(name) for name in names}


def _init_error(kind: str, message: str, trace: list[str]) -> dict[str, Any]:
    return {"errorMessage": message, "errorType": kind, "requestId": "", "stackTrace": trace}


def _error_object(failure: Exception, request_id: str) -> dict[str, Any]:
    """The error object that AWS's runtime client makes: leading frames of files called bootstrap.py left out."""
    frames = [frame for frame in traceback.extract_tb(failure.__traceback__) if frame.filename != __file__]
    first = next((index for index, frame in enumerate(frames) if "/bootstrap.py" not in frame.filename), 0)
    shown = [(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in frames[first:]]
    return {
        "errorMessage": str(failure),
        "errorType": type(failure).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_list(shown),
    }
