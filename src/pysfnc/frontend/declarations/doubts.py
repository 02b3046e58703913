"""Parameters whose class a function asks for itself: their annotations say what is wished, not what comes.

`def mean(series: list)` that begins with `if not isinstance(series, list): raise ...` expects other values, so a check of the machine in front
of it would take away its answer. Owns the question whether a function, or a helper that it hands the parameter to, asks.
"""

import ast

from pysfnc.frontend.declarations.records import ancestry
from pysfnc.frontend.program.model import ClassInfo, FunctionBinding, ModuleInfo, ProjectModel
from pysfnc.frontend.program.names import resolve
from pysfnc.frontend.program.scope import FunctionNode

_ASKING = frozenset({"isinstance", "type", "hasattr", "callable", "issubclass"})


def doubts(model: ProjectModel, module: ModuleInfo, node: FunctionNode, name: str) -> bool:
    """Whether a function asks for the class of what its parameter `name` holds."""
    return _asks(model, module, node, name, set())


def class_doubts(model: ProjectModel, info: ClassInfo, name: str) -> bool:
    """Whether a class, or one that it is derived from, asks for the class of what its attribute `name` holds."""
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in _ASKING
        and any(isinstance(argument, ast.Attribute) and argument.attr == name for argument in call.args)
        for one in ancestry(model, info)
        for call in ast.walk(one.node)
    )


def _asks(
    model: ProjectModel, module: ModuleInfo, node: FunctionNode, name: str, seen: set[tuple[ast.AST, str]]
) -> bool:
    if (node, name) in seen:
        return False
    seen.add((node, name))
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        at = next((index for index, argument in enumerate(call.args) if _is_named(argument, name)), None)
        if at is None:
            continue
        if call.func.id in _ASKING:
            return True
        target = resolve(model, module, call.func)
        if isinstance(target, FunctionBinding):
            taken = [*target.function.node.args.posonlyargs, *target.function.node.args.args]
            if at < len(taken) and _asks(model, target.function.module, target.function.node, taken[at].arg, seen):
                return True
    return False


def _is_named(argument: ast.expr, name: str) -> bool:
    return isinstance(argument, ast.Name) and argument.id == name
