"""The scopes inside an effect: branches, iterations, executions of their own."""

from pysfnc.analysis.liveness import liveness
from pysfnc.ir.exprs import Input, Var
from pysfnc.ir.hir import Assign, FanOut, Suite
from pysfnc.ir.mir import BATCH_INPUT, BATCH_ITEMS, ITEM, Computed, Work
from pysfnc.ir.walk import assigned, effect_suites, map_suite_exprs, reads
from pysfnc.ir.walk_exprs import rename
from pysfnc.plan.graph import EffectNode
from pysfnc.plan.states.pieces import given_part
from pysfnc.plan.states.surroundings import NOTHING, Kind, Planner
from pysfnc.values.types import NONE


def plan_bodies(planner: Planner, work: Work, node: EffectNode) -> None:
    """Plan branches and iterations. What they read of the `prefix` is no variable yet: it is handed to them as their input."""
    if isinstance(node.effect, FanOut) and node.effect.distributed is not None:
        _executions(planner, work, node.effect)
        return
    suites = effect_suites(node.effect)
    shared = sorted(assigned(work.prefix) & NOTHING.union(*map(reads, suites)))
    work.handed = {name: Computed(work.passed, Var(name=name, type=NONE)) for name in shared}
    for suite in suites:
        inside = {name: planner.names.fresh(name) for name in shared}
        begin: Suite = tuple(Assign(name=new, value=given_part(name)) for name, new in inside.items())
        if isinstance(node.effect, FanOut):
            item = given_part(ITEM) if shared else Input(type=NONE)
            begin = (*begin, Assign(name=node.effect.name, value=item))
        body = map_suite_exprs(suite, lambda expr, names=inside: rename(expr, names))  # type: ignore[misc]
        watched = planner.watched or node.handlers is not None
        kind: Kind = "iteration" if isinstance(node.effect, FanOut) else "branch"
        work.bodies.append(planner.inner((*begin, *body), kind, watched=watched))


def _executions(planner: Planner, work: Work, effect: FanOut) -> None:
    """Plan executions of their own: they see no variable from outside, so that all they read is handed to them."""
    assert effect.distributed is not None
    shared = sorted(liveness(effect.body, NOTHING).start - {effect.name})
    work.handed = {name: Computed(work.passed, Var(name=name, type=NONE)) for name in shared}
    inside = {name: planner.names.fresh(name) for name in shared}
    batched = effect.distributed.batch is not None
    given = given_part(BATCH_INPUT) if batched else None
    begin = [Assign(name=new, value=given_part(name, given)) for name, new in inside.items()]
    item = given_part(BATCH_ITEMS) if batched else given_part(ITEM) if shared else Input(type=NONE)
    begin.append(Assign(name=effect.name, value=item))
    body = map_suite_exprs(effect.body, lambda expr: rename(expr, inside))
    work.bodies.append(planner.inner((*begin, *body), "iteration", watched=True))
