"""`Decimal`: made of constants, of the texts of numbers and of values out of JSON, and read as text or number.

The machine holds the text that `str()` gives of it.
"""

import ast
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.item_values import DECIMAL
from pysfnc.frontend.aws.stored_sets import of_no_set
from pysfnc.frontend.aws.told_numbers import DEEP, may_be_number, no_number, read_number
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import External, Value
from pysfnc.frontend.data.decimal_operations import is_told
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import INT, STR, DictT, Kind, ListT, OpaqueT, Type

_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})


def call_decimal(cx: Context, node: ast.Call) -> Value:
    """`Decimal(value)`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    if len(given.positional) > 1 or given.keywords or given.spread is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`Decimal` takes at most one value in compiled code")
    value = as_data(cx, given.positional[0], node) if given.positional else Const(value=0, type=INT, span=cx.span(node))
    if is_poison(value) or value.type in (DECIMAL, NUMBER):
        return value
    made = _made(cx, value, node)
    if made is not None and made.type == DECIMAL and cx.project.items_told:
        return Prim(op="number.made", args=(made,), type=NUMBER, span=made.span)
    return made if made is not None else _refused(cx, node)


def _made(cx: Context, value: Expr, node: ast.Call) -> Expr | None:
    span = cx.span(node)
    match value:
        case Const(value=int() | str() as written) if not isinstance(written, bool):
            try:
                text = str(Decimal(written))
            except InvalidOperation:
                return cx.error(codes.TYPE_MISMATCH, node, f"`Decimal({written!r})` always raises InvalidOperation")
            return Prim(op="decimal.make", args=(Const(value=text, type=STR),), type=DECIMAL, span=span)
        case Prim(op="str", args=(number,)) if kinds(number.type) <= _NUMBERS:
            return Prim(op="decimal.of", args=(value,), type=DECIMAL, span=span)
    if value.type == STR:
        return Prim(op="decimal.parsed", args=(cx.atom(value),), type=DECIMAL, span=span)
    if value.type == INT:
        text_of = Prim(op="str", args=(value,), type=STR, span=span)
        return Prim(op="decimal.make", args=(text_of,), type=DECIMAL, span=span)
    return _of_any(cx, value, node) if is_told(value.type) and kinds(value.type) & {Kind.STR, Kind.INT} else None


_OF_ANY: Final = """
    if isinstance(value, str):
        return Decimal(value)
    if isinstance(value, int):
        return Decimal(int(value))
    if isinstance(value, float):
        raise ValueError("a Decimal of a float has no exact form in the machine")
    if isinstance(value, list):
        raise ValueError("argument must be a sequence of length 3")
    raise TypeError("conversion from " + type(value).__name__ + " to Decimal is not supported")
"""


def _of_any(cx: Context, value: Expr, node: ast.Call) -> Expr:
    """A Decimal of a value that may be a text or an int, and other things besides; a told number where it is made as one."""
    from pysfnc.frontend.core.synthesis import run_here

    return as_data(cx, run_here(cx, _OF_ANY, {"value": value, "Decimal": External("decimal.Decimal")}, node), node)


def _refused(cx: Context, node: ast.Call) -> Expr:
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        "`Decimal` of this value has no compiled form",
        notes=["it has one of a constant, of an int, and of `str()` of an int or float"],
        help="write instead: `Decimal(str(number))`, or a `@task` that makes it",
    )


def readable(name: str, value: Expr) -> Expr:
    """A value that may be a `Decimal`, for `str`, `int` or `float`: as what gives the same; the value itself where there is nothing such."""
    if may_be_number(value.type):
        value = read_number(name, value)
        found = members(value.type)
        if not any(isinstance(member, ListT | DictT) or member == DEEP for member in found):
            return value
        kept = join_all([member for member in found if not isinstance(member, ListT | DictT) and member != DEEP])
        return Prim(op="attribute.scalar", args=(value,), type=kept, span=value.span)
    found = members(value.type)
    if DECIMAL not in found:
        return value
    if len(found) == 1:
        if name == "int":
            return Prim(op="decimal.int", args=(value,), type=INT, span=value.span)
        return Prim(op="decimal.make", args=(value,), type=STR, span=value.span)
    if not any(isinstance(member, ListT | DictT | OpaqueT) and member != DECIMAL for member in found):
        return replace(value, type=_as_text(found))
    return Prim(op="attribute.scalar", args=(value,), type=_as_text(found), span=value.span)


_METHODS: Final = frozenset({"get", "items", "keys", "values"})
"""Methods of dicts that no text has."""


_OF_DICTS: Final = frozenset({"attribute.having", "attribute.mapping"})
"""Checks that only a dict passes."""


def container(value: Expr, before: str, behind: str, op: str = "attribute.container", of_set: str = "") -> Expr:
    """A value of an item as the list or dict that it is, where it may be a `Decimal` as well; else the exception of a value that is none.

    `before` and `behind` stand around the name of its type in that. `of_set`: the text for a set or bytes instead, where Python raises nothing.
    """
    if may_be_number(value.type):
        error = "AttributeError" if op == "attribute.having" else "TypeError"
        return no_number(value, error, f"{before}'decimal.Decimal'{behind}")
    found = members(value.type)
    wanted = DictT if op in _OF_DICTS else (ListT, DictT)
    inner: list[Type] = [member for member in found if isinstance(member, wanted)]
    if DECIMAL not in found or not inner:
        return value
    texts = tuple(Const(value=text, type=STR) for text in (before, behind, of_set))
    return Prim(op=op, args=(value, *texts), type=join_all(inner), span=value.span)


def having_method(value: Expr, name: str) -> Expr:
    """A value of an item as the list or dict whose method is called."""
    value = of_no_set(value, name)
    if name not in _METHODS and not may_be_number(value.type):
        return value
    return container(value, "", f" object has no attribute '{name}'", "attribute.having")


def _as_text(found: tuple[Type, ...]) -> Type:
    kept = [member for member in found if not isinstance(member, ListT | DictT | OpaqueT)]
    return join_all([STR, *kept])
