"""`strptime` with a constant format: one regular expression, made as CPython's `_strptime` makes it, and a number for each part.

Names of days and months are those of the locale `C`. Digits are those of ASCII.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Index, Lit, Ref, Regex, Tree
from pysfnc.library.moments.moment_formats import MONTHS, SHORT_DAYS, SHORT_MONTHS, WEEK_DAYS
from pysfnc.library.moments.moments import number, row
from pysfnc.library.rows.make import ZERO, call, eq, join, text
from pysfnc.library.rows.row import Arg, Check
from pysfnc.library.rows.shapes import ONE, add, block, length, lt
from pysfnc.library.rows.signature import TEXT, Spec, kind_checks, repr_of
from pysfnc.values.types import STR

_DAY: Final = "3[0-1]|[1-2][0-9]|0[1-9]|[1-9]| [1-9]"
_MONTH: Final = "1[0-2]|0[1-9]|[1-9]"


def _names(names: Sequence[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True)).lower()


PATTERNS: Final = {
    "Y": "[0-9][0-9][0-9][0-9]",
    "y": "[0-9][0-9]",
    "m": _MONTH,
    "B": _names(MONTHS),
    "b": _names(SHORT_MONTHS),
    "d": _DAY,
    "A": _names(WEEK_DAYS),
    "a": _names(SHORT_DAYS),
    "H": "2[0-3]|[0-1][0-9]|[0-9]",
    "I": _MONTH,
    "p": "am|pm",
    "M": "[0-5][0-9]|[0-9]",
    "S": "6[0-1]|[0-5][0-9]|[0-9]",
    "f": "[0-9]{1,6}",
    "z": "[+-][0-9][0-9]:?[0-5][0-9]|Z",
}
"""What each directive reads; see `TimeRE` of CPython's `_strptime`."""
_PIECES: Final = re.compile(r"%(.|$)|(\s+)|(.)", re.DOTALL)
_FOUND: Final = Ref("py_m")


def refused_part(format_: str) -> str | None:
    """What of a format has no compiled form, None for nothing."""
    seen: set[str] = set()
    for directive, _blank, literal in _PIECES.findall(format_):
        if directive and directive != "%":
            if directive not in PATTERNS or directive in seen:
                return f"%{directive}"
            seen.add(directive)
        elif literal and not literal.isascii():
            return str(literal)
    if {"Y", "y"} <= seen or len(seen & {"m", "B", "b"}) > 1 or {"H", "I"} <= seen:
        return "two directives for one part"
    return None


@cache
def _pattern(format_: str) -> tuple[str, tuple[str, ...]]:
    """The regular expression of a format and the directives of its groups."""
    made, groups = ["^"], []
    for directive, blank, literal in _PIECES.findall(format_):
        if directive == "%":
            made.append("%")
        elif directive:
            made.append(f"({PATTERNS[directive]})")
            groups.append(directive)
        elif blank:
            made.append(r"\s+")
        else:
            made.append(literal if literal.isalnum() else f"\\x{ord(literal):02x}")
    return "".join(made), tuple(groups)


def _format_of(args: Sequence[Arg]) -> str:
    found = args[1].tree
    assert isinstance(found, Lit) and isinstance(found.value, str), "made with a constant"
    return found.value


def _match(args: Sequence[Arg]) -> Tree:
    return call("match", args[0].tree, Regex(_pattern(_format_of(args))[0], "i"), ONE)


def _checks(args: Sequence[Arg]) -> Sequence[Check]:
    value, format_ = args[0].tree, _format_of(args)
    shown = join(text("time data "), repr_of(Arg(value, STR)), text(f" does not match format {format_!r}"))
    whole = Field(_match(args), "match")
    found = [
        *kind_checks([Spec("date_string", TEXT, "strptime() argument 1 must be str, not {arg}")], args[:1]),
        Check(call("contains", value, Regex(_pattern(format_)[0], "i")), "ValueError", shown),
        Check(
            eq(length(whole), length(value)),
            "ValueError",
            join(text("unconverted data remains: "), call("substring", value, length(whole))),
        ),
    ]
    if "z" in _pattern(format_)[1]:
        hours = call("substring", _group(_match(args), format_, "z"), ONE, Lit(2))
        fits = IfElse(eq(length(hours), ZERO), Lit(True), lt(hours, text("24")))
        found.append(Check(fits, "ValueError", text("an offset is strictly between -24 and 24 hours")))
    return found


def _group(match: Tree, format_: str, directive: str) -> Tree:
    return Index(Field(match, "groups"), Lit(_pattern(format_)[1].index(directive)))


def _part(format_: str) -> Callable[..., Tree]:
    """Gives the tree of the first of some directives that the format has, else the default."""
    groups = _pattern(format_)[1]

    def part(default: Tree, /, **readers: Callable[[Tree], Tree]) -> Tree:
        for directive, reader in readers.items():
            if directive in groups:
                return reader(_group(_FOUND, format_, directive))
        return default

    return part


def _plain(value: Tree) -> Tree:
    return number(call("trim", value))


def _position(names: Sequence[str]) -> Callable[[Tree], Tree]:
    """The number of a month by the first three letters of its name."""
    letters = "".join(name[:3].lower() for name in names)
    return lambda value: add(
        Binary(
            "/",
            length(call("substringBefore", text(letters), call("lowercase", call("substring", value, ZERO, Lit(3))))),
            Lit(3),
        ),
        ONE,
    )


def _short_year(value: Tree) -> Tree:
    return add(number(value), IfElse(lt(value, text("69")), Lit(2000), Lit(1900)))


def _hour(format_: str) -> Tree:
    part = _part(format_)
    if "H" in _pattern(format_)[1] or "I" not in _pattern(format_)[1]:
        return part(ZERO, H=_plain)
    twelve = Binary("%", part(ZERO, I=_plain), Lit(12))
    late = part(Lit(False), p=lambda value: eq(call("lowercase", value), text("pm")))
    return IfElse(late, add(twelve, Lit(12)), twelve)


def _zone(value: Tree) -> Tree:
    digits = call("replace", value, text(":"), text(""))
    made = join(call("substring", digits, ZERO, Lit(3)), text(":"), call("substring", digits, Lit(3)))
    is_utc = Binary("in", digits, Array((text("Z"), text("z"), text("+0000"), text("-0000"))))
    return IfElse(is_utc, text("+00:00"), made)


def _parsed(args: Sequence[Arg]) -> Tree:
    part = _part(_format_of(args))
    numbers = (
        part(Lit(1900), Y=_plain, y=_short_year),
        part(ONE, m=_plain, B=_position(MONTHS), b=_position(MONTHS)),
        part(ONE, d=_plain),
        _hour(_format_of(args)),
        part(ZERO, M=_plain),
        part(ZERO, S=_plain),
        part(ZERO, f=lambda value: number(call("substring", Binary("&", value, text("00000")), ZERO, Lit(6)))),
        part(text(""), z=_zone),
    )
    return block(Bind(_FOUND.name, _match(args)), Array(numbers))


row("moment.parsed", _parsed, _checks)
