"""Items of DynamoDB whose numbers are told from texts: comparisons, arithmetic, and every other use of a value that may be such a number.

A value of an item may be a `Decimal`, a set or bytes (`stored_sets`), or something else. An operation on it is that of
`library.services.told_numbers` where it is a number; where it is not, the operation is that of any value, of a type without the number.
"""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pysfnc.frontend.aws.stored_sets import (
    DECIMAL,
    DEEP,
    as_stored,
    holds_items,
    holds_set,
    loose,
    no_order,
    no_stored,
    plain_operands,
    refuse_deep_set,
    unmarked,
    unread,
    unread_inside,
)
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Cond, Const, Expr, Prim
from pysfnc.library.services.stored_values import STORED
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.values.recursive import holds, with_parts
from pysfnc.values.relations import join, join_all, kinds, members, without_kinds
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    JSON,
    NEVER,
    STR,
    ErrorT,
    FloatT,
    JsonT,
    Kind,
    ListT,
    NeverT,
    OpaqueT,
    Type,
)

__all__ = [
    "DEEP",
    "arithmetic_of_numbers",
    "as_key",
    "as_ranks",
    "compare_of_numbers",
    "dumped",
    "dumped_as_texts",
    "either",
    "holds_number",
    "is_data",
    "is_float",
    "joined_texts",
    "may_be_number",
    "negative_of_number",
    "no_number",
    "plain_number",
    "read_number",
    "truth_of_number",
    "without_numbers",
]

_NUMERIC: Final = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT})
_DATA: Final = frozenset({Kind.STR, Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.LIST, Kind.DICT, Kind.OPAQUE})
_LISTS: Final = frozenset({Kind.LIST, Kind.TUPLE})
_ORDERS: Final = frozenset({"<", "<=", ">", ">="})


_NUMBERS: Final = frozenset({NUMBER, DECIMAL})
_TOLD: Final = frozenset({NUMBER, STORED})


def may_be_number(type_: Type) -> bool:
    """Whether a value may be a number of an item itself, or what is told by its form as they are: a set, bytes."""
    return not _TOLD.isdisjoint(members(type_))


def _others_of(type_: Type) -> Type:
    return join_all([member for member in members(type_) if member not in _TOLD])


def holds_number(type_: Type) -> bool:
    """Whether a value may be such a number, or hold one."""
    return holds(type_, lambda part: part in _TOLD)


def _replaced(type_: Type, number: Type, deep: Type) -> Type:
    if type_ in _TOLD:
        return number
    return deep if type_ == DEEP else with_parts(type_, lambda part: _replaced(part, number, deep))


def without_numbers(type_: Type) -> Type:
    """The type of the rest: what is inside of lists and dicts is looked at by nobody who asks for it."""
    return _replaced(_others_of(type_), JSON, JSON)


def _rest(value: Expr) -> Expr:
    return replace(value, type=without_numbers(value.type)) if holds_number(value.type) else value


def _others(value: Expr) -> Expr:
    """The same, with lists and dicts as they are: they may be part of what comes out."""
    return replace(value, type=_others_of(value.type)) if may_be_number(value.type) else value


def _is_number(value: Expr) -> Expr:
    return Prim(op="number.is", args=(value,), type=BOOL, span=value.span)


def no_number(value: Expr, error: str, message: str) -> Expr:
    """The value, after the exception for one that is such a number, or a set or bytes of an item; `message` names the class of the number."""
    value = no_stored(value, message, error)
    if not may_be_number(value.type):
        return value
    text = Const(value=message, type=STR)
    return Prim(op=f"number.no_{error}", args=(value, text), type=_others_of(value.type), span=value.span)


def joined_texts(value: Expr) -> Expr:
    """The argument of `str.join`, after the TypeError of a list with an item of DynamoDB in it that is no text."""
    found = members(value.type)
    if not any(isinstance(member, ListT) and may_be_number(member.item) for member in found):
        return value
    value = no_number(no_order(value), "TypeError", "can only join an iterable")
    kept = [ListT(STR) if isinstance(member, ListT) else without_numbers(member) for member in members(value.type)]
    return Prim(op="number.joined", args=(value,), type=join_all(kept), span=value.span)


def dumped(value: Expr) -> Expr:
    """What `json.dumps` is given, after its TypeError for a number, set or bytes of an item in it."""
    if not holds_number(value.type):
        return value
    return Prim(op="number.no_json", args=(value,), type=without_told(value.type), span=value.span)


