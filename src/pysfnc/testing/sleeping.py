"""Sleeping that takes no time, for runs as Python and for tasks in this process."""

import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

from pysfnc.testing.virtual_time import VirtualTime

__all__ = ["instant_sleep"]

_CLOCKS: Final = ("sleep", "monotonic", "perf_counter", "time")


@contextmanager
def instant_sleep(files: Collection[str] = (), start: float | None = None) -> Iterator[VirtualTime]:
    """Let time pass at once inside the block, for `time.sleep`, `asyncio`, timeouts and the delays of retries.

    Threads and asynchronous tasks wake in the order of real time, and what takes too long for a timeout is too late.

    Args:
        files: modules whose own names for the functions of `time` (`from time import sleep`) are replaced as well.
        start: what time it is when the block begins, in seconds since 1970; None for the present moment.
    """
    clock = VirtualTime() if start is None else VirtualTime(_epoch=start)
    originals = {name: getattr(time, name) for name in _CLOCKS}
    with clock.in_force():
        replaced = {originals[name]: getattr(time, name) for name in _CLOCKS}
        names = list(_names_for(replaced, files))
        for namespace, name in names:
            namespace[name] = replaced[namespace[name]]
        try:
            yield clock
        finally:
            restored = {replacement: original for original, replacement in replaced.items()}
            for namespace, name in names:
                namespace[name] = restored.get(namespace[name], namespace[name])


def _names_for(functions: Collection[Any], files: Collection[str]) -> Iterator[tuple[dict[str, Any], str]]:
    for module in list(sys.modules.values()) if files else ():
        if getattr(module, "__file__", None) in files:
            namespace = vars(module)
            yield from ((namespace, name) for name, value in namespace.items() if any(value is f for f in functions))
