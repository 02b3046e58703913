"""Attribute values of DynamoDB, and the values of Python that `Table` of boto3 has in their place; `Decimal` as its text.

The machine holds a `Decimal` as the text that `str()` gives of it. Types tell it from other texts, but for values out of an item: those may be
both, so that only what comes out the same is done with them.
"""

from collections.abc import Sequence
from decimal import Clamped, Decimal, DecimalException, Inexact, Overflow, Rounded, Underflow
from decimal import Context as DecimalContext
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Field, IfElse, Index, Lit, Object, Regex, Tree
from pysfnc.library.containers.lists import item_type
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import NULL, TRUE, ZERO, call, choose, eq, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import EMPTY, clean, count, fn, ge, le, mapped, refs
from pysfnc.library.rows.typenames import is_never
from pysfnc.library.services.stored_values import is_stored, stored_case
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind, Type

FLOATS_MESSAGE: Final = "Float types are not supported. Use Decimal types instead."
"""Of boto3, which also takes no infinity and no NaN."""

_A, _V, _K, _S, _N = refs("a v k s n")


def _exponent_of(written: Tree) -> Tree:
    return call("number", call("replace", call("substringAfter", written, text("E")), text("+"), text("")))


def _pairs(of: Tree, function: str) -> Tree:
    """The object with the same keys, and what the function makes of each value."""
    one = Object(((_K, call(function, _V)),))
    return call("merge", Array((call("each", of, fn("v k", one)),)))


define(
    "py_attribute",
    ("a",),
    choose(
        [
            (call("exists", Field(_A, "S")), Field(_A, "S")),
            (call("exists", Field(_A, "N")), call("py_decimal", Field(_A, "N"))),
            (call("exists", Field(_A, "M")), _pairs(Field(_A, "M"), "py_attribute")),
            (call("exists", Field(_A, "L")), mapped(Field(_A, "L"), "v", call("py_attribute", _V))),
            (call("exists", Field(_A, "BOOL")), Field(_A, "BOOL")),
            (call("exists", Field(_A, "Bool")), Field(_A, "Bool")),
            stored_case(_A),
        ],
        NULL,
    ),
)
define(
    "py_attribute_of",
    ("v",),
    choose(
        [
            (eq(_V, NULL), Object(((text("NULL"), TRUE),))),
            (eq(type_of(_V), text("string")), Object(((text("S"), _V),))),
            (eq(type_of(_V), text("number")), Object(((text("N"), digits_of(_V)),))),
            (eq(type_of(_V), text("boolean")), Object(((text("BOOL"), _V),))),
            (eq(type_of(_V), text("array")), Object(((text("L"), mapped(_V, "v", call("py_attribute_of", _V))),))),
        ],
        Object(((text("M"), _pairs(_V, "py_attribute_of")),)),
    ),
)
define(
    "py_has_float",
    ("v",),
    choose(
        [
            (eq(type_of(_V), text("number")), Binary("!=", call("floor", _V), _V)),
            (
                eq(type_of(_V), text("array")),
                Binary("in", TRUE, clean(call("map", _V, fn("v", call("py_has_float", _V))))),
            ),
            (
                eq(type_of(_V), text("object")),
                Binary("in", TRUE, clean(call("each", _V, fn("v", call("py_has_float", _V))))),
            ),
        ],
        Lit(False),
    ),
)


def _set(args: Sequence[Arg], _type: Type) -> Tree:
    """A set of texts or of ints. boto3 takes an empty one for one of numbers, whatever it might hold."""
    value = args[0].tree
    item = item_type(args[0].type)
    if kinds(item) != {Kind.STR}:
        numbers = value if is_never(item) else mapped(value, "v", digits_of(_V))
        return Object(((text("NS"), numbers),))
    return IfElse(eq(count(value), ZERO), Object(((text("NS"), EMPTY),)), Object(((text("SS"), value),)))


def _float_check(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    return (Check(eq(call("py_has_float", args[0].tree), Lit(False)), "TypeError", text(FLOATS_MESSAGE)),)


def number_fault(number: Decimal) -> str | None:
    """The class of the exception with which boto3 refuses a number, None for one that DynamoDB has."""
    try:
        DYNAMODB.create_decimal(number)
    except DecimalException as error:
        return type(error).__name__
    return None if number.is_finite() else "TypeError"


DYNAMODB: Final = DecimalContext(Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])
"""The context of boto3: 38 digits, and the exponents that DynamoDB has."""
_COEFFICIENT: Final = call(
    "replace",
    call("replace", call("replace", _S, Regex("E.*$"), text("")), Regex("[^0-9]"), text("")),
    Regex("^0+"),
    text(""),
)
define("py_attribute_digits", ("s",), _COEFFICIENT)
define("py_attribute_exponent", ("s",), IfElse(call("contains", _S, text("E")), _exponent_of(_S), ZERO))


