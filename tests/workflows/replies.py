"""Replies of those who got a task token: at once, or as soon as the run waits for them.

A call that hands a token on has not returned yet when the scenario answers it, and a machine waits only behind it.
"""

from collections.abc import Callable

_late: list[Callable[[], None]] = []


def reply(act: Callable[[], None]) -> None:
    """Answer a token, now or later."""
    try:
        act()
    except LookupError:
        _late.append(act)


def reply_late() -> None:
    """Give the replies that came too early."""
    while _late:
        _late.pop(0)()
