"""JSON values on the wire: their types by the number rule, what cannot travel, and where a fault lies.

Owns the walk over JSON whose type is unknown. Decoding by annotation is in `pysfnc.lang.shapes`.
"""

from collections.abc import Callable
from typing import Any, Final

MAX_INTEGER: Final = 2**53
JSON_KINDS: Final = frozenset({"NoneType", "bool", "int", "float", "str", "list", "dict"})


class WireFault(Exception):
    """A value that cannot travel or does not fit; becomes a `TypeError` or `ValueError` that names the place."""

    def __init__(self, error: type[Exception], text: str) -> None:
        super().__init__(text)
        self.error = error
        self.text = text
        self.path = ""

    def inside(self, step: str) -> "WireFault":
        """The same fault seen from one level further out."""
        self.path = step + self.path
        return self


def misfit(wanted: str, actual: str) -> WireFault:
    """The one form in which a value that does not fit is refused."""
    return WireFault(TypeError, f"must be {wanted}, not {actual}")


def kind_of(value: Any) -> str:
    """The name of a JSON value's type. An integral number within 2**53 is ``int``, also when written ``1.0``."""
    kind = type(value).__name__
    if kind == "float" and value.is_integer() and abs(value) <= MAX_INTEGER:
        return "int"
    return kind


def plain_number(value: int | float) -> int | float:
    """A JSON number by the number rule: an integral one is an int. Refuses what JSON or JSONata cannot hold."""
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise WireFault(ValueError, "is an integer beyond 2**53")
        return value
    if value != value or value in (float("inf"), float("-inf")):
        raise WireFault(ValueError, f"is {value}, which JSON cannot hold")
    return int(value) if value.is_integer() and abs(value) <= MAX_INTEGER else value


def checked_text(value: str) -> str:
    """A text that UTF-8 can hold, as an exact `str`."""
    text = str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise WireFault(ValueError, "is a text with a lone surrogate, which JSON cannot hold") from None
    return text


def decode_any(value: Any) -> Any:
    """A copy of a JSON value under the number rule, for places whose type is unknown."""
    match value:
        case None | bool():
            return value
        case str():
            return checked_text(value)
        case int() | float():
            return plain_number(value)
        case list():
            return decode_items(value, decode_any)
        case dict():
            return {key: decode_inside(f"[{key!r}]", decode_any, item) for key, item in value.items()}
        case _:
            raise WireFault(TypeError, f"is {type(value).__name__}, which is not JSON")


def decode_inside(step: str, decode: Callable[[Any], Any], value: Any) -> Any:
    """`decode(value)`, with `step` put before the path of a fault."""
    try:
        return decode(value)
    except WireFault as fault:
        raise fault.inside(step) from None


def decode_items(values: list[Any], decode: Callable[[Any], Any]) -> list[Any]:
    """Decode each item, naming the index in a fault."""
    return [decode_inside(f"[{index}]", decode, item) for index, item in enumerate(values)]
