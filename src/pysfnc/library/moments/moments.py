"""`datetime` and `date`: arithmetic, comparisons, parts and ISO texts.

Both are in the machine the text that `isoformat()` writes (`pysfnc.lang.wire`), which keeps every microsecond and the offset of the zone, and so is
what tasks and the output take. Sums are made of seconds since 1970 by the clock of the value's own zone, and microseconds beside them, as both
together may not fit into a float. A `timedelta` is its number of microseconds (`durations`).
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, IfElse, Index, Lit, Ref, Tree
from pysfnc.library.rows.make import ZERO, both, call, either, eq, join, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import ONE, add, amp, block, count, fn, ge, gt, le, length, lt, mapped, ne, refs, sub
from pysfnc.library.rows.signature import WHOLE, WHOLE_ERROR, Spec, kind_checks, whole

MILLION: Final = Lit(1_000_000)
LARGEST: Final = 2**53
"""Microseconds that a number of the machine counts one by one: 285 years."""
MIXED: Final = "can't {} offset-naive and offset-aware datetimes"
FIRST, LAST = Lit(-62_135_596_800), Lit(253_402_300_799)
"""Seconds since 1970 at the beginning of the year 1 and at the end of 9999."""
_T, _U, _Z, _X, _S, _D, _N, _R, _A, _B, _Y, _M = refs("t u z x s d n r a b y m")
AT, _CLOCK = Ref("py_x"), Ref("py_w")


def times(left: Tree, right: Tree) -> Tree:
    """`left * right`."""
    return Binary("*", left, right)


def over(left: Tree, right: Tree) -> Tree:
    """`left / right`."""
    return Binary("/", left, right)


def rest(left: Tree, right: Tree) -> Tree:
    """The remainder with the sign of `left`, which is exact."""
    return Binary("%", left, right)


def piece(value: Tree, start: int, size: int | None = None) -> Tree:
    """Characters of a text."""
    return call("substring", value, Lit(start), *(() if size is None else (Lit(size),)))


def number(value: Tree) -> Tree:
    """The number that digits write, zeros in front of them included."""
    return call("py_numeral", value)


def within(value: Tree, low: int, high: int) -> Tree:
    """`low <= value <= high`."""
    return both(ge(value, Lit(low)), le(value, Lit(high)))


define("py_numeral", ("x",), sub(call("number", amp(text("1"), _X)), call("power", Lit(10), length(_X))))
define("py_two", ("x",), call("substring", call("string", add(Lit(100), _X)), ONE))
define("py_zone", ("t",), call("substring", _T, IfElse(eq(piece(_T, 19, 1), text(".")), Lit(26), Lit(19))))
define("py_micro", ("t",), IfElse(eq(piece(_T, 19, 1), text(".")), number(piece(_T, 20, 6)), ZERO))
define("py_seconds", ("t",), over(call("toMillis", amp(piece(_T, 0, 19), text("Z"))), Lit(1000)))
define("py_days", ("t",), over(call("toMillis", amp(piece(_T, 0, 10), text("T00:00:00Z"))), Lit(86_400_000)))
define(
    "py_offset",
    ("z",),
    # Microseconds. A zone may have seconds, and even parts of them.
    IfElse(
        eq(_Z, text("")),
        ZERO,
        times(
            IfElse(eq(piece(_Z, 0, 1), text("-")), Lit(-1), ONE),
            add(
                add(
                    times(number(piece(_Z, 1, 2)), Lit(3_600_000_000)), times(number(piece(_Z, 4, 2)), Lit(60_000_000))
                ),
                add(
                    IfElse(gt(length(_Z), Lit(6)), times(number(piece(_Z, 7, 2)), MILLION), ZERO),
                    IfElse(gt(length(_Z), Lit(9)), number(piece(_Z, 10, 6)), ZERO),
                ),
            ),
        ),
    ),
)
define(
    "py_fraction",
    ("u",),
    IfElse(eq(_U, ZERO), text(""), amp(text("."), call("substring", call("string", add(MILLION, _U)), ONE))),
)
define(
    "py_moment",
    ("s", "u", "z"),
    join(piece(call("fromMillis", times(_S, Lit(1000))), 0, 19), call("py_fraction", _U), _Z),
)
define("py_day", ("d",), piece(call("fromMillis", times(_D, Lit(86_400_000))), 0, 10))
define(
    "py_moved",
    ("t", "d"),
    # Seconds and microseconds of a moment so many microseconds later.
    block(
        Bind("n", add(call("py_micro", _T), _D)),
        Bind("r", rest(_N, MILLION)),
        Bind("u", IfElse(lt(_R, ZERO), add(_R, MILLION), _R)),
        Array((add(call("py_seconds", _T), over(sub(_N, _U), MILLION)), _U)),
    ),
)
define(
    "py_between",
    ("a", "b"),
    # Microseconds from b to a.
    sub(
        add(
            times(sub(call("py_seconds", _A), call("py_seconds", _B)), MILLION),
            sub(call("py_micro", _A), call("py_micro", _B)),
        ),
        sub(call("py_offset", call("py_zone", _A)), call("py_offset", call("py_zone", _B))),
    ),
)
define(
    "py_month_days",
    ("y", "m"),
    IfElse(
        eq(_M, Lit(2)),
        IfElse(
            both(eq(rest(_Y, Lit(4)), ZERO), either(ne(rest(_Y, Lit(100)), ZERO), eq(rest(_Y, Lit(400)), ZERO))),
            Lit(29),
            Lit(28),
        ),
        IfElse(Binary("in", _M, Array((Lit(4), Lit(6), Lit(9), Lit(11)))), Lit(30), Lit(31)),
    ),
)


define(
    "py_rank",
    ("t",),
    # A text of digits that orders like moments with a zone, or without one.
    block(
        Bind("x", call("py_moved", _T, sub(ZERO, call("py_offset", call("py_zone", _T))))),
        amp(
            call("pad", call("string", add(Index(_X, ZERO), Lit(99_999_999_999))), Lit(-12), text("0")),
            call("string", add(MILLION, Index(_X, ONE))),
        ),
    ),
)


def zone(value: Tree) -> Tree:
    """The text of the offset at the end of a moment, empty for one without a zone."""
    return call("py_zone", value)


Value = Callable[[Sequence[Arg]], Tree]
Checks = Callable[[Sequence[Arg]], Sequence[Check]]


def row(op: str, lower: Value, checks: Checks | None = None) -> None:
    """Register an operation whose tree does not depend on the type of its result."""
    found = None if checks is None else lambda args, _type: checks(args)
    register_prim(PrimRow(op=op, lower=lambda args, _type: lower(args), checks=found))


# Drawn from the clock

_NOW: Final = call("now")


def _drawn(zone_: str) -> Tree:
    """The time of the clock, which has milliseconds."""
    fraction = piece(_CLOCK, 20, 3)
    shown = IfElse(eq(fraction, text("000")), text(""), join(text("."), fraction, text("000")))
    return block(Bind("py_w", _NOW), join(piece(_CLOCK, 0, 19), shown, text(zone_)))


row("draw.now", lambda _args: _drawn("+00:00"))
row("draw.local", lambda _args: _drawn(""))
row("draw.today", lambda _args: piece(_NOW, 0, 10))
row("draw.time", lambda _args: over(call("millis"), Lit(1000)))


# Made of numbers

PARTS: Final = ("year", "month", "day", "hour", "minute", "second", "microsecond")
PART_SPECS: Final = tuple(Spec(name, WHOLE, WHOLE_ERROR, keyword=True) for name in PARTS)
PLACES: Final = {"year": (0, 4), "month": (5, 2), "day": (8, 2), "hour": (11, 2), "minute": (14, 2), "second": (17, 2)}


def date_checks(year: Tree, month: Tree, day: Tree) -> list[Check]:
    """CPython's checks of a date."""
    return [
        Check(within(year, 1, 9999), "ValueError", join(text("year "), call("string", year), text(" is out of range"))),
        Check(within(month, 1, 12), "ValueError", text("month must be in 1..12")),
        Check(
            both(ge(day, ONE), le(day, call("py_month_days", year, month))),
            "ValueError",
            text("day is out of range for month"),
        ),
    ]


