"""`next()` of objects of classes that define `__next__`."""

import ast

from pysfnc.frontend.classes.own_operators import own_method
from pysfnc.frontend.core.lower_context import Context, Trial
from pysfnc.frontend.core.lower_core import lower_in_order, lower_value
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.core.synthesis import run_here

_NEXT = """
    try:
        return it.__next__()
    except StopIteration:
        return default
"""


def next_of_own(cx: Context, node: ast.Call) -> Value | None:
    """`next(x)` and `next(x, default)` of a name, or an attribute of one, that holds an iterator of the program's own; None of anything else."""
    if node.keywords or not 1 <= len(node.args) <= 2 or not _is_path(node.args[0]):
        return None
    trial = Trial(cx)
    value = lower_value(cx, node.args[0])
    trial.discard()
    if own_method(cx, value, "__next__") is None:
        return None
    if len(node.args) == 1:
        method = ast.copy_location(ast.Attribute(value=node.args[0], attr="__next__", ctx=ast.Load()), node)
        return lower_value(cx, ast.copy_location(ast.Call(func=method, args=[], keywords=[]), node))
    it, default = lower_in_order(cx, [lambda: lower_value(cx, node.args[0]), lambda: lower_value(cx, node.args[1])])
    return run_here(cx, _NEXT, {"it": it, "default": default}, node)


def _is_path(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
