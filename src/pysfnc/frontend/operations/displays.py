"""Lists and tuples: written out, copied, made longer."""

import ast
from collections.abc import Sequence

from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.operations.ask import built, inner, never_among
from pysfnc.ir.exprs import Expr, Prim
from pysfnc.library import catalog
from pysfnc.library.containers.lists import item_type as items_in
from pysfnc.values.relations import join_all
from pysfnc.values.types import ErrorT, ListT, TupleT, Type


def make_list(cx: Context, items: Sequence[Expr], node: ast.AST) -> Expr:
    """`[a, b]`."""
    return _display(cx, items, ListT(join_all([item.type for item in items])), node)


def make_tuple(cx: Context, items: Sequence[Expr], node: ast.AST) -> Expr:
    """`(a, b)`."""
    return _display(cx, items, TupleT(tuple(item.type for item in items)), node)


def _display(cx: Context, items: Sequence[Expr], type_: Type, node: ast.AST) -> Expr:
    if any(isinstance(item.type, ErrorT) for item in items):
        return poison(cx.span(node))
    ended = never_among(cx, items, node)
    return Prim(op="list.make", args=tuple(items), type=type_, span=cx.span(node)) if ended is None else ended


def copy_of_list(cx: Context, items: Expr, node: ast.AST) -> Expr:
    """A new list with the same items."""
    return built(cx, node, [items], lambda site: catalog.build_copy(items, site), held=inner([items]))


def appended(cx: Context, items: Expr, value: Expr, node: ast.AST) -> Expr:
    """`items` after `items.append(value)`."""
    return built(cx, node, [items, value], lambda site: catalog.build_append(items, value, site), held=[items, value])


def extended(cx: Context, items: Expr, more: Expr, node: ast.AST) -> Expr:
    """`items` after `items.extend(more)`."""
    return built(
        cx, node, [items, more], lambda site: catalog.build_extend(items, more, site), held=inner([items, more])
    )


def item_type(type_: Type) -> Type:
    """The type of the items of a list."""
    return items_in(type_)


def item_at(cx: Context, items: Expr, position: int, node: ast.AST) -> Expr:
    """An item that is known to be there."""
    return built(cx, node, [items], lambda site: catalog.build_item_at(items, position, site), held=inner([items]))
