"""`sum`: of numbers, of lists, of what has a `+` of its own; of an iterator item by item, where items may be refused."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.frontend.aws.told_numbers import holds_number
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.classes.own_orders import adds_itself, sum_own
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.data.lower_sets import loose_items, refuse_order
from pysfnc.frontend.declarations.plain_members import as_values
from pysfnc.frontend.loops.one_by_one import folded, refused_among_others
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.library.numbers.sums import may_refuse_to_add
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, Kind, ListT

_LISTS: Final = "sum.lists"


def sum_of(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """A call of `sum`."""
    args = [as_data(cx, value, node) for value in given.positional[1:]]
    keywords = {name: as_data(cx, value, node) for name, value in given.keywords}
    if not given.positional:
        return lib.call(cx, "sum", args, keywords, node)
    if len(given.positional) + len(keywords) <= 2 and keywords.keys() <= {"start"}:
        by_item = _by_item(cx, given.positional[0], [*args, *keywords.values()], node)
        if by_item is not None:
            return by_item
    items, ordered = loose_items(cx, given.positional[0], node)
    if not ordered and not kinds(lib.item_type(items.type)) <= {Kind.BOOL, Kind.INT}:
        return refuse_order(cx, "a sum of floats", "write instead: `sum(sorted(...))`", node)
    if (holds_number(items.type) or adds_itself(cx, items)) and not keywords:
        return sum_own(cx, items, args, node)
    return lib.call(cx, "sum", [as_values(items), *args], keywords, node)


def _by_item(cx: Context, value: Value, start: Sequence[Expr], node: ast.expr) -> Expr | None:
    """The sum of an iterator that may refuse an item before another one raises; None for any other sum."""
    late = refused_among_others(cx, value, may_refuse_to_add, node)
    if late is None:
        return None
    lazy, of = late
    first = cx.atom(start[0]) if start else Const(value=0, type=INT, span=cx.span(node))
    items = Var(name=cx.names.fresh("items"), type=ListT(of), span=cx.span(node))
    if holds_number(items.type) or adds_itself(cx, items) or as_values(items) is not items:
        return None
    whole = lib.call(cx, "sum", [items, first], {}, node)
    if not isinstance(whole, Prim) or whole.op not in ("sum", _LISTS):
        return whole if isinstance(whole, Const) else None
    if whole.op == _LISTS:
        joined = replace(first, type=whole.type)
        return folded(cx, lazy, joined, lambda so_far, item: lib.binary(cx, "+", so_far, item, node), node)
    begun = lib.sum_started(cx, first, node)
    added = folded(cx, lazy, begun, lambda so_far, item: lib.sum_with(cx, so_far, item, node), node)
    return lib.sum_total(cx, added, whole.type, node)
