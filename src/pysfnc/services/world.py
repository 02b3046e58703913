"""The world of a local run: answers every task, and every call of the Step Functions API from outside.

Owns: who answers what: mocks first, then the program's functions, then AWS as the run was told to reach it.
Does not own: the answers (mocks.py, calls.py, jobs.py), what reaches it over HTTP (endpoint.py).
"""

import builtins
import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pysfnc.engine import (
    ApiError,
    Done,
    EngineError,
    LambdaService,
    Listener,
    StepFunctionsApi,
    TaskCall,
    TaskFailure,
    Waiting,
)
from pysfnc.engine.http import HttpService
from pysfnc.engine.objects import BotoObjects
from pysfnc.services.backends import Backend
from pysfnc.services.calls import call_aws
from pysfnc.services.invoking import Invoke, invoking
from pysfnc.services.jobs import start_job
from pysfnc.services.mocks import Mocks, TokenAnswer
from pysfnc.services.recorder import Recorder
from pysfnc.services.remote_lambda import call_lambda

__all__ = ["World"]

_LAMBDA: Final = frozenset({"lambda", "lambda-function"})
_HTTP: Final = frozenset({"http", "apigateway"})


class World(Listener):
    """A `TaskService`, `Listener` and `ObjectStore` for one run. Call `close` at its end.

    functions: answers Lambda tasks; None if there are none.
    backend: makes the way to AWS when the first call needs it.
    mocks: answers that come first. recorder: notes all others.
    on_waiting: called when a task begins to wait for its token.
    ask: called with the tasks that wait when nothing else goes on; true if it brought an answer.
    """

    def __init__(
        self,
        functions: LambdaService | None,
        backend: Callable[[], Backend],
        *,
        mocks: Mocks | None = None,
        recorder: Recorder | None = None,
        on_waiting: Callable[[Waiting], None] | None = None,
        ask: "Callable[[World, builtins.list[Waiting]], bool] | None" = None,
    ) -> None:
        self._functions = functions
        self._make_backend = backend
        self._backend: Backend | None = None
        self._mocks = mocks
        self._recorder = recorder
        self._on_waiting = on_waiting
        self._ask = ask
        self._lock = threading.RLock()
        self._invoke: Invoke | None = None
        self.api: StepFunctionsApi | None = None

    # what the engine asks

    def blocks(self, call: TaskCall) -> bool:
        """See `TaskService.call`."""
        if self._mocks is not None and self._mocks.covers(call):
            return False
        if call.service in _LAMBDA and self._functions is not None:
            return self._functions.blocking
        return call.service in _HTTP or self.backend().blocking

    def call(self, call: TaskCall) -> object:
        """See `TaskService.call`."""
        mocked = self._mocks.of_state(call) if self._mocks is not None else None
        if mocked is not None:
            return mocked
        if call.service in _LAMBDA or call.service in _HTTP:
            return self._other(call)
        if call.pattern in ("sync", "sync:2"):
            return start_job(self.invoke, call)
        return call_aws(self.invoke, call)

    def _other(self, call: TaskCall) -> object:
        mocked = self._mocks.of_other(call) if self._mocks is not None else None
        if mocked is not None:
            return mocked
        if call.service in _LAMBDA and self._functions is not None:
            return self._function(self._functions, call)
        if call.service in _LAMBDA and not self.backend().is_mock:
            return call_lambda(self.invoke, call)
        if call.service == "http":
            return HttpService().call(call)
        raise EngineError(f"state '{call.state_name}': nothing answers {call.resource} here; give a mock file (--mock)")

    def _function(self, functions: LambdaService, call: TaskCall) -> object:
        if self._recorder is None:
            return functions.call(call)
        try:
            answer = functions.call(call)
        except TaskFailure as failure:
            self._recorder.function(call, {"raise": {"Error": failure.error, "Cause": failure.cause}})
            raise
        self._recorder.function(call, {"return": answer.value if isinstance(answer, Done) else None})
        return answer

    def invoke(self, request: Any) -> Any:
        """See `Invoke`."""
        with self._lock:
            if self._invoke is None:
                invoke: Invoke = lambda request: invoking(self.backend())(request)  # noqa: E731 - made when needed
                if self._recorder is not None:
                    invoke = self._recorder.layer(invoke)
                self._invoke = invoke if self._mocks is None else self._mocks.layer(invoke)
        return self._invoke(request)

    def backend(self) -> Backend:
        """The way to AWS."""
        with self._lock:
            if self._backend is None:
                self._backend = self._make_backend()
            return self._backend

    # what distributed Maps ask of S3

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """See `ObjectStore.get`."""
        return self._objects().get(bucket, key, version)

    def list(self, bucket: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        """See `ObjectStore.list`."""
        return self._objects().list(bucket, prefix)

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """See `ObjectStore.put`."""
        self._objects().put(bucket, key, content)

    def _objects(self) -> BotoObjects:
        return BotoObjects(self.backend().client("s3"))

    def close(self) -> None:
        """Undo what the run needed."""
        with self._lock:
            self.api = None
            if self._backend is not None:
                self._backend.close()
                self._backend = None

    # what the engine tells

    def started(self, api: StepFunctionsApi) -> None:
        """See `Listener.started`."""
        self.api = api

    def waiting(self, waiting: Waiting) -> None:
        """See `Listener.waiting`."""
        planned = self._mocks.tokens.pop(waiting.token, None) if self._mocks is not None else None
        if planned is not None:
            self._plan(waiting.token, planned)
        elif self._on_waiting is not None:
            self._on_waiting(waiting)

    def idle(self) -> bool:
        """See `Listener.idle`."""
        return self._ask is not None and self.api is not None and self._ask(self, self.api.waiting())

    def _plan(self, token: str, planned: TokenAnswer) -> None:
        for beat in planned.beats:
            self._later(beat, "send_task_heartbeat", {"taskToken": token})
        if planned.refused:
            refusal = {"taskToken": token, "error": planned.error, "cause": planned.cause}
            self._later(planned.after_s, "send_task_failure", refusal)
        else:
            output = json.dumps(planned.value, ensure_ascii=False)
            self._later(planned.after_s, "send_task_success", {"taskToken": token, "output": output})

    def _later(self, seconds: float, method: str, arguments: Mapping[str, Any]) -> None:
        api = self.api
        assert api is not None

        def act() -> None:
            with contextlib.suppress(ApiError):  # too late, as it could be on AWS
                api.call(method, arguments)

        api.later(seconds, act)
