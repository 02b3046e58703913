"""Arithmetic of `Decimal`, on the texts that `str()` gives: exact, rounded to 28 digits, half to even, as the context that a program begins with.

Infinities and NaN have no arithmetic here, nor has a divisor of more than 14 digits: the execution fails (LIM-77).
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Lit, Neg, Ref, Regex, Tree
from pysfnc.library.containers.lists import item_type
from pysfnc.library.numbers.decimal_digits import EMPTY_TEXT, MODES, SHORT, matches, piece, plain_of, without_match
from pysfnc.library.numbers.decimal_numbers import NO_FORM, PRECISION, number_of
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import ZERO, both, call, either, eq, join, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import (
    ONE,
    add,
    amp,
    block,
    clean_atoms,
    count,
    fn,
    le,
    least,
    length,
    mapped,
    ne,
    refs,
    sub,
)
from pysfnc.library.rows.typenames import NUMERIC, as_number
from pysfnc.library.text.format_specs import parse
from pysfnc.library.text.formats import aligned
from pysfnc.values.relations import kinds, without_kinds
from pysfnc.values.types import STR, Kind, Type

__all__ = ["MODES"]

_A, _B, _C, _D, _E, _K, _N, _P, _T, _X = refs("a b c d e k n p t x")
_UNDEFINED: Final = text("[<class 'decimal.DivisionUndefined'>]")
_INVALID: Final = text("[<class 'decimal.InvalidOperation'>]")
_BY_ZERO: Final = text("[<class 'decimal.DivisionByZero'>]")
_SYNTAX: Final = text("[<class 'decimal.ConversionSyntax'>]")


def _is_true(value: Tree) -> Tree:
    return matches(call("replace", value, Regex("E.*$"), EMPTY_TEXT), "[1-9NI]")


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


define("py_dec_turned", ("a",), number_of(negate(Field(_A, "n")), Field(_A, "c"), Field(_A, "e")))
# What signs leave of a number: zero has none.
define(
    "py_dec_signed",
    ("a", "n"),
    call(
        "py_dec_text",
        call("py_dec_fixed", number_of(both(_N, ne(Field(_A, "c"), EMPTY_TEXT)), Field(_A, "c"), Field(_A, "e"))),
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
    return Check(either(eq(Field(parts, "c"), EMPTY_TEXT), room), "InvalidOperation", _INVALID)


def _shown(args: Sequence[Arg], _type: Type) -> Tree:
    """`format(x, spec)`, of a spec with the presentation f, F, % or none, which is that of `str()`."""
    written = args[1].tree
    spec = parse(str(written.value)) if isinstance(written, Lit) else None
    assert spec is not None
    percent = "%" if spec.presentation == "%" else ""
    body = _operand(args[0])
    if spec.is_fixed:
        precision = Lit(None) if spec.precision is None else spec.precision
        body = call("py_dec_point", _parts(args[0]), Lit(2 if percent else 0), precision)
    digits: Tree = call("replace", body, Regex("^-"), EMPTY_TEXT)
    sign = IfElse(matches(body, "^-"), text("-"), text("" if spec.sign == "-" else spec.sign))
    width = spec.width if spec.align == "=" else None
    inside = sub(width, length(join(sign, text(percent)))) if width is not None else ZERO
    if spec.group:
        # Zeros that a leading one asks for are digits: they are grouped too.
        filled = ZERO if spec.explicit else inside
        digits = call("py_group", digits, text(spec.group), Lit(3), filled)
    digits = join(digits, text(percent))
    if width is None:
        return aligned(join(sign, digits), spec, ">")
    # Never zero or more, which would pad on the right.
    room = least(sub(length(sign), width), Lit(-1))
    return join(sign, call("pad", digits, room, text(spec.fill)))


define(
    "py_dec_point",
    ("a", "k", "p"),
    # The number times 10**k, with p digits behind the point, or as many as it has.
    block(
        Bind("e", add(Field(_A, "e"), _K)),
        Bind("b", number_of(Field(_A, "n"), Field(_A, "c"), _E)),
        Bind("p", IfElse(eq(_P, Lit(None)), call("max", Array((ZERO, Neg(_E)))), _P)),
        Bind("c", Field(call("py_dec_scaled", _B, Neg(_P), text("HALF_EVEN")), "c")),
        Bind("d", call("pad", _C, Neg(add(_P, ONE)), text("0"))),
        Bind("x", sub(length(_D), _P)),
        join(
            IfElse(Field(_A, "n"), text("-"), EMPTY_TEXT),
            piece(_D, ZERO, _X),
            IfElse(eq(_P, ZERO), EMPTY_TEXT, amp(text("."), piece(_D, _X))),
        ),
    ),
)
_NOT_WRITTEN: Final = r"^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]{1,14}))?$"
define("py_dec_trimmed", ("t",), without_match(without_match(_T, r"^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$"), "_"))


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
_row("is_int", lambda args: ne(type_of(args[0].tree), text("string")))
_row("true", lambda args: _is_there(args[0]))
_row("ranks", lambda args: mapped(args[0].tree, "x", call("py_dec_rank", _operand(Arg(_X, item_type(args[0].type))))))


def _sum(args: Sequence[Arg]) -> Tree:
    """The start where there are no items, an int where the start and all items are ints."""
    items, start = Ref("py_items"), args[1]
    item = Arg(_X, item_type(args[0].type))
    step = fn("a x", call("py_dec_sum", call("py_dec", _A), call("py_dec", _operand(item))))
    total: Tree = call("reduce", items, step, _operand(start))
    if kinds(start.type) & NUMERIC and kinds(item.type) & NUMERIC:
        texts: list[Tree] = [call("exists", call("filter", items, fn("x", eq(type_of(_X), text("string")))))]
        if Kind.OPAQUE in kinds(start.type):
            texts.append(eq(type_of(start.tree), text("string")))
        numbers = clean_atoms(call("map", items, fn("x", as_number(item))))
        total = IfElse(either(*texts), total, add(as_number(start), call("sum", numbers)))
    if kinds(start.type) & NUMERIC:
        total = IfElse(eq(count(items), ZERO), start.tree, total)
    return block(Bind("py_items", args[0].tree), total)


_row("sum", _sum)
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
_row("negative", lambda args: matches(_operand(args[0]), "^-"))
_row("format", lambda args: _shown(args, STR))
_row(
    "parsed",
    lambda args: call("py_decimal", call("py_dec_trimmed", args[0].tree)),
    lambda args, _type: [
        Check(matches(call("py_dec_trimmed", args[0].tree), _NOT_WRITTEN), "InvalidOperation", _SYNTAX),
    ],
)
define(
    "py_dec_normal",
    ("a",),
    call(
        "py_dec_text",
        IfElse(
            eq(Field(_A, "c"), EMPTY_TEXT),
            number_of(Field(_A, "n"), EMPTY_TEXT, ZERO),
            call("py_dec_stripped", _A, Lit(10**9)),
        ),
    ),
)
define(
    "py_dec_int",
    ("a",),
    IfElse(
        le(length(Field(_A, "c")), SHORT),
        IfElse(
            both(Field(_A, "n"), ne(Field(_A, "c"), EMPTY_TEXT)),
            Neg(plain_of(Field(_A, "c"))),
            plain_of(Field(_A, "c")),
        ),
        call("error", text(NO_FORM)),
    ),
)