def without_told(type_: Type) -> Type:
    """A type with any JSON in place of what items hold: its text takes fewer levels of evaluation than that of all their types."""
    return JSON if type_ == DEEP or may_be_number(type_) else with_parts(type_, without_told)


def dumped_as_texts(value: Expr) -> Expr:
    """What `json.dumps` with `default=str` is given: with the texts of numbers of items in their place."""
    if not holds_items(value.type):
        return value
    value = unread_inside(value)
    type_ = _as_texts(value.type)
    plain = not holds_number(value.type)
    return replace(value, type=type_) if plain else Prim(op="number.plain", args=(value,), type=type_, span=value.span)


def _as_texts(type_: Type) -> Type:
    if type_ in (NUMBER, DECIMAL):
        return STR
    return JSON if type_ == DEEP or not _NUMBERS.isdisjoint(members(type_)) else with_parts(type_, _as_texts)


def as_key(value: Expr) -> Expr:
    """A value that becomes or asks for a key of a dict: a text, as the machine has no form for other keys that are told from texts."""
    if not may_be_number(value.type):
        return value
    return Prim(op="number.key", args=(value,), type=STR, span=value.span)


def read_number(name: str, value: Expr) -> Expr:
    """A value for `str`, `int` or `float`: as what gives the same."""
    if not may_be_number(value.type):
        return value
    value = unread(value)
    made: Type = INT if name == "int" else STR
    kept = [member for member in members(value.type) if member != NUMBER]
    op = "number.as_int" if name == "int" else "number.as_text"
    return Prim(op=op, args=(value,), type=join_all([made, *kept]), span=value.span)


def plain_number(value: Expr, before: str, behind: str) -> Expr:
    """A value that leaves the machine, with the texts of numbers in their place; see `unmarked`."""
    value = unmarked(value, before, behind)
    if not holds_number(value.type):
        return value
    type_ = _replaced(value.type, DECIMAL, DEEP)
    if value.type == NUMBER:
        return Prim(op="number.text", args=(value,), type=DECIMAL, span=value.span)
    return Prim(op="number.plain", args=(value,), type=type_, span=value.span)


def truth_of_number(cx: Context, value: Expr, plain: Callable[[Expr], Expr]) -> Expr | None:
    """`bool(value)` of a value that may be a number; None for any other."""
    if not may_be_number(value.type):
        return None
    value = cx.atom(value)
    test = Prim(op="number.true", args=(value,), type=BOOL, span=value.span)
    # A set of an item is never empty, and an object that holds something is true as well.
    return either(cx, [value], test, lambda: plain(_rest(value)))


def as_ranks(keys: Expr) -> Expr:
    """Values that are sorted, as what is in the same order."""
    if not holds_number(keys.type):
        return keys
    keys = unread_inside(keys)
    return Prim(op="number.ranks", args=(keys,), type=_ranked(keys.type), span=keys.span)


def _ranked(type_: Type) -> Type:
    if type_ == NUMBER:
        return FLOAT
    return JSON if may_be_number(type_) or type_ == DEEP else with_parts(type_, _ranked)


def compare_of_numbers(
    cx: Context, symbol: str, one: Expr, other: Expr, plain: Callable[[Expr, Expr], Expr], node: ast.AST
) -> Expr | None:
    """A comparison with what may be or hold a number of an item; None for any other."""
    if symbol in ("is", "is not") or not (holds_number(one.type) or holds_number(other.type)):
        return None
    if not all(is_data(value.type) for value in (one, other)):
        return None
    one, other = cx.atom(one), cx.atom(other)
    if symbol in ("in", "not in") and Kind.SET not in kinds(other.type):
        one = as_stored(one)
    elif symbol in ("==", "!="):
        one, other = as_stored(one), as_stored(other)
    if holds_set(one.type) or (holds_set(other.type) and Kind.SET not in kinds(other.type)):
        return refuse_deep_set(cx, node)
    if symbol in ("==", "!="):
        return _negated(_equal(cx, one, other, node), symbol == "!=")
    if symbol in _ORDERS:
        sign = Const(value=symbol, type=STR)
        ordered = Prim(op="number.ordered", args=(one, other, sign), type=BOOL, span=cx.span(node))
        if is_float(one.type) or is_float(other.type):
            return None
        return either(cx, [one, other], ordered, lambda: plain(*map(_rest, plain_operands(one, other, symbol))))
    return _membership(cx, symbol, one, other, plain, node)


