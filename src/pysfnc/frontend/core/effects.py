"""What an expression of the IR may do when it is evaluated, as far as the order of evaluation depends on it.

Owns the judgement whether an expression may be evaluated later than it was written. What a node consists of is `ir.walk_exprs`.
"""

from collections.abc import Iterable
from functools import lru_cache

from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Stmt
from pysfnc.ir.walk import assigned, walk_suite
from pysfnc.ir.walk_exprs import free_vars, walk_expr
from pysfnc.jsonata.tree import Lit, Ref
from pysfnc.library.rows.registry import prim
from pysfnc.library.rows.row import Arg
from pysfnc.values.types import Type


def can_raise(expr: Expr) -> bool:
    """Whether evaluating the expression may raise a Python exception."""
    return any(
        isinstance(part, Prim) and _prim_can_raise(part.op, tuple(map(_shape, part.args)), part.type)
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


_Shape = tuple[Type, type, bool | int | float | str | None]
"""What the checks of an operation may look at: the type of an argument, and its value when it is constant."""


def _shape(arg: Expr) -> _Shape:
    if isinstance(arg, Const):
        return arg.type, type(arg.value), arg.value
    return arg.type, Var, None


@lru_cache(maxsize=4096)
def _prim_can_raise(op: str, shapes: tuple[_Shape, ...], result: Type) -> bool:
    checks = prim(op).checks
    if checks is None:
        return False
    args = [
        Arg(Ref(f"a{index}") if kind is Var else Lit(value), type_) for index, (type_, kind, value) in enumerate(shapes)
    ]
    return bool(checks(args, result))
