"""Whether a function changes what it is given: a careful guess from its text, for functions that may go to Lambda.

A value that goes to Lambda is copied, so a change of a parameter would be lost. Owns the search; everything that may hold a parameter, or a
part of it, by plain assignment or as a loop variable counts as the parameter.
"""

import ast
from collections.abc import Iterable, Sequence

from pysfnc.frontend.program.model import FunctionBinding, FunctionInfo, ModuleInfo, ProjectModel
from pysfnc.frontend.program.names import resolve
from pysfnc.frontend.program.scope import all_arguments, target_names
from pysfnc.library.rows.registry import find_change
from pysfnc.values.types import Kind

_OTHERS = frozenset(
    {"add", "discard", "appendleft", "popleft", "extendleft", "rotate", "subtract", "move_to_end", "popitem"}
)


def changed_parameter(
    model: ProjectModel, info: FunctionInfo, above: frozenset[FunctionInfo] = frozenset()
) -> str | None:
    """The first parameter that the function may change in place, None when it changes none."""
    holders: dict[str, str] = {arg.arg: arg.arg for arg in all_arguments(info.node.args)}
    nodes = [node for stmt in info.node.body for node in ast.walk(stmt)]
    for _ in range(3):
        for node in nodes:
            _spread(node, holders)
    for node in nodes:
        found = _changed(node, holders) or _passed_on(model, info.module, node, holders, above | {info})
        if found is not None:
            return found
    return None


def changes_a_part(model: ProjectModel, module: ModuleInfo, names: Iterable[str], nodes: Sequence[ast.AST]) -> bool:
    """Whether some code may change in place what one of these variables holds."""
    holders = {name: name for name in names}
    for _ in range(3):
        for node in nodes:
            _spread(node, holders)
    return any(
        _changed(node, holders) is not None or _passed_on(model, module, node, holders, frozenset()) is not None
        for node in nodes
    )


def _spread(node: ast.AST, holders: dict[str, str]) -> None:
    """Names that may hold a parameter or a part of one."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _give(target, _holder(value, holders), holders)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            _give(target, _holder(value, holders), holders)
        case ast.For(target=target, iter=iterable) | ast.comprehension(target=target, iter=iterable):
            _give(target, _holder(iterable, holders), holders)
        case _:
            pass


def _give(target: ast.expr, parameter: str | None, holders: dict[str, str]) -> None:
    if parameter is not None:
        for name in target_names(target):
            holders.setdefault(name, parameter)


def _holder(node: ast.expr, holders: dict[str, str]) -> str | None:
    """The parameter that an expression may give, or give a part of."""
    match node:
        case ast.Name(id=name):
            return holders.get(name)
        case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.Starred(value=value):
            return _holder(value, holders)
        case ast.Call(func=ast.Attribute(value=value, attr="items" | "values" | "get" | "pop" | "setdefault")):
            return _holder(value, holders)
        case ast.Call(func=ast.Name(id="enumerate" | "zip" | "reversed" | "sorted" | "list" | "filter"), args=args):
            return next((found for arg in args if (found := _holder(arg, holders)) is not None), None)
        case ast.IfExp(body=body, orelse=orelse):
            return _holder(body, holders) or _holder(orelse, holders)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            return next((found for value in values if (found := _holder(value, holders)) is not None), None)
        case _:
            return None


def _changed(node: ast.AST, holders: dict[str, str]) -> str | None:
    match node:
        case (
            ast.Subscript(value=value, ctx=ast.Store() | ast.Del())
            | ast.Attribute(value=value, ctx=ast.Store() | ast.Del())
        ):
            return _holder(value, holders)
        case ast.AugAssign(target=ast.Name(id=name)):
            return holders.get(name)
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if _is_change(method):
            return _holder(value, holders)
        case _:
            return None


def _is_change(method: str) -> bool:
    return method in _OTHERS or any(find_change(kind, method) is not None for kind in Kind)


def _passed_on(
    model: ProjectModel, module: ModuleInfo, node: ast.AST, holders: dict[str, str], above: frozenset[FunctionInfo]
) -> str | None:
    """A parameter given to another function of the project that changes its parameters."""
    if not isinstance(node, ast.Call):
        return None
    binding = resolve(model, module, node.func)
    if not isinstance(binding, FunctionBinding) or binding.function in above:
        return None
    parts = [*node.args, *(keyword.value for keyword in node.keywords)]
    held = [found for part in parts if (found := _holder(part, holders)) is not None]
    if held and changed_parameter(model, binding.function, above) is not None:
        return held[0]
    return None
