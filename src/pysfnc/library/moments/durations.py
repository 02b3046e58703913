"""`timedelta`: in the machine the number of its microseconds, up to 2^53 of them (285 years)."""

from collections.abc import Sequence
from functools import reduce
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, IfElse, Index, Lit, Tree
from pysfnc.library.moments.moments import MILLION, Checks, fits_number, over, rest, row, times
from pysfnc.library.rows.make import ZERO, call, eq, join, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Check
from pysfnc.library.rows.shapes import ONE, add, block, fn, gt, lt, ne, refs, sub
from pysfnc.library.rows.signature import WHOLE_ERROR, Spec, kind_checks, whole
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind

_X, _N, _Q, _R, _A, _F, _V, _I, _G, _L, _W, _D = refs("x n q r a f v i g l w d")
DAY: Final = Lit(86_400_000_000)
UNITS: Final = {
    "microseconds": 1,
    "milliseconds": 1000,
    "seconds": 1_000_000,
    "minutes": 60_000_000,
    "hours": 3_600_000_000,
    "days": 86_400_000_000,
    "weeks": 604_800_000_000,
}
"""In the order in which CPython adds them up."""
NUMBERS: Final = frozenset({Kind.INT, Kind.BOOL, Kind.FLOAT})

define(
    "py_whole",
    ("x", "n"),
    # x // n of integers: the remainder is exact, and so is the quotient of what it leaves.
    block(
        Bind("r", rest(_X, _N)),
        Bind("q", IfElse(lt(times(_R, _N), ZERO), add(_R, _N), _R)),
        over(sub(_X, _Q), _N),
    ),
)
define("py_left", ("x", "n"), sub(_X, times(call("py_whole", _X, _N), _N)))
define(
    "py_nearest",
    ("x", "n"),
    # x / n of integers, rounded half to even.
    block(
        Bind("q", call("py_whole", _X, _N)),
        Bind("r", times(Lit(2), call("abs", sub(_X, times(_Q, _N))))),
        Bind("d", call("abs", _N)),
        IfElse(gt(_R, _D), add(_Q, ONE), IfElse(eq(_R, _D), add(_Q, call("abs", rest(_Q, Lit(2)))), _Q)),
    ),
)
define(
    "py_duration",
    ("a", "f"),
    # Numbers and the microseconds in each, as CPython adds them up: parts of microseconds are added for themselves, and rounded at the end.
    block(
        Bind(
            "x",
            call(
                "sum",
                call(
                    "map",
                    _A,
                    fn(
                        "v i",
                        block(
                            Bind("n", call("py_trunc", _V)),
                            add(times(_N, Index(_F, _I)), call("py_trunc", times(sub(_V, _N), Index(_F, _I)))),
                        ),
                    ),
                ),
            ),
        ),
        Bind(
            "l",
            call(
                "sum",
                call(
                    "map",
                    _A,
                    fn(
                        "v i",
                        block(
                            Bind("g", times(sub(_V, call("py_trunc", _V)), Index(_F, _I))),
                            sub(_G, call("py_trunc", _G)),
                        ),
                    ),
                ),
            ),
        ),
        Bind("w", call("round", _L)),
        IfElse(
            eq(call("abs", sub(_W, _L)), Lit(0.5)),
            add(_X, IfElse(eq(rest(add(_X, _W), Lit(2)), ZERO), _W, sub(times(Lit(2), _L), _W))),
            add(_X, _W),
        ),
    ),
)
define(
    "py_duration_text",
    ("x",),
    block(
        Bind("d", call("py_whole", _X, DAY)),
        Bind("r", sub(_X, times(_D, DAY))),
        Bind("n", call("py_whole", _R, MILLION)),
        join(
            IfElse(
                eq(_D, ZERO),
                text(""),
                join(call("string", _D), IfElse(eq(call("abs", _D), ONE), text(" day, "), text(" days, "))),
            ),
            call("string", call("floor", over(_N, Lit(3600)))),
            text(":"),
            call("py_two", rest(call("floor", over(_N, Lit(60))), Lit(60))),
            text(":"),
            call("py_two", rest(_N, Lit(60))),
            call("py_fraction", rest(_R, MILLION)),
        ),
    ),
)


def _units(args: Sequence[Arg]) -> list[str]:
    """The names of units, which stand behind their numbers as constants."""
    return [str(arg.tree.value) for arg in args[1::2] if isinstance(arg.tree, Lit)]


def _amount(args: Sequence[Arg]) -> Tree:
    names, numbers = _units(args), [whole(arg) for arg in args[::2]]
    if all(kinds(arg.type) <= {Kind.INT, Kind.BOOL} for arg in args[::2]):
        return reduce(add, [times(part, Lit(UNITS[name])) for part, name in zip(numbers, names, strict=True)])
    return call("py_duration", Array(tuple(numbers)), Array(tuple(Lit(UNITS[name]) for name in names)))


def _amount_checks(args: Sequence[Arg]) -> Sequence[Check]:
    specs = [Spec(name, NUMBERS, f"unsupported type for timedelta {name} component: {{}}") for name in _units(args)]
    return [*kind_checks(specs, args[::2]), fits_number(_amount(args))]


row("duration.make", lambda args: args[0].tree)
row("duration.sum", _amount, _amount_checks)


def _summed(op: str, symbol: str) -> None:
    def lower(args: Sequence[Arg]) -> Tree:
        return Binary(symbol, whole(args[0]), whole(args[1]))

    row(op, lower, lambda args: [fits_number(lower(args))])


_summed("duration.+", "+")
_summed("duration.-", "-")
_summed("duration.*", "*")


def _not_zero(message: str) -> Checks:
    return lambda args: [Check(ne(whole(args[1]), ZERO), "ZeroDivisionError", text(message))]


_BY_ZERO: Final = _not_zero("integer division or modulo by zero")
row("duration.ratio", lambda args: over(args[0].tree, args[1].tree), _not_zero("division by zero"))
row("duration.//", lambda args: call("py_whole", args[0].tree, whole(args[1])), _BY_ZERO)
row("duration.%", lambda args: call("py_left", args[0].tree, args[1].tree), _BY_ZERO)
row("duration./", lambda args: call("py_nearest", args[0].tree, whole(args[1])), _BY_ZERO)
row(
    "duration.total",
    lambda args: add(call("sum", args[0].tree), args[1].tree),
    lambda args: [fits_number(add(call("sum", args[0].tree), args[1].tree))],
)
row("duration.neg", lambda args: sub(ZERO, args[0].tree))
row("duration.abs", lambda args: call("abs", args[0].tree))
row("duration.days", lambda args: call("py_whole", args[0].tree, DAY))
row("duration.seconds", lambda args: call("py_whole", call("py_left", args[0].tree, DAY), MILLION))
row("duration.microseconds", lambda args: call("py_left", args[0].tree, MILLION))
row("duration.total_seconds", lambda args: over(args[0].tree, MILLION))
row("duration.text", lambda args: call("py_duration_text", args[0].tree))


def _compared(symbol: str) -> None:
    made = "=" if symbol == "==" else symbol
    row(f"duration.{symbol}", lambda args: Binary(made, args[0].tree, args[1].tree))


for _symbol in ("<", "<=", ">", ">=", "==", "!="):
    _compared(_symbol)
row("duration.true", lambda args: ne(args[0].tree, ZERO))


# The lengths of `time.sleep`, which are numbers of seconds

_LENGTH: Final = Spec("seconds", NUMBERS, WHOLE_ERROR)
row("sleep.seconds", lambda args: args[0].tree, lambda args: kind_checks([_LENGTH], args))
