"""`WorkerPool`: the functions of a zip in worker processes, as many as invocations run at the same time."""

import atexit
import contextlib
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pysfnc.lambdas.model import Answer, LocalFunction, function_name_of, not_found, payload_text
from pysfnc.lambdas.unpacked import UnpackedZip, runtime_environment
from pysfnc.lambdas.worker import Worker, make_runtime_folder

DEFAULT_MAX_WORKERS: Final = 16


class WorkerPool:
    """Runs the functions of a zip through AWS's runtime client. Thread-safe; a context manager.

    Environments start on demand, one more whenever all of a function are busy, and are used again, as in Lambda; at
    `max_workers` an invocation waits for one to become free.

    Args:
        zip_path: the zip that `build_lambda_zip` wrote.
        functions: the deployed functions.
        env: environment variables for all of them, such as AWS_ENDPOINT_URL.
        max_workers: how many processes there may be at once.
        new_request_id: makes the id of an invocation; random UUIDs when not given.
    """

    def __init__(
        self,
        zip_path: Path,
        functions: Iterable[LocalFunction],
        env: Mapping[str, str] | None = None,
        *,
        max_workers: int = DEFAULT_MAX_WORKERS,
        new_request_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._functions = {function.name: function for function in functions}
        self._env = dict(env or {})
        self._max_workers = max_workers
        self._new_request_id = new_request_id
        self._idle: dict[str, list[Worker]] = {name: [] for name in self._functions}
        self._all: set[Worker] = set()
        self._starting = 0
        self._closed = False
        self._changed = threading.Condition()
        self._code = UnpackedZip(zip_path)
        try:
            self._runtime_folder = make_runtime_folder(self._code.work_folder / "runtime")
        except BaseException:
            self._code.close()
            raise
        atexit.register(self.close)

    def invoke(self, function_name: str, payload: Any, timeout_s: float | None = None) -> Answer:
        """Invoke a function with a JSON payload and wait for the answer.

        Args:
            function_name: its name or ARN.
            timeout_s: a time limit below the function's own, if any.

        Raises:
            TypeError, ValueError: the payload is no JSON value.
            RuntimeError: the pool is closed.
        """
        request_id = self._new_request_id()
        function = self._functions.get(function_name_of(function_name))
        if function is None:
            return not_found(function_name_of(function_name), request_id)
        body = payload_text(payload)
        limit_s = function.timeout_s if timeout_s is None else min(timeout_s, function.timeout_s)
        with self._worker(function) as worker:
            return worker.invoke(body, request_id, limit_s)

    def read_log(self) -> str:
        """What the functions and the runtime client wrote to stdout and stderr so far."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def close(self) -> None:
        """Kill all workers and remove the unpacked code."""
        with self._changed:
            self._closed = True
            workers, self._all = list(self._all), set()
            self._changed.notify_all()
        closing = [threading.Thread(target=worker.close) for worker in workers]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self._code.close()
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _log(self) -> Path:
        return self._code.work_folder / "log.txt"

    @contextlib.contextmanager
    def _worker(self, function: LocalFunction) -> Iterator[Worker]:
        worker = self._take(function)
        try:
            yield worker
        except BaseException:
            # The invocation was abandoned half way; its environment cannot be used again.
            worker.kill()
            raise
        finally:
            self._give_back(worker)

    def _take(self, function: LocalFunction) -> Worker:
        with self._changed:
            while True:
                if self._is_closed():
                    raise RuntimeError("the pool of Lambda workers is closed")
                idle = self._idle[function.name]
                while idle:
                    worker = idle.pop()
                    if worker.is_alive:
                        return worker
                    self._all.discard(worker)
                    worker.close()
                if len(self._all) + self._starting < self._max_workers or self._end_one_idle():
                    self._starting += 1
                    break
                self._changed.wait()
        try:
            started = self._start(function)
        finally:
            with self._changed:
                self._starting -= 1
                self._changed.notify_all()
        with self._changed:
            if not self._is_closed():
                self._all.add(started)
                return started
        started.close()
        raise RuntimeError("the pool of Lambda workers is closed")

    def _is_closed(self) -> bool:
        return self._closed

    def _end_one_idle(self) -> bool:
        for idle in self._idle.values():
            if idle:
                worker = idle.pop()
                self._all.discard(worker)
                worker.close()
                return True
        return False

    def _start(self, function: LocalFunction) -> Worker:
        environment = runtime_environment(function, self._code.root, self._env)
        return Worker(function, self._code.root, self._runtime_folder, environment, self._log)

    def _give_back(self, worker: Worker) -> None:
        with self._changed:
            is_ours = worker in self._all
            if is_ours and worker.is_alive:
                self._idle[worker.function.name].append(worker)
            elif is_ours:
                self._all.discard(worker)
            self._changed.notify_all()
        if is_ours and not worker.is_alive:
            worker.close()
