"""The machine's time: virtual, so that waits cost nothing, or real.

Owns: what time it is and how it passes. Does not own: who waits for what (scheduler.py).
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass."""

    real: bool
    """True if time passes by itself."""

    def now(self) -> float:
        """Seconds since 1970."""

    def advance(self, to: float) -> None:
        """Let the time become `to` (seconds since 1970), at once or by waiting. A time in the past does nothing."""


class VirtualClock:
    """A clock that stands still until told otherwise.

    start: seconds since 1970; None for the present moment.
    """

    real = False

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start

    def now(self) -> float:
        """See `Clock.now`."""
        return self._now

    def advance(self, to: float) -> None:
        """See `Clock.advance`."""
        self._now = max(self._now, to)


class RealClock:
    """The computer's clock."""

    real = True

    def now(self) -> float:
        """See `Clock.now`."""
        return time.time()

    def advance(self, to: float) -> None:
        """See `Clock.advance`."""
        remaining = to - time.time()
        if remaining > 0:
            time.sleep(remaining)


def iso_milliseconds(moment: float) -> str:
    """A moment as the context object and the history write it: UTC, milliseconds, `Z`."""
    seconds, milliseconds = divmod(round(moment * 1000), 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"
