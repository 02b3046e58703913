"""Abstract evaluation: which objects the value of an expression may be, and what a change in place does to the heap.

The rows of `sharing` say it for primitives; this module says it for the other expressions. It reports nothing.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import assert_never

from pysfnc.analysis.heap import ANY, NO_NODES, Edge, Held, Node, Nodes, State
from pysfnc.analysis.sharing import Put, Sharing, Spread, change_of, expanded, inner_change, sharing_of
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Input, Let, ListComp, Logic, NewExc, Prim, Reduce, Var
from pysfnc.ir.hir import Assign, FanOut, ForEach, While
from pysfnc.ir.walk_exprs import children, free_vars
from pysfnc.values.relations import is_mutable, members
from pysfnc.values.types import DequeT, DictT, ExcT, JsonT, ListT, MapT, OpaqueT, RecordT, SetT, TuplesT, TupleT, Type

# How often the body of a comprehension is evaluated: once for the first objects made in it, once to make those old ones, once
# for what follows from there being old ones.
_ROUNDS = 3
_WITH_KEYS = (DictT, MapT, JsonT, RecordT, OpaqueT)


def holds_objects(type_: Type) -> bool:
    """Whether a value of this type is, or may hold, something that can be changed in place."""
    return any(is_mutable(member) or isinstance(member, ExcT) for member in members(type_)) or any(
        any(map(holds_objects, member.items)) for member in members(type_) if isinstance(member, TupleT)
    )


def _can_hold(container: Type) -> bool:
    """Whether what a container of this type holds may be objects."""
    for member in members(container):
        match member:
            case SetT():
                pass
            case MapT(held=held):
                if holds_objects(held.value):
                    return True
            case ListT(inner) | DictT(inner) | TuplesT(inner) | DequeT(inner):
                if holds_objects(inner):
                    return True
            case _:
                if holds_objects(member):
                    return True
    return False


def label_of(container: Type, key: Expr | None) -> str:
    """The label of a place in a container: the key where it is a constant that names one place for good, else `ANY`.

    An index of a list does not: things move when others go in or out.
    """
    if not isinstance(key, Const):
        return ANY
    if isinstance(key.value, str) and all(isinstance(m, _WITH_KEYS) for m in members(container)):
        return repr(key.value)
    is_index = isinstance(key.value, int) and key.value >= 0
    return str(key.value) if is_index and all(isinstance(m, TupleT) for m in members(container)) else ANY


class Evaluator:
    """Evaluates expressions of one machine in a state, which it extends by the objects made."""

    def __init__(self, temporaries: Mapping[str, Prim]) -> None:
        self._temporaries = temporaries
        self._sites: dict[Hashable, int] = {}
        self.roots: set[int] = set()
        """The sites of what is there from the start."""
        self._made: set[Node] = set()
        """The objects made in the present round of the innermost comprehension."""

    def site(self, *key: Hashable) -> int:
        """The number of a place in the program; a node of the IR is named by its `id`."""
        return self._sites.setdefault(key, len(self._sites))

    def root_site(self, *key: Hashable) -> int:
        """The site of an object that is there from the start, whenever it is seen for the first time."""
        site = self.site(*key)
        self.roots.add(site)
        return site

    def value(self, expr: Expr, state: State) -> Nodes:
        """The objects that the value of an expression may be; none where it can neither change nor hold what can."""
        if not holds_objects(expr.type):
            return NO_NODES
        match expr:
            case Const() | Logic():
                return NO_NODES
            case Var(name=name):
                return self._variable(name, state)
            case Input():
                return frozenset({state.root(self.root_site("input"))})
            case Prim():
                return self._prim(expr, state)
            case Cond(then=then, orelse=orelse):
                return self.value(then, state) | self.value(orelse, state)
            case Let(name=name, value=value, body=body):
                state.names[name] = Held(self.value(value, state), value.span)
                result = self.value(body, state)
                state.names.pop(name, None)
                return result
            case ListComp():
                return self._comprehension(expr, state)
            case Reduce():
                return self._fold(expr, state)
            case NewExc():
                held = self._values(expr.parts[2:], state)
                return frozenset({self._filled(expr, Sharing(literal="exception"), held, state)})
            case ExcField(exc=exc):
                return frozenset({self._filled(expr, Sharing(new=(Spread(0),)), self._values((exc,), state), state)})
            case _:
                assert_never(expr)

    def _values(self, exprs: Iterable[Expr], state: State) -> list[Nodes]:
        return [self.value(expr, state) for expr in exprs]

    def _variable(self, name: str, state: State) -> Nodes:
        held = state.names.get(name)
        if held is None:
            # A parameter: a part of the input that nothing else holds.
            held = state.names[name] = Held(frozenset({state.root(self.root_site("parameter", name))}), None)
        return held.nodes

    def _make(self, expr: Expr, state: State) -> Node:
        made = state.make(self.site(id(expr)))
        self._made.add(made)
        return made

    # Primitives

    def _prim(self, expr: Prim, state: State) -> Nodes:
        args = self._values(expr.args, state)
        sharing = sharing_of(expr)
        if sharing is None:
            return self._anything(expr, args, state)
        found = NO_NODES.union(*(args[index] for index in sharing.same))
        if sharing.part_of is not None:
            container = expr.args[sharing.part_of]
            key = None if sharing.key is None else expr.args[sharing.key]
            found |= state.parts(args[sharing.part_of], label_of(container.type, key))
        if sharing.makes:
            found |= {self._filled(expr, sharing, args, state)}
        return found

    def _anything(self, expr: Prim, args: list[Nodes], state: State) -> Nodes:
        """The safe answer for an operation that is not known: an argument, a part of one, or a container of all that."""
        inside: set[Node] = set()
        for nodes in args:
            state.parts(nodes, ANY)
            inside |= state.reach(nodes)
        made = self._make(expr, state)
        for node in inside:
            state.put(made, ANY, node, expr.span, many=True)
        return frozenset({made, *inside})

    def _filled(self, expr: Expr, sharing: Sharing, args: Sequence[Nodes], state: State) -> Node:
        """A new container with what its row says in it."""
        made = self._make(expr, state)
        if not _can_hold(expr.type):
            return made
        for label, arg in _places(sharing.literal, expr):
            for node in args[arg]:
                state.put(made, label, node, expr.span)
        for item in expanded(sharing.new, len(args)):
            self.store(item, made, expr, dict(enumerate(args)), state, many=sharing.repeats)
        return made

    def store(
        self,
        item: Put | Spread,
        container: Node,
        expr: Expr,
        args: Mapping[int, Nodes],
        state: State,
        *,
        many: bool,
        instead: bool = False,
    ) -> None:
        """Put into a container what the row of the operation `expr` says; `instead`: see `State.put`."""
        match item:
            case Put(arg=arg, key=key):
                label = label_of(expr.type, None if key is None else children(expr)[key])
                for node in args[arg]:
                    state.put(container, label, node, expr.span, many=many, instead=instead)
            case Spread(arg=arg, inside=inside, levels=levels):
                if inside is not None:
                    pair = state.several(self.site(id(expr), "pair"))
                    state.hold(container, ANY, pair, expr.span)
                    container = pair
                sources = args[arg] if levels == 1 else state.parts(args[arg], ANY)
                for (place, node), edge in _spread(sources, item, state).items():
                    span = edge.span or expr.span
                    state.put(container, place, node, span, many=many or edge.many, instead=instead)
            case _:
                assert_never(item)

    # Other expressions

    def _comprehension(self, expr: ListComp, state: State) -> Nodes:
        seqs = self.value(expr.seq, state)
        made = self._make(expr, state)
        hidden, around = f"%{made.site}", self._made
        state.names[hidden] = Held(frozenset({made}), expr.span)
        for _ in range(_ROUNDS):
            self._made = set()
            state.names[expr.name] = Held(state.parts(seqs, ANY), expr.span)
            each = self._once(expr, seqs, state)
            for node in self.value(expr.body, state):
                if node in self._made or node in each:
                    state.hold(made, ANY, node, expr.span)
                else:
                    state.put(made, ANY, node, expr.span, many=True)
        self._made = around
        state.names.pop(expr.name, None)
        state.names.pop(hidden, None)
        return frozenset({made})

    def _once(self, expr: ListComp, seqs: Nodes, state: State) -> set[Node]:
        """What each round of a comprehension finds in another object: everything that hangs on one item only.

        What the body reaches through other variables it finds again in every round.
        """
        inside = state.reach(state.parts(seqs, ANY))
        for name in free_vars(expr.body) - {expr.name}:
            inside -= state.reach(self._variable(name, state))
        return {node for node in inside if not any(state.held_twice(seq, node) for seq in seqs)}

    def _fold(self, expr: Reduce, state: State) -> Nodes:
        seqs = self.value(expr.seq, state)
        state.names[expr.acc] = Held(self.value(expr.init, state), expr.span)
        for _ in range(_ROUNDS):
            state.names[expr.name] = Held(state.parts(seqs, ANY), expr.span)
            step = self.value(expr.body, state)
            state.names[expr.acc] = Held(state.names[expr.acc].nodes | step, expr.span)
        state.names.pop(expr.name, None)
        return state.names.pop(expr.acc).nodes

    # Loops

    def begin_loop(self, loop: ForEach | While | FanOut, state: State) -> None:
        """Forget what an earlier run of the loop has seen."""
        turn = () if isinstance(loop, FanOut) else (("turn", loop.label),)
        for key in (*turn, *((id(loop), label) for label in _item_labels(loop))):
            state.forget_taken(self.site(*key), self.site(*key, "before"))

    def turn(self, stmt: Assign, state: State) -> Nodes:
        """The object at the place that a loop reads in this round, and in no round before; see `next_item`."""
        if not holds_objects(stmt.value.type):
            return NO_NODES
        assert isinstance(stmt.value, Prim)
        return self._take_item(self.value(stmt.value.args[0], state), ANY, self.site("turn", stmt.turn), state)

    def item_site(self, loop: ForEach | FanOut) -> int:
        """The site of the items of a loop where each stands at one place of the list only."""
        return self.site(id(loop), _item_labels(loop)[0])

    def next_item(self, loop: ForEach | FanOut, seqs: Nodes, state: State) -> Nodes:
        """The objects that the variable of a loop may hold in the next round, or that of a branch for each item.

        Where each object stands at one place of the list only, it is none of those seen in the rounds before. The same
        holds for what is in tuples that a list is made of (`enumerate`, `zip`, `dict.items`).
        """
        whole, *labels = _item_labels(loop)
        if not _can_hold(loop.seq.type):
            return NO_NODES
        item = self._take_item(seqs, ANY, self.site(id(loop), whole), state)
        for label in labels:
            part = self._take_item(item, label, self.site(id(loop), label), state)
            for container in item:
                state.fill(container, label, part)
        return item

    def _take_item(self, containers: Nodes, label: str, site: int, state: State) -> Nodes:
        items = state.parts(containers, label)
        if not items or any(state.held_twice(container, item) for container in containers for item in items):
            return items
        return frozenset({state.take(containers, label, site, seen=False)})

    # Changes in place

    def taken(self, expr: Prim, state: State) -> Node:
        """The object that `expr` reads out of a container which the next statement takes it out of."""
        containers = self.value(expr.args[0], state)
        return state.take(containers, label_of(expr.args[0].type, expr.args[1]), self.site(id(expr)))

    def drop(self, expr: Prim, node: Node, state: State) -> None:
        """Forget that the container which `expr` reads holds an object."""
        state.drop(self.value(expr.args[0], state), node)

    def change(self, expr: Expr, owners: Nodes, state: State, *, sure: bool = True) -> Nodes:
        """Change objects in place as `expr` says, the changed value of a variable that holds one of `owners`.

        `sure`: the change happens whenever this is evaluated, so that what it replaces is gone. Returns what is changed:
        in a nested place the innermost object.
        """
        match expr:
            case Let(name=name, value=value, body=body):
                state.names[name] = Held(self.value(value, state), value.span)
                changed = self.change(body, owners, state, sure=sure)
                state.names.pop(name, None)
                return changed
            case Cond(then=then, orelse=orelse):
                return self.change(then, owners, state, sure=False) | self.change(orelse, owners, state, sure=False)
            case Var(name=name) if name in self._temporaries:
                return self._change(self._temporaries[name], state, sure)
            case Var() if self.value(expr, state) == owners:
                return NO_NODES
            case Prim() if change_of(expr.op) is not None:
                return self._change(expr, state, sure)
            case _:
                self._refill(expr, owners, state)
                return owners

    def _change(self, expr: Prim, state: State, sure: bool) -> Nodes:
        change = change_of(expr.op)
        assert change is not None
        base, changed = expr.args[0], NO_NODES
        if isinstance(base, Prim) and change_of(base.op) is not None:
            changed |= self._change(base, state, sure)
        while isinstance(base, Prim) and change_of(base.op) is not None:
            base = base.args[0]
        containers = self.value(base, state)
        sure = sure and len(containers) == 1
        for item in change.new:
            stored = expr.args[item.arg]
            label = label_of(expr.type, _key(item, expr))
            inner = inner_change(stored, self._temporaries) if isinstance(item, Put) else None
            if inner is not None and not self._is_part(inner, containers, label, state):
                inner = None
            if inner is not None:
                changed |= self._change(inner, state, sure)
                continue
            changed |= containers
            nodes = self.value(stored, state)
            for number, container in enumerate(containers):
                if sure and isinstance(item, Put) and item.replaces:
                    state.clear(container, label)
                given = {item.arg: nodes}
                self.store(item, container, expr, given, state, many=change.repeats, instead=number > 0)
        return changed if change.new else changed | containers

    def _is_part(self, change: Prim, containers: Nodes, label: str, state: State) -> bool:
        """Whether a change may be one of a part of the containers."""
        return not self.value(change.args[0], state).isdisjoint(state.parts(containers, label))

    def _refill(self, expr: Expr, owners: Nodes, state: State) -> None:
        """A change of unknown kind: the owner may hold what the new value holds."""
        for node in self.value(expr, state) - owners:
            for label, item, edge in list(state.edges(node)):
                for owner in owners:
                    state.put(owner, label, item, edge.span or expr.span, many=edge.many)


def _spread(sources: Nodes, item: Spread, state: State) -> dict[tuple[str, Node], Edge]:
    """What the sources hold, with the places that it goes to: what no two of them share goes to one place."""
    found: dict[tuple[str, Node], Edge] = {}
    for source in sorted(sources):
        for label, node, edge in state.edges(source):
            if item.only is not None and label not in (item.only, ANY):
                continue
            place = label if item.keyed else ANY if item.inside is None else str(item.inside)
            before = found.get((place, node))
            many = edge.many or (before is not None and (before.many or node in state.shared))
            found[place, node] = Edge(many, edge.span if before is None else before.span)
    return found


def _item_labels(loop: ForEach | While | FanOut) -> tuple[str, ...]:
    """A name for the item of a loop over a list, and the labels of its parts if it is a tuple."""
    if isinstance(loop, While):
        return ()
    item = loop.seq.type.item if isinstance(loop.seq.type, ListT) else None
    parts = len(item.items) if isinstance(item, TupleT) else 0
    return ("item", *map(str, range(parts)))


def _key(item: Put | Spread, expr: Prim) -> Expr | None:
    return expr.args[item.key] if isinstance(item, Put) and item.key is not None else None


def _places(literal: str | None, expr: Expr) -> list[tuple[str, int]]:
    """Where a literal puts its arguments: the label and the number of the argument."""
    match literal, expr:
        case "list", Prim(args=args, type=TupleT()):
            return [(str(index), index) for index in range(len(args))]
        case "dict", Prim(args=args):
            return [(label_of(expr.type, args[index - 1]), index) for index in range(1, len(args), 2)]
        case "list", Prim(args=args):
            return [(ANY, index) for index in range(len(args))]
        case "function", Prim(args=args):
            return [(repr(str(index)), index) for index in range(1, len(args))]
        case "exception", NewExc():
            return [(ANY, index) for index in range(len(expr.parts) - 2)]
        case _:
            return []
