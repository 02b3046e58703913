"""The lowering's view of the library: operations on typed values, with refusals reported at their place.

Owns nothing of what an operation means. What every function here does besides: a value already reported stays silent, and lazy objects
(`range`, `zip`) are taken for the lists they give where Python takes their items.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws_types import METADATA, status_of
from pysfnc.frontend.effects import can_raise
from pysfnc.frontend.lower_aws_errors import check_code, class_name, part_of_response
from pysfnc.frontend.lower_context import Context, poison
from pysfnc.frontend.lower_core import as_data
from pysfnc.frontend.lower_environment import environment_has, is_environ
from pysfnc.frontend.lower_values import (
    BuiltinFunction,
    ExceptionClass,
    FutureList,
    FutureSet,
    Lazy,
    LazyComprehension,
    Opaque,
    ProjectClass,
    Static,
    TupleOf,
    TypeOf,
    Value,
)
from pysfnc.frontend.model import Style
from pysfnc.frontend.moment_operations import (
    are_times,
    moment_of_aws,
    time_binary,
    time_call,
    time_compare,
    time_format,
    time_ranks,
    time_text,
    time_truth,
    time_unary,
)
from pysfnc.frontend.whole import obstacle, operation_obstacle, refuse_text, refuse_whole, text_held
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Let, ListComp, Logic, NewExc, Prim, Var
from pysfnc.ir.hir import Eval
from pysfnc.library import catalog
from pysfnc.library.dicts import value_type as values_in
from pysfnc.library.dispatch import having as dispatch_having
from pysfnc.library.enums import build_value
from pysfnc.library.iteration import build_spread, items_type
from pysfnc.library.lists import item_type as items_in
from pysfnc.library.objects import build_attribute, build_is_record, build_set_attribute
from pysfnc.library.row import Change, Refusal, Site
from pysfnc.library.sets import Form
from pysfnc.library.typenames import class_clash, is_of_class, number_is_ambiguous, of_kinds
from pysfnc.source.span import Span
from pysfnc.values.types import (
    BOOL,
    INT,
    JSON,
    NEVER,
    NONE,
    STR,
    BoolT,
    DictT,
    EnumT,
    ErrorT,
    ExcT,
    Kind,
    LazyDictT,
    ListT,
    MapT,
    NeverT,
    OpaqueT,
    RecordT,
    SetT,
    StrT,
    TupleT,
    Type,
    is_json_faithful,
    join,
    join_all,
    kinds,
    members,
    only_kinds,
    without_kinds,
)

Built = Expr | Refusal
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


def _built(
    cx: Context, node: ast.AST, args: Sequence[Expr], build: Callable[[Site], Built], *, held: Sequence[Expr] = ()
) -> Expr:
    """Ask the library, unless an operand was reported already or is never there.

    `held`: the operands that the operation keeps or passes on without looking at what they hold.
    """
    if any(isinstance(arg.type, ErrorT) for arg in args):
        return poison(cx.span(node))
    ended = never_among(cx, args, node)
    if ended is not None:
        return ended
    text = next(filter(None, (text_held(arg.type) for arg in args if not any(arg is other for other in held))), None)
    if text is not None:
        return refuse_text(cx, text, node)
    made = build(cx.site(node))
    if isinstance(made, Refusal):
        missing = next(filter(None, (obstacle(arg.type) for arg in args)), None)
        return cx.refuse(made, node) if missing is None else refuse_whole(cx, missing, node)
    missing = operation_obstacle(made)
    return made if missing is None else refuse_whole(cx, missing, node)


def _inner(args: Sequence[Expr]) -> list[Expr]:
    """The operands that are no set or text of the wire themselves, though they may hold some."""
    return [
        arg
        for arg in args
        if not any(
            isinstance(member, SetT | MapT) or (isinstance(member, OpaqueT) and member.on_wire)
            for member in members(arg.type)
        )
    ]


def _valued(pairs: Expr) -> list[Expr]:
    """Pairs that become keys and values, where the values only may be texts of the wire."""
    match pairs.type:
        case ListT(TupleT((key, _))) if text_held(key) is None:
            return [pairs]
        case _:
            return []


def _told_by_text(args: Sequence[Expr]) -> list[Expr]:
    """The operands of which the text tells whether they are true: bytes have an empty one, and zero does not."""
    return [
        arg
        for arg in args
        if OpaqueT("Decimal", on_wire=True) not in members(arg.type) and not kinds(arg.type) & {Kind.SET, Kind.MAPPING}
    ]


def _containers(symbol: str, one: Expr, other: Expr) -> list[Expr]:
    """The operands of operators that join or repeat containers."""
    return _inner([one, other]) if symbol.removesuffix("=") in ("+", "*", "|") else []


def _compared(symbol: str, one: Expr, other: Expr) -> list[Expr]:
    """The operands of comparisons that look at no value: with None, and for a key of a dict."""
    if symbol in ("is", "is not") and NONE in (one.type, other.type):
        return [one, other]
    return [other] if symbol in ("in", "not in") and kinds(other.type) == {Kind.DICT} else []


_HOLDING_CALLS: Final = frozenset(
    {"len", "list", "tuple", "enumerate", "zip", "reversed", "copy.copy", "copy.deepcopy"}
)
"""Functions that look at no item of their arguments."""
_HOLDING_METHODS: Final = frozenset({"get", "items", "keys", "values", "copy"})
"""Methods that look at the receiver's keys and their first argument only."""
_HOLDING_CHANGES: Final = frozenset(
    {"append", "extend", "insert", "pop", "clear", "reverse", "update", "setdefault", "popitem"}
)
"""Methods that change containers without a look at items. Keys and positions are their first arguments."""
_KEYED: Final = frozenset({"insert", "pop", "setdefault"})


def _is_kept(name: str, arg: Expr, given: Sequence[Expr]) -> bool:
    """Whether a changing method keeps one of its operands as it is."""
    if arg is given[0] or name in ("extend", "update"):
        return name in _HOLDING_CHANGES and bool(_inner([arg]))
    return name in _HOLDING_CHANGES and not (name in _KEYED and arg is given[1])


