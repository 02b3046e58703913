"""Sorting by a function that compares two items (`functools.cmp_to_key`): binary insertion as CPython does it for fewer than 64 items, so that even
a function which contradicts itself is asked in the same order; merging for longer lists."""

from typing import Any


def sorted_by(items: list[Any], compare: Any, backwards: bool) -> list[Any]:
    rows = items[::-1] if backwards else items[:]
    made = inserted(rows, compare) if len(rows) < 64 else merged(rows, compare)
    return made[::-1] if backwards else made


def inserted(rows: list[Any], compare: Any) -> list[Any]:
    if len(rows) < 2:
        return rows
    end = 2
    if compare(rows[1], rows[0]) < 0:
        while end < len(rows) and compare(rows[end], rows[end - 1]) < 0:
            end += 1
        rows = rows[:end][::-1] + rows[end:]
    else:
        while end < len(rows) and not compare(rows[end], rows[end - 1]) < 0:
            end += 1
    for start in range(end, len(rows)):
        item = rows[start]
        low, high = 0, start
        while low < high:
            middle = (low + high) // 2
            if compare(item, rows[middle]) < 0:
                high = middle
            else:
                low = middle + 1
        rows = [*rows[:low], item, *rows[low:start], *rows[start + 1 :]]
    return rows


def merged(rows: list[Any], compare: Any) -> list[Any]:
    width = 1
    while width < len(rows):
        found: list[Any] = []
        for start in range(0, len(rows), 2 * width):
            left, right = start, start + width
            middle, end = min(start + width, len(rows)), min(start + 2 * width, len(rows))
            while left < middle or right < end:
                if right >= end or (left < middle and not compare(rows[right], rows[left]) < 0):
                    found.append(rows[left])
                    left += 1
                else:
                    found.append(rows[right])
                    right += 1
        rows = found
        width *= 2
    return rows
