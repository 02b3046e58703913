"""Rounds of a loop without a call, run ahead to the next one that has one.

    before                              after
    for x in xs:                        more = xs
      held = append(held, x)            while True:
      if len(held) >= 25:                 calls = 0
        call send(held)                   while more:
        held = []                           x, more = next of more
                                            held = append(held, x)
                                            if len(held) >= 25:
                                              calls = 1
                                              break
                                          if calls is 0: break
                                          call send(held)
                                          held = []

The loop inside makes no calls, so it is an expression, and a round without a call costs nothing. What stands behind a call in its round stands
behind it here too, and what such a round shares with the others is written twice.
"""

from collections.abc import Callable
from dataclasses import field, replace
from itertools import chain

from pysfnc.ir.exits import exits
from pysfnc.ir.exprs import Const, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Block,
    Break,
    Continue,
    ForEach,
    If,
    Perform,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import assigned, has_effect, map_suites, reads, walk_suite
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.labels import with_own_labels
from pysfnc.plan.steps import steps_of
from pysfnc.values.types import BOOL, INT, NONE

Finish = Callable[[Suite], Suite]
"""Given what is left of a suite, what is left of the round."""


def run_ahead(loop: ForEach, kept: frozenset[str], names: NameSupply) -> Suite | None:
    """The statements that stand for a loop with calls; None if each of its rounds has one, or a call would be written twice.

    `kept` are the variables whose values go from round to round, or out of the loop.
    """
    inner, calls = names.fresh("ahead"), names.fresh("calls")
    finder = _Finder(loop.label, inner, calls)
    body = finder.suite(loop.body, lambda rest: rest)
    way = exits(body)
    if not (way.falls or inner in way.continues) or _calls(finder.found) > _calls((loop.body,)):
        return None
    steps = steps_of(loop, names)
    ahead = While(label=inner, test=steps.more, body=(*steps.each, *body), orelse=(), span=loop.span)
    none = Assign(name=calls, value=Const(value=0, type=INT), span=loop.span)
    # What such a round has computed is there in any case.
    held = sorted((assigned(ahead.body) & reads(tuple(chain(*finder.found)))) - kept)
    begin = (none, *(Assign(name=name, value=Const(value=None, type=NONE), span=loop.span) for name in held))
    rest: Suite = (*loop.orelse, Break(label=loop.label))
    for number, found in reversed(list(enumerate(finder.found, 1))):
        test = Prim(op="loop.is_way", args=(Var(name=calls, type=INT), Const(value=number, type=INT)), type=BOOL)
        rest = (If(test=test, then=found, orelse=rest, span=loop.span),)
    always = Const(value=True, type=BOOL)
    whole = While(label=loop.label, test=always, body=(*begin, ahead, *rest), orelse=(), span=loop.span)
    return (*steps.first, *with_own_labels((whole,), names))


@dataclass(slots=True)
class _Finder:
    """Takes the calls out of a round. `found`: what is left of the round from each of them on."""

    label: str
    inner: str
    calls: str
    found: list[Suite] = field(default_factory=list)

    def suite(self, suite: Suite, finish: Finish) -> Suite:
        made: list[Stmt] = []
        for index, stmt in enumerate(suite):
            made += self._stmt(stmt, suite[index + 1 :], finish)
            if not exits(tuple(made)).falls:
                break
        return tuple(made)

    def _stmt(self, stmt: Stmt, rest: Suite, finish: Finish) -> Suite:
        def behind(part: Suite) -> Suite:
            return finish((*part, *rest) if exits(part).falls else part)

        if not has_effect((stmt,)):
            return (self._within(stmt),)
        match stmt:
            case If():
                return (replace(stmt, then=self.suite(stmt.then, behind), orelse=self.suite(stmt.orelse, behind)),)
            case Block():
                body = self.suite(stmt.body, lambda part: behind((replace(stmt, body=part),)))
                return (replace(stmt, body=body),)
            case Try(final=()):
                body = self.suite(stmt.body, lambda part: behind((replace(stmt, body=part),)))
                handlers = tuple(replace(h, body=self.suite(h.body, behind)) for h in stmt.handlers)
                orelse = self.suite(stmt.orelse, behind) if exits(body).falls else ()  # else it stands behind the call
                return (replace(stmt, body=body, handlers=handlers, orelse=orelse),)
            case _:
                self.found.append(behind((stmt,)))
                number = Const(value=len(self.found), type=INT)
                return (Assign(name=self.calls, value=number, span=stmt.span), Break(label=self.inner))

    def _within(self, stmt: Stmt) -> Stmt:
        """A statement without calls, as it stands in the loop inside."""
        if isinstance(stmt, Continue) and stmt.label == self.label:
            return replace(stmt, label=self.inner)
        return map_suites(stmt, lambda suite: tuple(map(self._within, suite)))


def _calls(suites: "tuple[Suite, ...] | list[Suite]") -> int:
    return sum(isinstance(stmt, Perform) for suite in suites for stmt in walk_suite(suite))
