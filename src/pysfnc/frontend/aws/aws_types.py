"""Types of values as botocore's models describe them, in boto3's form.

A structure is a lazy type: models are large, and some of their types contain themselves.
"""

from functools import cache
from typing import Final

from pysfnc.aws.shapes import Member, Shape
from pysfnc.library.services.aws_forms import Form, contains
from pysfnc.values.relations import join
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    JSON,
    NEVER,
    SHORT,
    STR,
    DictField,
    DictT,
    LazyDictT,
    ListT,
    OpaqueT,
    Type,
)

BYTES: Final = OpaqueT("bytes")
JSON_BYTES: Final = OpaqueT("bytes", json=True)
ARE_BYTES: Final = (BYTES, JSON_BYTES)
STREAM: Final = OpaqueT("StreamingBody")
MOMENT: Final = OpaqueT("datetime")
DOCUMENT: Final = OpaqueT("a document that boto3 reads")
METADATA: Final = "ResponseMetadata"

_SCALARS: Final[dict[str, Type]] = {"string": STR, "integer": INT, "float": FLOAT, "boolean": BOOL, "timestamp": MOMENT}

_DECODED: Final = frozenset({("cloudformation", "TemplateBody")})
"""Texts that boto3 makes dicts of on their way in, if they are JSON (`json_decode_template_body` in botocore's handlers)."""


def type_of(shape: Shape) -> Type:
    """The type of the values of a shape."""
    match shape.kind:
        case "structure":
            return structure_type(shape)
        case "list":
            return ListT(type_of(shape.element))
        case "map":
            return DictT(type_of(shape.value))
        case "blob":
            return STREAM if shape.streaming else BYTES
        case "string" if (shape.service, shape.name) in _DECODED:
            return DOCUMENT
        case "string" if shape.is_encoded:
            return JSON
        case kind:
            return _SCALARS.get(kind, JSON)


def structure_type(shape: Shape) -> LazyDictT:
    """The type of a structure. A member that is not required may be missing."""
    return LazyDictT(
        f"{shape.service}.{shape.name}", lambda: DictT(_any_value(shape), _fields(shape), NEVER), short=_short(shape)
    )


@cache
def metadata_type(status: int) -> LazyDictT:
    """The type of `ResponseMetadata`, of which only the status is known: that of success."""
    name = f"the metadata of an answer with status {status}"
    _STATUSES[name] = status
    fields = (DictField("HTTPStatusCode", INT),)
    return LazyDictT(name, lambda: DictT(JSON, fields, JSON), partial="the id and headers of a request")


_STATUSES: Final[dict[str, int]] = {}


def status_of(type_: Type) -> int | None:
    """The status that a type of `ResponseMetadata` tells, None for any other type."""
    return _STATUSES.get(type_.name) if isinstance(type_, LazyDictT) else None


def answer_type(shape: Shape | None, operation: str, status: int) -> LazyDictT:
    """The type of a whole answer, which has `ResponseMetadata` besides."""
    fields = () if shape is None else _fields(shape)
    others = JSON if shape is None else _any_value(shape)
    metadata = DictField(METADATA, metadata_type(status))
    made = DictT(join(others, JSON), tuple(sorted((*fields, metadata), key=lambda field: field.name)), NEVER)
    short = frozenset() if shape is None else _short(shape)
    return LazyDictT(f"the answer of {operation} with status {status}", lambda: made, partial=METADATA, short=short)


def _short(shape: Shape) -> frozenset[str]:
    found = (member for member in shape.members.values() if not member.json_value)
    return frozenset(member.name for member in found if member.shape.longest <= SHORT)


def _fields(shape: Shape) -> tuple[DictField, ...]:
    return tuple(sorted(map(_field, shape.members.values()), key=lambda field: field.name))


def _field(member: Member) -> DictField:
    """Services leave out lists that are empty, also those that their models require: `Failed` of `sqs.send_message_batch`."""
    always = member.required and member.shape.kind not in ("list", "map")
    return DictField(member.name, JSON if member.json_value else type_of(member.shape), always)


def _any_value(shape: Shape) -> Type:
    """What any member may hold, told coarsely: whoever reads a key that is not written out gets this."""
    return join(JSON, FLOAT) if contains(shape, lambda part: part.kind == "float") else JSON


def is_plain(shape: Shape) -> bool:
    """Whether values of the type are JSON, without bytes and moments in them."""
    return not contains(shape, lambda part: part.kind in ("blob", "timestamp"))


def form_of(shape: Shape, naming: str) -> Form:
    """The form of a shape in an integration."""
    return Form(shape, "api" if naming == "api" else "sdk")
