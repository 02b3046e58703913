"""`with ExitStack() as stack`, of which the body does nothing but enter contexts and register callbacks one after the other, as nested statements.

    with ExitStack() as stack:                       with connect(a) as x:
        x = stack.enter_context(connect(a))              try:
        stack.callback(log.append, "end")                    work(x)
        work(x)                                          finally:
                                                             log.append("end")

That is what the stack does with them, also where one of them raises or suppresses what was raised. A stack that is used in another way, as in a
loop, is an object (`library.written.contexts`).
"""

import ast
from collections.abc import Sequence

_PLAIN = (ast.Constant, ast.Name)


def without_stack(function: ast.AST, item: ast.withitem, body: Sequence[ast.stmt]) -> list[ast.stmt] | None:
    """The body of a `with` without its stack; None where the stack is needed. `function`: the code that the names belong to."""
    name = item.optional_vars
    if not isinstance(name, ast.Name):
        return None
    uses = [
        part for part in ast.walk(function) if isinstance(part, ast.Name) and part.id == name.id and part is not name
    ]
    entered = [use for stmt in body if (use := _use(stmt, name.id)) is not None]
    if len(entered) != len(uses) or not entered or not any(map(_needs_this, entered)):
        return None
    return _nested(list(body), name.id)


def entering(item: ast.withitem, body: Sequence[ast.stmt]) -> ast.Call | None:
    """The first call of `enter_context` of the stack; None without one."""
    name = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else ""
    for part in (part for stmt in body for part in ast.walk(stmt)):
        match part:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=given), attr="enter_context")) if given == name:
                return part
    return None


def _use(stmt: ast.stmt, name: str) -> ast.Call | None:
    """The call of a method of the stack that a statement consists of."""
    value = stmt.value if isinstance(stmt, ast.Expr | ast.Assign) else None
    if isinstance(stmt, ast.Assign) and len(stmt.targets) > 1:
        return None
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=given), attr="enter_context"), args=[_], keywords=[]):
            return value if given == name else None
        case ast.Call(func=ast.Attribute(value=ast.Name(id=given), attr="callback"), args=[_, *args], keywords=[]):
            # The arguments are evaluated here, and the function is called later.
            is_plain = isinstance(stmt, ast.Expr) and all(isinstance(arg, _PLAIN) for arg in args)
            return value if given == name and is_plain else None
        case _:
            return None


def _needs_this(call: ast.Call) -> bool:
    """Whether a stack that is an object has no form for a call: for contexts, and functions that are no data."""
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr == "enter_context" or isinstance(call.args[0], ast.Lambda | ast.Attribute)


def _nested(body: list[ast.stmt], name: str) -> list[ast.stmt] | None:
    for index, stmt in enumerate(body):
        call = _use(stmt, name)
        if call is None:
            continue
        rest = _nested(body[index + 1 :], name)
        inner = rest or [ast.copy_location(ast.Pass(), stmt)]
        made = None if rest is None else _around(stmt, call, inner)
        return None if made is None else [*body[:index], ast.copy_location(made, stmt)]
    return body


def _around(stmt: ast.stmt, call: ast.Call, inner: list[ast.stmt]) -> ast.stmt | None:
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "enter_context":
        target = stmt.targets[0] if isinstance(stmt, ast.Assign) else None
        return ast.With(items=[ast.withitem(context_expr=call.args[0], optional_vars=target)], body=inner)
    function, *args = call.args
    if not _stays(function, args, inner):
        return None
    if isinstance(function, ast.Lambda):
        if args or function.args.args or function.args.vararg or function.args.kwarg or function.args.kwonlyargs:
            return None
        called: ast.expr = function.body
    else:
        called = ast.copy_location(ast.Call(func=function, args=args, keywords=[]), call)
    return ast.Try(body=inner, handlers=[], orelse=[], finalbody=[ast.copy_location(ast.Expr(value=called), call)])


def _stays(function: ast.expr, args: list[ast.expr], inner: list[ast.stmt]) -> bool:
    """Whether the names that were read where a callback was registered have the same values where it is called."""
    read = [part for node in args for part in ast.walk(node)]
    if not isinstance(function, ast.Lambda):
        if not isinstance(function, ast.Name) and not (
            isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
        ):
            return False
        read += list(ast.walk(function))
    names = {part.id for part in read if isinstance(part, ast.Name)}
    stored = {
        part.id
        for stmt in inner
        for part in ast.walk(stmt)
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)
    }
    hidden = any(
        isinstance(part, ast.Nonlocal | ast.Global | ast.ExceptHandler | ast.Import)
        for stmt in inner
        for part in ast.walk(stmt)
    )
    return not names & stored and not hidden
