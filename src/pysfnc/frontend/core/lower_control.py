"""Simple statements and `if`: expression statements, `return`, `assert`, `pass`, nested functions, declarations.

Owns what they do to the flow of control. Loops are `lower_loops`, exceptions `lower_try`.
"""

import ast

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.joined_choices import joined_choices
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_body, lower_suite, lower_value, statement
from pysfnc.frontend.core.lower_expr import make_closure
from pysfnc.frontend.core.lower_flow import MACHINE_RETURN
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_names import bind_name, bind_static, owned_variable, value_of_binding
from pysfnc.frontend.core.lower_state import Fact, join_states, unreachable
from pysfnc.frontend.core.lower_test import Test, lower_test
from pysfnc.frontend.core.lower_travels import travelling
from pysfnc.frontend.core.lower_values import Coroutine, Static, Value
from pysfnc.frontend.core.lower_views import view_of
from pysfnc.frontend.core.whole import check_whole
from pysfnc.frontend.program.changes import CHANGING_METHODS
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Assign, Eval, If, Leave, Raise, Return
from pysfnc.values.types import INT, NONE


@statement(ast.Pass)
def lower_pass(_cx: Context, _node: ast.Pass) -> None:
    """`pass`."""


@statement(ast.Expr)
def lower_expression_statement(cx: Context, node: ast.Expr) -> None:
    """An expression evaluated for its effects and exceptions; a docstring."""
    if isinstance(node.value, ast.Constant):
        return
    chosen = _chosen_receiver(node)
    if chosen is not None:
        lower_if(cx, chosen)
        return
    value = lower_value(cx, node.value)
    if isinstance(value, Coroutine):
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            node,
            "the coroutine is never awaited, so the function does not run",
            help="write instead: `await` before the call",
        )
    elif not isinstance(value, Static):
        evaluate(cx, value)


def _chosen_receiver(node: ast.Expr) -> ast.If | None:
    """`(xs if test else ys).append(x)` as an `if` with a call in each branch: it changes one of two places."""
    match node.value:
        case ast.Call(func=ast.Attribute(value=ast.IfExp() as choice, attr=name) as func) as call if (
            name in CHANGING_METHODS
        ):
            branches = [
                ast.copy_location(
                    ast.Call(
                        func=ast.copy_location(ast.Attribute(value=receiver, attr=name, ctx=func.ctx), func),
                        args=call.args,
                        keywords=call.keywords,
                    ),
                    call,
                )
                for receiver in (choice.body, choice.orelse)
            ]
            then, orelse = (ast.copy_location(ast.Expr(value=branch), node) for branch in branches)
            return ast.copy_location(ast.If(test=choice.test, body=[then], orelse=[orelse]), node)
        case _:
            return None


def evaluate(cx: Context, value: Expr) -> None:
    """Evaluate data for the exception it may raise."""
    if not isinstance(value, Const | Var):
        cx.emit(Eval(value=value, span=value.span))


@statement(ast.If)
def lower_if(cx: Context, node: ast.If) -> None:
    """`if`/`elif`/`else`."""
    from pysfnc.frontend.concurrency.lower_batches import lower_with_batches
    from pysfnc.frontend.concurrency.lower_sometimes import may_add_tasks

    if may_add_tasks(node):
        lower_with_batches(cx, node, lambda: _lower_if(cx, node))
    else:
        _lower_if(cx, node)


def _lower_if(cx: Context, node: ast.If) -> None:
    test = lower_test(cx, node.test)
    cx.observe(test.expr)
    if isinstance(test.expr, Const) and not is_poison(test.expr):
        cx.state = (test.when_true if test.expr.value else test.when_false).copy()
        for stmt in lower_suite(cx, node.body if test.expr.value else node.orelse):
            cx.out.append(stmt)
        return
    if test.when_true.reachable != test.when_false.reachable:
        _evaluate_test(cx, test, node.test)
        cx.state = (test.when_true if test.when_true.reachable else test.when_false).copy()
        cx.out.extend(lower_suite(cx, node.body if test.when_true.reachable else node.orelse))
        return
    cx.state = test.when_true.copy()
    then = lower_suite(cx, node.body)
    after_then = cx.state
    cx.state = test.when_false.copy()
    is_elif = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
    cx.depth -= is_elif  # a chain of `elif` is long, not deep
    orelse = lower_suite(cx, node.orelse)
    cx.depth += is_elif
    chosen_then, chosen_else = joined_choices(cx, after_then, cx.state, node)
    then, orelse = (*then, *chosen_then), (*orelse, *chosen_else)
    cx.state = join_states([after_then, cx.state])
    if then or orelse:
        cx.out.append(If(test=test.expr, then=then, orelse=orelse, span=cx.span(node)))
    elif not isinstance(test.expr, Const | Var):
        cx.out.append(Eval(value=test.expr, span=cx.span(node.test)))


