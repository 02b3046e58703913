"""Operators, comparisons and order."""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.lower_aws_errors import check_code
from pysfnc.frontend.aws.lower_environment import environment_has, is_environ
from pysfnc.frontend.aws.stored_sets import loose, operands
from pysfnc.frontend.aws.told_numbers import (
    arithmetic_of_numbers,
    as_ranks,
    compare_of_numbers,
    holds_number,
    negative_of_number,
    no_number,
)
from pysfnc.frontend.core.infinities import (
    as_numbers,
    binary_of_infinite,
    may_be_infinite,
    negative_of_infinite,
    on_each_way,
)
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Choice, DictOf, Lazy, ProjectClass, Static, TypeOf, Value
from pysfnc.frontend.data.decimal_operations import (
    are_decimals,
    decimal_binary,
    decimal_compare,
    decimal_ranks,
    decimal_unary,
)
from pysfnc.frontend.data.moment_operations import are_times, time_binary, time_compare, time_ranks, time_unary
from pysfnc.frontend.data.told_decimals import divided_numbers
from pysfnc.frontend.declarations.plain_members import as_values
from pysfnc.frontend.operations.ask import (
    as_kind,
    built,
    compared,
    container,
    containers,
    decayed,
    inner,
    shown,
    text_const,
)
from pysfnc.frontend.operations.calls import call
from pysfnc.frontend.operations.deques import listed
from pysfnc.frontend.operations.displays import make_list, make_tuple
from pysfnc.frontend.operations.items import part, subscript
from pysfnc.frontend.operations.keys import equal_dicts, key_text, merged
from pysfnc.frontend.operations.kinds import has_kind, negate
from pysfnc.frontend.operations.mappings import dict_held, has_own_keys, keyed_by, plain
from pysfnc.frontend.operations.percent import shown_values
from pysfnc.frontend.operations.sets import built_of_sets, hashable, meet_a_set, set_items
from pysfnc.frontend.operations.timed_tuples import are_timed_tuples, ordered_tuples, ranked_tuples
from pysfnc.frontend.operations.types_asked import ask_for_types, compare_types, refuse_types
from pysfnc.ir.exprs import Cond, Const, Expr, Let, ListComp, Prim
from pysfnc.library import catalog
from pysfnc.library.containers.iteration import items_type
from pysfnc.library.services.stored_values import UNREAD
from pysfnc.values.relations import join, kinds, without_kinds
from pysfnc.values.types import BOOL, INT, NONE, DequeT, ErrorT, Kind, ListT, MapT, NeverT, RecordT, StrT

_SYMBOLS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


