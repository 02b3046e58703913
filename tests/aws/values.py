"""Random values of the types in botocore's models, in boto3's form."""

import random
import string
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pysfnc.aws import Shape

_LETTERS: Final = string.ascii_letters + string.digits + " -_.:/äß€😀\"\\'"
_START: Final = datetime(2020, 1, 1, tzinfo=UTC)


class Maker:
    """Makes values from a seed. `fill`: how likely an optional member is given."""

    def __init__(self, seed: int | str, fill: float = 0.4) -> None:
        self.random = random.Random(seed)
        self.fill = fill

    def structure(self, shape: Shape | None) -> dict[str, Any]:
        """A value for a whole input or output."""
        if shape is None:
            return {}
        value: dict[str, Any] = self.value(shape, 0)
        return value

    def value(self, shape: Shape, depth: int) -> Any:
        """A value of a shape, flatter the deeper it is."""
        match shape.kind:
            case "structure":
                return self._structure(shape, depth)
            case "list":
                return [self.value(shape.element, depth + 1) for _ in range(self._count(shape, depth))]
            case "map":
                return {self._text(): self.value(shape.value, depth + 1) for _ in range(self._count(shape, depth))}
            case "string":
                return self.random.choice(shape.enum) if shape.enum else self._text(shape)
            case "integer":
                low, high = shape.limits
                return self.random.randint(int(low or 0), int(min(high or 1000, 2**53)))
            case "float":
                return self.random.choice([0.5, 1.0, 12.25, 3])
            case "boolean":
                return self.random.random() < 0.5
            case "timestamp":
                return _START + timedelta(
                    seconds=self.random.randint(0, 10**8), milliseconds=self.random.randint(0, 999)
                )
            case "blob":
                return self.random.choice([b'"text"', b'{"a":[1,null]}', '"grüße"'.encode(), b"7"])
            case "document":
                return self.random.choice([{"equals": {"DBName": [1, "x", None]}}, [True], "text", 2.5])

    def _structure(self, shape: Shape, depth: int) -> dict[str, Any]:
        members = [member for member in shape.members.values() if member.asl_name("sdk") is not None]
        if shape.is_union:
            members = [self.random.choice(members)] if members else []
        made = {}
        for member in members:
            wanted = member.required or shape.is_union or self.random.random() < (self.fill if depth < 4 else 0.05)
            if not wanted or (depth > 8 and not member.required):
                continue
            made[member.name] = {"k": [1, "v"]} if member.json_value else self.value(member.shape, depth + 1)
        return made

    def _count(self, shape: Shape, depth: int) -> int:
        low = int(shape.limits[0] or 0)
        return max(low, 0) if depth > 5 else max(low, self.random.randint(0, 2))

    def _text(self, shape: Shape | None = None) -> str:
        low, high = (1, 12) if shape is None else (int(shape.limits[0] or 0), int(shape.limits[1] or 12))
        length = self.random.randint(min(low, 60), max(min(high, 12), min(low, 60)))
        return "".join(self.random.choice(_LETTERS) for _ in range(length))
