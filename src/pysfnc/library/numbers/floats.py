"""Floats as decimal text and rounded to decimals, exactly as CPython does it, in arithmetic that every engine has.

CPython writes the shortest decimal that reads back as the same float, and rounds by the exact binary value. JSONata
offers neither: `$string` stops at 15 digits and `$round` rounds the decimal text. Here a float is scaled by a power of
ten as the exact sum of two floats (`h + l`; the product of two floats splits into such a sum by Dekker's method), whose
digits can be taken and rounded with the remainder known. `$number` reads decimal text correctly rounded on every engine,
which is how a candidate is verified.

Exact for every finite float but for one thing: beyond 10**39 and below 10**-6 the scaling itself is rounded, to 105
bits, so that the last digit could be wrong if the 13 digits behind it were all 0 or all 9, or a 5 with zeros; it would
still read back as the same float.
"""

from typing import Final

from pysfnc.jsonata.tree import Apply, Binary, Bind, Field, Func, IfElse, Lit, Neg, Object, Ref, Regex, Seq, Tree
from pysfnc.library.rows.make import ZERO, both, call, choose, either, join, text
from pysfnc.library.rows.prelude import define

_ONE: Final = Lit(1)
_HALF: Final = Lit(0.5)
_SMALLEST_NORMAL: Final = Lit(2.3e-308)
_X, _K, _H, _L, _E, _U, _Z, _V = (Ref(name) for name in "xkhleuzv")
_A, _B, _C, _D, _P, _Q, _R, _S, _T, _W, _N = (Ref(name) for name in "abcdpqrstwn")


def _add(left: Tree, right: Tree) -> Tree:
    return Binary("+", left, right)


def _sub(left: Tree, right: Tree) -> Tree:
    return Binary("-", left, right)


def _mul(left: Tree, right: Tree) -> Tree:
    return Binary("*", left, right)


def _div(left: Tree, right: Tree) -> Tree:
    return Binary("/", left, right)


def _mod(left: Tree, right: Tree) -> Tree:
    return Binary("%", left, right)


def _lt(left: Tree, right: Tree) -> Tree:
    return Binary("<", left, right)


def _eq(left: Tree, right: Tree) -> Tree:
    return Binary("=", left, right)


def _do(*steps: Tree | Bind) -> Tree:
    return Seq(steps)


def _sum(high: Tree, low: Tree) -> Tree:
    return Object(((text("h"), high), (text("l"), low)))


def power_of_ten(exponent: Tree) -> Tree:
    """`10**exponent`, correctly rounded; exact from 0 to 22."""
    if isinstance(exponent, Lit) and isinstance(exponent.value, int):
        return Lit(10**exponent.value if exponent.value >= 0 else float(f"1e{exponent.value}"))
    return call("number", Binary("&", text("1e"), exponent))


def digits_of(natural: Tree) -> Tree:
    """The digits of an int up to 2**53; `$string` would stop at 15."""
    return call("formatBase", natural)


_HALF_LENGTH: Final = Lit(100000000)
_LARGEST: Final = "17976931348623158"


def _round_up(rest: Tree, last: Tree) -> Tree:
    """1 if what is cut off is more than a half (`rest` > 0), or a half and the last digit is odd; else 0."""
    up = either(_lt(ZERO, rest), both(_eq(rest, ZERO), Binary("!=", _mod(last, Lit(2)), ZERO)))
    return IfElse(up, _ONE, ZERO)


def _try(cut: int, more: int, orelse: Tree) -> Tree:
    """The digits with `cut` of 17 cut off, if they read back as x; the next larger ones with `more`.

    At a power of two the nearest 16 digits may miss x while the next larger ones, where floats are further apart, do not.
    """
    found = Apply(Ref("f"), (Lit(cut), Lit(more)))
    exponent = _add(_K, Lit(cut))
    return _do(
        Bind("d", found),
        IfElse(call("py_fits", _X, _D, exponent), call("py_digits", _D, exponent), orelse),
    )


def _try_last() -> Tree:
    return call("py_digits", Apply(Ref("f"), (ZERO, ZERO)), _K)


