"""What a branch still does once its first effect has begun, and whether it can be stopped on the way.

A branch that ends with its first call may as well be stopped as left alone: the call was made, and nobody sees the rest. Where branches do more,
it matters what Python does with them when another one fails. And where one may fail before its first effect, the first calls of the others may
not have been made yet.
"""

from dataclasses import replace

from pysfnc.analysis.failures import expr_errors
from pysfnc.ir.hir import (
    Beside,
    Effect,
    FanOut,
    ForEach,
    Fork,
    Hold,
    Perform,
    Raise,
    Recur,
    Sleep,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import effect_suites, stmt_exprs, stmt_suites
from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Conduct:
    """`goes_on`: a call may come after another effect. `is_stuck`: one may come right behind an effect that Python does not let go of.

    `lets_go`: some effect of the branch waits in a way that others can run meanwhile. `fails_first`: the branch may raise before any effect.
    """

    goes_on: bool = False
    is_stuck: bool = False
    lets_go: bool = False
    fails_first: bool = False


@dataclass(frozen=True, slots=True)
class _Past:
    """What may have happened before a point: some effect; as the last one an effect that Python does not let go of."""

    any: bool = False
    held: bool = False

    def __or__(self, other: "_Past") -> "_Past":
        return _Past(self.any or other.any, self.held or other.held)


class _Walk:
    def __init__(self) -> None:
        self.found = Conduct()
        self._catches_all = 0
        """How many of the statements around catch whatever is raised."""

    def suite(self, suite: Suite, past: _Past) -> _Past:
        for stmt in suite:
            past = self._stmt(stmt, past)
        return past

    def _stmt(self, stmt: Stmt, past: _Past) -> _Past:
        if not past.any and not self._catches_all and _raises(stmt):
            self.found = replace(self.found, fails_first=True)
        match stmt:
            case Perform(effect=effect, hold=hold):
                return self._effect(effect, hold, past)
            case Beside():
                self.found = replace(self.found, goes_on=True, lets_go=True)
                return _Past(True)
            case While() | ForEach():
                after = self.suite(stmt.body, past) | past
                after |= self.suite(stmt.body, after)
                return after | self.suite(stmt.orelse, after)
            case Try():
                catches_all = any(handler.classes is None for handler in stmt.handlers)
                self._catches_all += catches_all
                body = self.suite(stmt.body, past) | past
                self._catches_all -= catches_all
                after = self.suite(stmt.orelse, body)
                for handler in stmt.handlers:
                    after |= self.suite(handler.body, body)
                return self.suite(stmt.final, after)
            case _:
                after = past if not stmt_suites(stmt) else _Past()
                for inner in stmt_suites(stmt):
                    after |= self.suite(inner, past)
                return after

    def _effect(self, effect: Effect, hold: Hold, past: _Past) -> _Past:
        if not isinstance(effect, Sleep):
            self.found = replace(
                self.found, goes_on=self.found.goes_on or past.any, is_stuck=self.found.is_stuck or past.held
            )
        held = hold is not None
        inner = [conduct(suite) for suite in effect_suites(effect)]
        waits = any(one.goes_on for one in inner) or bool(getattr(effect, "retry", ()))
        waits |= isinstance(effect, FanOut) and effect.max_concurrency is not None
        self.found = replace(
            self.found,
            goes_on=self.found.goes_on or waits,
            is_stuck=self.found.is_stuck or any(one.is_stuck for one in inner) or (waits and held and not inner),
            lets_go=self.found.lets_go or any(one.lets_go for one in inner) or not (hold == "loop" or inner),
        )
        return _Past(True, held and not isinstance(effect, Fork | FanOut))


def _raises(stmt: Stmt) -> bool:
    """Whether the statement itself, without those in it, may raise."""
    return isinstance(stmt, Raise | Recur) or any(expr_errors(expr) for expr in stmt_exprs(stmt))


def conduct(suite: Suite) -> Conduct:
    """How a branch goes on after its first effect."""
    walk = _Walk()
    walk.suite(suite, _Past())
    return walk.found
