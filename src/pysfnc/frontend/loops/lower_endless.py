"""`itertools.count`, `cycle` and `repeat` without an end: what takes from them beside something that ends says how many items they give."""

import ast
from collections.abc import Sequence

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, Endless, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, Kind

_TEXTS = {
    "count": "return [a + i * b for i in range(n)]",
    "cycle": "return [a[i % len(a)] for i in range(n)] if a else []",
    "repeat": "return [a for _ in range(n)]",
}


def call_count(cx: Context, node: ast.Call) -> Value:
    """`count(start, step)` of ints; floats would be added up."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    named = dict(zip(("start", "step"), given.positional, strict=False)) | given.keyword_map()
    if len(given.positional) > 2 or set(named) - {"start", "step"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`count()` takes a start and a step")
    values = [
        kept(cx, as_data(cx, named[name], node), name)
        if name in named
        else Const(value=default, type=INT, span=cx.span(node))
        for name, default in (("start", 0), ("step", 1))
    ]
    if any(map(is_poison, values)):
        return poison(cx.span(node))
    if not all(kinds(value.type) == {Kind.INT} for value in values):
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            "`count()` has a compiled form only for values that are known to be ints",
            help="write instead: `int(...)` around them",
        )
    return Endless("count", values[0], values[1])


def call_cycle(cx: Context, node: ast.Call) -> Value:
    """`cycle(iterable)`."""
    from pysfnc.frontend.loops.lower_stepwise import quiet_items

    given = lower_arguments(cx, node)
    if given is None or len(given.positional) != 1 or given.keywords:
        return (
            poison(cx.span(node))
            if given is None
            else cx.error(codes.TYPE_MISMATCH, node, "`cycle()` takes an iterable")
        )
    items = quiet_items(cx, given.positional[0], node)
    return items if is_poison(items) else Endless("cycle", kept(cx, items, "items"), None)


def first_of(cx: Context, value: Endless, count: Expr, node: ast.expr) -> Expr:
    """The list of the first items."""
    values: dict[str, Value] = {"a": value.first, "n": count, "range": BuiltinFunction("range")}
    if value.step is not None:
        values["b"] = value.step
    if value.kind == "cycle":
        values["len"] = BuiltinFunction("len")
    return as_data(cx, run_here(cx, _TEXTS[value.kind], values, node), node)


def ended(cx: Context, values: Sequence[Value], node: ast.expr) -> Sequence[Value]:
    """The arguments of `zip` or `map`, with as many items of endless ones as the shortest of the others has."""
    from pysfnc.frontend.loops.lower_stepwise import quiet_items

    if not any(isinstance(value, Endless) for value in values):
        return values
    finite = [cx.atom(quiet_items(cx, v, node), "items") for v in values if not isinstance(v, Endless)]
    if not finite or any(map(is_poison, finite)):
        return values
    held: dict[str, Value] = {f"x{index}": items for index, items in enumerate(finite)}
    sizes = ", ".join(f"len({name})" for name in held)
    text = f"return min({sizes})" if len(finite) > 1 else f"return {sizes}"
    held |= {name: BuiltinFunction(name) for name in ("len", "min")}
    size = cx.atom(as_data(cx, run_here(cx, text, held, node), node), "size")
    rest = iter(finite)
    return [first_of(cx, v, size, node) if isinstance(v, Endless) else next(rest) for v in values]


def at_most(cx: Context, value: Value, args: Sequence[Value], node: ast.expr) -> Value:
    """The iterable of `islice`: of an endless one as many items as the stop says, where it is no int below zero."""
    if not isinstance(value, Endless) or not args:
        return value
    stop = args[0] if len(args) == 1 else args[1]
    data = cx.atom(as_data(cx, stop, node), "stop")
    if is_poison(data) or kinds(data.type) != {Kind.INT}:
        return value
    zero = Const(value=0, type=INT, span=cx.span(node))
    return first_of(cx, value, lib.call(cx, "max", [data, zero], {}, node), node)
