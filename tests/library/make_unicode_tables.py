"""Writes `src/pysfnc/library/text/unicode_tables.py` from the Unicode data of the interpreter that runs it.

python -m tests.library.make_unicode_tables > src/pysfnc/library/text/unicode_tables.py
"""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

BMP_END: Final = 0xFFFF
LINE: Final = 108


def lower_without_upper(char: str) -> bool:
    """Lowercase letters that `upper()` leaves alone."""
    return char.islower() and char.upper() == char


def upper_without_lower(char: str) -> bool:
    """Uppercase letters that `lower()` leaves alone."""
    return char.isupper() and char.lower() == char


CLASSES: Final[dict[str, Callable[[str], bool]]] = {
    "ALPHA": str.isalpha,
    "ALNUM": str.isalnum,
    "DECIMAL": str.isdecimal,
    "DIGIT": str.isdigit,
    "NUMERIC": str.isnumeric,
    "PRINTABLE": str.isprintable,
    "LOWER_WITHOUT_UPPER": lower_without_upper,
    "UPPER_WITHOUT_LOWER": upper_without_lower,
    "TITLE": str.istitle,
}


def characters() -> Iterator[str]:
    """Every character a JSON string can hold."""
    return (chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)


def ranges(test: Callable[[str], bool]) -> list[tuple[int, int]]:
    """The first and last code points of the runs of characters that pass; none crosses the end of the BMP."""
    found: list[tuple[int, int]] = []
    for char in characters():
        code = ord(char)
        if test(char):
            if found and found[-1][1] == code - 1 and code != BMP_END + 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return found


def title_pairs() -> list[tuple[str, str]]:
    """The characters whose title case is not their upper case."""
    return [(char, char.title()) for char in characters() if char.title() != char.upper()]


def runs_of(test: Callable[[str], bool]) -> tuple[str, list[tuple[int, int]]]:
    """First and last characters of the runs in the BMP, two by two; the runs beyond it."""
    runs = ranges(lambda char: _passes(test, char))
    below = "".join(chr(a) + chr(b) for a, b in runs if b <= BMP_END)
    return below, [(a, b) for a, b in runs if b > BMP_END]


Bytes = dict[int, "Bytes"] | set[int]


def encoded_pattern(runs: list[tuple[int, int]]) -> str:
    """A pattern that matches the percent-encoded UTF-8 of one character of the runs."""
    tree: dict[int, dict[int, dict[int, set[int]]]] = {}
    for first, last in runs:
        for code in range(first, last + 1):
            one, two, three, four = chr(code).encode()
            tree.setdefault(one, {}).setdefault(two, {}).setdefault(three, set()).add(four)
    return _alternatives([f"%{one:X}{_level(below)}" for one, below in tree.items()])


def _level(below: Bytes) -> str:
    """The pattern of the bytes that follow."""
    if isinstance(below, set):
        return f"%{_byte(below)}"
    groups: dict[str, set[int]] = {}
    for byte, rest in below.items():
        groups.setdefault(_level(rest), set()).add(byte)
    return "%" + _alternatives([_byte(group) + rest for rest, group in groups.items()])


def _byte(values: set[int]) -> str:
    """Two hexadecimal digits of one of the continuation bytes."""
    if len(values) == 64:
        return ".."
    low_of: dict[int, set[int]] = {}
    for value in values:
        low_of.setdefault(value >> 4, set()).add(value & 15)
    groups: dict[str, set[int]] = {}
    for high, low in sorted(low_of.items()):
        groups.setdefault("." if len(low) == 16 else _digit(low), set()).add(high)
    return _alternatives([_digit(high) + low for low, high in groups.items()])


def _digit(values: set[int]) -> str:
    digits = sorted(f"{value:X}" for value in values)
    if len(digits) == 1:
        return digits[0]
    parts: list[str] = []
    for digit in digits:
        if parts and int(digit, 16) == int(parts[-1][-1], 16) + 1 and digit != "A":
            parts[-1] = f"{parts[-1][0]}-{digit}"
        else:
            parts.append(digit)
    return f"[{''.join(part if len(part) == 1 else part.replace('-', '') if _near(part) else part for part in parts)}]"


def _near(part: str) -> bool:
    """Whether a range has two members only."""
    return int(part[-1], 16) == int(part[0], 16) + 1


def _alternatives(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _passes(test: Callable[[str], bool], char: str) -> bool:
    # istitle() is also true of uppercase letters; the table holds the letters that are neither upper nor lower.
    return test(char) and not (test is str.istitle and (char.isupper() or char.islower()))


def literal(text: str) -> str:
    """A string constant over several lines, in ASCII."""
    pieces: list[str] = [""]
    for char in text:
        written = ascii(char)[1:-1] if char != '"' else '\\"'
        if len(pieces[-1]) + len(written) > LINE:
            pieces.append("")
        pieces[-1] += written
    return "\n".join(f'    "{piece}"' for piece in pieces)


def module() -> str:
    """The text of the module."""
    parts = [
        f'"""Character classes of Python\'s str methods, from Unicode {unicodedata.unidata_version}.\n',
        "`X` holds the first and last characters of the runs in the Basic Multilingual Plane, two by two; `X_ABOVE` is a pattern",
        "for the percent-encoded UTF-8 of a character beyond it. Written by tests/library/make_unicode_tables.py.",
        '"""\n',
        "from typing import Final\n",
        f'VERSION: Final = "{unicodedata.unidata_version}"',
    ]
    for name, test in CLASSES.items():
        below, above = runs_of(test)
        parts.append(f"{name}: Final = (\n{literal(below)}\n)")
        if above:
            parts.append(f"{name}_ABOVE: Final = (\n{literal(encoded_pattern(above))}\n)")
    same = "".join(char for char, title in title_pairs() if char == title)
    runs = ranges(lambda char: char in same)
    parts.append(f"TITLE_IS_SAME: Final = (\n{literal(''.join(chr(a) + chr(b) for a, b in runs))}\n)")
    rest = " ".join(char + title for char, title in title_pairs() if char != title)
    parts.append(f"TITLE_PAIRS: Final = (\n{literal(rest)}\n)")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(module(), end="")
