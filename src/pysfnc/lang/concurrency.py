"""`parallel`: functions without parameters at the same time, as a Parallel state runs its branches.

Under CPython each branch is a thread that sees the context of its caller.
"""

from collections.abc import Callable
from typing import Any


def parallel(*functions: Callable[[], Any]) -> list[Any]:
    """Run `functions` at the same time and return their results in the order given.

    When branches fail, the failure that came first is raised, once the others have come to their end: a thread cannot
    be stopped, and a branch must not go on behind the back of the caller.

    Raises:
        TypeError: an argument is not callable, or a branch is a coroutine function.
    """
    for function in functions:
        if not callable(function):
            raise TypeError(f"parallel() takes functions without parameters, not {type(function).__name__}")
    if not functions:
        return []
    import contextvars
    import threading

    results: list[Any] = [None] * len(functions)
    failures: list[BaseException] = []

    def branch(index: int) -> None:
        try:
            results[index] = _called(functions[index])
        except BaseException as failure:
            failures.append(failure)

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(branch, index), name=f"parallel-{index}")
        for index in range(len(functions))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def _called(function: Callable[[], Any]) -> Any:
    result = function()
    if hasattr(result, "__await__"):
        close = getattr(result, "close", None)
        if close is not None:
            close()
        raise TypeError("parallel() takes ordinary functions; use asyncio.gather for coroutines")
    return result
