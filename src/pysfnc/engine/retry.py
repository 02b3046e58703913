"""Retry and Catch: which rule an error meets, and how long to wait.

Owns: matching of error names, attempt counters, back-off. Does not own: when they are asked (states).

Facts: "Handling errors in Step Functions workflows" of the AWS docs. Measured on AWS: only the first retrier that
matches counts, and when its attempts are used up later ones are not tried. Recorded answer: nothing catches
States.Runtime, not even its own name.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pysfnc.asl.names import ALL, RUNTIME, TASK_FAILED, TIMEOUT


def matches(names: Sequence[str], error: str | None) -> bool:
    """Does a retrier or catcher with these ErrorEquals take the error? None is an error without a name."""
    if error == RUNTIME:
        return False
    if ALL in names:
        return True
    if TASK_FAILED in names and error != TIMEOUT:
        return True
    return error in names


@dataclass(frozen=True, slots=True)
class Retrier:
    """One entry of Retry. Times in seconds; `max_delay_s` None for no bound."""

    errors: tuple[str, ...]
    interval_s: float
    max_attempts: int
    backoff: float
    max_delay_s: float | None
    jitter: bool

    @classmethod
    def of(cls, definition: Mapping[str, object]) -> "Retrier":
        """From plain JSON, with AWS's defaults."""
        max_delay = definition.get("MaxDelaySeconds")
        errors = definition.get("ErrorEquals", [])
        assert isinstance(errors, list)
        return cls(
            errors=tuple(str(name) for name in errors),
            interval_s=_number(definition.get("IntervalSeconds", 1)),
            max_attempts=int(_number(definition.get("MaxAttempts", 3))),
            backoff=_number(definition.get("BackoffRate", 2.0)),
            max_delay_s=None if max_delay is None else _number(max_delay),
            jitter=definition.get("JitterStrategy") == "FULL",
        )

    def delay_s(self, attempt: int, randomness: random.Random) -> float:
        """Seconds to wait before retry number `attempt`, counted from 0."""
        try:
            delay = self.interval_s * self.backoff**attempt
        except OverflowError:
            delay = float("inf")
        if self.max_delay_s is not None:
            delay = min(delay, self.max_delay_s)
        return randomness.uniform(0, delay) if self.jitter else delay


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return value


class Retries:
    """The retriers of a state with the counters of one visit to it. Each visit starts anew."""

    __slots__ = ("_counts", "_randomness", "_retriers", "total")

    def __init__(self, retriers: Sequence[Retrier], randomness: random.Random) -> None:
        self._retriers = retriers
        self._counts = [0] * len(retriers)
        self._randomness = randomness
        self.total = 0

    def next_delay_s(self, error: str | None) -> float | None:
        """Seconds to wait before the next try, or None if there is to be none. Counts the try."""
        for index, retrier in enumerate(self._retriers):
            if matches(retrier.errors, error):
                used = self._counts[index]
                if used >= retrier.max_attempts:
                    return None
                self._counts[index] = used + 1
                self.total += 1
                return retrier.delay_s(used, self._randomness)
        return None