def time_checks(*parts: Tree) -> list[Check]:
    """CPython's checks of hour, minute, second and microsecond."""
    return [
        Check(within(part, 0, last), "ValueError", text(f"{name} must be in 0..{last}"))
        for part, name, last in zip(parts, PARTS[3:], (23, 59, 59, 999_999), strict=False)
    ]


def _made_checks(args: Sequence[Arg]) -> Sequence[Check]:
    numbers = args[: len(args) - 1] if len(args) > 3 else args
    parts = [whole(arg) for arg in numbers]
    return [*kind_checks(PART_SPECS, numbers), *date_checks(*parts[:3]), *time_checks(*parts[3:])]


def _date_text(args: Sequence[Arg]) -> list[Tree]:
    year, month, day = (whole(arg) for arg in args[:3])
    year_text: Tree = call("substring", call("string", add(Lit(10_000), year)), ONE)
    return [year_text, text("-"), call("py_two", month), text("-"), call("py_two", day)]


def _made(args: Sequence[Arg]) -> Tree:
    hour, minute, second, micro = (whole(arg) for arg in args[3:7])
    clock: list[Tree] = [
        text("T"),
        call("py_two", hour),
        text(":"),
        call("py_two", minute),
        text(":"),
        call("py_two", second),
    ]
    return join(*_date_text(args), *clock, call("py_fraction", micro), args[7].tree)


