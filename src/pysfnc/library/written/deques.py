"""`collections.deque` with a `maxlen`, as a class over the list of its items. Without one the machine holds the list itself."""

from typing import Any


class deque:  # noqa: N801
    def __init__(self, iterable: Any, maxlen: int) -> None:
        if maxlen < 0:
            raise ValueError("maxlen must be non-negative")
        self.maxlen = maxlen
        items = list(iterable)
        self._items = items[max(len(items) - maxlen, 0) :]

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return len(self._items) > 0

    def __iter__(self) -> Any:
        return iter(self._items)

    def __contains__(self, x: Any) -> bool:
        return x in self._items

    def __getitem__(self, i: Any) -> Any:
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("deque index out of range")
        return self._items[i]

    def __setitem__(self, i: Any, x: Any) -> None:
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("deque index out of range")
        self._items[i] = x

    def append(self, x: Any) -> None:
        self._items.append(x)
        if len(self._items) > self.maxlen:
            self._items.pop(0)

    def appendleft(self, x: Any) -> None:
        self._items.insert(0, x)
        if len(self._items) > self.maxlen:
            self._items.pop()

    def extend(self, iterable: Any) -> None:
        self._items.extend(iterable)
        del self._items[: max(len(self._items) - self.maxlen, 0)]

    def extendleft(self, iterable: Any) -> None:
        for x in iterable:
            self._items.insert(0, x)
        del self._items[self.maxlen :]

    def pop(self) -> Any:
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop()

    def popleft(self) -> Any:
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop(0)

    def clear(self) -> None:
        self._items = []

    def reverse(self) -> None:
        self._items.reverse()

    def rotate(self, n: int = 1) -> None:
        if self._items:
            moved = n % len(self._items)
            self._items = self._items[len(self._items) - moved :] + self._items[: len(self._items) - moved]

    def count(self, x: Any) -> int:
        return self._items.count(x)

    def index(self, x: Any) -> int:
        if x not in self._items:
            raise ValueError(f"{x!r} is not in deque")
        return self._items.index(x)

    def remove(self, x: Any) -> None:
        if x not in self._items:
            raise ValueError(f"{x!r} is not in deque")
        self._items.remove(x)

    def copy(self) -> Any:
        return deque(self._items, self.maxlen)
