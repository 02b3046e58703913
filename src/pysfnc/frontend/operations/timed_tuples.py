"""The order of tuples that hold dates, datetimes and timedeltas: that of tuples with texts and numbers in place of them, which order alike."""

import ast
from collections.abc import Callable, Mapping
from typing import Final

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.data.moment_operations import DATE, DATETIME, TIMEDELTA, is_time
from pysfnc.frontend.operations.displays import make_tuple
from pysfnc.frontend.operations.items import tuple_item
from pysfnc.ir.exprs import Expr, Let, ListComp, Prim, Var
from pysfnc.values.types import BOOL, INT, STR, ListT, TupleT, Type

__all__ = ["are_timed_tuples", "ordered_tuples", "ranked_tuples"]

_RANKS: Final[Mapping[Type, tuple[str, Type]]] = {
    DATETIME: ("moment.rank", STR),
    DATE: ("moment.text", STR),
    TIMEDELTA: ("moment.text", INT),
}


def _holds_time(type_: Type) -> bool:
    return isinstance(type_, TupleT) and any(is_time(item) or _holds_time(item) for item in type_.items)


def are_timed_tuples(items: Expr) -> bool:
    """Whether a list holds such tuples."""
    return isinstance(items.type, ListT) and _holds_time(items.type.item)


def ranked_tuples(cx: Context, keys: Expr, node: ast.AST) -> Expr:
    """A list of such tuples as a list that is in the same order; any other list as it is."""
    if not isinstance(keys.type, ListT) or not are_timed_tuples(keys):
        return keys
    of = keys.type.item
    keys = cx.atom(keys, "keys")
    name, span = cx.names.fresh("key"), cx.span(node)
    one = Var(name=name, type=of, span=span)
    body = _ranked(cx, one, node)
    made: Expr = ListComp(name=name, seq=keys, cond=None, body=body, type=ListT(body.type), span=span)
    for part in _moments(cx, one, node):
        column = ListComp(name=name, seq=keys, cond=None, body=part, type=ListT(DATETIME), span=span)
        # Those with a zone and those without cannot be compared.
        checked = Prim(op="moment.ranks", args=(column,), type=ListT(STR), span=span)
        made = Let(name=cx.names.fresh("unused"), value=checked, body=made, type=made.type, span=span)
    return made


def ordered_tuples(
    cx: Context, one: Expr, other: Expr, made: Callable[[Expr, Expr], Expr], node: ast.AST
) -> Expr | None:
    """What `made` gives of two such tuples as others that compare alike; None where they are none, or not of one form."""
    if not (_holds_time(one.type) or _holds_time(other.type)) or _shape(one.type) != _shape(other.type):
        return None
    one, other, span = cx.atom(one), cx.atom(other), cx.span(node)
    compared = made(_ranked(cx, one, node), _ranked(cx, other, node))
    for pair in zip(_moments(cx, one, node), _moments(cx, other, node), strict=True):
        checked = Prim(op="moment.<", args=pair, type=BOOL, span=span)
        compared = Let(name=cx.names.fresh("unused"), value=checked, body=compared, type=compared.type, span=span)
    return compared


def _shape(type_: Type) -> object:
    """Where the dates and the like of a tuple stand."""
    if isinstance(type_, TupleT):
        return tuple(map(_shape, type_.items))
    return type_ if is_time(type_) else None


def _ranked(cx: Context, value: Expr, node: ast.AST) -> Expr:
    if isinstance(value.type, TupleT) and _holds_time(value.type):
        parts = [tuple_item(cx, value, index, node) for index in range(len(value.type.items))]
        return make_tuple(cx, [_ranked(cx, part, node) for part in parts], node)
    if not is_time(value.type):
        return value
    op, type_ = _RANKS[value.type]
    return Prim(op=op, args=(value,), type=type_, span=value.span)


def _moments(cx: Context, value: Expr, node: ast.AST) -> list[Expr]:
    """The datetimes in a tuple."""
    if value.type == DATETIME:
        return [value]
    if not isinstance(value.type, TupleT):
        return []
    parts = [tuple_item(cx, value, index, node) for index in range(len(value.type.items))]
    return [found for part in parts for found in _moments(cx, part, node)]
