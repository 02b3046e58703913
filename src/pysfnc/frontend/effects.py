"""What an expression of the IR may do when it is evaluated, as far as the order of evaluation depends on it.

Owns the judgement whether an expression may be evaluated later than it was written. What a node consists of is `ir.walk`.
"""

from collections.abc import Iterable
from functools import lru_cache

from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Stmt
from pysfnc.ir.walk import assigned, free_vars, walk_expr, walk_suite
from pysfnc.library.registry import may_raise as prim_may_raise
from pysfnc.values.types import Type


def can_raise(expr: Expr) -> bool:
    """Whether evaluating the expression may raise a Python exception."""
    return any(
        isinstance(part, Prim) and _prim_can_raise(part.op, tuple(arg.type for arg in part.args), part.type)
        for part in walk_expr(expr)
    )


def may_wait(expr: Expr, later: Iterable[Stmt]) -> bool:
    """Whether evaluating the expression after the statements `later` gives what evaluating it before them does.

    A variable may wait unless it is rebound: what is changed in place is the object that the variable stands for, and
    Python sees the change as well.
    """
    if isinstance(expr, Const):
        return True
    suite = tuple(later)
    if isinstance(expr, Var):
        return expr.name not in _rebound(suite)
    return not can_raise(expr) and not free_vars(expr) & assigned(suite, branches=True)


def _rebound(suite: tuple[Stmt, ...]) -> frozenset[str]:
    changed = {s.name for s in walk_suite(suite) if isinstance(s, Assign) and s.changes}
    plain = {s.name for s in walk_suite(suite) if isinstance(s, Assign) and not s.changes}
    return (assigned(suite, branches=True) - changed) | frozenset(plain)


@lru_cache(maxsize=4096)
def _prim_can_raise(op: str, arg_types: tuple[Type, ...], result: Type) -> bool:
    return prim_may_raise(op, arg_types, result)
