"""`with` on objects of the program's own classes, written as the `try` that it stands for.

Owns the calls of `__enter__` and `__exit__`: what they are given on each way out of the body, and what `__exit__` may do with it. A traceback has no
compiled form, so that no `__exit__` may look at one.
"""

import ast

from pysfnc.diagnostics import codes
from pysfnc.frontend.classes.own_operators import Own, own_method
from pysfnc.frontend.core.lower_assign import assign
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import is_poison, lower_body, lower_stmt, lower_value
from pysfnc.frontend.core.lower_frame import hidden_variable, lookup_frame
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.program.scope import all_arguments, bound_names, own_nodes, target_names

_LEAVES = (ast.Return, ast.Break, ast.Continue)


def lower_own_context(cx: Context, item: ast.withitem, body: list[ast.stmt], node: ast.With) -> bool:
    """Lower a `with` of one manager that is an object; False, and nothing lowered, for what is none."""
    if not _may_be_object(item.context_expr):
        return False
    value = lower_value(cx, item.context_expr)
    if is_poison(value):
        return True
    enter, leave = own_method(cx, value, "__enter__"), own_method(cx, value, "__exit__")
    if enter is None or leave is None:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            item.context_expr,
            "`with` has a compiled form only for objects of one class of the program that has `__enter__` and `__exit__`",
            help="write instead: a function marked `@task` that uses it",
        )
        return True
    if _is_allowed(cx, leave, item):
        _written(cx, item, value, enter, body, node)
    return True


def _may_be_object(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)


def _is_allowed(cx: Context, leave: Own, item: ast.withitem) -> bool:
    """Whether `__exit__` looks only at what the machine can give it; a message otherwise."""
    record, member = leave
    function = member.node
    if not isinstance(function, ast.FunctionDef):
        cx.error(codes.UNSUPPORTED_STATEMENT, item.context_expr, "an async `__exit__` has no compiled form")
        return False
    positional = [*function.args.posonlyargs, *function.args.args]
    hidden = {arg.arg for arg in positional[3:]} | {arg.arg for arg in (function.args.vararg,) if arg is not None}
    read = {part.id for part in ast.walk(function) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    if hidden & read:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            item.context_expr,
            f"`__exit__` of `{record.info.name}` reads `{min(hidden & read)}`, and a traceback has no compiled form",
            help="write instead: `def __exit__(self, exc_type, exc, traceback)` that looks at the first two only",
        )
        return False
    return True


def _written(cx: Context, item: ast.withitem, value: Value, enter: Own, body: list[ast.stmt], node: ast.With) -> None:
    """The assignment of the manager, `__enter__`, and the body with `__exit__` on its ways out."""
    at, target = item.context_expr, item.optional_vars
    inner = list(body)
    if (
        isinstance(target, ast.Name)
        and not isinstance(at, ast.Name)
        and _gives_itself(enter)
        and _keeps(cx, body, target.id)
    ):
        # The variable of the program is the manager: what the body changes is what `__exit__` sees.
        manager = target.id
        assign(cx, target, value, at)
        lower_body(cx, [ast.copy_location(ast.Expr(value=_call(at, manager, "__enter__", [])), at)])
    else:
        manager = _manager(cx, item, value, body)
        entered = _call(at, manager, "__enter__", [])
        if isinstance(target, ast.Name) or target is None:
            made = ast.Expr(value=entered) if target is None else ast.Assign(targets=[target], value=entered)
            lower_body(cx, [ast.copy_location(made, at)])
        else:
            kept = hidden_variable(cx.frame, "entered", cx.names)
            assigned = ast.Assign(targets=[_name(kept, at, ast.Store())], value=entered)
            lower_body(cx, [ast.copy_location(assigned, at)])
            # Taking it apart belongs to what `__exit__` is told of.
            inner.insert(0, ast.copy_location(ast.Assign(targets=[target], value=_name(kept, at)), at))
    if cx.state.reachable:
        lower_stmt(cx, _guarded(cx, manager, inner, node, at))


