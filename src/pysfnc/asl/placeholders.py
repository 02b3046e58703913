"""The `${NAME}` placeholders of a definition: which there are, and filling them in.

The form is that of `DefinitionSubstitutions` in CloudFormation and SAM, which replace text by text and know nothing of JSONata. So a deployment
parameter stands as `${NAME}` only where a whole field, or a part of one, is plain text. Inside an expression stands
`${NAME_base64}`: the base64 text of its UTF-8 bytes, whose characters mean nothing in JSONata or JSON, whatever the value is.
Where values come from is not decided here.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

from pysfnc.jsonata.placeholders import ABSENT, ENCODED
from pysfnc.lean import dataclass

__all__ = ["Parameter", "fill", "parameters_in", "placeholders"]

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A text that a deployment decides: `default` None means that it has none, `optional` that the program copes with its absence."""

    name: str
    default: str | None = None
    optional: bool = False


def fill(definition: Any, values: Mapping[str, str | None]) -> Any:
    """Return a definition with the placeholders filled in for which there is a value.

    A value fills in the encoded placeholder of its name too; None is the absence of an optional parameter. Inside an
    expression a value lands in a JSONata text literal, so quotes, backslashes and control characters are escaped there;
    elsewhere it stands as it is, unless the field would become an expression by it.
    """
    if isinstance(definition, dict):
        return {key: fill(value, values) for key, value in definition.items()}
    if isinstance(definition, list):
        return [fill(item, values) for item in definition]
    if not isinstance(definition, str):
        return definition
    is_expression = definition.startswith("{%") and definition.endswith("%}")

    def value_of(found: re.Match[str]) -> str:
        value = _value(found[1], values)
        if value is None:
            return found[0]
        return _escaped(value) if is_expression else value

    filled = _PLACEHOLDER.sub(value_of, definition)
    if not is_expression and filled != definition and (filled.startswith("{%") or filled.endswith("%}")):
        return f"{{% '{_escaped(filled)}' %}}"
    return filled


def placeholders(definition: Any) -> set[str]:
    """Return the names of all placeholders in a definition."""
    if isinstance(definition, dict):
        return set().union(*map(placeholders, definition.values()))
    if isinstance(definition, list):
        return set().union(*map(placeholders, definition))
    return set(_PLACEHOLDER.findall(definition)) if isinstance(definition, str) else set()


def parameters_in(definition: Any) -> set[str]:
    """Return the names for which a definition wants values: those of its placeholders, encoded ones by their parameter."""
    return {name.removesuffix(ENCODED) for name in placeholders(definition)}


def _value(name: str, values: Mapping[str, str | None]) -> str | None:
    if name in values:
        return values[name]
    parameter = name.removesuffix(ENCODED)
    if parameter == name or parameter not in values:
        return None
    value = values[parameter]
    return ABSENT if value is None else base64.b64encode(value.encode("utf-8", "surrogatepass")).decode("ascii")


def _escaped(value: str) -> str:
    # JSONata takes JSON's escapes in both kinds of quotes, but no backslash before a single quote.
    return "".join(
        f"\\u{ord(character):04x}" if character in "\"'\\%" or character < " " else character for character in value
    )
