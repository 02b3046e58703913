"""Bodies of branches rewritten: what they return as an outcome, or left in a variable.

An outcome is a list of the exception or None, the value and, where it matters, the time at which the branch ended.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Const, Expr, NewExc, Prim, Var
from pysfnc.ir.hir import Assign, Beside, Handler, Leave, Perform, Return, Stmt, Suite, Try
from pysfnc.ir.walk import map_suites
from pysfnc.values.relations import join
from pysfnc.values.types import INT, NONE, STR, ExcT, TupleT, Type

GROUP: Final = "ExceptionGroup"
TASK_GROUP_MESSAGE: Final = "unhandled errors in a TaskGroup"
_NONE: Final = Const(value=None, type=NONE)


def outcome_type(value: Type, *, timed: bool) -> Type:
    """The type of an outcome."""
    when = (INT,) if timed else ()
    return TupleT((join(ExcT(None), NONE), join(value, NONE), *when))


def returned(value: Expr, *, timed: bool) -> Expr:
    """The outcome of a branch that returns a value."""
    return _outcome(_NONE, value, value.type, timed)


def as_outcome(body: Suite, error: str, value: Type, *, timed: bool) -> Suite:
    """The body of a branch that hands back its outcome, and never fails itself. `error` is a fresh name."""
    kept = Return(value=_outcome(Var(name=error, type=ExcT(None)), _NONE, value, timed))
    handler = Handler(classes=None, name=error, body=(kept,))
    inner = returning(body, lambda given: _outcome(_NONE, given, value, timed))
    return (Try(body=inner, handlers=(handler,), orelse=(), final=()),)


def returning(body: Suite, made: Callable[[Expr], Expr]) -> Suite:
    """The body with `made` of the value in every `Return` of its own."""
    return _own_returns(body, lambda stmt: (replace(stmt, value=made(stmt.value)),))


def leaving(body: Suite, result: str, label: str) -> Suite:
    """The body with a jump behind the block `label` in place of every `Return`; the value is left in the variable `result`."""

    def left(stmt: Return) -> Suite:
        return Assign(name=result, value=stmt.value, span=stmt.span), Leave(label=label, span=stmt.span)

    return _own_returns(body, left)


def task_group_error(failures: Expr) -> NewExc:
    """What `asyncio.TaskGroup` raises for a list of exceptions."""
    return exception_group(Const(value=TASK_GROUP_MESSAGE, type=STR), failures)


def exception_group(message: Expr, failures: Expr) -> NewExc:
    """`ExceptionGroup(message, failures)`; both are evaluated twice."""
    return NewExc(
        name=Const(value=GROUP, type=STR),
        message=Prim(op="group.text", args=(message, failures), type=STR),
        args=(message, failures),
        type=ExcT(frozenset({GROUP})),
    )


def _own_returns(body: Suite, made: Callable[[Return], Suite]) -> Suite:
    found: list[Stmt] = []
    for stmt in body:
        match stmt:
            case Return():
                found += made(stmt)
            case Perform():
                found.append(stmt)
            case Beside(body=inner):
                found.append(replace(stmt, body=_own_returns(inner, made)))
            case _:
                found.append(map_suites(stmt, lambda inner: _own_returns(inner, made)))
    return tuple(found)


def _outcome(error: Expr, value: Expr, type_: Type, timed: bool) -> Expr:
    when = (Prim(op="clock.ms", args=(), type=INT),) if timed else ()
    return Prim(op="list.make", args=(error, value, *when), type=outcome_type(type_, timed=timed))
