"""The passes over HIR in their order."""

from collections.abc import Callable
from typing import Final

from pysfnc.analysis.rests import resolve_rests
from pysfnc.ir.hir import Suite
from pysfnc.library.rows.row import NameSupply
from pysfnc.passes.carry_exceptions import carry_exceptions
from pysfnc.passes.catch_by_code import catch_by_code
from pysfnc.passes.check_large_ints import check_large_ints
from pysfnc.passes.drop_dead_assigns import drop_dead_assigns
from pysfnc.passes.drop_idle_handlers import drop_idle_handlers
from pysfnc.passes.drop_unreached import drop_unreached
from pysfnc.passes.read_answers_in_place import read_answers_in_place
from pysfnc.passes.run_pure_branches_in_line import run_pure_branches_in_line
from pysfnc.passes.settle_branches import settle_branches
from pysfnc.passes.take_decided_ways import take_decided_ways
from pysfnc.passes.write_beside import write_beside

Pass = Callable[[Suite, NameSupply], Suite]

WRITING: Final[tuple[Pass, ...]] = (
    lambda suite, _: resolve_rests(suite),
    write_beside,
    settle_branches,
    carry_exceptions,
    check_large_ints,
)
"""Passes that write what runs at the same time in the one form that the stages behind them know; they run at every level."""


def _drop_what_never_runs(suite: Suite, names: NameSupply) -> Suite:
    """Without idle handlers and unreached code: code that goes may leave a handler idle, and a handler that goes code unreached."""
    while True:
        less = drop_unreached(drop_idle_handlers(suite, names), names)
        if less == suite:
            return less
        suite = less


CLEANING: Final[tuple[Pass, ...]] = (
    take_decided_ways,
    read_answers_in_place,
    _drop_what_never_runs,
    drop_dead_assigns,
)
"""Passes that only take away what no program wrote; they run at every level."""

OPTIMISING: Final[tuple[Pass, ...]] = (
    catch_by_code,
    run_pure_branches_in_line,
)
"""Passes that save states. Each keeps the meaning of any suite; none relies on another having run."""


def run_passes(suite: Suite, names: NameSupply, *, optimise: bool) -> Suite:
    """The body of a machine after all passes."""
    for one in (*WRITING, *CLEANING, *(OPTIMISING if optimise else ())):
        suite = one(suite, names)
    return suite
