"""Which error names of ASL stand for exception classes in the Catch of a state.

A Catch compares names exactly. Where a handler asks for what names alone do not tell, the state catches everything and the handler is chosen
behind it.
"""

from collections.abc import Iterable
from typing import Final

from pysfnc.ir.hir import FAMILY, Effect, ErrorReading, ExceptionTable, ServiceCall, TaskCall

QUERY_ERROR: Final = "States.QueryEvaluationError"
ALL_ERRORS: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")


def caught_names(classes: tuple[str, ...] | None, effect: Effect, table: ExceptionTable) -> tuple[str, ...] | None:
    """The error names that a handler of these classes catches from an effect: none if it never fails so, None if names do not tell."""
    if classes is None:
        return (ALL_ERRORS,)
    if isinstance(effect, ServiceCall):
        return None if effect.errors.decoded else _of_service(_covered(classes, table), effect.errors)
    found = _covered(classes, table)
    if isinstance(effect, TaskCall) and effect.waits is not None:
        return None
    if isinstance(effect, TaskCall):
        found = tuple(name for name in found if "." not in name)  # AWS's own names, which no function fails with
    if "Fail" in classes or any(name.endswith(FAMILY) for name in found):
        return None
    return error_names(found)


def error_names(classes: Iterable[str]) -> tuple[str, ...]:
    """The error names of exactly these classes.

    A missed heartbeat and a timeout are `States.Timeout` (recorded answers; the guide names `States.HeartbeatTimeout` too).
    """
    found = dict.fromkeys(classes)
    if "TimeoutError" in found:
        found |= dict.fromkeys(TIMEOUTS)
    return tuple(found)


def _covered(classes: Iterable[str], table: ExceptionTable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for cls in classes for name in table.descendants(cls)))


def _of_service(classes: Iterable[str], errors: ErrorReading) -> tuple[str, ...]:
    names = dict(errors.names)
    found = dict.fromkeys(name for cls in classes for name in names.get(cls, ()))
    # TaskFailed is every error but a timeout (ASL spec, "Errors").
    return tuple(name for name in found if TASK_FAILED not in found or name in (TASK_FAILED, *TIMEOUTS))
