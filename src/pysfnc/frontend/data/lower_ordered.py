"""`OrderedDict`: what it does that a dict does not. Its items have an order of their own, and two of them are compared with it."""

import ast
from collections.abc import Callable
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature, bind
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_place import Place, may_change, read_place, write_place
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.relations import members
from pysfnc.values.types import BOOL, NONE, MapT

METHODS: Final = frozenset({"popitem", "move_to_end"})
_POPITEM: Final = Signature("popitem", ("last",), frozenset(), (), None, None, frozenset({"last"}))
_MOVE: Final = Signature("move_to_end", ("key", "last"), frozenset(), (), None, None, frozenset({"last"}))
_POP_TEXT: Final = """
if not d:
    raise KeyError("dictionary is empty")
keys = list(d)
wanted = keys[-1] if last else keys[0]
return ({key: value for key, value in d.items() if key != wanted}, wanted, d[wanted])
"""
_MOVE_TEXT: Final = """
value = d[key]
if last:
    made = {other: item for other, item in d.items() if other != key}
    made[key] = value
    return made
made = {key: value}
for other, item in d.items():
    made[other] = item
return made
"""


def call_ordered(
    cx: Context, name: str, receiver: Expr, where: Callable[[], Place | None], given: Arguments, node: ast.Call
) -> Value:
    """`popitem` and `move_to_end`, which give the dict anew."""
    values = bind(cx, _POPITEM if name == "popitem" else _MOVE, given, node)
    place = where()
    if values is None or place is None or not may_change(cx, place, node, "changed"):
        return poison(cx.span(node))
    span = cx.span(node)
    last = values.get("last", Const(value=True, type=BOOL, span=span))
    held: dict[str, Value] = {"d": lib.plain(read_place(cx, place)), "last": last}
    held |= {"list": BuiltinFunction("list")}
    if name == "popitem":
        held["KeyError"] = ExceptionClass("KeyError", None, "key")
        parts = lib.known_items(cx, cx.atom(as_data(cx, _made(cx, _POP_TEXT, held, node), node), "popped"))
        if parts is None:
            return poison(span)
        made, key, value = (as_data(cx, part, node) for part in parts)
        _replace(cx, place, receiver, made, node)
        return lib.make_tuple(cx, [key, value], node)
    held["key"] = cx.atom(as_data(cx, values["key"], node), "key")
    made = as_data(cx, _made(cx, _MOVE_TEXT, held, node), node)
    if is_poison(made):
        return made
    _replace(cx, place, receiver, made, node)
    return Const(value=None, type=NONE, span=span)


def _made(cx: Context, text: str, held: dict[str, Value], node: ast.expr) -> Value:
    return run_here(cx, text, held, node)


def _replace(cx: Context, place: Place, receiver: Expr, made: Expr, node: ast.expr) -> None:
    assert isinstance(receiver.type, MapT)
    updated = lib.as_mapping(made, receiver.type)
    write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))


def may_be_ordered(value: Expr) -> bool:
    """Whether a value may be an OrderedDict; two of them are equal only with their items in one order."""
    return any(isinstance(one, MapT) and one.name == "OrderedDict" for one in members(value.type))


def ordered_equal(cx: Context, left: Expr, right: Expr, node: ast.expr) -> Expr:
    """`left == right` of what may be two OrderedDicts."""
    if not (isinstance(left.type, MapT) and isinstance(right.type, MapT)):
        return cx.error(
            codes.TYPE_NEEDED, node, "`==` of an `OrderedDict` depends on whether the other is one, which is not known"
        )
    held: dict[str, Value] = {"a": lib.plain(left), "b": lib.plain(right), "list": BuiltinFunction("list")}
    return as_data(cx, run_here(cx, "return list(a.items()) == list(b.items())", held, node), node)
