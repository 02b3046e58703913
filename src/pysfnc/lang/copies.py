"""Helpers in Lambda, which are no tasks: Python hands them the very objects, so that copies must make no difference.

The compiler moves a helper to Lambda only if it sees no difference. What it cannot see is checked here whenever one runs; a difference fails the
call with `Pysfnc.Copied`, and is never silent.
"""

import enum
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from pysfnc.lang.errors import Fail
from pysfnc.lang.json_values import WireFault
from pysfnc.lang.wire import decode_arguments, encode, encode_checked

COPIED: Final = "Pysfnc.Copied"


def run_helper(
    function: Callable[..., Any],
    args: list[Any],
    kwargs: Mapping[str, Any],
    as_sent: frozenset[str] = frozenset(),
    *,
    changed_later: bool = False,
    consumes: bool = False,
) -> Any:
    """Call a helper with encoded arguments and return its encoded result.

    Args:
        changed_later: the machine changes something in the result or the arguments afterwards, so that they must share no objects.
        consumes: nobody reads the arguments afterwards, so that they may be changed.

    Raises:
        Fail: `Pysfnc.Copied`, where the caller would see that it got copies.
    """
    given, named = decode_arguments(function, args, kwargs, as_sent)
    sent = [*given, *named.values()]
    before = None if consumes else _text(sent)
    result = function(*given, **named)
    if not consumes and _text(sent) != before:
        raise Fail(COPIED, f"{function.__qualname__}() runs in Lambda, and changes an argument, which is a copy there")
    if changed_later and _share([_Root(result), *([] if consumes else map(_Root, sent))]):
        raise Fail(
            COPIED, f"{function.__qualname__}() runs in Lambda, and what it gives shares objects that are changed"
        )
    return encode_checked(function, result)


class _Root:
    """One of several values that are looked at together."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _text(values: list[Any]) -> str | None:
    """The values as text; None for some that do not travel, as they would not have come."""
    try:
        return json.dumps(encode(values))
    except (WireFault, RecursionError):
        return None


def _share(roots: Iterable[_Root]) -> bool:
    """Whether one object that can be changed stands at two places of the values."""
    seen: set[int] = set()
    todo: list[Any] = list(roots)
    while todo:
        value = todo.pop()
        if _can_change(value):
            if id(value) in seen:
                return True
            seen.add(id(value))
        todo += [part for part in _parts(value) if not isinstance(part, _ATOMS)]
    return False


_ATOMS: Final = (str, int, float, bytes, type(None), enum.Enum)


def _can_change(value: Any) -> bool:
    params = getattr(value, "__dataclass_params__", None)
    if isinstance(value, _Root | tuple) or (params is not None and params.frozen):
        return False
    return isinstance(value, list | dict) or hasattr(value, "__dict__")


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value
    elif hasattr(value, "__dict__"):
        yield from vars(value).values()
