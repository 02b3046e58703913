"""The abstract heap of the alias analysis: which objects may exist, what they may hold, and how often.

A *node* stands for objects made at one place of the program: the latest one made there (`old=False`), or all before it. What came in
from outside (an input, the result of a task) is a *lazy* tree: its parts get nodes when they are asked for, and no part of it is held twice.

An edge leads from a container to what it may hold, under a *label*: a constant key, or `*` for any other place. `many` on an edge says
that one object may be held twice through it. `shared` nodes may be held by two containers or twice by one; containers nobody can
reach any more count too, so a node counts as held twice only where both facts say so (see `held_twice`).
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import field
from typing import Final, NamedTuple

from pysfnc.lean import dataclass
from pysfnc.source.span import Span

ANY: Final = "*"
_DEEP: Final = "**"
_DEPTH: Final = 4


class Node(NamedTuple):
    """Objects made at `site`; `path` leads to a part of a lazy tree."""

    site: int
    old: bool
    path: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether it stands for at most one object at a time."""
        return not self.old and ANY not in self.path and _DEEP not in self.path

    def part(self, label: str) -> "Node":
        """The node of a part of a lazy tree. Deep parts are all the same node."""
        if self.path and self.path[-1] == _DEEP:
            return self
        step = label if len(self.path) < _DEPTH else _DEEP
        return Node(self.site, self.old, (*self.path, step))


Nodes = frozenset[Node]
NO_NODES: Final[Nodes] = frozenset()


class Edge(NamedTuple):
    """`span`: the statement that put the object there."""

    many: bool
    span: Span | None


class Held(NamedTuple):
    """What a variable may hold, and where it got it."""

    nodes: Nodes
    span: Span | None


_Slots = dict[str, dict[Node, Edge]]


