"""How wide source text is on a terminal: tabs, wide and combining characters, control characters, long lines."""

import unicodedata
from typing import Final

from pysfnc.lean import dataclass

__all__ = ["DisplayLine", "display_line"]

TAB_WIDTH: Final = 4
CLIP_WIDTH: Final = 160
ELLIPSIS: Final = "..."


@dataclass(frozen=True, slots=True)
class DisplayLine:
    """A source line as it is printed. `offsets[i]` is the display column of character `i`; one more at the end."""

    text: str
    offsets: tuple[int, ...]

    def column(self, index: int) -> int:
        """Return the display column where character `index` begins; past the end it goes on by ones."""
        last = len(self.offsets) - 1
        return self.offsets[index] if index <= last else self.offsets[last] + index - last


def display_line(line: str, focus: int) -> DisplayLine:
    """Prepare a source line for printing; one that is too long is clipped to the part around character `focus`."""
    shown: list[str] = []
    offsets = [0]
    for character in line:
        piece, width = _display(character, offsets[-1])
        shown.append(piece)
        offsets.append(offsets[-1] + width)
    if offsets[-1] <= CLIP_WIDTH:
        return DisplayLine("".join(shown), tuple(offsets))
    return _clip(shown, offsets, min(focus, len(line)))


def _display(character: str, column: int) -> tuple[str, int]:
    if character == "\t":
        width = TAB_WIDTH - column % TAB_WIDTH
        return " " * width, width
    if " " <= character <= "~":
        return character, 1
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI:
        return "\N{REPLACEMENT CHARACTER}", 1  # never send a control character of a file to the terminal
    if category in ("Mn", "Me", "Cf"):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


# Characters that reorder what follows would make the printed line lie about the program.
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def _clip(shown: list[str], offsets: list[int], focus: int) -> DisplayLine:
    first = focus
    while first > 0 and offsets[focus] - offsets[first - 1] <= CLIP_WIDTH // 3:
        first -= 1
    last = first
    while last < len(shown) and offsets[last + 1] - offsets[first] <= CLIP_WIDTH:
        last += 1
    lead = ELLIPSIS if first else ""
    shift = len(lead) - offsets[first]
    clipped = [min(max(offset + shift, 0), offsets[last] + shift) for offset in offsets]
    tail = ELLIPSIS if last < len(shown) else ""
    return DisplayLine(lead + "".join(shown[first:last]) + tail, tuple(clipped))
