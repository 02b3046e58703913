"""Calls of functions of the standard library that are written in Python (`library.written`): their bodies are compiled where they are called."""

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.effects import can_raise
from pysfnc.frontend.lower_arguments import Arguments, lower_arguments, signature_of
from pysfnc.frontend.lower_builtins import quiet_items
from pysfnc.frontend.lower_context import Context, Trial, poison
from pysfnc.frontend.lower_core import is_poison
from pysfnc.frontend.lower_inline import call_function
from pysfnc.frontend.lower_values import Lazy, Static, Value
from pysfnc.frontend.model import FunctionBinding, FunctionInfo, ModuleInfo
from pysfnc.ir.exprs import Const
from pysfnc.ir.hir import Raise
from pysfnc.ir.walk import has_effect, suite_exprs, walk_suite
from pysfnc.library import written
from pysfnc.source import SourceFile

_NEVER_FAIL: Final = frozenset(
    {"pairwise", "combinations_2", "combinations_3", "permutations_2", "permutations_3"}
    | {"product_1", "product_2", "product_3", "zip_longest_2", "zip_longest_3", "repeat"}
)
"""Functions that only put items together, and call nothing."""


@cache
def _module() -> ModuleInfo:
    """The module that holds the functions, with nothing but them as its names."""
    source = SourceFile.read(written.__file__)
    module = ModuleInfo(name=written.__name__, source=source, tree=ast.parse(source.text))
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef):
            module.names[node.name] = FunctionBinding(
                FunctionInfo(module=module, qualname=node.name, node=node, role="inline")
            )
    return module


def _function(name: str) -> FunctionInfo | None:
    binding = _module().names.get(name)
    return binding.function if isinstance(binding, FunctionBinding) else None


def _written(full: str) -> Callable[[Context, ast.Call], Value]:
    name, iterable = written.WRITTEN[full]

    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node)
        if given is None:
            return poison(cx.span(node))
        if name in ("combinations", "permutations"):
            return _arrangements(cx, full, name, given, node)
        if name in ("product", "zip_longest"):
            return _rows(cx, full, name, given, node)
        return _call(cx, full, name, iterable, given, node)

    return call


def _arrangements(cx: Context, full: str, name: str, given: Arguments, node: ast.Call) -> Value:
    """`combinations` and `permutations` of 2 or 3: tuples have a known length."""
    size = given.positional[1] if len(given.positional) == 2 else given.keyword_map().get("r")
    if not isinstance(size, Const) or size.value not in (2, 3):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{full}()` has a compiled form only for 2 or 3, written out",
            help="write instead: a function that calls itself and returns lists, or a `@task`",
        )
    rest = replace(given, positional=given.positional[:1], keywords=(), nodes=given.nodes[:1])
    return _call(cx, full, f"{name}_{size.value}", "iterable", rest, node)


def _rows(cx: Context, full: str, name: str, given: Arguments, node: ast.Call) -> Value:
    """`product` and `zip_longest` of a known number of iterables: tuples have a known length."""
    repeat = given.keyword_map().get("repeat") if name == "product" else None
    times = repeat.value if isinstance(repeat, Const) and isinstance(repeat.value, int) else 1
    iterables = given.positional
    if name == "product" and given.keywords:
        if set(given.keyword_map()) != {"repeat"} or not isinstance(repeat, Const) or times < 1 or len(iterables) != 1:
            times, iterables = 0, ()
        else:
            # An iterator is used up once, and its items are taken from several times.
            items = quiet_items(cx, iterables[0], node)
            iterables = (items if is_poison(items) else cx.atom(items, "items"),) * times
    most = 3
    least = 1 if name == "product" else 2
    if not least <= len(iterables) <= most:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{full}()` has a compiled form only for up to {most} iterables, whose number is known",
            help="write instead: a comprehension with several `for`, or a `@task`",
        )
    keywords = () if name == "product" else given.keywords
    rest = replace(given, positional=iterables, keywords=keywords, nodes=())
    return _call(cx, full, f"{name}_{len(iterables)}", "*", rest, node)


def call_written(cx: Context, name: str, given: Arguments, node: ast.expr) -> Value:
    """A call of a function of `library.written` that programs cannot name."""
    info = _function(name)
    assert info is not None, name
    return call_function(cx, info, given, node)


def _call(cx: Context, full: str, name: str, iterable: str, given: Arguments, node: ast.Call) -> Value:
    info = _function(name)
    assert info is not None, name
    parameters = signature_of(info.node, name).positional
    positional = [
        quiet_items(cx, value, node) if iterable == "*" or parameters[index : index + 1] == (iterable,) else value
        for index, value in enumerate(given.positional)
    ]
    if any(not isinstance(value, Static) and is_poison(value) for value in positional):
        return poison(cx.span(node))
    trial = Trial(cx)
    result = call_function(cx, info, replace(given, positional=tuple(positional)), node)
    if trial.failed:
        first = next(diagnostic for diagnostic in trial.diagnostics() if diagnostic.is_error)
        trial.discard()
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{full}()` has no compiled form with these arguments: {first.message}",
            help=first.helps or "write instead: a function marked `@task` that calls it",
        )
    out = tuple(trial.out)
    fails = any(map(can_raise, suite_exprs(out))) or any(isinstance(stmt, Raise) for stmt in walk_suite(out))
    fails = fails or has_effect(out) or (not isinstance(result, Static) and can_raise(result))
    restless = fails and name not in _NEVER_FAIL
    trial.accept()
    if full.startswith("itertools.") and not isinstance(result, Static) and not is_poison(result):
        return Lazy("an iterator", result, restless=restless)
    return result


WRITTEN_CALLS: Final[dict[str, Callable[[Context, ast.Call], Value]]] = {
    full: _written(full) for full in written.WRITTEN
}
"""The functions by their full names."""
