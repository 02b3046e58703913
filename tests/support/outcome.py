"""What a run came to, and when two runs agree."""

import json
from dataclasses import dataclass
from typing import Any, Final

from tests.support.program import Call

__all__ = ["Outcome", "disagreement"]

_NO_OUTPUT: Final = object()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one run: `output` on success, else the `error` name and the `cause`; the task calls in order.

    `transitions` is None for a run under CPython.
    """

    output: Any = _NO_OUTPUT
    error: str | None = None
    cause: str | None = None
    calls: tuple[Call, ...] = ()
    transitions: int | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the run ended with an output."""
        return self.error is None

    def result(self) -> str:
        """The outcome as a `.test` file writes it."""
        if self.succeeded:
            return json.dumps(self.output, ensure_ascii=False)
        return f"! {self.error}: {self.cause}" if self.cause else f"! {self.error}"


def same_json(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal; unlike `==`, true is not 1, and JSON's one kind of number is."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    return bool(left == right)


def disagreement(expected: Outcome, actual: Outcome, *, ordered: bool = True) -> str | None:
    """Return how two outcomes differ for a user, or None; `ordered` says whether the order of calls counts."""
    if (expected.error, expected.cause or "") != (actual.error, actual.cause or ""):
        return f"expected {expected.result()}\n     got {actual.result()}"
    if expected.succeeded and not same_json(expected.output, actual.output):
        return f"expected {expected.result()}\n     got {actual.result()}"
    wanted, got = list(map(str, expected.calls)), list(map(str, actual.calls))
    if not ordered:
        wanted, got = sorted(wanted), sorted(got)
    if wanted != got:
        return "the task calls differ:\nexpected " + _listed(wanted) + "\n     got " + _listed(got)
    return None


def _listed(calls: list[str]) -> str:
    return "\n         ".join(calls) or "(none)"
