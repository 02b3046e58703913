"""What the paths in a row of a job (`optimised.Job`) lead to: the arguments of the calls that look at it and stop it, and how it stands.

Whoever runs a job reads the row by these: `run_job` under CPython, and the engine's `.sync` integrations.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pysfnc.aws.optimised import Job


def filled(arguments: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments whose values are where the paths of a row lead; what leads nowhere is left out."""
    found = {name: _value(path, known) for name, path in arguments.items()}
    return {name: value for name, value in found.items() if value is not None and value != [None]}


def at(value: Any, path: str) -> Any:
    """What a dotted path leads to; None where it leads nowhere."""
    for part in filter(None, path.split(".")):
        if isinstance(value, list):
            value = value[int(part)] if len(value) > int(part) else None
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            return None
    return value


def has_bad_exit(description: Any) -> bool:
    """A task of ECS has stopped; it went well if all its containers did."""
    containers = description.get("containers") if isinstance(description, Mapping) else None
    return any(container.get("exitCode") not in (None, 0) for container in containers or ())


def refused(row: "Job", answer: Any) -> str | None:
    """Why the start of a job started nothing, though it was answered; None if it did. "" where that is not said."""
    found = at(answer, row.refusal[1]) if row.refusal is not None else None
    return ", ".join(one["reason"] for one in found if "reason" in one) if found else None


def _value(path: str, known: Mapping[str, Any]) -> Any:
    if path.startswith("["):
        return [at(known, path[1:-1])]
    return path.strip("'") if path.startswith("'") else at(known, path)
