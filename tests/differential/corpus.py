"""Programs that once failed, kept as files and judged on every run.

A file is a program; its comment lines at the top say why it is there (`# reason:`) and give one input a line (`# input:`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).with_name("corpus")


@dataclass(frozen=True)
class Kept:
    """A program of the corpus."""

    name: str
    source: str
    inputs: tuple[dict[str, Any], ...]
    reason: str


def kept_programs(folder: Path = FOLDER) -> Iterator[Kept]:
    """The programs of the corpus, by name."""
    for path in sorted(folder.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        head = [line for line in text.split("\n") if line.startswith("# ")]
        inputs = tuple(json.loads(line.removeprefix("# input: ")) for line in head if line.startswith("# input: "))
        reason = " ".join(line.removeprefix("# reason: ") for line in head if line.startswith("# reason: "))
        yield Kept(path.stem, text, inputs or ({},), reason)


def keep(name: str, source: str, inputs: tuple[dict[str, Any], ...], reason: str, folder: Path = FOLDER) -> Path:
    """Write a program into the corpus."""
    folder.mkdir(parents=True, exist_ok=True)
    head = [f"# reason: {reason}", *(f"# input: {json.dumps(given, ensure_ascii=False)}" for given in inputs)]
    path = folder / f"{name}.py"
    path.write_text("\n".join((*head, source)), encoding="utf-8")
    return path
