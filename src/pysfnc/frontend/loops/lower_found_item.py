"""`next((row for row in rows if row["id"] == wanted), None)` as the loop that it stands for, of which the place of the row is known.

Changes through the row reach the list then (`lower_views`). Otherwise it is cheaper to filter the list, so that this is for programs which do not
compile without (`Project.own_places`).
"""

import ast

from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_inline import call_closure
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_place import is_local_path
from pysfnc.frontend.core.lower_values import Closure, Value


def found_item(cx: Context, node: ast.expr) -> Value | None:
    """The first item of something that a variable holds for which a test holds, or else a constant; None for any other call of `next`."""
    match node:
        case ast.Call(
            args=[
                ast.GeneratorExp(
                    elt=ast.Name(id=name), generators=[ast.comprehension(target=ast.Name(id=same), ifs=ifs) as each]
                ),
                ast.Constant() as default,
            ],
            keywords=[],
        ) if name == same and not each.is_async and _is_plain(cx, each.iter) and cx.project.own_places:
            pass
        case _:
            return None
    taken: list[ast.stmt] = [ast.Return(value=ast.Name(id=name, ctx=ast.Load()))]
    for test in reversed(ifs):
        taken = [ast.If(test=test, body=taken, orelse=[])]
    loop = ast.For(target=each.target, iter=each.iter, body=taken, orelse=[])
    empty = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    function = ast.FunctionDef(name="next", args=empty, body=[loop, ast.Return(value=default)], decorator_list=[])
    for part in ast.walk(function):
        if isinstance(part, ast.stmt | ast.expr) and not hasattr(part, "lineno"):
            ast.copy_location(part, node)
    return call_closure(cx, Closure(function, cx.frame, function.name, ()), Arguments((), (), ()), node)


def _is_plain(cx: Context, node: ast.expr) -> bool:
    """Whether something may be read once more: a variable or a part of it, or the values of a dict that is one."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="values"), args=[], keywords=[]):
            return is_local_path(cx, value)
        case _:
            return is_local_path(cx, node)
