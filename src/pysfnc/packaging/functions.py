"""Which Lambda functions are deployed for the functions of a program.

One for all of them, since the handler dispatches: one environment warms up for every task, and there is one thing to
deploy. Functions part only where AWS has no other place for what they ask: another memory size, another role, a name
of their own. The time limit is no reason: the state has its own `TimeoutSeconds`, and the Lambda function's limit only
ends what the machine has given up already, so it is the largest of its members plus a margin, or Lambda's maximum.

Every deployed function has all environment variables of the zip, since the handler imports all its modules.
"""

import re
from collections.abc import Sequence
from typing import Final

from pysfnc.packaging.errors import PackagingFailed
from pysfnc.packaging.model import DEFAULT_MEMORY_MB, MAX_TIMEOUT_S, DeployedFunction, FunctionSpec

TIMEOUT_MARGIN_S: Final = 10  # the state's timeout must strike first: its error is the one the program knows

_Group = tuple[str | None, int, str | None]


def deployed_functions(specs: Sequence[FunctionSpec], project: str) -> tuple[DeployedFunction, ...]:
    """The Lambda functions that `specs` need, the common one first.

    Args:
        project: name of the program (the stem of its file), from which placeholders are made.

    Raises:
        PackagingFailed: functions with the same name of their own ask for different things.
    """
    groups: dict[_Group, list[FunctionSpec]] = {}
    for spec in sorted(specs, key=lambda spec: spec.name):
        group = (spec.deployed_name, spec.memory_mb or DEFAULT_MEMORY_MB, spec.role)
        groups.setdefault(group, []).append(spec)
    _check_names([name for name, _, _ in groups if name is not None])
    environment = tuple(sorted({name for spec in specs for name in spec.environment}))
    taken: set[str] = set()
    return tuple(
        _deployed(group, members, _placeholder(project, group, taken), environment)
        for group, members in sorted(groups.items(), key=lambda item: _order(item[0]))
    )


def placeholders(deployed: Sequence[DeployedFunction]) -> dict[str, str]:
    """Registered id -> placeholder of the Lambda function that runs it."""
    return {name: function.placeholder for function in deployed for name in function.registered}


def function_id(module: str, qualname: str, entry_module: str) -> str:
    """The id to register a function under: short for the entry module, since every payload carries it."""
    return qualname if module == entry_module else f"{module}.{qualname}"


def _deployed(
    group: _Group, members: Sequence[FunctionSpec], placeholder: str, environment: tuple[str, ...]
) -> DeployedFunction:
    name, memory_mb, role = group
    limits = [MAX_TIMEOUT_S if spec.timeout_s is None else spec.timeout_s + TIMEOUT_MARGIN_S for spec in members]
    return DeployedFunction(
        placeholder=placeholder,
        registered=tuple(spec.name for spec in members),
        memory_mb=memory_mb,
        timeout_s=min(max(limits), MAX_TIMEOUT_S),
        environment=environment,
        name=name,
        role=role,
    )


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise PackagingFailed(f"functions named {name!r} ask for different memory or roles")


def _order(group: _Group) -> tuple[bool, str, int, str]:
    name, memory_mb, role = group
    return group != (None, DEFAULT_MEMORY_MB, None), name or "", memory_mb, role or ""


def _placeholder(project: str, group: _Group, taken: set[str]) -> str:
    name, memory_mb, role = group
    text = _camel(name) if name else _camel(project) or "App"
    if memory_mb != DEFAULT_MEMORY_MB and not name:
        text += f"Memory{memory_mb}"
    if role is not None and not name:
        text += f"Role{_camel(role.rpartition('/')[2])}"
    candidate, number = f"{text}FunctionArn", 2
    while candidate in taken:
        candidate, number = f"{text}{number}FunctionArn", number + 1
    taken.add(candidate)
    return candidate


def _camel(text: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", text)
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return f"F{joined}" if joined[:1].isdigit() else joined
