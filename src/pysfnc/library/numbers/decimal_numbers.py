"""Finite decimal numbers as sign, digits and exponent, and what arithmetic makes of them; see `library.numbers.decimals`."""

from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Lit, Object, Tree
from pysfnc.library.numbers.decimal_digits import (
    EMPTY_TEXT,
    SHORT,
    digits_text,
    matches,
    piece,
    plain_of,
    without_match,
    zeros,
)
from pysfnc.library.rows.make import ZERO, both, call, choose, either, eq, join, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import add, amp, block, fn, gt, le, length, lt, ne, refs, sub

_A, _B, _C, _D, _E, _K, _M, _N, _P, _R, _S, _T, _X = refs("a b c d e k m n p r s t x")
PRECISION: Final = 28
"""Digits of the context that a program begins with."""
NO_FORM: Final = "this arithmetic of Decimals has no exact form in the machine"
_FAR: Final = Lit(400)
_BOTH_SHORT: Final = both(le(length(_C), SHORT), le(length(_D), SHORT))


def number_of(sign: Tree, digits: Tree, exponent: Tree) -> Tree:
    """A number of its parts."""
    return Object(((text("n"), sign), (text("c"), digits), (text("e"), exponent)))


define(
    "py_dec",
    ("s",),
    # Sign, digits and exponent of a finite number.
    IfElse(matches(_S, "N|I|E[+-][0-9]{6}"), call("error", text(NO_FORM)), call("py_told_parts", _S)),
)

