"""What may stand together in one state, and what a state is given to do."""

from functools import partial

from pysfnc.analysis.failures import expr_errors
from pysfnc.ir.exprs import Const
from pysfnc.ir.hir import Draw, ServiceCall, Sleep, Suite, TaskCall
from pysfnc.ir.mir import Computed, Pass, Work
from pysfnc.ir.walk import assigned, effect_exprs
from pysfnc.plan.graph import Catch, EffectNode, Node
from pysfnc.plan.states.pieces import repeats
from pysfnc.plan.states.surroundings import NOTHING, Names, Planner
from pysfnc.values.types import NONE


def joins(planner: Planner, node: EffectNode) -> bool:
    """Whether a value is drawn where only one way leads, so that the state before can draw it."""
    is_draw = planner.options.merge and isinstance(node.effect, Draw)
    return is_draw and planner.ways_in.get(node, 0) <= 1 and not repeats(node)


def can_absorb(planner: Planner, node: EffectNode, before: Suite, *, fails: bool) -> bool:
    """Whether the code before an effect can go into its state, as nothing else needs the state without it.

    What a handler reads of that code is computed again by the Catch: that must not fail where the code itself did.
    """
    if not planner.options.merge:
        return False
    if isinstance(node.effect, Sleep | Draw):
        return not fails
    if node.handlers is not None and fails and any(map(expr_errors, effect_exprs(node.effect))):
        read = NOTHING.union(*map(partial(needed_by, planner), node.handlers.chain()))
        if read & assigned(before):
            return False
    return isinstance(node.effect, TaskCall | ServiceCall) or (planner.ways_in.get(node, 0) <= 1 and not repeats(node))


def unpacks(planner: Planner, node: Node) -> bool:
    """Whether the state of a node can be made anew for a way that brings variables as one."""
    return isinstance(node, EffectNode) and node not in planner.copied and can_absorb(planner, node, (), fails=False)


def needed_by(planner: Planner, catch: Catch) -> Names:
    """The variables from before that are read in a handler and behind it."""
    return planner.live[catch.entry] - ({catch.name} if catch.name else set())


def evaluate(planner: Planner, work: Work | Pass, suite: Suite) -> None:
    """Let the state evaluate code that may fail though nobody needs a value of it."""
    if not work.assigns and planner.fails(suite):
        work.output = Computed(suite, Const(value=None, type=NONE))
