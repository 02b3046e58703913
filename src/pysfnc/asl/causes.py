"""Expressions whose exceptions would not reach their Catch.

The cause of a failing expression holds the text of the expression before the text of the error, and a cause has a limit; see `limits`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pysfnc.asl.limits import MAX_CAUSE_CHARS
from pysfnc.lean import dataclass

RESERVED_CHARS: Final = 2_768
"""Characters of a cause for the name of the state, the field, and the exception itself."""
MAX_FAILING_CHARS: Final = MAX_CAUSE_CHARS - RESERVED_CHARS
"""The longest expression that may raise an exception."""
MAX_CARRYING_CHARS: Final = MAX_CAUSE_CHARS - 16_384 - 384
"""The longest expression that may raise what a branch hands on in the text of an exception, up to 16,384 characters."""
RAISES: Final = re.compile(r"""\$error\((?!['"]an int beyond 2)""")
"""What raises an exception; an int that is too large ends the execution, so that nobody reads its cause."""
CARRIES: Final = re.compile(r"'Pysfnc\.(Ended|Raised)'")


@dataclass(frozen=True, slots=True)
class LongExpression:
    """An expression that raises exceptions, and is too long for that."""

    state: str
    chars: int


def long_expressions(scope: Mapping[str, Any]) -> Iterator[LongExpression]:
    """Those of a definition or a part of one, with the names of their states."""
    for name, state in scope["States"].items():
        own = {key: value for key, value in state.items() if key not in ("Branches", "ItemProcessor")}
        long = [len(text) for text in _texts(own) if RAISES.search(text) and len(text) > _limit(text)]
        if long:
            yield LongExpression(name, max(long))
        inner = [*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())]
        for part in inner:
            yield from long_expressions(part)


def _limit(text: str) -> int:
    return MAX_CARRYING_CHARS if CARRIES.search(text) else MAX_FAILING_CHARS


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)
        case _:
            pass
