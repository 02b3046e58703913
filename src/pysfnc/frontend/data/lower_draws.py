"""Functions of `random` that draw several numbers at once, which are one effect, or that change a list.

What becomes of the numbers is written in Python (`library.written.draws`). The set of what may come out is CPython's.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature, bind, lower_arguments
from pysfnc.frontend.calls.lower_own import call_written
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_slices import replace_slice
from pysfnc.frontend.core.lower_values import Lazy, Value
from pysfnc.frontend.data.lower_digests import draw
from pysfnc.frontend.loops.lower_stepwise import quiet_items
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.relations import kinds
from pysfnc.values.types import FLOAT, INT, NONE, Kind, ListT

Call = Callable[[Context, ast.Call], Value]
_SECRETS: Final = ("token_hex", "token_urlsafe", "token_bytes", "randbelow", "randbits", "choice")
_NO_MODEL: Final = (
    *("gauss", "normalvariate", "lognormvariate", "expovariate", "betavariate", "gammavariate", "triangular"),
    *("vonmisesvariate", "paretovariate", "weibullvariate", "seed", "getrandbits", "randbytes", "getstate", "setstate"),
)


def _signature(name: str, *names: str, required: int, keyword_only: tuple[str, ...] = ()) -> Signature:
    defaults = frozenset((*names[required:], *keyword_only))
    return Signature(name, names, frozenset(), keyword_only, None, None, defaults)


_SIGNATURES: Final = {
    "sample": _signature("sample", "population", "k", required=2),
    "shuffle": _signature("shuffle", "x", required=1),
    "choices": _signature("choices", "population", "weights", required=1, keyword_only=("cum_weights", "k")),
    "randrange": _signature("randrange", "start", "stop", "step", required=1),
}


def _bound(name: str, function: Callable[[Context, dict[str, Expr], ast.Call], Value]) -> Call:
    """A function whose arguments are data; an argument that is None counts as not given."""

    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node)
        found = None if given is None else bind(cx, _SIGNATURES[name], given, node)
        if found is None:
            return poison(cx.span(node))
        values = {key: cx.atom(_data(cx, value, node), "arg") for key, value in found.items() if not _is_none(value)}
        return poison(cx.span(node)) if any(map(is_poison, values.values())) else function(cx, values, node)

    return call


def _data(cx: Context, value: Value, node: ast.Call) -> Expr:
    return quiet_items(cx, value, node) if isinstance(value, Lazy) and value.sequence else as_data(cx, value, node)


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None and value.type == NONE


def _run(cx: Context, name: str, args: Sequence[Expr], node: ast.Call) -> Expr:
    made = as_data(cx, call_written(cx, "draws", name, Arguments(tuple(args), (), ()), node), node)
    return made if is_poison(made) else cx.atom(made, name)


def _are_ints(cx: Context, name: str, values: Sequence[Expr], node: ast.Call) -> bool:
    if all(kinds(value.type) == {Kind.INT} for value in values):
        return True
    cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`random.{name}()` takes values that are known to be ints",
        help="write instead: `int(...)` around them",
    )
    return False


def _numbers(cx: Context, count: Expr, node: ast.Call) -> Expr:
    return draw(cx, "draw.randoms", ListT(FLOAT), node, args=(count,))


def _sample(cx: Context, values: dict[str, Expr], node: ast.Call) -> Value:
    if not _are_ints(cx, "sample", [values["k"]], node):
        return poison(cx.span(node))
    size = _run(cx, "sample_size", [values["population"], values["k"]], node)
    drawn = size if is_poison(size) else _numbers(cx, size, node)
    return drawn if is_poison(drawn) else _run(cx, "sample", [values["population"], drawn], node)


def _choices(cx: Context, values: dict[str, Expr], node: ast.Call) -> Value:
    count = values.get("k", Const(value=1, type=INT, span=cx.span(node)))
    if not _are_ints(cx, "choices", [count], node):
        return poison(cx.span(node))
    if "weights" in values and "cum_weights" in values:
        return cx.error(
            codes.TYPE_MISMATCH, node, "`choices()` raises TypeError with both weights and cumulative weights"
        )
    drawn = _numbers(cx, count, node)
    if is_poison(drawn):
        return drawn
    for name, function in (("weights", "weighted"), ("cum_weights", "by_cumulated")):
        if name in values:
            return _run(cx, function, [values["population"], values[name], drawn], node)
    return _run(cx, "choices", [values["population"], drawn], node)


def _randrange(cx: Context, values: dict[str, Expr], node: ast.Call) -> Value:
    one = Const(value=1, type=INT, span=cx.span(node))
    if not _are_ints(cx, "randrange", list(values.values()), node):
        return poison(cx.span(node))
    start, stop, step = values["start"], values.get("stop"), values.get("step", one)
    if stop is None:
        if "step" in values:
            return cx.error(codes.TYPE_MISMATCH, node, "`randrange()` with a step raises TypeError without a stop")
        size = _run(cx, "size_below", [start], node)
        start = Const(value=0, type=INT, span=cx.span(node))
    else:
        size = _run(cx, "range_size", [start, stop, step], node)
    drawn = size if is_poison(size) else draw(cx, "draw.random", FLOAT, node)
    return drawn if is_poison(drawn) else _run(cx, "in_range", [start, step, size, drawn], node)


def _shuffle(cx: Context, values: dict[str, Expr], node: ast.Call) -> Value:
    items = values["x"]
    if kinds(items.type) != {Kind.LIST} or not node.args:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            "`random.shuffle()` takes a value that is known to be a list",
            help="write instead: `xs = random.sample(xs, len(xs))`",
        )
    size = cx.atom(lib.length(cx, items, node), "size")
    drawn = _numbers(cx, size, node)
    if is_poison(drawn):
        return drawn
    whole = ast.copy_location(ast.Subscript(node.args[0], ast.Slice(), ast.Store()), node)
    ast.fix_missing_locations(whole)
    replace_slice(cx, whole, _run(cx, "sample", [items, drawn], node))
    return Const(value=None, type=NONE, span=cx.span(node))


def _refused(message: str, help: str) -> Call:
    return lambda cx, node: cx.error(codes.UNSUPPORTED_CALL, node, message, help=help)


DRAW_CALLS: Final[dict[str, Call]] = {
    "random.sample": _bound("sample", _sample),
    "random.shuffle": _bound("shuffle", _shuffle),
    "random.choices": _bound("choices", _choices),
    "random.randrange": _bound("randrange", _randrange),
    **{
        f"secrets.{name}": _refused(
            f"`secrets.{name}()` has no compiled form: what the machine draws is not meant for secrets",
            "write instead: a function marked `@task` that calls it",
        )
        for name in _SECRETS
    },
    **{
        f"random.{name}": _refused(
            f"`random.{name}()` has no compiled form: the machine draws numbers that are spread evenly, and cannot repeat them",
            "write instead: a function marked `@task` that calls it",
        )
        for name in _NO_MODEL
    },
}
"""Calls by their full names."""
