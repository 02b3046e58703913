"""From flows to states.

Every effect is a state. What follows it is put on it when its flow leads to one place; a flow that leads to several gets a Choice behind the
state, which costs the one transition that AWS wants for a decision. A flow that no state stands before (the start, a handler, the head of a loop)
goes into the state it leads to, or into the Choice itself. Pure code that may raise stands where a Catch can see it: on the effect's state, or on
a Map over no items, which is a Pass that can catch.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Literal

from pysfnc.analysis.failures import escaping_errors, expr_errors
from pysfnc.analysis.liveness import liveness
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Input, Logic, NewExc, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Draw,
    Eval,
    ExceptionTable,
    FanOut,
    Fork,
    Handler,
    If,
    Machine,
    Raise,
    ServiceCall,
    Sleep,
    Stmt,
    Suite,
    TaskCall,
)
from pysfnc.ir.mir import (
    BATCH_INPUT,
    BATCH_ITEMS,
    ITEM,
    Alias,
    Catcher,
    Choice,
    Computed,
    Done,
    Edge,
    Failed,
    MachinePlan,
    Pass,
    Pause,
    ScopePlan,
    State,
    Work,
)
from pysfnc.ir.walk import (
    assigned,
    effect_exprs,
    effect_suites,
    map_suite_exprs,
    node_count,
    reads,
    rename,
    suite_exprs,
    walk_expr,
)
from pysfnc.library.row import NameSupply
from pysfnc.plan.caught import ALL_ERRORS, caught_names
from pysfnc.plan.detours import BEFORE, BEHIND, NO_TURN, Detour, Detours, Turn
from pysfnc.plan.flows import Do, Flow, FlowBuilder, Guard, Leaf, Split, flow_parts, flow_reads, until_all
from pysfnc.plan.graph import Catch, EffectNode, GraphBuilder, Node, ThrowNode
from pysfnc.plan.live import live_in, nodes_from, successors
from pysfnc.plan.parts import parts_read
from pysfnc.plan.path import Path, known
from pysfnc.plan.written import FlowSuite, straight
from pysfnc.source.span import Span
from pysfnc.values.types import BOOL, INT, NONE, STR, ExcT

QUERY_ERROR: Final = "States.QueryEvaluationError"
LARGE: Final = 60
"""Nodes of a suite, for every variable after the first, above which its variables are computed as one."""
HEAVY: Final = 400
"""Nodes of a flow times its leaves above which a Choice does not compute it again for every rule."""

Names = frozenset[str]
_NOTHING: Names = frozenset()


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """`merge` False: one state for each thing the program does (-O0)."""

    merge: bool = True


def plan_machine(
    machine: Machine, body: Suite, exceptions: ExceptionTable, names: NameSupply, options: PlanOptions
) -> MachinePlan:
    """The states of a workflow whose `body` begins with the binding of its parameters."""
    scope = ScopePlanner(names, exceptions, options).plan(body, "machine")
    parts = (part for expr in suite_exprs(body) for part in walk_expr(expr))
    read = {part.field_ for part in parts if isinstance(part, ExcField)}
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


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Where a look at an error's name decides about the handler: the variable that holds the error, and what else is read from there on."""

    name: str
    needed: Names
    state: Alias


