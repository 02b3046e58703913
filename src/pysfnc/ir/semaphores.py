"""Bodies of semaphores in HIR: blocks whose labels say which semaphore it is and how many it lets in.

A semaphore has a meaning only for iterations of one Map, all of whose effects stand inside of it: it is the limit of that Map.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pysfnc.ir.hir import Block, Perform, Stmt, Suite
from pysfnc.ir.walk import has_effect, map_suites, stmt_suites, walk_suite

SEMAPHORE: Final = "semaphore"
_CONSUMED: Final = "within"


def semaphores_in(suite: Suite) -> Iterator[tuple[int, int | None, Block]]:
    """The blocks of semaphores, each with its number, and its limit where that is known."""
    for stmt in walk_suite(suite):
        if isinstance(stmt, Block) and stmt.label.startswith(f"{SEMAPHORE}%"):
            _, number, most, _ = stmt.label.split("%")
            yield int(number), int(most) if most else None, stmt


def limits_all(suite: Suite, number: int) -> bool:
    """Whether every effect of a suite stands in a block of the semaphore."""
    for stmt in suite:
        if isinstance(stmt, Block) and stmt.label.startswith(f"{SEMAPHORE}%{number}%"):
            continue
        if isinstance(stmt, Perform) or (
            has_effect((stmt,)) and not all(limits_all(inner, number) for inner in stmt_suites(stmt))
        ):
            return False
    return True


def without_semaphore(suite: Suite, number: int) -> Suite:
    """The suite with blocks that say nothing of the semaphore any more."""

    def one(stmt: Stmt) -> Stmt:
        stmt = map_suites(stmt, lambda inner: tuple(map(one, inner)))
        if isinstance(stmt, Block) and stmt.label.startswith(f"{SEMAPHORE}%{number}%"):
            return replace(stmt, label=f"{_CONSUMED}%{stmt.label.rpartition('%')[2]}")
        return stmt

    return tuple(map(one, suite))
