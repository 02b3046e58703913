"""The `--input` of a run: JSON on the command line, `@FILE`, or `-` for standard input."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from pysfnc.cli.exits import CommandError, Exit

__all__ = ["parse_json", "read_input"]


def read_input(argument: str) -> Any:
    """Return the JSON value that `--input` means; raises CommandError with one line."""
    if argument == "-":
        return parse_json(sys.stdin.read(), "standard input")
    if argument.startswith("@"):
        path = argument[1:]
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise CommandError(f"{path}: cannot be read: {error.strerror}") from error
        except ValueError:
            raise CommandError(f"{path}: is not UTF-8 text") from None
        return parse_json(text, path)
    return parse_json(argument, "--input")


def parse_json(text: str, source: str, exit: Exit = Exit.WRONG_CALL) -> Any:
    """Parse JSON as strictly as Step Functions does; `source` names it in the error, which ends with code `exit`."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        shown = " ".join(text.split())
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        raise CommandError(f"{source}: is no JSON: {error}: {shown}", exit) from None
    except RecursionError:
        raise CommandError(f"{source}: is nested too deep", exit) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")
