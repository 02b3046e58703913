"""Ways that lead through the Catch of a state, which save the Choice behind it or before it (see `plan/detours.py`)."""

from pysfnc.analysis.failures import expr_errors
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Logic, Prim, Var
from pysfnc.ir.hir import Draw, Eval, ServiceCall, Sleep, Suite
from pysfnc.ir.mir import Alias, Catcher, Computed, Edge, State, Work
from pysfnc.ir.walk import assigned, effect_exprs, reads, suite_exprs
from pysfnc.ir.walk_exprs import free_vars, rename
from pysfnc.lean import dataclass
from pysfnc.plan.caught import QUERY_ERROR
from pysfnc.plan.detours import BEFORE, BEHIND, NO_TURN, Detour, Detours, Turn
from pysfnc.plan.flows import Flow
from pysfnc.plan.graph import Catch, EffectNode, Node
from pysfnc.plan.parts import parts_read
from pysfnc.plan.states.absorb import can_absorb
from pysfnc.plan.states.pieces import is_route, passed, repeats, weight
from pysfnc.plan.states.surroundings import HEAVY, Planner
from pysfnc.plan.written import FlowSuite
from pysfnc.values.types import BOOL, NONE, ExcT


def turn_behind(
    planner: Planner,
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
    leaves = FlowSuite.write(flow, planner.names, routes).leaves
    if not planner.options.merge or len(leaves) < 2 or (routes and assigned(work.prefix)):
        return NO_TURN
    fails_before = any(map(expr_errors, effect_exprs(node.effect)))
    alone = alone and not routes and not (node.handlers and fails_before) and len(leaves) == 2
    possible = _detours(planner, flow, begin, work.result).find_all(leaves, BEHIND)
    best, saved = NO_TURN, 0
    for index, leaf in enumerate(leaves):
        others = tuple(way for place, way in enumerate(possible) if place != index and way is not None)
        if len(others) < len(leaves) - 1:
            continue
        straight_on = alone and _raises_kept(planner, others[0].leaf.node)
        gain = 1 + (leaf.kind == "end") + straight_on
        if gain > saved:
            best, saved = Turn(others, straight_on), gain
    return best


def _detours(planner: Planner, flow: Flow, begin: Suite, brought: str | None) -> Detours:
    return Detours(flow, begin, brought, planner.live_at, lambda node, name: parts_read(node, name, planner.live))


def _raises_kept(planner: Planner, node: Node | None) -> bool:
    """Whether a node can be entered with an exception to raise."""
    if not isinstance(node, EffectNode) or isinstance(node.effect, Sleep | Draw):
        return False
    return can_absorb(planner, node, (), fails=True)


def keeping_catcher(planner: Planner, detours: tuple[Detour, ...]) -> Catcher:
    """The Catch that leads a way on to its state, and leaves an exception for that state to raise."""
    detour, *others = detours
    assert isinstance(detour.leaf.node, EffectNode)
    name = planner.names.fresh("caught")
    caught = Var(name=name, type=ExcT(None))
    taken = is_route(caught, detour.number)
    for other in others:
        taken = Logic(op="or", left=taken, right=is_route(caught, other.number), type=BOOL)
    planner.kept = planner.kept or planner.names.fresh("kept")
    nothing = Const(value=None, type=NONE)
    kept = Cond(test=taken, then=nothing, orelse=caught, type=ExcT(None))
    assigns = {planner.kept: Computed((), _looked_at_once(caught, kept))}
    for variable in sorted(detour.wanted):
        along = detour.taken_along(variable, caught)
        if along is not None:
            carried = Cond(test=taken, then=along, orelse=nothing, type=NONE)
            assigns[variable] = Computed((), _looked_at_once(caught, carried))
        else:
            assigns[variable] = detour.where(taken, Var(name=variable, type=NONE), planner.names)
    return Catcher((QUERY_ERROR,), name, Edge(_raising(planner, detour.leaf.node), assigns), marked=True)


def _looked_at_once(caught: Var, value: Expr) -> Expr:
    """The value with what was caught read once: that is long."""
    name = f"{caught.name}%"
    return Let(name=name, value=caught, body=rename(value, {caught.name: name}), type=value.type)


def _raising(planner: Planner, node: EffectNode) -> State:
    """The state of an effect that first raises what a Catch kept."""
    if node not in planner.keeping:
        assert planner.kept is not None
        planner.keeping[node] = Alias(hint="")
        check = Prim(op="exc.raise_kept", args=(Var(name=planner.kept, type=NONE),), type=NONE)
        planner.keeping[node].target = planner.effect(node, (Eval(value=check),), raises_kept=True)
    return planner.keeping[node]


def turned_before(planner: Planner, flow: Flow, drawn: "Drawn | None" = None) -> State | None:
    """As `_before_effect` of `alone.py` for a flow that decides: the ways that do not lead to the effect lead through its Catch.

    The state is entered on these ways too, so there is a point in it where they are taken seldom (the end of a loop), or cost nothing more.
    """
    if not planner.options.merge:
        return None
    leaves = FlowSuite.write(flow, planner.names).leaves
    possible = _detours(planner, flow, (), None).find_all(leaves, BEFORE)
    for index, leaf in enumerate(leaves):
        others = tuple(way for place, way in enumerate(possible) if place != index and way is not None)
        if len(others) < len(leaves) - 1 or not isinstance(leaf.node, EffectNode):
            continue
        straight_on = len(others) == 1 and _raises_kept(planner, others[0].leaf.node)
        suite = FlowSuite.write(flow, planner.names, detours=others).suite
        if not (straight_on or repeats(leaf.node)) or (drawn is not None and not drawn.once(leaf.node, suite, others)):
            continue
        begin, name = ((), None) if drawn is None else (drawn.suite, drawn.name)
        if _can_turn(planner, leaf.node, (*begin, *suite), name):
            return planner.effect(leaf.node, (*begin, *suite), before=Turn(others, straight_on))
    return None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Code that ends with a value being drawn, as the begin of the arguments of an effect. `name` is the variable of the value."""

    suite: Suite
    name: str

    def state(self, planner: Planner, flow: Flow) -> State | None:
        """The state of the effect that a flow leads to, which draws the value itself; None where more than its first decision needs the value."""
        leaves = FlowSuite.write(flow, planner.names).leaves
        if not planner.options.merge or self.name in planner.live_at_any(leaves):
            return None
        if len(leaves) != 1:
            return turned_before(planner, flow, self)
        node, suite = leaves[0].node, FlowSuite.write(flow, planner.names).suite
        if not isinstance(node, EffectNode) or not self.once(node, suite, ()):
            return None
        whole = (*self.suite, *suite)
        return planner.effect(node, whole) if _can_turn(planner, node, whole, self.name) else None

    def once(self, node: EffectNode, suite: Suite, ways: tuple[Detour, ...]) -> bool:
        """Whether the value is drawn once there: one decision of `suite` reads it, and no retry makes that again."""
        if not isinstance(node.effect, ServiceCall) or node.effect.retry:
            return False
        again = (passed(suite), *(way.code for way in ways))
        decisions = sum(self.name in free_vars(expr) for expr in suite_exprs(suite))
        return decisions == 1 and not any(self.name in reads(code) for code in again)


def _can_turn(planner: Planner, node: EffectNode, suite: Suite, unread: str | None) -> bool:
    """Whether an effect's state can begin with a decision; nobody but that reads the variable `unread`."""
    if node in planner.copied or isinstance(node.effect, Sleep | Draw):
        return False
    if not can_absorb(planner, node, suite, fails=True):
        return False
    if node.handlers is not None and assigned(suite) - {unread}:
        return False
    return weight(suite) * len(effect_exprs(node.effect)) < HEAVY
