"""Flows that no state stands before: a state (or the first of the states) of their own."""

from pysfnc.ir.mir import Pass, State, Work
from pysfnc.plan.flows import Flow, Leaf
from pysfnc.plan.graph import EffectNode
from pysfnc.plan.states.absorb import can_absorb
from pysfnc.plan.states.behind import settle_straight, settle_tagged
from pysfnc.plan.states.catches import add_uncaught, find_routes
from pysfnc.plan.states.choices import choice_state, choice_weight, has_guards, tagged_choice, throw_state
from pysfnc.plan.states.pieces import weight
from pysfnc.plan.states.surroundings import HEAVY, NOTHING, Planner
from pysfnc.plan.states.turns import turned_before
from pysfnc.plan.written import FlowSuite
from pysfnc.source.span import Span


def standalone_state(planner: Planner, flow: Flow, span: Span | None) -> State:
    """The state (or the first of the states) of a flow that no state stands before."""
    if isinstance(flow, Leaf) and flow.node is not None:
        return planner.target(flow.node)
    if isinstance(flow, Leaf) and flow.kind == "throw":
        return throw_state(planner, flow, span)
    written = FlowSuite.write(flow, planner.names, catch_all=planner.exceptions)
    if written.places > 1:
        return _before_effect(planner, flow) or _decision(planner, flow, written, span)
    return planner.single(flow, span)


def _before_effect(planner: Planner, flow: Flow) -> State | None:
    """A flow that leads to one effect unless its code fails, as one state: handlers of the code are entered through its Catch."""
    routes = find_routes(planner, flow, NOTHING)
    if not routes:
        return turned_before(planner, flow)
    written = FlowSuite.write(flow, planner.names, routes)
    node = written.leaves[0].node if len(written.leaves) == 1 else None
    if not isinstance(node, EffectNode) or not can_absorb(planner, node, written.suite, fails=True):
        return None
    return planner.effect(node, written.suite, routes)


def single_state(planner: Planner, flow: Flow, span: Span | None) -> State:
    """A flow that leads to one place, or fails."""
    written = FlowSuite.write(flow, planner.names)
    fails = planner.fails(written.suite)
    leaf = written.leaves[0] if written.leaves else None
    if (
        leaf is not None
        and isinstance(leaf.node, EffectNode)
        and can_absorb(planner, leaf.node, written.suite, fails=fails)
    ):
        return planner.effect(leaf.node, written.suite)
    if leaf is not None and leaf.node is not None and not fails:
        assigns = planner.assigns(written.suite, planner.live_at(leaf))
        target = planner.target(leaf.node)
        return Pass(hint="Assign", span=span, assigns=assigns, after=target) if assigns else target
    state: Work | Pass
    state = Work(hint="Compute", span=span, effect=None) if fails else Pass(hint="Return", span=span)
    settle_straight(planner, state, flow, written)
    if isinstance(state, Work):
        add_uncaught(planner, state)
    return state


def _decision(planner: Planner, flow: Flow, written: FlowSuite, span: Span | None) -> State:
    """A Choice that computes the flow in its rules; a large one is computed once, before it."""
    choice = choice_state(planner, flow) if planner.options.merge and not has_guards(flow) else None
    if choice is not None and choice_weight(choice) < HEAVY:
        return choice
    if planner.options.merge and weight(written.suite) * len(written.leaves) < HEAVY:
        return tagged_choice(planner, written, span)
    plain = FlowSuite.write(flow, planner.names)
    fails = planner.fails(plain.suite)
    state: Work | Pass
    state = Work(hint="Compute", span=span, effect=None) if fails else Pass(hint="Compute", span=span)
    if len(plain.leaves) <= 1:
        settle_straight(planner, state, flow, plain)
    else:
        settle_tagged(planner, state, plain)
    if isinstance(state, Work):
        add_uncaught(planner, state)
    return state
