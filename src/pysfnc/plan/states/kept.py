"""What a Catch computes for the Choice behind it: several values are one variable, so that the code that they share is written once."""

from dataclasses import field
from functools import partial

from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, If, Suite
from pysfnc.ir.mir import Choice, Computed, Edge
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.detours import Detour
from pysfnc.plan.flows import Flow
from pysfnc.plan.path import sliced
from pysfnc.plan.states.draws import way_to
from pysfnc.plan.states.pieces import Pack, given_part, is_route, is_way
from pysfnc.plan.states.surroundings import Names, Planner
from pysfnc.plan.written import FlowSuite
from pysfnc.values.types import NONE, STR


@dataclass(slots=True)
class KeptByWay:
    """Values that a Catch computes, each for one of the ways that the Choice behind it tells apart.

    Attributes:
        caught: the exception, whose number tells the ways apart.
        assigns: what the Catch assigns.
        detours: the ways.
    """

    caught: Expr
    assigns: dict[str, Computed]
    names: NameSupply
    detours: tuple[Detour, ...]
    _held: str = ""
    _values: dict[Detour, list[Expr]] = field(default_factory=dict)

    def value(self, detour: Detour, value: Expr) -> Computed:
        """The value on a way, read behind the Catch."""
        if sum(len(one.wanted) or 1 for one in self.detours) == 1:
            held = self.names.fresh("held")
            self.assigns[held] = detour.where(is_route(self.caught, detour.number), value, self.names)
            return Computed((), Var(name=held, type=NONE))
        self._held = self._held or self.names.fresh("held")
        values = self._values.setdefault(detour, [])
        values.append(value)
        return Computed((), given_part(_key(len(values) - 1), Var(name=self._held, type=NONE)))

    def assign(self) -> None:
        """Compute what was asked for; None where something else than these ways came to the Catch."""
        if not self._held:
            return
        suite: Suite = ()
        for detour, values in self._values.items():
            parts = (part for i, value in enumerate(values) for part in (Const(value=_key(i), type=STR), value))
            pack = Prim(op="scope.pack", args=tuple(parts), type=NONE)
            again = (*sliced(detour.code, free_vars(pack)), Assign(name=self._held, value=pack))
            suite = (If(test=is_route(self.caught, detour.number), then=again, orelse=suite),)
        nothing = Assign(name=self._held, value=Const(value=None, type=NONE))
        self.assigns[self._held] = Computed((), Var(name=self._held, type=NONE), (nothing, *suite))


def _key(index: int) -> str:
    return f"v{index}"


@dataclass(frozen=True, slots=True)
class Decided:
    """A flow with decisions that is computed on the way to its Choice.

    Attributes:
        suite: the flow; an exception of its code is one of the ways.
        pack: where each way leads, and the variables of the flow that are read there.
        others: what else is read there.
        choice: looks at them.
    """

    suite: Suite
    pack: Pack
    others: Names
    choice: Choice

    @staticmethod
    def of(planner: Planner, flow: Flow, like: Choice) -> "Decided":
        """For a flow that another Choice, `like`, computes in its rules."""
        written = FlowSuite.write(flow, planner.names, catch_all=planner.exceptions)
        needed = planner.live_at_any(written.leaves) | {written.tag, written.ended}
        pack = Pack.of(sorted(planner.assigns(written.suite, needed)), planner.names)
        edges: list[tuple[Computed, Edge]] = []
        for number, leaf in enumerate(written.leaves):
            before = pack.unpacking({written.tag, written.ended} | planner.live_at(leaf))
            if leaf.node is not None:
                edge = way_to(planner, leaf.node, partial(planner.assigns, before), partial(Computed, before))
            else:
                value = Computed(before, Var(name=written.ended, type=NONE))
                edge = Edge(planner.done() if leaf.kind == "end" else planner.failed_state(), output=value)
            edges.append((Computed(before, is_way(written.tag, number)), edge))
        choice = Choice(hint=like.hint, span=like.span, rules=edges[:-1], default=edges[-1][1])
        return Decided(written.suite, pack, needed - dict(pack.keys).keys(), choice)

    def way(self, planner: Planner, before: Suite) -> Edge:
        """The way to the Choice behind other code."""
        assigns = planner.assigns(before, self.others)
        assigns[self.pack.name] = Computed((*before, *self.suite), self.pack.made())
        return Edge(self.choice, assigns)
