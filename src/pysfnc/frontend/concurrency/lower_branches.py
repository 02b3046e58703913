"""Branches: bodies that run at the same time as others, what they give, and the calls that are made of them (`parallel`, `with_options`).

Owns the lowering of a branch: it sees the variables around it as they are, and may not assign or change them; and the outcomes of branches, whose
exceptions are raised where Python raises them.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import NO_ARGUMENTS, Arguments, evaluated
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_shared import note_results
from pysfnc.frontend.core.lower_values import Configured, Static, Value
from pysfnc.ir.exprs import Expr, ListComp, Prim, Var
from pysfnc.ir.hir import Assign, FanOut, ForEach, Fork, If, Perform, Raise, Rest, RetryRule, Return, Stmt, Suite
from pysfnc.ir.outcomes import as_outcome, outcome_type
from pysfnc.ir.semaphores import limits_all, semaphores_in, without_semaphore
from pysfnc.source.span import Span
from pysfnc.values.relations import kinds
from pysfnc.values.resources import is_resource
from pysfnc.values.types import BOOL, NEVER, ExcT, Kind, ListT, TupleT, Type

_CHANGEABLE = frozenset({Kind.LIST, Kind.DICT, Kind.RECORD})


def lower_branch(cx: Context, run: Callable[[], Value], node: ast.AST) -> tuple[Suite, Type]:
    """The body of a branch that returns what `run` gives, and the type of that."""
    from pysfnc.frontend.concurrency.lower_groups import close_here

    before = cx.state.copy()
    handling, cx.handling = cx.handling, []
    pending, cx.flow.pending = cx.flow.pending, {}
    hold, cx.hold = cx.hold, "loop"
    try:
        with cx.flow.new_region(), cx.capture() as body:
            value = as_data(cx, run(), node)
            close_here(cx, at_end=True)
            cx.emit(Return(value=value, span=cx.span(node)))
            reachable = cx.state.reachable
    finally:
        cx.handling, cx.flow.pending, cx.hold = handling, pending, hold
    cx.state = before
    return tuple(body), value.type if reachable else NEVER


def own_arguments(cx: Context, given: Arguments) -> Arguments:
    """The arguments of a call that a branch makes, inside that branch: objects made for the call belong to it, and it may change them."""

    def own(value: Value) -> Value:
        if not isinstance(value, Var) or not kinds(value.type) & _CHANGEABLE:
            return value
        # A variable of the program may be meant to change; what a resource has loaded matters only where somebody asks for it afterwards.
        if cx.names.is_variable(value.name) and not is_resource(value.type):
            return value
        return cx.temporary(value, "own")

    keywords = tuple((name, own(value)) for name, value in given.keywords)
    return replace(given, positional=tuple(map(own, given.positional)), keywords=keywords)


def keeps_time(cx: Context) -> bool:
    """Whether outcomes have to say when they came: the program asks which was first."""
    return cx.project.asks_for_order


def result_type(cx: Context, value: Type) -> Type:
    """The type of an outcome."""
    return outcome_type(value, timed=keeps_time(cx))


def outcome_of(cx: Context, body: Suite, value: Type) -> Suite:
    """The body of a branch that hands back its outcome."""
    return as_outcome(body, cx.names.fresh("error"), value, timed=keeps_time(cx))


def result_of(cx: Context, outcome: Expr, type_: Type, node: ast.AST) -> Expr:
    """The value of an outcome, after its exception was raised if there is one."""
    if is_poison(outcome):
        return outcome
    pair = cx.atom(outcome, "outcome")
    raise_outcome(cx, pair, node)
    return replace(lib.tuple_item(cx, pair, 1, node), type=type_)


def raise_outcome(cx: Context, pair: Expr, node: ast.AST) -> None:
    """Raise the exception of an outcome, if there is one."""
    raise_if_any(cx, lib.tuple_item(cx, pair, 0, node), node)


def raise_if_any(cx: Context, failure: Expr, node: ast.AST) -> None:
    """Raise an exception that may be None."""
    span = cx.span(node)
    fine = Prim(op="exc.is_absent", args=(failure,), type=BOOL, span=span)
    before = cx.state.copy()
    with cx.capture() as failing:
        cx.emit(Raise(exc=replace(failure, type=ExcT(None)), span=span))
    cx.state = before
    cx.emit(If(test=fine, then=(), orelse=tuple(failing), span=span))


def all_results(cx: Context, outcomes: Expr, type_: Type, node: ast.AST) -> Expr:
    """The list of the values of outcomes: the first exception in their order is raised."""
    span = cx.span(node)
    item = Var(name=cx.names.fresh("outcome"), type=lib.item_type(outcomes.type), span=span)
    with cx.capture() as body:
        raise_outcome(cx, item, node)
    label = cx.names.fresh("loop")
    cx.emit(ForEach(label=label, name=item.name, seq=outcomes, body=tuple(body), orelse=(), span=span))
    name = cx.names.fresh("outcome")
    value = replace(lib.tuple_item(cx, replace(item, name=name), 1, node), type=type_)
    return ListComp(name=name, seq=outcomes, cond=None, body=value, type=ListT(type_), span=span)


# Effects


def perform(cx: Context, stmt: Stmt) -> None:
    """Add an effect of branches; it is no code of the program that would not let go of the event loop."""
    hold, cx.hold = cx.hold, None
    cx.emit(stmt)
    cx.hold = hold


def perform_fork(
    cx: Context,
    bodies: Sequence[tuple[Suite, Type]],
    node: ast.AST,
    rest: Rest,
    retry: tuple[RetryRule, ...] = (),
) -> list[Expr]:
    """Run branches at the same time; the value of each."""
    type_ = TupleT(tuple(t for _, t in bodies))
    target = cx.names.fresh("branches")
    effect = Fork(branches=tuple(body for body, _ in bodies), retry=retry, result=type_, rest=rest)
    perform(cx, Perform(effect=effect, target=target, span=cx.span(node)))
    note_results(cx, target, type_, effect.branches)
    if any(t == NEVER for _, t in bodies):
        cx.state.reachable = False
    whole = Var(name=target, type=type_, span=cx.span(node))
    return [lib.tuple_item(cx, whole, index, node) for index in range(len(bodies))]


def fan_out(
    cx: Context, item: Var, seq: Expr, body: Suite, result: Type, span: Span, rest: Rest, limit: Expr | None
) -> Var:
    """Run a body for each item at the same time; the list of what it returns."""
    body, limit = limited(cx, body, limit)
    target = cx.names.fresh("results")
    effect = FanOut(name=item.name, seq=seq, body=body, max_concurrency=limit, retry=(), result=result, rest=rest)
    perform(cx, Perform(effect=effect, target=target, span=span))
    note_results(cx, target, result, (body,))
    return Var(name=target, type=result, span=span)


def limited(cx: Context, body: Suite, limit: Expr | None) -> tuple[Suite, Expr | None]:
    """The body of iterations without the semaphore that all their effects stand in, and its limit."""
    found = {number for number, _, _ in semaphores_in(body)}
    if limit is None and len(found) == 1:
        (number,) = found
        if limits_all(body, number):
            return without_semaphore(body, number), cx.semaphores[number]
    return body, limit


def item_of(cx: Context, seq: Expr, node: ast.AST) -> Var:
    """A fresh variable for the items of a list."""
    return Var(name=cx.names.fresh("item"), type=lib.item_type(seq.type), span=cx.span(node))


def parts_to(cx: Context, whole: Var, names: Sequence[tuple[str, Span | None]]) -> list[Stmt]:
    """Assignments of the items of a tuple to variables."""
    return [
        Assign(name=name, value=lib.part_of(cx, whole, index), span=span) for index, (name, span) in enumerate(names)
    ]


# parallel and with_options


def call_parallel(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`parallel(f, g, ...)`: functions without parameters in threads; the failure that comes first is raised."""
    from pysfnc.frontend.calls.lower_call import call_value

    if given.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, "`parallel` takes functions only, no options")
    bodies: list[tuple[Suite, Type]] = []
    for index, function in enumerate(given.positional):
        place = given.node_of(index, node)
        if not isinstance(function, Static):
            if not is_poison(function):
                cx.error(codes.TYPE_MISMATCH, place, "`parallel` takes functions without parameters, not data")
            return poison(cx.span(node))
        assert isinstance(place, ast.expr)
        bodies.append(lower_branch(cx, _calling(cx, call_value, function, place), place))
    if not bodies:
        return lib.make_list(cx, [], node)
    return lib.make_list(cx, perform_fork(cx, bodies, node, "finish"), node)


def _calling(
    cx: Context, call: Callable[[Context, Value, Arguments, ast.expr], Value], function: Value, node: ast.expr
) -> Callable[[], Value]:
    return lambda: call(cx, function, NO_ARGUMENTS, node)


def retried_as_a_whole(cx: Context, callee: Configured, given: Arguments, node: ast.expr) -> Value:
    """`with_options(helper, retry=...)(args)`: the helper runs in a branch of its own, which is tried again when it fails."""
    from pysfnc.frontend.calls.lower_call import call_value

    options = callee.options
    if options.timeout_s is not None or options.heartbeat_s is not None:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`timeout` and `heartbeat` have no meaning for a function that becomes part of the machine",
            help="write instead: the function marked `@task`, or `retry` only",
        )
    if not options.retry:
        return call_value(cx, callee.target, given, node)
    fixed = evaluated(cx, given)
    awaiting, cx.awaiting = cx.awaiting, False

    def run() -> Value:
        cx.awaiting = awaiting
        return call_value(cx, callee.target, fixed, node)

    body = lower_branch(cx, run, node)
    return perform_fork(cx, [body], node, "stop", options.retry)[0]
