"""Sets and bytes out of items of DynamoDB: who passes them on, who asks a set for what shows no order, and who may not look at them.

A value of an item may be one of them or something else. Only where numbers of items are told from texts does the type say so; elsewhere the machine
passes them on, and raises TypeError where it looks at a list or dict and meets one.
"""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.services.stored_values import NOT_ALL_TEXTS, ORDER_SHOWS, STORED, UNREAD
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.values.recursive import holds, with_parts
from pysfnc.values.relations import join, join_all, members
from pysfnc.values.types import STR, ListT, OpaqueT, SetT, Type

DEEP: Final = OpaqueT("list or dict in an item", on_wire=True)
"""What stands deep in an item."""
DECIMAL: Final = OpaqueT("Decimal", on_wire=True)
CHANGES: Final = frozenset({"add", "discard"})
"""Methods that change a set and that nothing else in an item has."""
QUESTIONS: Final = frozenset(
    {"union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint"}
)
"""Methods of sets that change nothing and that nothing else in an item has."""
_COMMON: Final = frozenset({"clear", "copy", "pop", "remove", "update"})
"""Methods of lists or dicts that sets have as well."""
OPERATORS: Final = frozenset({"|", "&", "^", "-", "<", "<=", ">", ">="})


def may_be_stored(type_: Type) -> bool:
    """Whether a value may be a set or bytes of an item itself."""
    return STORED in members(type_)


def may_be_set(cx: Context, type_: Type) -> bool:
    """Whether a value may be a set of an item, for somebody who does something else with those.

    Where the types do not say so, as numbers are no more than texts, those of the next attempt do.
    """
    found = members(type_)
    if DECIMAL in found and any(isinstance(member, ListT) for member in found):
        cx.project.met_sets = True
    return STORED in found


def _texts(*texts: str) -> tuple[Const, ...]:
    return tuple(Const(value=text, type=STR) for text in texts)


def _kept(type_: Type) -> Type:
    return join_all([member for member in members(type_) if member != STORED])


def no_stored(value: Expr, message: str, error: str = "TypeError") -> Expr:
    """The value, after the exception for a set or bytes of an item; in the message `decimal.Decimal` stands for its class."""
    if not may_be_stored(value.type):
        return value
    before, _, behind = message.partition("decimal.Decimal")
    return Prim(op=f"stored.no_{error}", args=(value, *_texts(before, behind)), type=_kept(value.type), span=value.span)


def unread(value: Expr) -> Expr:
    """The value, after the TypeError for a set or bytes of an item where Python has an operation and the machine none."""
    return no_stored(value, f"{UNREAD}: decimal.Decimal")


def plain_operands(one: Expr, other: Expr, symbol: str) -> tuple[Expr, Expr]:
    """The operands of `+`, `-`, `*` or an order, after the TypeError where one of them is a set or bytes of an item; both are atoms."""
    if not (may_be_stored(one.type) or may_be_stored(other.type)):
        return one, other
    first = Prim(op="stored.operands", args=(one, other, *_texts(symbol)), type=_kept(one.type), span=one.span)
    return first, replace(other, type=_kept(other.type))


def of_no_set(receiver: Expr, name: str) -> Expr:
    """The receiver of a method, after the TypeError of a set whose method of that name has no form here."""
    return unread(receiver) if name in _COMMON else receiver


def no_order(value: Expr) -> Expr:
    """A value whose items are taken one after the other: no set of an item."""
    return no_stored(value, f"{ORDER_SHOWS}: decimal.Decimal")


def loose(cx: Context, value: Expr) -> Expr:
    """What may be a set of an item as the list of its items, for whoever shows no order."""
    if not may_be_set(cx, value.type):
        return value
    items = join_all([ListT(join(STR, NUMBER)), _kept(value.type)])
    return Prim(op="stored.loose", args=(value,), type=items, span=value.span)


def distinct_texts(items: Expr) -> Expr:
    """The items that become those of a set: texts, as the machine has no form for others that are told from texts."""
    found = [item for member in members(items.type) if isinstance(member, ListT) for item in members(member.item)]
    if NUMBER not in found and STORED not in found:
        return items
    return Prim(op="stored.texts", args=(items, *_texts(NOT_ALL_TEXTS)), type=ListT(STR), span=items.span)


