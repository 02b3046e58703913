"""Whether a function changes a class of the project, so that later calls see it: such a function cannot run in Lambda.

Owns the search through the functions and classes that it names, directly or through others. What code of the machine changes is refused
where it is lowered.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from pysfnc.frontend.program.changes import CHANGING_METHODS
from pysfnc.frontend.program.model import (
    Binding,
    ClassBinding,
    ClassInfo,
    FunctionBinding,
    FunctionInfo,
    ModuleBinding,
    ProjectModel,
)
from pysfnc.frontend.program.names import member

_DISPLAYS: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)


def changed_class(model: ProjectModel, function: FunctionInfo) -> str | None:
    """The name of the first class found that the function, or what it names, changes; None when it changes none."""
    reached = list(_reached(model, function))
    shared = {name: one.name for one in reached if isinstance(one, ClassInfo) for name in _shared_constants(one)}
    return next((found for one in reached for found in _changes(model, one, shared)), None)


def _reached(model: ProjectModel, function: FunctionInfo) -> Iterator[FunctionInfo | ClassInfo]:
    todo: list[FunctionInfo | ClassInfo] = [function]
    seen: set[FunctionInfo | ClassInfo] = {function}
    while todo:
        current = todo.pop()
        yield current
        for node in ast.walk(current.node):
            found = _named(model, current, node)
            one = (
                found.function
                if isinstance(found, FunctionBinding)
                else found.info
                if isinstance(found, ClassBinding)
                else None
            )
            if one is not None and one not in seen:
                seen.add(one)
                todo.append(one)


def _named(model: ProjectModel, where: FunctionInfo | ClassInfo, node: ast.AST) -> Binding | None:
    """What a name, or an attribute of a module of the project, means."""
    match node:
        case ast.Name(id=name):
            return where.module.names.get(name)
        case ast.Attribute(value=ast.Name(id=base), attr=name):
            module = where.module.names.get(base)
            return member(model, module, name) if isinstance(module, ModuleBinding) else None
        case _:
            return None


def _shared_constants(info: ClassInfo) -> Iterator[str]:
    """The attributes of a class that hold an object which all its objects share: no method sets one of its own."""
    own = {
        part.attr for part in ast.walk(info.node) if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
    }
    for statement in info.node.body:
        if isinstance(statement, ast.AnnAssign) and info.node.decorator_list:
            continue  # a field of a dataclass, of which each object has its own
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, _DISPLAYS):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (one.id for one in targets if isinstance(one, ast.Name) and one.id not in own)


def _changes(model: ProjectModel, where: FunctionInfo | ClassInfo, shared: Mapping[str, str]) -> Iterator[str]:
    """The classes that the code of a function or class changes itself; `shared` are the classes of objects that hang on them."""
    classes = _class_names(model, where)
    for node in ast.walk(where.node):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                changed: ast.expr = node.value
            case ast.Call(func=ast.Attribute(value=receiver, attr=method)) if method in CHANGING_METHODS:
                changed = receiver
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[receiver, *_]):
                changed = receiver
            case _:
                continue
        path: ast.expr = changed
        while True:
            found = _class_of(model, where, path, classes)
            if found is None and isinstance(path, ast.Attribute):
                found = shared.get(path.attr)
            if found is not None:
                yield found
                break
            if not isinstance(path, ast.Attribute | ast.Subscript):
                break
            path = path.value


def _class_names(model: ProjectModel, where: FunctionInfo | ClassInfo) -> dict[str, str]:
    """Names in the code that stand for a class: `cls` of class methods, and variables that get one."""
    found: dict[str, str] = {}
    for node in ast.walk(where.node):
        match node:
            case ast.FunctionDef(args=ast.arguments(args=[first, *_]), decorator_list=decorators) if any(
                isinstance(one, ast.Name) and one.id == "classmethod" for one in decorators
            ):
                found[first.arg] = where.name if isinstance(where, ClassInfo) else first.arg
            case ast.Assign(targets=targets, value=value):
                held = _class_of(model, where, value, found)
                found |= {one.id: held for one in targets if held is not None and isinstance(one, ast.Name)}
    return found


def _class_of(
    model: ProjectModel, where: FunctionInfo | ClassInfo, node: ast.expr, names: Mapping[str, str]
) -> str | None:
    """The name of the class that an expression stands for, None where it is no class."""
    match node:
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.Call(func=ast.Name(id="type"), args=[_]) | ast.Attribute(attr="__class__"):
            return where.name if isinstance(where, ClassInfo) else ast.unparse(node)
        case _:
            found = _named(model, where, node)
            return found.info.name if isinstance(found, ClassBinding) else None
