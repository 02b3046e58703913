"""What an expression of the IR may do when it is evaluated, as far as the order of evaluation depends on it.

Owns the judgement whether an expression may be evaluated later than it was written. What a node consists of is `ir.walk_exprs`.
"""

from collections.abc import Iterable
from functools import lru_cache

from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, ExceptionTable, Perform, Raise, Recursion, Stmt, Suite, Try
from pysfnc.ir.walk import assigned, stmt_exprs, stmt_suites, walk_suite
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


def leaves_by_exception(suite: Suite, table: ExceptionTable) -> bool:
    """Whether an exception may leave the statements, other than one that their own handlers catch."""
    return _leaves(suite, table, frozenset())


def _leaves(suite: Suite, table: ExceptionTable, caught: frozenset[str] | None) -> bool:
    """`caught`: the classes that handlers around catch, None for all."""
    for stmt in suite:
        if isinstance(stmt, Try):
            classes = [handler.classes for handler in stmt.handlers]
            inside = None if caught is None or None in classes else caught.union(*filter(None, classes))
            others = (*(handler.body for handler in stmt.handlers), stmt.orelse, stmt.final)
            if _leaves(stmt.body, table, inside) or any(_leaves(other, table, caught) for other in others):
                return True
            continue
        if caught is not None:
            found = frozenset[str]().union(*map(_errors, stmt_exprs(stmt)))
            if isinstance(stmt, Raise | Perform | Recursion) or any(not table.ancestors(one) & caught for one in found):
                return True
        if any(_leaves(inner, table, caught) for inner in stmt_suites(stmt)):
            return True
    return False


def _errors(expr: Expr) -> frozenset[str]:
    """The classes of exceptions that evaluating the expression may raise."""
    parts = [part for part in walk_expr(expr) if isinstance(part, Prim)]
    found = [_prim_errors(part.op, tuple(map(_shape, part.args)), part.type) for part in parts]
    return frozenset[str]().union(*found)


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


def _prim_can_raise(op: str, shapes: tuple[_Shape, ...], result: Type) -> bool:
    return bool(_prim_errors(op, shapes, result))


@lru_cache(maxsize=4096)
def _prim_errors(op: str, shapes: tuple[_Shape, ...], result: Type) -> frozenset[str]:
    checks = prim(op).checks
    if checks is None:
        return frozenset()
    args = [
        Arg(Ref(f"a{index}") if kind is Var else Lit(value), type_) for index, (type_, kind, value) in enumerate(shapes)
    ]
    return frozenset(check.error for check in checks(args, result))
