"""Functions of the standard library's modules that take more than data: functions, classes, options that only CPython needs.

Owns what is special about their arguments; what the functions compute is in the library.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.item_values import JSON_WITH_DECIMALS
from pysfnc.frontend.aws.stored_sets import holds_items
from pysfnc.frontend.aws.told_numbers import dumped
from pysfnc.frontend.calls.json_defaults import default_of, dumps_items, with_default
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import is_poison, lower_expr, lower_value
from pysfnc.frontend.core.lower_opaque import text_of_bytes
from pysfnc.frontend.core.lower_values import External, Static, Value
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind


def call_json_dumps(cx: Context, node: ast.Call) -> Value:
    """`json.dumps(...)`. `default` is called for what JSON has no form for (`json_defaults`); the library refuses what is left of it."""
    return _without(cx, "json.dumps", ("default", "cls"), node)


def call_json_loads(cx: Context, node: ast.Call) -> Value:
    """`json.loads(...)`."""
    decimals = _with_decimals(cx, node)
    if decimals is not None:
        return decimals
    return _without(cx, "json.loads", ("cls", "object_hook", "object_pairs_hook"), node)


def _with_decimals(cx: Context, node: ast.Call) -> Value | None:
    """`json.loads(text, parse_float=Decimal)`; None for any other call."""
    match node:
        case ast.Call(
            args=[text], keywords=[ast.keyword(arg="parse_float", value=ast.Name() | ast.Attribute() as parse)]
        ):
            if lower_value(cx, parse) != External("decimal.Decimal"):
                return None
        case _:
            return None
    value = text_of_bytes(lower_expr(cx, text))
    if is_poison(value):
        return value
    if not cx.project.items_told:
        cx.project.met_decimals = True
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`json.loads()` with `parse_float` has no compiled form here",
            help="write instead: `Decimal(str(value))` where the numbers are used, or a function marked `@task`",
        )
    if Kind.STR not in kinds(value.type):
        return cx.error(
            codes.TYPE_MISMATCH, node, f"`json.loads()` of a value of type `{value.type}` always raises TypeError"
        )
    return Prim(op="json.with_decimals", args=(value,), type=JSON_WITH_DECIMALS, span=cx.span(node))


def call_json_load(cx: Context, node: ast.Call) -> Value:
    """`json.load(stream)`, which is `json.loads(stream.read())`."""
    if not node.args or isinstance(node.args[0], ast.Starred):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`json.load()` has no compiled form without the stream as its first argument",
            help="write instead: `json.loads(stream.read())`",
        )
    reads = ast.Call(func=ast.Attribute(value=node.args[0], attr="read", ctx=ast.Load()), args=[], keywords=[])
    ast.fix_missing_locations(ast.copy_location(reads, node.args[0]))
    loads = ast.Call(func=node.func, args=[reads, *node.args[1:]], keywords=node.keywords)
    return call_json_loads(cx, ast.copy_location(loads, node))


def _without(cx: Context, name: str, options: tuple[str, ...], node: ast.Call) -> Value:
    """The call of a row without options that may be given but have no influence; `default` and `cls` are the only ones that may be functions."""
    from pysfnc.frontend.calls.lower_call import call_row

    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    named = given.keyword_map()
    default = default_of(cx, _chosen(named, "default"), _chosen(named, "cls")) if name == "json.dumps" else None
    for option in options:
        if _chosen(named, option) is not None and (
            default is None or _chosen(named, "default" if option == "cls" else "cls")
        ):
            return cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}()` with `{option}` has no compiled form",
                help="write instead: a function marked `@task` that calls it",
            )
    kept = replace(given, keywords=tuple((key, value) for key, value in given.keywords if key not in options))
    if name != "json.dumps" or not given.positional or isinstance(given.positional[0], Static):
        return call_row(cx, name, kept, node)
    first, *others = kept.positional

    def dumps(value: Expr) -> Value:
        return call_row(cx, name, replace(kept, positional=(value, *others)), node)

    assert not isinstance(first, Static)
    if default is None:
        return dumps(dumped(first) if holds_items(first.type) else first)
    value = with_default(cx, first, default, node)
    made = None if is_poison(value) else dumps_items(cx, value, default, dumps, node)
    return dumps(value) if made is None else made


def _chosen(named: Mapping[str, Value], option: str) -> Value | None:
    """What an option is given, other than None."""
    value = named.get(option)
    return None if isinstance(value, Const) and value.value is None else value
