"""Functions that call themselves, for the alias analysis: what a call may do to the objects it can reach.

The body is run once on objects that stand for those of the parameters, each different from all others, and summed up: which of them, or of the
surroundings, the results may be or hold. A call then does to its arguments what the summary says. That the arguments really are different objects is
asked of each call whose function changes one of them.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Final

from pysfnc.analysis.heap import ANY, NO_NODES, Held, Node, Nodes, State
from pysfnc.ir.exprs import Var
from pysfnc.ir.hir import Recursion
from pysfnc.ir.walk import assigned, reads

GIVEN: Final = "%given "
"""How the variable begins that holds the object of a parameter which a function does not hand back."""

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one result of a function may be: a new object, an object of a source or inside one (`same`), and what it may hold (`inside`).

    Sources are parameters and variables of the surroundings.
    """

    new: bool = False
    same: Names = frozenset()
    inside: Names = frozenset()
    fills: bool = False
    """Whether it may hold new objects."""


@dataclass(slots=True)
class Function:
    """A function that calls itself, with what is known of it so far."""

    stmt: Recursion
    threaded: Names
    """Variables of the surroundings that are handed from call to call under their own names."""
    outside: Names
    """Those that it reads."""
    outcomes: tuple[Outcome, ...]
    symbols: dict[str, Nodes] = field(default_factory=dict)
    """The objects of the sources while the body is run."""
    changes: dict[str, bool] = field(default_factory=dict)
    """The sources whose objects the body changes, and whether also objects inside those."""

    @staticmethod
    def of(stmt: Recursion) -> "Function":
        """A function of which nothing is known yet."""
        pairs = zip(stmt.params, stmt.args, strict=True)
        threaded = frozenset(name for name, arg in pairs if isinstance(arg, Var) and arg.name == name)
        own = assigned(stmt.body, branches=True) | frozenset(stmt.params)
        return Function(stmt, threaded, reads(stmt.body) - own, tuple(Outcome() for _ in stmt.results))

    @property
    def handed_back(self) -> Names:
        """The parameters whose objects the function changes, and the threaded variables."""
        return frozenset(self.stmt.results[1:])

    def enter(self, state: State, site: Callable[[str], int]) -> None:
        """Bind the parameters to objects that stand for whatever they are given."""
        for name in self.stmt.params:
            if name not in self.threaded:
                state.names[name] = Held(frozenset({state.root(site(name))}), self.stmt.span)
            if name not in self.handed_back:
                state.names[f"{GIVEN}{name}"] = state.names[name]
        sources = (*self.stmt.params, *self.outside)
        self.symbols = {name: state.names[name].nodes for name in sources if name in state.names}

    def note_change(self, nodes: Iterable[Node], state: State) -> None:
        """Note that the body may change these objects."""
        found = set(nodes)
        for name, own in self.symbols.items():
            deep = not found.isdisjoint(state.reach(own & state.slots.keys()) - own)
            if deep or not found.isdisjoint(own):
                self.changes[name] = deep or self.changes.get(name, False)

    def sum_up(self, end: State) -> bool:
        """Note what the results are at the end of the body; whether that is more than was known."""
        reached = {name: end.reach(nodes & end.slots.keys()) for name, nodes in self.symbols.items()}
        known: set[Node] = set().union(*reached.values())
        found: list[Outcome] = []
        for name, before in zip(self.stmt.results, self.outcomes, strict=True):
            nodes = end.names[name].nodes if name in end.names else NO_NODES
            inside = end.reach(item for node in nodes for held in end.slots[node].values() for item in held)
            found.append(
                Outcome(
                    before.new or not nodes <= known,
                    before.same | {source for source, own in reached.items() if not nodes.isdisjoint(own)},
                    before.inside | {source for source, own in reached.items() if not inside.isdisjoint(own)},
                    before.fills or not inside <= known,
                )
            )
        changed = tuple(found) != self.outcomes
        self.outcomes = tuple(found)
        return changed


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, with the objects of its sources where it is made."""

    function: Function
    sources: Mapping[str, Nodes]

    def reach(self, source: str, state: State) -> set[Node]:
        """The objects of a source and all that is in them."""
        return everything(self.sources.get(source, NO_NODES), state)

    def changed(self, source: str, state: State) -> set[Node]:
        """The objects of a source that the call may change."""
        if source not in self.function.changes:
            return set()
        return self.reach(source, state) if self.function.changes[source] else set(self.sources.get(source, NO_NODES))

    def results(self, state: State, site: Callable[[int], int]) -> list[Held]:
        """What the results may be, in the order of the function; the objects changed get what they may hold from now on."""
        outcomes = tuple(zip(self.function.stmt.results, self.function.outcomes, strict=True))
        call = self._aged({site(index) for index in range(len(outcomes))}, state)
        return [call._result(index, name, outcome, state, site) for index, (name, outcome) in enumerate(outcomes)]

    def _aged(self, sites: Set[int], state: State) -> "Call":
        """The call where the results of the one made here before, which it may be given, are old objects already."""
        for site in sites:
            state.age(site)
        sources = {
            name: frozenset(node._replace(old=True) if node.site in sites else node for node in nodes)
            for name, nodes in self.sources.items()
        }
        return replace(self, sources=sources)

    def _result(self, index: int, name: str, outcome: Outcome, state: State, site: Callable[[int], int]) -> Held:
        span = self.function.stmt.span
        handed_back = bool(index)
        own = self.sources.get(name, NO_NODES) if handed_back else NO_NODES
        found: set[Node] = set()
        for source in outcome.same:
            found |= own if handed_back and source == name else self.reach(source, state)
        made: set[Node] = set()
        if outcome.new or (handed_back and outcome.fills):
            made = {state.make(site(index), lazy=outcome.fills)}
        parts = set().union(*(self.reach(source, state) for source in outcome.inside - {name}))
        for container in made | everything(own, state):
            for item in (parts if container in made else parts | made) - {container}:
                state.put(container, ANY, item, span, many=True)
        return Held(frozenset(found | made if outcome.new else found), span)


def everything(nodes: Iterable[Node], state: State) -> set[Node]:
    """The objects and all that may be in them, the parts of lazy trees that nobody asked for before included."""
    found = state.reach(nodes)
    while True:
        for node in found:
            state.parts((node,), ANY)
        grown = state.reach(found)
        if grown == found:
            return found
        found = grown