define(
    "py_dec_fixed",
    ("a",),
    # Rounded to the precision of the context.
    block(
        Bind("c", Field(_A, "c")),
        Bind("k", sub(length(_C), Lit(PRECISION))),
        IfElse(
            le(_K, ZERO),
            _A,
            block(
                Bind("d", call("py_dec_cut", _C, _K, text("HALF_EVEN"), Field(_A, "n"))),
                call("py_dec_fixed", number_of(Field(_A, "n"), _D, add(Field(_A, "e"), _K))),
            ),
        ),
    ),
)
define(
    "py_dec_text",
    ("a",),
    call(
        "py_decimal",
        join(
            IfElse(Field(_A, "n"), text("-"), EMPTY_TEXT),
            IfElse(eq(Field(_A, "c"), EMPTY_TEXT), text("0"), Field(_A, "c")),
            text("E"),
            call("string", Field(_A, "e")),
        ),
    ),
)
define(
    "py_dec_aligned",
    ("a", "e"),
    # The digits at an exponent that is not above that of the number.
    IfElse(eq(Field(_A, "c"), EMPTY_TEXT), EMPTY_TEXT, amp(Field(_A, "c"), zeros(sub(Field(_A, "e"), _E)))),
)
define(
    "py_dec_sum",
    ("a", "b"),
    block(
        Bind("e", call("min", Array((Field(_A, "e"), Field(_B, "e"))))),
        IfElse(
            gt(call("abs", sub(Field(_A, "e"), Field(_B, "e"))), _FAR),
            call("error", text(NO_FORM)),
            block(
                Bind("c", call("py_dec_aligned", _A, _E)),
                Bind("d", call("py_dec_aligned", _B, _E)),
                Bind("n", Field(_A, "n")),
                Bind("m", Field(_B, "n")),
                call(
                    "py_dec_text",
                    call(
                        "py_dec_fixed",
                        choose(
                            [
                                (eq(_N, _M), number_of(_N, call("py_dec_plus", _C, _D), _E)),
                                (eq(_C, _D), number_of(Lit(False), EMPTY_TEXT, _E)),
                                (
                                    call("py_dec_less", _C, _D),
                                    number_of(_M, call("py_dec_minus", _D, _C), _E),
                                ),
                            ],
                            number_of(_N, call("py_dec_minus", _C, _D), _E),
                        ),
                    ),
                ),
            ),
        ),
    ),
)
define(
    "py_dec_product",
    ("a", "b"),
    call(
        "py_dec_text",
        call(
            "py_dec_fixed",
            number_of(
                ne(Field(_A, "n"), Field(_B, "n")),
                call("py_dec_times", Field(_A, "c"), Field(_B, "c")),
                add(Field(_A, "e"), Field(_B, "e")),
            ),
        ),
    ),
)
define(
    "py_dec_divided",
    ("c", "m"),
    # The digits c divided by the number m of at most 14: digits and rest.
    call(
        "reduce",
        call("split", _C, EMPTY_TEXT),
        fn(
            "a x",
            block(
                Bind("t", add(Binary("*", Field(_A, "r"), Lit(10)), call("number", _X))),
                Bind("r", Binary("%", _T, _M)),
                Object(
                    (
                        (text("c"), amp(Field(_A, "c"), call("string", Binary("/", sub(_T, _R), _M)))),
                        (text("r"), _R),
                    )
                ),
            ),
        ),
        Object(((text("c"), EMPTY_TEXT), (text("r"), ZERO))),
    ),
)
define(
    "py_dec_stripped",
    ("a", "e"),
    # Without the zeros at the end, as long as the exponent is below e.
    block(
        Bind("c", Field(_A, "c")),
        Bind("k", sub(length(_C), length(IfElse(matches(_C, "0$"), without_match(_C, "0+$"), _C)))),
        Bind("k", call("min", Array((_K, sub(_E, Field(_A, "e")))))),
        number_of(Field(_A, "n"), piece(_C, ZERO, sub(length(_C), _K)), add(Field(_A, "e"), _K)),
    ),
)
define(
    "py_dec_quotient",
    ("a", "b"),
    block(
        Bind("n", ne(Field(_A, "n"), Field(_B, "n"))),
        Bind("e", sub(Field(_A, "e"), Field(_B, "e"))),
        Bind("k", add(sub(length(Field(_B, "c")), length(Field(_A, "c"))), Lit(PRECISION + 1))),
        call(
            "py_dec_text",
            choose(
                [
                    (eq(Field(_A, "c"), EMPTY_TEXT), number_of(_N, EMPTY_TEXT, _E)),
                    (
                        either(gt(length(Field(_B, "c")), Lit(14)), lt(_K, ZERO)),
                        call("error", text(NO_FORM)),
                    ),
                ],
                block(
                    Bind(
                        "s",
                        call("py_dec_divided", amp(Field(_A, "c"), zeros(_K)), call("number", Field(_B, "c"))),
                    ),
                    Bind("c", without_match(Field(_S, "c"), "^0+")),
                    call(
                        "py_dec_fixed",
                        IfElse(
                            eq(Field(_S, "r"), ZERO),
                            call("py_dec_stripped", number_of(_N, _C, sub(_E, _K)), _E),
                            # A rest that is not zero must not look like a half, nor like nothing.
                            number_of(_N, IfElse(matches(_C, "[05]$"), call("py_dec_next", _C), _C), sub(_E, _K)),
                        ),
                    ),
                ),
            ),
        ),
    ),
)
define(
    "py_dec_parted",
    ("a", "b"),
    # Quotient without a fraction, and rest.
    block(
        Bind("e", call("min", Array((Field(_A, "e"), Field(_B, "e"))))),
        Bind("c", call("py_dec_aligned", _A, _E)),
        Bind("d", call("py_dec_aligned", _B, _E)),
        IfElse(
            both(le(call("abs", sub(Field(_A, "e"), Field(_B, "e"))), _FAR), _BOTH_SHORT),
            block(
                Bind("c", plain_of(_C)),
                Bind("d", plain_of(_D)),
                Bind("r", Binary("%", _C, _D)),
                Object(
                    (
                        (
                            text("q"),
                            number_of(
                                ne(Field(_A, "n"), Field(_B, "n")),
                                digits_text(Binary("/", sub(_C, _R), _D)),
                                ZERO,
                            ),
                        ),
                        (text("r"), number_of(Field(_A, "n"), digits_text(_R), _E)),
                    )
                ),
            ),
            call("error", text(NO_FORM)),
        ),
    ),
)
define(
    "py_dec_scaled",
    ("a", "e", "m"),
    # With an exponent, rounded.
    IfElse(
        le(_E, Field(_A, "e")),
        number_of(Field(_A, "n"), call("py_dec_aligned", _A, _E), _E),
        number_of(Field(_A, "n"), call("py_dec_cut", Field(_A, "c"), sub(_E, Field(_A, "e")), _M, Field(_A, "n")), _E),
    ),
)
define(
    "py_dec_rank",
    ("s",),
    # A text that is ordered like the number: the place of the first digit, then the digits, for one below zero the other way round.
    block(
        Bind("a", call("py_dec", _S)),
        Bind("c", Field(_A, "c")),
        Bind("p", add(Lit(5 * 10**7), add(Field(_A, "e"), length(_C)))),
        Bind("d", IfElse(matches(_C, "0$"), without_match(_C, "0+$"), _C)),
        choose(
            [
                (eq(_C, EMPTY_TEXT), text("1")),
                (
                    Field(_A, "n"),
                    join(
                        text("0"),
                        call("pad", call("string", sub(Lit(10**8), _P)), Lit(-9), text("0")),
                        call(
                            "join",
                            call(
                                "map",
                                call("split", _D, EMPTY_TEXT),
                                fn("x", call("string", sub(Lit(9), call("number", _X)))),
                            ),
                        ),
                        text("~"),
                    ),
                ),
            ],
            join(text("2"), call("pad", call("string", _P), Lit(-9), text("0")), _D),
        ),
    ),
)
