"""Statements behind one that control never gets past are dropped.

before                  after
block 1:                block 1:
    raise error             raise error
y = x + 1

They may read what no way to them assigns; later stages must not see that.
"""

from pysfnc.ir.exits import exits
from pysfnc.ir.hir import Stmt, Suite
from pysfnc.ir.walk import map_suites
from pysfnc.library.rows.row import NameSupply


def drop_unreached(suite: Suite, names: NameSupply) -> Suite:
    """The suite, and the suites in it, up to the first statement that never falls through."""
    made: list[Stmt] = []
    for stmt in suite:
        made.append(map_suites(stmt, lambda inner: drop_unreached(inner, names)))
        if not exits((stmt,)).falls:
            break
    return tuple(made)
