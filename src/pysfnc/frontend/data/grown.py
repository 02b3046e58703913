"""A list, dict or set that grows by the items of an iterator: each is in there before the next one is made.

That shows only where making an item may raise and a handler of the same function goes on with what there is by then.
Elsewhere the items are made first, as one list, which takes less.
"""

import ast
from typing import Final

from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_place import Place, read_place, result_before, write_place
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.loops.lower_each import run_each
from pysfnc.frontend.loops.one_by_one import refused_among_others
from pysfnc.ir.exprs import Expr
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind

_BY_ONE: Final = {
    ("extend", Kind.LIST): "append",
    ("update", Kind.SET): "add",
    ("update", Kind.DICT): "update",
}
"""The method that does for one item what another one does for all."""


def grows_by_item(cx: Context, place: Place, name: str, value: Value, node: ast.expr) -> bool:
    """Put in the items of an iterator one by one; False where they may as well be made first, or are no iterator's."""
    if not cx.flow.guards:
        return False
    found = kinds(read_place(cx, place).type)
    method = next((one for (many, kind), one in _BY_ONE.items() if many == name and found == {kind}), None)
    late = None if method is None else refused_among_others(cx, value, lambda _: True, node)
    if method is None or late is None:
        return False
    lazy, _ = late

    def put(item: Value) -> None:
        data = cx.atom(as_data(cx, item, node), "arg")
        if cx.state.reachable and not is_poison(data):
            _put(cx, place, method, lib.make_list(cx, [data], node) if method == name else data, node)

    run_each(cx, lazy.source, lambda item: lazy.stage.each(cx, item, put), node)
    return True


def _put(cx: Context, place: Place, method: str, item: Expr, node: ast.expr) -> None:
    current = cx.atom(read_place(cx, place), "object")
    change = None if is_poison(current) else lib.method_change(cx, method, current, [item], {}, node)
    if change is not None:
        result_before(cx, change, node)
        write_place(cx, place, cx.atom(change.updated) if place.keys else change.updated, cx.span(node))
