"""The functions of a compiled program that run in Lambda: how the handler registers them and what is deployed for them.

Owns the translation from the compiler's picture (`pysfnc.ir.hir.Program`) to that of packaging, which know nothing of
each other. The driver needs it for the placeholders in a definition, a build for the zip and the manifest.
"""

import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pysfnc.ir.exprs import TELLING, Const, Prim
from pysfnc.ir.hir import FanOut, Fork, Perform, Program, Raise, RetryRule, Suite, TaskCall, Try
from pysfnc.ir.walk import effect_suites, stmt_exprs, stmt_suites
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.packaging.functions import deployed_functions
from pysfnc.packaging.model import DeployedFunction, FunctionSpec

__all__ = ["deployed", "function_specs"]


def function_specs(program: Program) -> tuple[FunctionSpec, ...]:
    """Return the functions that the handler registers."""
    expected = _expected_exceptions(program)
    environment = tuple(variable.name for variable in program.environment if variable.in_lambda)
    return tuple(
        FunctionSpec(
            name=task.id,
            module=task.module,
            qualname=task.qualname,
            timeout_s=None if task.timeout_s is None else math.ceil(task.timeout_s),
            memory_mb=task.memory_mb,
            environment=environment,
            known_exceptions=tuple(sorted(expected.get(task.id, ()))),
            as_sent=task.as_sent,
            copies=task.copies,
            consumes=task.consumes,
            role=task.role,
            deployed_name=task.name,
        )
        for task in program.tasks
    )


def deployed(specs: Iterable[FunctionSpec], entry_path: str) -> tuple[DeployedFunction, ...]:
    """Return the Lambda functions to deploy, with the placeholders by which definitions name them."""
    return deployed_functions(tuple(specs), Path(entry_path).stem)


def _expected_exceptions(program: Program) -> dict[str, frozenset[str]]:
    """For each task the classes that handlers and retries around its calls name, with all known classes below them.

    An exception is reported by the nearest of them, else by its own name. Those that catch everything are none of them: their handlers
    need no name, and the name would hide the exception's own.
    """
    named: dict[str, set[str]] = {}
    for machine in program.machines:
        _expect(machine.body, frozenset(), _told_later(machine.body), named)
    classes = {name for name, _ in program.exceptions.bases} - {"Exception", "BaseException", "Fail"}
    below = cache(program.exceptions.descendants)
    covered = {task: {low for name in _asked(names, classes) for low in below(name)} for task, names in named.items()}
    # Names with a dot are those of AWS in a machine; out of Lambda such an error comes by the name of its class.
    return {task: frozenset(name for name in names if "." not in name) for task, names in covered.items()}


def _asked(names: set[str], classes: set[str]) -> set[str]:
    """The classes to report by. `except Fail` is for error names that are no class's, so beside it every class has to be known."""
    return (names & classes) | ({"Exception"} if "Fail" in names else set())


def _told_later(suite: Suite, around: frozenset[str] = frozenset()) -> frozenset[str]:
    """The classes by which exceptions are told that were kept as values: those of handlers around what raises them, and of `isinstance`."""
    found: frozenset[str] = frozenset()
    for stmt in suite:
        if isinstance(stmt, Raise) and getattr(stmt.exc.type, "names", ()) is None:
            found |= around
        for part in (part for expr in stmt_exprs(stmt) for part in walk_expr(expr)):
            if isinstance(part, Prim) and part.op in TELLING:
                found |= {arg.value for arg in part.args if isinstance(arg, Const) and isinstance(arg.value, str)}
        if isinstance(stmt, Try):
            handled = {name for handler in stmt.handlers for name in handler.classes or ()}
            found |= _told_later(stmt.body, around | handled)
            rest = (*(handler.body for handler in stmt.handlers), stmt.orelse, stmt.final)
        else:
            rest = stmt_suites(stmt)
        for inner in rest:
            found |= _told_later(inner, around)
    return found


def _keeps(stmt: Try) -> bool:
    """Whether a handler of everything keeps the exception as a value."""
    return any(handler.classes is None and handler.name is not None for handler in stmt.handlers)


def _expect(suite: Suite, around: frozenset[str], later: frozenset[str], named: dict[str, set[str]]) -> None:
    """Add to `named` what each call of a task stands in.

    `around` are the classes named outside of the suite, `later` those by which exceptions that are kept are told.
    """
    for stmt in suite:
        match stmt:
            case Perform(effect=TaskCall(task=task, retry=retry)):
                named.setdefault(task, set()).update(around, _retried(retry))
            case Perform(effect=Fork(retry=retry) | FanOut(retry=retry) as effect):
                for body in effect_suites(effect):
                    _expect(body, around | _retried(retry), later, named)
            case Try():
                handled = {name for handler in stmt.handlers for name in handler.classes or ()}
                _expect(stmt.body, around | handled | (later if _keeps(stmt) else frozenset()), later, named)
                for part in (*(handler.body for handler in stmt.handlers), stmt.orelse, stmt.final):
                    _expect(part, around, later, named)
            case _:
                for inner in stmt_suites(stmt):
                    _expect(inner, around, later, named)


def _retried(rules: Iterable[RetryRule]) -> frozenset[str]:
    return frozenset(name for rule in rules for name in rule.names or ())
