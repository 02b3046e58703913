"""The types of arguments and answers, as botocore's models give them.

Owns: a typed view of shapes. Does not own: names (names.py), the values themselves (translate.py).
"""

import re
from collections.abc import Mapping
from functools import cached_property
from math import inf
from typing import Any, Final, Literal

from pysfnc.aws.names import capitalise, java_member

__all__ = ["Kind", "Member", "Naming", "Shape"]

Kind = Literal[
    "structure", "list", "map", "string", "integer", "float", "boolean", "timestamp", "blob", "document"
]  # fmt: skip

Naming = Literal["sdk", "api"]
"""Whose names a definition uses: the Java SDK's (`aws-sdk` integrations) or the API's, first letter raised."""

_KINDS: Final[Mapping[str, Kind]] = {
    "structure": "structure",
    "list": "list",
    "map": "map",
    "string": "string",
    "character": "string",
    "integer": "integer",
    "long": "integer",
    "short": "integer",
    "byte": "integer",
    "bigInteger": "integer",
    "float": "float",
    "double": "float",
    "bigDecimal": "float",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "blob": "blob",
}

_COUNTED: Final = re.compile(r"\^?(?:\[[^\[\]]*\]|\\[wdS])\{(?:\d+,)?(\d+)\}\$?")
"""Patterns that only say which characters a text has, and how many."""

# Where the Java SDK was told another name, or no name at all, by its `customization.config` files.
_RENAMED: Final[Mapping[tuple[str, str, str], str | None]] = {
    ("dynamodb", "AttributeValue", "NULL"): "Nul",
    ("dynamodbstreams", "AttributeValue", "NULL"): "Nul",
    ("ec2", "Image", "Public"): "PublicLaunchPermissions",
    ("ec2", "FpgaImage", "Public"): "IsPublic",
    ("ec2", "*", "DryRun"): None,
}


class Member:
    """A member of a structure.

    name: as boto3 spells it.
    shape: its type.
    required: it has to be given.
    idempotent: boto3 makes one up if it is not given; in a definition it has to be written.
    json_value: Python's value travels as JSON text.
    """

    __slots__ = ("_parent", "idempotent", "json_value", "name", "required", "shape")

    def __init__(self, parent: "Shape", name: str, definition: Mapping[str, Any]) -> None:
        self._parent = parent
        self.name = name
        # boto3 streams whatever makes up the body of an answer, also where the model does not ask for it.
        is_body = parent.definition.get("payload") == name
        self.shape = parent.other(definition["shape"], streaming=bool(definition.get("streaming")) or is_body)
        self.required = name in parent.definition.get("required", ())
        self.idempotent = bool(definition.get("idempotencyToken"))
        self.json_value = bool(definition.get("jsonvalue"))

    def asl_name(self, naming: Naming) -> str | None:
        """As a definition spells it; None if Step Functions does not have it."""
        if naming == "api":
            return capitalise(self.name)
        service, shape = self._parent.service, self._parent.name
        for key in ((service, shape, self.name), (service, "*", self.name)):
            if key in _RENAMED:
                return _RENAMED[key]
        return java_member(self.name)

    def __repr__(self) -> str:
        return f"Member({self.name!r}, {self.shape!r})"


class Shape:
    """A type. Equal to another if it is the same shape of the same service; recursive ones need no special care.

    service: boto3's name of the service it belongs to.
    name: of the shape, such as "AttributeValue".
    kind: "document" is any JSON value, which nobody renames anything in.
    streaming: boto3 gives an object with `read()`.
    """

    def __init__(self, service: str, shapes: Mapping[str, Any], name: str, streaming: bool = False) -> None:
        self.service = service
        self.name = name
        self._shapes = shapes
        self.definition: Mapping[str, Any] = shapes[name]
        self.streaming = self.definition["type"] == "blob" and (streaming or bool(self.definition.get("streaming")))

    def other(self, name: str, *, streaming: bool = False) -> "Shape":
        """Another shape of the same service."""
        return Shape(self.service, self._shapes, name, streaming)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shape) and (self.service, self.name) == (other.service, other.name)

    def __hash__(self) -> int:
        return hash((self.service, self.name))

    def __repr__(self) -> str:
        return f"<{self.service} {self.name}: {self.kind}>"

    @cached_property
    def kind(self) -> Kind:
        """What the values are."""
        return "document" if self.definition.get("document") else _KINDS[self.definition["type"]]

    @cached_property
    def is_encoded(self) -> bool:
        """Whether its values are JSON that answers hold URL-encoded, and that boto3 reads.

        IAM's guide, "GetPolicyVersion": the SDK for Java gives it encoded; botocore's handler `json_decode_policies` decodes it.
        """
        return (self.service, self.name) == ("iam", "policyDocumentType")

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Members of a structure by their names in boto3."""
        return {name: Member(self, name, member) for name, member in self.definition.get("members", {}).items()}

    def by_asl_name(self, naming: Naming) -> Mapping[str, Member]:
        """Members by their names in a definition."""
        known = self.__dict__.setdefault(f"_by_{naming}", {})
        if not known:
            for member in self.members.values():
                if (name := member.asl_name(naming)) is not None:
                    known[name] = member
        found: Mapping[str, Member] = known
        return found

    @cached_property
    def element(self) -> "Shape":
        """Type of the elements of a list."""
        return self.other(self.definition["member"]["shape"])

    @cached_property
    def value(self) -> "Shape":
        """Type of the values of a map. Its keys are text, whatever their shape."""
        return self.other(self.definition["value"]["shape"])

    @property
    def required(self) -> tuple[str, ...]:
        """Members that have to be given."""
        return tuple(self.definition.get("required", ()))

    @property
    def enum(self) -> tuple[str, ...]:
        """The known values of a string; empty if it may be any. A service may answer with values made up later."""
        return tuple(self.definition.get("enum", ()))

    @property
    def is_union(self) -> bool:
        """Exactly one member is set."""
        return bool(self.definition.get("union"))

    @property
    def is_event_stream(self) -> bool:
        """A stream of events, which no machine can read."""
        return bool(self.definition.get("eventstream"))

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """Least and greatest value, or length of text and lists; None where there is no bound."""
        return self.definition.get("min"), self.definition.get("max")

    @property
    def longest(self) -> float:
        """The most characters that a text has; endless where the model does not say."""
        if self.kind != "string":
            return inf
        counted = _COUNTED.fullmatch(self.pattern or "")
        return min(self.limits[1] or inf, float(counted[1]) if counted else inf)

    @property
    def pattern(self) -> str | None:
        """A regular expression that text matches, or None."""
        pattern = self.definition.get("pattern")
        return pattern if isinstance(pattern, str) else None