def binary(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr:
    """`left symbol right`."""
    if symbol in ("%", "%=") and isinstance(left, Const) and isinstance(left.value, str):
        template = left.value
        right = shown_values(cx, template, right, node)
        return built(
            cx, node, [left, right], lambda site: catalog.build_percent(template, right, site), held=shown([right])
        )
    from pysfnc.frontend.classes.own_operators import binary_of_own

    of_own = binary_of_own(cx, symbol, left, right, node)
    if of_own is not None:
        return of_own
    of_time = time_binary(cx, symbol, left, right, node)
    if of_time is not None:
        return of_time
    of_decimals = decimal_binary(cx, symbol, left, right, lambda a, b: binary(cx, symbol, a, b, node), node)
    if of_decimals is not None:
        return of_decimals
    left, right = operands(cx, symbol, left, right, node)
    of_numbers = arithmetic_of_numbers(cx, symbol, left, right, lambda a, b: binary(cx, symbol, a, b, node), node)
    of_numbers = of_numbers or divided_numbers(
        cx, symbol, left, right, lambda a, b: binary(cx, symbol, a, b, node), node
    )
    if of_numbers is not None:
        return of_numbers
    of_infinite = binary_of_infinite(cx, symbol, left, right, lambda a, b: binary(cx, symbol, a, b, node), node)
    if of_infinite is not None:
        return of_infinite
    one, other = decayed(cx, left), decayed(cx, right)
    if Kind.MAPPING in kinds(one.type) and Kind.MAPPING in kinds(other.type) and isinstance(node, ast.expr):
        from pysfnc.frontend.data.lower_counters import is_sum_of_counters, join_counters

        if is_sum_of_counters(symbol, one, other):
            return join_counters(cx, symbol, one, other, node)
    if symbol in ("|", "|=") and isinstance(node, ast.expr | ast.stmt):
        of_keys = _joined_dicts(cx, one, other, node)
        if of_keys is not None:
            return of_keys
    if meet_a_set(one, other):
        return built_of_sets(cx, node, [one, other], lambda site: catalog.build_operator(symbol, one, other, site))
    return built(
        cx,
        node,
        [one, other],
        lambda site: catalog.build_binary(symbol, one, other, site),
        held=containers(symbol, one, other),
    )


def _joined_dicts(cx: Context, left: Expr, right: Expr, node: ast.AST) -> Expr | None:
    """`left | right` of dicts of which one has keys that are no str; None for others."""
    if not (has_own_keys(left.type) or has_own_keys(right.type)):
        return None
    if any(isinstance(one.type, MapT) and one.type.name != "dict" for one in (left, right)):
        return None
    place = node if isinstance(node, ast.expr) else next(n for n in ast.walk(node) if isinstance(n, ast.expr))
    return merged(cx, left, right, place)


def unary(cx: Context, symbol: str, operand: Expr, node: ast.AST) -> Expr:
    """`-x`, `+x`, `~x`."""
    from pysfnc.frontend.classes.own_operators import unary_of_own

    of_own = unary_of_own(cx, symbol, operand, node)
    if of_own is not None:
        return of_own
    of_time = time_unary(cx, symbol, operand, node) or decimal_unary(cx, symbol, operand, node)
    if of_time is not None:
        return of_time
    of_number = negative_of_number(cx, symbol, operand, lambda value: unary(cx, symbol, value, node))
    if of_number is not None:
        return of_number
    of_infinite = negative_of_infinite(cx, symbol, operand, lambda value: unary(cx, symbol, value, node), node)
    if of_infinite is not None:
        return of_infinite
    if _is_counter(operand) and symbol in ("+", "-") and isinstance(node, ast.expr):
        from pysfnc.frontend.data.lower_counters import signed_counter

        return signed_counter(cx, symbol, operand, node)
    data = decayed(cx, operand)
    return built(cx, node, [data], lambda site: catalog.build_unary(symbol, data, site))


def compare(cx: Context, op: ast.cmpop, left: Value, right: Value, node: ast.AST) -> Expr:
    """`left op right`."""
    symbol = _SYMBOLS[type(op)]
    if ask_for_types(left, right):
        of_types = compare_types(cx, symbol, left, right, node)
        if of_types is not None or isinstance(left, TypeOf) or isinstance(right, TypeOf):
            return of_types or refuse_types(cx, node)
    if symbol in ("in", "not in"):
        right = right.items if isinstance(right, Lazy) else right.table if isinstance(right, DictOf) else right
        among_names = _among_names(cx, symbol, left, right, node)
        if among_names is not None:
            return among_names
    if symbol in ("is", "is not", "==", "!=") and (isinstance(left, Static) or isinstance(right, Static)):
        known = _compare_static(cx, symbol, left, right, node)
        if known is not None:
            return known
    return _compare_data(cx, op, as_data(cx, left, node), as_data(cx, right, node), node)


def _among_names(cx: Context, symbol: str, left: Value, right: Value, node: ast.AST) -> Expr | None:
    """`in` and `not in` of an Enum or of the environment, which exist only while compiling."""
    if isinstance(right, ProjectClass):
        from pysfnc.frontend.classes.lower_classes import enum_of, is_member

        enum = enum_of(cx, right)
        if enum is None:
            return None
        found = is_member(cx, left, enum, node)
        return found if symbol == "in" or isinstance(found.type, ErrorT) else negate(cx, found, node)
    if is_environ(right):
        return environment_has(cx, as_data(cx, left, node), node, negated=symbol == "not in")
    return None


def _compare_data(cx: Context, op: ast.cmpop, one: Expr, other: Expr, node: ast.AST) -> Expr:
    """Of values that the machine has: what classes, moments and numbers say of themselves comes first."""
    symbol = _SYMBOLS[type(op)]
    from pysfnc.frontend.classes.own_operators import compare_of_own

    of_own = compare_of_own(cx, symbol, one, other, node)
    if of_own is not None:
        return of_own
    of_time = time_compare(cx, symbol, one, other, node) or decimal_compare(cx, symbol, one, other, node)
    if of_time is not None:
        return of_time
    one, other = operands(cx, symbol, one, other, node)
    of_numbers = compare_of_numbers(
        cx, symbol, decayed(cx, one), decayed(cx, other), lambda a, b: compare(cx, op, a, b, node), node
    )
    if of_numbers is not None:
        return of_numbers
    check_code(cx, symbol, (one, other), node)
    if symbol in ("<", "<=", ">", ">="):
        one, other = (
            catalog.build_beside_member(symbol, other, one, True, cx.site(node)),
            catalog.build_beside_member(symbol, one, other, False, cx.site(node)),
        )
    if may_be_infinite(one.type) or may_be_infinite(other.type):
        return on_each_way(cx, [one, other], lambda given: compare(cx, op, given[0], given[1], node))
    one, other = as_numbers(cx, one, other)
    return _compare_plain(cx, symbol, one, other, node)


def _compare_plain(cx: Context, symbol: str, one: Expr, other: Expr, node: ast.AST) -> Expr:
    """Of values without operators of their own: containers by what they hold, anything else by its row."""
    if symbol not in ("==", "!=", "is", "is not"):
        one, other = decayed(cx, one), decayed(cx, other)
    if symbol in ("in", "not in", "is", "is not"):
        other = plain(other)
        if symbol in ("in", "not in"):
            other = loose(cx, listed(other))
        if symbol in ("in", "not in") and isinstance(one.type, StrT):
            other = container(other, "argument of type ", " is not iterable", only_dict=True, of_set=UNREAD)
        keyed = keyed_by(other.type, one.type) if symbol in ("in", "not in") else None
        if keyed is not None:
            one, other = key_text(cx, replace(other, type=keyed), one, node), dict_held(other)
    if symbol in ("==", "!=") and isinstance(one.type, DequeT) and isinstance(other.type, DequeT):
        one, other = listed(one), listed(other)
    if symbol in ("==", "!=") and _is_counter(one) and _is_counter(other) and isinstance(node, ast.expr):
        from pysfnc.frontend.data.lower_counters import counters_equal

        same = counters_equal(cx, one, other, node)
        return same if symbol == "==" else negate(cx, same, node)
    if symbol in ("<", "<=", ">", ">=") and _is_counter(one) and _is_counter(other) and isinstance(node, ast.expr):
        from pysfnc.frontend.data.lower_counters import counter_within

        return counter_within(cx, symbol, one, other, node)
    if symbol in ("==", "!=") and isinstance(node, ast.expr):
        from pysfnc.frontend.data.lower_ordered import may_be_ordered, ordered_equal

        if may_be_ordered(one) and may_be_ordered(other):
            same = ordered_equal(cx, one, other, node)
            return same if symbol == "==" else negate(cx, same, node)
    if symbol in ("==", "!="):
        one, other = plain(one), plain(other)
        alike = equal_dicts(cx, one, other, node) if isinstance(node, ast.expr) else None
        if alike is not None:
            return alike if symbol == "==" else negate(cx, alike, node)
        if has_own_keys(one.type) or has_own_keys(other.type):
            one, other = dict_held(one), dict_held(other)
    if symbol in ("in", "not in") and Kind.SET in kinds(other.type):
        one, other = hashable(cx, one, node), set_items(cx, other, node)
        one = set_items(cx, one, node)
    elif symbol not in ("is", "is not", "in", "not in") and meet_a_set(one, other):
        return built_of_sets(cx, node, [one, other], lambda site: catalog.build_comparison(symbol, one, other, site))
    ranked = _ranked(cx, symbol, one, other, node) or _by_compared(cx, symbol, one, other, node)
    if ranked is not None:
        one, other = ranked

    def made(one: Expr, other: Expr) -> Expr:
        return built(
            cx,
            node,
            [one, other],
            lambda site: catalog.build_compare(symbol, one, other, site),
            held=compared(symbol, one, other),
        )

    of_times = ordered_tuples(cx, one, other, made, node) if symbol in ("<", "<=", ">", ">=") else None
    return made(one, other) if of_times is None else of_times


def _ranked(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> tuple[Expr, Expr] | None:
    """Objects of an `order=True` dataclass as the tuples that they are ordered by."""
    if not (isinstance(left.type, RecordT) and isinstance(right.type, RecordT) and left.type.cls == right.type.cls):
        return None
    if symbol not in ("<", "<=", ">", ">=") or not left.type.cls.ranked:
        return None
    return _compared_fields(cx, left, node), _compared_fields(cx, right, node)


def _by_compared(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> tuple[Expr, Expr] | None:
    """Objects of a dataclass of which some fields take no part in `==`, as the tuples of those that do."""
    if not (isinstance(left.type, RecordT) and isinstance(right.type, RecordT) and left.type.cls == right.type.cls):
        return None
    cls = left.type.cls
    if symbol not in ("==", "!=") or cls.compared != "fields" or all(field.compared for field in cls.fields):
        return None
    return _compared_fields(cx, left, node), _compared_fields(cx, right, node)


def _compared_fields(cx: Context, value: Expr, node: ast.AST) -> Expr:
    assert isinstance(value.type, RecordT)
    names = [field.name for field in value.type.cls.fields if field.compared]
    held = cx.atom(value)
    return make_tuple(cx, [part(cx, held, text_const(name, value.span), node) for name in names], node)


def _is_counter(value: Expr) -> bool:
    return isinstance(value.type, MapT) and value.type.name == "Counter"


def _compare_static(cx: Context, symbol: str, left: Value, right: Value, node: ast.AST) -> Expr | None:
    """`f is None` of a function and the like: what exists only while compiling is no data."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Choice) and isinstance(other, Const) and other.type == NONE:
            from pysfnc.frontend.calls.lower_choices import choice_is_none

            is_none = choice_is_none(cx, one, node)
            return is_none if symbol in ("is", "==") else negate(cx, is_none, node)
        if isinstance(one, Static) and not isinstance(one, Lazy) and isinstance(other, Const) and other.type == NONE:
            return Const(value=symbol in ("is not", "!="), type=BOOL, span=cx.span(node))
    return None


def spread_mapping(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """The dict that `**value` gives to a display, which raises where the value is none."""
    value = no_number(value, "TypeError", "'decimal.Decimal' object is not a mapping")
    found = kinds(value.type)
    if Kind.DICT not in found or found <= {Kind.DICT} or Kind.MAPPING in found:
        return value  # one dict or another, or none at all, which `merge_dicts` refuses
    return built(cx, node, [value], lambda site: catalog.build_spread_mapping(value, site), held=inner([value]))


def merge_dicts(cx: Context, base: Expr, other: Expr, node: ast.AST) -> Expr:
    """`{**base, **other}`."""
    base, other = plain(base), plain(other)
    made = _joined_dicts(cx, base, other, node)
    if made is not None:
        return made
    if isinstance(other.type, ErrorT) or isinstance(base.type, ErrorT):
        return poison(cx.span(node))
    if kinds(other.type) != {Kind.DICT} and not isinstance(other.type, NeverT):
        return cx.error(
            codes.TYPE_NEEDED if Kind.DICT in kinds(other.type) else codes.TYPE_MISMATCH,
            node,
            f"a value of type `{other.type}` is spread into a dict",
            help="write instead: a value that is known to be a dict",
        )
    return binary(cx, "|", base, other, node)


def augmented_list(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr:
    """`left symbol= right` where `left` may be a list, which takes any iterable, and may be something else; both are atoms."""
    of_numbers = arithmetic_of_numbers(
        cx, f"{symbol}=", left, right, lambda a, b: augmented_list(cx, symbol, a, b, node), node
    )
    if of_numbers is not None:
        return of_numbers
    test = has_kind(cx, left, frozenset({Kind.LIST}), node)
    items = right
    if kinds(right.type) != {Kind.LIST}:
        # A value that is no iterable raises here, with the words that `list +=` has for it.
        type_ = ListT(items_type(right.type))
        items = Prim(op="iter.list", args=(right,), type=type_, span=cx.span(node))
    longer = built(
        cx,
        node,
        [left, items],
        lambda site: catalog.build_extend(as_kind(left, frozenset({Kind.LIST})), items, site),
        held=inner([left, items]),
    )
    rest = replace(left, type=without_kinds(left.type, frozenset({Kind.LIST})))
    other = built(
        cx,
        node,
        [rest, right],
        lambda site: catalog.build_binary(f"{symbol}=", rest, right, replace(site, choice=True)),
        held=containers(symbol, rest, right),
    )
    if isinstance(longer.type, ErrorT) or isinstance(other.type, ErrorT):
        return poison(cx.span(node))
    takes = kinds(right.type) - frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT})
    made = join(longer.type, other.type) if takes else other.type
    return Cond(test=test, then=longer, orelse=other, type=made, span=cx.span(node))


def sort_by(cx: Context, items: Expr, keys: Expr | None, reverse: Expr, node: ast.AST) -> Expr:
    """`sorted(items, key=..., reverse=...)` with the keys computed."""
    kept = items.type
    if keys is None and holds_number(items.type):
        items = keys = cx.atom(items)
    keys = None if keys is None else as_ranks(keys)
    if keys is None:
        (items,) = as_numbers(cx, items)
    is_ranked = are_times(items) or are_timed_tuples(items) or are_decimals(items) or as_values(items) is not items
    if keys is None and is_ranked:
        items = keys = cx.atom(items)
    keys = None if keys is None else ranked_tuples(cx, as_values(keys), node)
    keys = None if keys is None else decimal_ranks(cx, time_ranks(cx, as_numbers(cx, keys)[0], node), node)
    given = [items, reverse] if keys is None else [items, reverse, keys]
    held = () if keys is None else inner([items])
    made = built(cx, node, given, lambda site: catalog.build_sorted(items, keys, reverse, site), held=held)
    return made if items.type == kept else replace(made, type=kept)


def extreme_by(cx: Context, name: str, items: Expr, keys: Expr, default: Expr | None, node: ast.AST) -> Expr:
    """`min`/`max` of items by their keys: the first item whose key is the smallest (largest)."""
    reverse = Const(value=name == "max", type=BOOL, span=cx.span(node))
    # A stable sort keeps the first of equal keys in front, also when it is reversed.
    ordered = sort_by(cx, items, keys, reverse, node)
    first = Const(value=0, type=INT, span=cx.span(node))
    if default is None:
        checked = call(cx, name, [length_list(cx, items, node)], {}, node)
        made = subscript(cx, ordered, first, node)
        if isinstance(made.type, ErrorT) or isinstance(checked.type, ErrorT):
            return poison(cx.span(node))
        return Let(name=cx.names.fresh("unused"), value=checked, body=made, type=made.type, span=cx.span(node))
    fallback = make_list(cx, [default], node)
    either = binary(cx, "+", ordered, fallback, node)
    return subscript(cx, either, first, node)


def length_list(cx: Context, items: Expr, node: ast.AST) -> Expr:
    """A list of numbers that is empty when `items` is, for the ValueError of `min()` and `max()` of nothing."""
    name = cx.names.fresh("item")
    one = Const(value=1, type=INT, span=cx.span(node))
    return ListComp(name=name, seq=items, cond=None, body=one, type=ListT(INT), span=cx.span(node))
