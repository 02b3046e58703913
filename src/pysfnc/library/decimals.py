"""Arithmetic of `Decimal`, on the texts that `str()` gives: exact, rounded to 28 digits, half to even, as the context of a new Python thread has it.

A coefficient is the text of its digits without leading zeros, so that any number of them is exact. Up to 15 digits a float computes with it; beyond
that it is computed in limbs of seven digits. Infinities and NaN have no arithmetic here, nor has a divisor of more than 14 digits: the execution
fails (LIM-77).
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Index, Lit, Neg, Object, Range, Regex, Tree
from pysfnc.library.floats import digits_of
from pysfnc.library.format_specs import parse
from pysfnc.library.formats import aligned
from pysfnc.library.lists import item_type
from pysfnc.library.make import ZERO, both, call, choose, either, eq, join, negate, text, type_of
from pysfnc.library.prelude import define
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, Check, PrimRow
from pysfnc.library.shapes import ONE, add, amp, block, fn, gt, le, length, lt, mapped, ne, refs, sub
from pysfnc.values.types import STR, Kind, Type, kinds, without_kinds

_A, _B, _C, _D, _E, _F, _G, _I, _K, _M, _N, _P, _R, _S, _T, _V, _X, _Y = refs("a b c d e f g i k m n p r s t v x y")
PRECISION: Final = 28
_LIMB: Final = Lit(10**7)
_SHORT: Final = Lit(15)
_FAR: Final = Lit(400)
_NO_FORM: Final = "this arithmetic of Decimals has no exact form in the machine"
_EMPTY: Final = text("")
MODES: Final = ("HALF_EVEN", "HALF_UP", "HALF_DOWN", "UP", "DOWN", "CEILING", "FLOOR", "05UP")
"""The rounding modes of `decimal` without their `ROUND_`."""


def _has(value: Tree, pattern: str) -> Tree:
    return call("contains", value, Regex(pattern))


def _without(value: Tree, pattern: str) -> Tree:
    return call("replace", value, Regex(pattern), _EMPTY)


def _zeros(amount: Tree) -> Tree:
    return call("pad", _EMPTY, amount, text("0"))


def _part(string: Tree, *bounds: Tree) -> Tree:
    return call("substring", string, *bounds)


def _number(sign: Tree, digits: Tree, exponent: Tree) -> Tree:
    return Object(((text("n"), sign), (text("c"), digits), (text("e"), exponent)))


define(
    "py_dec",
    ("s",),
    # Sign, digits and exponent of a finite number.
    IfElse(_has(_S, "N|I|E[+-][0-9]{6}"), call("error", text(_NO_FORM)), call("py_told_parts", _S)),
)

# Texts of digits

define(
    "py_dec_limbs",
    ("c", "n"),
    mapped(
        Range(ONE, _N),
        "i",
        call(
            "number",
            _part(call("pad", _C, Neg(Binary("*", _N, Lit(7))), text("0")), Binary("*", sub(_N, _I), Lit(7)), Lit(7)),
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
_START: Final = Object(((text("c"), ZERO), (text("d"), _EMPTY)))


def _carried(columns: Tree, column: Tree) -> Tree:
    """The digits of columns of limbs, the lowest first; `column` is that of `i`."""
    return block(
        Bind("s", call("reduce", columns, fn("a i", call("py_dec_carry", _A, column)), _START)),
        _without(amp(digits_of(Field(_S, "c")), Field(_S, "d")), "^0+"),
    )


def _columns(symbol: str) -> Tree:
    at = sub(_I, ONE)
    return block(
        Bind("n", call("max", Array((call("py_dec_size", _C), call("py_dec_size", _D))))),
        Bind("x", call("py_dec_limbs", _C, _N)),
        Bind("y", call("py_dec_limbs", _D, _N)),
        _carried(Range(ONE, _N), Binary(symbol, Index(_X, at), Index(_Y, at))),
    )


def _plain(value: Tree) -> Tree:
    return IfElse(eq(value, _EMPTY), ZERO, call("number", value))


def _digits(number: Tree) -> Tree:
    """The digits of an int below 2**53, none for zero."""
    return block(Bind("v", number), IfElse(eq(_V, ZERO), _EMPTY, digits_of(_V)))


_BOTH_SHORT: Final = both(le(length(_C), _SHORT), le(length(_D), _SHORT))
define(
    "py_dec_plus",
    ("c", "d"),
    IfElse(_BOTH_SHORT, _digits(add(_plain(_C), _plain(_D))), _columns("+")),
)
# c - d of c >= d.
define(
    "py_dec_minus",
    ("c", "d"),
    IfElse(_BOTH_SHORT, _digits(sub(_plain(_C), _plain(_D))), _columns("-")),
)
define(
    "py_dec_times",
    ("c", "d"),
    choose(
        [
            (either(eq(_C, _EMPTY), eq(_D, _EMPTY)), _EMPTY),
            (le(add(length(_C), length(_D)), _SHORT), _digits(Binary("*", _plain(_C), _plain(_D)))),
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
        Bind("t", IfElse(_has(_C, "9$"), _without(_C, "9+$"), _C)),
        Bind("k", sub(length(_T), ONE)),
        amp(
            IfElse(
                eq(_T, _EMPTY),
                text("1"),
                amp(_part(_T, ZERO, _K), call("string", add(call("number", _part(_T, _K)), ONE))),
            ),
            _zeros(sub(length(_C), length(_T))),
        ),
    ),
)


def _up(mode: Tree, negative: Tree) -> Tree:
    """Whether what is cut off (`t`) makes the digits in front (`c`) one more."""
    more, some = _has(_T, "^([6-9]|50*[1-9])"), _has(_T, "[1-9]")
    ways = {
        "HALF_EVEN": either(more, both(_has(_T, "^50*$"), _has(_C, "[13579]$"))),
        "HALF_UP": _has(_T, "^[5-9]"),
        "HALF_DOWN": more,
        "UP": some,
        "CEILING": both(some, negate(negative)),
        "FLOOR": both(some, negative),
        "05UP": both(some, either(_has(_C, "[05]$"), eq(_C, _EMPTY))),
    }
    return choose([(eq(mode, text(name)), way) for name, way in ways.items()], Lit(False))


# The digits c without the last k of them, rounded; n: whether the number is below zero.
define(
    "py_dec_cut",
    ("c", "k", "m", "n"),
    block(
        Bind("p", call("pad", _C, Neg(_K), text("0"))),
        Bind("t", _part(_P, sub(length(_P), _K))),
        Bind("c", _part(_P, ZERO, sub(length(_P), _K))),
        IfElse(_up(_M, _N), IfElse(eq(_C, _EMPTY), text("1"), call("py_dec_next", _C)), _C),
    ),
)

# Numbers

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
                call("py_dec_fixed", _number(Field(_A, "n"), _D, add(Field(_A, "e"), _K))),
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
            IfElse(Field(_A, "n"), text("-"), _EMPTY),
            IfElse(eq(Field(_A, "c"), _EMPTY), text("0"), Field(_A, "c")),
            text("E"),
            call("string", Field(_A, "e")),
        ),
    ),
)
define(
    "py_dec_aligned",
    ("a", "e"),
    # The digits at an exponent that is not above that of the number.
    IfElse(eq(Field(_A, "c"), _EMPTY), _EMPTY, amp(Field(_A, "c"), _zeros(sub(Field(_A, "e"), _E)))),
)
define(
    "py_dec_sum",
    ("a", "b"),
    block(
        Bind("e", call("min", Array((Field(_A, "e"), Field(_B, "e"))))),
        IfElse(
            gt(call("abs", sub(Field(_A, "e"), Field(_B, "e"))), _FAR),
            call("error", text(_NO_FORM)),
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
                                (eq(_N, _M), _number(_N, call("py_dec_plus", _C, _D), _E)),
                                (eq(_C, _D), _number(Lit(False), _EMPTY, _E)),
                                (
                                    call("py_dec_less", _C, _D),
                                    _number(_M, call("py_dec_minus", _D, _C), _E),
                                ),
                            ],
                            _number(_N, call("py_dec_minus", _C, _D), _E),
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
            _number(
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
        call("split", _C, _EMPTY),
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
        Object(((text("c"), _EMPTY), (text("r"), ZERO))),
    ),
)
define(
    "py_dec_stripped",
    ("a", "e"),
    # Without the zeros at the end, as long as the exponent is below e.
    block(
        Bind("c", Field(_A, "c")),
        Bind("k", sub(length(_C), length(IfElse(_has(_C, "0$"), _without(_C, "0+$"), _C)))),
        Bind("k", call("min", Array((_K, sub(_E, Field(_A, "e")))))),
        _number(Field(_A, "n"), _part(_C, ZERO, sub(length(_C), _K)), add(Field(_A, "e"), _K)),
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
                    (eq(Field(_A, "c"), _EMPTY), _number(_N, _EMPTY, _E)),
                    (
                        either(gt(length(Field(_B, "c")), Lit(14)), lt(_K, ZERO)),
                        call("error", text(_NO_FORM)),
                    ),
                ],
                block(
                    Bind(
                        "s",
                        call("py_dec_divided", amp(Field(_A, "c"), _zeros(_K)), call("number", Field(_B, "c"))),
                    ),
                    Bind("c", _without(Field(_S, "c"), "^0+")),
                    call(
                        "py_dec_fixed",
                        IfElse(
                            eq(Field(_S, "r"), ZERO),
                            call("py_dec_stripped", _number(_N, _C, sub(_E, _K)), _E),
                            # A rest that is not zero must not look like a half, nor like nothing.
                            _number(_N, IfElse(_has(_C, "[05]$"), call("py_dec_next", _C), _C), sub(_E, _K)),
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
                Bind("c", _plain(_C)),
                Bind("d", _plain(_D)),
                Bind("r", Binary("%", _C, _D)),
                Object(
                    (
                        (
                            text("q"),
                            _number(
                                ne(Field(_A, "n"), Field(_B, "n")),
                                _digits(Binary("/", sub(_C, _R), _D)),
                                ZERO,
                            ),
                        ),
                        (text("r"), _number(Field(_A, "n"), _digits(_R), _E)),
                    )
                ),
            ),
            call("error", text(_NO_FORM)),
        ),
    ),
)
define(
    "py_dec_scaled",
    ("a", "e", "m"),
    # With an exponent, rounded.
    IfElse(
        le(_E, Field(_A, "e")),
        _number(Field(_A, "n"), call("py_dec_aligned", _A, _E), _E),
        _number(Field(_A, "n"), call("py_dec_cut", Field(_A, "c"), sub(_E, Field(_A, "e")), _M, Field(_A, "n")), _E),
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
        Bind("d", IfElse(_has(_C, "0$"), _without(_C, "0+$"), _C)),
        choose(
            [
                (eq(_C, _EMPTY), text("1")),
                (
                    Field(_A, "n"),
                    join(
                        text("0"),
                        call("pad", call("string", sub(Lit(10**8), _P)), Lit(-9), text("0")),
                        call(
                            "join",
                            call(
                                "map",
                                call("split", _D, _EMPTY),
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


# Operations

_UNDEFINED: Final = text("[<class 'decimal.DivisionUndefined'>]")
_INVALID: Final = text("[<class 'decimal.InvalidOperation'>]")
_BY_ZERO: Final = text("[<class 'decimal.DivisionByZero'>]")
_SYNTAX: Final = text("[<class 'decimal.ConversionSyntax'>]")


def _is_true(value: Tree) -> Tree:
    return _has(call("replace", value, Regex("E.*$"), _EMPTY), "[1-9NI]")


Checks = Callable[[Sequence[Arg], Type], Sequence[Check]]


def _operand(arg: Arg) -> Tree:
    """The text of a number, which is a Decimal or an int."""
    found = kinds(arg.type)
    if Kind.OPAQUE not in found:
        return digits_of(call("number", arg.tree))
    if found == {Kind.OPAQUE}:
        return arg.tree
    return IfElse(eq(type_of(arg.tree), text("string")), arg.tree, digits_of(call("number", arg.tree)))


def _parts(arg: Arg) -> Tree:
    return call("py_dec", _operand(arg))


def _turned(parts: Tree) -> Tree:
    return call("py_dec_turned", parts)


define("py_dec_turned", ("a",), _number(negate(Field(_A, "n")), Field(_A, "c"), Field(_A, "e")))
# What signs leave of a number: zero has none.
define(
    "py_dec_signed",
    ("a", "n"),
    call(
        "py_dec_text",
        call("py_dec_fixed", _number(both(_N, ne(Field(_A, "c"), _EMPTY)), Field(_A, "c"), Field(_A, "e"))),
    ),
)


def _divides(error: str, message: Tree) -> Checks:
    """A divisor that is zero raises one exception under zero and another one under every other number."""

    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        one, other = (_is_true(_operand(arg)) for arg in args[:2])
        return (Check(either(one, other), "InvalidOperation", _UNDEFINED), Check(other, error, message))

    return checks


def _whole_part(args: Sequence[Arg], which: str) -> Tree:
    found = Field(call("py_dec_parted", _parts(args[0]), _parts(args[1])), which)
    return call("py_dec_text", call("py_dec_fixed", found))


def _scaled(args: Sequence[Arg], exponent: Tree, mode: Tree) -> Tree:
    return call("py_dec_scaled", _parts(args[0]), exponent, mode)


def _places(args: Sequence[Arg]) -> Tree:
    return Field(_parts(args[1]), "e")


def _fits(args: Sequence[Arg], exponent: Tree, mode: Tree) -> Check:
    """Whether a number with an exponent has no more digits than the context allows."""
    parts = _parts(args[0])
    digits = sub(add(length(Field(parts, "c")), Field(parts, "e")), exponent)
    room = both(le(digits, Lit(PRECISION)), le(length(Field(_scaled(args, exponent, mode), "c")), Lit(PRECISION)))
    return Check(either(eq(Field(parts, "c"), _EMPTY), room), "InvalidOperation", _INVALID)


def _shown(args: Sequence[Arg], _type: Type) -> Tree:
    """`format(x, spec)`, of a spec with the presentation f, F or %."""
    written = args[1].tree
    spec = parse(str(written.value)) if isinstance(written, Lit) else None
    assert spec is not None
    percent = spec.presentation == "%"
    body = call(
        "py_dec_point",
        _parts(args[0]),
        Lit(2 if percent else 0),
        Lit(None) if spec.precision is None else spec.precision,
    )
    digits = call("replace", body, Regex("^-"), _EMPTY)
    if spec.group:
        digits = call("py_group", digits, text(spec.group), Lit(3), ZERO)
    sign = IfElse(_has(body, "^-"), text("-"), text("" if spec.sign == "-" else spec.sign))
    return aligned(join(sign, digits, text("%" if percent else "")), spec, ">")


define(
    "py_dec_point",
    ("a", "k", "p"),
    # The number times 10**k, with p digits behind the point, or as many as it has.
    block(
        Bind("e", add(Field(_A, "e"), _K)),
        Bind("b", _number(Field(_A, "n"), Field(_A, "c"), _E)),
        Bind("p", IfElse(eq(_P, Lit(None)), call("max", Array((ZERO, Neg(_E)))), _P)),
        Bind("c", Field(call("py_dec_scaled", _B, Neg(_P), text("HALF_EVEN")), "c")),
        Bind("d", call("pad", _C, Neg(add(_P, ONE)), text("0"))),
        Bind("x", sub(length(_D), _P)),
        join(
            IfElse(Field(_A, "n"), text("-"), _EMPTY),
            _part(_D, ZERO, _X),
            IfElse(eq(_P, ZERO), _EMPTY, amp(text("."), _part(_D, _X))),
        ),
    ),
)
_NOT_WRITTEN: Final = r"^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]{1,14}))?$"
define("py_dec_trimmed", ("t",), _without(_without(_T, r"^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$"), "_"))


def _is_there(arg: Arg) -> Tree:
    known = Arg(arg.tree, without_kinds(arg.type, frozenset({Kind.NONE})))
    found = _is_true(_operand(known))
    return found if known.type == arg.type else both(ne(arg.tree, Lit(None)), found)


def _row(op: str, lower: Callable[[Sequence[Arg]], Tree], checks: Checks | None = None) -> None:
    register_prim(PrimRow(op=f"decimal.{op}", lower=lambda args, _type: lower(args), checks=checks))


_row("+", lambda args: call("py_dec_sum", _parts(args[0]), _parts(args[1])))
_row("-", lambda args: call("py_dec_sum", _parts(args[0]), _turned(_parts(args[1]))))
_row("*", lambda args: call("py_dec_product", _parts(args[0]), _parts(args[1])))
_row("/", lambda args: call("py_dec_quotient", _parts(args[0]), _parts(args[1])), _divides("DivisionByZero", _BY_ZERO))
_row("//", lambda args: _whole_part(args, "q"), _divides("DivisionByZero", _BY_ZERO))
_row("%", lambda args: _whole_part(args, "r"), _divides("InvalidOperation", _INVALID))
for _symbol, _sign in {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "=", "!=": "!="}.items():
    _row(
        _symbol,
        lambda args, sign=_sign: Binary(  # type: ignore[misc]
            sign, call("py_dec_rank", _operand(args[0])), call("py_dec_rank", _operand(args[1]))
        ),
    )
_row("neg", lambda args: call("py_dec_signed", _parts(args[0]), negate(Field(_parts(args[0]), "n"))))
_row("pos", lambda args: call("py_dec_signed", _parts(args[0]), Field(_parts(args[0]), "n")))
_row("abs", lambda args: call("py_dec_signed", _parts(args[0]), Lit(False)))
_row("true", lambda args: _is_there(args[0]))
_row("ranks", lambda args: mapped(args[0].tree, "x", call("py_dec_rank", _operand(Arg(_X, item_type(args[0].type))))))
_row(
    "sum",
    lambda args: call(
        "reduce",
        args[0].tree,
        fn("a x", call("py_dec_sum", call("py_dec", _A), call("py_dec", _operand(Arg(_X, item_type(args[0].type)))))),
        _operand(args[1]),
    ),
)
_row(
    "quantize",
    lambda args: call("py_dec_text", _scaled(args, _places(args), args[2].tree)),
    lambda args, _type: [_fits(args, _places(args), args[2].tree)],
)
_row(
    "round",
    lambda args: call("py_dec_text", _scaled(args, Neg(args[1].tree), text("HALF_EVEN"))),
    lambda args, _type: [_fits(args, Neg(args[1].tree), text("HALF_EVEN"))],
)
_row("whole", lambda args: call("py_dec_int", _scaled(args, ZERO, args[1].tree)))
_row(
    "integral",
    lambda args: call(
        "py_dec_text",
        _scaled(args, call("max", Array((ZERO, Field(_parts(args[0]), "e")))), args[1].tree),
    ),
)
_row("normal", lambda args: call("py_dec_normal", call("py_dec_fixed", _parts(args[0]))))
_row("negative", lambda args: _has(_operand(args[0]), "^-"))
_row("format", lambda args: _shown(args, STR))
_row(
    "parsed",
    lambda args: call("py_decimal", call("py_dec_trimmed", args[0].tree)),
    lambda args, _type: [
        Check(_has(call("py_dec_trimmed", args[0].tree), _NOT_WRITTEN), "InvalidOperation", _SYNTAX),
    ],
)
define(
    "py_dec_normal",
    ("a",),
    call(
        "py_dec_text",
        IfElse(
            eq(Field(_A, "c"), _EMPTY), _number(Field(_A, "n"), _EMPTY, ZERO), call("py_dec_stripped", _A, Lit(10**9))
        ),
    ),
)
define(
    "py_dec_int",
    ("a",),
    IfElse(
        le(length(Field(_A, "c")), _SHORT),
        IfElse(both(Field(_A, "n"), ne(Field(_A, "c"), _EMPTY)), Neg(_plain(Field(_A, "c"))), _plain(Field(_A, "c"))),
        call("error", text(_NO_FORM)),
    ),
)
