"""What takes no more items of a comprehension than it needs: `any`, `all` and `next`."""

import ast

from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_test import Test
from pysfnc.frontend.core.lower_values import LazyComprehension, Value
from pysfnc.frontend.loops.lower_comprehension import lazy_source, refuse_step, when
from pysfnc.frontend.loops.lower_each import run_each
from pysfnc.frontend.loops.lower_iterate import Receive, is_unordered
from pysfnc.ir.exprs import Const, Expr, Logic, Reduce, Var
from pysfnc.ir.hir import Break, If, Raise
from pysfnc.values.types import BOOL, NEVER, NONE, Type


def any_or_all(cx: Context, lazy: LazyComprehension, is_any: bool, node: ast.expr) -> Expr:
    """`any(...)` and `all(...)` of a generator: nothing is evaluated behind the item that decides."""
    trial = Trial(cx)
    made = _pure_decision(cx, lazy, is_any, node)
    if made is not None and not trial.out and not trial.failed:
        state = trial.state_before()
        trial.accept()
        cx.state = state
        return made
    trial.discard()
    if is_unordered(lazy.source):
        return refuse_step(cx, node)
    return _decision_by_loop(cx, lazy, is_any, node)


def _pure_decision(cx: Context, lazy: LazyComprehension, is_any: bool, node: ast.expr) -> Expr | None:
    span = cx.span(node)
    name = cx.names.fresh("item")
    if lazy.source.lazy is not None or lazy.source.push is not None:
        return None
    item: Value | None = Var(name=name, type=lib.item_type(lazy.source.items.type), span=span)
    if lazy.source.step is not None and item is not None:
        item = lazy.source.step(cx, item)
    made = None if item is None else lazy.stage.pure(cx, item)
    if made is None or made.flat:
        return None
    if is_unordered(lazy.source) and any(can_raise(e) for e in (made.cond, made.body) if e is not None):
        return None
    acc = Var(name=cx.names.fresh("found"), type=BOOL, span=span)
    test: Expr = lib.truth(cx, made.body, node)
    if made.cond is not None and is_any:
        test = Logic(op="and", left=made.cond, right=test, type=BOOL, span=span)
    elif made.cond is not None:
        test = Logic(op="or", left=lib.negate(cx, made.cond, node), right=test, type=BOOL, span=span)
    body = Logic(op="or" if is_any else "and", left=acc, right=test, type=BOOL, span=span)
    init = Const(value=not is_any, type=BOOL, span=span)
    return Reduce(name=name, seq=lazy.source.items, acc=acc.name, init=init, body=body, type=BOOL, span=span)


def _decision_by_loop(cx: Context, lazy: LazyComprehension, is_any: bool, node: ast.expr) -> Expr:
    span = cx.span(node)
    variable = cx.names.fresh("found")
    bind_variable(cx, variable, Const(value=not is_any, type=BOOL, span=span), span)

    def receive(value: Value) -> None:
        test = lib.truth(cx, value, node)
        when(
            cx,
            Test(test if is_any else lib.negate(cx, test, node), cx.state.copy(), cx.state.copy()),
            lambda: _found(cx, variable, Const(value=is_any, type=BOOL, span=span), node),
            node,
        )

    _run_stoppable(cx, lazy, receive, node)
    return Var(name=variable, type=BOOL, span=span)


def _found(cx: Context, variable: str, value: Expr, node: ast.AST) -> None:
    bind_variable(cx, variable, value, cx.span(node))
    label = function_frame(cx).loops[-1]
    cx.emit(Break(label=label, span=cx.span(node)))
    cx.flow.jump(f"break {label}")


def _run_stoppable(cx: Context, lazy: LazyComprehension, receive: Receive, node: ast.expr) -> None:
    """A loop that `receive` may leave. The items of several `for` come from nested loops, of which a break leaves one only."""
    source = lazy_source(cx, lazy, node)
    if source is not None:
        run_each(cx, source, receive, node)


def first_of(cx: Context, lazy: LazyComprehension, default: Value | None, node: ast.expr) -> Value:
    """`next(generator, default)`: the first item; without a default StopIteration when there is none."""
    span = cx.span(node)
    variable, done = cx.names.fresh("first"), cx.names.fresh("done")
    start: Expr = Const(value=None, type=NONE, span=span) if default is None else as_data(cx, default, node)
    if default is None:
        bind_variable(cx, done, Const(value=False, type=BOOL, span=span), span)
    bind_variable(cx, variable, start, span)
    types: list[Type] = []

    def receive(value: Value) -> None:
        data = as_data(cx, value, node)
        types.append(data.type)
        if default is None:
            bind_variable(cx, done, Const(value=True, type=BOOL, span=span), span)
        _found(cx, variable, data, node)

    _run_stoppable(cx, lazy, receive, node)
    found = cx.state.facts.get(variable)
    if found is None:
        return poison(span)
    if default is not None:
        return Var(name=variable, type=found.type, span=span)
    stop = lib.new_exception(cx, "StopIteration", [], node)
    cx.emit(If(test=Var(name=done, type=BOOL, span=span), then=(), orelse=(Raise(exc=stop, span=span),), span=span))
    return Var(name=variable, type=types[-1] if types else NEVER, span=span)
