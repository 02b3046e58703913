"""Methods of data: those that compute, those that change their receiver, and those that give views or take functions."""

import ast
from collections.abc import Callable
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.item_values import DECIMAL
from pysfnc.frontend.aws.lower_response import RESPONSE, call_response
from pysfnc.frontend.aws.stored_sets import CHANGES, QUESTIONS, may_be_set
from pysfnc.frontend.aws.told_numbers import joined_texts
from pysfnc.frontend.blocks.lower_exceptions import call_exception_method
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.calls.lower_builtins import sorted_items
from pysfnc.frontend.calls.lower_written import call_library
from pysfnc.frontend.classes.lower_objects import call_object_method, has_own
from pysfnc.frontend.classes.own_operators import own_method
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_attributes import exception_attribute
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_opaque import call_opaque, has_opaque_method
from pysfnc.frontend.core.lower_place import (
    Place,
    fresh_place,
    is_local_path,
    lower_place,
    may_change,
    read_place,
    result_before,
    write_place,
)
from pysfnc.frontend.core.lower_values import DictOf, Lazy, LazyComprehension, Origin, Value
from pysfnc.frontend.core.lower_views import keep_stored, keep_view
from pysfnc.frontend.core.narrowed_exceptions import as_exception
from pysfnc.frontend.data.decimal_operations import call_decimal_method
from pysfnc.frontend.data.grown import grows_by_item
from pysfnc.frontend.data.known_texts import texts_of
from pysfnc.frontend.data.lower_decimals import having_method
from pysfnc.frontend.data.lower_deques import call_deque_method
from pysfnc.frontend.data.lower_mappings import call_mapping_method, first_key
from pysfnc.frontend.data.lower_moments import call_time_method
from pysfnc.frontend.data.lower_regex import call_match, is_match
from pysfnc.frontend.data.lower_sets import call_set_method, taken
from pysfnc.frontend.data.lower_templates import format_texts
from pysfnc.frontend.data.moment_operations import is_time
from pysfnc.frontend.data.told_decimals import has_number_method, number_method
from pysfnc.frontend.loops.lower_iterate import simple_place, under
from pysfnc.frontend.loops.one_by_one import pairs_taken
from pysfnc.frontend.operations.deques import listed
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Eval
from pysfnc.library.rows.row import Change
from pysfnc.library.written import WRITTEN
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, NONE, STR, ExcT, Kind, NeverT

_VIEWS = ("keys", "values", "items")
WRITTEN_OF_TEXTS = frozenset(name.removeprefix("str.") for name in WRITTEN if name.startswith("str.")) - {"maketrans"}
_TAKES_ITEMS = frozenset({"join", "extend", "update"})


