"""Facts of statements that are asked again and again: of each statement of a chain of `elif`, and so of what is nested in it."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")
Whole = TypeVar("Whole")

MAX_KNOWN: Final = 20_000
"""Facts that are kept; then all are forgotten."""


class KnownFact(Generic[Whole, T]):
    """A fact by the identity of what it is about, which never changes.

    A frozen statement would be a key itself, but telling two apart takes as long as most facts.
    """

    def __init__(self, find: Callable[[Whole], T]) -> None:
        self._find = find
        self._known: dict[int, tuple[Whole, T]] = {}

    def __call__(self, whole: Whole) -> T:
        held = self._known.get(id(whole))
        if held is not None:  # it holds the whole too, so that nothing else has its identity
            return held[1]
        found = self._find(whole)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[id(whole)] = whole, found
        return found
