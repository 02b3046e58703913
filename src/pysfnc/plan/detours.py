"""Ways out of a flow that lead through the Catch of its state.

A state has one `Next`, so a flow that leads to several places wants a Choice behind it. But a state that can catch has one more way out: an
expression that fails. One way takes the `Next`; the others raise a marker with a number, as exceptions of expressions do, and the Catch leads on.
What such a way needs is computed anew there, from the variables as they were: neither the result of the effect nor what the state would
have assigned is to be had in a Catch. A few short texts of the result go along in the marker; of a dict only those that are read later.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from pysfnc.analysis.failures import expr_errors
from pysfnc.ir.exprs import Const, Expr, Input, NewExc, Prim, Var
from pysfnc.ir.hir import Assign, If, Raise, Suite
from pysfnc.ir.mir import Computed
from pysfnc.ir.walk import assigned, reads, suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import free_vars, walk_expr
from pysfnc.lean import dataclass
from pysfnc.library.objects.raised import FIELDS
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.flows import Do, Flow, Guard, Leaf, Split, flow_parts
from pysfnc.plan.graph import Node
from pysfnc.plan.parts import Part, part_of
from pysfnc.plan.path import sliced
from pysfnc.values.types import NONE, STR, ExcT, LazyDictT

WAY: Final = "~"
"""The name of what is raised to take a way; no exception has it."""

BEHIND: Final = 1000
BEFORE: Final = 2000
"""From which on the ways out of a state are numbered: those behind its effect, and those before it. Handlers have smaller numbers."""

MAX_CARRIED: Final = 4
"""Texts that a marker takes along: together with it they stay below what is reserved in a cause (`asl.causes`)."""

Names = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Detour:
    """A way through the Catch: where it leads, the number in its marker, and the code on it that the Catch computes anew."""

    leaf: Leaf
    number: int
    code: Suite
    wanted: Names
    """The variables that have other values on this way: the code is computed anew for them, unless they are taken along."""
    carried: tuple[tuple[str, Expr], ...] = ()
    """The variables that are taken along, each with what of its value is needed."""

    def raising(self) -> Suite:
        """What takes this way."""
        text = Const(value="", type=STR)
        parts = tuple(part for name, value in self.carried for part in (Const(value=name, type=STR), value))
        fields = Prim(op="scope.pack", args=parts, type=NONE) if parts else None
        name = Const(value=WAY, type=STR)
        taken = NewExc(name=name, message=text, args=(text,), type=ExcT(None), fields=fields)
        return (Raise(exc=taken, route=self.number),)

    def taken_along(self, name: str, caught: Expr) -> Expr | None:
        """The variable in the marker; None where it is computed anew."""
        if name not in dict(self.carried):
            return None
        return _part(_part(caught, FIELDS), name)

    def reads_input(self, value: Expr) -> bool:
        """Whether a value on this way is computed from the input of the state."""
        exprs = [*suite_exprs(self.code), value]
        return any(isinstance(part, Input) for expr in exprs for part in walk_expr(expr))

    def where(self, taken: Expr, value: Expr, names: NameSupply) -> Computed:
        """The value on this way; None where something else came to the Catch, as the code may not be good for its variables then."""
        code = sliced(self.code, free_vars(value))
        if all(isinstance(stmt, Assign) and _is_plain(stmt.value) for stmt in code) and _is_plain(value):
            return Computed((), value, code)
        held = names.fresh("held")
        again = (*code, Assign(name=held, value=value))
        nothing = Assign(name=held, value=Const(value=None, type=NONE))
        return Computed((), Var(name=held, type=NONE), (nothing, If(test=taken, then=again, orelse=())))


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """The detours of a state. `straight_on`: all of them go to one state at once, which raises what is no way but an exception."""

    detours: tuple[Detour, ...] = ()
    straight_on: bool = False

    def and_(self, other: "Turn") -> "Turn":
        """Both of them."""
        if not self.detours:
            return other
        together = (*self.detours, *other.detours)
        return Turn(together, self.straight_on and (not other.detours or _lead_alike(together)))


def _part(whole: Expr, key: str) -> Expr:
    return Prim(op="scope.part", args=(whole, Const(value=key, type=STR)), type=NONE)


def _texts(value: Expr) -> int:
    """How many texts are taken along for a variable."""
    return len(value.args) // 2 if isinstance(value, Prim) else 1


def _is_plain(value: Expr) -> bool:
    """Whether nothing can go wrong with it."""
    if isinstance(value, Prim) and value.op == "scope.part":
        return isinstance(value.args[0], Var)
    return isinstance(value, Var | Const)


NO_TURN: Final = Turn()


def _lead_alike(detours: Sequence[Detour]) -> bool:
    """Whether the ways lead to one place, and need nothing."""
    return len({detour.leaf.key for detour in detours}) == 1 and not any(detour.wanted for detour in detours)


@dataclass(frozen=True, slots=True)
class Detours:
    """The possible detours of a flow behind `begin`, which binds the result of the effect from the variable `brought`."""

    flow: Flow
    begin: Suite
    brought: str | None
    live: Callable[[Leaf], Names]
    parts: Callable[[Node, str], frozenset[Part] | None]
    """What of a variable is read from a node on."""

    def find_all(self, leaves: Sequence[Leaf], first: int) -> list[Detour | None]:
        """For each leaf the way to it as a detour, numbered from `first`."""
        return [self._find(leaf, first + index) for index, leaf in enumerate(leaves)]

    def _find(self, leaf: Leaf, number: int) -> Detour | None:
        """The way to the leaf as a detour, if what it needs can be computed without the result."""
        met = [(found, code) for found, code in _ways(self.flow, ()) if found.key == leaf.key]
        if leaf.value is not None and (len(met) > 1 or expr_errors(leaf.value)):
            return None
        needed = free_vars(leaf.value) if leaf.value is not None else self.live(leaf)
        wanted = needed & self._changed()
        if not wanted:
            return Detour(leaf, number, (), frozenset())
        (_, code), *others = met
        if others or code is None:
            return None
        code = (*self.begin, *code)
        carried: list[tuple[str, Expr]] = []
        for name in sorted(wanted):
            own = sliced(code, frozenset({name}))
            if self.brought is not None and self.brought in reads(own):
                small = None if leaf.node is None else self._small(name, own, leaf.node)
                if small is None:
                    return None
                carried.append((name, small))
        if sum(map(_texts, (value for _, value in carried))) > MAX_CARRIED:
            return None
        again = sliced(code, wanted - dict(carried).keys())
        return Detour(leaf, number, again, wanted & assigned(code), tuple(carried))

    def _small(self, name: str, code: Suite, node: Node) -> Expr | None:
        """What of a variable is needed from a node on, if that is surely small."""
        made = [stmt for stmt in walk_suite(code) if isinstance(stmt, Assign) and stmt.name == name]
        if len(made) != 1 or made[0].changes:
            return None
        whole, value = Var(name=name, type=made[0].value.type), made[0].value
        read = part_of(value)
        if read is not None and isinstance(read[0].type, LazyDictT) and read[1].name in read[0].type.short:
            return whole
        parts = self.parts(node, name)
        if not isinstance(whole.type, LazyDictT) or parts is None or any(p.name not in whole.type.short for p in parts):
            return None
        packed: list[Expr] = []
        for part in sorted(parts):
            key = Const(value=part.key, type=STR)
            packed += [key, _part(whole, part.key)]
        return Prim(op="scope.pack", args=tuple(packed), type=NONE)

    def _changed(self) -> Names:
        found = assigned(self.begin)
        for part in flow_parts(self.flow):
            if isinstance(part, Do | Guard):
                found |= assigned(part.stmts)
            if isinstance(part, Guard):
                found |= {catch.name for catch, _ in part.catches if catch.name is not None}
        return found


def _ways(flow: Flow, code: Suite | None) -> Iterator[tuple[Leaf, Suite | None]]:
    """All leaves, each with the code before it; None where only part of some code has run."""
    match flow:
        case Leaf():
            yield flow, code
        case Do(stmts=stmts, next=rest):
            yield from _ways(rest, None if code is None else (*code, *stmts))
        case Split(then=then, orelse=orelse):
            yield from _ways(then, code)
            yield from _ways(orelse, code)
        case Guard(stmts=stmts, catches=catches, next=rest):
            yield from _ways(rest, None if code is None else (*code, *stmts))
            for _, inner in catches:
                yield from _ways(inner, None)
