"""Lists of objects of an `order=True` dataclass, which are sorted as the tuples of their compared fields."""

import ast

from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_objects import record_of_type
from pysfnc.ir.exprs import Expr, ListComp, Var
from pysfnc.values.types import ListT, RecordT


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
