"""Random programs of the language, valid by construction: types, scopes and bounds on loops.

`generate(seed)` gives the source of a program with one or two workflows, of which the first is `main`, and inputs for that. Each program uses a
random subset of the features, so that rare combinations come up. Nothing in a program depends on time, order of sets or chance, and tasks
are pure functions.
"""

import itertools
from dataclasses import dataclass, replace
from typing import Any

from tests.differential import changes, matching, raising, records, rows, rows_containers, statements, together
from tests.differential.kinds import (
    Function,
    Kind,
    Variable,
    annotation,
    is_shared_safely,
    literal,
    value,
)
from tests.differential.program import Place, Program, indented
from tests.differential.raising import raised
from tests.differential.templates import expression

__all__ = ["Generated", "generate"]

MODULES = (changes, matching, raising, records, rows, rows_containers, statements, together)
"""They register what they can write."""

Params = tuple[tuple[str, Kind], ...]


@dataclass(frozen=True)
class Generated:
    """A program with inputs for its workflow `main`."""

    source: str
    inputs: tuple[dict[str, Any], ...]


def generate(seed: int, inputs: int = 3) -> Generated:
    """The program of a seed."""
    program = Program(seed)
    parts = [_head(program)]
    if "records" in program.features:
        parts += [records.declared(program) for _ in range(program.rng.randint(1, 2))]
    if "exceptions" in program.features:
        parts.append(_classes(program))
    if "constants" in program.features:
        parts.append(_constants(program))
    if "tasks" in program.features:
        parts += [_task(program) for _ in range(program.rng.randint(1, 3))]
    if "helpers" in program.features:
        parts += [_helper(program) for _ in range(program.rng.randint(1, 3))]
    params = tuple((program.name("p"), program.kind()) for _ in range(program.rng.choice((0, 1, 2, 2, 3, 3, 4))))
    optional = program.rng.randrange(len(params) + 1) if params else 0
    parts.append(_workflow(program, "main", params, optional, program.rng.randint(4, 22)))
    if program.rng.random() < 0.05:
        others = tuple((program.name("p"), program.kind()) for _ in range(2))
        parts.append(_workflow(program, "other", others, 0, program.rng.randint(2, 6)))
    values = tuple(_input(program, params, optional) for _ in range(inputs))
    return Generated("\n\n".join(parts) + "\n", values)


def _head(program: Program) -> str:
    lines = ["import asyncio"] if program.is_async else []
    lines += ["import json", "import math", "import time"]
    if "pool" in program.features:
        lines.append("from concurrent.futures import ThreadPoolExecutor")
    if "records" in program.features:
        lines.append("from dataclasses import dataclass")
    lines.append("from typing import Any")
    return "\n".join((*lines, "", "from pysfnc import Fail, Retry, parallel, task, with_options, workflow"))


def _classes(program: Program) -> str:
    lines = []
    for _ in range(program.rng.randint(1, 3)):
        base = program.rng.choice(("Exception", "ValueError", "KeyError", *program.errors))
        name = program.name("Error")
        lines.append(f"class {name}({base}):\n    pass")
        program.errors.append(name)
    return "\n\n".join(lines)


def _constants(program: Program) -> str:
    lines = []
    for _ in range(program.rng.randint(1, 3)):
        kind = program.kind(nested=False)
        name = program.name("CONSTANT_")
        lines.append(f"{name} = {_constant(program, kind)}")
        known = ("optional", "json")
        if kind not in known and not (isinstance(kind, tuple) and kind[0] in known):
            program.constants.append(Variable(name, kind, rebind=False, change=False))
    return "\n".join(lines)


def _constant(program: Program, kind: Kind) -> str:
    match kind:
        case ("list", inner):
            return f"[{', '.join(_constant(program, inner) for _ in range(program.rng.randint(1, 3)))}]"
        case ("dict", inner):
            return "{" + ", ".join(f'"{key}": {_constant(program, inner)}' for key in ("a", "key")) + "}"
        case ("tuple", *inner):
            return f"({', '.join(_constant(program, part) for part in inner)})"
        case _:
            return literal(program.rng, kind)


def _params(program: Program) -> tuple[Params, int, int]:
    """Parameters, how many of the last have defaults, and how many of the last must be named."""
    params = tuple((program.name("a"), program.kind(nested=False)) for _ in range(program.rng.randint(1, 3)))
    optional = 0
    while optional < len(params) and _has_literal(params[-1 - optional][1]) and program.rng.random() < 0.25:
        optional += 1
    keyword_only = (
        program.rng.randint(1, len(params)) if "keywords" in program.features and program.rng.random() < 0.2 else 0
    )
    return params, optional, keyword_only


