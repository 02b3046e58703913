"""What goes into the zip of a compiled program."""

from pathlib import Path
from typing import TYPE_CHECKING

from pysfnc.packaging import BuildPlan, Target
from pysfnc.packaging.requirements import find_requirements

if TYPE_CHECKING:
    from pysfnc.driver import CompileResult

__all__ = ["build_plan"]


def build_plan(result: "CompileResult", target: Target) -> BuildPlan:
    """Return what goes into the zip: the project's modules, the registered functions and the requirements."""
    root = project_root(result)
    modules = {}
    for name, path in result.program.modules:
        file = Path(path)
        is_package = file.name == "__init__.py" and name.rpartition(".")[2] != "__init__"
        modules[name.replace(".", "/") + ("/__init__.py" if is_package else ".py")] = file
    return BuildPlan(root, modules, result.functions, find_requirements(root), target)


def project_root(result: "CompileResult") -> Path:
    """Return the folder from which the program's modules are imported."""
    entry = Path(result.source.path).resolve()
    for name, path in result.program.modules:
        if Path(path).resolve() == entry:
            depth = name.count(".") + (entry.name == "__init__.py")
            return entry.parents[depth]
    return entry.parent