def call_method(cx: Context, receiver: Expr, node: ast.Call) -> Value:
    """`receiver.name(...)` where the receiver was evaluated to data."""
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    if isinstance(receiver.type, NeverT):
        return receiver
    if has_own(cx, receiver.type, name):
        return call_object_method(cx, receiver, node)
    receiver = lib.decayed(cx, receiver)
    of_sets = name in CHANGES | QUESTIONS and may_be_set(cx, receiver.type)
    if of_sets and name in QUESTIONS:
        receiver = cx.atom(lib.having(cx, receiver, name, node), "set")
    of_number = has_number_method(receiver, name)
    part = receiver if of_sets or of_number else having_method(receiver, name)
    receiver = as_exception(cx, receiver if part is receiver else cx.atom(part, "part"), name, node.func)
    if isinstance(receiver.type, ExcT):
        called = call_exception_method(cx, receiver, node)
        if called is None:
            exception_attribute(cx, receiver, node.func)
        return poison(cx.span(node)) if called is None else called
    if is_match(receiver.type):
        given = lower_arguments(cx, node)
        if given is None or given.keywords:
            return poison(cx.span(node))
        return call_match(cx, receiver, name, [as_data(cx, value, node) for value in given.positional], node)
    if name == "encode" and receiver.type != STR and Kind.STR in kinds(receiver.type):
        # Only texts have it.
        receiver = replace(lib.having_kind(cx, receiver, name, frozenset({Kind.STR}), node), type=STR)
    if name in WRITTEN_OF_TEXTS and Kind.STR in kinds(receiver.type):
        if receiver.type != STR:
            receiver = replace(lib.having_kind(cx, receiver, name, frozenset({Kind.STR}), node), type=STR)
        given = lower_arguments(cx, node, first=[receiver])
        return poison(cx.span(node)) if given is None else call_library(cx, f"str.{name}", given, node)
    if is_time(receiver.type):
        taken = lower_arguments(cx, node, first=[receiver])
        if taken is None:
            return poison(cx.span(node))
        held, *others = taken.positional
        given = replace(taken, positional=tuple(others))
        return call_time_method(cx, as_data(cx, held, node), name, given, node)
    if receiver.type == DECIMAL or of_number:
        taken = lower_arguments(cx, node, first=[receiver])
        if taken is None:
            return poison(cx.span(node))
        held, *others = taken.positional
        of_decimal = call_decimal_method if receiver.type == DECIMAL else number_method
        return of_decimal(cx, as_data(cx, held, node), name, others, taken.keyword_map(), node)
    if has_opaque_method(receiver.type, name) and not of_sets:
        taken = lower_arguments(cx, node, first=[receiver])
        if taken is None:
            return poison(cx.span(node))
        if receiver.type == RESPONSE:
            return call_response(cx, as_data(cx, taken.positional[0], node), name, taken, node)
        return call_opaque(
            cx, as_data(cx, taken.positional[0], node), name, taken.positional[1:], taken.keyword_map(), node
        )
    keyed = first_key(cx, receiver, node)
    if keyed is not None:
        # The first key of a dict tells what its keys are.
        receiver = replace(receiver, type=keyed)
    if Kind.MAPPING in kinds(receiver.type):
        base = node.func.value
        return call_mapping_method(cx, receiver, lambda: place_of_receiver(cx, receiver, base), node)
    if Kind.DEQUE in kinds(receiver.type):
        base = node.func.value
        return call_deque_method(cx, receiver, lambda: place_of_receiver(cx, receiver, base), node)
    if name == "sort" and Kind.LIST in kinds(receiver.type):
        return _sort(cx, receiver, node)
    if lib.is_change(receiver.type, name):
        return _change(cx, receiver, node)
    if Kind.SET in kinds(receiver.type):
        return call_set_method(cx, receiver, name, node)
    if name in _VIEWS and Kind.DICT in kinds(receiver.type) and not node.args and not node.keywords:
        return _view(cx, receiver, node)
    if name == "format" and kinds(receiver.type) <= {Kind.STR, Kind.NONE}:
        texts = texts_of(cx, receiver)
        # Without its arguments the refusal is that of the template.
        return (
            lib.method(cx, name, receiver, [], {}, node) if texts is None else format_texts(cx, receiver, texts, node)
        )
    given = lower_arguments(cx, node, first=[lib.having(cx, receiver, name, node)])
    if given is None:
        return poison(cx.span(node))
    value, *rest = given.positional
    args = [_argument(cx, name, item, given.node_of(index, node)) for index, item in enumerate(rest)]
    keywords = {key: as_data(cx, item, node) for key, item in given.keywords}
    return lib.method(cx, name, as_data(cx, value, node), args, keywords, node)


def _argument(cx: Context, name: str, value: Value, node: ast.AST) -> Expr:
    """An argument; a method that takes items at once gets the list of an iterator."""
    if name in _TAKES_ITEMS and (
        isinstance(value, DictOf | Lazy | LazyComprehension) or own_method(cx, value, "__iter__")
    ):
        pairs = pairs_taken(cx, value, node) if name == "update" and isinstance(node, ast.expr) else None
        return pairs or lib.items_of(cx, value, node)
    data = as_data(cx, value, node)
    data = joined_texts(data) if name == "join" else data
    return listed(data) if name in _TAKES_ITEMS else data


def _view(cx: Context, receiver: Expr, node: ast.Call) -> Value:
    """`d.keys()`, `d.values()`, `d.items()`: views, which are not lists but can be iterated over and measured."""
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    items = lib.method(cx, name, receiver, [], {}, node)
    if is_poison(items):
        return items
    place = simple_place(cx, node.func.value)
    origin = None if place is None else Origin(name, place.root, place.keys, place.spans, place.title)
    return Lazy(f"a view of {name}", items, sized=True, origin=origin, under=under(receiver))


