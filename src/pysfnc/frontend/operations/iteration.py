"""The items that Python takes from a value, where it iterates and where it unpacks."""

import ast
from collections.abc import Callable
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.aws.stored_sets import no_order
from pysfnc.frontend.concurrency.future_tables import KeyedCoroutines, KeyedFutures, keys_of_table
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import DictOf, Lazy, LazyComprehension, ProjectClass, Static, TupleOf, Value
from pysfnc.frontend.operations.ask import built, container, decayed, inner
from pysfnc.frontend.operations.deques import listed
from pysfnc.frontend.operations.displays import copy_of_list
from pysfnc.frontend.operations.items import slice_of
from pysfnc.frontend.operations.keys import own_keys
from pysfnc.frontend.operations.mappings import has_own_keys, plain
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library import catalog
from pysfnc.library.containers.iteration import build_spread, spread_of
from pysfnc.library.rows.row import Refusal, Site
from pysfnc.library.services.stored_values import ORDER_SHOWS
from pysfnc.values.types import INT, NeverT, TupleT


def items_of(cx: Context, value: Value, node: ast.AST, function: str | None = None) -> Expr:
    """The list of the items that Python takes from a value.

    `function`: of `*value`, as the only argument of a call of that function; empty for one beside others, or in a display.
    """
    if isinstance(value, Lazy):
        return value.items
    if isinstance(value, LazyComprehension):
        return _collected(cx, value, node)
    if isinstance(value, DictOf):
        return items_of(cx, value.table, node)
    if isinstance(value, KeyedFutures | KeyedCoroutines):
        return items_of(cx, keys_of_table(value), node)
    if isinstance(value, ProjectClass):
        from pysfnc.frontend.classes.lower_objects import enum_members

        return enum_members(cx, value, node) or as_data(cx, value, node)
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.held_resources import want_held
        from pysfnc.frontend.aws.lower_resource_lists import resource_list

        listed_ = poison(cx.span(node)) if want_held(cx, value) else resource_list(cx, value, value.node)
        return as_data(cx, listed_, node)
    from pysfnc.frontend.classes.own_operators import items_of_own

    of_own = items_of_own(cx, value, node)
    if of_own is not None:
        return items_of(cx, of_own, node, function)
    data = no_order(listed(plain(decayed(cx, as_data(cx, value, node)))))
    if has_own_keys(data.type):
        return own_keys(cx, data, node)
    if function is None:
        data = container(data, "", " object is not iterable", of_set=ORDER_SHOWS)
        return built(cx, node, [data], lambda site: catalog.build_iter_list(data, site), held=inner([data]))
    data = container(data, f"{spread_of(function)} after * must be an iterable, not ", "", of_set=ORDER_SHOWS)
    return built(cx, node, [data], lambda site: build_spread(data, function, site), held=inner([data]))


def spread_now(cx: Context, part: ast.Starred) -> Callable[[], Value]:
    """A step that takes the items of `*part` beside others: Python takes them before it evaluates what follows."""

    def taken() -> Value:
        value = lower_value(cx, part.value)
        if isinstance(value, Static) or is_poison(value) or isinstance(value.type, TupleT | NeverT):
            return value
        if isinstance(value, Prim) and value.op == "list.make":
            return value
        items = items_of(cx, value, part.value, "")
        return items if is_poison(items) else copy_of_list(cx, items, part)

    return taken


def spread_list(cx: Context, value: Value, node: ast.AST) -> Expr:
    """The list that `spread_now` gave, without the copy that kept it from what followed."""
    if isinstance(value, Prim) and value.op == "list.copy":
        return value.args[0]
    return items_of(cx, value, node, "")


def _collected(cx: Context, value: LazyComprehension, node: ast.AST) -> Expr:
    from pysfnc.frontend.loops.lower_comprehension import collect

    assert isinstance(node, ast.expr)
    return collect(cx, value.source, value.stage, node)


def unpacked(cx: Context, value: LazyComprehension, count: int | None, node: ast.AST) -> Expr:
    """The list of the items that `a, b = map(...)` takes: one more than there are targets, to see that there is none. None: all of them."""
    from pysfnc.frontend.loops.lower_comprehension import collect_quietly, gives_all

    assert isinstance(node, ast.expr)
    if count is None:
        return _collected(cx, value, node)
    quiet = collect_quietly(cx, value, node)
    if quiet is not None:
        return quiet
    source = value.source
    if not gives_all(value.stage) or source.lazy is not None or source.step is not None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"{value.what} whose parts may raise or call something is unpacked into names",
            help="write instead: `[...]` or `list(...)`, so that all of it is evaluated",
        )
    span = cx.span(node)
    taken = slice_of(cx, source.items, [None, Const(value=count + 1, type=INT, span=span), None], node)
    return _collected(cx, replace(value, source=replace(source, items=taken, origin=None)), node)


def known_items(cx: Context, value: Value) -> list[Value] | None:
    """The items of a tuple or of a list written out; None when their number is not known."""
    if isinstance(value, TupleOf):
        return list(value.items)
    if isinstance(value, Static):
        return None
    data: Expr = value
    if isinstance(data, Prim) and data.op == "list.make":
        return list(data.args)
    if not isinstance(data.type, TupleT):
        return None
    whole = cx.atom(data)
    return [part_of(cx, whole, index) for index in range(len(data.type.items))]


def part_of(cx: Context, whole: Expr, index: int) -> Expr:
    """Item number `index` of a tuple that is a variable."""
    made = catalog.build_subscript(whole, Const(value=index, type=INT, span=whole.span), Site(whole.span, cx.names))
    assert not isinstance(made, Refusal)
    return made


def whole_items(cx: Context, value: Value, node: ast.AST) -> Expr:
    """An argument of a builtin: an iterator counts as the list of its items, which the builtin takes at once."""
    from pysfnc.frontend.classes.own_operators import own_method

    held = Lazy | LazyComprehension | DictOf | ProjectClass | KeyedFutures | KeyedCoroutines
    if isinstance(value, held) or own_method(cx, value, "__iter__") is not None:
        return items_of(cx, value, node)
    return as_data(cx, value, node)


def dict_source(cx: Context, value: Value, node: ast.AST) -> Expr:
    """The argument of `dict()`: a dict, or the pairs of an iterable."""
    return plain(whole_items(cx, value, node))


def unpackable(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """The list of the items that `a, b = value` takes apart."""
    value = no_order(listed(plain(value)))
    if has_own_keys(value.type):
        return own_keys(cx, value, node)
    return built(cx, node, [value], lambda site: catalog.build_unpack_list(value, site), held=inner([value]))


def unpack_check(cx: Context, items: Expr, fixed: int, star: bool, node: ast.AST) -> Expr:
    """None, after the ValueError of a list that has not as many items as there are targets."""
    return built(
        cx, node, [items], lambda site: catalog.build_unpack_check(items, fixed, star, site), held=inner([items])
    )


def middle_of(cx: Context, items: Expr, before: int, behind: int, node: ast.AST) -> Expr:
    """The list that a starred target gets: without the first `before` and the last `behind` items."""
    span = cx.span(node)
    low = Const(value=before, type=INT, span=span)
    high = Const(value=-behind, type=INT, span=span) if behind else None
    return slice_of(cx, items, [low, high, None], node)
