"""Sleeping that takes no time, for runs as Python and for tasks in this process."""

import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

from pysfnc.lang import clock

__all__ = ["instant_sleep"]

_SCALE: Final = 1e-4
_LONGEST_S: Final = 0.01


@contextmanager
def instant_sleep(files: Collection[str] = ()) -> Iterator[None]:
    """Make `time.sleep`, `asyncio.sleep` and the delays of retries take no time inside the block.

    Threads and asynchronous tasks that sleep longer still wake after those that sleep shorter, as long as the
    difference is a second or more and the sleeps are shorter than two minutes.

    Args:
        files: modules whose own names for the two functions (`from time import sleep`) are replaced as well.
    """
    import asyncio  # costs more than the rest of the package

    real_sleep, real_async_sleep = time.sleep, asyncio.sleep

    def short(seconds: Any, /) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        if threading.current_thread() is not threading.main_thread():
            real_sleep(min(seconds * _SCALE, _LONGEST_S))

    async def short_async(delay: float, result: Any = None) -> Any:
        return await real_async_sleep(min(delay * _SCALE, _LONGEST_S), result)

    replaced = {real_sleep: short, real_async_sleep: short_async}
    names = list(_names_for(replaced, files))
    previous = clock.replace_sleep(short)
    time.sleep, asyncio.sleep = short, short_async
    for namespace, name in names:
        namespace[name] = replaced[namespace[name]]
    try:
        yield
    finally:
        originals = {short: real_sleep, short_async: real_async_sleep}
        for namespace, name in names:
            namespace[name] = originals.get(namespace[name], namespace[name])
        time.sleep, asyncio.sleep = real_sleep, real_async_sleep
        clock.replace_sleep(previous)


def _names_for(functions: Collection[Any], files: Collection[str]) -> Iterator[tuple[dict[str, Any], str]]:
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) in files:
            namespace = vars(module)
            yield from ((namespace, name) for name, value in namespace.items() if any(value is f for f in functions))
