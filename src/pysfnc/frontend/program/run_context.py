"""Which parts of `pysfnc.context` the functions in Lambda read, so that a machine passes them along.

Owns the search. What a part is called is `library.services.context`.
"""

import ast
from collections.abc import Iterator

from pysfnc.frontend.program.changes import functions_reached_from
from pysfnc.frontend.program.model import (
    ClassBinding,
    ExternalBinding,
    FunctionInfo,
    ModuleBinding,
    ModuleInfo,
    ProjectModel,
)
from pysfnc.frontend.program.names import resolve_through
from pysfnc.library.services.context import FIELDS, ROOT


def context_read_by(model: ProjectModel, function: FunctionInfo) -> tuple[str, ...]:
    """The parts that a function reads, itself, through functions that it names, or through any class of the project."""
    found: set[str] = set()
    for reached in functions_reached_from(model, function):
        found |= _read_in(model, reached.module, reached.node)
    if any(_mentions(module) for module in model.modules.values()):
        for module in model.modules.values():
            for binding in module.names.values():
                if isinstance(binding, ClassBinding) and binding.info.module is module:
                    found |= _read_in(model, module, binding.info.node)
    return tuple(name for name in FIELDS if name in found)


def _mentions(module: ModuleInfo) -> bool:
    return "context" in module.source.text and "pysfnc" in module.source.text


def _read_in(model: ProjectModel, module: ModuleInfo, root: ast.AST) -> set[str]:
    if not _mentions(module):
        return set()
    return set(_fields(model, module, root))


def _fields(model: ProjectModel, module: ModuleInfo, node: ast.AST) -> Iterator[str]:
    """The parts that code reads; all below a part that is not read to its end."""
    name = _dotted(model, module, node)
    if name is not None and (name == ROOT or name.startswith(f"{ROOT}.")):
        if name in FIELDS:
            yield name
        else:
            yield from (field for field in FIELDS if field.startswith(f"{name}."))
        return
    for child in ast.iter_child_nodes(node):
        yield from _fields(model, module, child)


def _dotted(model: ProjectModel, module: ModuleInfo, node: ast.AST) -> str | None:
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    binding = resolve_through(model, module, node)
    if isinstance(binding, ExternalBinding):
        return binding.name
    if binding is None and isinstance(node, ast.Attribute):
        base = _dotted(model, module, node.value)
        return None if base is None else f"{base}.{node.attr}"
    return "pysfnc" if isinstance(binding, ModuleBinding) and binding.name == "pysfnc" else _imported(module, node)


def _imported(module: ModuleInfo, node: ast.Name | ast.Attribute) -> str | None:
    """What an import inside a function calls `pysfnc.context`."""
    if not isinstance(node, ast.Name) or node.id in module.names:
        return None
    for statement in module.index.imports:
        for alias in statement.names:
            if (alias.asname or alias.name) == node.id:
                if isinstance(statement, ast.ImportFrom) and statement.module == "pysfnc" and alias.name == "context":
                    return ROOT
                if isinstance(statement, ast.Import) and alias.name == "pysfnc":
                    return "pysfnc"
    return None