def _change(cx: Context, receiver: Expr, node: ast.Call) -> Value:
    """A method that changes its receiver: `xs.append(x)`, `d["a"].update(...)`."""
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    place = place_of_receiver(cx, receiver, node.func.value)
    if place is None or not may_change(cx, place, node, "changed"):
        lower_arguments(cx, node)
        return poison(cx.span(node))
    with cx.capture() as own:
        given = lower_arguments(cx, node)
        values = () if given is None else given.positional
        grown = len(values) == 1 and not (given and given.keywords) and grows_by_item(cx, place, name, values[0], node)
        args = (
            []
            if grown
            else [
                cx.atom(
                    taken(cx, name, v, node)
                    if Kind.SET in kinds(receiver.type)
                    else _argument(cx, name, v, given.node_of(i, node) if given else node),
                    "arg",
                )
                for i, v in enumerate(values)
            ]
        )
        keywords = {key: cx.atom(as_data(cx, v, node), "arg") for key, v in (given.keywords if given else ())}
    if grown:
        cx.out.extend(own)
        return Const(value=None, type=NONE, span=cx.span(node))
    checked = lib.having(cx, receiver, name, node)
    if own and can_raise(checked):
        # The method is looked up before the arguments are evaluated.
        cx.emit(Eval(value=checked, span=cx.span(node)))
    cx.out.extend(own)
    if given is None:
        return poison(cx.span(node))
    if name == "update" and keywords and Kind.DICT in kinds(receiver.type):
        args, keywords = [cx.atom(lib.make_dict_of(cx, args, keywords, node), "arg")], {}
    result = _apply(cx, place, node, lambda current: lib.method_change(cx, name, current, args, keywords, node))
    if name == "setdefault" and args and isinstance(result, Var):
        keep_view(cx, result, place.root.name, (*place.keys, args[0]))
    if name == "append" and args:
        last = Const(value=-1, type=INT, span=cx.span(node))
        keep_stored(cx, args[0], place.root.name, (*place.keys, last))
    return result


def _apply(cx: Context, place: Place, node: ast.Call, build: Callable[[Expr], Change | None]) -> Value:
    current = cx.atom(read_place(cx, place), "object")
    if is_poison(current):
        return current
    change = build(current)
    if change is None:
        return poison(cx.span(node))
    result = result_before(cx, change, node)
    updated = change.updated
    write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))
    return result


def place_of_receiver(cx: Context, receiver: Expr, node: ast.expr) -> Place | None:
    """The place of the receiver. It was evaluated already; evaluating a name or subscript once more reads the same."""
    simple = simple_place(cx, node, seen=False)
    if simple is not None:
        return simple
    if isinstance(node, ast.Name | ast.Subscript) or (isinstance(node, ast.Attribute) and is_local_path(cx, node)):
        return lower_place(cx, node, "changed")
    if isinstance(receiver, Var) and receiver.name in cx.state.facts:
        return Place(receiver, (), (), "")
    return fresh_place(cx, receiver)


def _sort(cx: Context, receiver: Expr, node: ast.Call) -> Value:
    """`xs.sort(key=..., reverse=...)`."""
    assert isinstance(node.func, ast.Attribute)
    place = place_of_receiver(cx, receiver, node.func.value)
    items = None if place is None else read_place(cx, place)
    if items is not None and kinds(items.type) != {Kind.LIST}:
        items = cx.atom(lib.having(cx, items, "sort", node), "object")
    given = lower_arguments(cx, node)
    if place is None or items is None or given is None or not may_change(cx, place, node, "changed"):
        return poison(cx.span(node))
    named = given.keyword_map()
    if given.positional or set(named) - {"key", "reverse"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`sort()` takes `key` and `reverse` by name")
    made = sorted_items(cx, items, named.get("key"), named.get("reverse"), node)
    if not is_poison(made):
        write_place(cx, place, cx.atom(made) if place.keys else made, cx.span(node))
    return Const(value=None, type=NONE, span=cx.span(node))