# The product of two floats as the exact sum h + l.
define("py_half", ("a",), _do(Bind("c", _mul(_A, Lit(134217729))), _sub(_C, _sub(_C, _A))))
define(
    "py_product",
    ("a", "b"),
    _do(
        Bind("p", _mul(_A, _B)),
        Bind("h", call("py_half", _A)),
        Bind("k", call("py_half", _B)),
        Bind("l", _sub(_A, _H)),
        Bind("r", _sub(_B, _K)),
        _sum(_P, _add(_add(_add(_sub(_mul(_H, _K), _P), _mul(_H, _R)), _mul(_L, _K)), _mul(_L, _R))),
    ),
)
# (h + l) * 10**k as h + l, exact when l is 0 and k from 0 to 22.
define(
    "py_scaled",
    ("h", "l", "k"),
    choose(
        [
            (_eq(_K, ZERO), _sum(_H, _L)),
            (
                Binary(">", _K, ZERO),
                _do(
                    Bind("n", IfElse(Binary(">", _K, Lit(22)), Lit(22), _K)),
                    Bind("p", power_of_ten(_N)),
                    Bind("d", call("py_product", _H, _P)),
                    Bind("s", _add(Field(_D, "l"), _mul(_L, _P))),
                    Bind("u", _add(Field(_D, "h"), _S)),
                    call("py_scaled", _U, _sub(_S, _sub(_U, Field(_D, "h"))), _sub(_K, _N)),
                ),
            ),
        ],
        _do(
            Bind("n", IfElse(_lt(_K, Lit(-22)), Lit(22), Neg(_K))),
            Bind("p", power_of_ten(_N)),
            Bind("q", _div(_H, _P)),
            Bind("d", call("py_product", _Q, _P)),
            Bind("s", _div(_add(_sub(_sub(_H, Field(_D, "h")), Field(_D, "l")), _L), _P)),
            Bind("u", _add(_Q, _S)),
            call("py_scaled", _U, _sub(_S, _sub(_U, _Q)), _add(_K, _N)),
        ),
    ),
)
# The decimal exponent of x > 0, which lies from a to below b.
define(
    "py_exponent",
    ("x", "a", "b"),
    IfElse(
        _lt(_sub(_B, _A), Lit(2)),
        _A,
        _do(
            Bind("c", call("floor", _div(_add(_A, _B), Lit(2)))),
            IfElse(_lt(_X, power_of_ten(_C)), call("py_exponent", _X, _A, _C), call("py_exponent", _X, _C, _B)),
        ),
    ),
)
# h + l, from 10**16 to 10**17, over 10**z (z from 0 to 7), rounded half to even, plus c, as digits. h is whole.
define(
    "py_rounded",
    ("h", "l", "z", "c"),
    _do(
        Bind("b", _mod(_H, _HALF_LENGTH)),
        Bind("a", _div(_sub(_H, _B), _HALF_LENGTH)),
        Bind("u", power_of_ten(_Z)),
        Bind("r", _mod(_B, _U)),
        Bind("k", call("floor", _div(_add(_R, _L), _U))),
        Bind("q", _add(_div(_sub(_B, _R), _U), _K)),
        # The first sum is exact, so the second has the right sign.
        Bind("w", _add(_sub(_sub(_R, _mul(_K, _U)), _div(_U, Lit(2))), _L)),
        Bind("n", _add(_add(_Q, _C), _round_up(_W, _Q))),
        Bind("d", _div(_HALF_LENGTH, _U)),
        Bind("s", call("floor", _div(_N, _D))),
        Binary(
            "&",
            digits_of(_add(_A, _S)),
            call("pad", digits_of(_sub(_N, _mul(_S, _D))), _sub(_Z, Lit(8)), text("0")),
        ),
    ),
)
# Whether the digits d with the exponent k read back as x. `$number` fails on too large a number, so it does not see one.
define(
    "py_fits",
    ("x", "d", "k"),
    both(
        either(_lt(_add(call("length", _D), _K), Lit(309)), _lt(_D, text(_LARGEST))),
        _eq(call("number", join(_D, text("e"), call("string", _K))), _X),
    ),
)
# The shortest digits d (without zeros at the end) and the exponent e with x = d[0].d[1:] * 10**e, for x > 0.
define(
    "py_shortest",
    ("x",),
    _do(
        Bind("e", call("py_exponent", _X, Lit(-324), Lit(309))),
        Bind(
            "v",
            IfElse(
                _lt(Lit(16), _E),
                # The largest floats would overflow on the way.
                _do(
                    Bind("s", call("py_scaled", _mul(_X, Lit(2.0**-100)), ZERO, _sub(Lit(16), _E))),
                    _sum(_mul(Field(_S, "h"), Lit(2.0**100)), _mul(Field(_S, "l"), Lit(2.0**100))),
                ),
                call("py_scaled", _X, ZERO, _sub(Lit(16), _E)),
            ),
        ),
        Bind("k", _sub(_E, Lit(16))),
        Bind("f", Func(("z", "c"), call("py_rounded", Field(_V, "h"), Field(_V, "l"), _Z, _C))),
        _try(2, 0, _try(1, 0, _try(1, 1, _try_last()))),
    ),
)
define(
    "py_digits",
    ("d", "k"),
    Object(
        (
            (text("d"), call("replace", _D, Regex("0+$"), text(""))),
            (text("e"), _add(_sub(call("length", _D), _ONE), _K)),
        )
    ),
)
define("py_zeros", ("n",), call("pad", text(""), _N, text("0")))
# repr(x) for a float.
define(
    "py_float",
    ("x",),
    choose(
        [
            (_eq(_X, ZERO), text("0.0")),
            (_lt(_X, ZERO), Binary("&", text("-"), call("py_float", Neg(_X)))),
        ],
        _do(
            Bind("t", call("string", _X)),
            IfElse(
                # Up to 15 digits that read back as the same float are the shortest.
                both(
                    _lt(Lit(0.0001), _X),
                    _lt(call("length", _T), Lit(17)),
                    call("contains", _T, Regex("^[0-9]+(\\.[0-9]*[1-9])?$")),
                    _eq(call("number", _T), _X),
                ),
                IfElse(call("contains", _T, text(".")), _T, Binary("&", _T, text(".0"))),
                IfElse(
                    # A float that is not normal has fewer digits.
                    both(_lt(_X, _SMALLEST_NORMAL), _eq(call("number", _T), _X)),
                    call(
                        "py_float_text",
                        call("replace", call("substringBefore", _T, text("e")), text("."), text("")),
                        call("number", call("substringAfter", _T, text("e"))),
                    ),
                    _do(
                        Bind("s", call("py_shortest", _X)),
                        call("py_float_text", Field(_S, "d"), Field(_S, "e")),
                    ),
                ),
            ),
        ),
    ),
)
# The text of a float: digits d, exponent e of the first one.
define(
    "py_float_text",
    ("d", "e"),
    _do(
        Bind("n", call("length", _D)),
        choose(
            [
                (
                    either(_lt(_E, Lit(-4)), _lt(Lit(15), _E)),
                    join(
                        call("substring", _D, ZERO, _ONE),
                        IfElse(_eq(_N, _ONE), text(""), Binary("&", text("."), call("substring", _D, _ONE))),
                        IfElse(_lt(_E, ZERO), text("e-"), text("e+")),
                        call("pad", digits_of(call("abs", _E)), Lit(-2), text("0")),
                    ),
                ),
                (_lt(_E, ZERO), join(text("0."), call("py_zeros", _sub(Neg(_E), _ONE)), _D)),
                (
                    _lt(_E, _sub(_N, _ONE)),
                    join(
                        call("substring", _D, ZERO, _add(_E, _ONE)),
                        text("."),
                        call("substring", _D, _add(_E, _ONE)),
                    ),
                ),
            ],
            join(_D, call("py_zeros", _add(_sub(_E, _N), _ONE)), text(".0")),
        ),
    ),
)
# x from 0 to 2**53 rounded to n decimals (0 to 15), half to even by its exact value: digits, with a point if n > 0.
define(
    "py_decimals",
    ("x", "n"),
    _do(
        Bind("a", call("floor", _X)),
        Bind("p", power_of_ten(_N)),
        Bind("d", call("py_product", _sub(_X, _A), _P)),
        Bind("k", call("floor", Field(_D, "h"))),
        Bind("w", _add(_sub(_sub(Field(_D, "h"), _K), _HALF), Field(_D, "l"))),
        Bind("k", _add(_K, _round_up(_W, IfElse(_eq(_N, ZERO), _A, _K)))),
        Bind("a", IfElse(_lt(_K, _P), _A, _add(_A, _ONE))),
        IfElse(
            _eq(_N, ZERO),
            digits_of(_A),
            join(
                digits_of(_A),
                text("."),
                call("pad", digits_of(IfElse(_lt(_K, _P), _K, ZERO)), Neg(_N), text("0")),
            ),
        ),
    ),
)
