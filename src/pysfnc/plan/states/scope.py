"""From flows to states.

Every effect is a state. What follows it is put on it when its flow leads to one place; a flow that leads to several gets a Choice behind the
state, which costs the one transition that AWS wants for a decision. A flow that no state stands before (the start, a handler, the head of a loop)
goes into the state it leads to, or into the Choice itself. Pure code that may raise stands where a Catch can see it: on the effect's state, or on
a Map over no items, which is a Pass that can catch.

This module holds what is known of a scope; each kind of state, and what is put on one, is a module beside it.
"""

from dataclasses import field

from pysfnc.analysis.exception_reads import exception_fields_read
from pysfnc.analysis.failures import escaping_errors
from pysfnc.ir.exprs import Var
from pysfnc.ir.hir import ExceptionTable, Machine, Suite
from pysfnc.ir.mir import Alias, Computed, Done, Failed, MachinePlan, ScopePlan, State
from pysfnc.ir.walk import assigned
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.detours import NO_TURN, Turn
from pysfnc.plan.flows import Flow, FlowBuilder, Leaf
from pysfnc.plan.graph import Catch, EffectNode, GraphBuilder, Node
from pysfnc.plan.live import live_in, nodes_from, successors
from pysfnc.plan.states.alone import single_state, standalone_state
from pysfnc.plan.states.effects import effect_state
from pysfnc.plan.states.surroundings import NOTHING, Decision, Dispatch, Kind, Names, PlanOptions
from pysfnc.source.span import Span
from pysfnc.values.types import NONE


def plan_machine(
    machine: Machine,
    body: Suite,
    exceptions: ExceptionTable,
    names: NameSupply,
    options: PlanOptions,
    *,
    watched: bool = False,
) -> MachinePlan:
    """The states of a workflow whose `body` begins with the binding of its parameters.

    `watched`: another workflow looks at what this one fails with (`plan.watched`).
    """
    scope = ScopePlanner(names, exceptions, options, watched=watched).plan(body, "machine")
    read = exception_fields_read(body)
    return MachinePlan(
        machine.name,
        scope,
        exceptions,
        machine.lambda_retry,
        not read.isdisjoint({"args", "fields"}),
        "status" in read,
        machine.timeout_s,
        machine.comment,
    )


@dataclass(slots=True)
class ScopePlanner:
    """Plans one scope: the machine, a branch, the iterations of a Map. See `Planner` for what the parts use."""

    names: NameSupply
    exceptions: ExceptionTable
    options: PlanOptions
    live: dict[Node, Names] = field(default_factory=dict)
    ways_in: dict[Node, int] = field(default_factory=dict)
    effects: dict[Node, State] = field(default_factory=dict)
    resumed: dict[Node, Alias] = field(default_factory=dict)
    dispatched: dict[EffectNode, Dispatch] = field(default_factory=dict)
    copied: set[Node] = field(default_factory=set)
    watched: bool = False
    kept: str | None = None
    keeping: dict[Node, Alias] = field(default_factory=dict)
    decided: dict[Node, Decision] = field(default_factory=dict)
    fail: Failed | None = None
    ends: dict[str, State] = field(default_factory=dict)

    def plan(self, body: Suite, kind: Kind) -> ScopePlan:
        """The states of a scope."""
        entry = GraphBuilder(self.names).build(body)
        self.live = live_in(entry)
        for node in nodes_from(entry):
            for after in set(successors(node)):
                self.ways_in[after] = self.ways_in.get(after, 0) + 1
        return ScopePlan(self.standalone(self.flow(entry), entry.span), kind)

    def inner(self, body: Suite, kind: Kind, *, watched: bool) -> ScopePlan:
        """The states of a scope inside of this one."""
        return ScopePlanner(self.names, self.exceptions, self.options, watched=watched).plan(body, kind)

    def flow(self, node: Node) -> Flow:
        """The pure code from a node on."""
        return FlowBuilder(self.names, self.exceptions, cut_everywhere=not self.options.merge).build(node)

    # Where leaves lead

    def target(self, node: Node) -> State:
        """The state of a node that flows stop at."""
        if isinstance(node, EffectNode):
            if node not in self.effects:
                self.effect(node, ())
            return self.effects[node]
        if node not in self.resumed:
            self.resumed[node] = Alias(hint="")
            self.resumed[node].target = self.standalone(self.flow(node), node.span)
        return self.resumed[node]

    def done(self) -> State:
        """The end of the scope."""
        return self.ends.setdefault("done", Done(hint="Done"))

    def failed_state(self, *, marked: bool = False) -> Failed:
        """The Fail of the scope, to be entered with an exception, or as it is `marked` in an error output."""
        self.fail = self.fail or Failed(hint="Raise")
        self.fail.marked |= marked
        self.fail.given |= not marked
        return self.fail

    def effect(
        self,
        node: EffectNode,
        prefix: Suite,
        entered: dict[Catch, int] | None = None,
        *,
        raises_kept: bool = False,
        before: Turn = NO_TURN,
    ) -> State:
        """The state of an effect with everything that comes after it; see `Planner`."""
        alone = not raises_kept and not before.detours
        if not prefix or node in self.copied:
            return effect_state(self, node, prefix, entered, before, alone=alone)
        self.copied.add(node)
        try:
            return effect_state(self, node, prefix, entered, before, alone=alone)
        finally:
            self.copied.discard(node)

    def standalone(self, flow: Flow, span: Span | None) -> State:
        """The state (or the first of the states) of a flow that no state stands before."""
        return standalone_state(self, flow, span)

    def single(self, flow: Flow, span: Span | None) -> State:
        """As `standalone` for a flow that leads to one place, or fails."""
        return single_state(self, flow, span)

    # What is read later, and what may fail

    def live_at(self, leaf: Leaf) -> Names:
        """What is read from a leaf on."""
        return self.live[leaf.node] if leaf.node is not None else NOTHING

    def live_at_any(self, leaves: list[Leaf]) -> Names:
        """What is read from one of the leaves on."""
        return NOTHING.union(*map(self.live_at, leaves))

    def fails(self, suite: Suite) -> bool:
        """Whether an exception may leave the suite."""
        return bool(escaping_errors(suite, self.exceptions))

    def assigns(self, suite: Suite, needed: Names | set[str]) -> dict[str, Computed]:
        """What a state must assign: the needed variables that the suite changes."""
        return {name: Computed(suite, Var(name=name, type=NONE)) for name in sorted(assigned(suite) & needed)}
