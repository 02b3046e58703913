"""Moments beside other forms: in other zones, as seconds since 1970, as texts that are read, and as AWS has them."""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, IfElse, Index, Lit, Ref, Regex, Tree
from pysfnc.library.moments.moments import (
    AT,
    FIRST,
    LAST,
    MILLION,
    MIXED,
    PARTS,
    PLACES,
    Checks,
    date_checks,
    in_range,
    number,
    over,
    piece,
    rest,
    row,
    time_checks,
    times,
    zone,
)
from pysfnc.library.rows.make import ZERO, both, call, eq, join, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Check
from pysfnc.library.rows.shapes import ONE, add, amp, block, ge, gt, le, length, lt, ne, refs, sub
from pysfnc.library.rows.signature import Spec, kind_checks, repr_of, whole
from pysfnc.values.types import STR, Kind

_T, _U, _Z, _X, _S, _N, _R = refs("t u z x s n r")

# Zones, and seconds since 1970


def _in_zone(args: Sequence[Arg]) -> Tree:
    moved = sub(call("py_offset", args[1].tree), call("py_offset", zone(args[0].tree)))
    return call("py_moved", args[0].tree, moved)


row(
    "moment.in_zone",
    lambda args: block(Bind("py_x", _in_zone(args)), call("py_moment", Index(AT, ZERO), Index(AT, ONE), args[1].tree)),
    lambda args: [in_range(args[0].tree, Index(_in_zone(args), ZERO))],
)
define(
    "py_timestamp",
    ("t",),
    block(
        Bind("z", zone(_T)),
        IfElse(
            eq(_Z, text("")),
            add(call("py_seconds", _T), over(call("py_micro", _T), MILLION)),
            over(
                sub(add(times(call("py_seconds", _T), MILLION), call("py_micro", _T)), call("py_offset", _Z)), MILLION
            ),
        ),
    ),
)
row("moment.timestamp", lambda args: call("py_timestamp", args[0].tree))
define("py_trunc", ("x",), IfElse(lt(_X, ZERO), call("ceil", _X), call("floor", _X)))
define(
    "py_since_1970",
    ("x",),
    # Microseconds are rounded half to even, as CPython does with a float.
    block(
        Bind("s", call("py_trunc", _X)),
        Bind("u", call("round", times(sub(_X, _S), MILLION))),
        Bind("r", rest(_U, MILLION)),
        Bind("n", IfElse(lt(_R, ZERO), add(_R, MILLION), _R)),
        Array((add(_S, over(sub(_U, _N), MILLION)), _N)),
    ),
)
_NUMBER_ERROR: Final = "'{}' object cannot be interpreted as an integer"


def _from_seconds(args: Sequence[Arg]) -> Tree:
    return call("py_since_1970", whole(args[0]))


def _from_seconds_checks(args: Sequence[Arg]) -> Sequence[Check]:
    spec = Spec("timestamp", frozenset({Kind.INT, Kind.BOOL, Kind.FLOAT}), _NUMBER_ERROR)
    seconds = Index(_from_seconds(args), ZERO)
    fits = both(ge(seconds, FIRST), le(seconds, LAST))
    return [*kind_checks([spec], args[:1]), Check(fits, "ValueError", text("year is out of range"))]


row(
    "moment.of_timestamp",
    lambda args: block(
        Bind("py_x", _from_seconds(args)),
        Bind("py_t", call("py_moment", Index(AT, ZERO), Index(AT, ONE), text(""))),
        Bind("py_y", call("py_moved", Ref("py_t"), call("py_offset", args[1].tree))),
        call("py_moment", Index(Ref("py_y"), ZERO), Index(Ref("py_y"), ONE), args[1].tree),
    ),
    _from_seconds_checks,
)


# ISO texts

