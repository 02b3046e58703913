"""What calls say of their arguments: `show(-row["n"])` of a function `def show(n: int)` says that its argument is an int.

Owns the question which annotation the value of an argument meets. What follows for its parts is for `said_ints`.
"""

import ast
from collections.abc import Iterator

from pysfnc.frontend.declarations.doubts import class_doubts, doubts
from pysfnc.frontend.declarations.records import ancestry
from pysfnc.frontend.program.model import ClassBinding, ClassInfo, FunctionBinding, ModuleInfo, ProjectModel
from pysfnc.frontend.program.names import resolve
from pysfnc.lean import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_HELPERS = frozenset({"inline", "plain"})


@dataclass(frozen=True, slots=True)
class Met:
    """An argument, and the annotation in `module` of the parameter or field `name` that gets it."""

    argument: ast.expr
    annotation: ast.expr
    module: ModuleInfo
    name: str


@dataclass(frozen=True, slots=True)
class _Taken:
    """A parameter or field that an argument can be given for."""

    name: str
    annotation: ast.expr | None
    module: ModuleInfo


def names_of_functions(module: ModuleInfo) -> frozenset[str]:
    """The names that are bound somewhere inside of the functions of a module, which may hide those of the module."""
    found: set[str] = set()
    for function in (part for part in ast.walk(module.tree) if isinstance(part, _FUNCTIONS)):
        for part in ast.walk(function):
            if part is function:
                continue
            if isinstance(part, ast.arg):
                found.add(part.arg)
            elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                found.add(part.id)
            elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(part.name)
    return frozenset(found)


def arguments_met(
    model: ProjectModel, module: ModuleInfo, call: ast.Call, hidden: frozenset[str], owner: ClassInfo | None
) -> Iterator[Met]:
    """The arguments of a call of a helper, a class, or a method of a name that holds an object of `owner`, with the annotations that they meet."""
    taken = _taken(model, module, call, hidden, owner)
    if taken is None or any(isinstance(part, ast.Starred) for part in call.args):
        return
    by_name = {one.name: one for one in taken}
    given = [*zip(call.args, taken, strict=False)]
    given += [(part.value, by_name[part.arg]) for part in call.keywords if part.arg in by_name]
    for argument, one in given:
        if one.annotation is not None:
            yield Met(argument, one.annotation, one.module, one.name)


def class_called(
    model: ProjectModel, module: ModuleInfo, made: ast.expr | None, hidden: frozenset[str]
) -> ClassInfo | None:
    """The class that an expression makes an object of; None where it does something else."""
    if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Name) or made.func.id in hidden:
        return None
    found = resolve(model, module, made.func)
    return found.info if isinstance(found, ClassBinding) else None


def _taken(
    model: ProjectModel, module: ModuleInfo, call: ast.Call, hidden: frozenset[str], owner: ClassInfo | None
) -> list[_Taken] | None:
    match call.func:
        case ast.Attribute(value=ast.Name(), attr=name) if owner is not None:
            return _of_method(model, owner, name)
        case ast.Name() | ast.Attribute():
            root: ast.expr = call.func
            while isinstance(root, ast.Attribute):
                root = root.value
            if not isinstance(root, ast.Name) or root.id in hidden:
                return None
    match resolve(model, module, call.func):
        case FunctionBinding(function) if function.role in _HELPERS:
            return _of_function(model, function.module, function.node, 0)
        case ClassBinding(info) if not info.is_exception:
            inits = any(
                isinstance(part, ast.FunctionDef) and part.name == "__init__"
                for one in ancestry(model, info)
                for part in one.node.body
            )
            return _of_method(model, info, "__init__") if inits else _of_fields(model, info)
        case _:
            return None


def _of_function(
    model: ProjectModel, module: ModuleInfo, node: ast.FunctionDef | ast.AsyncFunctionDef, left_out: int
) -> list[_Taken]:
    taken = [*node.args.posonlyargs, *node.args.args][left_out:]
    return [
        _Taken(arg.arg, None if doubts(model, module, node, arg.arg) else arg.annotation, module)
        for arg in (*taken, *(() if node.args.vararg else node.args.kwonlyargs))
    ]


def _of_method(model: ProjectModel, info: ClassInfo, name: str) -> list[_Taken] | None:
    """The parameters of a method behind `self`; None where no class of the project has it, or something is around it."""
    for one in ancestry(model, info):
        for part in one.node.body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name == name:
                return None if part.decorator_list else _of_function(model, one.module, part, 1)
    return None


def _of_fields(model: ProjectModel, info: ClassInfo) -> list[_Taken] | None:
    """The fields of a class whose constructor is made of them, as of dataclasses."""
    found: dict[str, _Taken] = {}
    for one in ancestry(model, info)[::-1]:
        for part in one.node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                if isinstance(part.value, ast.Call):
                    # `field(init=False)` takes no argument.
                    return None
                annotation = None if class_doubts(model, info, part.target.id) else part.annotation
                found[part.target.id] = _Taken(part.target.id, annotation, one.module)
    return list(found.values()) or None