@statement(ast.Return)
def lower_return(cx: Context, node: ast.Return) -> None:
    """`return`: out of the machine or branch, or behind the body of a helper written in place."""
    late = function_frame(cx).late.get(node)
    if late is not None:
        lower_body(cx, late.parts)
        cx.emit(Leave(label=late.label, span=cx.span(node)))
        cx.flow.jump(late.label)
        return
    value: Value = (
        Const(value=None, type=NONE, span=cx.span(node)) if node.value is None else lower_value(cx, node.value)
    )
    if isinstance(value, Static) and function_frame(cx).exit_label is not None:
        from pysfnc.frontend.concurrency.lower_groups import close_returned

        close_returned(cx, node)
    leave_function(cx, value, node)


def leave_function(cx: Context, value: Value, node: ast.AST) -> None:
    """Return a value from the function at hand."""
    frame = function_frame(cx)
    if not cx.state.reachable:
        return
    frame.returned.append(value)
    if frame.exit_label is None:
        data = as_data(cx, value, node)
        if cx.flow.region == 0:
            check_whole(cx, data, node)
            data = travelling(cx, data, f"{cx.workflow.qualname}() result" if cx.workflow else "result", "", node)
        frame.result_types.append(data.type)
        cx.emit(Return(value=data, span=cx.span(node)))
        cx.flow.jump(MACHINE_RETURN)
        return
    assert frame.result is not None
    if isinstance(value, Static):
        # Which of several functions it is, in case others are returned elsewhere.
        number = Const(value=len(frame.returned) - 1, type=INT, span=cx.span(node))
        cx.emit(Assign(name=frame.result, value=number, span=cx.span(node)))
    else:
        data = as_data(cx, value, node)
        frame.result_types.append(data.type)
        view = view_of(cx, data)
        cx.emit(Assign(name=frame.result, value=data, span=cx.span(node)))
        cx.state.put(frame.result, Fact(data.type, view=view))
    cx.emit(Leave(label=frame.exit_label, span=cx.span(node)))
    cx.flow.jump(frame.exit_label)


def function_frame(cx: Context) -> Frame:
    """The frame of the function or branch around the present point."""
    frame = cx.frame
    while frame.kind == "comprehension":
        assert frame.parent is not None
        frame = frame.parent
    return frame


@statement(ast.Assert)
def lower_assert(cx: Context, node: ast.Assert) -> None:
    """`assert test, message`: the message is evaluated only when the test fails."""
    test = lower_test(cx, node.test)
    cx.observe(test.expr)
    cx.state = test.when_false.copy()
    with cx.capture() as failing:
        args = [] if node.msg is None else [as_data(cx, lower_value(cx, node.msg), node.msg)]
        made = lib.new_exception(cx, "AssertionError", args, node)
        cx.emit(Raise(exc=made, span=cx.span(node)))
    cx.state = test.when_true.copy() if test.when_true.reachable else unreachable()
    if isinstance(test.expr, Const) and not is_poison(test.expr):
        cx.out.extend([] if test.expr.value else failing)
        return
    if test.when_true.reachable != test.when_false.reachable:
        _evaluate_test(cx, test, node.test)
        cx.out.extend([] if test.when_true.reachable else failing)
        return
    cx.out.append(If(test=test.expr, then=(), orelse=tuple(failing), span=cx.span(node)))


def _evaluate_test(cx: Context, test: Test, node: ast.expr) -> None:
    """Evaluate a test that what is known of the types decides, although it is none that is the same for all values."""
    if not isinstance(test.expr, Const | Var):
        cx.out.append(Eval(value=test.expr, span=cx.span(node)))


@statement(ast.FunctionDef, ast.AsyncFunctionDef)
def lower_function_def(cx: Context, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """A nested function; its body is lowered where it is called."""
    if node.decorator_list:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            node.decorator_list[0],
            "a decorated function inside a function has no compiled form",
            help="write instead: the function at the top of the module",
        )
    variable = owned_variable(cx, node.name, node, "rebound")
    if variable is not None:
        bind_static(cx, variable, make_closure(cx, node, node.name), node)


@statement(ast.Global, ast.Nonlocal)
def lower_declaration(_cx: Context, _node: ast.Global | ast.Nonlocal) -> None:
    """`global` and `nonlocal` say where names belong, which their scope knows; assignments are checked where they stand."""


@statement(ast.Import, ast.ImportFrom)
def lower_import(cx: Context, node: ast.Import | ast.ImportFrom) -> None:
    """An import inside a function binds what the same import at the top of the module would bind."""
    for alias in node.names:
        value = cx.project.imported(cx.frame.module, node, alias)
        name = alias.asname or alias.name.partition(".")[0]
        if value is None or alias.name == "*":
            cx.error(
                codes.UNSUPPORTED_STATEMENT,
                node,
                "this import inside a function has no compiled form",
                help="write instead: the import at the top of the module",
            )
            continue
        bind_name(cx, name, value_of_binding(cx, value, name, node), node)