row("moment.make", _made, _made_checks)
row("date.make", lambda args: join(*_date_text(args)), _made_checks)
row("moment.text", lambda args: args[0].tree)


def _read(name: str) -> None:
    start, size = PLACES[name]
    row(f"moment.{name}", lambda args: number(piece(args[0].tree, start, size)))


for _name in PLACES:
    _read(_name)
row("moment.microsecond", lambda args: call("py_micro", args[0].tree))
row("moment.zone", lambda args: zone(args[0].tree))
row(
    "moment.with_zone",
    lambda args: amp(
        call("substring", args[0].tree, ZERO, sub(length(args[0].tree), length(zone(args[0].tree)))), args[1].tree
    ),
)
row("moment.date", lambda args: piece(args[0].tree, 0, 10))
row(
    "moment.zone_or_none",
    lambda args: IfElse(eq(zone(args[0].tree), text("")), Lit(None), zone(args[0].tree)),
)
row(
    "moment.offset",
    lambda args: IfElse(eq(zone(args[0].tree), text("")), Lit(None), call("py_offset", zone(args[0].tree))),
)
row("moment.weekday", lambda args: rest(add(call("py_days", args[0].tree), Lit(719_162)), Lit(7)))
row("moment.isoweekday", lambda args: add(rest(add(call("py_days", args[0].tree), Lit(719_162)), Lit(7)), ONE))
row("moment.ordinal", lambda args: add(call("py_days", args[0].tree), Lit(719_163)))


# Sums and differences


def _in_years(values: Sequence[Tree], first: int, end: int) -> Tree:
    """Whether ISO texts are of the years from `first` to before `end`, which their characters tell."""
    tests = [test for value in values for test in (ge(value, text(f"{first:04d}")), lt(value, text(str(end))))]
    return both(*tests)


def in_range(value: Tree, seconds: Tree) -> Check:
    """A timedelta leads no further than `LARGEST`, so that most sums need not be made to know it."""
    exact = both(ge(seconds, FIRST), le(seconds, LAST))
    inside = IfElse(_in_years([value], 300, 9700), Lit(True), exact)
    return Check(inside, "OverflowError", text("date value out of range"))


def _near(args: Sequence[Arg], difference: Tree) -> Check:
    """`fits_number` of a difference, which most years tell already."""
    exact = fits_number(difference)
    inside = IfElse(_in_years([arg.tree for arg in args[:2]], 1900, 2180), Lit(True), exact.ok)
    return Check(inside, exact.error, exact.message)


