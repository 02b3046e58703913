"""The Lambda functions of a compiled program: what the zip registers, what is deployed, and which files go in."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from pysfnc.packaging import BuildPlan, DeployedFunction, FunctionSpec, Target, deployed_functions, find_requirements

if TYPE_CHECKING:
    from pysfnc.driver import CompileResult

__all__ = ["build_plan", "deployed", "function_specs"]


def function_specs(result: "CompileResult") -> tuple[FunctionSpec, ...]:
    """Return the functions of a program that run in Lambda, as the handler registers them."""
    program = result.program
    # The report of an exception names the nearest class that the program knows; these are the names it knows.
    known = tuple(name for name, _ in program.exceptions.bases)
    environment = tuple(sorted(result.parameters))
    return tuple(
        FunctionSpec(
            name=task.id,
            module=task.module,
            qualname=task.qualname,
            timeout_s=None if task.timeout_s is None else math.ceil(task.timeout_s),
            memory_mb=task.memory_mb,
            environment=environment,
            known_exceptions=known,
            role=task.role,
            deployed_name=task.name,
        )
        for task in program.tasks
    )


def deployed(result: "CompileResult") -> tuple[DeployedFunction, ...]:
    """Return the Lambda functions to deploy, with the placeholders by which definitions name them."""
    return deployed_functions(function_specs(result), Path(result.source.path).stem)


def build_plan(result: "CompileResult", target: Target) -> BuildPlan:
    """Return what goes into the zip: the project's modules, the registered functions and the requirements."""
    root = project_root(result)
    modules = {}
    for name, path in result.program.modules:
        file = Path(path)
        is_package = file.name == "__init__.py" and name.rpartition(".")[2] != "__init__"
        modules[name.replace(".", "/") + ("/__init__.py" if is_package else ".py")] = file
    return BuildPlan(root, modules, function_specs(result), find_requirements(root), target)


def project_root(result: "CompileResult") -> Path:
    """Return the folder from which the program's modules are imported."""
    entry = Path(result.source.path).resolve()
    for name, path in result.program.modules:
        if Path(path).resolve() == entry:
            depth = name.count(".") + (entry.name == "__init__.py")
            return entry.parents[depth]
    return entry.parent
