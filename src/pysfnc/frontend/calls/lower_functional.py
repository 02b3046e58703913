"""Functions that make or are functions: `functools.partial`, the functions of `operator`, and cached functions.

An operator as a function is a lambda that is written out here, so that it is lowered like one of the program.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_comparing import make_comparison
from pysfnc.frontend.calls.lower_inline import call_closure
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Closure, Partial, Static, Value
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.hir import Stmt
from pysfnc.ir.walk import has_effect
from pysfnc.library.containers.hashing import may_be_unhashable, never_hashable
from pysfnc.values.relations import is_mutable, kinds
from pysfnc.values.types import Kind

_BINARY: Final = {
    "add": "+",
    "concat": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "and_": "&",
    "or_": "|",
    "xor": "^",
    "lshift": "<<",
    "rshift": ">>",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "is_": "is",
    "is_not": "is not",
}
OPERATORS: Final = {
    **{f"operator.{name}": f"lambda a, b, /: a {symbol} b" for name, symbol in _BINARY.items()},
    "operator.neg": "lambda a, /: -a",
    "operator.pos": "lambda a, /: +a",
    "operator.invert": "lambda a, /: ~a",
    "operator.not_": "lambda a, /: not a",
    "operator.truth": "lambda a, /: bool(a)",
    "operator.abs": "lambda a, /: abs(a)",
    "operator.getitem": "lambda a, b, /: a[b]",
    "operator.countOf": "lambda a, b, /: sum([1 for x in a if x == b])",
    "operator.contains": "lambda a, b, /: b in a",
}
"""Functions of `operator` as lambdas."""
_GETTERS: Final = ("operator.itemgetter", "operator.attrgetter", "operator.methodcaller")
_NOT_COMPARED: Final = frozenset({Kind.RECORD, Kind.OPAQUE, Kind.EXCEPTION})
"""Kinds of which the machine does not know whether they are hashable, or when two are the same."""


def is_functional(name: str) -> bool:
    """Whether a function of a module is called through this module."""
    return name in OPERATORS or name in _GETTERS or name in ("functools.partial", "functools.cmp_to_key")


def call_functional(cx: Context, name: str, given: Arguments, node: ast.expr) -> Value:
    """Call one of these functions."""
    if name == "functools.partial":
        return _partial(cx, given, node)
    if name == "functools.cmp_to_key":
        return make_comparison(cx, given, node)
    if name in _GETTERS:
        return _getter(cx, name, given, node)
    return call_closure(cx, _closure(cx, OPERATORS[name], node), given, node)


def _closure(cx: Context, text: str, node: ast.expr) -> Closure:
    function = ast.parse(text, mode="eval").body
    assert isinstance(function, ast.Lambda)
    for part in ast.walk(function):
        ast.copy_location(part, node)
    return Closure(function, cx.frame, "<lambda>", ())


def _partial(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`partial(f, ...)`: the arguments are evaluated now."""
    if not given.positional or given.spread is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`partial()` takes a function and arguments of it")
    function, *rest = given.positional
    if not isinstance(function, Static):
        return cx.error(codes.TYPE_MISMATCH, node, f"a value of type `{function.type}` cannot be called")
    values = [value if isinstance(value, Static) else kept(cx, value, "arg") for value in rest]
    named = [(key, value if isinstance(value, Static) else kept(cx, value, "arg")) for key, value in given.keywords]
    return Partial(function, tuple(values), tuple(named))


def with_kept(callee: Partial, given: Arguments) -> Arguments:
    """The arguments of a call of `partial(...)`: those that are kept, then those of the call; keywords of the call win."""
    return Arguments(
        (*callee.positional, *given.positional),
        tuple({**dict(callee.keywords), **dict(given.keywords)}.items()),
        (),
        given.spread,
        given.rest,
    )


def _getter(cx: Context, name: str, given: Arguments, node: ast.expr) -> Value:
    """`itemgetter("key")`, `attrgetter("name")`, `methodcaller("name", ...)` of constants, as lambdas."""
    short = name.removeprefix("operator.")
    values = [*given.positional, *(value for _, value in given.keywords)]
    constants = [value.value for value in values if isinstance(value, Const)]
    if len(constants) != len(values) or not constants or (given.keywords and short != "methodcaller"):
        return cx.error(
            codes.NOT_CONSTANT,
            node,
            f"the arguments of `{short}()` must be constants",
            help="write instead: a lambda, `lambda x: x[key]`",
        )
    if short == "itemgetter":
        return _closure(cx, _getting([f"[{value!r}]" for value in constants]), node)
    names = constants if short == "attrgetter" else constants[:1]
    if not all(isinstance(value, str) and all(map(str.isidentifier, value.split("."))) for value in names):
        return cx.error(codes.TYPE_MISMATCH, node, f"`{short}()` takes names of attributes")
    if short == "attrgetter":
        return _closure(cx, _getting([f".{value}" for value in names]), node)
    args = [repr(value) for value in constants[1 : len(given.positional)]]
    args += [
        f"{key}={value!r}" for (key, _), value in zip(given.keywords, constants[len(given.positional) :], strict=True)
    ]
    return _closure(cx, f"lambda item, /: item.{names[0]}({', '.join(args)})", node)


def _getting(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return f"lambda item, /: item{parts[0]}"
    return f"lambda item, /: ({', '.join(f'item{part}' for part in parts)})"


# Cached functions


def cached_call_obstacle(given: Arguments) -> str | None:
    """Why a call of a function that is cached differs from one that is not: its arguments must be hashable."""
    for value in (*given.positional, *(value for _, value in given.keywords)):
        if isinstance(value, Static) or kinds(value.type) & _NOT_COMPARED or never_hashable(value.type):
            return "it gets an argument that may be unhashable"
    return None


def hashed_arguments(cx: Context, given: Arguments, node: ast.expr) -> Arguments:
    """The arguments of a call of a cached function, after the TypeError of one that is unhashable."""

    def hashed(value: Value) -> Value:
        if isinstance(value, Static) or not may_be_unhashable(value.type):
            return value
        return cx.atom(lib.hashed(cx, value, node), "arg")

    return replace(
        given,
        positional=tuple(map(hashed, given.positional)),
        keywords=tuple((name, hashed(value)) for name, value in given.keywords),
    )


def cached_result_obstacle(out: Sequence[Stmt], result: Value) -> str | None:
    """Why the result of a cached function differs from one that is computed again each time."""
    if has_effect(tuple(out)):
        return "it calls or draws something, which happens once only"
    if isinstance(result, Static) or is_mutable(result.type):
        return "its result can be changed, and all calls share it"
    return None


def refuse_cached(cx: Context, name: str, why: str, node: ast.expr) -> Expr:
    """Say that caching a function shows."""
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` is cached, and {why}",
        help="write instead: the function without its decorator",
    )