@dataclass(slots=True)
class ScopePlanner:
    """Plans one scope: the machine, a branch, the iterations of a Map."""

    names: NameSupply
    exceptions: ExceptionTable
    options: PlanOptions
    live: dict[Node, Names] = field(default_factory=dict)
    ways_in: dict[Node, int] = field(default_factory=dict)
    effects: dict[Node, State] = field(default_factory=dict)
    resumed: dict[Node, Alias] = field(default_factory=dict)
    dispatched: dict[EffectNode, Dispatch] = field(default_factory=dict)
    copied: set[Node] = field(default_factory=set)
    """Effects whose states with a prefix are in the making: what comes after one, in a loop, leads to a state that is there already."""
    watched: bool = False
    """Whether a handler around the scope may look at what leaves it."""
    kept: str | None = None
    """The variable in which a Catch leaves the exception that the next state has to raise, or None where there is none."""
    keeping: dict[Node, Alias] = field(default_factory=dict)
    failed: Failed | None = None
    ends: dict[str, State] = field(default_factory=dict)

    def plan(self, body: Suite, kind: Literal["machine", "branch", "iteration"]) -> ScopePlan:
        """The states of a scope."""
        entry = GraphBuilder(self.names).build(body)
        self.live = live_in(entry)
        for node in nodes_from(entry):
            for after in set(successors(node)):
                self.ways_in[after] = self.ways_in.get(after, 0) + 1
        return ScopePlan(self._standalone(self._flow(entry), entry.span), kind)

    def _flow(self, node: Node) -> Flow:
        return FlowBuilder(self.names, self.exceptions, cut_everywhere=not self.options.merge).build(node)

    # Where leaves lead

    def _target(self, node: Node) -> State:
        """The state of a node that flows stop at."""
        if isinstance(node, EffectNode):
            if node not in self.effects:
                self._effect(node, ())
            return self.effects[node]
        if node not in self.resumed:
            self.resumed[node] = Alias(hint="")
            self.resumed[node].target = self._standalone(self._flow(node), node.span)
        return self.resumed[node]

    def _done(self) -> State:
        return self.ends.setdefault("done", Done(hint="Done"))

    def _failed(self, *, marked: bool = False) -> Failed:
        """The Fail of the scope, to be entered with an exception, or as it is `marked` in an error output."""
        self.failed = self.failed or Failed(hint="Raise")
        self.failed.marked |= marked
        self.failed.given |= not marked
        return self.failed

    def _live_at(self, leaf: Leaf) -> Names:
        return self.live[leaf.node] if leaf.node is not None else _NOTHING

    def _live_at_any(self, leaves: list[Leaf]) -> Names:
        return _NOTHING.union(*map(self._live_at, leaves))

    # Effects

    def _effect(
        self,
        node: EffectNode,
        prefix: Suite,
        entered: dict[Catch, int] | None = None,
        *,
        raises_kept: bool = False,
        before: Turn = NO_TURN,
    ) -> State:
        """The state of an effect with everything that comes after it. A `prefix` makes it a state of its own.

        `entered`: handlers of code of the prefix that are entered through the Catch of the state, with their numbers.
        `raises_kept`: the prefix raises what another Catch kept, which the Catch of this state must not keep again. `before`: ways out of
        the prefix that lead through the Catch.
        """
        alone = not raises_kept and not before.detours
        if not prefix or node in self.copied:
            return self._made(node, prefix, entered, before, alone=alone)
        self.copied.add(node)
        try:
            return self._made(node, prefix, entered, before, alone=alone)
        finally:
            self.copied.discard(node)

    def _made(
        self, node: EffectNode, prefix: Suite, entered: dict[Catch, int] | None, before: Turn, *, alone: bool
    ) -> State:
        if isinstance(node.effect, Sleep):
            pause = Pause(hint="Wait", span=node.span, seconds=node.effect.seconds, prefix=prefix, after=self._done())
            if not prefix:
                self.effects[node] = pause
            self._after_pause(pause, self._flow(node.next))
            return pause
        if isinstance(node.effect, Draw):
            return self._draw(node, node.effect, prefix)
        result = None if node.target is None else self.names.fresh("result")
        work = Work(hint=_effect_hint(node), span=node.span, effect=node.effect, result=result)
        work.prefix, work.passed = prefix, _passed(prefix)
        if not prefix:
            self.effects[node] = work
        self._bodies(work, node)
        flow = self._flow(node.next)
        changed = assigned(prefix) | ({node.target} if node.target else set())
        routes = self._routes(flow, changed, entered)
        begin = work.passed if result is None else (*work.passed, _hold(node.target, result))
        turn = self._turn(work, node, flow, begin, routes, alone=alone)
        work.turned = bool(before.detours), bool(turn.detours)
        self._settle(work, flow, begin, routes, turn)
        self._catchers(work, node, routes, before.and_(turn))
        return work

    def _draw(self, node: EffectNode, effect: Draw, prefix: Suite) -> State:
        """A Pass that keeps a value: nothing behind it evaluates it again."""
        drawn = Pass(hint="Draw", span=node.span, after=self._done())
        if not prefix:
            self.effects[node] = drawn
        drawn.assigns = self._assigns(prefix, self.live[node.next])
        if node.target is not None:
            drawn.assigns[node.target] = Computed(prefix, effect.value)
        drawn.after = self._target(node.next)
        return drawn

    def _joins(self, node: EffectNode) -> bool:
        """Whether a value is drawn where only one way leads, so that the state before can draw it."""
        is_draw = self.options.merge and isinstance(node.effect, Draw)
        return is_draw and self.ways_in.get(node, 0) <= 1 and not _repeats(node)

    def _draw_on(self, state: Work | Pass, node: EffectNode, suite: Suite) -> None:
        """Draw in the Assign of the state before, which is evaluated once, as that of a Pass is."""
        assert isinstance(node.effect, Draw)
        state.assigns = self._assigns(suite, self.live[node.next])
        if node.target is not None:
            state.assigns[node.target] = Computed(suite, node.effect.value)
        self._evaluate(state, suite)
        state.after = self._standalone(self._flow(node.next), node.span)

    def _way_to(
        self, node: Node, assigns: Callable[[Names], dict[str, Computed]], drawn: Callable[[Expr], Computed]
    ) -> Edge:
        """The way of a Choice to a node with what is assigned on it; a value that nobody else draws is drawn on it."""
        if not isinstance(node, EffectNode) or not isinstance(node.effect, Draw) or not self._joins(node):
            return Edge(self._target(node), assigns(self.live[node]))
        edge = Edge(self._standalone(self._flow(node.next), node.span), assigns(self.live[node.next]))
        if node.target is not None:
            edge.assigns[node.target] = drawn(node.effect.value)
        return edge

    def _bodies(self, work: Work, node: EffectNode) -> None:
        """Plan branches and iterations. What they read of the `prefix` is no variable yet: it is handed to them as their input."""
        if isinstance(node.effect, FanOut) and node.effect.distributed is not None:
            self._executions(work, node.effect)
            return
        suites = effect_suites(node.effect)
        shared = sorted(assigned(work.prefix) & _NOTHING.union(*map(reads, suites)))
        work.handed = {name: Computed(work.passed, Var(name=name, type=NONE)) for name in shared}
        for suite in suites:
            inside = {name: self.names.fresh(name) for name in shared}
            begin: Suite = tuple(Assign(name=new, value=_part(name)) for name, new in inside.items())
            if isinstance(node.effect, FanOut):
                item = _part(ITEM) if shared else Input(type=NONE)
                begin = (*begin, Assign(name=node.effect.name, value=item))
            body = map_suite_exprs(suite, lambda expr, names=inside: rename(expr, names))  # type: ignore[misc]
            watched = self.watched or node.handlers is not None
            planner = ScopePlanner(self.names, self.exceptions, self.options, watched=watched)
            kind: Literal["branch", "iteration"] = "iteration" if isinstance(node.effect, FanOut) else "branch"
            work.bodies.append(planner.plan((*begin, *body), kind))

    def _executions(self, work: Work, effect: FanOut) -> None:
        """Plan executions of their own: they see no variable from outside, so that all they read is handed to them."""
        assert effect.distributed is not None
        shared = sorted(liveness(effect.body, _NOTHING).start - {effect.name})
        work.handed = {name: Computed(work.passed, Var(name=name, type=NONE)) for name in shared}
        inside = {name: self.names.fresh(name) for name in shared}
        batched = effect.distributed.batch is not None
        given = _part(BATCH_INPUT) if batched else None
        begin = [Assign(name=new, value=_part(name, given)) for name, new in inside.items()]
        item = _part(BATCH_ITEMS) if batched else _part(ITEM) if shared else Input(type=NONE)
        begin.append(Assign(name=effect.name, value=item))
        body = map_suite_exprs(effect.body, lambda expr: rename(expr, inside))
        planner = ScopePlanner(self.names, self.exceptions, self.options, watched=True)
        work.bodies.append(planner.plan((*begin, *body), "iteration"))

    def _after_pause(self, pause: Pause, flow: Flow) -> None:
        """A Wait can assign, but not catch."""
        written = FlowSuite.write(flow, self.names, catch_all=self.exceptions)
        leaf = written.leaves[0] if len(written.leaves) == 1 else None
        if leaf is not None and leaf.node is not None and not self._fails(written.suite) and self.options.merge:
            pause.assigns = self._assigns((*pause.prefix, *written.suite), self._live_at(leaf))
            pause.after = self._target(leaf.node)
            return
        if leaf is not None and leaf.kind == "end" and not self._fails(written.suite) and self.options.merge:
            pause.output = self._ended(flow, written, pause.prefix)
            pause.after = None
            return
        pause.assigns = self._assigns(pause.prefix, flow_reads(flow) | self._live_at_any(written.leaves))
        pause.after = self._standalone(flow, pause.span)

    # A flow on the state it follows

    def _settle(self, work: Work, flow: Flow, begin: Suite, routes: dict[Catch, int], turn: Turn) -> None:
        """Put the flow behind a state that can catch on that state, and a Choice behind it if it leads to several places."""
        written = FlowSuite.write(flow, self.names, routes, detours=turn.detours)
        if not self.options.merge:
            needed = flow_reads(flow) | self._live_at_any(written.leaves)
            work.assigns = self._assigns(begin, needed)
            work.after = self._standalone(flow, work.span)
            return
        direct = _direct(flow, self.exceptions)
        if len(written.leaves) <= 1:
            self._settle_straight(work, flow, written, begin)
        elif direct is not None:
            first, rest = direct
            needed = flow_reads(rest) | self._live_at_any(written.leaves)
            work.assigns = self._assigns((*begin, *first), needed)
            self._evaluate(work, (*begin, *first))
            work.after = self._choice(rest)
        else:
            self._settle_tagged(work, written, begin)

    def _settle_straight(self, work: Work | Pass, flow: Flow, written: FlowSuite, begin: Suite = ()) -> None:
        leaf = written.leaves[0] if written.leaves else None
        if leaf is None or leaf.node is None:
            work.output = self._ended(flow, written, begin)
            return
        suite = (*begin, *written.suite)
        assigns = self._assigns(suite, self._live_at(leaf))
        if not assigns and isinstance(work, Work) and self._fails(suite):
            # Nobody reads what is computed here, but it may fail.
            assigns = {self.names.fresh("checked"): Computed(suite, Const(value=None, type=NONE))}
        node = leaf.node
        if isinstance(node, EffectNode) and self._joins(node):
            self._draw_on(work, node, suite)
            return
        unpacks = isinstance(node, EffectNode) and node not in self.copied and self._can_absorb(node, (), fails=False)
        if _is_large(suite, len(assigns)) and isinstance(node, EffectNode) and unpacks:
            pack = _Pack.of(sorted(assigns), self.names)
            work.assigns = {pack.name: Computed(suite, pack.made())}
            work.after = self._effect(node, pack.unpacking(assigns))
            return
        work.assigns = assigns
        self._evaluate(work, suite)
        work.after = self._target(node)

    def _evaluate(self, work: Work | Pass, suite: Suite) -> None:
        """Let the state evaluate code that may fail though nobody needs a value of it."""
        if not work.assigns and self._fails(suite):
            work.output = Computed(suite, Const(value=None, type=NONE))

    def _ended(self, flow: Flow, written: FlowSuite, prefix: Suite = ()) -> Computed:
        """The value with which a flow that only ends the scope ends it."""
        row = straight(flow)
        if row is not None and row[1].kind == "end":
            assert row[1].value is not None
            return Computed((*prefix, *row[0]), row[1].value)
        value = Var(name=written.ended, type=NONE) if written.leaves else Const(value=None, type=NONE)
        return Computed((*prefix, *written.suite), value)

    def _settle_tagged(self, work: Work | Pass, written: FlowSuite, begin: Suite = ()) -> None:
        """The state computes which way it goes; the Choice behind it only looks."""
        needed = self._live_at_any(written.leaves) | {written.tag}
        if any(leaf.kind == "end" for leaf in written.leaves):
            needed |= {written.ended}
        suite = (*begin, *written.suite)
        work.assigns = self._assigns(suite, needed)
        pack: _Pack | None = None
        if _is_large(suite, len(work.assigns)):
            pack = _Pack.of(sorted(work.assigns), self.names)
            work.assigns = {pack.name: Computed(suite, pack.made())}
        edges: list[tuple[Computed, Edge]] = []
        for number, leaf in enumerate(written.leaves):
            wanted = {written.tag} if leaf.node is None else self._live_at(leaf)
            before = () if pack is None else pack.unpacking({written.tag, written.ended, *wanted})
            if leaf.node is not None:
                edge = self._way_to(leaf.node, partial(self._assigns, before), partial(Computed, before))
            else:
                edge = Edge(self._done(), output=Computed(before, Var(name=written.ended, type=NONE)))
            edges.append((Computed(before, _is_way(written.tag, number)), edge))
        work.after = Choice(hint="Which way", span=work.span, rules=edges[:-1], default=edges[-1][1])

    # Ways through the Catch

    def _turn(
        self,
        work: Work,
        node: EffectNode,
        flow: Flow,
        begin: Suite,
        routes: dict[Catch, int],
        *,
        alone: bool,
    ) -> Turn:
        """The ways out of a flow with decisions that the Catch of its state takes, where that saves the Choice behind it.

        One way takes the `Next`, best the end of the scope, which needs no state then. A single other one may go straight to the state of an
        effect, which raises what is no way but an exception; else a Choice tells them apart, on these ways only.
        """
        leaves = FlowSuite.write(flow, self.names, routes).leaves
        if not self.options.merge or len(leaves) < 2 or (routes and assigned(work.prefix)):
            return NO_TURN
        fails_before = any(map(expr_errors, effect_exprs(node.effect)))
        alone = alone and not routes and not (node.handlers and fails_before) and len(leaves) == 2
        possible = self._detours(flow, begin, work.result).find_all(leaves, BEHIND)
        best, saved = NO_TURN, 0
        for index, leaf in enumerate(leaves):
            others = tuple(way for place, way in enumerate(possible) if place != index and way is not None)
            if len(others) < len(leaves) - 1:
                continue
            straight_on = alone and self._raises_kept(others[0].leaf.node)
            gain = 1 + (leaf.kind == "end") + straight_on
            if gain > saved:
                best, saved = Turn(others, straight_on), gain
        return best

    def _detours(self, flow: Flow, begin: Suite, brought: str | None) -> Detours:
        return Detours(flow, begin, brought, self._live_at, lambda node, name: parts_read(node, name, self.live))

    def _raises_kept(self, node: Node | None) -> bool:
        """Whether a node can be entered with an exception to raise."""
        if not isinstance(node, EffectNode) or isinstance(node.effect, Sleep | Draw):
            return False
        return self._can_absorb(node, (), fails=True)

    def _keeping(self, detours: tuple[Detour, ...]) -> Catcher:
        """The Catch that leads a way on to its state, and leaves an exception for that state to raise."""
        detour, *others = detours
        assert isinstance(detour.leaf.node, EffectNode)
        name = self.names.fresh("caught")
        caught = Var(name=name, type=ExcT(None))
        taken = _is_route(caught, detour.number)
        for other in others:
            taken = Logic(op="or", left=taken, right=_is_route(caught, other.number), type=BOOL)
        self.kept = self.kept or self.names.fresh("kept")
        nothing = Const(value=None, type=NONE)
        assigns = {self.kept: Computed((), Cond(test=taken, then=nothing, orelse=caught, type=ExcT(None)))}
        for variable in sorted(detour.wanted):
            along = detour.taken_along(variable, caught)
            if along is not None:
                assigns[variable] = Computed((), Cond(test=taken, then=along, orelse=nothing, type=NONE))
            else:
                assigns[variable] = detour.where(taken, Var(name=variable, type=NONE), self.names)
        return Catcher((QUERY_ERROR,), name, Edge(self._raising(detour.leaf.node), assigns), marked=True)

    def _raising(self, node: EffectNode) -> State:
        """The state of an effect that first raises what a Catch kept."""
        if node not in self.keeping:
            assert self.kept is not None
            self.keeping[node] = Alias(hint="")
            check = Prim(op="exc.raise_kept", args=(Var(name=self.kept, type=NONE),), type=NONE)
            self.keeping[node].target = self._effect(node, (Eval(value=check),), raises_kept=True)
        return self.keeping[node]

    def _on_detour(self, detour: Detour, caught: Expr, assigns: dict[str, Computed]) -> Edge:
        """The way on behind a Choice that told it from the others. `assigns` is what the Catch before it assigns."""
        taken = _is_route(caught, detour.number)

        def computed(value: Expr) -> Computed:
            along = detour.taken_along(value.name, caught) if isinstance(value, Var) else None
            if along is not None:
                return Computed((), along)
            if not detour.reads_input(value):
                return known(detour.code, value)
            held = self.names.fresh("held")  # the input of the Choice is another one
            assigns[held] = detour.where(taken, value, self.names)
            return Computed((), Var(name=held, type=NONE))

        if detour.leaf.node is None:
            assert detour.leaf.value is not None
            return Edge(self._done(), output=computed(detour.leaf.value))
        values = {name: computed(Var(name=name, type=NONE)) for name in sorted(detour.wanted)}
        return Edge(self._target(detour.leaf.node), values)

    # A flow with a state of its own

    def _standalone(self, flow: Flow, span: Span | None) -> State:
        """The state (or the first of the states) of a flow that no state stands before."""
        if isinstance(flow, Leaf) and flow.node is not None:
            return self._target(flow.node)
        if isinstance(flow, Leaf) and flow.kind == "throw":
            return self._throw_state(flow, span)
        written = FlowSuite.write(flow, self.names, catch_all=self.exceptions)
        if written.places > 1:
            return self._before_effect(flow) or self._decision(flow, written, span)
        return self._single(flow, span)

    def _before_effect(self, flow: Flow) -> State | None:
        """A flow that leads to one effect unless its code fails, as one state: handlers of the code are entered through its Catch."""
        routes = self._routes(flow, _NOTHING)
        if not routes:
            return self._turned_before(flow)
        written = FlowSuite.write(flow, self.names, routes)
        node = written.leaves[0].node if len(written.leaves) == 1 else None
        if not isinstance(node, EffectNode) or not self._can_absorb(node, written.suite, fails=True):
            return None
        return self._effect(node, written.suite, routes)

    def _turned_before(self, flow: Flow) -> State | None:
        """As `_before_effect` for a flow that decides: the ways that do not lead to the effect lead through its Catch.

        The state is entered on these ways too, so there is a point in it where they are taken seldom (the end of a loop), or cost nothing more.
        """
        if not self.options.merge:
            return None
        leaves = FlowSuite.write(flow, self.names).leaves
        possible = self._detours(flow, (), None).find_all(leaves, BEFORE)
        for index, leaf in enumerate(leaves):
            others = tuple(way for place, way in enumerate(possible) if place != index and way is not None)
            if len(others) < len(leaves) - 1 or not isinstance(leaf.node, EffectNode):
                continue
            straight_on = len(others) == 1 and self._raises_kept(others[0].leaf.node)
            suite = FlowSuite.write(flow, self.names, detours=others).suite
            if (straight_on or _repeats(leaf.node)) and self._can_turn(leaf.node, suite):
                return self._effect(leaf.node, suite, before=Turn(others, straight_on))
        return None

    def _can_turn(self, node: EffectNode, suite: Suite) -> bool:
        """Whether an effect's state can begin with a decision."""
        if node in self.copied or isinstance(node.effect, Sleep | Draw):
            return False
        if not self._can_absorb(node, suite, fails=True):
            return False
        if node.handlers is not None and assigned(suite):
            return False
        return _weight(suite) * len(effect_exprs(node.effect)) < HEAVY

    def _single(self, flow: Flow, span: Span | None) -> State:
        """A flow that leads to one place, or fails."""
        written = FlowSuite.write(flow, self.names)
        fails = self._fails(written.suite)
        leaf = written.leaves[0] if written.leaves else None
        if (
            leaf is not None
            and isinstance(leaf.node, EffectNode)
            and self._can_absorb(leaf.node, written.suite, fails=fails)
        ):
            return self._effect(leaf.node, written.suite)
        if leaf is not None and leaf.node is not None and not fails:
            assigns = self._assigns(written.suite, self._live_at(leaf))
            target = self._target(leaf.node)
            return Pass(hint="Assign", span=span, assigns=assigns, after=target) if assigns else target
        state: Work | Pass
        state = Work(hint="Compute", span=span, effect=None) if fails else Pass(hint="Return", span=span)
        self._settle_straight(state, flow, written)
        if isinstance(state, Work):
            self._uncaught(state)
        return state

    def _can_absorb(self, node: EffectNode, before: Suite, *, fails: bool) -> bool:
        """Whether the code before an effect can go into its state, as nothing else needs the state without it.

        What a handler reads of that code is computed again by the Catch: that must not fail where the code itself did.
        """
        if not self.options.merge:
            return False
        if isinstance(node.effect, Sleep | Draw):
            return not fails
        if node.handlers is not None and fails and any(map(expr_errors, effect_exprs(node.effect))):
            read = _NOTHING.union(*map(self._needed, node.handlers.chain()))
            if read & assigned(before):
                return False
        return isinstance(node.effect, TaskCall | ServiceCall) or (
            self.ways_in.get(node, 0) <= 1 and not _repeats(node)
        )

    def _decision(self, flow: Flow, written: FlowSuite, span: Span | None) -> State:
        """A Choice that computes the flow in its rules; a large one is computed once, before it."""
        choice = self._choice(flow) if self.options.merge and not _has_guards(flow) else None
        if choice is not None and _choice_weight(choice) < HEAVY:
            return choice
        if self.options.merge and _weight(written.suite) * len(written.leaves) < HEAVY:
            return self._tagged_choice(written, span)
        plain = FlowSuite.write(flow, self.names)
        fails = self._fails(plain.suite)
        state: Work | Pass
        state = Work(hint="Compute", span=span, effect=None) if fails else Pass(hint="Compute", span=span)
        if len(plain.leaves) <= 1:
            self._settle_straight(state, flow, plain)
        else:
            self._settle_tagged(state, plain)
        if isinstance(state, Work):
            self._uncaught(state)
        return state

    def _tagged_choice(self, written: FlowSuite, span: Span | None) -> State:
        edges: list[tuple[Computed, Edge]] = []
        for number, leaf in enumerate(written.leaves):
            if leaf.node is not None:
                edge = Edge(self._target(leaf.node), self._assigns(written.suite, self._live_at(leaf)))
            else:
                value = Computed(written.suite, Var(name=written.ended, type=NONE))
                edge = Edge(self._done() if leaf.kind == "end" else self._failed(), output=value)
            edges.append((Computed(written.suite, _is_way(written.tag, number)), edge))
        return Choice(hint="Decide", span=span, rules=edges[:-1], default=edges[-1][1])

    def _choice(self, flow: Flow) -> Choice:
        """A Choice with the tests of a flow as its conditions, and a rule for each place where its code may fail."""
        rules: list[tuple[Path, Edge | Suite]] = []
        self._rules(flow, Path(), rules)
        *others, (_, last) = rules
        assert isinstance(last, Edge)
        made = [self._rule(path, what) for path, what in others]
        tests = [part.test for part in flow_parts(flow) if isinstance(part, Split)]
        return Choice(hint="If", span=tests[0].span if tests else None, rules=made, default=last)

    def _rules(self, flow: Flow, path: Path, rules: list[tuple[Path, Edge | Suite]]) -> None:
        """Add a rule for every leaf, and for code that may fail."""
        match flow:
            case Do(stmts=stmts, next=rest):
                self._rules(rest, self._passing(path, stmts, rules), rules)
            case Split(test=test, then=then, orelse=orelse):
                path, test = self._settled(path, test, rules)
                self._rules(then, path.taken(test), rules)
                self._rules(orelse, path, rules)
            case Leaf():
                if flow.value is not None:
                    path, value = self._settled(path, flow.value, rules)
                    flow = replace(flow, value=value)
                rules.append((path, self._edge(flow, path.code)))
            case Guard():
                raise AssertionError("a flow with guards has no rules")

    def _passing(self, path: Path, stmts: Suite, rules: list[tuple[Path, Edge | Suite]]) -> Path:
        if self._fails(stmts):
            rules.append((path, stmts))
        return path.then(stmts)

    def _settled(self, path: Path, value: Expr, rules: list[tuple[Path, Edge | Suite]]) -> tuple[Path, Expr]:
        """A value with a name of its own if it may fail."""
        if not expr_errors(value):
            return path, value
        name = self.names.fresh("t")
        path = self._passing(path, (Assign(name=name, value=value, span=value.span),), rules)
        return path, Var(name=name, type=value.type, span=value.span)

    def _rule(self, path: Path, what: Edge | Suite) -> tuple[Computed, Edge]:
        if isinstance(what, Edge):
            return path.condition(self.names), what
        test, raised = path.failing(what, self.names)
        return test, Edge(self._failed(), output=raised)

    def _edge(self, leaf: Leaf, before: Suite) -> Edge:
        """The way to a leaf behind code that is known not to fail."""
        if leaf.node is not None:
            return self._way_to(leaf.node, partial(_known_values, before), partial(known, before))
        assert leaf.value is not None
        if leaf.kind == "end":
            return Edge(self._done(), output=known(before, leaf.value))
        fixed = self._fixed_failure(leaf.value)
        return Edge(self._failed(), output=known(before, leaf.value)) if fixed is None else Edge(fixed)

    def _throw_state(self, leaf: Leaf, span: Span | None) -> State:
        assert leaf.value is not None
        fixed = self._fixed_failure(leaf.value)
        if fixed is not None:
            return fixed
        if expr_errors(leaf.value):
            return self._single(Do((), leaf), span)
        return Pass(hint="Fail", span=span, output=Computed((), leaf.value), after=self._failed())

    def _fixed_failure(self, exc: Expr) -> State | None:
        """A Fail of its own for an exception whose name and text are written in the program."""
        match exc:
            case NewExc(name=Const(value=str() as name), message=Const(value=str() as cause)):
                return Failed(hint=f"Raise {name}", span=exc.span, error=name, cause=cause)
            case _:
                return None

    # Handlers

    def _routes(
        self, flow: Flow, changed: Names | set[str], entered: dict[Catch, int] | None = None
    ) -> dict[Catch, int]:
        """The handlers of code of the flow that are entered through the Catch of the state, after those that are `entered` from it anyway.

        An exception that the flow itself can handle on its way to the same place stays in it. One that leads elsewhere would need a Choice
        behind the state; the Catch takes it there for nothing, as long as the handler reads nothing that the state would have assigned.
        """
        guards = [part for part in flow_parts(flow) if isinstance(part, Guard)]
        found = dict(entered or {})
        if not self.options.merge or not guards or len(FlowSuite.write(flow, self.names).leaves) <= 1:
            return found
        changed = set(changed)
        for part in flow_parts(flow):
            if isinstance(part, Do | Guard):
                changed |= assigned(part.stmts)
        for guard in guards:
            catches = [catch for catch, _ in guard.catches]
            needed = _NOTHING.union(*(self._needed(catch) for catch in catches))
            if not needed & changed and None not in escaping_errors(guard.stmts, self.exceptions):
                for catch in catches:
                    found.setdefault(catch, len(found) + 1)
        return found

    def _needed(self, catch: Catch) -> Names:
        return self.live[catch.entry] - ({catch.name} if catch.name else set())

    def _catchers(self, work: Work, node: EffectNode, routes: dict[Catch, int], turn: Turn) -> None:
        chain = until_all(list(node.handlers.chain())) if node.handlers else []
        args_fail = any(map(expr_errors, effect_exprs(node.effect)))
        if args_fail and chain:
            for catch in chain:
                routes.setdefault(catch, len(routes) + 1)
            work.arg_handlers = tuple(
                Handler(classes=catch.classes, name=catch.name, body=(), route=routes[catch]) for catch in chain
            )
        computed = [*work.assigns.values(), *([work.output] if work.output else [])]
        fails = any(self._fails(c.suite) or expr_errors(c.value) for c in computed)
        if args_fail or fails or self._fails(work.prefix):
            self._marked(work, routes, turn)
        for catch in chain:
            errors = caught_names(catch.classes, node.effect, self.exceptions)
            if errors is None:
                work.catchers.append(self._dispatching(node, work))
                return
            if not errors:
                continue
            name = None if catch.name is None else self.names.fresh("caught")
            begin = work.passed if name is None else (*work.passed, _hold(catch.name, name))
            edge = self._entered(catch, begin)
            work.catchers.append(Catcher(errors, name, edge))
        if not (chain and chain[-1].classes is None) and self._leaves_read(node):
            self._unread(work)

    def _leaves_read(self, node: EffectNode) -> bool:
        """Whether what the effect fails with must be read before it leaves the scope, as nobody could do it later."""
        if isinstance(node.effect, TaskCall):
            return node.effect.waits is not None
        if not isinstance(node.effect, ServiceCall):
            return False
        errors = node.effect.errors
        return errors.decoded or (self.watched and errors.form != "plain")

    def _dispatching(self, node: EffectNode, work: Work) -> Catcher:
        """A Catch of everything before handlers that only a look at the error name can tell apart (`except Fail`)."""
        way = self.dispatched.get(node) or self._dispatch(node)
        assigns = self._assigns(work.passed, way.needed)
        assigns[way.name] = Computed((), Var(name=way.name, type=ExcT(None)))
        return Catcher((ALL_ERRORS,), way.name, Edge(way.state, assigns))

    def _dispatch(self, node: EffectNode) -> Dispatch:
        """The states behind that Catch: all states of an effect have them in common, also those that a handler leads back to."""
        name = self.names.fresh("caught")
        flow = self._flow(ThrowNode(node.handlers, node.span, Var(name=name, type=ExcT(None))))
        leaves = (self._live_at(leaf) for leaf in flow_parts(flow) if isinstance(leaf, Leaf))
        way = self.dispatched[node] = Dispatch(name, flow_reads(flow).union(*leaves), Alias(hint=""))
        way.state.target = self._standalone(flow, node.span)
        return way

    def _marked(self, work: Work, routes: dict[Catch, int], turn: Turn) -> None:
        """The Catch for exceptions of expressions: on to their handlers, or to the Fail; and for ways that lead through it."""
        if turn.straight_on and not routes:
            work.catchers.append(self._keeping(turn.detours))
            return
        if not routes and not turn.detours:
            self._uncaught(work)
            return
        name = self.names.fresh("caught")
        caught = Var(name=name, type=ExcT(None))
        rules: list[tuple[Computed, Edge]] = []
        for catch, number in routes.items():
            bind = () if catch.name is None else (Assign(name=catch.name, value=caught),)
            rules.append((Computed((), _is_route(caught, number)), self._entered(catch, bind)))
        handled = _NOTHING.union(*map(self._needed, routes))
        assigns = self._assigns(work.prefix, handled)
        for detour in turn.detours:
            taken = _is_route(caught, detour.number)
            rules.append((Computed((), taken), self._on_detour(detour, caught, assigns)))
        default = Edge(self._failed(), output=Computed((), caught))
        hint = "Which way" if turn.detours else "Except"
        choice = Choice(hint=hint, span=work.span, rules=rules, default=default)
        assigns[name] = Computed((), caught)
        work.catchers.append(Catcher((QUERY_ERROR,), name, Edge(choice, assigns), marked=True))

    def _uncaught(self, work: Work) -> None:
        work.catchers.append(Catcher((QUERY_ERROR,), None, Edge(self._failed(marked=True)), marked=True))

    def _unread(self, work: Work) -> None:
        """What nobody catches is read before it leaves."""
        name = self.names.fresh("caught")
        edge = Edge(self._failed(), output=Computed((), Var(name=name, type=ExcT(None))))
        work.catchers.append(Catcher((ALL_ERRORS,), name, edge))

    def _entered(self, catch: Catch, before: Suite) -> Edge:
        """The way into a handler, with the handler's first code on it where that cannot fail."""
        flow = self._flow(catch.entry)
        written = FlowSuite.write(flow, self.names)
        if self.options.merge and len(written.leaves) == 1 and not self._fails(written.suite):
            leaf = written.leaves[0]
            if leaf.node is None:
                computed = self._ended(flow, written, before)
                if not expr_errors(computed.value):
                    return Edge(self._done(), output=computed)
            else:
                assigns = self._assigns((*before, *written.suite), self._live_at(leaf))
                return Edge(self._target(leaf.node), assigns)
        return Edge(self._target(catch.entry), self._assigns(before, self.live[catch.entry]))

    # Computations

    def _fails(self, suite: Suite) -> bool:
        return bool(escaping_errors(suite, self.exceptions))

    def _assigns(self, suite: Suite, needed: Names | set[str]) -> dict[str, Computed]:
        """What a state must assign: the needed variables that the suite changes."""
        return {name: Computed(suite, Var(name=name, type=NONE)) for name in sorted(assigned(suite) & needed)}


