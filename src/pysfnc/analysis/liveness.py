"""Liveness: which variables may still be read at a point of structured HIR.

Backward over the suites, loops repeated until nothing is added. An exception may leave any statement that evaluates
something, so what its handlers read is live in the whole guarded body. A branch or an iteration of an effect is a body
of its own: what is live inside it says nothing of what is live around it, but what it reads of its surroundings is live
before the effect.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import cache
from typing import assert_never

from pysfnc.ir.exits import Exits, exits, finishes
from pysfnc.ir.exprs import Const, Var
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    Eval,
    FanOut,
    ForEach,
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
from pysfnc.ir.walk import effect_suites, stmt_exprs, walk_suite
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass

Names = frozenset[str]

_NOTHING: Names = frozenset()


@dataclass(slots=True)
class Liveness:
    """The variables live before and after each statement of a suite; the union for a statement object used twice."""

    _before: dict[int, Names] = field(default_factory=dict)
    _after: dict[int, Names] = field(default_factory=dict)
    _raised: dict[int, Names] = field(default_factory=dict)
    _kept: list[Stmt] = field(default_factory=list)
    """Statements are told apart by identity, so they must not go away before the answers do."""
    start: Names = _NOTHING
    """What is live before the whole suite."""

    def before(self, stmt: Stmt) -> Names:
        """What may be read from before the statement on, by itself included."""
        return self._before[id(stmt)]

    def after(self, stmt: Stmt) -> Names:
        """What may be read once the statement has ended without a jump or an exception; for a loop, behind it."""
        return self._after[id(stmt)]

    def raised(self, stmt: Stmt) -> Names:
        """What may be read once an exception has left the statement."""
        return self._raised[id(stmt)]

    def _note(self, stmt: Stmt, before: Names, after: Names, raised: Names) -> None:
        if id(stmt) not in self._before:
            self._kept.append(stmt)
        self._raised[id(stmt)] = self._raised.get(id(stmt), _NOTHING) | raised
        self._before[id(stmt)] = self._before.get(id(stmt), _NOTHING) | before
        self._after[id(stmt)] = self._after.get(id(stmt), _NOTHING) | after


@dataclass(frozen=True, slots=True)
class _Ways:
    """What is live where control goes when it does not fall through."""

    returned: Names = _NOTHING
    raised: Names = _NOTHING
    behind: Mapping[str, Names] = field(default_factory=dict)
    """After `Break` or `Leave` with this label."""
    again: Mapping[str, Names] = field(default_factory=dict)
    """After `Continue` with this label."""
    inside: Mapping[str, Names] = field(default_factory=dict)
    """What a function that calls itself reads of its surroundings, by its label."""

    def through(self, ends: Exits, place: Callable[[Names], Names]) -> "_Ways":
        """The same ways where those that `ends` takes first come through a place; it tells what is live before it. An exception is always one."""

        def each(table: Mapping[str, Names]) -> Mapping[str, Names]:
            return {label: place(live) if label in ends.labels else live for label, live in table.items()}

        returned = place(self.returned) if ends.returns else self.returned
        return _Ways(returned, place(self.raised), each(self.behind), each(self.again), self.inside)


def _union(sets: Iterable[Names]) -> Names:
    return _NOTHING.union(*sets)


def _guarded(stmt: Try) -> Exits:
    """The ways out of a `Try` before its `final`."""
    return exits((replace(stmt, final=()),))


def liveness(suite: Suite, after: Names = _NOTHING) -> Liveness:
    """Solve for the body of a machine, or for a suite behind which `after` is read."""
    result = Liveness()
    solver = _Solver(result)
    result.start = solver.suite(suite, after, _Ways())
    return result


class _Solver:
    def __init__(self, result: Liveness) -> None:
        self._result = result

    def suite(self, suite: Suite, after: Names, ways: _Ways) -> Names:
        for stmt in reversed(suite):
            before = self._stmt(stmt, after, ways)
            self._result._note(stmt, before, after, ways.raised)
            after = before
        return after

    def _stmt(self, stmt: Stmt, after: Names, ways: _Ways) -> Names:
        read = self._reads(stmt)
        match stmt:
            case Assign(name=name, value=Const() | Var()):
                return after - {name} | read  # such a value is there
            case Assign(name=name):
                return after - {name} | read | ways.raised
            case Eval():
                return after | read | ways.raised
            case If(then=then, orelse=orelse):
                return self.suite(then, after, ways) | self.suite(orelse, after, ways) | read | ways.raised
            case While() | ForEach():
                return self._loop(stmt, after, ways) | ways.raised
            case Block(label=label, body=body):
                return self.suite(body, after, replace(ways, behind={**ways.behind, label: after}))
            case Break(label=label) | Leave(label=label):
                return ways.behind.get(label, _NOTHING)
            case Continue(label=label):
                return ways.again.get(label, _NOTHING)
            case Return():
                return ways.returned | read | ways.raised
            case Raise():
                return ways.raised | read
            case Try():
                return self._try(stmt, after, ways)
            case Recursion():
                return self._recursion(stmt, after, ways) | read | ways.raised
            case Recur(label=label, targets=targets):
                return after.difference(filter(None, targets)) | read | ways.inside.get(label, _NOTHING) | ways.raised
            case Beside(branches=branches, target=target, body=body):
                kept = after if target is None else after - {target}
                inner = (self.suite(branch, _NOTHING, _Ways()) for branch in branches)
                return self.suite(body, kept, ways) | read | _union(inner) | ways.raised
            case Perform(effect=effect, target=target):
                kept = after if target is None else after - {target}
                own = {effect.name} if isinstance(effect, FanOut) else set()
                inner = (self.suite(body, _NOTHING, _Ways()) for body in effect_suites(effect))
                return kept | read | (_union(inner) - own) | ways.raised
            case _:
                assert_never(stmt)

    def _reads(self, stmt: Stmt) -> Names:
        return _union(map(free_vars, stmt_exprs(stmt)))

    def _loop(self, loop: While | ForEach, after: Names, ways: _Ways) -> Names:
        # A pass may ask about what is behind a loop that never ends by itself.
        orelse = self.suite(loop.orelse, after, ways)
        ended = orelse if finishes(loop) else _NOTHING
        own, each = (frozenset({loop.name}), _NOTHING) if isinstance(loop, ForEach) else (_NOTHING, self._reads(loop))
        head = ended | each
        while True:
            inner = replace(ways, behind={**ways.behind, loop.label: after}, again={**ways.again, loop.label: head})
            grown = head | (self.suite(loop.body, head, inner) - own)
            if grown == head:
                return head | self._reads(loop)
            head = grown

    def _recursion(self, stmt: Recursion, after: Names, ways: _Ways) -> Names:
        """What is live behind the first call is live in all activations, as each of them ends there at last."""
        behind = after.difference(filter(None, stmt.targets))
        ended = behind | frozenset(stmt.results)
        # Whether somebody may see what an activation changed before an exception left it.
        caught = bool(ways.raised) or any(isinstance(inner, Try) for inner in walk_suite(stmt.body))
        inside = _NOTHING
        while True:
            inner = replace(
                ways,
                raised=ways.raised | (frozenset(stmt.results[1:]) if caught else _NOTHING),
                behind={**ways.behind, stmt.label: ended},
                inside={**ways.inside, stmt.label: inside},
            )
            grown = inside | self.suite(stmt.body, ended, inner).difference(stmt.params)
            if grown == inside:
                return behind | inside
            inside = grown

    def _try(self, stmt: Try, after: Names, ways: _Ways) -> Names:
        """Each way through `final` finds live what is live behind it on that way."""
        if stmt.final:
            ends, outer = _guarded(stmt), ways
            place = cache(lambda live: self.suite(stmt.final, live, outer))
            after = place(after) if ends.falls else _NOTHING
            ways = outer.through(ends, place)
        caught = ways.raised
        for handler in stmt.handlers:
            live = self.suite(handler.body, after, ways)
            caught |= live if handler.name is None else live - {handler.name}
        return self.suite(stmt.body, self.suite(stmt.orelse, after, ways), replace(ways, raised=caught))
