"""Views of dicts as operands: `a.keys() & b.keys()`, `a.keys() == b.keys()`, `a.items() == b.items()`."""

import ast
from typing import Final

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import BuiltinFunction, Lazy, Static, Value
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind

_KEYS: Final = "a view of keys"
_ITEMS: Final = "a view of items"
_OPERATORS: Final = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)
_COMPARISONS: Final = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SETS: Final = frozenset({Kind.SET})


def joined_views(cx: Context, left: Value, right: Value, node: ast.BinOp) -> tuple[Value, Value]:
    """The operands of an operator, as sets where one of them is a view of keys; the other may be any iterable then."""
    if not isinstance(node.op, _OPERATORS) or not (_is(left, _KEYS) or _is(right, _KEYS)):
        return left, right
    return _made(cx, "set", left, node), _made(cx, "set", right, node)


def compared_views(cx: Context, left: Value, right: Value, node: ast.Compare) -> tuple[Value, Value]:
    """The operands of a comparison: views of keys, and sets beside them, as sets; two views of items as the dicts that they show."""
    (op,) = node.ops
    if isinstance(op, ast.Eq | ast.NotEq) and _is(left, _ITEMS) and _is(right, _ITEMS):
        return _made(cx, "dict", left, node), _made(cx, "dict", right, node)
    both = all(_is(value, _KEYS) or _is_set(value) for value in (left, right))
    if isinstance(op, _COMPARISONS) and both and (_is(left, _KEYS) or _is(right, _KEYS)):
        return _made(cx, "set", left, node), _made(cx, "set", right, node)
    return left, right


def _is(value: Value, name: str) -> bool:
    return isinstance(value, Lazy) and value.what == name


def _is_set(value: Value) -> bool:
    return not isinstance(value, Static) and kinds(value.type) == _SETS


def _made(cx: Context, kind: str, value: Value, node: ast.expr) -> Value:
    if kind == "set" and _is_set(value):
        return value
    from pysfnc.frontend.core.synthesis import run_here

    return run_here(cx, f"return {kind}(items)", {"items": value, kind: BuiltinFunction(kind)}, node)
