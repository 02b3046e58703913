"""What stands in a value: items, slices, attributes, methods, and what the value is after a change."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import METADATA, status_of
from pysfnc.frontend.aws.lower_aws_errors import part_of_response
from pysfnc.frontend.aws.stored_sets import (
    CHANGES,
    QUESTIONS,
    as_set,
    changed,
    kept_in,
    loose,
    may_be_stored,
    of_no_set,
)
from pysfnc.frontend.aws.told_numbers import as_key, no_number
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.whole import refuse_text, text_held
from pysfnc.frontend.data.moment_operations import moment_of_aws
from pysfnc.frontend.operations.ask import (
    HOLDING_METHODS,
    built,
    container,
    decayed,
    inner,
    is_kept,
    text_const,
    told_by_form,
)
from pysfnc.frontend.operations.deques import listed
from pysfnc.frontend.operations.functions_given import refused_function
from pysfnc.frontend.operations.mappings import as_mapping, dict_held
from pysfnc.frontend.operations.sets import refuse_mixed_set, set_items
from pysfnc.ir.exprs import Const, Expr, Let, Prim
from pysfnc.library import catalog
from pysfnc.library.objects.objects import build_attribute, build_set_attribute
from pysfnc.library.rows.dispatch import having as dispatch_having
from pysfnc.library.rows.row import Change, Refusal
from pysfnc.library.rows.signature import WHOLE
from pysfnc.library.services.stored_values import UNREAD
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, NONE, DequeT, ErrorT, Kind, LazyDictT, MapT, Type

_NUMBER: Final = "'decimal.Decimal'"


def subscript(cx: Context, value: Expr, index: Expr, node: ast.AST) -> Expr:
    """`value[index]`."""
    value = container(value, "", " object is not subscriptable")
    part = part_of_response(cx, value, index, node)
    if part is not None:
        return part
    status = status_of(value.type)
    if isinstance(value.type, DequeT):
        return _item_of_deque(cx, value, decayed(cx, index), node)
    if isinstance(value.type, MapT):
        return _item_of_mapping(cx, value, decayed(cx, index), node)
    if status is not None and isinstance(index, Const) and index.value == "HTTPStatusCode":
        return Const(value=status, type=INT, span=cx.span(node))
    key = decayed(cx, as_key(index) if Kind.DICT in kinds(value.type) else index)
    made = built(cx, node, [value, key], lambda site: catalog.build_subscript(value, key, site), held=inner([value]))
    return moment_of_aws(_metadata(cx, made, node))


def _item_of_mapping(cx: Context, value: Expr, key: Expr, node: ast.AST) -> Expr:
    """The item of a dict of `collections`: nothing counts as zero; a `defaultdict` was given the item before."""
    inner = dict_held(value)
    if isinstance(value.type, MapT) and value.type.name == "Counter":
        return method(cx, "get", inner, [key, Const(value=0, type=INT, span=cx.span(node))], {}, node)
    return subscript(cx, inner, key, node)


def _item_of_deque(cx: Context, value: Expr, key: Expr, node: ast.AST) -> Expr:
    """The item of a deque, after the IndexError of one that is not there."""
    if not kinds(key.type) <= WHOLE:
        return cx.error(codes.TYPE_NEEDED, node, f"the index of a deque is of type `{key.type}`, and no int for sure")
    items, position = cx.atom(listed(value)), cx.atom(key, "index")
    checked = Prim(op="deque.index", args=(items, position), type=NONE, span=cx.span(node))
    item = subscript(cx, items, position, node)
    return Let(name=cx.names.fresh("unused"), value=checked, body=item, type=item.type, span=cx.span(node))


def _metadata(cx: Context, made: Expr, node: ast.AST) -> Expr:
    """`ResponseMetadata` of an answer, which the machine does not get, from what is known of it."""
    status = status_of(made.type)
    if status is None or not isinstance(made, Prim):
        return made
    pair = (text_const("HTTPStatusCode", cx.span(node)), Const(value=status, type=INT, span=cx.span(node)))
    return Prim(op="dict.make", args=pair, type=made.type, span=made.span)


def slice_of(cx: Context, value: Expr, bounds: Sequence[Expr | None], node: ast.AST) -> Expr:
    """`value[low:high:step]`; a bound left out is None."""
    low, high, step = (Const(value=None, type=NONE, span=cx.span(node)) if b is None else b for b in bounds)
    return built(
        cx,
        node,
        [value, low, high, step],
        lambda site: catalog.build_slice(value, low, high, step, site),
        held=inner([value]),
    )


def part(cx: Context, value: Expr, key: Expr, node: ast.AST) -> Expr:
    """What stands at a key of a container, or in an attribute of an object."""
    name = _attribute_name(value, key)
    if name is None:
        return subscript(cx, value, key, node)
    return built(cx, node, [value], lambda site: build_attribute(value, name, site), held=inner([value]))


def set_part(cx: Context, value: Expr, key: Expr, new: Expr, node: ast.AST, *, existing: bool = False) -> Expr:
    """What `value` is after its item or attribute was set; see `set_item`."""
    name = _attribute_name(value, key)
    if name is None:
        return set_item(cx, value, key, new, node, existing=existing)
    holder = having_kind(cx, value, name, frozenset({Kind.RECORD}), node)
    return built(cx, node, [holder, new], lambda site: build_set_attribute(holder, name, new, site), held=[holder, new])


def _attribute_name(value: Expr, key: Expr) -> str | None:
    """The attribute that a constant key of a place stands for: only those of objects are places."""
    is_record = Kind.RECORD in kinds(value.type) and Kind.DICT not in kinds(value.type)
    return key.value if is_record and isinstance(key, Const) and isinstance(key.value, str) else None


def having_kind(cx: Context, value: Expr, name: str, wanted: frozenset[Kind], node: ast.AST) -> Expr:
    """The value, after the AttributeError of one of another kind."""
    return built(cx, node, [value], lambda site: dispatch_having(value, name, wanted, site), held=inner([value]))


def set_item(cx: Context, container: Expr, key: Expr, value: Expr, node: ast.AST, *, existing: bool = False) -> Expr:
    """What `container` is after `container[key] = value`; `existing`: there is an item, which was read before."""
    if isinstance(container.type, MapT):
        return as_mapping(set_item(cx, dict_held(container), key, value, node, existing=existing), container.type)
    value = kept_in(container.type, value)
    container, key = (
        no_number(container, "TypeError", f"{_NUMBER} object does not support item assignment"),
        as_key(key),
    )
    return built(
        cx,
        node,
        [container, key, value],
        lambda site: catalog.build_set_item(container, key, value, site, existing),
        held=[*inner([container]), value],
    )


def delete_item(cx: Context, container: Expr, key: Expr, node: ast.AST) -> Expr:
    """What `container` is after `del container[key]`."""
    if isinstance(container.type, MapT):
        return as_mapping(delete_item(cx, dict_held(container), key, node), container.type)
    container, key = no_number(container, "TypeError", f"{_NUMBER} object doesn't support item deletion"), as_key(key)
    return built(
        cx,
        node,
        [container, key],
        lambda site: catalog.build_delete_item(container, key, site),
        held=inner([container]),
    )


def tuple_item(cx: Context, value: Expr, index: int, node: ast.AST) -> Expr:
    """Item number `index` of a tuple of known length."""
    return subscript(cx, value, Const(value=index, type=INT, span=value.span), node)


def length(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`len(value)`."""
    data = set_items(cx, dict_held(listed(decayed(cx, value))), node)
    data = container(loose(cx, data), "object of type ", " has no len()", of_set=UNREAD)
    return built(cx, node, [data], lambda site: catalog.build_call("len", [data], {}, site), held=inner([data]))


