"""The `${NAME}` placeholders of a definition: which there are, and filling them in.

The form is that of `DefinitionSubstitutions` in CloudFormation and SAM. What a placeholder means and where its value comes
from is not decided here.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["fill", "placeholders"]

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


def fill(definition: Any, values: Mapping[str, str]) -> Any:
    """Return a definition with the placeholders filled in for which there is a value.

    Inside an expression the value lands in a JSONata text literal, so quotes, backslashes and control characters are
    escaped there; elsewhere the value stands as it is.
    """
    if isinstance(definition, dict):
        return {key: fill(value, values) for key, value in definition.items()}
    if isinstance(definition, list):
        return [fill(item, values) for item in definition]
    if not isinstance(definition, str):
        return definition
    is_expression = definition.startswith("{%") and definition.endswith("%}")

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if value is None:
            return found[0]
        return _escaped(value) if is_expression else value

    return _PLACEHOLDER.sub(value_of, definition)


def placeholders(definition: Any) -> set[str]:
    """Return the names of all placeholders in a definition."""
    if isinstance(definition, dict):
        return set().union(*map(placeholders, definition.values()))
    if isinstance(definition, list):
        return set().union(*map(placeholders, definition))
    return set(_PLACEHOLDER.findall(definition)) if isinstance(definition, str) else set()


def _escaped(value: str) -> str:
    # JSONata takes JSON's escapes in both kinds of quotes, but no backslash before a single quote.
    return "".join(
        f"\\u{ord(character):04x}" if character in "\"'\\" or character < " " else character for character in value
    )
