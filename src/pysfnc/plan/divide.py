"""Large code without effects is divided into states where it becomes an expression that AWS does not evaluate.

    before                      after
    for x in xs: large code     for x in xs:
                                    (here a state begins)
                                    large code

Code without effects is one expression, loops and all, which is cheapest. One that is too deep or too long loses its outer loops to states,
and if that does not do, it gets a state wherever the code between two has become large.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Const
from pysfnc.ir.hir import Draw, ForEach, Perform, Recursion, Stmt, Suite, While
from pysfnc.ir.walk import has_effect, map_suites, stmt_exprs, suite_exprs
from pysfnc.ir.walk_exprs import node_count
from pysfnc.lean import dataclass
from pysfnc.plan.hold_exceptions import LARGE_NODES
from pysfnc.source import Span
from pysfnc.values.types import NONE


@dataclass(frozen=True, slots=True)
class Division:
    """How far large code is divided: loops that lie less than `loops` loops deep, and code of more than `nodes` nodes of expressions."""

    loops: int
    nodes: int | None = None


DIVISIONS: Final = (Division(0), Division(1), Division(2), Division(3), Division(9, 100), Division(9, 30))
"""The cheapest first. In the dearest an expression has up to some 5,000 characters, where no type is known."""


def divisions(suite: Suite) -> Iterator[Suite]:
    """The suite divided in every way that makes a difference, the cheapest first, which is the suite itself."""
    last = None
    for how in DIVISIONS:
        made = divided(suite, how)
        if made != last:
            yield made
        last = made


def divided(suite: Suite, how: Division) -> Suite:
    """The suite with states where large code is divided."""
    return tuple(_statements(suite, how, 0)) if how.loops else suite


def _statements(suite: Suite, how: Division, before: int) -> Iterator[Stmt]:
    """`before`: the nodes since the last state."""
    for stmt in suite:
        own = sum(map(node_count, stmt_exprs(stmt)))
        if how.nodes is not None and before and before + own > how.nodes:
            yield _state(stmt.span)
            before = 0
        before += own
        yield _inside(stmt, how, before)


def _inside(stmt: Stmt, how: Division, before: int) -> Stmt:
    match stmt:
        case Recursion():  # a function of an expression, which has no states
            return stmt
        case While() | ForEach() if how.loops and sum(map(node_count, suite_exprs((stmt,)))) >= LARGE_NODES:
            body = divided(stmt.body, replace(how, loops=how.loops - 1))
            start = () if has_effect(body) else (_state(stmt.span),)
            return replace(stmt, body=(*start, *body), orelse=divided(stmt.orelse, how))
        case _:
            return map_suites(stmt, lambda part: tuple(_statements(part, how, before)) if how.loops else part)


def _state(span: Span | None) -> Perform:
    """A state of its own, which does nothing."""
    return Perform(effect=Draw(value=Const(value=None, type=NONE)), target=None, span=span)
