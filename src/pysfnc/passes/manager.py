"""The passes over HIR in their order."""

from collections.abc import Callable
from typing import Final

from pysfnc.ir.hir import Suite
from pysfnc.library.row import NameSupply
from pysfnc.passes.run_pure_branches_in_line import run_pure_branches_in_line

Pass = Callable[[Suite, NameSupply], Suite]

PASSES: Final[tuple[Pass, ...]] = (run_pure_branches_in_line,)
"""Each keeps the meaning of any suite; none relies on another having run."""


def run_passes(suite: Suite, names: NameSupply) -> Suite:
    """The body of a machine after all passes."""
    for one in PASSES:
        suite = one(suite, names)
    return suite
