"""Functions that are chosen when the program runs: `OPS[symbol](a, b)`, `[f, g][i]`, `f if test else g`, a loop over functions.

A choice is the number of one of several values that are known while compiling; calling it asks for the number. Owns the dicts and lists that such a
number comes out of.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Client, ClientMethod, WaiterOf
from pysfnc.frontend.calls.lower_arguments import Arguments, evaluated, lower_arguments
from pysfnc.frontend.classes.own_operators import own_method
from pysfnc.frontend.concurrency.future_values import Future, FutureDict, FutureList, FutureSet
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, nothing, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_test import Test, lower_either
from pysfnc.frontend.core.lower_values import (
    BuiltinFunction,
    Choice,
    Closure,
    DictOf,
    ExceptionClass,
    External,
    Groups,
    Lazy,
    LazyComprehension,
    ObjectMethod,
    Opaque,
    Partial,
    ProjectClass,
    ProjectFunction,
    Root,
    Static,
    StaticMethod,
    TupleOf,
    Value,
)
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.loops.lower_iterate import Source
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.hir import Raise
from pysfnc.library.rows.typenames import class_clash, is_code, json_types
from pysfnc.values.relations import members
from pysfnc.values.types import BOOL, INT, NONE, STR, Kind, NeverT

_CALLABLE = (
    Closure
    | ProjectFunction
    | BuiltinFunction
    | External
    | ProjectClass
    | ObjectMethod
    | Partial
    | Choice
    | Client
    | ClientMethod
    | WaiterOf
    | ExceptionClass
)
_NOT_CALLABLE = (
    Lazy,
    LazyComprehension,
    Groups,
    TupleOf,
    DictOf,
    Opaque,
    Root,
    Future,
    FutureList,
    FutureDict,
    FutureSet,
    Client,
    WaiterOf,
)


def is_option(value: Value) -> bool:
    """Whether a value can be one of those that a choice is made of: a function or class, or data."""
    if isinstance(value, StaticMethod):
        return isinstance(value.receiver, BuiltinFunction)
    return isinstance(value, _CALLABLE) or not isinstance(value, Static)


def dict_of_functions(cx: Context, node: ast.Dict, values: Sequence[Value]) -> DictOf | None:
    """`{"+": add, "-": subtract}`; None where the keys are not written out, or the values are something else. `values`: as evaluated."""
    keys = [key for key in node.keys if isinstance(key, ast.Constant)]
    if len(keys) < len(node.keys) or not all(map(is_option, values)):
        return None
    numbers: list[ast.expr] = [ast.copy_location(ast.Constant(value=index), key) for index, key in enumerate(keys)]
    made = ast.copy_location(ast.Dict(keys=list(node.keys), values=numbers), node)
    table = as_data(cx, lower_value(cx, made), node)
    if is_poison(table):
        return None
    kept = tuple(value if isinstance(value, Static) else cx.atom(value, "option") for value in values)
    names = [key.value for key in keys if isinstance(key.value, str | bool | int | float | None)]
    return DictOf(tuple(names), table, kept) if len(names) == len(keys) else None


def fixed_table(cx: Context, keys: Sequence[str], options: Sequence[Value], node: ast.AST) -> DictOf:
    """A view of a dict whose keys are known while compiling."""
    span = cx.span(node)
    numbers = [Const(value=index, type=INT, span=span) for index in range(len(keys))]
    named = [Const(value=key, type=STR, span=span) for key in keys]
    table = lib.make_dict(cx, [*zip(named, numbers, strict=True)], node)
    return DictOf(tuple(keys), as_data(cx, table, node), tuple(options), fixed=True)


def chosen(cx: Context, options: Sequence[Value], index: Expr, node: ast.AST) -> Value:
    """One of several values, by its number."""
    if isinstance(index, Const) and isinstance(index.value, int):
        return options[index.value]
    if all(option == options[0] for option in options):
        return options[0]
    if not any(isinstance(option, Static) for option in options):
        listed = lib.make_list(cx, [option for option in options if not isinstance(option, Static)], node)
        return lib.subscript(cx, listed, index, node)
    rows = [option.items for option in options if isinstance(option, TupleOf)]
    if len(rows) == len(options) and len({len(row) for row in rows}) == 1:
        return TupleOf(tuple(chosen(cx, column, index, node) for column in zip(*rows, strict=True)), False)
    if not all(map(is_option, options)):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION, node, "which of several values that are no data is meant is not known"
        )
    return Choice(cx.atom(index, "choice"), tuple(options))


def item_of_table(cx: Context, table: DictOf, key: Value, node: ast.AST) -> Value:
    """`OPS[key]`, after the KeyError of a key that is not there."""
    data = as_data(cx, key, node)
    if is_poison(data):
        return data
    if isinstance(data, Const) and data.value in table.keys and not isinstance(data.value, bool | float):
        return table.options[len(table.keys) - 1 - table.keys[::-1].index(data.value)]
    return _numbered(cx, "return table[key]", table.table, data, table.options, node)


def item_of_list(cx: Context, options: Sequence[Value], index: Value, node: ast.AST) -> Value:
    """`[f, g][i]`, after the IndexError of an index that is out of range."""
    data = as_data(cx, index, node)
    if is_poison(data):
        return data
    return _numbered(cx, "return table[key]", _numbers(cx, len(options), node), data, options, node)


def _numbered(cx: Context, body: str, table: Expr, key: Expr, options: Sequence[Value], node: ast.AST) -> Value:
    assert isinstance(node, ast.expr)
    index = as_data(cx, run_here(cx, body, {"table": cx.atom(table), "key": cx.atom(key)}, node), node)
    if is_poison(index) or isinstance(index.type, NeverT):
        return index
    return chosen(cx, options, replace(cx.atom(index, "choice"), type=INT), node)


def _numbers(cx: Context, count: int, node: ast.AST) -> Expr:
    return lib.make_list(cx, [Const(value=i, type=INT, span=cx.span(node)) for i in range(count)], node)


def call_table_method(cx: Context, table: DictOf, node: ast.Call) -> Value:
    """`OPS.get(key)`, `OPS.get(key, default)`, `OPS.items()`, `OPS.values()`, `OPS.keys()`."""
    assert isinstance(node.func, ast.Attribute)
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    distinct = len(set(table.keys)) == len(table.keys)
    match node.func.attr, given.positional:
        case "get", (key, *rest) if len(rest) < 2 and not given.keywords and all(map(is_option, rest)):
            default = rest[0] if rest else Const(value=None, type=NONE, span=cx.span(node))
            default = default if isinstance(default, Static) else cx.atom(default, "default")
            body = f"return table.get(key, {len(table.options)})"
            return _numbered(cx, body, table.table, as_data(cx, key, node), (*table.options, default), node)
        case "keys", ():
            return table.table
        case "values", () if distinct:
            return TupleOf(table.options, True)
        case "items", () if distinct:
            span = cx.span(node)
            keys = [Const(value=key, type=STR if isinstance(key, str) else INT, span=span) for key in table.keys]
            return TupleOf(tuple(TupleOf(pair, False) for pair in zip(keys, table.options, strict=True)), True)
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"`{node.func.attr}` of a dict of functions has no compiled form",
        help="write instead: `table[key](...)`, `table.get(key)`, `key in table`, or a loop over `table.items()`",
    )


def source_of_options(cx: Context, options: Sequence[Value], node: ast.AST) -> Source:
    """A loop over functions, or tuples with functions: over their numbers."""
    return Source(
        _numbers(cx, len(options), node),
        step=lambda inner, item: chosen(inner, options, inner.atom(as_data(inner, item, node), "choice"), node),
    )


# What is done with a choice


def call_choice(cx: Context, choice: Choice, given: Arguments, node: ast.expr) -> Value:
    """Call the function that was chosen; the arguments are evaluated once."""
    from pysfnc.frontend.calls.lower_call import call_value
    from pysfnc.frontend.calls.lower_spread import call_with

    args = evaluated(cx, given)

    def called(option: Value) -> Value:
        if not isinstance(option, Static) and option.type == NONE:
            text = Const(value="'NoneType' object is not callable", type=STR, span=cx.span(node))
            cx.emit(Raise(exc=lib.new_exception(cx, "TypeError", [text], node), span=cx.span(node)))
            cx.state.reachable = False
            return nothing(cx.span(node))
        return call_with(cx, option, args, node) if isinstance(option, Static) else call_value(cx, option, args, node)

    return _by_number(cx, choice.index, 0, choice.options, called, node)


def _by_number(
    cx: Context, index: Expr, first: int, options: Sequence[Value], made: Callable[[Value], Value], node: ast.expr
) -> Value:
    if len(options) == 1:
        return made(options[0])
    number = Const(value=first, type=INT, span=cx.span(node))
    test = lib.compare(cx, ast.Eq(), index, number, node)
    return lower_either(
        cx,
        Test(test, cx.state.copy(), cx.state.copy()),
        lambda: made(options[0]),
        lambda: _by_number(cx, index, first + 1, options[1:], made, node),
        node,
    )


def choice_is_none(cx: Context, choice: Choice, node: ast.AST) -> Expr:
    """`f is None` of a choice of which one option is None, or none is."""
    return _is_among(cx, choice, [not isinstance(o, Static) and o.type == NONE for o in choice.options], node)


def is_callable(cx: Context, value: Value, node: ast.expr) -> Expr:
    """`callable(value)`."""
    if isinstance(value, Choice):
        return _is_among(
            cx, value, [isinstance(o, Static) and not isinstance(o, _NOT_CALLABLE) for o in value.options], node
        )
    if isinstance(value, Static):
        return Const(value=not isinstance(value, _NOT_CALLABLE), type=BOOL, span=cx.span(node))
    code = [member for member in members(value.type) if is_code(member)]
    if not code or is_poison(value):
        own = own_method(cx, value, "__call__") is not None
        return value if is_poison(value) else Const(value=own, type=BOOL, span=cx.span(node))
    clash = class_clash(value.type) or next((str(member) for member in code if "object" in json_types(member)), None)
    if clash is not None:
        return cx.error(codes.TYPE_NEEDED, node, f"whether the value is a function cannot be told: it may be {clash}")
    return lib.has_kind(cx, value, frozenset({Kind.OPAQUE}), node)


def _is_among(cx: Context, choice: Choice, wanted: Sequence[bool], node: ast.AST) -> Expr:
    span = cx.span(node)
    numbers = [Const(value=i, type=INT, span=span) for i, found in enumerate(wanted) if found]
    return lib.compare(cx, ast.In(), choice.index, lib.make_list(cx, numbers, node), node)