def _fits_number(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """What boto3's context refuses."""
    value = args[0].tree
    rest = call("substring", call("py_attribute_digits", value), Lit(38))
    exponent = call("py_attribute_exponent", value)
    return (
        Check(
            negate(Binary("in", value, Array((text("Infinity"), text("NaN"))))),
            "TypeError",
            text("Infinity and NaN not supported"),
        ),
        Check(
            le(exponent, Lit(126)),
            "Overflow",
            _signals("Overflow", "Inexact", "Rounded"),
        ),
        Check(
            ge(exponent, Lit(-165)),
            "Underflow",
            _signals("Underflow", "Inexact", "Rounded", "Clamped"),
        ),
        Check(negate(call("contains", rest, Regex("[1-9]"))), "Inexact", _signals("Inexact", "Rounded")),
        Check(eq(rest, text("")), "Rounded", _signals("Rounded")),
    )


def _signals(*names: str) -> Tree:
    return text("[" + ", ".join(f"<class 'decimal.{name}'>" for name in names) + "]")


def _scalar_check(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """A list or dict of an item may hold a `Decimal`, of which the machine does not know that it is one (LIM-47)."""
    is_scalar = negate(Binary("in", type_of(args[0].tree), Array((text("array"), text("object")))))
    return (Check(is_scalar, "TypeError", text("a list or dict of an item has no text in a machine")),)


def _container_checks(args: Sequence[Arg], error: str, *, lists: bool) -> Sequence[Check]:
    """The texts of the last two arguments stand around the name of a type. A text may be a `Decimal` (LIM-47), so that nothing is done with it."""
    value, before, behind, of_set = (arg.tree for arg in args)
    of_stored = call("join", Array((text("'"), call("py_stored_kind", value), text("'"))))

    def message(name: Tree) -> Tree:
        return call("join", Array((before, name, behind)))

    kind = type_of(value)
    return (
        Check(negate(eq(kind, text("null"))), error, message(text("'NoneType'"))),
        Check(negate(eq(kind, text("boolean"))), error, message(text("'bool'"))),
        Check(negate(eq(kind, text("string"))), error, message(text("'str' or 'decimal.Decimal'"))),
        Check(
            negate(is_stored(value)),
            error,
            of_set if of_set != text("") else message(of_stored),
        ),
        *(() if lists else (Check(negate(eq(kind, text("array"))), error, message(text("'list'"))),)),
    )


register_prim(
    PrimRow(
        op="attribute.container",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: _container_checks(args, "TypeError", lists=True),
    )
)
register_prim(
    PrimRow(
        op="attribute.mapping",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: _container_checks(args, "TypeError", lists=False),
    )
)
register_prim(
    PrimRow(
        op="attribute.having",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: _container_checks(args, "AttributeError", lists=False),
    )
)
register_prim(PrimRow(op="attribute.scalar", lower=lambda args, _: args[0].tree, checks=_scalar_check))
register_prim(PrimRow(op="attribute.of", lower=lambda args, _: call("py_attribute_of", args[0].tree)))
register_prim(
    PrimRow(op="attribute.of_any", lower=lambda args, _: call("py_attribute_of", args[0].tree), checks=_float_check)
)
register_prim(PrimRow(op="attribute.set", lower=_set))
register_prim(PrimRow(op="attribute.number", lower=lambda args, _: args[0].tree, checks=_fits_number))


def decimal_int(value: Tree) -> Tree:
    """The number without its fraction, which is taken off the text where that shows it, as it may have more digits than a float."""
    number = call("number", value)
    rounded = IfElse(call("contains", value, Regex("^-")), call("ceil", number), call("floor", number))
    plain = call("number", call("replace", value, Regex("[.][0-9]*$"), text("")))
    return IfElse(call("contains", value, text("E")), rounded, plain)


def _decimal_int_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value = args[0].tree
    return (
        Check(negate(call("contains", value, text("N"))), "ValueError", text("cannot convert NaN to integer")),
        Check(negate(call("contains", value, text("I"))), "OverflowError", text("cannot convert Infinity to integer")),
    )


register_prim(PrimRow(op="decimal.int", lower=lambda args, _: decimal_int(args[0].tree), checks=_decimal_int_checks))
register_prim(PrimRow(op="condition.held", lower=lambda args, _: Array(tuple(arg.tree for arg in args))))
register_prim(PrimRow(op="condition.part", lower=lambda args, _: Index(args[0].tree, args[1].tree)))
register_prim(PrimRow(op="decimal.make", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="decimal.of", lower=lambda args, _: call("py_decimal", args[0].tree)))
