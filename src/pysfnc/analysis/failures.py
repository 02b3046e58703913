"""Which exceptions expressions and statements may raise, as far as the rows of the library say."""

from typing import Final

from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.ir.facts import KnownFact
from pysfnc.ir.hir import ExceptionTable, Perform, Raise, Recur, Recursion, Stmt, Suite, Try
from pysfnc.ir.walk import COMPOUND, stmt_exprs, stmt_suites
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.jsonata.tree import Lit, Ref
from pysfnc.lean import dataclass
from pysfnc.library.rows.registry import prim
from pysfnc.library.rows.row import Arg
from pysfnc.values.types import ExcT

_SEEN: dict[tuple[object, ...], frozenset[str]] = {}


def own_errors(expr: Expr) -> frozenset[str]:
    """The classes of exceptions that the operation of this node itself may raise."""
    if not isinstance(expr, Prim):
        return frozenset()
    row = prim(expr.op)
    if row.checks is None:
        return frozenset()
    # Checks look at the types of the arguments, and at the values of constant ones.
    shapes = tuple((a.type, type(a.value), a.value) if isinstance(a, Const) else (a.type,) for a in expr.args)
    key = (expr.op, shapes, expr.type)
    if key not in _SEEN:
        trees = [Lit(a.value) if isinstance(a, Const) else Ref(f"a{index}") for index, a in enumerate(expr.args)]
        args = [Arg(tree, a.type) for tree, a in zip(trees, expr.args, strict=True)]
        _SEEN[key] = frozenset(check.error for check in row.checks(args, expr.type))
    return _SEEN[key]


def expr_errors(expr: Expr) -> frozenset[str]:
    """The classes of exceptions that evaluating the expression may raise."""
    found: frozenset[str] = frozenset()
    for node in walk_expr(expr):
        found |= own_errors(node)
    return found


def stmt_errors(stmt: Stmt) -> frozenset[str | None]:
    """The classes that a pure statement may raise, whether or not it catches them itself; None stands for one not known before run time."""
    return suite_errors((stmt,))


def suite_errors(suite: Suite) -> frozenset[str | None]:
    """As `stmt_errors` for a whole suite."""
    raising = _together(suite)
    # Whatever the function raises that a part of the suite is a part of.
    return raising.errors | {None} if raising.activations - raising.functions else raising.errors


@dataclass(frozen=True, slots=True)
class _Raising:
    """What a statement raises by itself, and the functions that it calls and defines, which may call themselves."""

    errors: frozenset[str | None] = frozenset()
    activations: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()

    def __or__(self, other: "_Raising") -> "_Raising":
        if other == _NOTHING:
            return self
        return _Raising(
            self.errors | other.errors, self.activations | other.activations, self.functions | other.functions
        )


_NOTHING: Final = _Raising()


def _together(suite: Suite) -> _Raising:
    found = _NOTHING
    for stmt in suite:
        found |= _known_raising(stmt) if isinstance(stmt, COMPOUND) else _raising(stmt)
    return found


def _raising(stmt: Stmt) -> _Raising:
    errors: frozenset[str | None] = frozenset().union(*map(expr_errors, stmt_exprs(stmt)))
    found = _Raising(errors | raised_classes(stmt.exc) if isinstance(stmt, Raise) else errors)
    if isinstance(stmt, Recur):
        found |= _Raising(activations=frozenset({stmt.label}))
    elif isinstance(stmt, Recursion):
        found |= _Raising(functions=frozenset({stmt.label}))
    for inner in stmt_suites(stmt):
        found |= _together(inner)
    return found


_known_raising: Final = KnownFact(_raising)


def raised_classes(exc: Expr) -> frozenset[str | None]:
    """The classes an exception object may have."""
    if isinstance(exc.type, ExcT) and exc.type.names is not None and "Fail" not in exc.type.names:
        return frozenset(exc.type.names)
    return frozenset({None})


def escaping_errors(suite: Suite, table: ExceptionTable) -> frozenset[str | None]:
    """The classes that may leave the suite: raised in it and not surely caught by a handler in it that is no route."""
    found: set[str | None] = set()
    for stmt in suite:
        for expr in stmt_exprs(stmt):
            found |= expr_errors(expr)
        if isinstance(stmt, Raise):
            found |= raised_classes(stmt.exc)
        elif isinstance(stmt, Try):
            inside = {e for e in escaping_errors(stmt.body, table) if not _is_caught(e, stmt, table)}
            parts = (stmt.orelse, stmt.final, *(handler.body for handler in stmt.handlers))
            found |= inside.union(*(escaping_errors(part, table) for part in parts))
        elif not isinstance(stmt, Perform):
            found |= frozenset().union(*(escaping_errors(part, table) for part in stmt_suites(stmt)))
    return frozenset(found)


def _is_caught(error: str | None, stmt: Try, table: ExceptionTable) -> bool:
    for handler in stmt.handlers:
        if handler.route is not None:
            continue
        if handler.classes is None or (error is not None and table.ancestors(error) & set(handler.classes)):
            return True
    return False
