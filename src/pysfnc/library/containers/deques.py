"""Deques, as the lists of their items: what differs from lists are the texts of their errors and the changes at the left end."""

from collections.abc import Sequence

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Tree
from pysfnc.library.containers.lists import in_range, item_type, with_item
from pysfnc.library.rows.make import NULL, ZERO, call, const, prim, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Change, Check, PrimRow, Site
from pysfnc.library.rows.shapes import at, count, gt
from pysfnc.library.rows.signature import whole
from pysfnc.values.types import Type


def _no_items(args: Sequence[Arg], _: Type) -> list[Check]:
    return [Check(gt(count(args[0].tree), ZERO), "IndexError", text("pop from an empty deque"))]


def _out_of_range(args: Sequence[Arg], _: Type) -> list[Check]:
    return [Check(in_range(args[1], count(args[0].tree)), "IndexError", text("deque index out of range"))]


def _before(args: Sequence[Arg], _: Type) -> Tree:
    return call("append", call("reverse", args[1].tree), args[0].tree)


register_prim(PrimRow(op="deque.items", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="deque.pop", lower=lambda args, _: at(args[0].tree, whole(args[1])), checks=_no_items))
register_prim(PrimRow(op="deque.index", lower=lambda args, _: NULL, checks=_out_of_range))
register_prim(PrimRow(op="deque.before", lower=_before))


def build_deque_pop(items: Expr, position: int, site: Site) -> Change:
    """`pop()` (-1) and `popleft()` (0): the item, and the list without it."""
    index = const(position)
    taken = prim("deque.pop", item_type(items.type), site, items, index)
    return Change(prim("list.without", items.type, site, items, index), taken)


def build_before(items: Expr, others: Expr, site: Site) -> Change:
    """`extendleft(others)`: one after the other goes to the left end."""
    return Change(
        prim("deque.before", with_item(items.type, item_type(others.type)), site, items, others),
        const(None),
    )
