"""Resources of boto3 that something keeps: in lists, dicts and attributes, as the result of a helper that may give None, or one of several.

Such a resource is an object of a class, in a variable or a place of it (`resource_objects`), so that what one name of it loads or forgets is what all
of them see. Others exist only while compiling (`ResourceOf`), which costs nothing. Which kinds are objects is found out by an attempt to lower
the program: a resource cannot become one behind its first use.
"""

from collections.abc import Iterator

from pysfnc.frontend.aws.aws_values import Table
from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import TupleOf

__all__ = ["is_held", "want_held"]


def want_held(cx: Context, *values: object) -> bool:
    """Let the resources among these values, and in tuples among them, be objects in the next attempt. Whether that is news."""
    found = {kind for value in values for kind in _kinds_in(value)} - cx.project.held_kinds
    cx.project.met_held |= found
    return bool(found)


def _kinds_in(value: object) -> Iterator[tuple[str, str]]:
    match value:
        case ResourceOf(service, kind) if kind:
            yield service, kind
        case Table(made=ResourceOf(service, kind)):
            yield service, kind
        case Collected(parent, items=items):
            yield parent.service, items.kind
        case TupleOf(parts):
            for part in parts:
                yield from _kinds_in(part)


def is_held(cx: Context, service: str, kind: str) -> bool:
    """Whether resources of a kind are objects."""
    return (service, kind) in cx.project.held_kinds
