"""Assignments that nobody reads, of values that cannot fail, are dropped.

before              after
x = None            while n > 0:
while n > 0:            n = n - 1
    x = n           return n
    n = n - 1
return n
"""

from dataclasses import replace

from pysfnc.analysis.failures import expr_errors
from pysfnc.analysis.liveness import Liveness, liveness
from pysfnc.ir.exits import exits
from pysfnc.ir.hir import Assign, Stmt, Suite
from pysfnc.ir.walk import map_suites
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.library.rows.row import NameSupply


def drop_dead_assigns(suite: Suite, _names: NameSupply) -> Suite:
    """The suite without dead assignments, those included that only dead ones read."""
    while True:
        made = _drop(suite, liveness(suite))
        if made == suite:
            return suite
        suite = made


def _drop(suite: Suite, live: Liveness) -> Suite:
    return tuple(
        map_suites(_rebinding(stmt), lambda inner: _drop(inner, live)) for stmt in suite if not _is_dead(stmt, live)
    )


def _rebinding(stmt: Stmt) -> Stmt:
    """A change that does not look at the object (`xs.clear()`) as a new value, as nobody needs the assignment of the old one."""
    if isinstance(stmt, Assign) and stmt.changes and stmt.name not in free_vars(stmt.value):
        return replace(stmt, changes=False)
    return stmt


def _is_dead(stmt: Stmt, live: Liveness) -> bool:
    # One that control never gets past ends its way, like a return: what follows was dropped for its sake.
    return (
        isinstance(stmt, Assign)
        and stmt.name not in live.after(stmt)
        and not expr_errors(stmt.value)
        and exits((stmt,)).falls
    )
