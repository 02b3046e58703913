"""Whole numbers as the texts of their digits without leading zeros: sums, products and rounding of any number of digits.

Up to 15 digits a float computes with them; beyond that it is computed in limbs of seven digits. The functions are those of `decimals`.
"""

from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Index, Lit, Neg, Object, Range, Regex, Tree
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import ZERO, both, call, choose, either, eq, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import ONE, add, amp, block, fn, le, length, lt, mapped, refs, sub

_A, _C, _D, _F, _I, _K, _M, _N, _P, _S, _T, _V, _X, _Y = refs("a c d f i k m n p s t v x y")
SHORT: Final = Lit(15)
"""How many digits a float computes with."""
EMPTY_TEXT: Final = text("")
MODES: Final = ("HALF_EVEN", "HALF_UP", "HALF_DOWN", "UP", "DOWN", "CEILING", "FLOOR", "05UP")
"""The rounding modes of `decimal` without their `ROUND_`."""
_LIMB: Final = Lit(10**7)


def matches(value: Tree, pattern: str) -> Tree:
    """Whether a pattern is found in a text."""
    return call("contains", value, Regex(pattern))


def without_match(value: Tree, pattern: str) -> Tree:
    """A text without what a pattern finds."""
    return call("replace", value, Regex(pattern), EMPTY_TEXT)


def zeros(amount: Tree) -> Tree:
    """So many zeros."""
    return call("pad", EMPTY_TEXT, amount, text("0"))


def piece(string: Tree, *bounds: Tree) -> Tree:
    """Part of a text, from a place on, of a length."""
    return call("substring", string, *bounds)


define(
    "py_dec_limbs",
    ("c", "n"),
    mapped(
        Range(ONE, _N),
        "i",
        call(
            "number",
            piece(call("pad", _C, Neg(Binary("*", _N, Lit(7))), text("0")), Binary("*", sub(_N, _I), Lit(7)), Lit(7)),
        ),
    ),
)
define("py_dec_size", ("c",), call("ceil", Binary("/", length(_C), Lit(7))))
define(
    "py_dec_carry",
    ("a", "x"),
    block(
        Bind("t", add(_X, Field(_A, "c"))),
        Bind("f", call("floor", Binary("/", _T, _LIMB))),
        Object(
            (
                (text("c"), _F),
                (
                    text("d"),
                    amp(
                        call("pad", digits_of(sub(_T, Binary("*", _F, _LIMB))), Lit(-7), text("0")),
                        Field(_A, "d"),
                    ),
                ),
            )
        ),
    ),
)
_START: Final = Object(((text("c"), ZERO), (text("d"), EMPTY_TEXT)))


def _carried(columns: Tree, column: Tree) -> Tree:
    """The digits of columns of limbs, the lowest first; `column` is that of `i`."""
    return block(
        Bind("s", call("reduce", columns, fn("a i", call("py_dec_carry", _A, column)), _START)),
        without_match(amp(digits_of(Field(_S, "c")), Field(_S, "d")), "^0+"),
    )


def _columns(symbol: str) -> Tree:
    at = sub(_I, ONE)
    return block(
        Bind("n", call("max", Array((call("py_dec_size", _C), call("py_dec_size", _D))))),
        Bind("x", call("py_dec_limbs", _C, _N)),
        Bind("y", call("py_dec_limbs", _D, _N)),
        _carried(Range(ONE, _N), Binary(symbol, Index(_X, at), Index(_Y, at))),
    )


def plain_of(value: Tree) -> Tree:
    return IfElse(eq(value, EMPTY_TEXT), ZERO, call("number", value))


def digits_text(number: Tree) -> Tree:
    """The digits of an int below 2**53, none for zero."""
    return block(Bind("v", number), IfElse(eq(_V, ZERO), EMPTY_TEXT, digits_of(_V)))


_BOTH_SHORT: Final = both(le(length(_C), SHORT), le(length(_D), SHORT))
define(
    "py_dec_plus",
    ("c", "d"),
    IfElse(_BOTH_SHORT, digits_text(add(plain_of(_C), plain_of(_D))), _columns("+")),
)
# c - d of c >= d.
define(
    "py_dec_minus",
    ("c", "d"),
    IfElse(_BOTH_SHORT, digits_text(sub(plain_of(_C), plain_of(_D))), _columns("-")),
)
define(
    "py_dec_times",
    ("c", "d"),
    choose(
        [
            (either(eq(_C, EMPTY_TEXT), eq(_D, EMPTY_TEXT)), EMPTY_TEXT),
            (le(add(length(_C), length(_D)), SHORT), digits_text(Binary("*", plain_of(_C), plain_of(_D)))),
        ],
        block(
            Bind("n", call("py_dec_size", _C)),
            Bind("m", call("py_dec_size", _D)),
            Bind("x", call("py_dec_limbs", _C, _N)),
            Bind("y", call("py_dec_limbs", _D, _M)),
            _carried(
                Range(ONE, sub(add(_N, _M), ONE)),
                call(
                    "sum",
                    mapped(
                        Range(
                            call("max", Array((ZERO, sub(_I, _M)))),
                            sub(call("min", Array((_I, _N))), ONE),
                        ),
                        "k",
                        Binary("*", Index(_X, _K), Index(_Y, sub(sub(_I, ONE), _K))),
                    ),
                ),
            ),
        ),
    ),
)
# Whether c < d.
define(
    "py_dec_less",
    ("c", "d"),
    IfElse(eq(length(_C), length(_D)), lt(_C, _D), lt(length(_C), length(_D))),
)
# c + 1: the nines at its end become zeros.
define(
    "py_dec_next",
    ("c",),
    block(
        Bind("t", IfElse(matches(_C, "9$"), without_match(_C, "9+$"), _C)),
        Bind("k", sub(length(_T), ONE)),
        amp(
            IfElse(
                eq(_T, EMPTY_TEXT),
                text("1"),
                amp(piece(_T, ZERO, _K), call("string", add(call("number", piece(_T, _K)), ONE))),
            ),
            zeros(sub(length(_C), length(_T))),
        ),
    ),
)


def _up(mode: Tree, negative: Tree) -> Tree:
    """Whether what is cut off (`t`) makes the digits in front (`c`) one more."""
    more, some = matches(_T, "^([6-9]|50*[1-9])"), matches(_T, "[1-9]")
    ways = {
        "HALF_EVEN": either(more, both(matches(_T, "^50*$"), matches(_C, "[13579]$"))),
        "HALF_UP": matches(_T, "^[5-9]"),
        "HALF_DOWN": more,
        "UP": some,
        "CEILING": both(some, negate(negative)),
        "FLOOR": both(some, negative),
        "05UP": both(some, either(matches(_C, "[05]$"), eq(_C, EMPTY_TEXT))),
    }
    return choose([(eq(mode, text(name)), way) for name, way in ways.items()], Lit(False))


# The digits c without the last k of them, rounded; n: whether the number is below zero.
define(
    "py_dec_cut",
    ("c", "k", "m", "n"),
    block(
        Bind("p", call("pad", _C, Neg(_K), text("0"))),
        Bind("t", piece(_P, sub(length(_P), _K))),
        Bind("c", piece(_P, ZERO, sub(length(_P), _K))),
        IfElse(_up(_M, _N), IfElse(eq(_C, EMPTY_TEXT), text("1"), call("py_dec_next", _C)), _C),
    ),
)
