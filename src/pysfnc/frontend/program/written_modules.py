"""The modules of `library.written` as modules of a program: their functions and classes under their names."""

import ast
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.program.model import (
    Binding,
    ClassBinding,
    ClassInfo,
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    FunctionInfo,
    ModuleInfo,
    ProjectModel,
)
from pysfnc.frontend.program.resource_classes import resource_module
from pysfnc.library.written import CLASSES
from pysfnc.source import SourceFile

if TYPE_CHECKING:
    from pysfnc.frontend.core.lower_context import Context, Trial
    from pysfnc.ir.exprs import Expr

PACKAGE: Final = "pysfnc.library.written"


@cache
def written_module(name: str) -> ModuleInfo:
    """A module of `library.written`, with its functions and classes and what it imports as its names."""
    full = f"{PACKAGE}.{name}"
    spec = find_spec(full)
    assert spec is not None and spec.origin is not None, full
    source = SourceFile.read(spec.origin)
    module = ModuleInfo(name=full, source=source, tree=ast.parse(source.text))
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef):
            module.names[node.name] = FunctionBinding(
                FunctionInfo(module=module, qualname=node.name, node=node, role="inline")
            )
        elif isinstance(node, ast.ClassDef):
            info = ClassInfo(module=module, name=node.name, node=node, is_exception=False, plain_exception=False)
            module.names[node.name] = ClassBinding(info)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constant = node.targets[0].id
            module.names[constant] = ConstantBinding(module, node.value, None, constant)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            for alias in node.names:
                module.names[alias.asname or alias.name] = (
                    written_module(origin.removeprefix(f"{PACKAGE}.")).names[alias.name]
                    if origin.startswith(PACKAGE)
                    else ExternalBinding(f"{origin}.{alias.name}")
                )
    return module


def module_named(model: ProjectModel, name: str) -> ModuleInfo:
    """The module of a class: of the project, of `library.written`, or of boto3's resources."""
    if name.startswith(PACKAGE):
        return written_module(name.rpartition(".")[2])
    return resource_module(name) or model.modules[name]


def written_function(module: str, name: str) -> FunctionInfo:
    """A function of a module of `library.written`."""
    binding = written_module(module).names[name]
    assert isinstance(binding, FunctionBinding), name
    return binding.function


def written_class(module: str, name: str) -> ClassInfo:
    """A class of a module of `library.written`."""
    binding = written_module(module).names[name]
    assert isinstance(binding, ClassBinding), name
    return binding.info


def binding_of(full: str) -> Binding:
    """What a name of a module outside of the project means: a class that is written in Python, or whatever the lowering makes of the name."""
    module = CLASSES.get(full)
    return ExternalBinding(full) if module is None else ClassBinding(written_class(module, full.rpartition(".")[2]))


def is_written(info: ClassInfo | FunctionInfo) -> bool:
    """Whether a class or function stands in `library.written`."""
    return info.module.name.startswith(PACKAGE)


def refused_inside(cx: "Context", trial: "Trial", title: str, node: ast.AST) -> "Expr":
    """What failed inside of code that is not the user's, told of the call that led there; what was lowered is taken back."""
    first = next(diagnostic for diagnostic in trial.diagnostics() if diagnostic.is_error)
    trial.discard()
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{title}()` has no compiled form with these arguments: {first.message}",
        help=first.helps or "write instead: a function marked `@task` that calls it",
    )
