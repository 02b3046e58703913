"""Conditions: truth of a value, `and`, `or`, `not`, comparison chains and conditional expressions, with what each way learns.

Owns the states behind a condition (which variables have which types when it holds and when not) and the evaluation of parts only when they are
reached. What a single test tells about a variable is `narrow`.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.frontend.aws.aws_values import Condition
from pysfnc.frontend.aws.condition_values import as_condition
from pysfnc.frontend.aws.lower_conditions import negated_condition
from pysfnc.frontend.concurrency.future_tables import KeyedCoroutines, KeyedFutures, keys_of_table
from pysfnc.frontend.concurrency.future_values import Future, FutureSet
from pysfnc.frontend.concurrency.lower_futures import is_among
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, expression, is_poison, lower_expr, lower_in_order, lower_value
from pysfnc.frontend.core.lower_shared import note_shared
from pysfnc.frontend.core.lower_state import State, join_states
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.core.narrow import narrowed
from pysfnc.frontend.data.lower_key_views import compared_views
from pysfnc.frontend.data.lower_uuids import compared_uuids
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Logic, Var
from pysfnc.ir.hir import Assign, Eval, If, Stmt
from pysfnc.lean import dataclass
from pysfnc.library.operators.truth import has_own_truth
from pysfnc.library.rows.typenames import type_beside
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, INT, NONE, Type


@dataclass(frozen=True, slots=True)
class Test:
    """A condition as a bool, and what is known where it holds and where it does not."""

    expr: Expr
    when_true: State
    when_false: State


def lower_test(cx: Context, node: ast.expr) -> Test:
    """Lower a condition. The state of `cx` is left as it was when the condition had been evaluated; go on from one of the two."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = lower_test(cx, operand)
            return Test(lib.negate(cx, inner.expr, node), inner.when_false, inner.when_true)
        case ast.BoolOp(op=op, values=values):
            return _bool_test(cx, isinstance(op, ast.And), values, node)
        case _:
            value = lower_value(cx, node)
            return _settled(cx, node, lib.truth(cx, value, node))


def _settled(cx: Context, node: ast.expr, test: Expr) -> Test:
    """The states behind a test that was lowered as an expression."""
    test = lib.truth(cx, test, node)
    base = cx.state
    if isinstance(test, Const) and test.type == BOOL:
        dead = State(reachable=False)
        return Test(test, base if test.value else dead, dead if test.value else base)
    return Test(test, narrowed(cx, node, base, True), narrowed(cx, node, base, False))


def _bool_test(cx: Context, is_and: bool, values: list[ast.expr], node: ast.expr) -> Test:
    """`a and b and ...` as a condition: each part is evaluated where the ones before did not decide."""
    first = lower_test(cx, values[0])
    for value in values[1:]:
        first = _then(cx, is_and, first, value, node)
    return first


def _then(cx: Context, is_and: bool, left: Test, right: ast.expr, node: ast.expr) -> Test:
    go_on, decided = (left.when_true, left.when_false) if is_and else (left.when_false, left.when_true)
    if not go_on.reachable:
        cx.state = decided
        return left
    cx.state = go_on.copy()
    with cx.capture() as own:
        other = lower_test(cx, right)
        after = cx.state
    cx.state = join_states([decided, after])
    # Later stages do not know that a variable set in here is read only where this part was evaluated.
    unset = [name for name, fact in after.facts.items() if name not in decided.facts and fact.static is None]
    expr = _combine(cx, is_and, left.expr, own, other.expr, node, after.reachable, unset)
    if is_and:
        return Test(expr, other.when_true, join_states([decided, other.when_false]))
    return Test(expr, join_states([decided, other.when_true]), other.when_false)


def _combine(
    cx: Context,
    is_and: bool,
    left: Expr,
    own: list[Stmt],
    right: Expr,
    node: ast.expr,
    ends: bool,
    unset: Sequence[str] = (),
) -> Expr:
    if isinstance(left, Const) and left.type == BOOL and left.value is is_and:
        cx.out.extend(own)
        return right
    if not own:
        return Logic(op="and" if is_and else "or", left=left, right=right, type=BOOL, span=cx.span(node))
    name = cx.names.fresh("test")
    span = cx.span(node)
    go_on = (*own, Assign(name=name, value=right, span=span)) if ends else tuple(own)
    none = Const(value=None, type=NONE, span=span)
    decided = (
        Assign(name=name, value=Const(value=not is_and, type=BOOL, span=span), span=span),
        *(Assign(name=other, value=none, span=span) for other in unset),
    )
    cx.out.append(If(test=left, then=go_on if is_and else decided, orelse=decided if is_and else go_on, span=span))
    return Var(name=name, type=BOOL, span=span)


