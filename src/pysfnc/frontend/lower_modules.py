"""Functions of the standard library's modules that take more than data: functions, classes, options that only CPython needs.

Owns what is special about their arguments; what the functions compute is in the library.
"""

import ast
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.lower_arguments import lower_arguments
from pysfnc.frontend.lower_context import Context, poison
from pysfnc.frontend.lower_values import Static, Value
from pysfnc.ir.exprs import Const


def call_json_dumps(cx: Context, node: ast.Call) -> Value:
    """`json.dumps(...)`. `default` is called for what JSON has no form for, which the library refuses anyway."""
    return _without(cx, "json.dumps", ("default", "cls"), node)


def call_json_loads(cx: Context, node: ast.Call) -> Value:
    """`json.loads(...)`."""
    return _without(cx, "json.loads", ("cls", "object_hook", "object_pairs_hook"), node)


def _without(cx: Context, name: str, options: tuple[str, ...], node: ast.Call) -> Value:
    """The call of a row without options that may be given but have no influence; `default` is the only one that may be a function."""
    from pysfnc.frontend.lower_call import call_row

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
    kept = tuple((option, value) for option, value in given.keywords if option not in options)
    return call_row(cx, name, replace(given, keywords=kept), node)
