"""Regular expressions of Python as those of JavaScript, which JSONata has: the part that means the same in both.

CPython's own parser takes the pattern apart, and what it found is written anew. Refused is what differs: lookbehind, conditions, possessive
repeats, groups whose last value JavaScript forgets, `^` in the middle of lines.
"""

import re
from typing import Any, Final

from pysfnc.lean import dataclass

try:
    from re import _constants as sre  # type: ignore[attr-defined]
    from re import _parser as sre_parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover - Python 3.10 has other names
    raise

_CLASSES: Final = {
    "CATEGORY_DIGIT": "0-9",
    "CATEGORY_WORD": "0-9A-Za-z_",
    "CATEGORY_SPACE": r"\x09-\x0d\x1c-\x20",
}
_ASCII_SPACE: Final = r"\x09-\x0d\x20"
_NEGATED: Final = {
    "CATEGORY_NOT_DIGIT": "CATEGORY_DIGIT",
    "CATEGORY_NOT_WORD": "CATEGORY_WORD",
    "CATEGORY_NOT_SPACE": "CATEGORY_SPACE",
}
_UNICODE: Final = frozenset({*_CLASSES, *_NEGATED, "AT_BOUNDARY", "AT_NON_BOUNDARY"})
_FLAGS: Final = re.IGNORECASE | re.DOTALL | re.ASCII | re.VERBOSE | re.UNICODE
END: Final = r"(?![\s\S])"


class NotTheSame(Exception):
    """A pattern that has no form with the same meaning; the text says what of it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of JSONata. `body` is without the `^` it may begin with (`anchored`)."""

    body: str
    flags: str
    groups: int
    names: tuple[tuple[str, int], ...]
    anchored: bool
    inner_anchor: bool
    empty: bool
    """Whether it may match nothing, which JSONata refuses where the match is not anchored."""
    ascii_only: bool
    """Whether it means the same only in texts of ASCII characters."""

    @property
    def whole(self) -> str:
        """The pattern with its anchor."""
        return f"^(?:{self.body})" if self.anchored else self.body


def translate(pattern: str, flags: int) -> Pattern:
    """The form of a pattern in JSONata; raises `NotTheSame` and `re.error`."""
    if flags & ~int(_FLAGS):
        raise NotTheSame("one of the flags")
    parsed = sre_parser.parse(pattern, flags)
    given = int(parsed.state.flags)
    if given & ~int(_FLAGS):
        raise NotTheSame("one of the flags")
    writer = _Writer(bool(given & re.DOTALL), bool(given & re.ASCII))
    items = list(parsed)
    anchored = bool(items) and _is_start(items[0])
    body = writer.sequence(items[1:] if anchored else items)
    ignores = bool(given & re.IGNORECASE)
    if ignores and not pattern.isascii():
        raise NotTheSame("letters beyond ASCII without regard to case")
    names = tuple(sorted(parsed.state.groupdict.items(), key=lambda pair: pair[1]))
    low = parsed.getwidth()[0]
    return Pattern(
        body=f"(?:{body})" if anchored and "|" in body else body,
        flags="i" if ignores else "",
        groups=parsed.state.groups - 1,
        names=names,
        anchored=anchored,
        inner_anchor=writer.anchors,
        empty=low == 0,
        ascii_only=writer.unicode or ignores,
    )


def _is_start(item: Any) -> bool:
    return str(item[0]) == "AT" and str(item[1]) in ("AT_BEGINNING", "AT_BEGINNING_STRING")


