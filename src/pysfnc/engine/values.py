"""JSON values on their way through a machine, each with its text.

Owns: the text form of values (compact, not escaped, as AWS measures and records it) and its size.
Does not own: limits (asl/limits.py), variables (scope.py).
"""

import json
from dataclasses import dataclass
from typing import Final

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)

encode = _ENCODER.encode
"""Compact JSON text of a value. Raises ValueError for NaN and the infinities, TypeError for what is no JSON value."""


def size_bytes(text: str) -> int:
    """Bytes of `text` in UTF-8, the unit of AWS's payload limits."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def type_name(value: object) -> str:
    """The JSON type of a value as AWS writes it in messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


@dataclass(slots=True)
class Data:
    """What passes from state to state: a JSON value and its text. Values are shared and never changed in place."""

    value: object
    text: str

    @classmethod
    def copy_of(cls, value: object) -> "Data":
        """A copy of a value from outside, as JSON makes it: tuples become arrays, keys become text."""
        text = encode(value)
        return cls(json.loads(text), text)

    @classmethod
    def of(cls, value: object) -> "Data":
        """The value with its text."""
        return cls(value, encode(value))
