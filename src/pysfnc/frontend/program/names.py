"""What a name means: lookups in the model, for expressions at module level and for free names of functions.

Owns the rule for dotted names (`config.LIMIT`, `asyncio.gather`) and for builtins. Local names are the business of whoever lowers a function.
"""

import ast
import builtins
from pathlib import Path
from typing import Final

from pysfnc import lang
from pysfnc.frontend.program.model import (
    Binding,
    ConstantBinding,
    ExternalBinding,
    ModuleBinding,
    ModuleInfo,
    ProjectModel,
    UnsupportedBinding,
)
from pysfnc.frontend.program.written_modules import binding_of

_BUILTINS: Final = frozenset(dir(builtins)) - {"__build_class__", "__import__", "__debug__"}
_OF_THE_RUN: Final = frozenset({"__name__", "__file__", "__spec__", "__package__", "__loader__", "__doc__", "__path__"})
_DEREFERENCES_AT_MOST: Final = 20


def lookup(model: ProjectModel, module: ModuleInfo, name: str) -> Binding | None:
    """What a name that is not local means in a module; builtins are `ExternalBinding("builtins.len")`; None when nothing defines it."""
    found = module.names.get(name)
    if found is not None:
        return found
    if module.star_imports:
        return UnsupportedBinding(
            f"`{name}` may come from `from {module.star_imports[0]} import *`", module.tree, module
        )
    if name in _OF_THE_RUN:
        return UnsupportedBinding(f"`{name}` depends on how the file is run", module.tree, module)
    return ExternalBinding(f"builtins.{name}") if name in _BUILTINS and not name.startswith("__") else None


def member(model: ProjectModel, binding: Binding, name: str) -> Binding | None:
    """What `x.name` means for an `x` that is a module; None when the project's module has no such name, or `x` is no module."""
    match binding:
        case ModuleBinding(module_name, None):
            return binding_of(canonical(f"{module_name}.{name}"))
        case ModuleBinding(module_name, ModuleInfo() as info):
            found = info.names.get(name)
            if found is not None:
                return found
            submodule = model.modules.get(f"{module_name}.{name}")
            return ModuleBinding(submodule.name, submodule) if submodule else None
        case ExternalBinding(dotted):
            return binding_of(canonical(f"{dotted}.{name}"))
        case _:
            return None


def resolve(model: ProjectModel, module: ModuleInfo, node: ast.expr) -> Binding | None:
    """What a name or a dotted name written in a module's top level means; None for other expressions and unknown names."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    binding = lookup(model, module, node.id)
    for name in reversed(attributes):
        if binding is None or isinstance(binding, UnsupportedBinding):
            return binding
        binding = member(model, binding, name)
    return binding


def resolve_through(model: ProjectModel, module: ModuleInfo, node: ast.expr) -> Binding | None:
    """Like `resolve`, going on through constants that only give another name to something (`retry = pysfnc.Retry`)."""
    binding = resolve(model, module, node)
    for _ in range(_DEREFERENCES_AT_MOST):
        if not isinstance(binding, ConstantBinding) or not isinstance(binding.value, ast.Name | ast.Attribute):
            return binding
        binding = resolve(model, binding.module, binding.value)
    return None


def exported(name: str) -> bool:
    """Whether `from pysfnc import name` finds something: a name of the language, or a part of the package."""
    folder = Path(lang.__file__).parents[1]
    return name in lang.__all__ or (folder / name).is_dir() or (folder / f"{name}.py").is_file()


def canonical(name: str) -> str:
    """The one spelling of a dotted name: what pysfnc exports is `pysfnc.name` wherever it was imported from."""
    last = name.rpartition(".")[2]
    return f"pysfnc.{last}" if name.startswith("pysfnc.lang.") and last in lang.__all__ else name