def _has_literal(kind: Kind) -> bool:
    return is_shared_safely(kind) and not (isinstance(kind, tuple) and kind[0] == "tuple")


def _signature(program: Program, params: Params, optional: int, keyword_only: int, *, typed: bool = True) -> str:
    shown = []
    for index, (name, kind) in enumerate(params):
        if index == len(params) - keyword_only:
            shown.append("*")
        default = literal(program.rng, kind) if index >= len(params) - optional else ""
        text = f"{name}: {annotation(kind)}" if typed else name
        shown.append(text + (f"{' = ' if typed else '='}{default}" if default else ""))
    return ", ".join(shown)


def _task(program: Program) -> str:
    params, optional, keyword_only = _params(program)
    raises = "exceptions" in program.features and program.rng.random() < 0.4
    result = program.kind(nested=False)
    name = program.name("task")
    scope = program.scope(params, change=False, calls=False, safe=True)
    start = "async def" if program.is_async else "def"
    lines = [
        f"@task{_options(program) if raises else ''}",
        f"{start} {name}({_signature(program, params, optional, keyword_only)}) -> {annotation(result)}:",
    ]
    if raises:
        lines += [f"    if {expression(scope, 'bool', 2)}:", f"        {raised(program, scope)}"]
    lines.append(f"    return {expression(scope, result, 2)}")
    made = Function(name, params, result, raises, optional, keyword_only, is_task=True, is_async=program.is_async)
    program.functions.append(made)
    if raises and "options" in program.features and program.rng.random() < 0.3:
        again = program.name("again")
        lines += ["", f"{again} = with_options({name}, retry={_retry(program)})"]
        program.functions.append(replace(made, name=again))
    return "\n".join(lines)


def _options(program: Program) -> str:
    if "options" not in program.features or program.rng.random() < 0.4:
        return ""
    rules = [_retry(program) for _ in range(program.rng.randint(1, 2))]
    return f"(retry={rules[0] if len(rules) == 1 else '[' + ', '.join(rules) + ']'})"


def _retry(program: Program) -> str:
    classes = program.rng.sample((*program.errors, "Exception", "ValueError", "LookupError"), program.rng.randint(1, 2))
    return f"Retry(on=({', '.join(classes)},), max_attempts={program.rng.randint(1, 2)}, interval={program.rng.randint(1, 5)})"


def _helper(program: Program) -> str:
    params, optional, keyword_only = _params(program)
    result = program.kind(nested=False)
    name = program.name("helper")
    raises = program.rng.random() < 0.5
    scope = program.scope(params, change=False, calls="helper_tasks" in program.features, safe=not raises)
    # A parameter that holds nothing shared may be rebound.
    scope.variables = [
        Variable(v.name, v.kind, rebind=v not in program.constants and is_shared_safely(v.kind), change=False)
        if v not in program.constants
        else v
        for v in scope.variables
    ]
    program.budget = program.rng.randint(1, 5)
    body = program.block(scope, Place(2, result=result))
    last = f"    return {expression(scope, result, 2)}"
    program.functions.append(Function(name, params, result, raises, optional, keyword_only))
    typed = "untyped" not in program.features or program.rng.random() < 0.5
    note = f" -> {annotation(result)}" if typed else ""
    signature = f"def {name}({_signature(program, params, optional, keyword_only, typed=typed)}){note}:"
    return "\n".join((signature, *indented(body), last))


def _workflow(program: Program, name: str, params: Params, optional: int, budget: int) -> str:
    signature = []
    for index, (param, kind) in enumerate(params):
        default = f" = {literal(program.rng, kind)}" if _has_default(kind, index, params, optional) else ""
        signature.append((f"{param}: {annotation(kind)}" if kind != "json" else param, default))
    # A parameter without a default cannot follow one with a default; keyword-only parameters can.
    star = "*, " if any(d and not e for (_, d), (_, e) in itertools.pairwise(signature)) else ""
    shown = star + ", ".join(text + default for text, default in signature)
    scope = program.scope(params, change=True)
    program.budget = budget
    place = Place(3, result="dict" if "returns" in program.features else None, whole=True)
    body = program.block(scope, place, whole=True)
    head = f"@workflow\n{'async ' if program.is_async else ''}def {name}({shown}):"
    return "\n".join((head, *indented(body), f"    return {program.everything(scope)}"))


def _has_default(kind: Kind, index: int, params: Params, optional: int) -> bool:
    return _has_literal(kind) and index >= len(params) - optional


def _input(program: Program, params: Params, optional: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for index, (name, kind) in enumerate(params):
        if program.rng.random() < (0.3 if _has_default(kind, index, params, optional) else 0.01):
            continue
        made[name] = value(program.rng, kind)
    if program.rng.random() < 0.05:
        made["surplus"] = 1
    return made
