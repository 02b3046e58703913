"""`min` and `max` that compare an item as soon as it and its key are there, as one may be refused before the next one raises."""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, Trial
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.core.lower_values import LazyComprehension, Static, Value
from pysfnc.frontend.loops.lower_comprehension import Pure, Same, Stage
from pysfnc.frontend.loops.lower_iterate import Receive, Source
from pysfnc.frontend.loops.one_by_one import folded, refused_among_others
from pysfnc.ir.exprs import Cond, Expr, Let, Var
from pysfnc.lean import dataclass
from pysfnc.library.operators.ordering import always_ordered
from pysfnc.values.relations import join, kinds
from pysfnc.values.types import NONE, Kind, ListT, TupleT, Type

_BETTER: Final[dict[str, ast.cmpop]] = {"max": ast.Gt(), "min": ast.Lt()}


@dataclass(frozen=True, slots=True, eq=False)
class _WithKey:
    """A stage whose items come as tuples of their key and themselves."""

    stage: Stage
    key: Value
    node: ast.expr

    def pure(self, cx: Context, value: Value) -> Pure | None:
        """See `Stage`."""
        made = self.stage.pure(cx, value)
        if made is None or made.flat or is_poison(made.body):
            return None
        item = Var(name=cx.names.fresh("item"), type=made.body.type, span=cx.span(self.node))
        cx.state.put(item.name, Fact(item.type))
        pair = self._pair(cx, item)
        return Pure(made.cond, Let(name=item.name, value=made.body, body=pair, type=pair.type, span=item.span))

    def each(self, cx: Context, value: Value, receive: Receive) -> None:
        """See `Stage`."""
        self.stage.each(cx, value, lambda item: receive(self._pair(cx, cx.atom(as_data(cx, item, self.node)))))

    def _pair(self, cx: Context, item: Expr) -> Expr:
        from pysfnc.frontend.calls.lower_call import call_value

        key = as_data(cx, call_value(cx, self.key, Arguments((item,), (), ()), self.node), self.node)
        return lib.make_tuple(cx, [key, item], self.node)


def extreme_by_item(
    cx: Context, name: str, value: Value, key: Value | None, default: Value | None, node: ast.expr
) -> Expr | None:
    """The smallest or largest item of `value`; None where items and keys may as well be made first."""
    has_key = key is not None and not (not isinstance(key, Static) and key.type == NONE)
    if key is not None and has_key:
        value = _with_keys(value, key, node)
    late = refused_among_others(cx, value, lambda of: _may_refuse(of, has_key), node)
    if late is None:
        return None
    trial = Trial(cx)
    made = _found(cx, name, late, has_key, default, node)
    if trial.failed:
        trial.discard()
        return None
    trial.accept()
    return made


def _with_keys(value: Value, key: Value, node: ast.expr) -> Value:
    if isinstance(value, LazyComprehension):
        return LazyComprehension("items with keys", value.source, _WithKey(value.stage, key, node))
    if not isinstance(value, Static) and kinds(value.type) == {Kind.LIST}:
        return LazyComprehension("items with keys", Source(value), _WithKey(Same(node), key, node))
    return value


def _may_refuse(of: Type, has_key: bool) -> bool:
    if has_key:
        return isinstance(of, TupleT) and not always_ordered(of.items[0], of.items[0])
    return not always_ordered(of, of)


def _found(
    cx: Context, name: str, late: tuple[LazyComprehension, Type], has_key: bool, default: Value | None, node: ast.expr
) -> Expr:
    lazy, of = late
    span = cx.span(node)
    other = None if default is None else cx.atom(as_data(cx, default, node))
    nothing = replace(lib.make_list(cx, [], node), type=ListT(of))

    def ranked(item: Expr) -> Expr:
        return lib.tuple_item(cx, item, 0, node) if has_key else item

    def step(best: Expr, item: Expr) -> Expr:
        one = replace(lib.make_list(cx, [item], node), type=best.type)
        better = lib.compare(cx, _BETTER[name], ranked(item), ranked(lib.item_at(cx, best, 0, node)), node)
        kept = Cond(test=better, then=one, orelse=best, type=best.type, span=span)
        return Cond(test=lib.truth(cx, best, node), then=kept, orelse=one, type=best.type, span=span)

    best = cx.atom(folded(cx, lazy, nothing, step, node))
    if is_poison(best):
        return best
    first = lib.item_at(cx, best, 0, node)
    found = lib.tuple_item(cx, first, 1, node) if has_key else first
    if other is not None:
        some = lib.truth(cx, best, node)
        return Cond(test=some, then=found, orelse=other, type=join(found.type, other.type), span=span)
    some = lib.call(cx, name, [lib.length_list(cx, best, node)], {}, node)
    return Let(name=cx.names.fresh("unused"), value=some, body=found, type=found.type, span=span)
