"""May an expression or a suite raise? A question every move of code asks.

The answer for a primitive depends on the library, which is passed in as a question, so that this module judges
structure only.
"""

from collections.abc import Callable, Sequence
from typing import assert_never

from pysfnc.ir.exprs import Expr, Prim
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    Eval,
    ForEach,
    If,
    Leave,
    Perform,
    Raise,
    Recur,
    Recursion,
    Return,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import stmt_exprs, stmt_suites, walk_suite
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.values.types import Type

PrimRaises = Callable[[str, Sequence[Type], Type], bool]
"""Whether a primitive operation may raise for types of its arguments and its result, as `library` knows."""


def may_raise(expr: Expr, prim_raises: PrimRaises) -> bool:
    """Whether evaluating the expression may raise a Python exception."""
    prims = (part for part in walk_expr(expr) if isinstance(part, Prim))
    return any(prim_raises(part.op, [arg.type for arg in part.args], part.type) for part in prims)


def suite_may_raise(suite: Suite, prim_raises: PrimRaises) -> bool:
    """Whether an exception may leave the suite."""
    return any(_stmt_may_raise(stmt, prim_raises) for stmt in suite)


def _stmt_may_raise(stmt: Stmt, prim_raises: PrimRaises) -> bool:
    match stmt:
        case Raise() | Recur() | Perform() | Beside():
            # A call, a branch or an iteration can always fail: Lambda itself may be out of reach, a quota used up. A function that calls itself
            # fails where its body does, which is asked of the whole function.
            return True
        case Recursion():
            own = any(may_raise(expr, prim_raises) for inner in walk_suite((stmt,)) for expr in stmt_exprs(inner))
            return own or any(isinstance(inner, Raise) for inner in walk_suite(stmt.body))
        case Assign() | Eval() | Return() | Break() | Continue() | Leave():
            return any(may_raise(expr, prim_raises) for expr in stmt_exprs(stmt))
        case If() | While() | ForEach() | Block():
            own = any(may_raise(expr, prim_raises) for expr in stmt_exprs(stmt))
            return own or any(suite_may_raise(inner, prim_raises) for inner in stmt_suites(stmt))
        case Try():
            return _try_may_raise(stmt, prim_raises)
        case _:
            assert_never(stmt)


def _try_may_raise(stmt: Try, prim_raises: PrimRaises) -> bool:
    catches_all = any(handler.classes is None for handler in stmt.handlers)
    unguarded = (*(handler.body for handler in stmt.handlers), stmt.orelse, stmt.final)
    if any(suite_may_raise(suite, prim_raises) for suite in unguarded):
        return True
    return not catches_all and suite_may_raise(stmt.body, prim_raises)
