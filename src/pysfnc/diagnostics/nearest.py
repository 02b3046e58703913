"""The known name that is closest to an unknown one, for notes such as "a variable `fees` is defined"."""

from collections.abc import Iterable

__all__ = ["nearest"]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a slip of the fingers may have turned into `name`, or None when none is close.

    Close is: at most one edit per three characters of the shorter one; upper and lower case count as the same.
    """
    lowered = name.lower()
    best: tuple[int, str] | None = None
    for candidate in sorted(set(known)):
        if candidate == name:
            continue
        limit = min(len(name), len(candidate)) // 3
        distance = edit_distance(lowered, candidate.lower(), limit)
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, candidate)
    return best[1] if best else None


def edit_distance(left: str, right: str, limit: int) -> int:
    """Return the edits (insert, delete, replace, swap neighbours) from `left` to `right`, or `limit + 1` if more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