def _part(key: str, of: Expr | None = None) -> Expr:
    return Prim(op="scope.part", args=(of or Input(type=NONE), Const(value=key, type=STR)), type=NONE)


def _passed(prefix: Suite) -> Suite:
    """Code that ran before without failing, without the statements that could only fail."""
    return tuple(stmt for stmt in prefix if not _only_fails(stmt))


def _only_fails(stmt: Stmt) -> bool:
    match stmt:
        case Eval():
            return True
        case If(then=then, orelse=orelse):
            return all(not part or _only_raises(part) for part in (then, orelse))
        case _:
            return False


def _only_raises(suite: Suite) -> bool:
    *before, last = suite
    return isinstance(last, Raise) and all(isinstance(part, Assign) for part in before)


def _hold(target: str | None, brought: str) -> Assign:
    """What a state brings (its result, the exception it caught) becomes the variable of the program."""
    assert target is not None
    return Assign(name=target, value=Var(name=brought, type=NONE))


@dataclass(frozen=True, slots=True)
class _Pack:
    """Several variables as one: what computes them all is written once, and they are taken out where they are needed."""

    name: str
    keys: tuple[tuple[str, str], ...]
    """Variable -> key."""

    @staticmethod
    def of(variables: list[str], names: NameSupply) -> "_Pack":
        return _Pack(names.fresh("computed"), tuple((name, f"v{i}") for i, name in enumerate(variables)))

    def made(self) -> Expr:
        parts: list[Expr] = []
        for name, key in self.keys:
            parts += [Const(value=key, type=STR), Var(name=name, type=NONE)]
        return Prim(op="scope.pack", args=tuple(parts), type=NONE)

    def unpacking(self, wanted: Iterable[str]) -> Suite:
        pack = Var(name=self.name, type=NONE)
        chosen = set(wanted)
        return tuple(
            Assign(name=name, value=Prim(op="scope.part", args=(pack, Const(value=key, type=STR)), type=NONE))
            for name, key in self.keys
            if name in chosen
        )


