"""Functions that call themselves, for the alias analysis: what a call may do to the objects it can reach.

The body is run once on objects that stand for those of the parameters, each different from all others, and summed up: the heap at its end, as far as
the results and the parameters reach. A call puts that heap into its own: what the body made is made anew, and what stands for an object of an
argument, or for a part of one, is that object. That the arguments really are different objects, and trees, is asked of each call whose function
changes one of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Final

from pysfnc.analysis.heap import ANY, NO_NODES, Edge, Held, Node, Nodes, State
from pysfnc.ir.exprs import Var
from pysfnc.ir.hir import Recursion
from pysfnc.ir.walk import assigned, reads
from pysfnc.lean import dataclass

GIVEN: Final = "%given "
"""How the variable begins that holds the object of a parameter which a function does not hand back."""

Names = frozenset[str]
_NOBODY: Final[Names] = frozenset()


@dataclass(slots=True)
class Function:
    """A function that calls itself, with what is known of it so far. *Sources* are its parameters and what it reads of the surroundings."""

    stmt: Recursion
    outside: Names
    """The variables of the surroundings that it only reads."""
    bases: dict[int, int]
    """The sites of what a call makes -> those where the body makes it."""
    symbols: dict[str, Nodes] = field(default_factory=dict)
    """The objects of the sources while the body is run."""
    entered: dict[Node, Names] = field(default_factory=dict)
    """What there is where the body begins -> the sources that reach it."""
    changes: dict[str, set[Node]] = field(default_factory=dict)
    """The sources of which the body changes something -> what it changes."""
    heap: State = field(default_factory=State)
    """What there is where the body ends. The names are the numbers of the results."""

    @staticmethod
    def of(stmt: Recursion, bases: dict[int, int]) -> "Function":
        """A function of which nothing is known yet."""
        own = assigned(stmt.body, branches=True) | frozenset(stmt.params)
        return Function(stmt, reads(stmt.body) - own, bases)

    @property
    def threaded(self) -> Names:
        """Variables of the surroundings that are handed from call to call under their own names."""
        pairs = zip(self.stmt.params, self.stmt.args, strict=True)
        return frozenset(name for name, arg in pairs if isinstance(arg, Var) and arg.name == name)

    @property
    def handed_back(self) -> Names:
        """The parameters whose objects the function changes, and the threaded variables."""
        return frozenset(self.stmt.results[1:])

    def enter(self, state: State, site: Callable[[str], int]) -> None:
        """Bind the parameters to objects that stand for whatever they are given."""
        for name in self.stmt.params:
            state.names[name] = Held(frozenset({state.root(site(name))}), self.stmt.span)
            if name not in self.handed_back:
                state.names[f"{GIVEN}{name}"] = state.names[name]
        sources = (*self.stmt.params, *self.outside)
        self.symbols = {name: state.names[name].nodes for name in sources if name in state.names}
        self.entered = {}
        for name, own in self.symbols.items():
            for node in state.reach(own):
                self.entered[node] = self.entered.get(node, _NOBODY) | {name}

    def origin(self, node: Node) -> Node | None:
        """The object that was there where the body began, and is the node or holds it as a part of a tree."""
        for length in range(len(node.path), -1, -1):
            above = node._replace(path=node.path[:length])
            if above in self.entered:
                return above
        return None

    def sources(self, node: Node, state: State) -> Names:
        """Whose object a node may be, or in whose object it was; nobody's if the body made it."""
        found, todo, seen = _NOBODY, [node], set()
        while todo:
            current = todo.pop()
            above = self.origin(current)
            if above is not None:
                found |= self.entered[above]
            elif current.site not in seen:
                seen.add(current.site)
                todo.extend(state.taken_from.get(current.site, ()))
        return found

    def note_change(self, nodes: Iterable[Node], state: State) -> None:
        """Note that the body may change these objects."""
        for node in nodes:
            for name in self.sources(node, state):
                self.changes.setdefault(name, set()).add(node)

    def known(self) -> dict[str, frozenset[Node]]:
        """What is known of the changes, to be compared."""
        return {name: frozenset(nodes) for name, nodes in self.changes.items()}

    def sum_up(self, end: State) -> bool:
        """Note what there is at the end of the body; whether that is more than was known."""
        results = {
            str(index): end.names.get(name, Held(NO_NODES, None)) for index, name in enumerate(self.stmt.results)
        }
        here = end.copy()
        sources = {str(name): Held(nodes & end.slots.keys(), None) for name, nodes in self.symbols.items()}
        here.names = {**{f"%{name}": held for name, held in sources.items()}, **results}
        here.keep(here.names)
        here.names = results
        here.rename(self._renamed(here))
        return self.heap.merge(here)

    def _renamed(self, end: State) -> dict[Node, Node]:
        """New names for what the body made, so that there are not more of them with each call inside of it: the results keep theirs."""
        direct = {node for held in end.names.values() for node in held.nodes}
        same: dict[int, list[Node]] = {}
        for node in end.slots:
            if not self.sources(node, end):
                same.setdefault(self.bases.get(node.site, node.site), []).append(node)
        renamed: dict[Node, Node] = {}
        for base, nodes in same.items():
            young = [node for node in nodes if node in direct and not node.old] or [n for n in nodes if not n.old]
            first = young[0] if len(young) == 1 else None
            for node in nodes:
                new = Node(base, node is not first, node.path)
                if new != node:
                    renamed[node] = new
        return renamed


