"""Bytes inside of arguments that are not written out at the call: `records = [{"Data": text}]`, and later `Records=records`.

Step Functions sends JSON text in their place, of a text one with quotes around it.
"""

from collections.abc import Iterator

from pysfnc.aws.shapes import Shape
from pysfnc.frontend.aws.aws_types import BYTES, JSON_BYTES
from pysfnc.library.services.aws_forms import ATTRIBUTE, contains
from pysfnc.values.relations import field_of, members
from pysfnc.values.types import DictT, JsonT, LazyDictT, ListT, StrT, TuplesT, TupleT, Type


def text_for_bytes(shape: Shape, type_: Type, path: str) -> str | None:
    """Where a value of a type has a text that is sent as bytes, as a phrase; None if it is not known to have one."""
    for part, inner, where in _parts(shape, type_, path):
        if part.kind == "blob" and (isinstance(inner, StrT) or inner == BYTES):
            return where
    return None


def may_hold_bytes(shape: Shape, type_: Type) -> bool:
    """Whether a value holds such bytes that are JSON text, or may hold any where its type is not known or out of an answer.

    Of attribute values of DynamoDB nobody asks (LIM-43).
    """
    return any(
        isinstance(inner, JsonT | LazyDictT) or (part.kind == "blob" and inner == JSON_BYTES)
        for part, inner, _ in _parts(shape, type_, "")
    )


def _parts(shape: Shape, type_: Type, path: str) -> Iterator[tuple[Shape, Type, str]]:
    """A shape that is or holds bytes with each type that is known to stand in its place, and so on for its parts."""
    if not contains(shape, lambda one: one.kind == "blob") or contains(shape, lambda one: one.name == ATTRIBUTE):
        return
    for member in members(type_):
        yield shape, member, path
        match shape.kind, member:
            case _, LazyDictT():  # out of an answer: whether bytes in it are JSON text is seen when the machine runs
                pass
            case "structure", DictT():
                for name, inner in shape.members.items():
                    yield from _parts(inner.shape, field_of(member, name).type, f"`{name}` of {path}")
            case "map", DictT(value=value):
                yield from _parts(shape.value, value, f"a value of {path}")
            case "list", ListT(item=item) | TuplesT(item=item):
                yield from _parts(shape.element, item, f"an item of {path}")
            case "list", TupleT(items=items):
                for item in items:
                    yield from _parts(shape.element, item, f"an item of {path}")
            case _:
                pass
