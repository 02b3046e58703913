"""Choices: the tests of a flow as conditions, and the ends of its ways as rules."""

from dataclasses import replace
from functools import partial

from pysfnc.analysis.failures import escaping_errors, expr_errors
from pysfnc.ir.exprs import Const, Expr, NewExc, Var
from pysfnc.ir.hir import Assign, ExceptionTable, Suite
from pysfnc.ir.mir import Choice, Computed, Edge, Failed, Pass, State
from pysfnc.plan.flows import Do, Flow, Guard, Leaf, Split, flow_parts
from pysfnc.plan.graph import EffectNode, Node
from pysfnc.plan.path import Path, known
from pysfnc.plan.states.absorb import unpacks
from pysfnc.plan.states.draws import way_to
from pysfnc.plan.states.pieces import is_large, is_way, known_values, pack_assigns, weight
from pysfnc.plan.states.surroundings import Planner
from pysfnc.plan.written import FlowSuite
from pysfnc.source.span import Span
from pysfnc.values.types import NONE


def tagged_choice(planner: Planner, written: FlowSuite, span: Span | None) -> State:
    """A Choice each of whose rules computes the whole flow, and asks where it came to."""
    edges: list[tuple[Computed, Edge]] = []
    for number, leaf in enumerate(written.leaves):
        if leaf.node is not None:
            edge = _way_behind(planner, leaf.node, written.suite)
        else:
            value = Computed(written.suite, Var(name=written.ended, type=NONE))
            edge = Edge(planner.done() if leaf.kind == "end" else planner.failed_state(), output=value)
        edges.append((Computed(written.suite, is_way(written.tag, number)), edge))
    return Choice(hint="Decide", span=span, rules=edges[:-1], default=edges[-1][1])


def _way_behind(planner: Planner, node: Node, suite: Suite) -> Edge:
    """The way to a node with what the suite before it assigns."""
    edge = Edge(planner.target(node), planner.assigns(suite, planner.live[node]))
    if unpacks(planner, node) and is_large(suite, edge.assigns.keys()):
        assert isinstance(node, EffectNode)
        edge.target = planner.effect(node, pack_assigns(edge, suite, planner.names))
    return edge


def choice_state(planner: Planner, flow: Flow, before: Suite = ()) -> Choice:
    """A Choice with the tests of a flow as its conditions, and a rule for each place where its code may fail.

    `before` is code that cannot fail, for each of the rules to have.
    """
    rules: list[tuple[Path, Edge | Suite]] = []
    _rules(planner, flow, Path(code=before, since=before), rules)
    *others, (_, last) = rules
    assert isinstance(last, Edge)
    made = [_rule(planner, path, what) for path, what in others]
    tests = [part.test for part in flow_parts(flow) if isinstance(part, Split)]
    return Choice(hint="If", span=tests[0].span if tests else None, rules=made, default=last)


def _rules(planner: Planner, flow: Flow, path: Path, rules: list[tuple[Path, Edge | Suite]]) -> None:
    """Add a rule for every leaf, and for code that may fail."""
    match flow:
        case Do(stmts=stmts, next=rest):
            _rules(planner, rest, _passing(planner, path, stmts, rules), rules)
        case Split(test=test, then=then, orelse=orelse):
            path, test = _settled(planner, path, test, rules)
            _rules(planner, then, path.taken(test), rules)
            _rules(planner, orelse, path, rules)
        case Leaf():
            if flow.value is not None:
                path, value = _settled(planner, path, flow.value, rules)
                flow = replace(flow, value=value)
            rules.append((path, _edge(planner, flow, path.code)))
        case Guard():
            raise AssertionError("a flow with guards has no rules")


def _passing(planner: Planner, path: Path, stmts: Suite, rules: list[tuple[Path, Edge | Suite]]) -> Path:
    if planner.fails(stmts):
        rules.append((path, stmts))
    return path.then(stmts)


def _settled(planner: Planner, path: Path, value: Expr, rules: list[tuple[Path, Edge | Suite]]) -> tuple[Path, Expr]:
    """A value with a name of its own if it may fail."""
    if not expr_errors(value):
        return path, value
    name = planner.names.fresh("t")
    path = _passing(planner, path, (Assign(name=name, value=value, span=value.span),), rules)
    return path, Var(name=name, type=value.type, span=value.span)


def _rule(planner: Planner, path: Path, what: Edge | Suite) -> tuple[Computed, Edge]:
    if isinstance(what, Edge):
        return path.condition(planner.names), what
    test, raised = path.failing(what, planner.names)
    return test, Edge(planner.failed_state(), output=raised)


def _edge(planner: Planner, leaf: Leaf, before: Suite) -> Edge:
    """The way to a leaf behind code that is known not to fail."""
    if leaf.node is not None:
        return way_to(planner, leaf.node, partial(known_values, before), partial(known, before))
    assert leaf.value is not None
    if leaf.kind == "end":
        return Edge(planner.done(), output=known(before, leaf.value))
    fixed = _fixed_failure(leaf.value)
    return Edge(planner.failed_state(), output=known(before, leaf.value)) if fixed is None else Edge(fixed)


def throw_state(planner: Planner, leaf: Leaf, span: Span | None) -> State:
    """A state that only fails."""
    assert leaf.value is not None
    fixed = _fixed_failure(leaf.value)
    if fixed is not None:
        return fixed
    if expr_errors(leaf.value):
        return planner.single(Do((), leaf), span)
    return Pass(hint="Fail", span=span, output=Computed((), leaf.value), after=planner.failed_state())


def _fixed_failure(exc: Expr) -> State | None:
    """A Fail of its own for an exception whose name and text are written in the program."""
    match exc:
        case NewExc(name=Const(value=str() as name), message=Const(value=str() as cause)):
            return Failed(hint=f"Raise {name}", span=exc.span, error=name, cause=cause)
        case _:
            return None


def choice_weight(choice: Choice) -> int:
    """How much a Choice computes, over all its rules."""
    edges = [*(edge for _, edge in choice.rules), choice.default]
    parts = [test for test, _ in choice.rules]
    parts += [part for edge in edges for part in (*edge.assigns.values(), *filter(None, [edge.output]))]
    return sum(weight((*part.trusted, *part.suite)) for part in parts)


def direct(flow: Flow, exceptions: ExceptionTable) -> tuple[Suite, Flow] | None:
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


def has_guards(flow: Flow) -> bool:
    """Whether handlers of the flow catch something of its code."""
    return any(isinstance(part, Guard) for part in flow_parts(flow))
