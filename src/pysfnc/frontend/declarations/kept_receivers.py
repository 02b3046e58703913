"""Methods that are looked up before they are called, `actions = {"put": stock.put, "move": stock.move}`: whether their object stays in its variable.

Where it does, the method works on the variable, so that its changes are seen there. Elsewhere it holds a copy of its own.
"""

import ast

from pysfnc.frontend.calls.held_displays import escapes_from
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_frame import lookup_frame

__all__ = ["stays_in_variable"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def stays_in_variable(cx: Context, node: ast.Attribute) -> bool:
    """Whether a variable holds the same object as long as the method that is looked up on it can be called."""
    if not isinstance(node.value, ast.Name):
        return False
    name = node.value.id
    owner = lookup_frame(cx.frame, name)
    if owner is None or owner is not cx.frame or not isinstance(owner.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    scope = owner.scope
    if name in scope.rebound_params or name in scope.rebound_inside:
        return False
    if name in scope.params:
        # The variable is one of the caller, who may give it another object once this function has come to its end.
        return _stays_inside(cx, owner.node, node)
    return _is_bound_once(owner.node, name)


def _is_bound_once(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether one statement, outside of any loop, gives the name its value."""
    stores = [part for part in ast.walk(function) if isinstance(part, ast.Name) and part.id == name]
    stores = [part for part in stores if not isinstance(part.ctx, ast.Load)]
    return len(stores) == 1 and any(
        isinstance(stmt, ast.Assign | ast.AnnAssign)
        and any(target is stores[0] for target in (stmt.targets if isinstance(stmt, ast.Assign) else [stmt.target]))
        for stmt in function.body
    )


def _stays_inside(cx: Context, function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.Attribute) -> bool:
    """Whether the method stays in a local variable that is only read, and in no function inside; or is picked and called at once."""
    for part in ast.walk(function):
        match part:
            case ast.Assign(targets=[ast.Name(id=kept)], value=value) if _contains(value, node):
                inside = (f for f in ast.walk(function) if isinstance(f, _FUNCTIONS) and f is not function)
                used = any(isinstance(use, ast.Name) and use.id == kept for f in inside for use in ast.walk(f))
                return not used and kept not in escapes_from(cx, function)
            case ast.Call(func=ast.Subscript(value=ast.Dict() | ast.List() | ast.Tuple() as display)) if _contains(
                display, node
            ):
                return True
    return False


def _contains(outer: ast.AST, node: ast.AST) -> bool:
    """Whether an expression is a node, or a display that holds it."""
    match outer:
        case ast.Dict(values=items) | ast.List(elts=items) | ast.Tuple(elts=items):
            return any(item is node or _contains(item, node) for item in items)
    return outer is node
