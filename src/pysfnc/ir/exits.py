"""How control leaves a suite: by its end, by jumps, returns and raises."""

from dataclasses import replace
from typing import Final, assert_never

from pysfnc.ir.facts import KnownFact
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    Effect,
    Eval,
    FanOut,
    ForEach,
    Fork,
    If,
    Leave,
    Perform,
    Raise,
    Recur,
    Recursion,
    Return,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import COMPOUND
from pysfnc.ir.walk_exprs import decided, is_never_empty
from pysfnc.lean import dataclass
from pysfnc.values.types import NeverT

# Ways out


@dataclass(frozen=True, slots=True)
class Exits:
    """How control may leave a suite, apart from exceptions that expressions and effects raise."""

    falls: bool = False
    """It may reach its end."""
    returns: bool = False
    raises: bool = False
    """A `Raise` stands in it that no handler of the suite is sure to catch."""
    breaks: frozenset[str] = frozenset()
    """Loops and blocks outside the suite that a `Break` or `Leave` in it ends, with no `finally` between that takes it back."""
    continues: frozenset[str] = frozenset()
    """Loops outside the suite whose next round a `Continue` in it begins."""

    @property
    def labels(self) -> frozenset[str]:
        """Loops and blocks outside the suite that a jump in it leads to."""
        return self.breaks | self.continues

    def __or__(self, other: "Exits") -> "Exits":
        return Exits(
            self.falls or other.falls,
            self.returns or other.returns,
            self.raises or other.raises,
            self.breaks | other.breaks,
            self.continues | other.continues,
        )

    def then(self, after: "Exits") -> "Exits":
        """What holds when `after` runs where this falls through."""
        if not self.falls:
            return self
        return replace(self, falls=False) | after

    def without(self, label: str) -> "Exits":
        """Without jumps to a label, which the statement that owns it absorbs."""
        return replace(self, breaks=self.breaks - {label}, continues=self.continues - {label})


FALLS: Final = Exits(falls=True)


def exits(suite: Suite) -> Exits:
    """How control may leave the suite, taking every test to go either way (but a constant one)."""
    found = FALLS
    for stmt in suite:
        if not found.falls:
            break
        found = found.then(_exits_of(stmt) if isinstance(stmt, COMPOUND) else _stmt_exits(stmt))
    return found


def _stmt_exits(stmt: Stmt) -> Exits:
    match stmt:
        case Assign(value=evaluated) | Eval(value=evaluated):
            # A value of no type is never there: evaluating it always raises.
            return Exits() if isinstance(evaluated.type, NeverT) else FALLS
        case Recur():
            return FALLS
        case Perform(effect=effect):
            return Exits(falls=ends(effect))
        case Recursion(body=body):
            return replace(FALLS, raises=exits(body).raises)
        case If(test=test, then=then, orelse=orelse):
            value = decided(test)
            return (Exits() if value is False else exits(then)) | (Exits() if value is True else exits(orelse))
        case While() | ForEach():
            return _loop_exits(stmt)
        case Block(label=label, body=body):
            inside = exits(body)
            left = FALLS if label in inside.breaks else Exits()
            return inside.without(label) | left
        case Break(label=label) | Leave(label=label):
            return Exits(breaks=frozenset({label}))
        case Continue(label=label):
            return Exits(continues=frozenset({label}))
        case Return(value=value):
            return Exits() if isinstance(value.type, NeverT) else Exits(returns=True)
        case Raise():
            return Exits(raises=True)
        case Beside(body=body):
            return exits(body)
        case Try():
            return _try_exits(stmt)
        case _:
            assert_never(stmt)


_exits_of: Final = KnownFact(_stmt_exits)


def finishes(loop: While | ForEach) -> bool:
    """Whether the loop may come to its end by itself. One whose first round leaves it, and that has a first round, does not."""
    if isinstance(loop, While):
        return decided(loop.test) is not True
    inside = exits(loop.body)
    return loop.label in inside.continues or inside.falls or not is_never_empty(loop.seq)


def ends(effect: Effect) -> bool:
    """Whether an effect may come to an end without failing: not if it has a branch, or a first round, that never returns."""
    if isinstance(effect, FanOut):
        tolerates = effect.distributed is not None
        return tolerates or exits(effect.body).returns or not is_never_empty(effect.seq)
    return not isinstance(effect, Fork) or all(exits(branch).returns for branch in effect.branches)


def _loop_exits(loop: While | ForEach) -> Exits:
    inside = exits(loop.body)
    finished = exits(loop.orelse) if finishes(loop) else Exits()
    broken = FALLS if loop.label in inside.breaks else Exits()
    return replace(inside.without(loop.label), falls=False) | finished | broken


def _try_exits(stmt: Try) -> Exits:
    body = exits(stmt.body)
    if any(handler.classes is None for handler in stmt.handlers):
        body = replace(body, raises=False)
    guarded = body.then(exits(stmt.orelse))
    for handler in stmt.handlers:
        guarded |= exits(handler.body)
    final = exits(stmt.final)
    return replace(final, falls=False) | guarded if final.falls else final
