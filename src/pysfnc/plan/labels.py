"""Labels of statements that a plan writes twice, as what follows an `if` stands on both of its ways then."""

from collections.abc import Mapping
from dataclasses import replace

from pysfnc.ir.hir import Block, Break, Continue, ForEach, Leave, Recur, Recursion, Stmt, Suite, While
from pysfnc.ir.walk import map_suites
from pysfnc.library.rows.row import NameSupply


def with_own_labels(suite: Suite, names: NameSupply) -> Suite:
    """The suite with a label of its own for each loop, block and recursion."""
    return _Labels(names).suite(suite, {})


class _Labels:
    def __init__(self, names: NameSupply) -> None:
        self._names = names
        self._met: set[str] = set()

    def suite(self, suite: Suite, new: Mapping[str, str]) -> Suite:
        return tuple(self._stmt(stmt, new) for stmt in suite)

    def _stmt(self, stmt: Stmt, new: Mapping[str, str]) -> Stmt:
        match stmt:
            case While() | ForEach() | Block() | Recursion():
                label = self._names.fresh(stmt.label.split("%")[0]) if stmt.label in self._met else stmt.label
                self._met.add(label)
                new = {**new, stmt.label: label}
                stmt = replace(stmt, label=label)
            case Break() | Continue() | Leave() | Recur() if stmt.label in new:
                return replace(stmt, label=new[stmt.label])
            case _:
                pass
        return map_suites(stmt, lambda inner: self.suite(inner, new))
