"""The functions of a compiled program that run in Lambda: how the handler registers them and what is deployed for them.

Owns the translation from the compiler's picture (`pysfnc.ir.hir.Program`) to that of packaging, which know nothing of
each other. The driver needs it for the placeholders in a definition, a build for the zip and the manifest.
"""

import math
from collections.abc import Iterable
from pathlib import Path

from pysfnc.ir.hir import Program
from pysfnc.packaging.functions import deployed_functions
from pysfnc.packaging.model import DeployedFunction, FunctionSpec

__all__ = ["deployed", "function_specs"]


def function_specs(program: Program, parameters: Iterable[str]) -> tuple[FunctionSpec, ...]:
    """Return the functions that the handler registers; `parameters` are the program's deployment parameters."""
    # The report of an exception names the nearest class that the program knows; these are the names it knows.
    known = tuple(name for name, _ in program.exceptions.bases)
    environment = tuple(sorted(parameters))
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


def deployed(specs: Iterable[FunctionSpec], entry_path: str) -> tuple[DeployedFunction, ...]:
    """Return the Lambda functions to deploy, with the placeholders by which definitions name them."""
    return deployed_functions(tuple(specs), Path(entry_path).stem)