@dataclass(slots=True)
class State:
    """What is known at one point of a program."""

    names: dict[str, Held] = field(default_factory=dict)
    slots: dict[Node, _Slots] = field(default_factory=dict)
    shared: set[Node] = field(default_factory=set)
    lazy: set[Node] = field(default_factory=set)
    taken_from: dict[int, set[Node]] = field(default_factory=dict)
    """The sites of what was taken out of containers -> what it may be. It only grows, and all states of a machine have the same one."""

    def copy(self) -> "State":
        """An independent copy."""
        slots = {node: {label: dict(held) for label, held in own.items()} for node, own in self.slots.items()}
        return State(dict(self.names), slots, set(self.shared), set(self.lazy), self.taken_from)

    # Objects

    def make(self, site: int, *, lazy: bool = False) -> Node:
        """A new object; the one made before at the same place becomes one of the old ones."""
        node = Node(site, False)
        if node in self.slots:
            self.age(site)
        self.slots[node] = {}
        if lazy:
            self.lazy.add(node)
        return node

    def finish_round(self, before: "State", roots: Set[int]) -> None:
        """Let what was made since a point become old, also where a way from there made nothing: another round makes others.

        What a variable holds stays as it is. `roots`: the sites of what was there from the start, known at that point or not.
        """
        known = {node.site for node in before.slots if not node.old} | {node.site for node in self._held()} | roots
        for site in {node.site for node in self.slots if not node.old} - known:
            self.age(site)

    def put_away(self, other: "State") -> dict[Node, Node]:
        """Objects that are only inside of others here, while a variable holds them on another way to the same point, and their old nodes.

        Where the ways meet, they are not those that the variable holds. Lazy trees keep their nodes.
        """
        inside = (other._held() & self.slots.keys()) - self._held() - self.lazy
        return {node: node._replace(old=True) for node in inside if not node.old and not node.path}

    def _held(self) -> set[Node]:
        """What variables hold themselves."""
        return {node for held in self.names.values() for node in held.nodes}

    def root(self, site: int) -> Node:
        """The top of a lazy tree that exists from the start."""
        node = Node(site, False)
        if node not in self.slots:
            self.slots[node] = {}
            self.lazy.add(node)
        return node

    def several(self, site: int) -> Node:
        """Any number of objects made at one place at once."""
        node = Node(site, True)
        self.slots.setdefault(node, {})
        return node

    def put(
        self,
        container: Node,
        label: str,
        item: Node,
        span: Span | None,
        *,
        many: bool = False,
        instead: bool = False,
    ) -> None:
        """Note that a container may hold an object from now on, at one more place; with `many` at several.

        `instead`: the place is counted already, as it may be in another container, which was given the object before.
        """
        self.grow(container, label)
        held = self.slots[container].setdefault(label, {})
        if many or (not instead and any(item in other for own in self.slots.values() for other in own.values())):
            self.shared.add(item)
        self.note_circle(container, item)
        held[item] = Edge(many or item in held, span)

    def note_circle(self, container: Node, item: Node) -> None:
        """Note that an object may be inside itself, as it is about to go into what it holds."""
        if container in self.reach((item,)):
            self.shared.add(item)

    def hold(self, container: Node, label: str, item: Node, span: Span | None) -> None:
        """Note that a container may hold an object, which is not held by it yet: another of the same node at most."""
        if item not in self.slots[container].get(label, {}):
            self.put(container, label, item, span)

    def clear(self, container: Node, label: str) -> None:
        """Forget what a single container holds under a constant key, which is about to be replaced."""
        if container.single and label != ANY:
            self.slots[container][label] = {}

    def fill(self, container: Node, label: str, items: Nodes) -> None:
        """Note that at one place a single container holds one of these objects that it may hold there, and no other."""
        slot = self.slots[container].get(label)
        if slot is not None and container.single:
            self.slots[container][label] = {node: edge for node, edge in slot.items() if node in items}

    def parts(self, containers: Iterable[Node], label: str) -> Nodes:
        """What containers may hold under a label; `ANY` asks for every place."""
        return NO_NODES.union(*(self._parts(container, label) for container in containers))

    def _parts(self, container: Node, label: str) -> Nodes:
        slots = self.slots[container]
        if label == ANY:
            if container in self.lazy and ANY not in slots:
                self._grow(container, ANY)
            return frozenset(node for held in slots.values() for node in held)
        found = frozenset((*slots.get(label, ()), *slots.get(ANY, ())))
        if not found and container in self.lazy:
            return frozenset({self._grow(container, label)})
        return found

    def grow(self, container: Node, label: str) -> None:
        """Give a place of a lazy tree the node of what stands there, before something else is put beside it."""
        slots = self.slots[container]
        if container in self.lazy and label not in slots and ANY not in slots:
            self._grow(container, label)

    def _grow(self, container: Node, label: str) -> Node:
        part = container.part(label)
        self.slots.setdefault(part, {})
        self.lazy.add(part)
        self.slots[container].setdefault(label, {})[part] = Edge(False, None)
        return part

    def edges(self, container: Node) -> Iterator[tuple[str, Node, Edge]]:
        """Every edge out of a container; of a lazy one also those not asked for before."""
        self._parts(container, ANY)
        for label, held in list(self.slots[container].items()):
            for node, edge in list(held.items()):
                yield label, node, edge

    def take(self, containers: Nodes, label: str, site: int, *, seen: bool = True) -> Node:
        """One object that the containers hold, told apart from the others of its kind; who held those may hold it.

        `seen`: it may be one taken at this place before.
        """
        node = self.make(site)
        items = self.parts(containers, label) - {node}
        if not seen:
            items -= {Node(site, True)}
        self.taken_from.setdefault(site, set()).update(items)
        for item in items:
            _merge_slots(self.slots[node], self.slots[item])
        for name, held in self.names.items():
            if not items.isdisjoint(held.nodes):
                self.names[name] = held._replace(nodes=held.nodes | {node})
        for container in self.slots:
            self._hold_one_of(container, items if container in containers else items & self.shared, node)
        if not items.isdisjoint(self.shared):
            self.shared.add(node)
        if not items.isdisjoint(self.lazy):
            self.lazy.add(node)
        return node

    def _hold_one_of(self, container: Node, items: Set[Node], node: Node) -> None:
        """Let a container hold `node`, one of these items, wherever it holds those; at one place if each of them stands at one only."""
        own = self.slots[container]
        found = [(label, item, slot[item]) for label, slot in own.items() for item in items & slot.keys()]
        several = any(edge.many for _, _, edge in found) or len({item for _, item, _ in found}) < len(found)
        if not several and len(found) > 1 and (container not in self.lazy or ANY in own):
            own.setdefault(ANY, {})[node] = Edge(False, found[0][2].span)
            return
        for label, _, edge in found:
            before = own[label].get(node)
            own[label][node] = Edge(edge.many or (before is not None and before.many), edge.span)

    def forget_taken(self, site: int, into: int) -> None:
        """Let what was taken at a place be like any other object of the containers again."""
        if any(node.site == site for node in self.slots):
            self.taken_from.setdefault(into, set()).update(self.taken_from.get(site, ()))
            self.rename({node: node._replace(site=into, old=True) for node in self.slots if node.site == site})

    def drop(self, containers: Nodes, node: Node) -> None:
        """Forget that containers hold an object, which goes out of the one that does."""
        sure = node not in self.shared or (len(containers) == 1 and next(iter(containers)).single)
        for container in containers if sure else ():
            for slot in self.slots[container].values():
                if node in slot and not slot[node].many:
                    del slot[node]

    # Questions

    def reach(self, nodes: Iterable[Node], without: int | None = None) -> set[Node]:
        """The nodes and everything that may be inside them; not by way of objects of the site `without`."""
        found = set(nodes)
        todo = list(found)
        while todo:
            for held in self.slots[todo.pop()].values():
                new = {node for node in held if node not in found and node.site != without}
                found |= new
                todo.extend(new)
        return found

    def held_twice(self, root: Node, item: Node) -> bool:
        """Whether inside the object `root` the object `item`, or `root` itself, may be held at two places."""
        inside = self.reach((root,))
        count = int(item == root)
        for container in inside:
            for held in self.slots[container].values():
                edge = held.get(item)
                if edge is not None:
                    count += 2 if edge.many else 1
        return count > 1 and (item in self.shared or (item == root and root.single))

    def way(self, start: Held, goals: set[Node]) -> Span | None:
        """The statement through which a variable came to hold one of `goals`: where it, or the last container on the way, got it."""
        seen: dict[Node, Span | None] = dict.fromkeys(start.nodes, start.span)
        todo = list(start.nodes)
        for node in todo:
            if node in goals:
                return seen[node]
            for held in self.slots[node].values():
                for item, edge in held.items():
                    if item not in seen:
                        seen[item] = edge.span or seen[node]
                        todo.append(item)
        return start.span

    # Joining

    def merge(self, other: "State") -> bool:
        """Add what may hold on another way to the same point; whether anything was new."""
        changed = self._merge_names(other.names)
        for node, own in other.slots.items():
            mine = self.slots.get(node)
            if mine is None:
                self.slots[node] = {label: dict(held) for label, held in own.items()}
                changed = True
            else:
                changed |= _merge_slots(mine, own)
        if not other.shared <= self.shared or not other.lazy <= self.lazy:
            self.shared |= other.shared
            self.lazy |= other.lazy
            changed = True
        return changed

    def _merge_names(self, names: Mapping[str, Held]) -> bool:
        changed = False
        for name, held in names.items():
            mine = self.names.get(name)
            if mine is None:
                self.names[name] = held
                changed = True
            elif not held.nodes <= mine.nodes:
                self.names[name] = Held(mine.nodes | held.nodes, mine.span if mine.nodes else held.span)
                changed = True
        return changed

    def keep(self, names: Iterable[str]) -> None:
        """Forget all variables but these, and every object they cannot reach."""
        wanted = set(names)
        self.names = {name: held for name, held in self.names.items() if name in wanted}
        found = self.reach(node for held in self.names.values() for node in held.nodes)
        self.slots = {node: own for node, own in self.slots.items() if node in found}
        self.shared &= found
        self.lazy &= found

    def age(self, site: int) -> None:
        """Let the latest object of a place join the old ones."""
        self.rename({node: node._replace(old=True) for node in self.slots if node.site == site and not node.old})

    def rename(self, names: dict[Node, Node]) -> None:
        """Let some nodes become others, together with the objects that those stand for already."""
        young = names.keys()
        for name, held in self.names.items():
            if not young.isdisjoint(held.nodes):
                self.names[name] = held._replace(nodes=frozenset(names.get(node, node) for node in held.nodes))
        for own in self.slots.values():
            for items in own.values():
                for node in [node for node in items if node in young]:
                    edge, before = items.pop(node), items.get(names[node])
                    items[names[node]] = edge if before is None else Edge(edge.many or before.many, before.span)
        for node in young:
            self._absorb(names[node], self.slots.pop(node))
        self.shared = {names.get(node, node) for node in self.shared}
        self.lazy = {names.get(node, node) for node in self.lazy}

    def _absorb(self, old: Node, slots: _Slots) -> None:
        """Add the edges of one more object to those of the old ones: another object may hold the same item only if it is shared."""
        mine = self.slots.setdefault(old, {})
        for label, held in slots.items():
            into = mine.setdefault(label, {})
            for node, edge in held.items():
                before = into.get(node)
                many = edge.many or (before is not None and (before.many or node in self.shared))
                into[node] = Edge(many, edge.span if before is None else before.span)


def _merge_slots(mine: _Slots, other: _Slots) -> bool:
    changed = False
    for label, held in other.items():
        into = mine.setdefault(label, {})
        for node, edge in held.items():
            before = into.get(node)
            if before is None or (edge.many and not before.many):
                into[node] = Edge(edge.many, edge.span if before is None else before.span)
                changed = True
    return changed
