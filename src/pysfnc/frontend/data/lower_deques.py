"""`collections.deque`, which the machine holds as the list of its items.

Owns how one is made, and its methods. What it does as lists do is done with the list (`operations.deques.listed`); whatever does not ask for
that has no form for a deque, as its kind is one of its own.
"""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature, bind, lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_place import Place, may_change, read_place, result_before, write_place
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.operations.deques import as_deque, list_held, listed
from pysfnc.frontend.program.written_modules import written_class
from pysfnc.ir.exprs import Const, Expr
from pysfnc.library.containers.deques import build_before, build_deque_pop
from pysfnc.library.rows.make import const
from pysfnc.library.rows.row import Change
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, NONE, DequeT, Kind

DEQUE: Final = "collections.deque"
_METHODS: Final = {
    "append": 1,
    "appendleft": 1,
    "extend": 1,
    "extendleft": 1,
    "pop": 0,
    "popleft": 0,
    "clear": 0,
    "reverse": 0,
    "rotate": 1,
    "copy": 0,
    "count": 1,
    "index": 1,
    "insert": 2,
    "remove": 1,
}
"""How many arguments they take."""
_INDEX: Final = """
if x not in d:
    raise ValueError(f"{x!r} is not in deque")
return d.index(x)
"""
_WRITTEN: Final = {
    "remove": """
if x not in d:
    raise ValueError(f"{x!r} is not in deque")
place = d.index(x)
return d[:place] + d[place + 1 :]
""",
    "rotate": """
if not d:
    return d
moved = x % len(d)
return d[len(d) - moved :] + d[: len(d) - moved]
""",
}
"""What a method makes of the list `d` and its argument `x`."""
_DEQUE: Final = Signature(
    "deque", ("iterable", "maxlen"), frozenset(), (), None, None, frozenset({"iterable", "maxlen"})
)
_CALLED: Final[dict[str, Value]] = {
    "len": BuiltinFunction("len"),
    "ValueError": ExceptionClass("ValueError", None, "plain"),
}


def call_deque(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`deque()`, `deque(items)`, `deque(items, maxlen)`."""
    values = bind(cx, _DEQUE, given, node) if given.spread is None else None
    if values is None:
        return poison(cx.span(node))
    most = as_data(cx, values["maxlen"], node) if "maxlen" in values else const(None)
    items = _items(cx, values["iterable"], node) if "iterable" in values else lib.make_list(cx, [], node)
    if is_poison(items) or is_poison(most):
        return poison(cx.span(node))
    if most.type == NONE:
        return as_deque(lib.copy_of_list(cx, items, node))
    if Kind.NONE in kinds(most.type):
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            "whether the deque has a `maxlen` is not known",
            help="write instead: `if n is None:` with a deque of its own on each way",
        )
    from pysfnc.frontend.classes.lower_classes import call_class

    return call_class(cx, written_class("deques", "deque"), Arguments((items, most), (), ()), node)


def _items(cx: Context, value: Value, node: ast.expr) -> Expr:
    if not isinstance(value, Static) and Kind.SET in kinds(value.type):
        return lib.refuse_order_of_set(cx, node)
    return lib.items_of(cx, value, node)


def call_deque_method(cx: Context, receiver: Expr, where: Callable[[], Place | None], node: ast.Call) -> Value:
    """A method of a deque; `where` tells where it stands."""
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    if not isinstance(receiver.type, DequeT):
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"`.{name}()` depends on whether a value of type `{receiver.type}` is a deque",
            help="write instead: a variable that holds nothing else",
        )
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    wanted = _METHODS.get(name)
    if wanted is None or given.keywords or given.spread is not None or given.rest is not None:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}()` of a `deque` has no compiled form{'' if wanted is None else ' with these arguments'}",
            help=f"write instead: one of {', '.join(sorted(_METHODS))}; or a list",
        )
    if name == "rotate" and not given.positional:
        given = replace(given, positional=(Const(value=1, type=INT, span=cx.span(node)),))
    if len(given.positional) != wanted:
        return cx.error(
            codes.TYPE_MISMATCH, node, f"`{name}()` of a `deque` takes {wanted or 'no'} argument{'s' * (not wanted)}"
        )
    take = _items if name.startswith("extend") else as_data
    args = [cx.atom(take(cx, value, node), "arg") for value in given.positional]
    if any(map(is_poison, args)):
        return poison(cx.span(node))
    if name == "copy":
        return as_deque(lib.copy_of_list(cx, listed(receiver), node))
    if name == "count":
        return lib.method(cx, "count", listed(receiver), args, {}, node)
    if name == "index":
        return run_here(cx, _INDEX, {"d": listed(receiver), "x": args[0], **_CALLED}, node)
    place = where()
    if place is None or not may_change(cx, place, node, "changed"):
        return poison(cx.span(node))
    return _changed(cx, name, place, args, node)


def _changed(cx: Context, name: str, place: Place, args: list[Expr], node: ast.Call) -> Value:
    current = cx.atom(list_held(read_place(cx, place)), "object")
    if is_poison(current):
        return current
    if name in _WRITTEN:
        made = run_here(cx, _WRITTEN[name], {"d": listed(read_place(cx, place)), "x": args[0], **_CALLED}, node)
        return _put(cx, place, as_data(cx, made, node), node)
    change = _change_of(cx, name, current, args, node)
    if change is None:
        return poison(cx.span(node))
    result = result_before(cx, change, node)
    updated = as_deque(change.updated)
    write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))
    return result


def _put(cx: Context, place: Place, made: Expr, node: ast.Call) -> Value:
    """Put a list in place of that of the deque."""
    if is_poison(made):
        return made
    updated = as_deque(made)
    write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))
    return Const(value=None, type=NONE, span=cx.span(node))


def _change_of(cx: Context, name: str, current: Expr, args: list[Expr], node: ast.Call) -> Change | None:
    match name:
        case "pop" | "popleft":
            return build_deque_pop(current, -1 if name == "pop" else 0, cx.site(node))
        case "extendleft":
            return build_before(current, args[0], cx.site(node))
        case "appendleft":
            first = Const(value=0, type=INT, span=cx.span(node))
            return lib.method_change(cx, "insert", current, [first, *args], {}, node)
        case _:
            return lib.method_change(cx, name, current, args, {}, node)