def as_set(cx: Context, value: Expr, before: str, behind: str, error: str = "TypeError") -> Expr:
    """The value as the set of texts that it is, where it may be one; else the exception, whose text stands around the name of its class."""
    if not may_be_set(cx, value.type):
        return value
    op = f"stored.set_{error}"
    return Prim(op=op, args=(value, *_texts(before, behind)), type=SetT(STR), span=value.span)


def operands(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> tuple[Expr, Expr]:
    """The operands of an operator, of which one is a set: the other as a set as well where it may be one of an item."""
    if symbol in ("==", "!=") and SetT in (type(left.type), type(right.type)):
        for operand in (left, right):
            may_be_set(cx, operand.type)
    sign = symbol.removesuffix("=") if symbol in ("|=", "&=", "^=", "-=") else symbol
    if sign not in OPERATORS:
        return left, right
    if sign in ("|", "&", "^") and all([may_be_set(cx, left.type), may_be_set(cx, right.type)]):
        return _refuse_unknown(cx, sign, node), right
    is_order = sign in ("<", "<=", ">", ">=")
    what = (
        f"'{sign}' not supported between instances of '" if is_order else f"unsupported operand type(s) for {symbol}: '"
    )
    between = "' and '"
    if isinstance(right.type, SetT):
        left = as_set(cx, left, what, f"{between}set'")
    if isinstance(left.type, SetT):
        right = as_set(cx, right, f"{what}set{between}", "'")
    return left, right


def _refuse_unknown(cx: Context, sign: str, node: ast.AST) -> Expr:
    return cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`{sign}` of two values out of items, which may be sets or something else",
        help='write instead: `set(...)` around one of them, `set(item["a"])`',
    )


def kept_in(container: Type, value: Expr) -> Expr:
    """What becomes an item of a list or dict: a set as one of an item where such a one may stand."""
    found: list[Type] = []

    def look(part: Type) -> Type:
        found.append(part)
        return part

    for member in members(container):
        with_parts(member, look)
    return as_stored(value) if any(map(may_be_stored, found)) else value


def as_stored(value: Expr) -> Expr:
    """A set of texts or ints as one of an item; anything else as it is."""
    if not isinstance(value.type, SetT) or value.type.form == "unordered":
        return value
    return Prim(op="stored.made", args=(value,), type=STORED, span=value.span)


def changed(before: Expr, items: Expr) -> Expr:
    """What a set of an item is after it got these items in place."""
    if not may_be_stored(before.type) or not isinstance(items.type, SetT):
        return items
    return Prim(op="stored.changed", args=(before, items), type=STORED, span=items.span)


def holds_set(type_: Type) -> bool:
    """Whether a value may be or hold a set that the program made."""
    return holds(type_, lambda part: isinstance(part, SetT))


def refuse_deep_set(cx: Context, node: ast.AST) -> Expr:
    """Say that a set inside of something is compared with what may hold one of an item."""
    return cx.error(
        codes.TYPE_NEEDED,
        node,
        "what is compared with a value out of an item holds a set, which has another form in the machine than one of an item",
        help="write instead: a comparison of the sets themselves",
    )


def unmarked(value: Expr, before: str, behind: str) -> Expr:
    """A value that leaves the machine, after the TypeError of one that is or holds a set or bytes of an item.

    The texts stand around the place of that in the value.
    """
    if not holds_items(value.type):
        return value
    return Prim(op="stored.none", args=(value, *_texts(before, behind)), type=_all_kept(value.type), span=value.span)


def unread_inside(value: Expr) -> Expr:
    """A value, after the TypeError of one that is or holds a set or bytes of an item, which have no form here."""
    if not holds_items(value.type):
        return value
    return Prim(op="stored.unread", args=(value,), type=_all_kept(value.type), span=value.span)


def holds_items(type_: Type) -> bool:
    """Whether a value may be or hold what stands in an item of `Table`."""
    return holds(type_, lambda part: part in (STORED, DEEP))


def _all_kept(type_: Type) -> Type:
    return with_parts(_kept(type_), _all_kept)
