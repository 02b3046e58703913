"""The fenced blocks of a Markdown page, and what a test does with each.

The first line of a block says what it is; what stands behind the language is shown by no renderer:

- ```` ```python app.py ```` writes the file `app.py` into the folder of the page.
- ```` ```python examples/app.py ```` (or `src/...`) is a part of that file of the project.
- ```` ```python ```` runs the block in that folder.
- ```` ```console ```` runs the lines that begin with `$ ` and compares the output that follows, both streams together.
  `...` stands for any text. The exit code must be 0, unless the command ends with a comment `# exit code 1`. Each
  `pysfnc run FILE --input JSON` is also run as Python, and must come to the same end.
- ```` ```json app.asl.json ```` is what a command has written to that file; plain ```` ```json ```` has to be JSON.
- ```` ```sh ```` holds commands of the Makefile.
- ```` ```text ```` is a picture.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Block", "Command", "blocks_of", "commands_of", "is_match"]

_FENCE: Final = re.compile(r"^```(\w*)[ ]?(.*)$")
_EXIT_CODE: Final = re.compile(r"\s+# exit code (\d+)$")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; `line` is that of its first fence."""

    language: str
    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a console block and what it is expected to print; None where nothing is shown."""

    text: str
    exit_code: int
    output: str | None


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page in their order."""
    opening: tuple[str, str, int] | None = None
    lines: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
        fence = _FENCE.match(line)
        if opening is None and fence:
            opening, lines = (fence[1], fence[2].strip(), number), []
        elif opening is not None and line == "```":
            yield Block(opening[0], opening[1], "".join(f"{text}\n" for text in lines), opening[2])
            opening = None
        else:
            lines.append(line)
    assert opening is None, f"{page}:{opening[2] if opening else 0}: the block is not closed"


def commands_of(text: str) -> list[Command]:
    """Return the commands of a console block."""
    commands: list[Command] = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.rstrip("\n").split("\n")
        count = next((i for i, line in enumerate(lines, 1) if not line.endswith("\\")), len(lines))
        command, output = "\n".join(lines[:count]), "\n".join(lines[count:])
        found = _EXIT_CODE.search(command)
        commands.append(Command(_EXIT_CODE.sub("", command), int(found[1]) if found else 0, output or None))
    return commands


def is_match(expected: str, actual: str) -> bool:
    """Whether an output is the one shown; `...` stands for any text, spaces at the ends of lines do not count."""
    pattern = ".*".join(re.escape(_trimmed(part)) for part in _trimmed(expected).split("..."))
    return re.fullmatch(pattern, _trimmed(actual), flags=re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip("\n")
