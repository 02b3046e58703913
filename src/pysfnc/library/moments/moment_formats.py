"""`strftime` with a constant format: each directive is a tree over the ISO text of a moment or date.

Names of days and months are those of the locale `C`, in which Lambda and any program that sets no locale run.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, IfElse, Index, Lit, Tree
from pysfnc.library.moments.moments import number, over, piece, rest, row, zone
from pysfnc.library.rows.make import call, eq, join, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Check
from pysfnc.library.rows.shapes import ONE, add, lt, refs, sub

_T, _X = refs("t x")
WEEK_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS: Final = tuple(name[:3] for name in WEEK_DAYS)
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT_MONTHS: Final = tuple(name[:3] for name in MONTHS)
_DIRECTIVE: Final = "%(-?.|$)"
_PIECES: Final = re.compile("%(-?.)|[^%]+", re.DOTALL)
_SPELLED: Final = {
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "R": "%H:%M",
    "D": "%m/%d/%y",
    "c": "%a %b %e %H:%M:%S %Y",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
    "r": "%I:%M:%S %p",
}
"""Directives that stand for others."""

define("py_weekday", ("t",), rest(add(call("py_days", _T), Lit(719_162)), Lit(7)))
define(
    "py_year_day",
    ("t",),
    add(sub(call("py_days", _T), call("py_days", Binary("&", piece(_T, 0, 4), text("-01-01")))), ONE),
)
define("py_thursday", ("t",), call("py_day", sub(add(call("py_days", _T), Lit(3)), call("py_weekday", _T))))
define("py_iso_week", ("t",), call("floor", over(add(call("py_year_day", call("py_thursday", _T)), Lit(6)), Lit(7))))
define("py_three", ("x",), call("substring", call("string", add(Lit(1000), _X)), ONE))


def _name(names: Sequence[str], index: Tree) -> Tree:
    return Index(Array(tuple(map(text, names))), index)


def _two_digits(start: int) -> Callable[[Tree], Tree]:
    return lambda value: piece(value, start, 2)


def _clock(start: int, midnight: str) -> Callable[[Tree, bool], Tree]:
    return lambda value, timed: piece(value, start, 2) if timed else text(midnight)


def _half(value: Tree, timed: bool) -> Tree:
    return IfElse(lt(piece(value, 11, 2), text("12")), text("AM"), text("PM")) if timed else text("AM")


def _twelve(value: Tree, timed: bool) -> Tree:
    hour = add(rest(add(number(piece(value, 11, 2)), Lit(11)), Lit(12)), ONE)
    return call("py_two", hour) if timed else text("12")


def _fraction(value: Tree, timed: bool) -> Tree:
    micro = call("py_micro", value)
    return call("substring", call("string", add(Lit(1_000_000), micro)), ONE) if timed else text("000000")


def _offset(value: Tree, timed: bool) -> Tree:
    return call("replace", zone(value), text(":"), text("")) if timed else text("")


def _zone_name(value: Tree, timed: bool) -> Tree:
    found = zone(value)
    named = IfElse(eq(found, text("+00:00")), text("UTC"), Binary("&", text("UTC"), found))
    return IfElse(eq(found, text("")), text(""), named) if timed else text("")


def _week(first: int) -> Callable[[Tree, bool], Tree]:
    """The number of the week in the year, where weeks begin on a day: Monday is 0, Sunday 6."""

    def tree(value: Tree, _timed: bool) -> Tree:
        since = rest(add(call("py_weekday", value), Lit(7 - first)), Lit(7))
        return call("py_two", call("floor", over(sub(add(call("py_year_day", value), Lit(6)), since), Lit(7))))

    return tree


def _without_zeros(name: str) -> Callable[[Tree, bool], Tree]:
    """A number as GNU's `-` has it, whose library Lambda runs with."""
    return lambda value, timed: call("string", number(DIRECTIVES[name](value, timed)))


def _plain(tree: Callable[[Tree], Tree]) -> Callable[[Tree, bool], Tree]:
    return lambda value, _timed: tree(value)


