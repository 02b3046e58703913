"""Operations of `Decimal` on numbers of items that are told from texts (`told_numbers`): as those of a Decimal, whose results are told again.

A value that may be such a number or something else is what it is: where it is none, the operation is that of any value.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.frontend.aws.item_values import DECIMAL
from pysfnc.frontend.aws.stored_sets import plain_operands, unread
from pysfnc.frontend.aws.told_numbers import either, is_data, is_float, may_be_number, without_numbers
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.data.decimal_operations import (
    METHODS,
    call_decimal_method,
    decimal_binary,
    decimal_call,
    decimal_format,
)
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, ErrorT, Kind

_DIVISIONS: Final = frozenset({"/", "//", "%"})
_CALLS: Final = frozenset({"abs", "round"})


def _as_decimal(value: Expr) -> Expr:
    """A told number as the Decimal that it is."""
    if isinstance(value, Prim) and value.op == "number.made":
        return value.args[0]
    return Prim(op="number.text", args=(value,), type=DECIMAL, span=value.span)


def _decimal_if_told(value: Value) -> Value:
    return _as_decimal(value) if not isinstance(value, Static) and value.type == NUMBER else value


def _told(value: Expr) -> Expr:
    """A result that is a Decimal as a told number."""
    return Prim(op="number.made", args=(value,), type=NUMBER, span=value.span) if value.type == DECIMAL else value


def _rest(value: Expr) -> Expr:
    """A value that is no such number."""
    rest = unread(value)
    return replace(rest, type=without_numbers(rest.type))


def divided_numbers(
    cx: Context, symbol: str, one: Expr, other: Expr, plain: Callable[[Expr, Expr], Expr], node: ast.AST
) -> Expr | None:
    """`/`, `//` and `%` where an operand may be a number of an item; None for anything else, as the format of a text.

    `/` of a bool of an item, which would give a float, raises TypeError.
    """
    sign = symbol.removesuffix("=")
    if sign not in _DIVISIONS or not (may_be_number(one.type) or may_be_number(other.type)):
        return None
    if not all(is_data(value.type) and not is_float(value.type) for value in (one, other)):
        return None
    if sign == "%" and Kind.STR in kinds(one.type):
        return None
    one, other = cx.atom(one), cx.atom(other)
    first = Prim(op="number.operand", args=(one, other, Const(value=symbol, type=STR)), type=DECIMAL, span=one.span)
    second = Prim(op="number.digits", args=(other,), type=DECIMAL, span=other.span)
    made = decimal_binary(cx, sign, first, second, plain, node)
    assert made is not None, "both operands are Decimals"
    if sign == "/" or isinstance(made.type, ErrorT):
        return _told(made)
    return either(
        cx, [one, other], _told(made), lambda: plain(*map(_without_number, plain_operands(one, other, symbol)))
    )


def _without_number(value: Expr) -> Expr:
    return replace(value, type=without_numbers(value.type)) if may_be_number(value.type) else value


def number_method(
    cx: Context, receiver: Expr, name: str, args: Sequence[Value], keywords: dict[str, Value], node: ast.AST
) -> Expr:
    """`receiver.name(...)` of a method that only Decimals have, after the AttributeError of anything else."""
    held = receiver
    if receiver.type != NUMBER:
        text = Const(value=f"' object has no attribute '{name}'", type=STR)
        held = Prim(op="number.having", args=(receiver, text), type=NUMBER, span=receiver.span)
    given = [_decimal_if_told(arg) for arg in args]
    named = {key: _decimal_if_told(arg) for key, arg in keywords.items()}
    return _told(call_decimal_method(cx, _as_decimal(held), name, given, named, node))


def has_number_method(receiver: Expr, name: str) -> bool:
    """Whether a method may be one of a number of an item, that nothing else has."""
    return may_be_number(receiver.type) and is_data(receiver.type) and (name in METHODS or receiver.type == NUMBER)


def number_call(
    cx: Context, name: str, args: Sequence[Expr], plain: Callable[[Expr], Expr], node: ast.AST
) -> Expr | None:
    """`abs(x)` and `round(x, n)` where `x` may be a number of an item; None for any other call."""
    if name not in _CALLS or not args or not may_be_number(args[0].type) or not is_data(args[0].type):
        return None
    value = cx.atom(args[0])
    made = decimal_call(cx, name, [_as_decimal(value), *args[1:]], node)
    return None if made is None else either(cx, [value], _told(made), lambda: plain(_rest(value)))


def number_format(cx: Context, value: Expr, spec: Expr, plain: Callable[[Expr], Expr], node: ast.AST) -> Expr | None:
    """`format(value, spec)` where `value` may be a number of an item; None for any other."""
    if not may_be_number(value.type) or not is_data(value.type):
        return None
    value = cx.atom(value)
    made = decimal_format(cx, _as_decimal(value), spec, node)
    if made is None or isinstance(made.type, ErrorT):
        return made
    return either(cx, [value], made, lambda: plain(_rest(value)))
