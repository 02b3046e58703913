"""The functions of a compiled program that run in Lambda: how the handler registers them and what is deployed for them.

Owns the translation from the compiler's picture (`pysfnc.ir.hir.Program`) to that of packaging, which know nothing of
each other. The driver needs it for the placeholders in a definition, a build for the zip and the manifest.
"""

import math
from collections.abc import Iterable
from pathlib import Path

from pysfnc.ir.hir import Perform, Program, Sleep, Try
from pysfnc.ir.walk import walk_suite
from pysfnc.packaging.functions import deployed_functions
from pysfnc.packaging.model import DeployedFunction, FunctionSpec

__all__ = ["deployed", "function_specs"]


def function_specs(program: Program) -> tuple[FunctionSpec, ...]:
    """Return the functions that the handler registers."""
    known = _known_exceptions(program)
    environment = tuple(variable.name for variable in program.environment if variable.in_lambda)
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


def _known_exceptions(program: Program) -> tuple[str, ...]:
    """The classes by which the machines tell exceptions apart: an exception is reported by the nearest of them, else by its own name.

    Those that catch everything are none of them: their handlers need no name, and the name would hide the exception's own.
    """
    named: set[str] = set()
    for machine in program.machines:
        for stmt in walk_suite(machine.body):
            if isinstance(stmt, Try):
                named.update(name for handler in stmt.handlers for name in handler.classes or ())
            elif isinstance(stmt, Perform) and not isinstance(stmt.effect, Sleep):
                named.update(name for rule in stmt.effect.retry for name in rule.names or ())
    classes = {name for name, _ in program.exceptions.bases}
    known = {below for name in named & classes for below in program.exceptions.descendants(name)}
    return tuple(sorted(known - {"Exception", "BaseException", "Fail"}))
