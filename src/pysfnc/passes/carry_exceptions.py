"""Exceptions whose arguments somebody reads keep them on their way out of a branch.

A branch fails with a name and a text, from which the arguments do not always follow (those of an exception group never do). Where the program reads
arguments, such an exception leaves its branch as JSON in the text of another one.

    before                          after
    try:                            try:
      fork:                           try:
        branch: raise Late(1, x)        fork:
    except Late as e:                     branch:
      use(e.args)                           try: raise Late(1, x)
                                            except as e1: raise Raised(text of e1)
                                      except Raised as r: raise read(r.message)
                                    except Late as e:
                                      use(e.args)
"""

from dataclasses import replace
from typing import Final

from pysfnc.analysis.exception_reads import exception_fields_read
from pysfnc.ir.exprs import Const, ExcField, Expr, NewExc, Prim, Var
from pysfnc.ir.hir import Assign, FanOut, Fork, Handler, Perform, Raise, Stmt, Suite, Try
from pysfnc.ir.walk import effect_suites, map_suites, suite_exprs
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import INT, JSON, STR, ExcT, ListT

RAISED: Final = "Pysfnc.Raised"
"""The error name of what carries an exception out of a branch. No class of Python has it."""


def carry_exceptions(suite: Suite, names: NameSupply) -> Suite:
    """The suite with exceptions that keep their arguments, if it reads any."""
    if exception_fields_read(suite).isdisjoint({"args", "fields"}):
        return suite
    return _carried(suite, names)


def _carried(suite: Suite, names: NameSupply) -> Suite:
    return tuple(_stmt(stmt, names) for stmt in suite)


def _stmt(stmt: Stmt, names: NameSupply) -> Stmt:
    stmt = map_suites(stmt, lambda inner: _carried(inner, names))
    if not isinstance(stmt, Perform) or not isinstance(stmt.effect, Fork | FanOut) or stmt.effect.retry:
        return stmt
    if not any(map(_raises_with_arguments, effect_suites(stmt.effect))):
        return stmt
    carried = Var(name=names.fresh("carried"), type=ExcT(None))
    message = ExcField(exc=carried, field_="message", type=STR)
    parsed = Prim(op="race.read", args=(message,), type=ListT(JSON))
    exc = Prim(op="loop.item", args=(parsed, Const(value=0, type=INT)), type=ExcT(None))
    handler = Handler(classes=(RAISED,), name=carried.name, body=(Raise(exc=exc, span=stmt.span),))
    made = map_suites(stmt, lambda body: _carrying(body, names))
    return Try(body=(made,), handlers=(handler,), orelse=(), final=(), span=stmt.span)


def _raises_with_arguments(suite: Suite) -> bool:
    parts = (part for expr in suite_exprs(suite) for part in walk_expr(expr))
    return any(isinstance(part, NewExc) and not _is_plain(part) for part in parts)


def _is_plain(exc: NewExc) -> bool:
    """Whether everything follows from the name and the text."""
    if isinstance(exc.name, Const) and str(exc.name.value).startswith("Pysfnc."):
        return True
    return exc.args == (exc.message,) and exc.fields is None


def _carrying(body: Suite, names: NameSupply) -> Suite:
    error, text = Var(name=names.fresh("error"), type=ExcT(None)), names.fresh("text")
    written: Expr = Prim(op="race.text", args=(replace(error, type=JSON),), type=STR)
    fitting = Prim(op="race.fitting", args=(Var(name=text, type=STR),), type=STR)
    name = Const(value=RAISED, type=STR)
    carrier = NewExc(name=name, message=fitting, args=(), type=ExcT(frozenset({RAISED})))
    handler = Handler(classes=None, name=error.name, body=(Assign(name=text, value=written), Raise(exc=carrier)))
    return (Try(body=body, handlers=(handler,), orelse=(), final=()),)
