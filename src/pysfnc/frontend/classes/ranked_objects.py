"""Lists that are sorted by less than their items: objects of an `order=True` dataclass by their compared fields, items of dicts by their keys."""

import ast
from typing import Final

from pysfnc.frontend.classes.lower_objects import record_of_type
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Lazy, Value
from pysfnc.ir.exprs import Expr, ListComp, Var
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind, ListT, RecordT, TupleT

_PLAIN: Final = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})


def sort_ranked(cx: Context, items: Expr, backwards: Expr, node: ast.AST) -> Expr | None:
    """The items in order; None where they are no such objects, or code of their class decides."""
    if not (isinstance(items.type, ListT) and isinstance(items.type.item, RecordT) and items.type.item.cls.ranked):
        return None
    of = items.type.item
    record = record_of_type(cx, of)
    if record is None or "__lt__" in record.members:
        return None
    items = cx.atom(items)
    name, span = cx.names.fresh("object"), cx.span(node)
    one = Var(name=name, type=of, span=span)
    fields = [field.name for field in of.cls.fields if field.compared]
    body = lib.make_tuple(cx, [lib.part(cx, one, lib.text_const(field, span), node) for field in fields], node)
    ranks = ListComp(name=name, seq=items, cond=None, body=body, type=ListT(body.type), span=span)
    return lib.sort_by(cx, items, ranks, backwards, node)


def sort_pairs(cx: Context, view: Value, items: Expr, backwards: Expr, node: ast.AST) -> Expr | None:
    """`sorted(d.items())` by the keys alone, as no two of them are equal; None for anything else, and where the values are no harder to order."""
    if not (isinstance(view, Lazy) and view.what == "a view of items" and isinstance(items.type, ListT)):
        return None
    pair = items.type.item
    if not (isinstance(pair, TupleT) and len(pair.items) == 2) or kinds(pair.items[1]) <= _PLAIN:
        return None
    items = cx.atom(items)
    name, span = cx.names.fresh("pair"), cx.span(node)
    key = lib.tuple_item(cx, Var(name=name, type=pair, span=span), 0, node)
    keys = ListComp(name=name, seq=items, cond=None, body=key, type=ListT(key.type), span=span)
    return lib.sort_by(cx, items, keys, backwards, node)
