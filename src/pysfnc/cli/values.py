"""`--set` and `--values`: what fills in the `${...}` placeholders of a definition.

A definition is made once and deployed many times, so what a deployment decides (ARNs, names out of `os.environ`) stands
in it as `${NAME}`. Deployment tools fill it in; these options do it for pasting a definition into the console.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from pysfnc.cli.exits import CommandError
from pysfnc.diagnostics import nearest

__all__ = ["check_known", "read_values"]


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
