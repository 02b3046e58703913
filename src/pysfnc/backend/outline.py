"""Calls of services in outline: what is known of their arguments while compiling. For permissions, which want names and not values."""

from typing import Any, Final

from pysfnc.ir.exprs import Cond, Const, Expr, Prim
from pysfnc.ir.hir import Distributed, ServiceCall
from pysfnc.library.services.children import ARN
from pysfnc.library.services.environment import TEXT

COMPUTED: Final = "{% %}"
"""What the machine computes."""


def outline(effect: ServiceCall) -> dict[str, Any]:
    """The call as a Task state of ASL, with `COMPUTED` in place of what is not known; names may hold placeholders."""
    made: dict[str, Any] = {"Type": "Task", "Resource": effect.resource, "Arguments": _known(effect.arguments)}
    if effect.role is not None:
        made["Credentials"] = {"RoleArn": _known(effect.role)}
    return made


def outline_of_map(settings: Distributed) -> dict[str, Any]:
    """A distributed Map as a state of ASL, its reader and writer only."""
    made: dict[str, Any] = {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}}
    if settings.reader is not None:
        config = {} if settings.reading is None else _known(settings.reading)
        arguments = _known(settings.reader)
        made["ItemReader"] = {"Resource": settings.resource, "ReaderConfig": config, "Arguments": arguments}
    if settings.results is not None:
        made["ResultWriter"] = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": _known(settings.results)}
    return made


def _known(value: Expr) -> Any:
    match value:
        case Const(value=known):
            return known
        case Prim(op="list.make", args=items):
            return list(map(_known, items))
        case Prim(op="dict.make", args=parts) if all(isinstance(key, Const) for key in parts[::2]):
            return {_known(key): _known(item) for key, item in zip(parts[::2], parts[1::2], strict=True)}
        case Prim(op="dict.merge" | "|", args=(base, more)):
            return _together(_known(base), _known(more))
        case Cond(then=then, orelse=orelse):
            return _together(_known(then), _known(orelse))
        case Prim(op=op, args=(Const(value=name),)) if op in (ARN, TEXT):
            return f"${{{name}}}"
        case _:
            return COMPUTED


def _together(one: Any, other: Any) -> Any:
    """What is known of both of two values."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            **one,
            **{key: _together(one[key], value) if key in one else value for key, value in other.items()},
        }
    return one if one == other else COMPUTED