class _Writer:
    def __init__(self, dotall: bool, ascii_: bool) -> None:
        self.dotall = dotall
        self.ascii = ascii_
        self.unicode = False
        self.anchors = False
        self.sure: set[int] = set()
        """The groups that have matched before whatever comes next."""
        self.optional = 0

    def sequence(self, items: Any) -> str:
        return "".join(self._item(str(op), argument) for op, argument in items)

    def _item(self, op: str, argument: Any) -> str:
        match op:
            case "LITERAL":
                return _char(argument)
            case "NOT_LITERAL":
                return f"[^{_char(argument)}]"
            case "ANY":
                return r"[\s\S]" if self.dotall else r"[^\n]"
            case "IN":
                return self._set(argument)
            case "AT":
                return self._position(str(argument))
            case "BRANCH":
                return self._branch(argument[1])
            case "SUBPATTERN":
                return self._group(*argument)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeat(op, *argument)
            case "ASSERT" | "ASSERT_NOT" if argument[0] == 1:
                self.optional += 1
                inner = self.sequence(argument[1])
                self.optional -= 1
                return f"(?{'=' if op == 'ASSERT' else '!'}{inner})"
            case "GROUPREF" if argument in self.sure:
                return f"(?:\\{argument})"
            case _:
                raise NotTheSame(op.lower().replace("_", " "))

    def _set(self, items: Any) -> str:
        negated = ""
        found: list[str] = []
        for op, argument in items:
            match str(op):
                case "NEGATE":
                    negated = "^"
                case "LITERAL":
                    found.append(_char(argument))
                case "RANGE":
                    found.append(f"{_char(argument[0])}-{_char(argument[1])}")
                case "CATEGORY":
                    found.append(self._category(str(argument)))
                case other:
                    raise NotTheSame(other.lower())
        return f"[{negated}{''.join(found)}]"

    def _category(self, name: str) -> str:
        self.unicode = self.unicode or not self.ascii
        if name in _NEGATED:
            return {"CATEGORY_DIGIT": r"\D", "CATEGORY_WORD": r"\W"}.get(_NEGATED[name]) or _no_space(self.ascii)
        if name == "CATEGORY_SPACE" and self.ascii:
            return _ASCII_SPACE
        return _CLASSES[name]

    def _position(self, name: str) -> str:
        match name:
            case "AT_BEGINNING" | "AT_BEGINNING_STRING":
                self.anchors = True
                return "^"
            case "AT_END":
                return rf"(?=\n?{END})"
            case "AT_END_STRING":
                return END
            case "AT_BOUNDARY" | "AT_NON_BOUNDARY":
                self.unicode = self.unicode or not self.ascii
                return r"\b" if name == "AT_BOUNDARY" else r"\B"
            case _:
                raise NotTheSame(name.lower())

    def _branch(self, ways: Any) -> str:
        self.optional += 1
        made = "|".join(self.sequence(way) for way in ways)
        self.optional -= 1
        return f"(?:{made})"

    def _group(self, number: int | None, added: int, removed: int, inner: Any) -> str:
        if added or removed:
            raise NotTheSame("flags of a part")
        made = self.sequence(inner)
        if number is None:
            return f"(?:{made})"
        if not self.optional:
            self.sure.add(number)
        return f"({made})"

    def _repeat(self, op: str, low: int, high: Any, inner: Any) -> str:
        items = list(inner)
        alone = len(items) == 1 and str(items[0][0]) == "SUBPATTERN"
        if high != 1 and _has_group(items[0][1][3] if alone else items):
            raise NotTheSame("a group inside of what is repeated")
        self.optional += low == 0
        made = self.sequence(items)
        self.optional -= low == 0
        most = "" if high is sre.MAXREPEAT else str(high)
        times = {(0, ""): "*", (1, ""): "+", (0, "1"): "?"}.get((low, most))
        if times is None:
            times = f"{{{low}}}" if str(low) == most else f"{{{low},{most}}}"
        single = len(items) == 1 and str(items[0][0]) in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "SUBPATTERN")
        return f"{made if single else f'(?:{made})'}{times}{'?' if op == 'MIN_REPEAT' else ''}"


def _has_group(items: Any) -> bool:
    for op, argument in items:
        if str(op) == "SUBPATTERN" and (argument[0] is not None or _has_group(argument[3])):
            return True
        if str(op) in ("MAX_REPEAT", "MIN_REPEAT") and _has_group(argument[2]):
            return True
        if str(op) == "BRANCH" and any(_has_group(way) for way in argument[1]):
            return True
        if str(op) in ("ASSERT", "ASSERT_NOT") and _has_group(argument[1]):
            return True
    return False


def _no_space(ascii_: bool) -> str:
    return r"\x00-\x08\x0e-\x1f\x21-\uffff" if ascii_ else r"\x00-\x08\x0e-\x1b\x21-\uffff"


def _char(code: int) -> str:
    if code > 0xFFFF:
        raise NotTheSame("a character beyond the Basic Multilingual Plane")
    char = chr(code)
    if char.isascii() and char.isalnum():
        return char
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