@expression(ast.BoolOp)
def lower_bool_op(cx: Context, node: ast.BoolOp) -> Value:
    """`and`/`or` with Python's value: the operand that decided."""
    is_and = isinstance(node.op, ast.And)
    value = lower_expr(cx, node.values[0])
    before = node.values[0]
    for operand in node.values[1:]:
        value = _bool_value(cx, is_and, value, before, operand, node)
        before = operand
    return value


def _bool_value(
    cx: Context, is_and: bool, left: Expr, left_node: ast.expr, right_node: ast.expr, node: ast.BoolOp
) -> Expr:
    if is_poison(left):
        lower_value(cx, right_node)
        return left
    if has_own_truth(left.type):
        return _by_own_truth(cx, is_and, left, (left_node, right_node), node)
    before = cx.state
    test = lib.truth(cx, left if isinstance(left, Var | Const) else _stand_in(left), node)
    if isinstance(test, Const) and test.type == BOOL and bool(test.value) != is_and:
        return left
    cx.state = narrowed(cx, left_node, before, is_and)
    if not cx.state.reachable:
        cx.state = before
        return left
    with cx.capture() as own:
        right = lower_expr(cx, right_node)
    ends = cx.is_alive()
    cx.state = join_states([before, cx.state])
    kept_type = lib.kept_by_truth(left.type, not is_and)
    type_ = join(kept_type, type_beside(right, kept_type))
    span = cx.span(node)
    if own:
        name = cx.names.fresh("value")
        cx.out.append(Assign(name=name, value=left, span=span))
        var = Var(name=name, type=left.type, span=left.span)
        test = lib.truth(cx, var, node)
        go_on: tuple[Stmt, ...] = (*own, Assign(name=name, value=right, span=span)) if ends else tuple(own)
        cx.out.append(If(test=test, then=go_on if is_and else (), orelse=() if is_and else go_on, span=span))
        note_shared(cx, name, type_, (left, right))
        return Var(name=name, type=type_, span=span)
    if left.type == BOOL and right.type == BOOL:
        return Logic(op="and" if is_and else "or", left=left, right=right, type=BOOL, span=span)
    return _choose(cx, is_and, left, right, kept_type, node)


def _by_own_truth(cx: Context, is_and: bool, left: Expr, nodes: tuple[ast.expr, ast.expr], node: ast.BoolOp) -> Expr:
    """`left and right` where code of the class of `left` decides: it runs before the right operand is evaluated."""
    held = cx.atom(left, "value")
    test = cx.atom(lib.truth(cx, held, node), "test")
    if is_poison(test):
        lower_value(cx, nodes[1])
        return test
    decided = replace(held, type=lib.kept_by_truth(left.type, not is_and))
    states = [narrowed(cx, nodes[0], cx.state, truth) for truth in (True, False)]
    ways: list[Callable[[], Value]] = [lambda: lower_value(cx, nodes[1]), lambda: decided]
    then, orelse = ways if is_and else reversed(ways)
    return as_data(cx, lower_either(cx, Test(test, *states), then, orelse, node), node)


def _stand_in(value: Expr) -> Var:
    """A variable of the value's type, to ask for the truth of the value without writing it twice."""
    return Var(name="%asked", type=value.type, span=value.span)


def _choose(cx: Context, is_and: bool, left: Expr, right: Expr, kept: Type, node: ast.expr) -> Expr:
    span = cx.span(node)
    type_ = join(kept, type_beside(right, kept))
    name = None
    atom: Expr = left
    if not isinstance(left, Var | Const):
        name = cx.names.fresh("value")
        atom = Var(name=name, type=left.type, span=left.span)
    test = lib.truth(cx, atom, node)
    held = Var(name=atom.name, type=kept, span=atom.span) if isinstance(atom, Var) else atom
    body = Cond(test=test, then=right if is_and else held, orelse=held if is_and else right, type=type_, span=span)
    return body if name is None else Let(name=name, value=left, body=body, type=type_, span=span)


@expression(ast.UnaryOp)
def lower_unary(cx: Context, node: ast.UnaryOp) -> Value:
    """`not x` and the arithmetic signs."""
    if isinstance(node.op, ast.Not):
        test = lower_test(cx, node.operand)
        return lib.negate(cx, test.expr, node)
    operand = as_condition(cx, lower_value(cx, node.operand))
    if isinstance(operand, Condition) and isinstance(node.op, ast.Invert):
        return negated_condition(operand)
    return lib.unary(cx, _SIGNS[type(node.op)], as_data(cx, operand, node.operand), node)


_SIGNS: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}


@expression(ast.IfExp)
def lower_conditional(cx: Context, node: ast.IfExp) -> Value:
    """`a if test else b`."""
    test = lower_test(cx, node.test)
    return lower_either(cx, test, lambda: lower_value(cx, node.body), lambda: lower_value(cx, node.orelse), node)


