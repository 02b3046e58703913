"""`with contextlib.suppress(...)` and `with contextlib.nullcontext(...)`, written as the statements that they stand for.

Hands objects of the program's own classes on to `lower_own_contexts`.
"""

import ast

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Table
from pysfnc.frontend.blocks.exit_stacks import entering, without_stack
from pysfnc.frontend.blocks.lower_generated_contexts import is_generated_context, lower_generated_context
from pysfnc.frontend.blocks.lower_own_contexts import lower_own_context
from pysfnc.frontend.core.lower_context import Context, Trial
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import lower_body, lower_stmt, lower_value
from pysfnc.frontend.core.lower_values import BuiltinFunction, External, ProjectClass, ProjectFunction, StaticMethod

_SUPPRESS = "contextlib.suppress"
_NULL = "contextlib.nullcontext"


def lower_contexts(cx: Context, node: ast.With) -> bool:
    """Lower a `with` of which the first manager is one of these, and whose other managers are inside of it; False for any other."""
    first, *rest = node.items
    made = first.context_expr
    if isinstance(made, ast.IfExp) and all(isinstance(way, ast.Call) for way in _ways(made)):
        lower_stmt(cx, _decided(made, first, rest, node))
        return True
    body: list[ast.stmt] = [ast.copy_location(ast.With(items=rest, body=node.body), node)] if rest else node.body
    callee = None
    if isinstance(made, ast.Call) and isinstance(made.func, ast.Name | ast.Attribute):
        # A method is looked up where it is called.
        trial = Trial(cx)
        callee = lower_value(cx, made.func)
        trial.discard()
    if isinstance(callee, BuiltinFunction):
        return False
    if isinstance(callee, ProjectFunction) and is_generated_context(cx, callee):
        lower_generated_context(cx, callee, first, body, node)
        return True
    if isinstance(made, ast.Call) and isinstance(callee, StaticMethod) and isinstance(callee.receiver, Table):
        from pysfnc.frontend.aws.lower_batch_writer import lower_batch_writer

        callee = lower_value(cx, made.func)
        if isinstance(callee, StaticMethod) and isinstance(callee.receiver, Table):
            lower_batch_writer(cx, callee.receiver, first, made, body, node)
        return True
    if isinstance(callee, ProjectClass) and _is_stack(callee) and isinstance(made, ast.Call) and not made.args:
        inside = without_stack(function_frame(cx).node or node, first, body)
        if inside is not None:
            lower_body(cx, inside)
            return True
        entered = entering(first, body)
        if entered is not None:
            cx.error(
                codes.UNSUPPORTED_CALL,
                entered,
                "`enter_context` has a compiled form only in statements of their own, one after the other in the body of the `with`",
                help="write instead: `with` of each of the contexts",
            )
            return True
    if not (isinstance(made, ast.Call) and isinstance(callee, External)):
        return lower_own_context(cx, first, body, node)
    if callee.name not in (_SUPPRESS, _NULL):
        return False
    if callee.name == _NULL:
        _nothing(cx, first, made, body)
    else:
        _suppressed(cx, first, made, body, node)
    return True


def _ways(made: ast.expr) -> list[ast.expr]:
    """The managers of which a conditional expression gives one."""
    return [*_ways(made.body), *_ways(made.orelse)] if isinstance(made, ast.IfExp) else [made]


def _decided(made: ast.IfExp, first: ast.withitem, rest: list[ast.withitem], node: ast.With) -> ast.If:
    """`with (a() if x else b()): ...` as a `with` on each side of an `if`: which manager it is decides how it is written."""

    def one(manager: ast.expr) -> list[ast.stmt]:
        item = ast.withitem(context_expr=manager, optional_vars=first.optional_vars)
        return [ast.copy_location(ast.With(items=[item, *rest], body=node.body), node)]

    return ast.copy_location(ast.If(test=made.test, body=one(made.body), orelse=one(made.orelse)), node)


def _is_stack(callee: ProjectClass) -> bool:
    return callee.info.module.name == "pysfnc.library.written.contexts" and callee.info.name == "ExitStack"


def _bound(item: ast.withitem, value: ast.expr) -> list[ast.stmt]:
    if item.optional_vars is None:
        return []
    return [ast.copy_location(ast.Assign(targets=[item.optional_vars], value=value), value)]


def _nothing(cx: Context, item: ast.withitem, made: ast.Call, body: list[ast.stmt]) -> None:
    """`nullcontext(value) as name`: the name is the value."""
    values = [*made.args, *(keyword.value for keyword in made.keywords)]
    if len(values) > 1 or any(keyword.arg != "enter_result" for keyword in made.keywords):
        cx.error(codes.TYPE_MISMATCH, made, "`nullcontext()` takes one value")
        return
    value = values[0] if values else ast.copy_location(ast.Constant(value=None), made)
    bound = _bound(item, value) or [ast.copy_location(ast.Expr(value=value), value)]
    lower_body(cx, [*bound, *body])


def _suppressed(cx: Context, item: ast.withitem, made: ast.Call, body: list[ast.stmt], node: ast.With) -> None:
    """`suppress(A, B)`: a `try` whose handler does nothing."""
    if made.keywords or any(isinstance(arg, ast.Starred) for arg in made.args):
        cx.error(
            codes.UNSUPPORTED_CALL, made, "`suppress()` has a compiled form only with classes that are written out"
        )
        return
    if any(isinstance(part, ast.AsyncWith) for stmt in body for part in ast.walk(stmt)):
        # Since Python 3.12 it takes the groups of a task group apart.
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            made,
            "`suppress()` around an `async with` has no compiled form",
            help="write instead: `try` and `except`",
        )
        return
    bound = _bound(item, ast.copy_location(ast.Constant(value=None), made))
    # The name is bound outside of what is suppressed.
    lower_body(cx, bound)
    if not made.args:
        lower_body(cx, body)
        return
    classes = (
        made.args[0] if len(made.args) == 1 else ast.copy_location(ast.Tuple(elts=made.args, ctx=ast.Load()), made)
    )
    nothing = ast.copy_location(ast.Pass(), made)
    handler = ast.copy_location(ast.ExceptHandler(type=classes, name=None, body=[nothing]), made)
    tried = ast.Try(body=body, handlers=[handler], orelse=[], finalbody=[])
    lower_stmt(cx, ast.copy_location(tried, node))
