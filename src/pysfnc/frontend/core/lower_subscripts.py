"""Subscripts that are read: items and slices of data, and of what exists only while compiling."""

import ast
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.lower_environment import environment_item, is_environ
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.classes.lower_classes import enum_of, member_by_name
from pysfnc.frontend.classes.own_operators import item_of_own
from pysfnc.frontend.concurrency.future_tables import FutureRows, KeyedFutures
from pysfnc.frontend.concurrency.future_values import FutureDict, FutureList, FutureSet
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import (
    as_data,
    expression,
    is_poison,
    lower_in_order,
    lower_value,
    lowering,
)
from pysfnc.frontend.core.lower_place import check_new_key, key_taker, read_place, refuse_key, retype_place
from pysfnc.frontend.core.lower_values import (
    BuiltinFunction,
    DictOf,
    External,
    Lazy,
    ProjectClass,
    Static,
    TupleOf,
    Value,
    describe,
)
from pysfnc.frontend.core.lower_views import in_place
from pysfnc.ir.exprs import Const, Expr, Let
from pysfnc.values.types import (
    INT,
    MapT,
)

# Subscripts and attributes


@expression(ast.Subscript)
def lower_subscript(cx: Context, node: ast.Subscript) -> Value:
    """`value[index]` or `value[low:high:step]`."""
    if isinstance(node.slice, ast.Slice):
        bounds = (node.slice.lower, node.slice.upper, node.slice.step)
        steps = [lambda: lower_value(cx, node.value)]
        steps += [lowering(cx, part) for part in bounds if part is not None]
        value, *given = lower_in_order(cx, steps)
        found = iter(given)
        parts = [None if part is None else as_data(cx, next(found), part) for part in bounds]
        if isinstance(value, Collected):
            from pysfnc.frontend.aws.lower_resource_lists import resource_slice

            return resource_slice(cx, value, parts, node)
        return lib.slice_of(cx, _sequence_data(cx, value, node.value), parts, node)
    value, index = lower_in_order(cx, [lambda: lower_value(cx, node.value), lambda: lower_value(cx, node.slice)])
    if isinstance(value, TupleOf):
        return _static_item(cx, value, index, node)
    if isinstance(value, DictOf):
        from pysfnc.frontend.calls.lower_choices import item_of_table

        return item_of_table(cx, value, index, node)
    enum = enum_of(cx, value)
    if enum is not None:
        return member_by_name(cx, enum, as_data(cx, index, node.slice), node)
    if isinstance(value, FutureList | FutureDict | FutureSet):
        from pysfnc.frontend.concurrency.lower_futures import future_item

        return future_item(cx, value, index, node)
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.lower_resource_lists import resource_at

        return resource_at(cx, value, index, node)
    if isinstance(value, KeyedFutures | FutureRows):
        from pysfnc.frontend.concurrency.lower_future_tables import table_item

        return table_item(cx, value, index, node)
    if isinstance(value, External | ProjectClass | BuiltinFunction):
        return _subscripted_static(cx, value, index, node)
    own = item_of_own(cx, value, "__getitem__", [(index, node.slice)], node)
    return item_of_data(cx, value, index, node) if own is None else own


def item_of_data(cx: Context, value: Value, index: Value, node: ast.Subscript) -> Value:
    """An item of a list, tuple, text or dict."""
    container = _sequence_data(cx, value, node.value)
    key = as_data(cx, index, node.slice)
    is_made = isinstance(container.type, MapT) and container.type.factory is not None
    keyed = key_taker(cx, container.type, key, node.value, sets=is_made)
    if keyed is not None:
        asked = key if keyed.key == key.type == INT else cx.atom(key, "key")
        container = replace(container if keyed.key == INT else in_place(cx, container), type=keyed)
        key = lib.key_text(cx, container, asked, node)
        if is_made:
            check_new_key(cx, asked, node)
    elif lib.has_own_keys(container.type) and not is_poison(key):
        return refuse_key(cx, container, key, node)
    if isinstance(container.type, MapT) and container.type.factory is not None:
        return _made_item(cx, container, key, node)
    if keyed is not None and keyed.name != "Counter":
        return _present_item(cx, container, key, asked, node)
    from pysfnc.frontend.data.lower_regex import call_match, is_match

    if is_match(container.type):
        return call_match(cx, container, "__getitem__", [as_data(cx, index, node.slice)], node)
    return lib.subscript(cx, container, key, node)


def _made_item(cx: Context, container: Expr, index: Expr, node: ast.Subscript) -> Value:
    """An item of a `defaultdict`, which is put in where there is none."""
    from pysfnc.frontend.data.lower_mappings import ensure_item
    from pysfnc.frontend.data.lower_methods import place_of_receiver

    key = cx.atom(index, "key")
    place = place_of_receiver(cx, container, node.value)
    if place is None or is_poison(key):
        return poison(cx.span(node))
    if read_place(cx, place).type != container.type:
        retype_place(cx, place, container.type, node)
    if not ensure_item(cx, place, key, node):
        return poison(cx.span(node))
    return lib.subscript(cx, read_place(cx, place), key, node)


def _present_item(cx: Context, container: Expr, key: Expr, given: Expr, node: ast.Subscript) -> Value:
    """An item of a dict at the text of a given key, after the KeyError of one that is not there."""
    container, key = in_place(cx, container), cx.atom(key, "key")
    present = lib.key_present(cx, container, key, node, given)
    item = lib.subscript(cx, container, key, node)
    if is_poison(item) or is_poison(present):
        return poison(cx.span(node))
    return Let(name=cx.names.fresh("unused"), value=present, body=item, type=item.type, span=cx.span(node))


def _sequence_data(cx: Context, value: Value, node: ast.expr) -> Expr:
    """What is subscripted: a range or `e.args` counts as the list of its items."""
    if isinstance(value, Lazy) and value.sequence:
        return value.items
    return as_data(cx, value, node)


def _static_item(cx: Context, value: TupleOf, index: Value, node: ast.Subscript) -> Value:
    if (
        isinstance(index, Const)
        and isinstance(index.value, int)
        and -len(value.items) <= index.value < len(value.items)
    ):
        return value.items[index.value]
    from pysfnc.frontend.calls.lower_choices import is_option, item_of_list

    if all(map(is_option, value.items)):
        return item_of_list(cx, value.items, index, node)
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        "which of several functions or other things that are no data is meant must be known when compiling",
        help="write instead: `if` and `else` with a call in each",
    )


def _subscripted_static(cx: Context, value: Static, index: Value, node: ast.Subscript) -> Expr:
    if is_environ(value):
        return environment_item(cx, as_data(cx, index, node.slice), node)
    return cx.error(codes.UNSUPPORTED_EXPRESSION, node, f"{describe(value)} cannot be subscripted here")
