"""Reading a definition file for `pysfnc run machine.asl.json`."""

from pathlib import Path
from typing import Any

from pysfnc.cli.exits import CommandError, Exit
from pysfnc.cli.inputs import parse_json
from pysfnc.source import SourceError
from pysfnc.source.text import read_bytes

__all__ = ["is_definition_path", "read_definition"]


def is_definition_path(path: str) -> bool:
    """Whether a path is meant as a definition and not as a program."""
    return Path(path).suffix == ".json"


def read_definition(path: str) -> dict[str, Any]:
    """Return the definition in a file; raises CommandError when it is none that Step Functions would accept."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except SourceError as error:
        raise CommandError(str(error).replace("a Python file", "a definition")) from error
    except UnicodeDecodeError:
        raise CommandError(f"{path}: is not UTF-8 text") from None
    definition = parse_json(text, path)
    if not isinstance(definition, dict) or "States" not in definition:
        raise CommandError(f"{path}: is no state machine definition: it has no `States`", Exit.REJECTED)
    return definition
