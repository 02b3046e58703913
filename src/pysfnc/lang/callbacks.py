"""Waiting for somebody outside: `wait_for_callback`, as a `.waitForTaskToken` task of Step Functions does.

Owns the tokens of this process. A token is good for one answer and one attempt. It is answered by `pysfnc.testing`, or by a boto3 client for
Step Functions in this process, whose calls with one of our tokens do not go to AWS.
"""

import time
from _thread import allocate_lock
from collections.abc import Callable, Sequence
from typing import Any, Final

from pysfnc.lang import clock
from pysfnc.lang.calls import call_sync
from pysfnc.lang.errors import refuse
from pysfnc.lang.options import CallOptions, Retry, call_faults, retries_of, retry_faults

_TASK_TIMED_OUT: Final = "Task Timed Out: 'Provided task does not exist anymore'"
_INSTANT_S: Final = 1.0
"""How long a wait takes where sleeping is replaced: time passes at once there, and another thread may be about to answer."""
_OPERATIONS: Final = frozenset({"SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"})


class CallbackFailed(Exception):
    """The work that a callback was awaited for failed: `error` and `cause` as given, None for nothing or an empty text.

    `str()` is the cause.
    """

    def __init__(self, error: str | None = None, cause: str | None = None) -> None:
        self.error = error or None
        self.cause = cause or None
        super().__init__(self.error, self.cause)

    def __str__(self) -> str:
        return self.cause or ""


class _Waiting:
    """One attempt that waits."""

    def __init__(self) -> None:
        import threading

        self.answered = threading.Event()
        self.value: Any = None
        self.failure: CallbackFailed | None = None
        self.last_beat = time.monotonic()


_waiting: dict[str, _Waiting] = {}
_lock = allocate_lock()


def wait_for_callback(
    submit: Callable[[str], object],
    *,
    timeout: int | None = None,
    heartbeat: int | None = None,
    retry: Retry | Sequence[Retry] | None = None,
) -> Any:
    """Call `submit` with a token, and wait until somebody answers with that token.

    In an async workflow the call is awaited.

    Args:
        timeout: seconds after which an attempt ends with `TimeoutError`.
        heartbeat: seconds between two signs of life of whoever has the token.
        retry: tries again with a new token.

    Returns:
        The answer, a JSON value.

    Raises:
        CallbackFailed: the answer was a failure.
        TimeoutError: there was no answer, or no heartbeat, in time.
    """
    faults = [*retry_faults(retry), *call_faults(timeout, heartbeat, None)]
    if faults:
        refuse("wait_for_callback", faults)

    def run() -> Any:
        return call_sync(lambda: _attempt(submit, timeout, heartbeat), CallOptions(retries_of(retry)))

    return _in_thread(run) if _is_in_loop() else run()


def _is_in_loop() -> bool:
    import sys

    events = sys.modules.get("asyncio.events")
    return events is not None and events._get_running_loop() is not None


async def _in_thread(run: Callable[[], Any]) -> Any:
    import asyncio

    return await asyncio.to_thread(run)


def _attempt(submit: Callable[[str], object], timeout: int | None, heartbeat: int | None) -> Any:
    import uuid

    token, waiting = f"python-{uuid.uuid4()}", _Waiting()
    with _lock:
        _waiting[token] = waiting
    patched = _listen_to_boto3()
    try:
        submit(token)
        _wait(waiting, timeout, heartbeat)
    finally:
        if patched:
            _stop_listening()
        with _lock:
            _waiting.pop(token, None)
    if waiting.failure is not None:
        raise waiting.failure
    return waiting.value


def _wait(waiting: _Waiting, timeout: int | None, heartbeat: int | None) -> None:
    begun = time.monotonic()

    def seconds_left() -> float | None:
        if timeout is None and heartbeat is None:
            return None
        if clock.is_replaced():
            return begun + _INSTANT_S - time.monotonic()
        ends = [begun + timeout] if timeout is not None else []
        ends += [waiting.last_beat + heartbeat] if heartbeat is not None else []
        return min(ends) - time.monotonic()

    while not waiting.answered.wait(seconds_left()):
        # A heartbeat may have come meanwhile.
        left = seconds_left()
        if left is not None and left <= 0:
            raise TimeoutError


# Answers


def knows(token: str) -> bool:
    """Whether somebody in this process waits for a token."""
    with _lock:
        return token in _waiting


def succeed(token: str, value: Any) -> None:
    """Answer with a JSON value. LookupError: nobody waits for the token."""
    import json

    waiting = _take(token)
    waiting.value = json.loads(json.dumps(value))
    waiting.answered.set()


def fail(token: str, error: str | None, cause: str | None) -> None:
    """Answer with a failure. LookupError: nobody waits for the token."""
    waiting = _take(token)
    waiting.failure = CallbackFailed(error, cause)
    waiting.answered.set()


def beat(token: str) -> None:
    """Say that the work goes on. LookupError: nobody waits for the token."""
    with _lock:
        waiting = _waiting.get(token)
    if waiting is None:
        raise LookupError(_TASK_TIMED_OUT)
    waiting.last_beat = time.monotonic()


def _take(token: str) -> _Waiting:
    with _lock:
        waiting = _waiting.pop(token, None)
    if waiting is None:
        raise LookupError(_TASK_TIMED_OUT)
    return waiting


_patches = 0
_original: Any = None


def _listen_to_boto3() -> bool:
    """Let clients of boto3 in this process answer our tokens; False if there is no boto3."""
    global _patches, _original
    try:
        from botocore.client import BaseClient
    except ImportError:
        return False
    with _lock:
        _patches += 1
        if _patches == 1:
            _original = BaseClient._make_api_call  # type: ignore[attr-defined]
            BaseClient._make_api_call = _call  # type: ignore[attr-defined]
    return True


def _stop_listening() -> None:
    global _patches
    from botocore.client import BaseClient

    with _lock:
        _patches -= 1
        if _patches == 0:
            BaseClient._make_api_call = _original  # type: ignore[attr-defined]


def _call(self: Any, operation: str, params: Any) -> Any:
    token = params.get("taskToken", "") if isinstance(params, dict) else ""
    if operation not in _OPERATIONS or not str(token).startswith("python-"):
        return _original(self, operation, params)
    import json

    try:
        match operation:
            case "SendTaskSuccess":
                succeed(token, json.loads(params["output"]))
            case "SendTaskFailure":
                fail(token, params.get("error"), params.get("cause"))
            case _:
                beat(token)
    except LookupError as late:
        error = {"Error": {"Code": "TaskTimedOut", "Message": str(late)}}
        raise self.exceptions.TaskTimedOut(error, operation) from None
    return {"ResponseMetadata": {"HTTPStatusCode": 200}}
