"""Keeps programs that failed: each becomes a `.test` file, which every run of the tests replays.

What is expected of it is what CPython did.
"""

import json
from pathlib import Path
from typing import Any, Final

from tests.support.oracle import run_python

FOLDER: Final = Path(__file__).with_name("corpus")


def keep(name: str, source: str, inputs: tuple[dict[str, Any], ...], reason: str, folder: Path = FOLDER) -> Path:
    """Write a program and its inputs into the corpus; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = []
    for given in inputs:
        shown = json.dumps(given, ensure_ascii=False)
        runs.append(f"[run {shown}] {run_python(source, given).result()}")
    path = folder / f"{name}.test"
    path.write_text("\n".join((reason, "", f"[case {name}]", source.rstrip(), *runs, "")), encoding="utf-8")
    return path
