"""The state of an effect with everything that comes after it."""

from pysfnc.ir.hir import Draw, FanOut, Fork, ServiceCall, Sleep, Suite, TaskCall
from pysfnc.ir.mir import Pause, State, Work
from pysfnc.ir.walk import assigned
from pysfnc.plan.detours import Turn
from pysfnc.plan.flows import Flow, flow_reads
from pysfnc.plan.graph import Catch, EffectNode
from pysfnc.plan.states.behind import ended_value, settle
from pysfnc.plan.states.bodies import plan_bodies
from pysfnc.plan.states.catches import add_catchers, find_routes
from pysfnc.plan.states.draws import draw_state
from pysfnc.plan.states.pieces import hold, passed
from pysfnc.plan.states.surroundings import Planner
from pysfnc.plan.states.turns import turn_behind
from pysfnc.plan.written import FlowSuite


def effect_state(
    planner: Planner, node: EffectNode, prefix: Suite, entered: dict[Catch, int] | None, before: Turn, *, alone: bool
) -> State:
    """The state; see `Planner.effect`. `alone`: its Catch may keep an exception for the next state to raise."""
    if isinstance(node.effect, Sleep):
        pause = Pause(hint="Wait", span=node.span, seconds=node.effect.seconds, prefix=prefix, after=planner.done())
        if not prefix:
            planner.effects[node] = pause
        _after_pause(planner, pause, planner.flow(node.next))
        return pause
    if isinstance(node.effect, Draw):
        return draw_state(planner, node, node.effect, prefix)
    result = None if node.target is None else planner.names.fresh("result")
    work = Work(hint=_hint(node), span=node.span, effect=node.effect, result=result)
    work.prefix, work.passed = prefix, passed(prefix)
    if not prefix:
        planner.effects[node] = work
    plan_bodies(planner, work, node)
    flow = planner.flow(node.next)
    changed = assigned(prefix) | ({node.target} if node.target else set())
    routes = find_routes(planner, flow, changed, entered)
    begin = work.passed if result is None else (*work.passed, hold(node.target, result))
    turn = turn_behind(planner, work, node, flow, begin, routes, alone=alone)
    work.turned = bool(before.detours), bool(turn.detours)
    settle(planner, work, flow, begin, routes, turn)
    add_catchers(planner, work, node, routes, before.and_(turn))
    return work


def _after_pause(planner: Planner, pause: Pause, flow: Flow) -> None:
    """A Wait can assign, but not catch."""
    written = FlowSuite.write(flow, planner.names, catch_all=planner.exceptions)
    leaf = written.leaves[0] if len(written.leaves) == 1 else None
    if leaf is not None and leaf.node is not None and not planner.fails(written.suite) and planner.options.merge:
        pause.assigns = planner.assigns((*pause.prefix, *written.suite), planner.live_at(leaf))
        pause.after = planner.target(leaf.node)
        return
    if leaf is not None and leaf.kind == "end" and not planner.fails(written.suite) and planner.options.merge:
        pause.output = ended_value(planner, flow, written, pause.prefix)
        pause.after = None
        return
    pause.assigns = planner.assigns(pause.prefix, flow_reads(flow) | planner.live_at_any(written.leaves))
    pause.after = planner.standalone(flow, pause.span)


def _hint(node: EffectNode) -> str:
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
