"""Calls of functions of the standard library that are written in Python (`library.written`): their bodies are compiled where they are called."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.lower_pages import without_pages
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments, signature_of
from pysfnc.frontend.calls.lower_inline import call_function
from pysfnc.frontend.calls.lower_own import call_written
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import Endless, Lazy, Static, Under, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.loops.lower_endless import at_most
from pysfnc.frontend.loops.lower_iterate import read_by
from pysfnc.frontend.loops.lower_stepwise import at_once, can_be_stepped, quiet_items
from pysfnc.frontend.program.model import FunctionInfo
from pysfnc.frontend.program.written_modules import refused_inside, written_function
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.hir import Raise
from pysfnc.ir.walk import has_effect, suite_exprs, walk_suite
from pysfnc.library.written import WRITTEN, Written
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, DictT, Kind

_NEVER_FAIL: Final = frozenset(
    {
        "islice",
        "pairwise",
        "combinations_2",
        "combinations_3",
        "permutations_2",
        "permutations_3",
        "product_1",
        "product_2",
    }
    | {"product_3", "zip_longest_2", "zip_longest_3", "repeat", "compress", "combinations_n", "permutations_n"}
    | {"product_n", "zip_longest_n", "combinations_with_replacement"}
)
"""Functions that only put items together, and call nothing: what they raise, they raise when they are called."""
_SEVERAL: Final = {"chain": "from_iterable", "product": "product_n", "zip_longest": "zip_longest_n", "merge": "merge_n"}
"""What stands for a function of several iterables where they are the items of one list."""
STEPWISE: Final = frozenset(
    {"accumulate", "pairwise", "takewhile", "dropwhile", "starmap", "filterfalse", "from_iterable", "reduce", "islice"}
)
"""Functions with a form in `library.written.stepwise`, for an iterator that must be taken step by step."""
_ALL: Final = "return [item for item in items]"
_NUMBERS: Final = """
    found = []
    for item in items:
        found.append(item)
        if not isinstance(item, (int, float)):
            break
    return found
