"""Values that are another each time: kept by the state before, by a way of a Choice, or by a Pass, or drawn by the only state that reads them."""

from collections.abc import Callable

from pysfnc.ir.exprs import Expr
from pysfnc.ir.hir import Assign, Draw, Suite
from pysfnc.ir.mir import Alias, Computed, Edge, Pass, State, Work, resolve
from pysfnc.plan.graph import EffectNode, Node
from pysfnc.plan.states.absorb import evaluate, joins
from pysfnc.plan.states.pieces import repeats
from pysfnc.plan.states.surroundings import Names, Planner
from pysfnc.plan.states.turns import Drawn


def draw_state(planner: Planner, node: EffectNode, effect: Draw, prefix: Suite) -> State:
    """A Pass that keeps a value: nothing behind it evaluates it again. None is needed where only the decision before a call reads it."""
    if prefix and repeats(node):
        # The rounds that come back here have no prefix, and best no Pass: they count more than the way in.
        again = planner.target(node)
        if not _is_pass(again):
            assigns = planner.assigns(prefix, planner.live[node])
            return Pass(hint="Assign", span=node.span, assigns=assigns, after=again) if assigns else again
    place = Alias(hint="")
    if not prefix:
        planner.effects[node] = place
    if node.target is not None:
        kept = Drawn((*prefix, Assign(name=node.target, value=effect.value)), node.target)
        place.target = kept.state(planner, planner.flow(node.next))
    if place.target is None:
        drawn = place.target = Pass(hint="Draw", span=node.span, after=planner.done())
        drawn.assigns = planner.assigns(prefix, planner.live[node.next])
        if node.target is not None:
            drawn.assigns[node.target] = Computed(prefix, effect.value)
        drawn.after = planner.target(node.next)
    return place.target


def _is_pass(state: State) -> bool:
    """Whether the state of a draw is one of its own; one that is in the making is not, as only an effect that draws takes others along."""
    return not (isinstance(state, Alias) and state.target is None) and isinstance(resolve(state), Pass)


def draw_on(planner: Planner, state: Work | Pass, node: EffectNode, suite: Suite) -> None:
    """Draw in the Assign of the state before, which is evaluated once, as that of a Pass is."""
    assert isinstance(node.effect, Draw)
    state.assigns = planner.assigns(suite, planner.live[node.next])
    if node.target is not None:
        state.assigns[node.target] = Computed(suite, node.effect.value)
    evaluate(planner, state, suite)
    state.after = planner.standalone(planner.flow(node.next), node.span)


def way_to(
    planner: Planner, node: Node, assigns: Callable[[Names], dict[str, Computed]], drawn: Callable[[Expr], Computed]
) -> Edge:
    """The way of a Choice to a node with what is assigned on it; a value that would be drawn by a Pass is drawn on it."""
    if not planner.options.merge or not isinstance(node, EffectNode) or not isinstance(node.effect, Draw):
        return Edge(planner.target(node), assigns(planner.live[node]))
    if joins(planner, node):
        after = planner.standalone(planner.flow(node.next), node.span)
    elif _is_pass(planner.target(node)):
        after = planner.target(node.next)
    else:
        return Edge(planner.target(node), assigns(planner.live[node]))
    edge = Edge(after, assigns(planner.live[node.next]))
    if node.target is not None:
        edge.assigns[node.target] = drawn(node.effect.value)
    return edge
