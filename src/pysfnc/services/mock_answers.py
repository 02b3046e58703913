"""What is wrong with an answer or the arguments in a mock file, by botocore's model of the operation.

Owns the words for people. botocore checks arguments, and nobody checks answers, so a member that is spelt wrong would only be missing later.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pysfnc.aws.shapes import Member, Shape
from pysfnc.diagnostics.nearest import nearest

__all__ = ["faults_of"]

_KINDS: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "structure": ((dict,), "an object"),
    "map": ((dict,), "an object"),
    "list": ((list,), "a list"),
    "string": ((str,), "a text"),
    "blob": ((str,), "a text"),
    "integer": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
    "timestamp": ((int, float, str), "a moment, as a text in ISO form or as seconds since 1970,"),
}
"""What JSON has to hold for each kind of a model; a document is anything, also one that boto3 reads out of a text."""
METADATA: Final = "ResponseMetadata"
"""A member of every answer of boto3 that no model lists."""


def faults_of(shape: Shape | None, value: Any, path: str) -> Iterator[str]:
    """Each fault as a phrase that begins with where it is. `path`: of the value in the file."""
    if value is None or (shape is not None and (shape.kind == "document" or shape.is_encoded)):
        return
    kind = "structure" if shape is None else shape.kind
    types, wanted = _KINDS[kind]
    if not issubclass(type(value), types) or (type(value) is bool and bool not in types):
        yield f"`{path}`: {wanted} is wanted"
    elif shape is None or kind == "structure":
        yield from _faults_of_members({} if shape is None else shape.members, value, path)
    elif kind == "list":
        for index, item in enumerate(value):
            yield from faults_of(shape.element, item, f"{path}[{index}]")
    elif kind == "map":
        for name, item in value.items():
            yield from faults_of(shape.value, item, f"{path}.{name}")


def _faults_of_members(members: Mapping[str, Member], value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, item in value.items():
        member = members.get(name)
        if member is not None and not member.json_value:
            yield from faults_of(member.shape, item, f"{path}.{name}")
        elif member is None and name != METADATA:
            near = nearest(name, members)
            yield f"`{path}`: boto3 has no member `{name}` there" + (f", but `{near}`" if near else "")