def _moved(sign: int) -> None:
    def change(args: Sequence[Arg]) -> Tree:
        amount = args[1].tree
        return call("py_moved", args[0].tree, amount if sign > 0 else sub(ZERO, amount))

    def lower(args: Sequence[Arg]) -> Tree:
        return block(Bind("py_x", change(args)), call("py_moment", Index(AT, ZERO), Index(AT, ONE), zone(args[0].tree)))

    def checks(args: Sequence[Arg]) -> Sequence[Check]:
        return [in_range(args[0].tree, Index(change(args), ZERO))]

    row(f"moment.{'later' if sign > 0 else 'earlier'}", lower, checks)


def _moved_day(sign: int) -> None:
    def day(args: Sequence[Arg]) -> Tree:
        days = call("py_whole", args[1].tree, Lit(86_400_000_000))
        return add(call("py_days", args[0].tree), days) if sign > 0 else sub(call("py_days", args[0].tree), days)

    def checks(args: Sequence[Arg]) -> Sequence[Check]:
        return [in_range(args[0].tree, times(day(args), Lit(86_400)))]

    row(f"date.{'later' if sign > 0 else 'earlier'}", lambda args: call("py_day", day(args)), checks)


for _sign in (1, -1):
    _moved(_sign)
    _moved_day(_sign)


def _alike(args: Sequence[Arg], doing: str) -> Check:
    one, other = (eq(zone(arg.tree), text("")) for arg in args)
    return Check(eq(one, other), "TypeError", text(MIXED.format(doing)))


def _all_alike(items: Tree) -> Check:
    """A list is put in order by comparisons, and some are between those with a zone and those without."""
    kinds_of_zones = call("distinct", call("map", items, fn("py_v", eq(zone(Ref("py_v")), text("")))))
    return Check(le(count(kinds_of_zones), ONE), "TypeError", text(MIXED.format("compare")))


def fits_number(value: Tree) -> Check:
    """Whether microseconds can be counted; see LIM-51."""
    small = le(call("abs", value), Lit(LARGEST))
    return Check(small, "OverflowError", text("a timedelta of more than 285 years has no form in the machine"))


row("moment.rank", lambda args: call("py_rank", args[0].tree))
row(
    "moment.ranks",
    lambda args: mapped(args[0].tree, "py_v", call("py_rank", Ref("py_v"))),
    lambda args: [_all_alike(args[0].tree)],
)
row(
    "moment.between",
    lambda args: call("py_between", args[0].tree, args[1].tree),
    lambda args: [_alike(args, "subtract"), _near(args, call("py_between", args[0].tree, args[1].tree))],
)
row(
    "date.between",
    lambda args: times(sub(call("py_days", args[0].tree), call("py_days", args[1].tree)), Lit(86_400_000_000)),
    lambda args: [
        _near(args, times(sub(call("py_days", args[0].tree), call("py_days", args[1].tree)), Lit(86_400_000_000)))
    ],
)


def _ordered(symbol: str) -> None:
    row(
        f"moment.{symbol}",
        lambda args: Binary(symbol, call("py_between", args[0].tree, args[1].tree), ZERO),
        lambda args: [_alike(args, "compare")],
    )
    row(f"date.{symbol}", lambda args: Binary(symbol, args[0].tree, args[1].tree))


for _symbol in ("<", "<=", ">", ">="):
    _ordered(_symbol)
row("date.==", lambda args: eq(args[0].tree, args[1].tree))
row("date.!=", lambda args: ne(args[0].tree, args[1].tree))
define(
    "py_same_moment",
    ("a", "b"),
    IfElse(eq(eq(zone(_A), text("")), eq(zone(_B), text(""))), eq(call("py_between", _A, _B), ZERO), Lit(False)),
)
row("moment.==", lambda args: call("py_same_moment", args[0].tree, args[1].tree))
row("moment.!=", lambda args: negate(call("py_same_moment", args[0].tree, args[1].tree)))
