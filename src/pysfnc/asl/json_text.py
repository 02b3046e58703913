"""Reads JSON text and words its faults as AWS does.

Owns: `read_json`. Facts: recorded answers of ValidateStateMachineDefinition and StartExecution; for faults that were
not recorded the wording is that of Python.
"""

import json
import re
from typing import Final

from pysfnc.lean import dataclass

_TOKEN: Final = re.compile(r"[A-Za-z_$][A-Za-z_$0-9]*")
_WORDS: Final = frozenset({"true", "false", "null"})


@dataclass(slots=True, eq=False)
class JsonFault(Exception):
    """Text that is no JSON. line and column count from 1; the column is where AWS's parser stood."""

    message: str
    line: int
    column: int


def read_json(text: str) -> object:
    """The value of a JSON text. Raises `JsonFault`."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _fault(text, error) from None
    except RecursionError:
        raise JsonFault("The document is nested too deeply", 1, 1) from None


def _refuse_constant(name: str) -> object:
    raise json.JSONDecodeError("Non-standard token", name, 0)


def _fault(text: str, error: json.JSONDecodeError) -> JsonFault:
    token = _TOKEN.match(text, error.pos)
    if token is not None and token.group() not in _WORDS:
        expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        message = f"Unrecognized token '{token.group()}': was expecting {expected}"
        return JsonFault(message, error.lineno, error.colno + len(token.group()))
    if error.msg.startswith("Expecting property name") and error.pos < len(text):
        found = text[error.pos]
        message = (
            f"Unexpected character ('{found}' (code {ord(found)})): was expecting double-quote to start field name"
        )
        return JsonFault(message, error.lineno, error.colno + 1)
    return JsonFault(error.msg, error.lineno, error.colno)
