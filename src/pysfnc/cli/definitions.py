"""Reading and checking a definition for `pysfnc run machine.asl.json`."""

from pathlib import Path
from typing import Any

from pysfnc.cli.exits import CommandError, Exit
from pysfnc.cli.inputs import parse_json
from pysfnc.source import SourceError
from pysfnc.source.text import read_bytes

__all__ = ["check_definition", "is_definition_path", "read_definition"]


def is_definition_path(path: str) -> bool:
    """Whether a path is meant as a definition and not as a program."""
    return Path(path).suffix == ".json"


def read_definition(path: str) -> dict[str, Any]:
    """Return the JSON object in a definition file; raises CommandError when there is none."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except SourceError as error:
        raise CommandError(str(error).replace("a Python file", "a definition")) from error
    except UnicodeDecodeError:
        raise CommandError(f"{path}: is not UTF-8 text") from None
    definition = parse_json(text, path, Exit.REJECTED)
    if not isinstance(definition, dict) or "States" not in definition:
        raise CommandError(f"{path}: is no state machine definition: it has no `States`", Exit.REJECTED)
    return definition


def check_definition(path: str, definition: dict[str, Any]) -> None:
    """Raise CommandError with all of AWS's reasons when Step Functions would refuse the definition."""
    from pysfnc.asl.validate import validate

    findings = validate(definition)
    if findings:
        listed = "; ".join(f"{finding.location or '/'}: {finding.message} ({finding.code})" for finding in findings)
        raise CommandError(f"{path}: Step Functions would refuse it: {listed}", Exit.REJECTED)