def _is_large(suite: Suite, times: int) -> bool:
    """Whether a suite is too long to be written for each variable that it assigns."""
    return times > 1 and _weight(suite) * (times - 1) > LARGE


def _known_values(before: Suite, wanted: Names) -> dict[str, Computed]:
    """What code that is known not to fail assigns of the wanted variables."""
    return {name: known(before, Var(name=name, type=NONE)) for name in sorted(assigned(before) & wanted)}


def _is_route(caught: Expr, number: int) -> Expr:
    return Prim(op="exc.route_is", args=(caught, Const(value=number, type=INT)), type=BOOL)


def _is_way(tag: str, number: int) -> Expr:
    return Prim(op="loop.is_way", args=(Var(name=tag, type=INT), Const(value=number, type=INT)), type=BOOL)


def _direct(flow: Flow, exceptions: ExceptionTable) -> tuple[Suite, Flow] | None:
    """The statements before the first test, and the rest, if a Choice can have the tests as its conditions as they stand."""
    first: Suite = ()
    while isinstance(flow, Do):
        first = (*first, *flow.stmts)
        flow = flow.next
    for part in flow_parts(flow):
        match part:
            case Guard():
                return None
            case Do(stmts=stmts):
                if escaping_errors(stmts, exceptions):
                    return None
            case Split(test=test):
                if expr_errors(test):
                    return None
            case Leaf(value=value):
                if value is not None and expr_errors(value):
                    return None
    return first, flow


def _has_guards(flow: Flow) -> bool:
    return any(isinstance(part, Guard) for part in flow_parts(flow))


def _choice_weight(choice: Choice) -> int:
    """How much a Choice computes, over all its rules."""
    edges = [*(edge for _, edge in choice.rules), choice.default]
    parts = [test for test, _ in choice.rules]
    parts += [part for edge in edges for part in (*edge.assigns.values(), *filter(None, [edge.output]))]
    return sum(_weight((*part.trusted, *part.suite)) for part in parts)


def _repeats(node: Node) -> bool:
    """Whether the node can run again."""
    return any(node in successors(other) for other in nodes_from(node))


def _weight(suite: Suite) -> int:
    return sum(node_count(expr) for expr in suite_exprs(suite))


def _effect_hint(node: EffectNode) -> str:
    match node.effect:
        case TaskCall(task=task):
            return task
        case ServiceCall(title=str() as title):
            return title
        case ServiceCall(resource=resource):
            return ":".join(resource.split(":")[-2:])
        case Fork(comment=str() as comment):
            return comment
        case Fork():
            return "Parallel"
        case FanOut():
            return "Map"
        case _:
            return "Wait"