@dataclass(slots=True)
class Call:
    """One call of a function, in the state where it is made."""

    function: Function
    state: State
    sources: Mapping[str, Nodes]
    made: Mapping[Node, Node]
    """What the body made -> what the call makes."""

    def reach(self, source: str) -> set[Node]:
        """The objects of a source and all that is in them."""
        return everything(self.sources.get(source, NO_NODES), self.state)

    def changed(self, source: str) -> set[Node]:
        """The objects of a source that the call may change."""
        found = {node for changed in self.function.changes.get(source, ()) for node in self.resolved(changed)}
        return found & self.reach(source)

    def resolved(self, node: Node) -> Nodes:
        """What an object of the body may be where the call is made."""
        return self._resolved(node, frozenset())

    def _resolved(self, node: Node, inside: frozenset[Node]) -> Nodes:
        own = frozenset({self.made[node]}) if node in self.made else NO_NODES
        above = self.function.origin(node)
        if above is not None:
            return own | self._walked(self._known(above), node.path[len(above.path) :])
        top = node._replace(path=())
        items = self.state.taken_from.get(node.site, set()) if top not in inside else set()
        found = NO_NODES.union(*(self._resolved(item, inside | {top}) for item in items))
        return own | self._walked(found, node.path)

    def _known(self, node: Node) -> Nodes:
        """What an object that was there where the body began is here."""
        found = NO_NODES
        for name in self.function.entered[node]:
            if node in self.function.symbols[name]:
                found |= self.sources.get(name, NO_NODES)
            else:
                found |= frozenset({node, node._replace(old=True)} & self.state.slots.keys()) or self.reach(name)
        return found

    def _walked(self, nodes: Nodes, path: tuple[str, ...]) -> Nodes:
        for label in path:
            if label.startswith(ANY * 2):
                return frozenset(everything(self.state.parts(nodes, ANY), self.state))
            nodes = self.state.parts(nodes, label)
        return nodes

    def results(self) -> list[Held]:
        """What the results may be, in the order of the function; objects get what they may hold from now on."""
        heap, span = self.function.heap, self.function.stmt.span
        become = {node: self.resolved(node) for node in heap.slots}
        edges = [
            (container, label, item, edge)
            for container, own in heap.slots.items()
            for label, held in own.items()
            for item, edge in held.items()
            if not self._known_edge(container, label, item, edge)
        ]
        owners: dict[Node, set[str]] = {}
        for item in {item for _, _, item, _ in edges}:
            if item in heap.shared:
                self.state.shared |= become[item]
            for node in become[item]:
                owners.setdefault(node, set()).update(self.function.sources(item, self.state))
        self.state.shared |= {node for node, names in owners.items() if len(names) > 1}
        for container, label, item, edge in edges:
            self._note_circle(become[container], item, become)
            self._hold(become[container], label, become[item], edge, whole=item in self.function.entered)
        indices = range(len(self.function.stmt.results))
        found = [heap.names.get(str(index), Held(NO_NODES, span)) for index in indices]
        return [Held(NO_NODES.union(*(become[node] for node in held.nodes)), span) for held in found]

    def _known_edge(self, container: Node, label: str, item: Node, edge: Edge) -> bool:
        """Whether a container held an object before the call already: what stands in a tree, or was found there."""
        if container in self.made:
            return False
        if self.function.sources(container, self.state) <= self.function.outside:
            return True
        part = container.part(label)
        return not edge.many and (item == part or (part in self.state.taken_from.get(item.site, ()) and not item.path))

    def _note_circle(self, containers: Nodes, item: Node, become: Mapping[Node, Nodes]) -> None:
        """Note that objects may be inside themselves: containers that are part of what is in the item."""
        inside = {node for node in self.function.heap.reach((item,)) if self.function.sources(node, self.state)}
        reached = self.state.reach(NO_NODES.union(*(become[node] for node in inside)))
        if not reached.isdisjoint(containers):
            self.state.shared |= become[item]

    def _hold(self, containers: Nodes, label: str, items: Nodes, edge: Edge, *, whole: bool) -> None:
        """Let containers hold what one of the body holds. `whole`: the item may be in others, of which the body knows nothing."""
        for container in containers:
            for item in items:
                held = self.state.slots[container].get(label, {}).get(item)
                if whole and held is None:
                    self.state.put(container, label, item, edge.span, many=edge.many)
                    continue
                twice = held is not None and item in self.state.shared
                span = edge.span if held is None else held.span
                many = edge.many or twice or (held is not None and held.many)
                self.state.grow(container, label)
                self.state.slots[container].setdefault(label, {})[item] = Edge(many, span)


def call_of(
    function: Function, state: State, site: Callable[[int], int], sources: Callable[[], dict[str, Nodes]]
) -> Call:
    """A call of a function; `sources` is asked for when what the call makes has its place."""
    made: dict[Node, Node] = {}
    for node in function.heap.slots:
        if _is_made(function, node, state):
            place = site(node.site)
            function.bases[place] = node.site
            made[node] = state.several(place) if node.old else state.make(place)
    return Call(function, state, sources(), made)


def _is_made(function: Function, node: Node, state: State) -> bool:
    """Whether an object of the body may be one that it made; not if it is a part of a tree that it was given, or only taken out of such."""
    todo, seen = [node], {node.site}
    while todo:
        current = todo.pop()
        items = state.taken_from.get(current.site, ())
        if function.origin(current) is None and not items:
            return True
        new = [item for item in items if function.origin(current) is None and item.site not in seen]
        seen.update(item.site for item in new)
        todo.extend(new)
    return False


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
