"""What a value is: true or not, of which kind, of which class."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.aws.told_numbers import truth_of_number
from pysfnc.frontend.concurrency.future_tables import KeyedCoroutines, KeyedFutures, keys_of_table
from pysfnc.frontend.concurrency.future_values import FutureList, FutureSet
from pysfnc.frontend.core.infinities import may_be_infinite, told_of_infinite
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Choice, Lazy, Static, TupleOf, TypeOf, Value
from pysfnc.frontend.data.decimal_operations import decimal_truth
from pysfnc.frontend.data.moment_operations import time_truth
from pysfnc.frontend.operations.ask import after, built, told_by_text
from pysfnc.frontend.operations.deques import listed
from pysfnc.frontend.operations.mappings import dict_held
from pysfnc.frontend.operations.sets import set_items
from pysfnc.ir.exprs import Const, Expr, Logic, Prim, Var
from pysfnc.library import catalog
from pysfnc.library.objects.objects import build_is_record
from pysfnc.library.rows.typenames import class_clash, is_of_class, number_is_ambiguous, without_code
from pysfnc.values.relations import join_all, kinds, members, without_kinds
from pysfnc.values.types import BOOL, NONE, STR, BoolT, ErrorT, ExcT, Kind, NeverT, TupleT, Type


def truth(cx: Context, value: Value, node: ast.AST) -> Expr:
    """`bool(value)`."""
    if isinstance(value, Static):
        return _static_truth(cx, value, node)
    data: Expr = value
    if isinstance(data.type, BoolT):
        return data
    from pysfnc.frontend.classes.own_operators import truth_of_own

    of_own = truth_of_own(cx, data, node)
    if of_own is not None:
        return of_own
    if isinstance(data, Var) and isinstance(data.type, TupleT):
        return Const(value=bool(data.type.items), type=BOOL, span=cx.span(node))
    of_time = time_truth(cx, data, node) or decimal_truth(cx, data, node)
    if of_time is not None:
        return of_time
    of_number = truth_of_number(cx, data, lambda rest: truth(cx, rest, node))
    if of_number is not None:
        return of_number
    data = set_items(cx, dict_held(listed(data)), node)
    return built(cx, node, [data], lambda site: catalog.build_truth(data, site), held=told_by_text([data]))


def _static_truth(cx: Context, value: Value, node: ast.AST) -> Expr:
    """Functions and classes are true; a range or a dict view has a length."""
    if isinstance(value, Lazy) and value.sequence:
        return truth(cx, value.items, node)
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.lower_resource_lists import resources_listed

        listed_ = resources_listed(cx, value, node)
        return as_data(cx, value, node) if listed_ is None else truth(cx, listed_, node)
    if isinstance(value, Choice) and all(isinstance(option, Static) or option.type == NONE for option in value.options):
        from pysfnc.frontend.calls.lower_choices import choice_is_none

        return negate(cx, choice_is_none(cx, value, node), node)
    if isinstance(value, TypeOf):
        return Const(value=True, type=BOOL, span=cx.span(node))
    if isinstance(value, TupleOf):
        return Const(value=bool(value.items), type=BOOL, span=cx.span(node))
    if isinstance(value, KeyedFutures | KeyedCoroutines):
        return truth(cx, keys_of_table(value), node)
    if isinstance(value, FutureSet | FutureList):
        return truth(cx, value.items if isinstance(value, FutureSet) else value.outcomes, node)
    return as_data(cx, value, node)


def negate(cx: Context, test: Expr, node: ast.AST) -> Expr:
    """`not test`."""
    test = set_items(cx, dict_held(listed(test)), node)
    return built(cx, node, [test], lambda site: catalog.build_not(test, site), held=told_by_text([test]))


def kept_by_truth(type_: Type, truth_: bool) -> Type:
    """The part of a type whose values may be true (false)."""
    kept = without_kinds(type_, frozenset({Kind.NONE if truth_ else Kind.EXCEPTION}))
    return kept if truth_ else without_code(kept)


def has_kind(cx: Context, value: Expr, wanted: frozenset[Kind], node: ast.AST) -> Expr:
    """Whether a value has one of these kinds; what is a dict besides counts as the dict that holds it."""
    value = dict_held(value)
    if may_be_infinite(value.type):
        return told_of_infinite(cx, value, Kind.FLOAT in wanted, lambda number: has_kind(cx, number, wanted, node))
    wanted = wanted - {Kind.MAPPING} | ({Kind.DICT} if Kind.MAPPING in wanted else frozenset())
    arrays = kinds(value.type) & {Kind.LIST, Kind.TUPLE, Kind.SET, Kind.DEQUE}
    marked = next((kind for kind in (Kind.SET, Kind.DEQUE) if kind in arrays), None)
    if marked is not None and arrays & wanted and arrays - wanted:
        what = f"whether a value of type `{value.type}` is a {marked.value} cannot be told"
        return cx.error(codes.TYPE_NEEDED, node, what)
    held = () if class_clash(value.type) else [value]
    return built(cx, node, [value], lambda site: catalog.build_has_kind(value, wanted, site), held=held)


def is_instance(cx: Context, value: Expr, names: Sequence[str], node: ast.AST) -> Expr:
    """`isinstance(value, names)`; the names are those of builtin types and exception classes."""
    value = dict_held(value)
    if isinstance(value.type, ErrorT | NeverT):
        return built(cx, node, [value], lambda _site: value, held=[value])
    if any(is_of_class(member) for member in members(value.type)):
        return _is_object(cx, value, names, node)
    if may_be_infinite(value.type):
        return told_of_infinite(cx, value, "float" in names, lambda number: is_instance(cx, number, names, node))
    wanted = frozenset[Kind]().union(*(CLASS_KINDS.get(name, frozenset()) for name in names))
    if Kind.EXCEPTION in kinds(value.type):
        value = value if isinstance(value.type, ExcT) else cx.atom(value)
        test = _is_exception(cx, value, names, node)
        if isinstance(value.type, ExcT) or not wanted & kinds(value.type):
            return test
        other = has_kind(cx, value, wanted & kinds(value.type), node)
        return Logic(op="or", left=other, right=test, type=BOOL, span=cx.span(node))
    asked = wanted & {Kind.INT, Kind.FLOAT}
    if len(asked) == 1 and number_is_ambiguous(value.type):
        return cx.error(
            codes.AMBIGUOUS_NUMBER,
            node,
            "whether the number is an int or a float cannot be told apart in the machine",
            help="write instead: `int(x)` or `float(x)` where the number is made",
        )
    if not kinds(value.type) & wanted:
        return after(cx, value, Const(value=False, type=BOOL, span=cx.span(node)), node)
    if kinds(value.type) <= wanted:
        return after(cx, value, Const(value=True, type=BOOL, span=cx.span(node)), node)
    return has_kind(cx, value, wanted, node)


def _is_object(cx: Context, value: Expr, names: Sequence[str], node: ast.AST) -> Expr:
    """`isinstance` where some of the values are objects of classes of the project."""
    from pysfnc.frontend.core.narrow import is_of_classes

    data = cx.atom(value)
    mine = [member for member in members(value.type) if is_of_class(member)]
    wanted = [member for member in mine if is_of_classes(cx, member, list(names))]
    others = [member for member in members(value.type) if member not in mine]
    made = built(cx, node, [data], lambda site: build_is_record(data, wanted, site), held=[data])
    if not others:
        return made
    rest = replace(data, type=join_all(others)) if isinstance(data, Var) else data
    inner = is_instance(cx, rest, [name for name in names if ":" not in name], node)
    not_mine = negate(cx, built(cx, node, [data], lambda site: build_is_record(data, mine, site), held=[data]), node)
    both = Logic(op="and", left=not_mine, right=inner, type=BOOL, span=cx.span(node))
    return Logic(op="or", left=made, right=both, type=BOOL, span=cx.span(node))


def _is_exception(cx: Context, value: Expr, names: Sequence[str], node: ast.AST) -> Expr:
    """The class of an exception is its name; a class covers the known ones below it."""
    span = cx.span(node)
    if not isinstance(value.type, ExcT):
        value = cx.atom(value)
        test = has_kind(cx, value, frozenset({Kind.EXCEPTION}), node)
        if {"Exception", "BaseException"} & set(names):
            return test
        narrowed = Var(name=value.name, type=ExcT(None), span=span) if isinstance(value, Var) else value
        inner = _is_exception(cx, narrowed, names, node)
        return Logic(op="and", left=test, right=inner, type=BOOL, span=span)
    if {"Exception", "BaseException"} & set(names):
        return after(cx, value, Const(value=True, type=BOOL, span=span), node)
    covered = dict.fromkeys(
        n for name in names for n in cx.project.exceptions.descendants(name) if name not in CLASS_KINDS
    )
    texts = tuple(Const(value=name, type=STR, span=span) for name in covered)
    if not texts:
        return after(cx, value, Const(value=False, type=BOOL, span=span), node)
    return Prim(op="exc.is_one", args=(value, *texts), type=BOOL, span=span)


CLASS_KINDS: Final[dict[str, frozenset[Kind]]] = {
    "NoneType": frozenset({Kind.NONE}),
    "bool": frozenset({Kind.BOOL}),
    "int": frozenset({Kind.BOOL, Kind.INT}),
    "float": frozenset({Kind.FLOAT}),
    "str": frozenset({Kind.STR}),
    "list": frozenset({Kind.LIST}),
    "tuple": frozenset({Kind.TUPLE}),
    "dict": frozenset({Kind.DICT, Kind.MAPPING}),
}
"""Which kinds of values are instances of a builtin class: a bool is an int, and what `collections` makes of dicts is a dict."""