def is_data(type_: Type) -> bool:
    """Whether a value is what JSON holds, or what items hold besides."""
    opaque = [member for member in members(type_) if isinstance(member, OpaqueT)]
    if any(member not in (NUMBER, STORED, DEEP) for member in opaque):
        return False
    return kinds(type_) <= _DATA | {Kind.TUPLE, Kind.SET}


def _equal(cx: Context, one: Expr, other: Expr, node: ast.AST) -> Expr:
    span = cx.span(node)
    texts = any(kinds(value.type) <= {Kind.STR, Kind.NONE} for value in (one, other))
    return Prim(op="number.same" if texts else "number.equal", args=(one, other), type=BOOL, span=span)


def _negated(test: Expr, negated: bool) -> Expr:
    return Prim(op="not", args=(test,), type=BOOL, span=test.span) if negated else test


def _membership(
    cx: Context, symbol: str, one: Expr, other: Expr, plain: Callable[[Expr, Expr], Expr], node: ast.AST
) -> Expr | None:
    other = loose(cx, other)
    other = cx.atom(no_number(other, "TypeError", "argument of type 'decimal.Decimal' is not iterable"))
    if kinds(one.type) <= {Kind.STR, Kind.NONE} or not _holds_numeric(other.type):
        return plain(_rest(one), _rest(other))
    made = _negated(Prim(op="number.among", args=(one, other), type=BOOL, span=cx.span(node)), symbol == "not in")
    if kinds(other.type) <= {Kind.LIST, Kind.TUPLE}:
        return made
    if Kind.SET in kinds(other.type):
        return None
    rest = plain(_rest(one), replace(_rest(other), type=without_kinds(without_numbers(other.type), _LISTS)))
    test = Prim(op="number.is_list", args=(other,), type=BOOL)
    return rest if isinstance(rest.type, ErrorT) else Cond(test=test, then=made, orelse=rest, type=BOOL, span=made.span)


def _holds_numeric(type_: Type) -> bool:
    found: list[bool] = []

    def look(part: Type) -> Type:
        found.append(holds_number(part) or bool(kinds(part) & _NUMERIC))
        return part

    with_parts(type_, look)
    return any(found) or isinstance(type_, JsonT)


def is_float(type_: Type) -> bool:
    """Whether a value may be a float, which no operation of `Decimal` takes."""
    return any(isinstance(member, FloatT) for member in members(type_))


def arithmetic_of_numbers(
    cx: Context, symbol: str, one: Expr, other: Expr, plain: Callable[[Expr, Expr], Expr], node: ast.AST
) -> Expr | None:
    """`+`, `-` and `*` where an operand may be a number of an item; None for anything else."""
    if symbol.removesuffix("=") not in ("+", "-", "*") or not (may_be_number(one.type) or may_be_number(other.type)):
        return None
    if not all(is_data(value.type) and not is_float(value.type) for value in (one, other)):
        return None
    one, other = cx.atom(one), cx.atom(other)
    sign = Const(value=symbol, type=STR)
    made = Prim(op="number.arithmetic", args=(one, other, sign), type=NUMBER, span=cx.span(node))
    rest = _rest if symbol.startswith("-") else _others
    return either(cx, [one, other], made, lambda: plain(*map(rest, plain_operands(one, other, symbol))))


def negative_of_number(cx: Context, symbol: str, value: Expr, plain: Callable[[Expr], Expr]) -> Expr | None:
    """`-x` of what may be a number of an item; None for anything else."""
    if symbol != "-" or not may_be_number(value.type):
        return None
    value = cx.atom(value)
    made = Prim(op="number.negative", args=(value,), type=NUMBER, span=value.span)
    return either(
        cx, [value], made, lambda: plain(_rest(no_stored(value, "bad operand type for unary -: 'decimal.Decimal'")))
    )


def either(cx: Context, values: list[Expr], number: Expr, rest: Callable[[], Expr]) -> Expr:
    """What comes out where one of the values is a number, and where none is."""
    asked = [value for value in values if may_be_number(value.type)]
    if any(without_numbers(value.type) == NEVER for value in asked):
        return number
    orelse = rest()
    if isinstance(orelse.type, ErrorT):
        return orelse
    test = _is_number(asked[0])
    for value in asked[1:]:
        test = Cond(test=test, then=Const(value=True, type=BOOL), orelse=_is_number(value), type=BOOL)
    type_ = number.type if isinstance(orelse.type, NeverT) else join(number.type, orelse.type)
    return Cond(test=test, then=number, orelse=orelse, type=type_, span=number.span)
