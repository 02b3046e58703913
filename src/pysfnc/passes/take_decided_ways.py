"""Tests that come out the same whatever the variables hold are evaluated, where they may fail, and the way not taken is dropped.

before                  after
if x[0] or True:        x[0] or True
    y = 1               y = 1
return y                return y

On the way that is never taken `y` has no value; later stages must not see it.
"""

from dataclasses import replace

from pysfnc.analysis.failures import expr_errors
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.hir import Eval, If, Stmt, Suite, While
from pysfnc.ir.walk import map_suites
from pysfnc.ir.walk_exprs import decided
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import BOOL


def take_decided_ways(suite: Suite, names: NameSupply) -> Suite:
    """The suite without branches and loops that are never entered, and with endless loops that say so."""
    return tuple(made for stmt in suite for made in _stmt(stmt, names))


def _stmt(stmt: Stmt, names: NameSupply) -> Suite:
    stmt = map_suites(stmt, lambda inner: take_decided_ways(inner, names))
    match stmt:
        case If(test=test, then=then, orelse=orelse) if (value := decided(test)) is not None:
            return (*_evaluated(test), *(then if value else orelse))
        case While(test=test, orelse=orelse) if decided(test) is False:
            return (*_evaluated(test), *orelse)
        case While(test=test, body=body) if decided(test) is True:
            return (replace(stmt, test=Const(value=True, type=BOOL, span=test.span), body=(*_evaluated(test), *body)),)
        case _:
            return (stmt,)


def _evaluated(test: Expr) -> Suite:
    return (Eval(value=test, span=test.span),) if expr_errors(test) else ()