def method(
    cx: Context, name: str, receiver: Expr, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST
) -> Expr:
    """A call of a method that changes nothing."""
    refused = refused_function(cx, name, [*args, *keywords.values()], node)
    if refused is not None:
        return refused
    if name == "get" and args and Kind.DICT in kinds(receiver.type):
        args = [as_key(args[0]), *args[1:]]
    if name == "get" and args and not keywords:
        known = _surely_got(cx, receiver, args[0], node)
        if known is not None:
            return known
    given, named = [decayed(cx, arg) for arg in args], {key: decayed(cx, arg) for key, arg in keywords.items()}
    made = built(
        cx,
        node,
        [receiver, *given, *named.values()],
        lambda site: catalog.build_method(name, receiver, given, named, site),
        held=_kept_by(name, receiver, given),
    )
    return moment_of_aws(made) if name == "get" else made


def _kept_by(name: str, receiver: Expr, given: Sequence[Expr]) -> Sequence[Expr]:
    """The operands of a method that changes nothing at which it does not look, or which are equal where the machine's forms are."""
    if name in _FINDS and given and told_by_form(given[0], receiver, inside=True):
        return [receiver, *given]
    return [*inner([receiver]), *given[1:]] if name in HOLDING_METHODS else ()


_FINDS = frozenset({"count", "index"})
"""Methods that look for an item that is equal, and change nothing."""


