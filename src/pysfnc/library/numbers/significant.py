"""Numbers with so many significant digits, rounded half to even by their exact value: the presentations `e` and `g`.

A float is a whole number times a power of two, and so a whole number over a power of ten: its decimal digits are finite. They are computed
as limbs of seven digits, all of them, so that the last one that is shown is right.
"""

from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Lit, Object, Ref, Regex, Seq, Tree
from pysfnc.library.numbers.floats import digits_of, power_of_ten
from pysfnc.library.rows.make import ZERO, both, call, choose, either, eq, join, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import ONE, add, block, fn, ge, gt, length, lt, sub

_X, _E, _N, _D, _P, _S, _H, _T, _K, _R, _L, _M = (Ref(name) for name in "xendpshtkrlm")
_LIMB: Final = Lit(10**7)


def _part(string: Tree, *bounds: Tree) -> Tree:
    return call("substring", string, *bounds)


def _limbs(x: Tree) -> Tree:
    """A whole number below 10**21 as three limbs, the lowest first."""
    return Array(
        (
            Binary("%", x, _LIMB),
            Binary("%", call("floor", Binary("/", x, _LIMB)), _LIMB),
            call("floor", Binary("/", x, Lit(10**14))),
        )
    )


# x * 2**e for an int x, as limbs.
define(
    "py_limbs",
    ("x", "e"),
    IfElse(
        lt(_X, Lit(2**53)),
        call("py_multiplied", _limbs(_X), Lit(2), _E, Lit(20)),
        call("py_limbs", Binary("/", _X, Lit(2)), add(_E, ONE)),
    ),
)
# Limbs times b**e, at most b**m at a time: a limb times that, and what is carried, stays below 2**53.
define(
    "py_multiplied",
    ("d", "b", "e", "m"),
    IfElse(
        eq(_E, ZERO),
        _D,
        block(
            Bind("n", IfElse(lt(_E, _M), _E, _M)),
            Bind("p", call("power", Ref("b"), _N)),
            Bind(
                "s",
                call(
                    "reduce",
                    _D,
                    fn("a x", call("py_carry", Ref("a"), Binary("*", _X, _P))),
                    Object(((text("d"), Array(())), (text("c"), ZERO))),
                ),
            ),
            Bind("d", IfElse(gt(Field(_S, "c"), ZERO), call("append", Field(_S, "d"), Field(_S, "c")), Field(_S, "d"))),
            call("py_multiplied", _D, Ref("b"), sub(_E, _N), _M),
        ),
    ),
)
define(
    "py_carry",
    ("a", "x"),
    Seq(
        (
            Bind("t", Binary("+", _X, Field(Ref("a"), "c"))),
            Object(
                (
                    (text("d"), call("append", Field(Ref("a"), "d"), Binary("%", _T, _LIMB))),
                    (text("c"), call("floor", Binary("/", _T, _LIMB))),
                )
            ),
        )
    ),
)
# The digits of x > 0, and how many of them stand behind the point: x * 2**e is made whole, then multiplied by 5**e.
define(
    "py_all_digits",
    ("x", "e"),
    choose(
        [
            (
                ge(_X, Lit(2**53)),
                block(
                    Bind("d", call("py_text_of_limbs", call("py_limbs", _X, ZERO))),
                    Object(((text("d"), _D), (text("k"), ZERO))),
                ),
            ),
            (lt(_X, Lit(2**32)), call("py_all_digits", Binary("*", _X, Lit(2**20)), add(_E, Lit(20)))),
            (
                Binary("!=", call("floor", _X), _X),
                call("py_all_digits", Binary("*", _X, Lit(2)), add(_E, ONE)),
            ),
        ],
        block(
            Bind("l", call("py_multiplied", _limbs(_X), Lit(5), _E, Lit(9))),
            Object(((text("d"), call("py_text_of_limbs", _L)), (text("k"), _E))),
        ),
    ),
)
define(
    "py_text_of_limbs",
    ("d",),
    call(
        "replace",
        call(
            "join",
            call("map", call("reverse", _D), fn("x", call("pad", digits_of(_X), Lit(-7), text("0")))),
        ),
        Regex("^0+"),
        text(""),
    ),
)
# n significant digits of x >= 0 as a text d, with the power of ten k of the first.
define(
    "py_significant",
    ("x", "n"),
    IfElse(
        eq(_X, ZERO),
        Object(((text("d"), call("pad", text("0"), _N, text("0"))), (text("k"), ZERO))),
        block(
            Bind("s", call("py_all_digits", _X, ZERO)),
            Bind("d", Field(_S, "d")),
            Bind("k", sub(sub(length(_D), ONE), Field(_S, "k"))),
            Bind("h", call("number", _part(_D, ZERO, _N))),
            Bind("t", _part(_D, _N)),
            Bind("r", _part(_D, _N, ONE)),
            IfElse(
                Binary("<=", length(_D), _N),
                Object(((text("d"), call("pad", _D, _N, text("0"))), (text("k"), _K))),
                block(
                    Bind(
                        "h",
                        IfElse(
                            either(
                                gt(_R, text("5")),
                                both(
                                    eq(_R, text("5")),
                                    either(
                                        call("contains", _part(_T, ONE), Regex("[1-9]")),
                                        eq(Binary("%", _H, Lit(2)), ONE),
                                    ),
                                ),
                            ),
                            add(_H, ONE),
                            _H,
                        ),
                    ),
                    Bind("l", eq(_H, power_of_ten(_N))),
                    Object(
                        (
                            (text("d"), _part(digits_of(_H), ZERO, _N)),
                            (text("k"), IfElse(_L, add(_K, ONE), _K)),
                        )
                    ),
                ),
            ),
        ),
    ),
)
# The digits d with a point behind the first, and the power of ten.
define(
    "py_scientific",
    ("d", "k"),
    join(
        _part(_D, ZERO, ONE),
        IfElse(gt(length(_D), ONE), join(text("."), _part(_D, ONE)), text("")),
        IfElse(lt(_K, ZERO), text("e-"), text("e+")),
        call("pad", digits_of(call("abs", _K)), Lit(-2), text("0")),
    ),
)
# The digits of x without zeros at the end, with an exponent if it is below -4, or not below e; s: what stands behind a whole number.
define(
    "py_general",
    ("x", "n", "e", "s"),
    block(
        Bind("r", call("py_significant", _X, _N)),
        Bind("k", Field(_R, "k")),
        Bind("d", call("replace", Field(_R, "d"), Regex("(?!^)0+$"), text(""))),
        Bind("d", IfElse(eq(_D, text("")), text("0"), _D)),
        choose(
            [
                (either(lt(_K, Lit(-4)), ge(_K, _E)), call("py_scientific", _D, _K)),
                (
                    lt(_K, ZERO),
                    join(text("0."), call("pad", text(""), sub(sub(ZERO, _K), ONE), text("0")), _D),
                ),
                (
                    gt(length(_D), add(_K, ONE)),
                    join(_part(_D, ZERO, add(_K, ONE)), text("."), _part(_D, add(_K, ONE))),
                ),
            ],
            join(call("pad", _D, add(_K, ONE), text("0")), _S),
        ),
    ),
)


def scientific(value: Tree, precision: Tree) -> Tree:
    """`e`: the absolute value with so many digits behind the point."""
    return call("py_shown_scientific", value, precision)


define(
    "py_shown_scientific",
    ("x", "n"),
    block(Bind("r", call("py_significant", _X, add(_N, ONE))), call("py_scientific", Field(_R, "d"), Field(_R, "k"))),
)


def general(value: Tree, precision: Tree) -> Tree:
    """`g`: the absolute value with so many digits, at least one, in the shorter of two forms."""
    digits = _at_least_one(precision)
    return call("py_general", value, digits, digits, text(""))


def default(value: Tree, precision: Tree) -> Tree:
    """A float with a precision and no presentation: like `g`, but seen to be a float."""
    digits = _at_least_one(precision)
    threshold = Lit(digits.value - 1) if isinstance(digits, Lit) and isinstance(digits.value, int) else sub(digits, ONE)
    return call("py_general", value, digits, threshold, text(".0"))


def _at_least_one(precision: Tree) -> Tree:
    if isinstance(precision, Lit):
        return Lit(1) if precision == ZERO else precision
    return IfElse(lt(precision, ONE), ONE, precision)
