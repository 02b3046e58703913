"""`--set` and `--values`: what fills in the `${...}` placeholders of a definition.

A definition is made once and deployed many times, so what a deployment decides (ARNs, names out of `os.environ`) stands
in it as `${NAME}`. Deployment tools fill it in; these options do it for pasting a definition into the console.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pysfnc.cli.exits import CommandError
from pysfnc.diagnostics import nearest

__all__ = ["check_known", "fill", "parameter_values", "placeholders", "read_values"]

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


def read_values(settings: Sequence[str], files: Sequence[str]) -> dict[str, str]:
    """Read all `--values FILE` and then all `--set NAME=VALUE`, later ones winning; raises CommandError."""
    values: dict[str, str] = {}
    for path in files:
        values |= _read_file(path)
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise CommandError(f"--set takes NAME=VALUE, not `{setting}`")
        values[name] = value
    return values


def check_known(values: Iterable[str], known: Iterable[str]) -> None:
    """Raise CommandError when a value is given for a placeholder that no definition has."""
    names = sorted(set(known))
    for name in values:
        if name not in names:
            close = nearest(name, names)
            hint = f"a placeholder `{close}` exists" if close else f"the placeholders are: {', '.join(names) or 'none'}"
            raise CommandError(f"no placeholder `{name}` to fill in; {hint}")


def parameter_values(parameters: Mapping[str, str | None], values: Mapping[str, str]) -> dict[str, str]:
    """Return a value for every deployment parameter: the one given, else that of the environment, else the default.

    Raises CommandError when a parameter has none of these.
    """
    found = {}
    for name, default in parameters.items():
        value = values.get(name, os.environ.get(name, default))
        if value is None:
            raise CommandError(
                f"the parameter `{name}` has no value: give --set {name}=..., or set it in the environment"
            )
        found[name] = value
    return found


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


def _read_file(path: str) -> dict[str, str]:
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"{path}: is no JSON: {error}") from error
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise CommandError(f"{path}: must be a JSON object whose values are texts")
    return values
