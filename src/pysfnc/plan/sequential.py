"""Which loops become Maps: those whose rounds are independent, where no way through a round costs more transitions that way.

A loop of states decides after each round whether there is another one, which costs a Choice; a Map costs one transition in all, and none for
the end of an iteration. But what a loop decides in that same Choice is one of its own in an iteration. So both forms are planned, and their
states counted.
"""

from copy import copy
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf
from typing import Final

from pysfnc.analysis.liveness import Liveness, liveness
from pysfnc.ir.exprs import Const, ExcField, Expr, Prim, Var
from pysfnc.ir.hir import Assign, ExceptionTable, ForEach, Perform, Return, Stmt, Suite, Try
from pysfnc.ir.mir import Choice, Done, Failed, Pass, Pause, State, Work, resolve
from pysfnc.ir.walk import assigned, has_effect, map_suites, suite_exprs, walk_expr, walk_suite
from pysfnc.library.row import NameSupply
from pysfnc.plan.rounds import Depends, Rounds, as_map
from pysfnc.plan.states import PlanOptions, ScopePlanner
from pysfnc.source.span import Span
from pysfnc.values.types import JSON, STR

Note = tuple[Span, str]

_MAX_STEPS: Final = 2_000
"""Steps of the search for the dearest way through an iteration; one with so many ways stays a loop."""


@dataclass(slots=True)
class SequentialMaps:
    """Makes Maps of loops; `notes` says of each loop with calls what became of it."""

    exceptions: ExceptionTable
    names: NameSupply
    notes: list[Note] = field(default_factory=list)

    def made(self, body: Suite) -> Suite:
        """The body of a machine with Maps in place of loops."""
        if not any(isinstance(stmt, ForEach) and has_effect(stmt.body) for stmt in walk_suite(body)):
            return body
        parts = (part for expr in suite_exprs(body) for part in walk_expr(expr))
        detailed = any(isinstance(part, ExcField) and part.field_ in ("args", "fields", "status") for part in parts)
        return _Scope(self, liveness(body), detailed).suite(body, guarded=False)


@dataclass(frozen=True, slots=True)
class _Scope:
    maps: SequentialMaps
    live: Liveness
    detailed: bool
    """Whether the program reads more of an exception than its name and text, which is all that leaves a Map."""

    def suite(self, suite: Suite, *, guarded: bool) -> Suite:
        made: list[Stmt] = []
        empty: frozenset[str] = frozenset()
        for stmt in suite:
            if isinstance(stmt, ForEach) and has_effect(stmt.body):
                made += self._loop(stmt, empty, guarded=guarded)
            else:
                made.append(self._inside(stmt, guarded=guarded))
            empty -= assigned((stmt,))
            if isinstance(stmt, Assign) and isinstance(stmt.value, Prim):
                empty |= {stmt.name} if stmt.value.op == "list.make" and not stmt.value.args else set()
        return tuple(made)

    def _inside(self, stmt: Stmt, *, guarded: bool) -> Stmt:
        inner = guarded or isinstance(stmt, Try)
        if isinstance(stmt, Perform):
            inner = False
        return map_suites(stmt, lambda suite: self.suite(suite, guarded=inner))

    def _loop(self, stmt: ForEach, empty: frozenset[str], *, guarded: bool) -> Suite:
        loop = self._inside(stmt, guarded=guarded)
        assert isinstance(loop, ForEach)
        try:
            if guarded and self.detailed:
                raise Depends("more than the text of an exception is read")
            rounds = as_map(loop, stmt, self.live, self.maps.names, empty)
            if not self._pays(loop, rounds, self.live.after(stmt)):
                raise Depends("a Map would not cost less")
        except Depends as found:
            self._note(stmt, f"the calls of this loop stay in a loop of states: {found}")
            return (loop,)
        self._note(stmt, "this loop is a Map that runs one round after the other")
        return rounds.suite

    def _note(self, stmt: Stmt, text: str) -> None:
        if stmt.span is not None:
            self.maps.notes.append((stmt.span, text))

    def _pays(self, loop: ForEach, form: Rounds, behind: frozenset[str]) -> bool:
        """Whether no round costs more in an iteration than in the loop, and the machine has no more states where it costs the same."""
        parts: list[Expr] = []
        for name in sorted(behind):
            parts += [Const(value=name, type=STR), Var(name=name, type=JSON)]
        end = Return(value=Prim(op="scope.pack", args=tuple(parts), type=JSON))
        names = copy(self.maps.names)

        def planned(suite: Suite) -> State:
            return ScopePlanner(names, self.maps.exceptions, PlanOptions()).plan((*suite, end), "branch").start

        before, after = planned((loop,)), planned(form.suite)
        fan = next(state for state in _states(after) if isinstance(state, Work) and state.effect is form.fan.effect)
        old, new = _cheapest_round(before), _dearest_way(fan.bodies[0].start)
        return new < old or (new == old and _count(after) <= _count(before))


# What states cost


def _next(state: State) -> list[State]:
    """The states that may come after one, all of them resolved."""
    found: list[State | None] = []
    match state:
        case Work(after=after, catchers=catchers):
            found = [after, *(catcher.edge.target for catcher in catchers)]
        case Pause(after=after) | Pass(after=after):
            found = [after]
        case Choice(rules=rules, default=default):
            found = [*(edge.target for _, edge in rules), default.target]
        case _:
            pass
    return [resolve(one) for one in found if one is not None]


def _ends(state: State) -> bool:
    """Whether the scope may end with the state, and not because it fails."""
    return isinstance(state, Done) or (isinstance(state, Work | Pause | Pass) and state.after is None)


def _cost(state: State) -> int:
    """What a state costs besides the effects that both forms have."""
    return 0 if isinstance(state, Pause) or (isinstance(state, Work) and state.effect is not None) else 1


def _states(start: State) -> list[State]:
    found: dict[State, None] = {}
    todo = [resolve(start)]
    while todo:
        state = todo.pop()
        if state not in found:
            found[state] = None
            todo += _next(state)
    return list(found)


def _count(start: State) -> int:
    """How many states there are, those of branches and iterations included."""
    states = _states(start)
    return len(states) + sum(_count(body.start) for state in states if isinstance(state, Work) for body in state.bodies)


def _cheapest_round(start: State) -> float:
    """The least that any way around costs."""
    return min((_way_back(state) for state in _states(start)), default=0)


def _way_back(state: State) -> float:
    """The least that a way from a state back to it costs."""
    best: dict[State, float] = {}
    todo: list[tuple[float, int, State]] = [(0, 0, state)]
    number = 0
    while todo:
        cost, _, current = heappop(todo)
        for after in _next(current):
            total = cost + _cost(after)
            if total < best.get(after, inf):
                best[after] = total
                number += 1
                heappush(todo, (total, number, after))
    return best.get(state, inf)


def _dearest_way(start: State) -> float:
    """The most that a way to an end costs on which no state comes twice."""
    steps = 0

    def from_(state: State, seen: frozenset[State]) -> float:
        nonlocal steps
        steps += 1
        if steps > _MAX_STEPS or isinstance(state, Failed):
            return inf if steps > _MAX_STEPS else -inf
        ways = [from_(after, seen | {after}) for after in _next(state) if after not in seen]
        here = 0.0 if _ends(state) else -inf
        return _cost(state) + max([here, *ways])

    first = resolve(start)
    return from_(first, frozenset({first}))
