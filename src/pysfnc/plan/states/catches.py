"""The Catch of a state: handlers of its effect, exceptions of its expressions, and what is read before it leaves the scope."""

from functools import partial

from pysfnc.analysis.failures import escaping_errors, expr_errors
from pysfnc.ir.exprs import Expr, Var
from pysfnc.ir.hir import Assign, Handler, ServiceCall, Suite, TaskCall
from pysfnc.ir.mir import Alias, Catcher, Choice, Computed, Edge, State, Work, resolve
from pysfnc.ir.walk import assigned, effect_exprs
from pysfnc.plan.caught import ALL_ERRORS, QUERY_ERROR, caught_names
from pysfnc.plan.detours import Detour, Turn
from pysfnc.plan.flows import Do, Flow, Guard, Leaf, flow_parts, flow_reads, until_all
from pysfnc.plan.graph import Catch, EffectNode, Node, ThrowNode
from pysfnc.plan.path import known
from pysfnc.plan.states.absorb import needed_by
from pysfnc.plan.states.behind import ended_value
from pysfnc.plan.states.choices import choice_weight
from pysfnc.plan.states.draws import way_to
from pysfnc.plan.states.kept import Decided, KeptByWay
from pysfnc.plan.states.pieces import hold, is_route
from pysfnc.plan.states.surroundings import HEAVY, NOTHING, Dispatch, Names, Planner
from pysfnc.plan.states.turns import keeping_catcher
from pysfnc.plan.written import FlowSuite
from pysfnc.values.types import NONE, ExcT


def find_routes(
    planner: Planner, flow: Flow, changed: Names | set[str], entered: dict[Catch, int] | None = None
) -> dict[Catch, int]:
    """The handlers of code of the flow that are entered through the Catch of the state, after those that are `entered` from it anyway.

    An exception that the flow itself can handle on its way to the same place stays in it. One that leads elsewhere would need a Choice
    behind the state; the Catch takes it there for nothing, as long as the handler reads nothing that the state would have assigned.
    """
    guards = [part for part in flow_parts(flow) if isinstance(part, Guard)]
    found = dict(entered or {})
    if not planner.options.merge or not guards or len(FlowSuite.write(flow, planner.names).leaves) <= 1:
        return found
    changed = set(changed)
    for part in flow_parts(flow):
        if isinstance(part, Do | Guard):
            changed |= assigned(part.stmts)
    for guard in guards:
        catches = [catch for catch, _ in guard.catches]
        needed = NOTHING.union(*(needed_by(planner, catch) for catch in catches))
        if not needed & changed and None not in escaping_errors(guard.stmts, planner.exceptions):
            for catch in catches:
                found.setdefault(catch, len(found) + 1)
    return found


def add_catchers(planner: Planner, work: Work, node: EffectNode, routes: dict[Catch, int], turn: Turn) -> None:
    """Give a state its Catch: first for exceptions of expressions, then for the handlers of its effect in their order."""
    chain = until_all(list(node.handlers.chain())) if node.handlers else []
    args_fail = any(map(expr_errors, effect_exprs(node.effect)))
    if args_fail and chain:
        for catch in chain:
            routes.setdefault(catch, len(routes) + 1)
        work.arg_handlers = tuple(
            Handler(classes=catch.classes, name=catch.name, body=(), route=routes[catch]) for catch in chain
        )
    computed = [*work.assigns.values(), *([work.output] if work.output else [])]
    fails = any(planner.fails(c.suite) or expr_errors(c.value) for c in computed)
    if args_fail or fails or planner.fails(work.prefix):
        _marked(planner, work, routes, turn)
    for catch in chain:
        errors = caught_names(catch.classes, node.effect, planner.exceptions)
        if errors is None:
            work.catchers.append(_dispatching(planner, node, work))
            return
        if not errors:
            continue
        name = None if catch.name is None else planner.names.fresh("caught")
        begin = work.passed if name is None else (*work.passed, hold(catch.name, name))
        edge = way_into(planner, catch, begin)
        work.catchers.append(Catcher(errors, name, edge))
    if not (chain and chain[-1].classes is None) and _leaves_read(planner, node):
        _unread(planner, work)


def _leaves_read(planner: Planner, node: EffectNode) -> bool:
    """Whether what the effect fails with must be read before it leaves the scope, as nobody could do it later."""
    if isinstance(node.effect, TaskCall):
        return node.effect.waits is not None
    if not isinstance(node.effect, ServiceCall):
        return False
    errors = node.effect.errors
    return errors.decoded or (planner.watched and errors.form != "plain")


def _dispatching(planner: Planner, node: EffectNode, work: Work) -> Catcher:
    """A Catch of everything before handlers that only a look at the error name can tell apart (`except Fail`)."""
    way = planner.dispatched.get(node) or _dispatch(planner, node)
    assigns = planner.assigns(work.passed, way.needed)
    assigns[way.name] = Computed((), Var(name=way.name, type=ExcT(None)))
    return Catcher((ALL_ERRORS,), way.name, Edge(way.state, assigns))