def _manager(cx: Context, item: ast.withitem, value: Value, body: list[ast.stmt]) -> str:
    """The variable that holds the manager: the one that the program names, where it holds it to the end."""
    at, target = item.context_expr, item.optional_vars
    if isinstance(at, ast.Name) and _keeps(cx, body, at.id) and (target is None or at.id not in target_names(target)):
        return at.id
    manager = hidden_variable(cx.frame, "manager", cx.names)
    assign(cx, _name(manager, at, ast.Store()), value, at)
    return manager


def _guarded(cx: Context, manager: str, body: list[ast.stmt], node: ast.With, at: ast.expr) -> ast.Try:
    """The body in a `try` that calls `__exit__` once, whichever way control leaves it."""
    exc = hidden_variable(cx.frame, "exception", cx.names)
    kind = ast.copy_location(ast.Call(func=_name("type", at), args=[_name(exc, at)], keywords=[]), at)
    told = _call(at, manager, "__exit__", [kind, _name(exc, at), _none(at)])
    refused = ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=told), at)
    again = ast.copy_location(
        ast.If(test=refused, body=[ast.copy_location(ast.Raise(exc=None, cause=None), at)], orelse=[]), at
    )
    passed = ast.copy_location(ast.Expr(value=_call(at, manager, "__exit__", [_none(at), _none(at), _none(at)])), at)
    handled: list[ast.stmt] = [again]
    base = _name("BaseException", at)
    if not any(isinstance(part, _LEAVES) for stmt in body for part in ast.walk(stmt)):
        handler = ast.copy_location(ast.ExceptHandler(type=base, name=exc, body=handled), at)
        tried = ast.Try(body=body, handlers=[handler], orelse=[passed], finalbody=[])
        return ast.copy_location(tried, node)
    failed = hidden_variable(cx.frame, "failed", cx.names)
    lower_body(cx, [_flag(failed, False, at)])
    handled.insert(0, _flag(failed, True, at))
    handler = ast.copy_location(ast.ExceptHandler(type=base, name=exc, body=handled), at)
    untold = ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=_name(failed, at)), at)
    final = ast.copy_location(ast.If(test=untold, body=[passed], orelse=[]), at)
    return ast.copy_location(ast.Try(body=body, handlers=[handler], orelse=[], finalbody=[final]), node)


def _gives_itself(enter: Own) -> bool:
    """Whether `__enter__` is sure to return the object that it is a method of."""
    function = enter[1].node
    if not isinstance(function, ast.FunctionDef) or not function.args.args or not function.body:
        return False
    this = function.args.args[0].arg
    returns = [part for part in own_nodes(function) if isinstance(part, ast.Return)]
    return (
        isinstance(function.body[-1], ast.Return)
        and all(isinstance(part.value, ast.Name) and part.value.id == this for part in returns)
        and this not in bound_names(function.body)
        and len(all_arguments(function.args)) == 1
    )


def _keeps(cx: Context, body: list[ast.stmt], name: str) -> bool:
    """Whether a variable of this or a surrounding function holds the same object until the end of a body."""
    frame = lookup_frame(cx.frame, name)
    return frame is not None and name not in frame.scope.rebound_inside and name not in bound_names(body)


def _name(name: str, at: ast.AST, ctx: ast.expr_context | None = None) -> ast.Name:
    return ast.copy_location(ast.Name(id=name, ctx=ctx or ast.Load()), at)


def _none(at: ast.AST) -> ast.expr:
    return ast.copy_location(ast.Constant(value=None), at)


def _flag(name: str, value: bool, at: ast.AST) -> ast.stmt:
    constant = ast.copy_location(ast.Constant(value=value), at)
    return ast.copy_location(ast.Assign(targets=[_name(name, at, ast.Store())], value=constant), at)


def _call(at: ast.AST, manager: str, method: str, args: list[ast.expr]) -> ast.Call:
    called = ast.copy_location(ast.Attribute(value=_name(manager, at), attr=method, ctx=ast.Load()), at)
    return ast.copy_location(ast.Call(func=called, args=args, keywords=[]), at)
