"""Which loops become Maps: those whose rounds are independent, where no way through a round costs more transitions that way.

A loop of states decides after each round whether there is another one, which costs a Choice; a Map costs one transition in all, and none for
the end of an iteration. But what a loop decides in that same Choice is one of its own in an iteration. So both forms are planned, with the code
behind them up to the next call, and their states counted: for as many rounds as there are, where that is known, else for two and more. A number
of rounds that is a parameter counts as its default.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import field

from pysfnc.analysis.exception_reads import exception_fields_read
from pysfnc.analysis.liveness import Liveness, liveness
from pysfnc.ir.exits import exits
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    ExceptionTable,
    ForEach,
    Param,
    Perform,
    Return,
    ServiceCall,
    Stmt,
    Suite,
    TaskCall,
    Try,
)
from pysfnc.ir.mir import Pause, State, Work
from pysfnc.ir.walk import assigned, has_effect, map_suites, walk_suite
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.ahead import run_ahead
from pysfnc.plan.costs import cheapest_round, cheapest_run, count_states, dearest_way, states_from
from pysfnc.plan.filters import without_idle_rounds
from pysfnc.plan.rounds import Depends, Rounds, as_map, kept_variables
from pysfnc.plan.states.scope import ScopePlanner
from pysfnc.plan.states.surroundings import PlanOptions
from pysfnc.source.span import Span
from pysfnc.values.types import INT, JSON, STR

Note = tuple[Span, str]


@dataclass(slots=True)
class SequentialMaps:
    """Makes Maps of loops; `notes` says of each loop with calls what became of it."""

    exceptions: ExceptionTable
    names: NameSupply
    defaults: Mapping[str, int] = field(default_factory=dict)
    """The parameters that are never bound again and have an int above 0 as their default."""
    notes: list[Note] = field(default_factory=list)
    ahead: bool = True
    """Whether rounds without a call may run ahead of their loop, where that is no Map."""
    ran_ahead: bool = False
    """Whether some did."""
    outcomes: set[str] = field(default_factory=set)
    """The variables that hold what the rounds of the Maps handed out."""

    def made(self, body: Suite) -> Suite:
        """The body of a machine with Maps in place of loops."""
        if not any(isinstance(stmt, ForEach) and has_effect(stmt.body) for stmt in walk_suite(body)):
            return body
        detailed = not exception_fields_read(body).isdisjoint({"args", "fields", "status"})
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
        for index, stmt in enumerate(suite):
            if isinstance(stmt, ForEach) and has_effect(stmt.body):
                made += self._loop(stmt, empty, _to_call(suite[index + 1 :]), guarded=guarded)
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

    def _loop(self, stmt: ForEach, empty: frozenset[str], rest: Suite, *, guarded: bool) -> Suite:
        loop = self._inside(stmt, guarded=guarded)
        assert isinstance(loop, ForEach)
        try:
            if guarded and self.detailed:
                raise Depends("more than the text of an exception is read")
            if exits((stmt,)).labels:  # its `else` may break the loop around it
                raise Depends("a way out of it leads out of a loop around it")
            made = self._form(loop, stmt, empty, rest)
        except Depends as found:
            self._note(stmt, f"the calls of this loop stay in a loop of states: {found}")
            ahead = run_ahead(loop, self._needed(stmt), self.maps.names) if self.maps.ahead else None
            self.maps.ran_ahead |= ahead is not None
            return ahead or (loop,)
        self._note(stmt, "this loop is a Map that runs one round after the other")
        return made

    def _needed(self, loop: ForEach) -> frozenset[str]:
        """The variables that some round, the code behind a loop or a handler needs as they are before a round."""
        behind = self.live.after(loop) | (self.live.before(loop.orelse[0]) if loop.orelse else frozenset())
        return (self.live.before(loop.body[0]) - {loop.name}) | behind | self.live.raised(loop)

    def _form(self, loop: ForEach, whole: ForEach, empty: frozenset[str], rest: Suite) -> Suite:
        """The loop as a Map that costs less, of the rounds that do something where they can be told from the others beforehand.

        `rest` is the code behind it up to the next call.
        """
        names = self.maps.names
        kept = kept_variables(loop, whole, self.live)
        busy = without_idle_rounds(loop, kept, names)
        for before, form in (*([busy] if busy is not None else []), ((), loop)):
            rounds = as_map(form, kept, names, empty, frozenset(self.maps.outcomes))
            suite = (*before, *rounds.suite)
            if self._pays(loop, rounds, suite, rest, self.live.after(rest[-1] if rest else whole)):
                self.maps.outcomes |= {rounds.fan.target} if rounds.fan.target is not None else set()
                return suite
        raise Depends("a Map would not cost less")

    def _note(self, stmt: Stmt, text: str) -> None:
        if stmt.span is not None:
            self.maps.notes.append((stmt.span, text))

    def _pays(self, loop: ForEach, form: Rounds, suite: Suite, rest: Suite, behind: frozenset[str]) -> bool:
        """Whether the Map costs less than the loop with the code behind it, or no more in transitions and states."""
        parts: list[Expr] = []
        for name in sorted(behind):
            parts += [Const(value=name, type=STR), Var(name=name, type=JSON)]
        end = Return(value=Prim(op="scope.pack", args=tuple(parts), type=JSON))
        names = copy(self.maps.names)

        def planned(suite: Suite) -> State:
            return ScopePlanner(names, self.maps.exceptions, PlanOptions()).plan((*suite, *rest, end), "branch").start

        def is_round(state: State) -> bool:
            return isinstance(state, Pause) or (isinstance(state, Work) and id(state.effect) in effects)

        effects = {id(stmt.effect) for stmt in walk_suite((loop, *suite)) if isinstance(stmt, Perform)}
        before, after = planned((loop,)), planned(suite)
        fans = [state for state in states_from(after) if isinstance(state, Work) and state.effect is form.fan.effect]
        old, new = cheapest_round(before), dearest_way(fans[0].bodies[0].start)
        around, count = 1 + cheapest_run(after, is_round), known_length(loop.seq, self.maps.defaults)
        if count == 0:
            return around <= cheapest_run(before, is_round, performed=False)
        of_loop, of_map = cheapest_run(before, is_round), around + new
        more = 1 if count is None else count - 1
        if of_map + more * new > of_loop + more * old:
            return False
        if of_map + more * new < of_loop + more * old or (count is None and new < old):
            return True
        return new == old and of_map <= of_loop and count_states(after) <= count_states(before)


def default_numbers(params: Sequence[Param], body: Suite) -> dict[str, int]:
    """The parameters that `body` never binds and that are an int above 0 where a run is given nothing for them."""
    bound = assigned(body)
    return {
        param.name: param.default.value
        for param in params
        if param.name not in bound
        and isinstance(param.default, Const)
        and type(param.default.value) is int
        and param.default.value > 0
    }


def known_length(items: Expr, numbers: Mapping[str, int]) -> int | None:
    """How many items a list has, where the program says so; `numbers` are taken for variables."""
    match items:
        case Prim(op="list.make", args=args):
            return len(args)
        case Prim(op="range.list", args=(Const(value=int(start)), Const(value=int(stop)), Const(value=int(step)))):
            return len(range(start, stop, step)) if step else None
        case Prim(op="range.list", args=(first, Var(name=name), by)) if name in numbers:
            last = Const(value=numbers[name], type=INT)
            return known_length(Prim(op="range.list", args=(first, last, by), type=items.type), numbers)
        case Prim(op="enumerate", args=(_, inner)) | Prim(op="iter.list" | "reversed", args=(inner,)):
            return (
                len(inner.value)
                if isinstance(inner, Const) and isinstance(inner.value, str)
                else known_length(inner, numbers)
            )
        case _:
            return None


def _to_call(rest: Suite) -> Suite:
    """The code behind a loop up to the next call, which decides what it costs to get there; nothing where that is no plain call."""
    for index, stmt in enumerate(rest):
        if has_effect((stmt,)):
            way = exits(rest[:index])
            plain = isinstance(stmt, Perform) and isinstance(stmt.effect, TaskCall | ServiceCall)
            return rest[: index + 1] if plain and way.falls and not way.labels and not way.returns else ()
    return ()
