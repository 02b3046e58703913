"""The long explanation of each code: one Markdown page, read from the package only when somebody asks.

A page has a fixed form, which `sections` reads and the tests check: a heading `# SFN214 maybe-unset`, an opening
paragraph that says what it is, then `## Why`, `## This fails` and `## Write instead`. The blocks of the last two hold
programs that the tests compile: the first must be rejected with the page's code, the second must compile. A block
opened with `text` in place of `python` is not compiled, for what cannot be shown in one file.
"""

import re
from collections.abc import Iterator
from importlib import resources
from typing import Final

from pysfnc.diagnostics.model import Code
from pysfnc.lean import dataclass

__all__ = ["SECTIONS", "Block", "blocks", "page", "sections"]

SECTIONS: Final = ("Why", "This fails", "Write instead")

_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: its language ("python", "text") and its text."""

    language: str
    text: str


def page(code: Code) -> str:
    """Return the Markdown page of a code; raises FileNotFoundError for a code without one."""
    return resources.files(__package__).joinpath("explain", f"{code.number}.md").read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """Split a page into its sections by heading; the part before the first `##` has the key ""."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {"": parts[0].strip(), **{title: body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}}


def blocks(section: str) -> Iterator[Block]:
    """Yield the fenced blocks of a section in order."""
    for found in _FENCE.finditer(section):
        yield Block(found[1], found[2])