DIRECTIVES: Final[dict[str, Callable[[Tree, bool], Tree]]] = {
    "Y": _plain(lambda value: piece(value, 0, 4)),
    "y": _plain(_two_digits(2)),
    "m": _plain(_two_digits(5)),
    "d": _plain(_two_digits(8)),
    "e": _plain(lambda value: call("pad", call("string", number(piece(value, 8, 2))), Lit(-2))),
    "j": _plain(lambda value: call("py_three", call("py_year_day", value))),
    "A": _plain(lambda value: _name(WEEK_DAYS, call("py_weekday", value))),
    "a": _plain(lambda value: _name(SHORT_DAYS, call("py_weekday", value))),
    "B": _plain(lambda value: _name(MONTHS, sub(number(piece(value, 5, 2)), ONE))),
    "b": _plain(lambda value: _name(SHORT_MONTHS, sub(number(piece(value, 5, 2)), ONE))),
    "h": _plain(lambda value: _name(SHORT_MONTHS, sub(number(piece(value, 5, 2)), ONE))),
    "u": _plain(lambda value: call("string", add(call("py_weekday", value), ONE))),
    "w": _plain(lambda value: call("string", rest(add(call("py_weekday", value), ONE), Lit(7)))),
    "U": _week(6),
    "W": _week(0),
    "G": _plain(lambda value: piece(call("py_thursday", value), 0, 4)),
    "V": _plain(lambda value: call("py_two", call("py_iso_week", value))),
    **{f"-{name}": _without_zeros(name) for name in "dmHIMSjy"},
    "H": _clock(11, "00"),
    "M": _clock(14, "00"),
    "S": _clock(17, "00"),
    "I": _twelve,
    "p": _half,
    "f": _fraction,
    "z": _offset,
    "Z": _zone_name,
    "%": lambda _value, _timed: text("%"),
    "n": lambda _value, _timed: text("\n"),
    "t": lambda _value, _timed: text("\t"),
}


def unknown_directive(format_: str) -> str | None:
    """The first directive of a format that has no compiled form, None where all have."""
    for directive in re.findall(_DIRECTIVE, format_, re.DOTALL):
        if directive not in DIRECTIVES and directive not in _SPELLED:
            return f"%{directive}"
    return None


def _spelled(format_: str) -> str:
    return re.sub("%(-?.)", lambda found: _SPELLED.get(found[1], found[0]), format_, flags=re.DOTALL)


def _format_of(args: Sequence[Arg]) -> str:
    found = args[1].tree
    assert isinstance(found, Lit) and isinstance(found.value, str), "made with a constant"
    return _spelled(found.value)


def _formatting(timed: bool) -> Callable[[Sequence[Arg]], Tree]:
    def tree(args: Sequence[Arg]) -> Tree:
        parts = [
            DIRECTIVES[found[1]](args[0].tree, timed) if found[1] else text(found[0])
            for found in _PIECES.finditer(_format_of(args))
        ]
        return join(*parts)

    return tree


def _format_checks(args: Sequence[Arg]) -> Sequence[Check]:
    """The C library writes years before 1000 without zeros in front on some systems."""
    if not re.search("%[YG]", _format_of(args)):
        return []
    before = Binary("!=", piece(args[0].tree, 0, 1), text("0"))
    return [Check(before, "ValueError", text("the text of a year before 1000 depends on the system"))]


row("moment.format", _formatting(True), _format_checks)
row("date.format", _formatting(False), _format_checks)

row("moment.iso_year", lambda args: number(piece(call("py_thursday", args[0].tree), 0, 4)))
row("moment.iso_week", lambda args: call("py_iso_week", args[0].tree))

# isoformat

TIMESPECS: Final = ("auto", "hours", "minutes", "seconds", "milliseconds", "microseconds")
_KEPT: Final = {"hours": 13, "minutes": 16, "seconds": 19}


def _iso(args: Sequence[Arg]) -> Tree:
    value, separator, spec = (arg.tree for arg in args)
    assert isinstance(separator, Lit) and isinstance(spec, Lit), "made with constants"
    if spec == text("auto"):
        return value if separator == text("T") else join(piece(value, 0, 10), separator, piece(value, 11))
    digits: list[Tree] = []
    if spec.value in ("milliseconds", "microseconds"):
        micro = call("py_micro", value)
        whole, digit_count = (micro, 6) if spec.value == "microseconds" else (call("floor", over(micro, Lit(1000))), 3)
        digits = [text("."), call("substring", call("string", add(Lit(10**digit_count), whole)), ONE)]
    end = _KEPT.get(str(spec.value), 19)
    day = (
        [piece(value, 0, end)]
        if separator == text("T")
        else [piece(value, 0, 10), separator, piece(value, 11, end - 11)]
    )
    return join(*day, *digits, zone(value))


row("moment.iso", _iso)
