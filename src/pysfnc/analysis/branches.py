"""What a branch still does once its first effect has begun, and whether it can be stopped on the way.

A branch that ends with its first call may as well be stopped as left alone: the call was made, and nobody sees the rest. Where branches do more,
it matters what Python does with them when another one fails.
"""

from dataclasses import replace

from pysfnc.ir.hir import Beside, Effect, FanOut, ForEach, Fork, Hold, Perform, Sleep, Stmt, Suite, Try, While
from pysfnc.ir.walk import effect_suites, stmt_suites
from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Conduct:
    """`goes_on`: a call may come after another effect. `is_stuck`: one may come right behind an effect that Python does not let go of.

    `lets_go`: some effect of the branch waits in a way that others can run meanwhile.
    """

    goes_on: bool = False
    is_stuck: bool = False
    lets_go: bool = False


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

    def suite(self, suite: Suite, past: _Past) -> _Past:
        for stmt in suite:
            past = self._stmt(stmt, past)
        return past

    def _stmt(self, stmt: Stmt, past: _Past) -> _Past:
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
                body = self.suite(stmt.body, past) | past
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


def conduct(suite: Suite) -> Conduct:
    """How a branch goes on after its first effect."""
    walk = _Walk()
    walk.suite(suite, _Past())
    return walk.found