def _dispatch(planner: Planner, node: EffectNode) -> Dispatch:
    """The states behind that Catch: all states of an effect have them in common, also those that a handler leads back to."""
    name = planner.names.fresh("caught")
    flow = planner.flow(ThrowNode(node.handlers, node.span, Var(name=name, type=ExcT(None))))
    leaves = (planner.live_at(leaf) for leaf in flow_parts(flow) if isinstance(leaf, Leaf))
    way = planner.dispatched[node] = Dispatch(name, flow_reads(flow).union(*leaves), Alias(hint=""))
    way.state.target = planner.standalone(flow, node.span)
    return way


def _marked(planner: Planner, work: Work, routes: dict[Catch, int], turn: Turn) -> None:
    """The Catch for exceptions of expressions: on to their handlers, or to the Fail; and for ways that lead through it."""
    if turn.straight_on and not routes:
        work.catchers.append(keeping_catcher(planner, turn.detours))
        return
    if not routes and not turn.detours:
        add_uncaught(planner, work)
        return
    name = planner.names.fresh("caught")
    caught = Var(name=name, type=ExcT(None))
    rules: list[tuple[Computed, Edge]] = []
    for catch, number in routes.items():
        bind = () if catch.name is None else (Assign(name=catch.name, value=caught),)
        rules.append((Computed((), is_route(caught, number)), way_into(planner, catch, bind)))
    handled = NOTHING.union(*map(partial(needed_by, planner), routes))
    assigns = planner.assigns(work.prefix, handled)
    kept = KeptByWay(caught, assigns, planner.names, turn.detours)
    for detour in turn.detours:
        taken = is_route(caught, detour.number)
        rules.append((Computed((), taken), _on_detour(planner, detour, caught, kept)))
    kept.assign()
    default = Edge(planner.failed_state(), output=Computed((), caught))
    hint = "Which way" if turn.detours else "Except"
    choice = Choice(hint=hint, span=work.span, rules=rules, default=default)
    assigns[name] = Computed((), caught)
    work.catchers.append(Catcher((QUERY_ERROR,), name, Edge(choice, assigns), marked=True))


def _on_detour(planner: Planner, detour: Detour, caught: Expr, kept: KeptByWay) -> Edge:
    """The way on behind a Choice that told it from the others. `kept` is what the Catch before it computes."""

    def computed(value: Expr) -> Computed:
        along = detour.taken_along(value.name, caught) if isinstance(value, Var) else None
        if along is not None:
            return Computed((), along)
        if not detour.reads_input(value):
            return known(detour.code, value)
        return kept.value(detour, value)  # the input of the Choice is another one

    if detour.leaf.node is None:
        assert detour.leaf.value is not None
        return Edge(planner.done(), output=computed(detour.leaf.value))
    values = {name: computed(Var(name=name, type=NONE)) for name in sorted(detour.wanted)}
    return way_to(
        planner,
        detour.leaf.node,
        lambda needed: {name: value for name, value in values.items() if name in needed},
        computed,
    )


def add_uncaught(planner: Planner, work: Work) -> None:
    """The Catch for exceptions of expressions that nobody handles."""
    work.catchers.append(Catcher((QUERY_ERROR,), None, Edge(planner.failed_state(marked=True)), marked=True))


def _unread(planner: Planner, work: Work) -> None:
    """What nobody catches is read before it leaves."""
    name = planner.names.fresh("caught")
    edge = Edge(planner.failed_state(), output=Computed((), Var(name=name, type=ExcT(None))))
    work.catchers.append(Catcher((ALL_ERRORS,), name, edge))


def way_into(planner: Planner, catch: Catch, before: Suite) -> Edge:
    """The way into a handler, with the handler's first code on it where that cannot fail."""
    flow = planner.flow(catch.entry)
    written = FlowSuite.write(flow, planner.names)
    if planner.options.merge and len(written.leaves) == 1 and not planner.fails(written.suite):
        leaf = written.leaves[0]
        if leaf.node is None:
            computed = ended_value(planner, flow, written, before)
            if not expr_errors(computed.value):
                return Edge(planner.done(), output=computed)
        else:
            assigns = planner.assigns((*before, *written.suite), planner.live_at(leaf))
            return Edge(planner.target(leaf.node), assigns)
    target = planner.target(catch.entry)
    told = (
        None if isinstance(target, Alias) and target.target is None else _decided(planner, catch.entry, target, before)
    )
    return told or Edge(target, planner.assigns(before, planner.live[catch.entry]))


def _decided(planner: Planner, entry: Node, target: State, before: Suite) -> Edge | None:
    """The way into a handler that a large Choice begins: the Catch computes once what each rule would, and the Choice behind it only looks."""
    choice = resolve(target)
    if not isinstance(choice, Choice) or choice_weight(choice) < HEAVY:
        return None
    if entry not in planner.decided:
        planner.decided[entry] = Decided.of(planner, planner.flow(entry), choice)
    return planner.decided[entry].way(planner, before)
