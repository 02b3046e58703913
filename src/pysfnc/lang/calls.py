"""What options do to a call: retries with delays, and a timeout for each attempt.

Owns the meaning of `Retry` and `timeout` under CPython, which is the one of ASL ("Error handling" of the Amazon States
Language): only the first matching retrier counts, each has its own counter, the delay before retry n is
``min(interval * backoff ** (n - 1), max_delay)``, a timeout holds per attempt.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from pysfnc.lang import clock
from pysfnc.lang.errors import Fail
from pysfnc.lang.http import HTTPError
from pysfnc.lang.options import CallOptions, Retry

R = TypeVar("R")

_CO_COROUTINE: Final = 0x80  # inspect.CO_COROUTINE, without importing inspect


class _Attempts:
    """The retry counters of one call."""

    def __init__(self, retries: tuple[Retry, ...]) -> None:
        self._retries = retries
        self._used = [0] * len(retries)

    def delay_after(self, failure: Exception) -> float | None:
        """Seconds to wait before the next try, or None when there is none."""
        for index, retry in enumerate(self._retries):
            if is_matched(failure, retry):
                if self._used[index] >= retry.max_attempts:
                    return None
                self._used[index] += 1
                return _delay_s(retry, self._used[index])
        return None


def is_matched(failure: BaseException, retry: Retry) -> bool:
    """Whether `retry` is for `failure`: by class, or by the exact error name the machine would see."""
    return any(
        error_name_matches(failure, match) if isinstance(match, str) else isinstance(failure, match)
        for match in retry.on
    )


def error_name_matches(failure: BaseException, name: str) -> bool:
    """Whether ASL's error name `name` covers `failure`. A timeout has the name ``States.Timeout``."""
    if name == "States.ALL":
        return True
    if name == "States.TaskFailed":
        return not isinstance(failure, TimeoutError)
    if name == "States.Timeout":
        return isinstance(failure, TimeoutError)
    if isinstance(failure, HTTPError) and name == HTTPError.__name__:
        return True
    return own_error_name(failure) == name or _is_of_aws(failure, name)


def _is_of_aws(failure: BaseException, name: str) -> bool:
    """Whether `name` is what Step Functions calls an error of a boto3 client: the service, a dot, and the code as a class.

    An exception of boto3 knows its code, and not its service: ``ThrottlingException`` is taken for that of any service.
    """
    response = getattr(failure, "response", None)
    error = response.get("Error") if isinstance(response, dict) else None
    code = error.get("Code") if isinstance(error, dict) else None
    _, dot, ending = name.partition(".")
    codes = {str(each).removesuffix("Exception") for each in (code, type(failure).__name__)}
    return bool(dot and code) and ending.removesuffix("Exception") in codes


def own_error_name(failure: BaseException) -> str:
    """The name that a retrier of the machine sees: that of the class, or what stands for it there."""
    if isinstance(failure, Fail):
        return failure.error
    if isinstance(failure, HTTPError):
        return f"States.Http.StatusCode.{failure.status_code}"
    return type(failure).__name__


def _delay_s(retry: Retry, attempt: int) -> float:
    try:
        delay = retry.interval * retry.backoff ** (attempt - 1)
    except OverflowError:
        delay = float("inf")
    if retry.max_delay is not None:
        delay = min(delay, retry.max_delay)
    if retry.jitter:
        import random

        delay = random.uniform(0, delay)  # noqa: S311 - spreads load, guards nothing
    return delay


def call_sync(attempt: Callable[[], R], options: CallOptions) -> R:
    """Call `attempt` under `options` until it succeeds or no retrier wants another try."""
    attempts = _Attempts(options.retries)
    while True:
        try:
            return attempt() if options.timeout is None else _call_within(attempt, options.timeout)
        except Exception as failure:
            delay = attempts.delay_after(failure)
            if delay is None:
                raise
        clock.sleep(delay)


async def call_async(attempt: Callable[[], Awaitable[R]], options: CallOptions) -> R:
    """The same for a coroutine function."""
    attempts = _Attempts(options.retries)
    while True:
        try:
            if options.timeout is None:
                return await attempt()
            import asyncio

            async with asyncio.timeout(options.timeout):
                return await attempt()
        except Exception as failure:
            delay = attempts.delay_after(failure)
            if delay is None:
                raise
        await clock.sleep_async(delay)


def _call_within(attempt: Callable[[], R], timeout_s: int) -> R:
    """Run `attempt` in a thread of its own. After a timeout the thread goes on alone, as the Lambda function would."""
    import contextvars
    import threading

    results: list[R] = []
    failures: list[BaseException] = []

    def body() -> None:
        try:
            results.append(attempt())
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(body,), daemon=True, name="task")
    thread.start()
    thread.join(timeout_s)
    if failures:
        raise failures[0]
    if results:
        return results[0]
    raise TimeoutError


def is_async_callable(function: object) -> bool:
    """Whether calling `function` gives a coroutine, as far as its code or its wrapper says."""
    while True:
        marked = getattr(function, "is_async", None)
        if isinstance(marked, bool):
            return marked
        code = getattr(function, "__code__", None)
        if code is not None:
            return bool(code.co_flags & _CO_COROUTINE)
        wrapped = getattr(function, "func", None) or getattr(function, "__func__", None)
        if wrapped is None:
            return False
        function = wrapped