def _surely_got(cx: Context, receiver: Expr, key: Expr, node: ast.AST) -> Expr | None:
    """`.get(key)` of what is not in the machine and is always there in Python."""
    part = part_of_response(cx, receiver, key, node)
    if part is not None:
        return part
    in_answer = isinstance(receiver.type, LazyDictT) and receiver.type.partial == METADATA
    is_metadata = isinstance(key, Const) and (key.value == METADATA if in_answer else key.value == "HTTPStatusCode")
    return subscript(cx, receiver, key, node) if is_metadata and (in_answer or status_of(receiver.type)) else None


def having(cx: Context, receiver: Expr, name: str, node: ast.AST) -> Expr:
    """The receiver of a method, after the AttributeError of a value whose kind has none of that name."""
    if name in CHANGES | QUESTIONS and may_be_stored(receiver.type):
        return as_set(cx, receiver, "'", f"' object has no attribute '{name}'", "AttributeError")
    receiver = of_no_set(receiver, name)
    receiver = no_number(receiver, "AttributeError", f"{_NUMBER} object has no attribute '{name}'")
    found = kinds(receiver.type)
    usable = frozenset(
        kind for kind in found if catalog.find_kind_method(kind, name) or catalog.find_change(kind, name)
    )
    if kinds(receiver.type) == {Kind.SET}:
        return receiver
    text = text_held(receiver.type)
    if usable and text is not None and not inner([receiver]):
        return refuse_text(cx, text, node)
    return receiver if not usable else dispatch_having(receiver, name, usable, cx.site(node))


def has_method(type_: Type, name: str) -> bool:
    """Whether some value of the type has a method of this name with a row."""
    return any(catalog.find_kind_method(kind, name) is not None for kind in kinds(type_))


def is_change(type_: Type, name: str) -> bool:
    """Whether a method of this name changes values of the type."""
    return any(catalog.find_change(kind, name) is not None for kind in kinds(type_)) or (
        name in CHANGES and may_be_stored(type_)
    )


_ASKS = frozenset({"add", "discard", "remove"})
"""Methods that look for an item that is equal."""


def _change_of_stored(
    cx: Context, name: str, receiver: Expr, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST
) -> Change | None:
    """A change of what may be a set of an item, which is one of an item afterwards."""
    items = cx.atom(having(cx, receiver, name, node), "items")
    change = method_change(cx, name, items, args, keywords, node)
    return None if change is None else replace(change, updated=changed(receiver, change.updated))


def method_change(
    cx: Context, name: str, receiver: Expr, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST
) -> Change | None:
    """A call of a method that changes its receiver; None when the mistake was reported."""
    if refused_function(cx, name, [*args, *keywords.values()], node) is not None:
        return None
    if name in CHANGES and may_be_stored(receiver.type):
        return _change_of_stored(cx, name, receiver, args, keywords, node)
    receiver = of_no_set(receiver, name)
    receiver = no_number(receiver, "AttributeError", f"{_NUMBER} object has no attribute '{name}'")
    if name in ("setdefault", "pop") and args and Kind.DICT in kinds(receiver.type):
        args = [as_key(args[0]), *args[1:]]
    given = [receiver, *args, *keywords.values()]
    if any(isinstance(arg.type, ErrorT) for arg in given):
        return None
    sets = [arg for arg in given if kinds(receiver.type) == {Kind.SET} and Kind.SET in kinds(arg.type)]
    refused = next(
        (
            text
            for arg in given
            if not is_kept(name, arg, given)
            and not (name in _ASKS and len(given) == 2 and told_by_form(given[1], receiver, inside=True))
            and not any(arg is other for other in sets)
            and (text := text_held(arg.type))
        ),
        None,
    )
    if refused is not None:
        refuse_text(cx, refused, node)
        return None
    if Kind.SET in kinds(receiver.type) and kinds(receiver.type) != {Kind.SET}:
        refuse_mixed_set(cx, receiver, name, node)
        return None
    change = catalog.build_change(name, receiver, args, keywords, cx.site(node))
    if isinstance(change, Refusal):
        cx.refuse(change, node)
        return None
    return change