def lower_either(
    cx: Context, test: Test, then: Callable[[], Value], orelse: Callable[[], Value], node: ast.AST
) -> Value:
    """One of two values, each evaluated only when it is the one."""
    cx.observe(test.expr)
    if not test.when_false.reachable or not test.when_true.reachable:
        taken, state = (then, test.when_true) if test.when_true.reachable else (orelse, test.when_false)
        # What decides is evaluated though nothing hangs on it, as it may raise.
        if not isinstance(test.expr, Const | Var):
            cx.emit(Eval(value=test.expr, span=cx.span(node)))
        cx.state = state.copy()
        return taken()
    cx.state = test.when_true.copy()
    with cx.capture() as own_then:
        first = then()
    after_then = cx.state
    cx.state = test.when_false.copy()
    with cx.capture() as own_else:
        second = orelse()
    live = after_then.reachable, cx.state.reachable
    cx.state = join_states([after_then, cx.state])
    if isinstance(first, Static) and first == second and not own_then and not own_else:
        return first
    if (isinstance(first, Static) or isinstance(second, Static)) and live == (True, True):
        picked = _choice(cx, test.expr, (first, own_then), (second, own_else), node)
        if picked is not None:
            return picked
    one, other = as_data(cx, first, node), as_data(cx, second, node)
    span = cx.span(node)
    type_ = join(type_beside(one, other.type), type_beside(other, one.type))
    if not own_then and not own_else:
        return Cond(test=test.expr, then=one, orelse=other, type=type_, span=span)
    name = cx.names.fresh("value")
    cx.out.append(
        If(
            test=test.expr,
            then=(*own_then, *((Assign(name=name, value=one, span=span),) if live[0] else ())),
            orelse=(*own_else, *((Assign(name=name, value=other, span=span),) if live[1] else ())),
            span=span,
        )
    )
    note_shared(cx, name, type_, (one, other))
    return Var(name=name, type=type_, span=span)


def _choice(
    cx: Context, test: Expr, one: tuple[Value, list[Stmt]], other: tuple[Value, list[Stmt]], node: ast.AST
) -> Value | None:
    """One of two functions, each made where it is the one; None where one is something else that is no data."""
    from pysfnc.frontend.calls.lower_choices import chosen, is_option

    if not (is_option(one[0]) and is_option(other[0])) or one[1] or other[1]:
        return None
    numbers = [Const(value=index, type=INT, span=cx.span(node)) for index in (0, 1)]
    index = Cond(test=test, then=numbers[0], orelse=numbers[1], type=INT, span=cx.span(node))
    return chosen(cx, (one[0], other[0]), cx.atom(index, "choice"), node)


@expression(ast.Compare)
def lower_compare(cx: Context, node: ast.Compare) -> Value:
    """A comparison or a chain of them; the operands between are evaluated once, those behind a false one not at all."""
    first, second = lower_in_order(
        cx, [lambda: lower_value(cx, node.left), lambda: lower_value(cx, node.comparators[0])]
    )
    if isinstance(first, Future) and isinstance(second, FutureSet) and isinstance(node.ops[0], ast.In | ast.NotIn):
        found = is_among(cx, first, second, node)
        return found if isinstance(node.ops[0], ast.In) else lib.negate(cx, found, node)
    if isinstance(second, KeyedFutures | KeyedCoroutines) and isinstance(node.ops[0], ast.In | ast.NotIn):
        second = keys_of_table(second)
    if len(node.ops) == 1:
        first, second = compared_views(cx, *compared_uuids(first, second), node)
        return lib.compare(cx, node.ops[0], first, second, node)
    left, middle = as_data(cx, first, node.left), as_data(cx, second, node.comparators[0])
    return _chain(cx, node, 0, left, middle)


def _chain(cx: Context, node: ast.Compare, index: int, left: Expr, right: Expr) -> Expr:
    """`left op right and right op ...`, from operator number `index` on."""
    if index == len(node.ops) - 1:
        return lib.compare(cx, node.ops[index], left, right, node)
    # The operand between is used twice, and the left one comes before it.
    bound: list[tuple[str, Expr]] = []
    left, right = _named(cx, left, bound), _named(cx, right, bound)
    test = lib.compare(cx, node.ops[index], left, right, node)
    state = cx.state.copy()
    with cx.capture() as own:
        following = lower_expr(cx, node.comparators[index + 1])
        rest = _chain(cx, node, index + 1, right, following)
    ends = cx.is_alive()
    cx.state = join_states([state, cx.state])
    if own:
        for name, value in bound:
            cx.out.append(Assign(name=name, value=value, span=value.span))
        return _combine(cx, True, test, own, rest, node, ends)
    made: Expr = Logic(op="and", left=test, right=rest, type=BOOL, span=cx.span(node))
    for name, value in reversed(bound):
        made = Let(name=name, value=value, body=made, type=BOOL, span=cx.span(node))
    return made


def _named(cx: Context, value: Expr, bound: list[tuple[str, Expr]]) -> Expr:
    if isinstance(value, Var | Const):
        return value
    name = cx.names.fresh("operand")
    bound.append((name, value))
    return Var(name=name, type=value.type, span=value.span)
