"""The recorded cases, read from `data/`."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.support.objects import MemoryObjects

Case = dict[str, Any]

DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=1)
def all_cases() -> tuple[Case, ...]:
    """Every case, in the order of files and lines."""
    return tuple(case for path in sorted(DATA.glob("*.json")) for case in json.loads(path.read_text("utf-8")))


def cases_of(*kinds: str) -> Iterator[Case]:
    """The cases of some kinds; an execution is of kind "execution"."""
    return (case for case in all_cases() if case.get("kind", "execution") in kinds)


def objects_of(case: Case) -> MemoryObjects:
    """The objects in S3 that a case has."""
    store = MemoryObjects()
    for entry in case["mocks"].get("s3") or ():
        store.contents.setdefault(entry["bucket"], {})[entry["key"]] = entry["body"].encode()
    return store
