"""The dicts of `collections`: `defaultdict`, `OrderedDict`, and `Counter` as far as it is a dict (the rest of it: `lower_counters`).

The machine holds the dict that each of them is besides. Owns what they do more than a dict: the items that reading a key puts in or stands for,
and their own methods. Everything that a dict does too is done by `lower_library` with the dict.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_frame import lookup_frame
from pysfnc.frontend.core.lower_place import (
    Place,
    check_new_key,
    key_taker,
    may_change,
    read_place,
    refuse_key,
    result_before,
    write_place,
)
from pysfnc.frontend.core.lower_values import BuiltinFunction, Closure, External, Intrinsic, Lazy, Origin, Static, Value
from pysfnc.frontend.core.lower_views import keep_view
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.lower_ordered import METHODS, call_ordered
from pysfnc.frontend.loops.lower_iterate import simple_place, under
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Eval
from pysfnc.values.types import INT, NEVER, NONE, DictT, MapT

NAMES: Final = frozenset({"collections.defaultdict", "collections.Counter", "collections.OrderedDict"})
_EXTERNAL: Final = {"defaultdict": "collections", "Counter": "collections", "Decimal": "decimal"}
"""What the text of a factory may name besides, and the module that it is of."""
_FACTORIES: Final = {
    "list": "[]",
    "dict": "{}",
    "set": "set()",
    "int": "0",
    "float": "0.0",
    "str": "''",
    "bool": "False",
}
"""What a class gives that is called without arguments."""
_CHANGES: Final = frozenset({"pop", "popitem", "setdefault", "update", "clear"})
_VIEWS: Final = frozenset({"keys", "values", "items"})


Where = Callable[[], Place | None]
"""Where a dict stands, asked when it is changed; None after a message."""

# Making


def call_mapping(cx: Context, name: str, given: Arguments, node: ast.expr) -> Value:
    """`defaultdict(...)`, `Counter(...)`, `OrderedDict(...)`."""
    if given.spread is not None or given.rest is not None:
        return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}()` has no compiled form with these arguments")
    if name == "collections.Counter":
        from pysfnc.frontend.data.lower_counters import make_counter

        return make_counter(cx, given, node)
    factory: str | None = None
    rest = given.positional
    if name == "collections.defaultdict" and rest:
        factory = _factory(cx, rest[0], node)
        if factory is None and not _is_none(rest[0]):
            return poison(cx.span(node))
        rest = rest[1:]
    if len(rest) > 1:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}()` is called with too many arguments")
    keywords = {key: as_data(cx, value, node) for key, value in given.keywords}
    from pysfnc.frontend.loops.one_by_one import pairs_taken

    made = lib.make_dict_of(
        cx, [pairs_taken(cx, value, node) or lib.dict_source(cx, value, node) for value in rest], keywords, node
    )
    if is_poison(made) or not isinstance(made.type, DictT | MapT):
        return made
    like = MapT("OrderedDict" if name == "collections.OrderedDict" else "defaultdict", DictT(NEVER), factory)
    return lib.as_mapping(made, like)


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None and value.type == NONE


def _factory(cx: Context, value: Value, node: ast.expr) -> str | None:
    """The text of an expression that makes what a factory gives; None after a message, and for None."""
    if _is_none(value):
        return None
    text: str | None = None
    match value:
        case BuiltinFunction(name):
            text = _FACTORIES.get(name)
        case External("collections.Counter"):
            text = "Counter()"
        case External("decimal.Decimal"):
            text = "Decimal(0)"
        case Closure(node=ast.Lambda(args=arguments, body=body)) if not ast.unparse(arguments):
            read = [part for part in ast.walk(body) if isinstance(part, ast.Name)]
            names = {part.id for part in read}
            known = {*_FACTORIES, "defaultdict"} | ({"Decimal"} if _is_decimal(cx, value, read) else set())
            if names <= known and all(lookup_frame(cx.frame, name) is None for name in names):
                text = ast.unparse(body)
        case _:
            pass
    if text is None:
        cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "this factory of a `defaultdict` has no compiled form",
            help="write instead: a class such as `list` or `int`, or a lambda that reads no variables",
        )
    return text


def _is_decimal(cx: Context, made: Closure, read: Sequence[ast.Name]) -> bool:
    """Whether the name `Decimal` in a lambda is that of the standard library."""
    found = next((part for part in read if part.id == "Decimal"), None)
    of_module = found is not None and made.frame.module is cx.frame.module and lookup_frame(cx.frame, "Decimal") is None
    return found is not None and of_module and lower_value(cx, found) == External("decimal.Decimal")


# Reading


def default_of(cx: Context, type_: MapT, node: ast.expr) -> Expr | None:
    """What a factory gives now; None where there is no factory."""
    if type_.factory is None:
        return None
    values: dict[str, Value] = {
        name: External(f"{module}.{name}") for name, module in _EXTERNAL.items() if name in type_.factory
    }
    values |= {name: BuiltinFunction(name) for name in _FACTORIES if name in type_.factory}
    return as_data(cx, run_here(cx, f"return {type_.factory}", values, node), node)


def ensure_item(cx: Context, place: Place, key: Expr, node: ast.expr) -> bool:
    """Put in the item that a `defaultdict` makes for a key which it has not; False after a message."""
    current = read_place(cx, place)
    if not isinstance(current.type, MapT) or current.type.factory is None:
        return True
    if not may_change(cx, place, node, "changed by reading a key"):
        return False
    default = default_of(cx, current.type, node)
    if default is None or is_poison(default):
        return False
    change = lib.method_change(cx, "setdefault", lib.dict_held(current), [key, cx.atom(default, "default")], {}, node)
    if change is None:
        return False
    if lib.may_fail(change.result):
        cx.emit(Eval(value=change.result, span=cx.span(node)))
    updated = lib.as_mapping(change.updated, current.type)
    write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))
    return True


# Methods


def call_mapping_method(cx: Context, receiver: Expr, where: Where, node: ast.Call) -> Value:
    """A method of one of these dicts; `where` tells where it stands."""
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    if not isinstance(receiver.type, MapT):
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"`.{name}()` depends on which dict a value of type `{receiver.type}` is",
            help="write instead: a variable that holds nothing else",
        )
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    data = lib.dict_held(receiver)
    if name in _VIEWS and not given.positional and not given.keywords:
        items = _view_of(cx, name, receiver, node)
        if is_poison(items):
            return items
        place = simple_place(cx, node.func.value)
        origin = None if place is None else Origin(name, place.root, place.keys, place.spans, place.title)
        return Lazy(f"a view of {name}", items, sized=True, origin=origin, under=under(receiver))
    if receiver.type.name == "Counter" and name in ("most_common", "total", "update", "elements", "subtract"):
        from pysfnc.frontend.data.lower_counters import counter_method

        return counter_method(cx, name, receiver, where, given, node)
    if receiver.type.name == "OrderedDict" and name in METHODS:
        return call_ordered(cx, name, receiver, where, given, node)
    args = [as_data(cx, value, given.node_of(i, node)) for i, value in enumerate(given.positional)]
    keywords = {key: as_data(cx, value, node) for key, value in given.keywords}
    if name == "update" and (lib.has_own_keys(receiver.type) or any(lib.has_own_keys(arg.type) for arg in args)):
        return _update_keyed(cx, receiver.type, where, args, keywords, node)
    keyed = _with_key_text(cx, name, receiver, args, node)
    if keyed is None:
        return poison(cx.span(node))
    receiver, args = keyed
    assert isinstance(receiver.type, MapT)
    if name in _CHANGES:
        return _changed(cx, name, receiver.type, where, args, keywords, node)
    if name not in ("get", "copy"):
        return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}()` of a `{receiver.type.name}` has no compiled form")
    made = lib.method(cx, name, data, args, keywords, node)
    return lib.as_mapping(made, receiver.type) if name == "copy" and not is_poison(made) else made


def _view_of(cx: Context, name: str, receiver: Expr, node: ast.Call) -> Expr:
    if lib.has_own_keys(receiver.type) and name != "values":
        return lib.own_keys(cx, receiver, node) if name == "keys" else lib.own_items(cx, receiver, node)
    return lib.method(cx, name, lib.dict_held(receiver), [], {}, node)


def _with_key_text(
    cx: Context, name: str, receiver: Expr, args: list[Expr], node: ast.Call
) -> tuple[Expr, list[Expr]] | None:
    """The receiver with what is known of its keys, and the arguments with the text of a key that is an int; None after a message."""
    assert isinstance(receiver.type, MapT)
    if name in ("get", "pop", "setdefault") and args:
        assert isinstance(node.func, ast.Attribute)
        keyed = key_taker(cx, receiver.type, args[0], node.func.value, sets=name == "setdefault")
        if keyed is not None:
            if not args[0].type == keyed.key == INT:
                args = [cx.atom(arg, "arg") for arg in args]
            receiver = replace(receiver, type=keyed)
            text = cx.atom(lib.key_text(cx, receiver, args[0], node), "key")
            if name == "setdefault":
                check_new_key(cx, args[0], node)
            if name == "pop" and len(args) == 1:
                cx.emit(Eval(value=lib.key_present(cx, receiver, text, node, args[0]), span=cx.span(node)))
            return receiver, [text, *args[1:]]
        if lib.has_own_keys(receiver.type):
            refuse_key(cx, receiver, args[0], node)
            return None
    elif not lib.has_own_keys(receiver.type) or name in ("clear", "copy", "popitem"):
        return receiver, args
    if not lib.has_own_keys(receiver.type):
        return receiver, args
    assert isinstance(receiver.type, MapT)
    cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`{name}()` of a dict whose keys are of type `{receiver.type.key}` has no compiled form with these arguments",
    )
    return None


def _update_keyed(
    cx: Context, type_: MapT, where: Where, args: list[Expr], keywords: dict[str, Expr], node: ast.Call
) -> Value:
    """`update()` of a dict that has keys which are no str, or gets some."""
    given = cx.atom(lib.make_dict_of(cx, [lib.plain(arg) for arg in args], keywords, node), "arg")
    place = where()
    if is_poison(given) or place is None or not may_change(cx, place, node, "changed"):
        return poison(cx.span(node))
    current = cx.atom(lib.plain(read_place(cx, place)), "object")
    made = lib.merged(cx, current, given, node)
    if made is None:
        return cx.error(
            codes.TYPE_NEEDED, node, f"a dict of type `{current.type}` has no form with the keys of a `{given.type}`"
        )
    updated = lib.as_mapping(made, type_)
    write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))
    return Const(value=None, type=NONE, span=cx.span(node))


def kept_get(cx: Context, receiver: Expr) -> Intrinsic:
    """`d.get` of a dict whose keys are ints, as a function."""
    data = cx.atom(receiver)

    def get(inner: Context, args: tuple[Value, ...], at: ast.expr) -> Value:
        key, *default = [as_data(inner, arg, at) for arg in args]
        if lib.keyed_by(data.type, key.type) is None:
            return refuse_key(inner, data, key, at)
        return lib.method(inner, "get", lib.dict_held(data), [lib.key_text(inner, data, key, at), *default], {}, at)

    return Intrinsic(get)


def first_key(cx: Context, receiver: Expr, node: ast.Call) -> MapT | None:
    """What a dict without keys is that is asked for an int by a method, or given a key of any type; None if it stays what it is."""
    assert isinstance(node.func, ast.Attribute)
    if node.func.attr not in ("get", "pop", "setdefault") or not node.args or isinstance(node.args[0], ast.Starred):
        return None
    if not (type(receiver.type) is DictT and receiver.type.value == NEVER and not receiver.type.fields):
        return None
    trial = Trial(cx)
    value = lower_value(cx, node.args[0])
    trial.discard()
    if isinstance(value, Static):
        return None
    return key_taker(cx, receiver.type, value, node.func.value, sets=node.func.attr == "setdefault")


def _changed(
    cx: Context,
    name: str,
    type_: MapT,
    where: Where,
    args: Sequence[Expr],
    keywords: dict[str, Expr],
    node: ast.Call,
) -> Value:
    place = where()
    if place is None or not may_change(cx, place, node, "changed"):
        return poison(cx.span(node))
    given = [cx.atom(arg, "arg") for arg in args]
    current = cx.atom(read_place(cx, place), "object")
    if is_poison(current):
        return current
    if name == "update" and keywords:
        given, keywords = [cx.atom(lib.make_dict_of(cx, given, keywords, node), "arg")], {}
    change = lib.method_change(cx, name, lib.dict_held(current), [lib.plain(arg) for arg in given], keywords, node)
    if change is None:
        return poison(cx.span(node))
    result = result_before(cx, change, node)
    if name == "popitem" and lib.has_own_keys(type_):
        key = lib.key_of(cx, current, lib.tuple_item(cx, result, 0, node), node)
        result = lib.make_tuple(cx, [key, lib.tuple_item(cx, result, 1, node)], node)
    updated = lib.as_mapping(change.updated, type_)
    write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))
    if name == "setdefault" and isinstance(result, Var) and given:
        keep_view(cx, result, place.root.name, (*place.keys, given[0]))
    return result
