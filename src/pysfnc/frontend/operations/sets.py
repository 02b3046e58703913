"""Sets, of which the order never shows."""

import ast
from collections.abc import Callable, Sequence

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.whole import refuse_text
from pysfnc.frontend.operations.ask import Built, built, decayed
from pysfnc.ir.exprs import Expr
from pysfnc.library import catalog
from pysfnc.library.containers.hashing import hashable_part
from pysfnc.library.containers.sets import Form
from pysfnc.library.rows.row import Site
from pysfnc.values.keys import is_told
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind


def refuse_order_of_set(cx: Context, node: ast.AST) -> Expr:
    """Say that the order of a set shows."""
    return refuse_text(cx, "set", node)


def meet_a_set(left: Expr, right: Expr) -> bool:
    return Kind.SET in kinds(left.type) | kinds(right.type)


def built_of_sets(cx: Context, node: ast.AST, args: Sequence[Expr], build: Callable[[Site], Built]) -> Expr:
    """As `built` for rows of sets, which show no order."""
    return built(cx, node, args, build, held=args)


def set_items(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """What may be a set as an array, for whoever shows no order; what is none stays what it is."""
    if Kind.SET not in kinds(value.type):
        return value
    return built_of_sets(cx, node, [value], lambda site: catalog.build_items(value, site))


def hashable(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """The value, after the TypeError of one that no set can hold."""
    data = decayed(cx, value)
    held = [data] if is_told(hashable_part(data.type)) else []
    return built(cx, node, [data], lambda site: catalog.build_hashable(data, site), held=held)


def hashed(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """The value, after the TypeError of one that is unhashable."""
    return built(cx, node, [value], lambda site: catalog.build_hashed(value, site), held=[value])


def make_set(cx: Context, items: Expr | None, form: Form, node: ast.AST) -> Expr:
    """The set of the items, which are hashable."""
    given = [] if items is None else [items]
    return built_of_sets(cx, node, given, lambda site: catalog.build_set(items, form, site))


def set_method(
    cx: Context, name: str, receiver: Expr, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST
) -> Expr:
    """A call of a method of a set that changes nothing; iterables among the arguments are sets by now."""
    if kinds(receiver.type) != {Kind.SET}:
        refuse_mixed_set(cx, receiver, name, node)
        return poison(cx.span(node))
    return built_of_sets(
        cx,
        node,
        [receiver, *args, *keywords.values()],
        lambda site: catalog.build_method(name, receiver, args, keywords, site),
    )


def refuse_mixed_set(cx: Context, receiver: Expr, name: str, node: ast.AST) -> None:
    cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`.{name}()` depends on whether the value of type `{receiver.type}` is a set",
        help="write instead: a variable that holds nothing but a set",
    )
