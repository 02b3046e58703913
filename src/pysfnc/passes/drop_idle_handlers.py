"""Handlers of a body that cannot raise are dropped.

before                      after
try:                        x = 1
    x = 1
except KeyError:
    x = task(y)
"""

from dataclasses import replace

from pysfnc.analysis.failures import suite_errors
from pysfnc.ir.hir import Stmt, Suite, Try
from pysfnc.ir.walk import has_effect, map_suites
from pysfnc.library.rows.row import NameSupply


def drop_idle_handlers(suite: Suite, names: NameSupply) -> Suite:
    """The suite with every `try` whose body neither raises nor calls out reduced to what is left of it."""
    return tuple(made for stmt in suite for made in _stmt(stmt, names))


def _stmt(stmt: Stmt, names: NameSupply) -> Suite:
    stmt = map_suites(stmt, lambda inner: drop_idle_handlers(inner, names))
    if not isinstance(stmt, Try) or not stmt.handlers or has_effect(stmt.body) or suite_errors(stmt.body):
        return (stmt,)
    if stmt.final:
        return (replace(stmt, handlers=()),)
    return (*stmt.body, *stmt.orelse)
