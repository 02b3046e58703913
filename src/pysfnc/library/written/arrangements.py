"""What `itertools` makes of all the ways to choose items. Of few items, tuples have a known length; the others are tuples of any."""

from typing import Any


def product_1(a: list[Any]) -> list[Any]:
    return [(x,) for x in a]


def product_2(a: list[Any], b: list[Any]) -> list[Any]:
    return [(x, y) for x in a for y in b]


def product_3(a: list[Any], b: list[Any], c: list[Any]) -> list[Any]:
    return [(x, y, z) for x in a for y in b for z in c]


def zip_longest_2(a: list[Any], b: list[Any], fillvalue: Any = None) -> list[Any]:
    return [(a[i] if i < len(a) else fillvalue, b[i] if i < len(b) else fillvalue) for i in range(max(len(a), len(b)))]


def zip_longest_3(a: list[Any], b: list[Any], c: list[Any], fillvalue: Any = None) -> list[Any]:
    return [
        (
            a[i] if i < len(a) else fillvalue,
            b[i] if i < len(b) else fillvalue,
            c[i] if i < len(c) else fillvalue,
        )
        for i in range(max(len(a), len(b), len(c)))
    ]


def product_n(iterables: list[Any], repeat: int = 1) -> list[Any]:
    if repeat < 0:
        raise ValueError("repeat argument cannot be negative")
    found: list[Any] = [[]]
    for items in iterables * repeat:
        found = [[*row, item] for row in found for item in items]
    return [tuple(row) for row in found]


def zip_longest_n(iterables: list[Any], fillvalue: Any = None) -> list[Any]:
    rows = [list(items) for items in iterables]
    longest = max([len(row) for row in rows], default=0)
    return [tuple([row[i] if i < len(row) else fillvalue for row in rows]) for i in range(longest)]


def combinations_2(iterable: list[Any]) -> list[Any]:
    return [(a, b) for i, a in enumerate(iterable) for b in iterable[i + 1 :]]


def combinations_3(iterable: list[Any]) -> list[Any]:
    return [
        (a, b, c)
        for i, a in enumerate(iterable)
        for j, b in enumerate(iterable[i + 1 :], i + 1)
        for c in iterable[j + 1 :]
    ]


def permutations_2(iterable: list[Any]) -> list[Any]:
    return [(a, b) for i, a in enumerate(iterable) for j, b in enumerate(iterable) if i != j]


def permutations_3(iterable: list[Any]) -> list[Any]:
    return [
        (a, b, c)
        for i, a in enumerate(iterable)
        for j, b in enumerate(iterable)
        if i != j
        for k, c in enumerate(iterable)
        if k not in (i, j)
    ]


def combinations_n(iterable: list[Any], r: int) -> list[Any]:
    if r < 0:
        raise ValueError("r must be non-negative")
    size = len(iterable)
    chosen: list[list[int]] = [[]]
    for place in range(r):
        chosen = [[*row, i] for row in chosen for i in range(row[-1] + 1 if row else 0, size - r + place + 1)]
    return [tuple([iterable[i] for i in row]) for row in chosen]


def combinations_with_replacement(iterable: list[Any], r: int) -> list[Any]:
    if r < 0:
        raise ValueError("r must be non-negative")
    size = len(iterable)
    chosen: list[list[int]] = [[]]
    for _ in range(r):
        chosen = [[*row, i] for row in chosen for i in range(row[-1] if row else 0, size)]
    return [tuple([iterable[i] for i in row]) for row in chosen]


def permutations_n(iterable: list[Any], r: Any = None) -> list[Any]:
    size = len(iterable)
    length = size if r is None else r
    if length < 0:
        raise ValueError("r must be non-negative")
    chosen: list[list[int]] = [[]]
    if length > size:
        chosen = []
        length = 0
    for _ in range(length):
        chosen = [[*row, i] for row in chosen for i in range(size) if i not in row]
    return [tuple([iterable[i] for i in row]) for row in chosen]
