"""What `collections.Counter` makes of a value that may be a dict of counts or an iterable."""

from typing import Any


def counts_of(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        for key, count in value.items():
            found[key] = count
    else:
        for item in value:
            found[item] = found.get(item, 0) + 1
    return found
