"""What follows a state, put on that state: what it assigns, the end of the scope, the Choice behind it."""

from functools import partial

from pysfnc.ir.exprs import Const, Var
from pysfnc.ir.hir import Suite
from pysfnc.ir.mir import Choice, Computed, Edge, Pass, Work
from pysfnc.plan.detours import Turn
from pysfnc.plan.flows import Flow, flow_reads
from pysfnc.plan.graph import Catch, EffectNode
from pysfnc.plan.path import sliced
from pysfnc.plan.states.absorb import evaluate, joins, unpacks
from pysfnc.plan.states.choices import choice_state, direct
from pysfnc.plan.states.draws import draw_on, way_to
from pysfnc.plan.states.pieces import is_large, is_way, pack_assigns
from pysfnc.plan.states.surroundings import Planner
from pysfnc.plan.written import FlowSuite, straight
from pysfnc.values.types import NONE


def settle(planner: Planner, work: Work, flow: Flow, begin: Suite, routes: dict[Catch, int], turn: Turn) -> None:
    """Put the flow behind a state that can catch on that state, and a Choice behind it if it leads to several places."""
    written = FlowSuite.write(flow, planner.names, routes, detours=turn.detours)
    if not planner.options.merge:
        needed = flow_reads(flow) | planner.live_at_any(written.leaves)
        work.assigns = planner.assigns(begin, needed)
        work.after = planner.standalone(flow, work.span)
        return
    tests = direct(flow, planner.exceptions)
    if len(written.leaves) <= 1:
        settle_straight(planner, work, flow, written, begin)
    elif tests is not None:
        first, rest = tests
        needed = flow_reads(rest) | planner.live_at_any(written.leaves)
        suite = (*begin, *first)
        work.assigns = planner.assigns(suite, needed)
        before: Suite = ()
        if is_large(suite, work.assigns.keys()):
            before = pack_assigns(work, suite, planner.names)
        evaluate(planner, work, suite)
        work.after = choice_state(planner, rest, before)
    else:
        settle_tagged(planner, work, written, begin)


def settle_straight(planner: Planner, work: Work | Pass, flow: Flow, written: FlowSuite, begin: Suite = ()) -> None:
    """Put a flow that leads to one place, or only fails, on a state."""
    leaf = written.leaves[0] if written.leaves else None
    if leaf is None or leaf.node is None:
        work.output = ended_value(planner, flow, written, begin)
        return
    suite = (*begin, *written.suite)
    assigns = planner.assigns(suite, planner.live_at(leaf))
    if not assigns and isinstance(work, Work) and planner.fails(suite):
        # Nobody reads what is computed here, but it may fail.
        assigns = {planner.names.fresh("checked"): Computed(suite, Const(value=None, type=NONE))}
    node = leaf.node
    if isinstance(node, EffectNode) and joins(planner, node):
        draw_on(planner, work, node, suite)
        return
    work.assigns = assigns
    if unpacks(planner, node) and is_large(suite, assigns.keys()):
        assert isinstance(node, EffectNode)
        work.after = planner.effect(node, pack_assigns(work, suite, planner.names))
        return
    evaluate(planner, work, suite)
    work.after = planner.target(node)


def ended_value(planner: Planner, flow: Flow, written: FlowSuite, prefix: Suite = ()) -> Computed:
    """The value with which a flow that only ends the scope ends it."""
    row = straight(flow)
    if row is not None and row[1].kind == "end":
        assert row[1].value is not None
        return Computed((*prefix, *row[0]), row[1].value)
    value = Var(name=written.ended, type=NONE) if written.leaves else Const(value=None, type=NONE)
    return Computed((*prefix, *written.suite), value)


def settle_tagged(planner: Planner, work: Work | Pass, written: FlowSuite, begin: Suite = ()) -> None:
    """The state computes which way it goes; the Choice behind it only looks."""
    needed = planner.live_at_any(written.leaves) | {written.tag}
    if any(leaf.kind == "end" for leaf in written.leaves):
        needed |= {written.ended}
    suite = (*begin, *written.suite)
    work.assigns = planner.assigns(suite, needed)
    unpacking: Suite = ()
    if is_large(suite, work.assigns.keys()):
        unpacking = pack_assigns(work, suite, planner.names)
    edges: list[tuple[Computed, Edge]] = []
    for number, leaf in enumerate(written.leaves):
        wanted = {written.tag} if leaf.node is None else planner.live_at(leaf)
        before = sliced(unpacking, {written.tag, written.ended, *wanted})
        if leaf.node is not None:
            edge = way_to(planner, leaf.node, partial(planner.assigns, before), partial(Computed, before))
        else:
            edge = Edge(planner.done(), output=Computed(before, Var(name=written.ended, type=NONE)))
        edges.append((Computed(before, is_way(written.tag, number)), edge))
    work.after = Choice(hint="Which way", span=work.span, rules=edges[:-1], default=edges[-1][1])