"""
GATHERED: Final = {
    **dict.fromkeys(("statistics.mean", "statistics.fmean", "math.fsum"), _NUMBERS),
    **{f"statistics.{name}": _ALL for name in ("median", "median_low", "median_high")},
    **{f"statistics.{name}": _ALL for name in ("variance", "pvariance", "stdev", "pstdev")},
}
"""How the items of an iterator come into a list for functions that look at all of them first, or that raise at the first one that is no number."""


def _written(full: str) -> Callable[[Context, ast.Call], Value]:
    row = WRITTEN[full]

    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node, spread_ok=row.name in _SEVERAL)
        return poison(cx.span(node)) if given is None else call_library(cx, full, given, node)

    return call


def call_library(cx: Context, full: str, given: Arguments, node: ast.expr) -> Value:
    """A call of a function of `WRITTEN` with arguments that were evaluated."""
    row, given = WRITTEN[full], without_pages(cx, given, node)
    if row.name == "repeat" and len(given.positional) == 1 and not given.keywords:
        item = as_data(cx, given.positional[0], node)
        return item if is_poison(item) else Endless("repeat", kept(cx, item, "item"), None)
    if row.name == "urlencode" and len(given.positional) == 1 and not given.keywords:
        query = given.positional[0]
        if not isinstance(query, Static) and isinstance(query.type, DictT):
            return lib.call(cx, full, [query], {}, node)  # without a loop
    if row.name == "islice" and given.positional:
        first, *others = given.positional
        given = replace(given, positional=(at_most(cx, first, others, node), *others))
    if given.spread is not None:
        return _spread(cx, full, row, given, node)
    if row.name in ("combinations", "permutations"):
        return _arrangements(cx, full, row, given, node)
    if row.name in ("product", "zip_longest"):
        return _rows(cx, full, row, given, node)
    if row.name == "merge":
        return _in_one_list(cx, full, row, given, node)
    return _call(cx, full, row, given, node)


def _arrangements(cx: Context, full: str, row: Written, given: Arguments, node: ast.expr) -> Value:
    """`combinations` and `permutations`: of 2 or 3 they are tuples of a known length."""
    named = given.keyword_map()
    size = given.positional[1] if len(given.positional) == 2 else named.get("r")
    if isinstance(size, Const) and type(size.value) is int and size.value in (2, 3):
        keywords = tuple(pair for pair in given.keywords if pair[0] != "r")
        rest = replace(given, positional=given.positional[:1], keywords=keywords, nodes=given.nodes[:1])
        return _call(cx, full, replace(row, name=f"{row.name}_{size.value}"), rest, node)
    return _call(cx, full, replace(row, name=f"{row.name}_n"), given, node)


def _rows(cx: Context, full: str, row: Written, given: Arguments, node: ast.expr) -> Value:
    """`product` and `zip_longest`: of up to three iterables they are tuples of a known length."""
    named = given.keyword_map()
    repeat = named.get("repeat") if row.name == "product" else None
    iterables = given.positional
    keywords = given.keywords
    if isinstance(repeat, Const) and type(repeat.value) is int and 1 <= repeat.value <= 3 and len(iterables) == 1:
        # An iterator is used up once, and its items are taken from several times.
        items = quiet_items(cx, iterables[0], node)
        iterables = (items if is_poison(items) else cx.atom(items, "items"),) * repeat.value
        keywords = tuple(pair for pair in keywords if pair[0] != "repeat")
    least = 1 if row.name == "product" else 2
    if not least <= len(iterables) <= 3 or (row.name == "product" and keywords):
        return _in_one_list(cx, full, row, given, node)
    rest = replace(given, positional=iterables, keywords=keywords, nodes=())
    return _call(cx, full, replace(row, name=f"{row.name}_{len(iterables)}"), rest, node)


def _in_one_list(cx: Context, full: str, row: Written, given: Arguments, node: ast.expr) -> Value:
    """The iterables as the items of one list."""
    rows = [quiet_items(cx, value, node) for value in given.positional]
    if any(map(is_poison, rows)):
        return poison(cx.span(node))
    whole = lib.make_list(cx, rows, node)
    made = _of_one_list(cx, full, row, whole, given, node)
    return _reading(made, row, read_by(given.positional, rows))


def _of_one_list(cx: Context, full: str, row: Written, whole: Expr, given: Arguments, node: ast.expr) -> Value:
    rest = Arguments((whole,), given.keywords, ())
    return _call(cx, full, replace(row, name=_SEVERAL[row.name], iterables=""), rest, node)


def _spread(cx: Context, full: str, row: Written, given: Arguments, node: ast.expr) -> Value:
    """`product(*rows)` and the like: the iterables are items of a list whose length is not known."""
    assert given.spread is not None
    whole = given.spread
    if given.positional:
        rows = [quiet_items(cx, value, node) for value in given.positional]
        if any(map(is_poison, rows)):
            return poison(cx.span(node))
        whole = lib.binary(cx, "+", lib.make_list(cx, rows, node), whole, node)
    return poison(cx.span(node)) if is_poison(whole) else _of_one_list(cx, full, row, whole, given, node)


def _call(cx: Context, full: str, row: Written, given: Arguments, node: ast.expr) -> Value:
    info = written_function(row.module, row.name)
    parameters = signature_of(info.node, row.name).positional
    taking = [row.iterables == "*" or row.takes_items(name) for name in parameters]
    taken = [row.iterables == "*" or any(taking[index : index + 1]) for index in range(len(given.positional))]
    positional = [
        at_once(cx, value, node) if items else value for value, items in zip(given.positional, taken, strict=True)
    ]
    if full in GATHERED and positional and can_be_stepped(positional[0]):
        positional[0] = run_here(cx, GATHERED[full], {"items": positional[0]}, node)
    steps = [value for value, items in zip(positional, taken, strict=True) if items and isinstance(value, Static)]
    if row.name in STEPWISE and len(steps) == 1 and can_be_stepped(steps[0]):
        return call_written(cx, "stepwise", row.name, replace(given, positional=tuple(positional)), node)
    positional = [
        quiet_items(cx, value, node) if items and isinstance(value, Static) else value
        for value, items in zip(positional, taken, strict=True)
    ]
    keywords = [
        (name, quiet_items(cx, value, node) if row.takes_items(name) and row.iterables != "*" else value)
        for name, value in given.keywords
    ]
    if any(not isinstance(value, Static) and is_poison(value) for value in (*positional, *dict(keywords).values())):
        return poison(cx.span(node))
    if row.of_ints and not all(_are_ints(value) for value in positional[:1]):
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"`{full}()` is exact for items that are known to be ints only",
            help="write instead: a list of ints, or a function marked `@task` that calls it",
        )
    computed = _computed(info, positional, keywords, node, cx)
    if computed is not None:
        return computed
    trial = Trial(cx)
    result = call_function(cx, info, replace(given, positional=tuple(positional), keywords=tuple(keywords)), node)
    if trial.failed:
        return refused_inside(cx, trial, full, node)
    restless = row.name not in _NEVER_FAIL and may_fail(trial, result)
    trial.accept()
    if row.lazy and not isinstance(result, Static) and not is_poison(result):
        made = Lazy("an iterator", result, restless=restless)
        pairs = [
            pair for pair, items in zip(zip(given.positional, positional, strict=True), taken, strict=True) if items
        ]
        return _reading(made, row, read_by([value for value, _ in pairs], [items for _, items in pairs]))
    return result


_READS_ON: Final = frozenset(
    {"islice", "pairwise", "chain", "from_iterable", "compress", "zip_longest", "zip_longest_2", "zip_longest_3"}
    | {"takewhile", "dropwhile", "filterfalse", "starmap", "accumulate", "merge"}
)
"""Functions whose iterators take the items of others when they are asked for theirs, and not when they are made."""


def _reading(made: Value, row: Written, read: Under) -> Value:
    """An iterator with what it reads while its items are taken."""
    return replace(made, under=read, at_once=True) if isinstance(made, Lazy) and row.name in _READS_ON else made


def _computed(
    info: FunctionInfo, positional: Sequence[Value], keywords: Sequence[tuple[str, Value]], node: ast.expr, cx: Context
) -> Const | None:
    """The text that a function makes of constants, computed here and now; None for anything else."""
    if not all(isinstance(value, Const) for value in (*positional, *dict(keywords).values())):
        return None
    function = getattr(import_module(info.module.name), info.qualname)
    try:
        made = function(
            *(value.value for value in positional if isinstance(value, Const)),
            **{name: value.value for name, value in keywords if isinstance(value, Const)},
        )
    except Exception:
        return None  # it raises when the machine runs
    return Const(value=made, type=STR, span=cx.span(node)) if isinstance(made, str) else None


def may_fail(trial: Trial, result: Value) -> bool:
    """Whether what was lowered may raise or does something besides."""
    out = tuple(trial.out)
    fails = any(map(can_raise, suite_exprs(out))) or any(isinstance(stmt, Raise) for stmt in walk_suite(out))
    return fails or has_effect(out) or (not isinstance(result, Static) and can_raise(result))


def _are_ints(value: Value) -> bool:
    return not isinstance(value, Static) and kinds(lib.item_type(value.type)) <= {Kind.INT, Kind.BOOL}


WRITTEN_CALLS: Final[dict[str, Callable[[Context, ast.Call], Value]]] = {full: _written(full) for full in WRITTEN}
"""The functions by their full names."""
