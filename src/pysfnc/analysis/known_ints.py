"""Ints that are written as constants with operators between them: `2**32`, `10**9 + 7`, `(1 << 64) - 1`."""

import operator
from collections.abc import Callable
from typing import Final

from pysfnc.ir.exprs import Const, Expr, Prim

_MOST: Final = 1 << 53
_OPERATIONS: Final[dict[str, Callable[[int, int], int]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "**": operator.pow,
    "<<": operator.lshift,
}


def known_int(expr: Expr) -> int | None:
    """The value of an int expression, None where it is not constant, negative on the way, or beyond 2**53."""
    if isinstance(expr, Const):
        value = expr.value
        return value if type(value) is int and 0 <= value <= _MOST else None
    if not isinstance(expr, Prim) or expr.op not in _OPERATIONS or len(expr.args) != 2:
        return None
    left, right = (known_int(arg) for arg in expr.args)
    if left is None or right is None or (expr.op in ("**", "<<") and right > 53):
        return None
    made = _OPERATIONS[expr.op](left, right)
    return made if 0 <= made <= _MOST else None
