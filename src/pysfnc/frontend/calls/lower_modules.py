"""Functions of the standard library's modules that take more than data: functions, classes, options that only CPython needs.

Owns what is special about their arguments; what the functions compute is in the library.
"""

import ast
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.stored_sets import holds_items
from pysfnc.frontend.aws.told_numbers import dumped, dumped_as_texts
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, Static, Value, describe
from pysfnc.frontend.data.moment_operations import is_time
from pysfnc.ir.exprs import Const, Expr, ListComp, Prim
from pysfnc.values.types import ListT, TupleT


def call_json_dumps(cx: Context, node: ast.Call) -> Value:
    """`json.dumps(...)`. `default` is called for what JSON has no form for: dates with `str`; the library refuses what is left of it."""
    return _without(cx, "json.dumps", ("default", "cls"), node)


def call_json_loads(cx: Context, node: ast.Call) -> Value:
    """`json.loads(...)`."""
    return _without(cx, "json.loads", ("cls", "object_hook", "object_pairs_hook"), node)


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
    """The call of a row without options that may be given but have no influence; `default` is the only one that may be a function."""
    from pysfnc.frontend.calls.lower_call import call_row

    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    for option, value in given.keywords:
        is_none = isinstance(value, Const) and value.value is None
        if option in options and not is_none and not (option == "default" and isinstance(value, Static)):
            return cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}()` with `{option}` has no compiled form",
                help="write instead: a function marked `@task` that calls it",
            )
    if name == "json.dumps" and given.positional:
        first, *others = given.positional
        given = replace(given, positional=(_dumped(cx, first, given.keyword_map().get("default"), node), *others))
    kept = tuple((option, value) for option, value in given.keywords if option not in options)
    return call_row(cx, name, replace(given, keywords=kept), node)


def _dumped(cx: Context, value: Value, default: Value | None, node: ast.AST) -> Value:
    """What is dumped as JSON, with what `default` makes of what JSON has no form for, if it is `str`."""
    if default == BuiltinFunction("str"):
        texts = _with_texts(cx, value, node)
        return texts if isinstance(texts, Static) else dumped_as_texts(texts)
    if isinstance(value, Static) or not holds_items(value.type):
        return value
    if isinstance(default, Static):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`json.dumps()` of what came out of an item has no compiled form with {describe(default)} as `default`",
            help="write instead: `default=str`, or `int(...)` and `float(...)` of the numbers that are dumped",
        )
    return dumped(value)


def _with_texts(cx: Context, value: Value, node: ast.AST) -> Value:
    """A value that is written out, with the texts of the dates in it."""
    return value if isinstance(value, Static) else _texts_inside(cx, value, node)


def _texts_inside(cx: Context, value: Expr, node: ast.AST) -> Expr:
    if is_time(value.type):
        return lib.to_str(cx, value, node)
    if isinstance(value, ListComp):
        body = _texts_inside(cx, value.body, node)
        return replace(value, body=body, type=ListT(body.type))
    if not isinstance(value, Prim) or value.op not in ("dict.make", "list.make"):
        return value
    if value.op == "dict.make":
        pairs = zip(value.args[::2], value.args[1::2], strict=True)
        return lib.make_dict(cx, [(key, _texts_inside(cx, item, node)) for key, item in pairs], node)
    items = [_texts_inside(cx, item, node) for item in value.args]
    return lib.make_tuple(cx, items, node) if isinstance(value.type, TupleT) else lib.make_list(cx, items, node)