_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONE: Final = r"Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{6})?)?"
_MOMENT: Final = rf"^{_DAY}(?:[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]+)?)?(?:{_ZONE})?)?$"
_MONTH_DAY: Final = "(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_ON_WIRE: Final = rf"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:{_ZONE})?"
define(
    "py_is_date",
    ("t",),
    IfElse(
        call("contains", _T, Regex(f"^[0-9]{{4}}-{_MONTH_DAY}$")),
        both(
            ne(piece(_T, 0, 4), text("0000")),
            le(number(piece(_T, 8, 2)), call("py_month_days", number(piece(_T, 0, 4)), number(piece(_T, 5, 2)))),
        ),
        Lit(False),
    ),
)
define(
    "py_is_moment",
    ("t",),
    # The texts that `pysfnc.lang.shapes` takes for a datetime.
    IfElse(call("contains", _T, Regex(f"^.{{10}}{_ON_WIRE}$")), call("py_is_date", piece(_T, 0, 10)), Lit(False)),
)
_END: Final = rf"(?:{_ZONE})$"
define(
    "py_from_iso",
    ("t",),
    # The form that `isoformat` writes of one of the forms that `fromisoformat` reads.
    block(
        Bind(
            "z",
            IfElse(gt(length(_T), Lit(10)), call("replace", _T, Regex(f"^.*?({_END[:-1]})$"), text("$1")), text("")),
        ),
        Bind("z", IfElse(eq(_Z, _T), text(""), _Z)),
        Bind("x", call("substring", _T, ZERO, sub(length(_T), length(_Z)))),
        Bind(
            "u",
            IfElse(gt(length(_X), Lit(20)), piece(amp(piece(_X, 20), text("000000")), 0, 6), text("000000")),
        ),
        join(
            piece(
                amp(
                    join(piece(_X, 0, 10), text("T"), piece(_X, 11, 8)),
                    call(
                        "substring",
                        text("0000-00-00T00:00:00"),
                        length(join(piece(_X, 0, 10), text("T"), piece(_X, 11, 8))),
                    ),
                ),
                0,
                19,
            ),
            IfElse(eq(_U, text("000000")), text(""), amp(text("."), _U)),
            IfElse(
                Binary("in", _Z, Array((text("Z"), text("-00:00"), text("+00:00:00"), text("-00:00:00")))),
                text("+00:00"),
                _Z,
            ),
        ),
    ),
)


def _iso_checks(pattern: str, kind_error: str, with_time: bool) -> Checks:
    spec = Spec("date_string", frozenset({Kind.STR}), kind_error)

    def checks(args: Sequence[Arg]) -> Sequence[Check]:
        value = args[0].tree
        reads = call("contains", value, Regex(pattern))
        shown = join(text("Invalid isoformat string: "), repr_of(Arg(value, STR)))
        found = [*kind_checks([spec], args), Check(reads, "ValueError", shown)]
        found += date_checks(*(number(piece(value, *PLACES[name])) for name in PARTS[:3]))
        if with_time:
            whole_text = call("py_from_iso", value)
            found += time_checks(*(number(piece(whole_text, *PLACES[name])) for name in PARTS[3:6]))
        return found

    return checks


row(
    "moment.of_iso",
    lambda args: call("py_from_iso", args[0].tree),
    _iso_checks(_MOMENT, "fromisoformat: argument must be str", True),
)
row("date.of_iso", lambda args: args[0].tree, _iso_checks(f"^{_DAY}$", "fromisoformat: argument must be str", False))


# Answers of AWS have ISO texts in UTC, or milliseconds since 1970, and take ISO texts

define(
    "py_of_aws",
    ("t",),
    IfElse(
        eq(call("type", _T), text("number")),
        call("py_from_iso", call("fromMillis", _T)),
        IfElse(eq(_T, Lit(None)), _T, call("py_from_iso", _T)),
    ),
)
row("moment.of_aws", lambda args: call("py_of_aws", args[0].tree))
define(
    "py_to_aws",
    ("t",),
    block(
        Bind("x", call("py_moved", _T, sub(ZERO, call("py_offset", zone(_T))))),
        call("py_moment", Index(_X, ZERO), Index(_X, ONE), text("Z")),
    ),
)


def _instant(name: str, has_zone: bool) -> None:
    """A moment as AWS takes it, after the TypeError of its difference to one of the other sort."""

    def checks(args: Sequence[Arg]) -> Sequence[Check]:
        bare = eq(zone(args[0].tree), text(""))
        return [Check(negate(bare) if has_zone else bare, "TypeError", text(MIXED.format("subtract")))]

    row(f"moment.{name}", lambda args: call("py_to_aws", args[0].tree), checks)


_instant("instant_in_zone", True)
_instant("instant_without_zone", False)
row("moment.to_aws", lambda args: call("py_to_aws", args[0].tree))