def never_among(cx: Context, args: Sequence[Expr], node: ast.AST) -> Expr | None:
    """What stands for an operation whose operands do not all come to an end: they, up to the one that does not. None where all of them do."""
    index = next((i for i, arg in enumerate(args) if isinstance(arg.type, NeverT)), None)
    if index is None:
        return None
    made = args[index]
    if isinstance(made, Const):
        # Control did not get past its statements, and what the others do stands before those.
        return made
    for arg in reversed(args[:index]):
        if not isinstance(arg, Const | Var):
            made = Let(name=cx.names.fresh("unused"), value=arg, body=made, type=NEVER, span=cx.span(node))
    return made


# Operators


def binary(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr:
    """`left symbol right`."""
    if symbol in ("%", "%=") and isinstance(left, Const) and isinstance(left.value, str):
        template = left.value
        return _built(cx, node, [left, right], lambda site: catalog.build_percent(template, right, site))
    of_time = time_binary(cx, symbol, left, right, node)
    if of_time is not None:
        return of_time
    one, other = decayed(cx, left), decayed(cx, right)
    if Kind.MAPPING in kinds(one.type) and Kind.MAPPING in kinds(other.type) and isinstance(node, ast.expr):
        from pysfnc.frontend.lower_mappings import is_sum_of_counters, join_counters

        if is_sum_of_counters(symbol, one, other):
            return join_counters(cx, symbol, one, other, node)
    if _meet_a_set(one, other):
        return _built_of_sets(cx, node, [one, other], lambda site: catalog.build_operator(symbol, one, other, site))
    return _built(
        cx,
        node,
        [one, other],
        lambda site: catalog.build_binary(symbol, one, other, site),
        held=_containers(symbol, one, other),
    )


def unary(cx: Context, symbol: str, operand: Expr, node: ast.AST) -> Expr:
    """`-x`, `+x`, `~x`."""
    of_time = time_unary(cx, symbol, operand, node)
    if of_time is not None:
        return of_time
    data = decayed(cx, operand)
    return _built(cx, node, [data], lambda site: catalog.build_unary(symbol, data, site))


def truth(cx: Context, value: Value, node: ast.AST) -> Expr:
    """`bool(value)`."""
    if isinstance(value, Static):
        return _static_truth(cx, value, node)
    data: Expr = value
    if isinstance(data.type, BoolT):
        return data
    of_time = time_truth(cx, data, node)
    if of_time is not None:
        return of_time
    data = set_items(cx, dict_held(data), node)
    return _built(cx, node, [data], lambda site: catalog.build_truth(data, site), held=_told_by_text([data]))


def _static_truth(cx: Context, value: Value, node: ast.AST) -> Expr:
    """Functions and classes are true; a range or a dict view has a length."""
    if isinstance(value, Lazy) and value.sequence:
        return truth(cx, value.items, node)
    if isinstance(value, TupleOf):
        return Const(value=bool(value.items), type=BOOL, span=cx.span(node))
    if isinstance(value, FutureSet | FutureList):
        return truth(cx, value.items if isinstance(value, FutureSet) else value.outcomes, node)
    return as_data(cx, value, node)


def negate(cx: Context, test: Expr, node: ast.AST) -> Expr:
    """`not test`."""
    test = set_items(cx, dict_held(test), node)
    return _built(cx, node, [test], lambda site: catalog.build_not(test, site), held=_told_by_text([test]))


def kept_by_truth(type_: Type, truth_: bool) -> Type:
    """The part of a type whose values may be true (false)."""
    return without_kinds(type_, frozenset({Kind.NONE if truth_ else Kind.EXCEPTION}))


def compare(cx: Context, op: ast.cmpop, left: Value, right: Value, node: ast.AST) -> Expr:
    """`left op right`."""
    symbol = _SYMBOLS[type(op)]
    if isinstance(left, TypeOf) or isinstance(right, TypeOf):
        return _compare_types(cx, symbol, left, right, node)
    if symbol in ("in", "not in") and isinstance(right, Lazy):
        right = right.items
    if symbol in ("in", "not in") and is_environ(right):
        return environment_has(cx, as_data(cx, left, node), node, negated=symbol == "not in")
    if symbol in ("is", "is not", "==", "!=") and (isinstance(left, Static) or isinstance(right, Static)):
        known = _compare_static(cx, symbol, left, right, node)
        if known is not None:
            return known
    one, other = as_data(cx, left, node), as_data(cx, right, node)
    of_time = time_compare(cx, symbol, one, other, node)
    if of_time is not None:
        return of_time
    check_code(cx, (one, other), node)
    if symbol not in ("==", "!=", "is", "is not"):
        one, other = decayed(cx, one), decayed(cx, other)
    if symbol in ("in", "not in", "is", "is not"):
        other = plain(other)
        if symbol in ("in", "not in") and isinstance(one.type, StrT):
            other = _container(other, "argument of type ", " is not iterable", only_dict=True)
        if symbol in ("in", "not in") and keyed_by(other.type, one) is not None:
            one, other = key_text(cx, one, node), dict_held(other)
    if symbol in ("==", "!=") and _is_counter(one) and _is_counter(other) and isinstance(node, ast.expr):
        from pysfnc.frontend.lower_mappings import counters_equal

        same = counters_equal(cx, one, other, node)
        return same if symbol == "==" else negate(cx, same, node)
    if symbol in ("==", "!="):
        one, other = plain(one), plain(other)
        if has_int_keys(one.type) and has_int_keys(other.type):
            one, other = dict_held(one), dict_held(other)
    if symbol in ("in", "not in") and Kind.SET in kinds(other.type):
        one, other = hashable(cx, one, node), set_items(cx, other, node)
        one = set_items(cx, one, node)
    elif symbol not in ("is", "is not", "in", "not in") and _meet_a_set(one, other):
        return _built_of_sets(cx, node, [one, other], lambda site: catalog.build_comparison(symbol, one, other, site))
    ranked = _ranked(cx, symbol, one, other, node)
    if ranked is not None:
        one, other = ranked
    return _built(
        cx,
        node,
        [one, other],
        lambda site: catalog.build_compare(symbol, one, other, site),
        held=_compared(symbol, one, other),
    )


def _ranked(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> tuple[Expr, Expr] | None:
    """Objects of an `order=True` dataclass as the tuples that they are ordered by."""
    if not (isinstance(left.type, RecordT) and isinstance(right.type, RecordT) and left.type.cls == right.type.cls):
        return None
    if symbol not in ("<", "<=", ">", ">=") or not left.type.cls.ranked:
        return None
    names = [field.name for field in left.type.cls.fields if field.compared]

    def ranks(value: Expr) -> Expr:
        held = cx.atom(value)
        return make_tuple(cx, [part(cx, held, text_const(name, value.span), node) for name in names], node)

    return ranks(left), ranks(right)


def _is_counter(value: Expr) -> bool:
    return isinstance(value.type, MapT) and value.type.name == "Counter"


def _compare_static(cx: Context, symbol: str, left: Value, right: Value, node: ast.AST) -> Expr | None:
    """`f is None` of a function and the like: what exists only while compiling is no data."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Static) and not isinstance(one, Lazy) and isinstance(other, Const) and other.type == NONE:
            return Const(value=symbol in ("is not", "!="), type=BOOL, span=cx.span(node))
    return None


def _compare_types(cx: Context, symbol: str, left: Value, right: Value, node: ast.AST) -> Expr:
    """`type(e) is ValueError` of an exception."""
    asked, class_ = (left, right) if isinstance(left, TypeOf) else (right, left)
    assert isinstance(asked, TypeOf)
    if (
        symbol in ("is", "==", "is not", "!=")
        and isinstance(asked.value.type, ExcT)
        and isinstance(class_, ExceptionClass)
    ):
        name = ExcField(exc=asked.value, field_="name", type=STR, span=cx.span(node))
        wanted = Const(value=class_.name, type=STR, span=cx.span(node))
        same = "==" if symbol in ("is", "==") else "!="
        return _built(cx, node, [name, wanted], lambda site: catalog.build_compare(same, name, wanted, site))
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        "a comparison of types has no compiled form",
        help="write instead: `isinstance(value, ...)`",
    )


# Dicts of `collections`


def plain(value: Expr) -> Expr:
    """A `Counter` and the like as the dict that it is besides; any other value as it is."""
    if Kind.MAPPING not in kinds(value.type):
        return value
    return replace(value, type=join_all([_plain_type(member) for member in members(value.type)]))


def _plain_type(type_: Type) -> Type:
    if not isinstance(type_, MapT):
        return type_
    return MapT("dict", type_.held, key=INT) if type_.key == INT else type_.held


def dict_held(value: Expr) -> Expr:
    """A dict as the machine holds it, whatever its keys are; for whoever looks at no key, or has its text."""
    if Kind.MAPPING not in kinds(value.type):
        return value
    return replace(value, type=join_all([m.held if isinstance(m, MapT) else m for m in members(value.type)]))


def as_mapping(value: Expr, like: MapT) -> Expr:
    """A dict that was made of a special one, as a special one again."""
    if isinstance(value.type, MapT):
        return replace(value, type=MapT(like.name, value.type.held, like.factory, value.type.key))
    if not isinstance(value.type, DictT):
        return value
    key = STR if like.key == NEVER and value.type.value != NEVER else like.key
    return replace(value, type=MapT(like.name, DictT(value.type.value), like.factory, key))


def has_int_keys(type_: Type) -> bool:
    """Whether a value is a dict whose keys are ints."""
    return isinstance(type_, MapT) and type_.key == INT


def keyed_by(type_: Type, key: Expr) -> MapT | None:
    """The dict type that takes an int as a key, if one of the type does: one with such keys, or one that has no keys yet."""
    if kinds(key.type) != {Kind.INT}:
        return None
    if isinstance(type_, MapT) and type_.key in (INT, NEVER):
        return replace(type_, key=INT)
    if type(type_) is DictT and type_.value == NEVER and not type_.fields:
        return MapT("dict", type_, key=INT)
    return None


def key_text(cx: Context, key: Expr, node: ast.AST) -> Expr:
    """An int as the text that the machine has for it as a key."""
    return _built(cx, node, [key], lambda site: catalog.build_key_text(key, site))


def key_present(cx: Context, mapping: Expr, text: Expr, node: ast.AST) -> Expr:
    """None, after the KeyError of an int, given as its text, that is no key of a dict."""
    whole = dict_held(mapping)
    return _built(cx, node, [whole, text], lambda site: catalog.build_key_present(whole, text, site), held=[whole])


def int_keys(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the keys of a dict whose keys are ints."""
    texts = keys_of(cx, dict_held(mapping), node)
    name = cx.names.fresh("key")
    one = Var(name=name, type=STR, span=cx.span(node))
    body = _built(cx, node, [one], lambda site: catalog.build_key(one, site))
    return ListComp(name=name, seq=texts, cond=None, body=body, type=ListT(INT), span=cx.span(node))


def int_items(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the pairs of a dict whose keys are ints."""
    pairs = method(cx, "items", dict_held(mapping), [], {}, node)
    if isinstance(pairs.type, ErrorT) or item_type(pairs.type) == NEVER:
        return pairs
    name = cx.names.fresh("pair")
    pair = Var(name=name, type=item_type(pairs.type), span=cx.span(node))
    text = tuple_item(cx, pair, 0, node)
    key = _built(cx, node, [text], lambda site: catalog.build_key(text, site))
    body = make_tuple(cx, [key, tuple_item(cx, pair, 1, node)], node)
    return ListComp(name=name, seq=pairs, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def _with_texts(cx: Context, pairs: Expr, node: ast.AST) -> Expr | None:
    """Pairs with the texts of their keys, where these are ints; None where they are not."""
    match pairs.type:
        case ListT(TupleT((key, _))) if kinds(key) == {Kind.INT}:
            pass
        case _:
            return None
    name = cx.names.fresh("pair")
    pair = Var(name=name, type=item_type(pairs.type), span=cx.span(node))
    key_, value = tuple_item(cx, pair, 0, node), tuple_item(cx, pair, 1, node)
    body = make_tuple(cx, [key_text(cx, key_, node), value], node)
    return ListComp(name=name, seq=pairs, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def _as_int_keyed(made: Expr) -> Expr:
    return replace(made, type=MapT("dict", DictT(made.type.value), key=INT)) if isinstance(made.type, DictT) else made


def may_fail(value: Expr) -> bool:
    """Whether evaluating a value may raise."""
    return can_raise(value)


def refuse_order_of_set(cx: Context, node: ast.AST) -> Expr:
    """Say that the order of a set shows."""
    return refuse_text(cx, "set", node)


def _item_of_mapping(cx: Context, value: Expr, key: Expr, node: ast.AST) -> Expr:
    """The item of a dict of `collections`: nothing counts as zero; a `defaultdict` was given the item before."""
    inner = dict_held(value)
    if isinstance(value.type, MapT) and value.type.name == "Counter":
        return method(cx, "get", inner, [key, Const(value=0, type=INT, span=cx.span(node))], {}, node)
    return subscript(cx, inner, key, node)


# Sets


def _meet_a_set(left: Expr, right: Expr) -> bool:
    return Kind.SET in kinds(left.type) | kinds(right.type)


def _built_of_sets(cx: Context, node: ast.AST, args: Sequence[Expr], build: Callable[[Site], Built]) -> Expr:
    """As `_built` for rows of sets, which show no order."""
    return _built(cx, node, args, build, held=args)


def set_items(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """What may be a set as an array, for whoever shows no order; what is none stays what it is."""
    if Kind.SET not in kinds(value.type):
        return value
    return _built_of_sets(cx, node, [value], lambda site: catalog.build_items(value, site))


def hashable(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """The value, after the TypeError of one that no set can hold."""
    data = decayed(cx, value)
    return _built(cx, node, [data], lambda site: catalog.build_hashable(data, site))


def make_set(cx: Context, items: Expr | None, form: Form, node: ast.AST) -> Expr:
    """The set of the items, which are hashable."""
    given = [] if items is None else [items]
    return _built_of_sets(cx, node, given, lambda site: catalog.build_set(items, form, site))


def set_method(
    cx: Context, name: str, receiver: Expr, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST
) -> Expr:
    """A call of a method of a set that changes nothing; iterables among the arguments are sets by now."""
    if kinds(receiver.type) != {Kind.SET}:
        _refuse_mixed_set(cx, receiver, name, node)
        return poison(cx.span(node))
    return _built_of_sets(
        cx,
        node,
        [receiver, *args, *keywords.values()],
        lambda site: catalog.build_method(name, receiver, args, keywords, site),
    )


def _refuse_mixed_set(cx: Context, receiver: Expr, name: str, node: ast.AST) -> None:
    cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`.{name}()` depends on whether the value of type `{receiver.type}` is a set",
        help="write instead: a variable that holds nothing but a set",
    )


# Items


def subscript(cx: Context, value: Expr, index: Expr, node: ast.AST) -> Expr:
    """`value[index]`."""
    value = _container(value, "", " object is not subscriptable")
    part = part_of_response(cx, value, index, node)
    if part is not None:
        return part
    status = status_of(value.type)
    if isinstance(value.type, MapT):
        return _item_of_mapping(cx, value, decayed(cx, index), node)
    if status is not None and isinstance(index, Const) and index.value == "HTTPStatusCode":
        return Const(value=status, type=INT, span=cx.span(node))
    key = decayed(cx, index)
    made = _built(cx, node, [value, key], lambda site: catalog.build_subscript(value, key, site), held=_inner([value]))
    return moment_of_aws(_metadata(cx, made, node))


def _metadata(cx: Context, made: Expr, node: ast.AST) -> Expr:
    """`ResponseMetadata` of an answer, which the machine does not get, from what is known of it."""
    status = status_of(made.type)
    if status is None or not isinstance(made, Prim):
        return made
    pair = (_text("HTTPStatusCode", cx.span(node)), Const(value=status, type=INT, span=cx.span(node)))
    return Prim(op="dict.make", args=pair, type=made.type, span=made.span)


def slice_of(cx: Context, value: Expr, bounds: Sequence[Expr | None], node: ast.AST) -> Expr:
    """`value[low:high:step]`; a bound left out is None."""
    low, high, step = (Const(value=None, type=NONE, span=cx.span(node)) if b is None else b for b in bounds)
    return _built(
        cx,
        node,
        [value, low, high, step],
        lambda site: catalog.build_slice(value, low, high, step, site),
        held=_inner([value]),
    )


def part(cx: Context, value: Expr, key: Expr, node: ast.AST) -> Expr:
    """What stands at a key of a container, or in an attribute of an object."""
    name = _attribute_name(value, key)
    if name is None:
        return subscript(cx, value, key, node)
    return _built(cx, node, [value], lambda site: build_attribute(value, name, site), held=_inner([value]))


def set_part(cx: Context, value: Expr, key: Expr, new: Expr, node: ast.AST, *, existing: bool = False) -> Expr:
    """What `value` is after its item or attribute was set; see `set_item`."""
    name = _attribute_name(value, key)
    if name is None:
        return set_item(cx, value, key, new, node, existing=existing)
    holder = having_kind(cx, value, name, frozenset({Kind.RECORD}), node)
    return _built(
        cx, node, [holder, new], lambda site: build_set_attribute(holder, name, new, site), held=[holder, new]
    )


def _attribute_name(value: Expr, key: Expr) -> str | None:
    """The attribute that a constant key of a place stands for: only those of objects are places."""
    is_record = Kind.RECORD in kinds(value.type) and Kind.DICT not in kinds(value.type)
    return key.value if is_record and isinstance(key, Const) and isinstance(key.value, str) else None


def having_kind(cx: Context, value: Expr, name: str, wanted: frozenset[Kind], node: ast.AST) -> Expr:
    """The value, after the AttributeError of one of another kind."""
    return _built(cx, node, [value], lambda site: dispatch_having(value, name, wanted, site), held=_inner([value]))


def decayed(cx: Context, value: Expr) -> Expr:
    """A member of an Enum that is a str or int besides, as that; anything else as it is."""
    if isinstance(value.type, EnumT) and value.type.cls.base is not None:
        return build_value(value, Site(value.span, cx.names))
    return value


def text_const(value: str, span: Span | None) -> Const:
    """A str constant."""
    return Const(value=value, type=STR, span=span)


def set_item(cx: Context, container: Expr, key: Expr, value: Expr, node: ast.AST, *, existing: bool = False) -> Expr:
    """What `container` is after `container[key] = value`; `existing`: there is an item, which was read before."""
    if isinstance(container.type, MapT):
        return as_mapping(set_item(cx, dict_held(container), key, value, node, existing=existing), container.type)
    return _built(
        cx,
        node,
        [container, key, value],
        lambda site: catalog.build_set_item(container, key, value, site, existing),
        held=[*_inner([container]), value],
    )


def delete_item(cx: Context, container: Expr, key: Expr, node: ast.AST) -> Expr:
    """What `container` is after `del container[key]`."""
    if isinstance(container.type, MapT):
        return as_mapping(delete_item(cx, dict_held(container), key, node), container.type)
    return _built(
        cx,
        node,
        [container, key],
        lambda site: catalog.build_delete_item(container, key, site),
        held=_inner([container]),
    )


def tuple_item(cx: Context, value: Expr, index: int, node: ast.AST) -> Expr:
    """Item number `index` of a tuple of known length."""
    return subscript(cx, value, Const(value=index, type=INT, span=value.span), node)


def length(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`len(value)`."""
    data = set_items(cx, dict_held(decayed(cx, value)), node)
    data = _container(data, "object of type ", " has no len()")
    return _built(cx, node, [data], lambda site: catalog.build_call("len", [data], {}, site), held=_inner([data]))


def as_kind(value: Expr, wanted: frozenset[Kind]) -> Expr:
    """The same expression where its value is known to be of one of these kinds."""
    return value if isinstance(value, Const) else replace(value, type=only_kinds(value.type, wanted))


# Displays


def make_list(cx: Context, items: Sequence[Expr], node: ast.AST) -> Expr:
    """`[a, b]`."""
    return _display(cx, items, ListT(join_all([item.type for item in items])), node)


def make_tuple(cx: Context, items: Sequence[Expr], node: ast.AST) -> Expr:
    """`(a, b)`."""
    return _display(cx, items, TupleT(tuple(item.type for item in items)), node)


def _display(cx: Context, items: Sequence[Expr], type_: Type, node: ast.AST) -> Expr:
    if any(isinstance(item.type, ErrorT) for item in items):
        return poison(cx.span(node))
    ended = never_among(cx, items, node)
    return Prim(op="list.make", args=tuple(items), type=type_, span=cx.span(node)) if ended is None else ended


def make_dict(cx: Context, pairs: Sequence[tuple[Expr, Expr]], node: ast.AST) -> Expr:
    """`{k: v}`."""
    if pairs and all(kinds(key.type) == {Kind.INT} for key, _ in pairs):
        return _as_int_keyed(make_dict(cx, [(key_text(cx, key, node), value) for key, value in pairs], node))
    flat = [part for pair in pairs for part in pair]
    return _built(
        cx, node, flat, lambda site: catalog.build_dict(list(pairs), site), held=[value for _, value in pairs]
    )


def merge_dicts(cx: Context, base: Expr, other: Expr, node: ast.AST) -> Expr:
    """`{**base, **other}`."""
    base, other = plain(base), plain(other)
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


def dict_of_pairs(cx: Context, pairs: Expr, node: ast.AST) -> Expr:
    """The dict of a list of pairs."""
    texts = _with_texts(cx, pairs, node)
    if texts is not None:
        return _as_int_keyed(dict_of_pairs(cx, texts, node))
    return _built(cx, node, [pairs], lambda site: catalog.build_of_pairs(pairs, site), held=_valued(pairs))


def copy_of_list(cx: Context, items: Expr, node: ast.AST) -> Expr:
    """A new list with the same items."""
    return _built(cx, node, [items], lambda site: catalog.build_copy(items, site), held=_inner([items]))


def appended(cx: Context, items: Expr, value: Expr, node: ast.AST) -> Expr:
    """`items` after `items.append(value)`."""
    return _built(cx, node, [items, value], lambda site: catalog.build_append(items, value, site), held=[items, value])


def extended(cx: Context, items: Expr, more: Expr, node: ast.AST) -> Expr:
    """`items` after `items.extend(more)`."""
    return _built(
        cx, node, [items, more], lambda site: catalog.build_extend(items, more, site), held=_inner([items, more])
    )


def augmented_list(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr:
    """`left symbol= right` where `left` may be a list, which takes any iterable, and may be something else; both are atoms."""
    test = has_kind(cx, left, frozenset({Kind.LIST}), node)
    items = right
    if kinds(right.type) != {Kind.LIST}:
        # A value that is no iterable raises here, with the words that `list +=` has for it.
        type_ = ListT(items_type(right.type))
        items = Prim(op="iter.list", args=(right,), type=type_, span=cx.span(node))
    longer = _built(
        cx,
        node,
        [left, items],
        lambda site: catalog.build_extend(as_kind(left, frozenset({Kind.LIST})), items, site),
        held=_inner([left, items]),
    )
    rest = replace(left, type=without_kinds(left.type, frozenset({Kind.LIST})))
    other = _built(
        cx,
        node,
        [rest, right],
        lambda site: catalog.build_binary(f"{symbol}=", rest, right, replace(site, choice=True)),
    )
    if isinstance(longer.type, ErrorT) or isinstance(other.type, ErrorT):
        return poison(cx.span(node))
    takes = kinds(right.type) - frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT})
    made = join(longer.type, other.type) if takes else other.type
    return Cond(test=test, then=longer, orelse=other, type=made, span=cx.span(node))


# Iteration


def item_type(type_: Type) -> Type:
    """The type of the items of a list."""
    return items_in(type_)


def value_type(type_: Type) -> Type:
    """The type of the values of a dict."""
    type_ = join_all([member.held if isinstance(member, MapT) else member for member in members(type_)])
    return values_in(of_kinds(type_, frozenset({Kind.DICT})))


def items_of(cx: Context, value: Value, node: ast.AST, *, unpacking: bool = False) -> Expr:
    """The list of the items that Python takes from a value."""
    if isinstance(value, Lazy):
        return value.items
    if isinstance(value, LazyComprehension):
        return _collected(cx, value, node, unpacking)
    if isinstance(value, ProjectClass):
        from pysfnc.frontend.lower_objects import enum_members

        return enum_members(cx, value, node) or as_data(cx, value, node)
    data = plain(decayed(cx, as_data(cx, value, node)))
    if has_int_keys(data.type):
        return int_keys(cx, data, node)
    data = _container(data, "", " object is not iterable")
    return _built(cx, node, [data], lambda site: catalog.build_iter_list(data, site), held=_inner([data]))


def spread_items(cx: Context, value: Value, function: str, node: ast.AST) -> Expr:
    """The list of the items of `*value` in a call of a builtin function."""
    if isinstance(value, Static):
        return items_of(cx, value, node)
    data = plain(decayed(cx, value))
    return _built(cx, node, [data], lambda site: build_spread(data, function, site), held=_inner([data]))


def _collected(cx: Context, value: LazyComprehension, node: ast.AST, unpacking: bool) -> Expr:
    from pysfnc.frontend.lower_comprehension import collect

    if unpacking:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"{value.what} is unpacked into names",
            help="write instead: `[...]` or `list(...)`, so that all of it is evaluated",
        )
    assert isinstance(node, ast.expr)
    return collect(cx, value.source, value.stage, node)


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
    if isinstance(value, Lazy | LazyComprehension | ProjectClass):
        return items_of(cx, value, node)
    return as_data(cx, value, node)


def dict_source(cx: Context, value: Value, node: ast.AST) -> Expr:
    """The argument of `dict()`: a dict, or the pairs of an iterable."""
    return plain(whole_items(cx, value, node))


def unpackable(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """The list of the items that `a, b = value` takes apart."""
    return _built(cx, node, [value], lambda site: catalog.build_unpack_list(value, site), held=_inner([value]))


def unpack_check(cx: Context, items: Expr, fixed: int, star: bool, node: ast.AST) -> Expr:
    """None, after the ValueError of a list that has not as many items as there are targets."""
    return _built(
        cx, node, [items], lambda site: catalog.build_unpack_check(items, fixed, star, site), held=_inner([items])
    )


def item_at(cx: Context, items: Expr, position: int, node: ast.AST) -> Expr:
    """An item that is known to be there."""
    return _built(cx, node, [items], lambda site: catalog.build_item_at(items, position, site), held=_inner([items]))


def middle_of(cx: Context, items: Expr, before: int, behind: int, node: ast.AST) -> Expr:
    """The list that a starred target gets: without the first `before` and the last `behind` items."""
    span = cx.span(node)
    low = Const(value=before, type=INT, span=span)
    high = Const(value=-behind, type=INT, span=span) if behind else None
    return slice_of(cx, items, [low, high, None], node)


def keys_of(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the keys of a dict."""
    mapping = plain(mapping)
    if has_int_keys(mapping.type):
        return int_keys(cx, mapping, node)
    return _built(cx, node, [mapping], lambda site: catalog.build_iter_list(mapping, site), held=_inner([mapping]))


# Texts


def format_value(cx: Context, value: Value, conversion: str | None, spec: Expr | None, node: ast.AST) -> Expr:
    """A field of an f-string: `format(value, spec)`, after `str()` or `repr()` for `!s` and `!r`."""
    plain = spec is None or (isinstance(spec, Const) and spec.value == "")
    data = _shown(cx, value, node)
    if conversion == "r":
        data = to_repr(cx, data, node)
    elif conversion == "s":
        data = to_str(cx, data, node)
    elif conversion is not None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"the conversion `!{conversion}` has no compiled form",
            help="write instead: `!r` or `!s`",
        )
    if spec is None or plain:
        return to_str(cx, data, node)
    if isinstance(data.type, EnumT):
        data = decayed(cx, data) if data.type.cls.shown == "value" else to_str(cx, data, node)
    made, wanted = data, spec
    of_time = time_format(cx, made, wanted, node)
    if of_time is not None:
        return of_time
    return _built(cx, node, [made, wanted], lambda site: catalog.build_format(made, wanted, site))


def _shown(cx: Context, value: Value, node: ast.AST) -> Expr:
    if isinstance(value, Opaque) and value.kind == "uuid":
        return value.value
    if isinstance(value, BuiltinFunction | ExceptionClass | TypeOf):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the text of a class or function has no compiled form",
            help="write instead: its `__name__`",
        )
    return as_data(cx, value, node)


def to_str(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`str(value)`."""
    if _is_mixed(value.type):
        return _by_exception(cx, value, lambda part: to_str(cx, part, node), node)
    value = _readable("str", value)
    own = _own_text(cx, value, node, ("__str__", "__repr__"))
    if own is None:
        own = time_text(cx, value, node)
    if own is not None:
        return own
    return _built(cx, node, [value], lambda site: catalog.build_str(value, site))


def to_repr(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`repr(value)`."""
    if isinstance(value.type, ExcT):
        return _exception_repr(cx, value, node)
    if _is_mixed(value.type):
        return _by_exception(cx, value, lambda part: to_repr(cx, part, node), node)
    own = _own_text(cx, value, node, ("__repr__",))
    if own is not None:
        return own
    return _built(cx, node, [value], lambda site: catalog.build_repr(value, site))


def _container(value: Expr, before: str, behind: str, *, only_dict: bool = False) -> Expr:
    from pysfnc.frontend.lower_decimals import container

    return container(value, before, behind, "attribute.mapping" if only_dict else "attribute.container")


def _readable(name: str, value: Expr) -> Expr:
    from pysfnc.frontend.lower_decimals import readable

    return readable(name, value)


def _own_text(cx: Context, value: Expr, node: ast.AST, names: tuple[str, ...]) -> Expr | None:
    from pysfnc.frontend.lower_objects import own_text

    return own_text(cx, value, node, names)


def _is_mixed(type_: Type) -> bool:
    """Whether a value may be an exception or something else."""
    return Kind.EXCEPTION in kinds(type_) and not isinstance(type_, ExcT)


def _by_exception(cx: Context, value: Expr, made: Callable[[Expr], Expr], node: ast.AST) -> Expr:
    """What is made of a value, which may be an exception or something else."""
    atom = cx.atom(value, "mixed")
    exceptions = frozenset({Kind.EXCEPTION})
    test = has_kind(cx, atom, exceptions, node)
    with cx.capture() as own:
        then, orelse = made(as_kind(atom, exceptions)), made(replace(atom, type=without_kinds(atom.type, exceptions)))
    if own:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            "the value may be an exception or something else",
            help="write instead: `isinstance(value, BaseException)` before, and each case for itself",
        )
    if isinstance(then.type, ErrorT) or isinstance(orelse.type, ErrorT):
        return poison(cx.span(node))
    return Cond(test=test, then=then, orelse=orelse, type=join(then.type, orelse.type), span=cx.span(node))


def _exception_repr(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`Name(arg, arg)`: the arguments are shown as in a list."""
    span = cx.span(node)
    error = cx.atom(value, "error")
    cx.journal.args_read.append(span)
    name = class_name(cx, error, ExcField(exc=error, field_="name", type=STR, span=span), node)
    shown = to_repr(cx, ExcField(exc=error, field_="args", type=ListT(JSON), span=span), node)
    return join_text(cx, [name, _text("(", span), _without_ends(cx, shown, node), _text(")", span)], node)


def _without_ends(cx: Context, text: Expr, node: ast.AST) -> Expr:
    """A text without its first and its last character."""
    span = cx.span(node)
    return slice_of(cx, text, [Const(value=1, type=INT, span=span), Const(value=-1, type=INT, span=span), None], node)


def _text(value: str, span: Span) -> Const:
    return Const(value=value, type=STR, span=span)


def join_text(cx: Context, parts: Sequence[Expr], node: ast.AST) -> Expr:
    """Texts behind each other."""
    return _built(cx, node, parts, lambda site: catalog.build_join(parts, site))


def format_template(cx: Context, template: str, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST) -> Expr:
    """`template.format(...)`."""
    given = [*args, *keywords.values()]
    return _built(cx, node, given, lambda site: catalog.build_str_format(template, args, keywords, site))


def type_name(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`type(value).__name__`."""
    if isinstance(value.type, ExcT):
        return class_name(cx, value, ExcField(exc=value, field_="name", type=STR, span=cx.span(node)), node)
    if _is_mixed(value.type):
        return _by_exception(cx, value, lambda part: type_name(cx, part, node), node)
    return _built(cx, node, [value], lambda site: catalog.build_type_name(value, site))


# Calls


def is_builtin(name: str) -> bool:
    """Whether the library has a row for a builtin or a function of a module."""
    return catalog.find_builtin(name) is not None


def call(cx: Context, name: str, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST) -> Expr:
    """A call of a builtin that has a row."""
    if name in ("str", "repr") and len(args) == 1 and not keywords:
        return to_str(cx, args[0], node) if name == "str" else to_repr(cx, args[0], node)
    of_time = time_call(cx, name, [*args, *keywords.values()], node)
    if of_time is not None:
        return of_time
    given, named = [decayed(cx, arg) for arg in args], {key: decayed(cx, arg) for key, arg in keywords.items()}
    if name == "bool":
        given = [set_items(cx, dict_held(arg), node) for arg in given]
    if name in ("int", "float") and len(given) == 1:
        given = [_readable(name, given[0])]
    return _built(
        cx,
        node,
        [*given, *named.values()],
        lambda site: catalog.build_call(name, given, named, site),
        held=_inner(given) if name in _HOLDING_CALLS else _told_by_text(given) if name == "bool" else (),
    )


def method(
    cx: Context, name: str, receiver: Expr, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST
) -> Expr:
    """A call of a method that changes nothing."""
    if name == "get" and args and not keywords:
        known = _surely_got(cx, receiver, args[0], node)
        if known is not None:
            return known
    given, named = [decayed(cx, arg) for arg in args], {key: decayed(cx, arg) for key, arg in keywords.items()}
    made = _built(
        cx,
        node,
        [receiver, *given, *named.values()],
        lambda site: catalog.build_method(name, receiver, given, named, site),
        held=[*_inner([receiver]), *given[1:]] if name in _HOLDING_METHODS else (),
    )
    return moment_of_aws(made) if name == "get" else made


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
    found = kinds(receiver.type)
    usable = frozenset(
        kind for kind in found if catalog.find_kind_method(kind, name) or catalog.find_change(kind, name)
    )
    if kinds(receiver.type) == {Kind.SET}:
        return receiver
    text = text_held(receiver.type)
    if usable and text is not None and not _inner([receiver]):
        return refuse_text(cx, text, node)
    return receiver if not usable else dispatch_having(receiver, name, usable, cx.site(node))


def has_method(type_: Type, name: str) -> bool:
    """Whether some value of the type has a method of this name with a row."""
    return any(catalog.find_kind_method(kind, name) is not None for kind in kinds(type_))


def is_change(type_: Type, name: str) -> bool:
    """Whether a method of this name changes values of the type."""
    return any(catalog.find_change(kind, name) is not None for kind in kinds(type_))


def method_change(
    cx: Context, name: str, receiver: Expr, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST
) -> Change | None:
    """A call of a method that changes its receiver; None when the mistake was reported."""
    given = [receiver, *args, *keywords.values()]
    if any(isinstance(arg.type, ErrorT) for arg in given):
        return None
    sets = [arg for arg in given if kinds(receiver.type) == {Kind.SET} and Kind.SET in kinds(arg.type)]
    refused = next(
        (
            text
            for arg in given
            if not _is_kept(name, arg, given)
            and not any(arg is other for other in sets)
            and (text := text_held(arg.type))
        ),
        None,
    )
    if refused is not None:
        refuse_text(cx, refused, node)
        return None
    if Kind.SET in kinds(receiver.type) and kinds(receiver.type) != {Kind.SET}:
        _refuse_mixed_set(cx, receiver, name, node)
        return None
    change = catalog.build_change(name, receiver, args, keywords, cx.site(node))
    if isinstance(change, Refusal):
        cx.refuse(change, node)
        return None
    return change


def sort_by(cx: Context, items: Expr, keys: Expr | None, reverse: Expr, node: ast.AST) -> Expr:
    """`sorted(items, key=..., reverse=...)` with the keys computed."""
    if keys is None and are_times(items):
        items = keys = cx.atom(items)
    keys = None if keys is None else time_ranks(cx, keys, node)
    given = [items, reverse] if keys is None else [items, reverse, keys]
    return _built(
        cx,
        node,
        given,
        lambda site: catalog.build_sorted(items, keys, reverse, site),
        held=() if keys is None else _inner([items]),
    )


def has_kind(cx: Context, value: Expr, wanted: frozenset[Kind], node: ast.AST) -> Expr:
    """Whether a value has one of these kinds."""
    value = dict_held(value)
    arrays = kinds(value.type) & {Kind.LIST, Kind.TUPLE, Kind.SET}
    if Kind.SET in arrays and arrays & wanted and arrays - wanted:
        return cx.error(codes.TYPE_NEEDED, node, f"whether a value of type `{value.type}` is a set cannot be told")
    held = () if class_clash(value.type) else [value]
    return _built(cx, node, [value], lambda site: catalog.build_has_kind(value, wanted, site), held=held)


def new_exception(cx: Context, name: str, args: Sequence[Expr], node: ast.AST, style: Style = "plain") -> Expr:
    """An exception object; `style` says how its text follows from its arguments."""
    if any(isinstance(arg.type, ErrorT) for arg in args):
        return poison(cx.span(node))
    held = next(filter(None, (text_held(arg.type) for arg in args)), None)
    if held is not None:
        return refuse_text(cx, held, node)
    span = cx.span(node)
    if not all(is_json_faithful(arg.type) for arg in args):
        cx.journal.unfaithful.append(span)
    type_ = ExcT(frozenset({name}))
    named = Const(value=name, type=STR, span=span)
    if not args:
        return NewExc(name=named, message=Const(value="", type=STR, span=span), args=(), type=type_, span=span)
    if len(args) > 1 or not isinstance(args[0], Const | Var):
        # The text repeats the arguments, which are evaluated once.
        args = [cx.atom(arg, "arg") for arg in args]
    if len(args) > 1:
        message = to_repr(cx, make_tuple(cx, args, node), node)
    else:
        message = to_repr(cx, args[0], node) if style == "key" else to_str(cx, args[0], node)
    if isinstance(message.type, ErrorT):
        return message
    return NewExc(name=named, message=message, args=tuple(args), type=type_, span=span)


def new_fail(cx: Context, args: Sequence[Expr], node: ast.AST) -> Expr:
    """`Fail(error, cause)`: its name is the first argument, its text the second."""
    if any(isinstance(arg.type, ErrorT) for arg in args):
        return poison(cx.span(node))
    span = cx.span(node)
    given = [cx.atom(arg, "arg") for arg in args]
    cause = given[1] if len(given) > 1 else Const(value="", type=STR, span=span)
    for arg in given:
        if kinds(arg.type) != {Kind.STR}:
            return cx.error(
                codes.TYPE_NEEDED,
                node,
                f"`Fail` takes texts, not a value of type `{arg.type}`",
                help="write instead: `str(...)` around it",
            )
    return NewExc(name=given[0], message=cause, args=(given[0], cause), type=ExcT(frozenset({"Fail"})), span=span)


def make_dict_of(cx: Context, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST) -> Expr:
    """`dict(source, **keywords)`."""
    if len(args) == 1 and not keywords:
        if has_int_keys(args[0].type):
            return _as_int_keyed(make_dict_of(cx, [dict_held(args[0])], {}, node))
        texts = _with_texts(cx, args[0], node)
        if texts is not None:
            return _as_int_keyed(make_dict_of(cx, [texts], {}, node))
    given = [*args, *keywords.values()]
    return _built(
        cx,
        node,
        given,
        lambda site: catalog.build_dict_call(args, keywords, site),
        held=[*_inner(args), *keywords.values()],
    )


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


def is_instance(cx: Context, value: Expr, names: Sequence[str], node: ast.AST) -> Expr:
    """`isinstance(value, names)`; the names are those of builtin types and exception classes."""
    value = dict_held(value)
    if isinstance(value.type, ErrorT | NeverT):
        return _built(cx, node, [value], lambda _site: value, held=[value])
    if any(is_of_class(member) for member in members(value.type)):
        return _is_object(cx, value, names, node)
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
    from pysfnc.frontend.narrow import is_of_classes

    data = cx.atom(value)
    mine = [member for member in members(value.type) if is_of_class(member)]
    wanted = [member for member in mine if is_of_classes(cx, member, list(names))]
    others = [member for member in members(value.type) if member not in mine]
    made = _built(cx, node, [data], lambda site: build_is_record(data, wanted, site), held=[data])
    if not others:
        return made
    rest = replace(data, type=join_all(others)) if isinstance(data, Var) else data
    inner = is_instance(cx, rest, [name for name in names if ":" not in name], node)
    not_mine = negate(cx, _built(cx, node, [data], lambda site: build_is_record(data, mine, site), held=[data]), node)
    both = Logic(op="and", left=not_mine, right=inner, type=BOOL, span=cx.span(node))
    return Logic(op="or", left=made, right=both, type=BOOL, span=cx.span(node))


def after(cx: Context, value: Expr, result: Const, node: ast.AST) -> Expr:
    """A result that is known, after the value it is about was evaluated for its exceptions."""
    if not isinstance(value, Const | Var) and can_raise(value):
        cx.emit(Eval(value=value, span=cx.span(node)))
    return result


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
    "dict": frozenset({Kind.DICT}),
}
"""Which kinds of values are instances of a builtin class: a bool is an int."""
