"""The one place where code of pysfnc sleeps under CPython.

`sleep` and `sleep_async` wait between the retries of a task. A test replaces both at once with `replace_sleep`; the
replacement is called with the seconds and returns at once. `time.sleep` in the user's program is not touched.
"""

import time
from collections.abc import Callable

Sleep = Callable[[float], object]

_replacement: Sleep | None = None


def sleep(seconds: float) -> None:
    """Wait `seconds`, or call the replacement."""
    (_replacement or time.sleep)(seconds)


async def sleep_async(seconds: float) -> None:
    """Wait `seconds` on the event loop, or call the replacement."""
    if _replacement is not None:
        _replacement(seconds)
        return
    import asyncio

    await asyncio.sleep(seconds)


def is_replaced() -> bool:
    """Whether time passes at once."""
    return _replacement is not None


def replace_sleep(function: Sleep | None) -> Sleep | None:
    """Make `function` what retries sleep with; None restores real time.

    Returns:
        What was set before, so that a test can put it back.
    """
    global _replacement
    previous = _replacement
    _replacement = function
    return previous
