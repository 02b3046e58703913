"""Objects in memory, in the place of S3."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pysfnc.engine.objects import ObjectMissing

__all__ = ["MemoryObjects"]


@dataclass(slots=True)
class MemoryObjects:
    """An `ObjectStore`. `contents`: bucket -> key -> content."""

    contents: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """See `ObjectStore.get`."""
        try:
            return self.contents[bucket][key]
        except KeyError:
            raise ObjectMissing(f"there is no s3://{bucket}/{key}") from None

    def list(self, bucket: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        """See `ObjectStore.list`."""
        if bucket not in self.contents:
            raise ObjectMissing(f"there is no s3://{bucket}")
        for key, content in sorted(self.contents[bucket].items()):
            if key.startswith(prefix):
                yield {
                    "Key": key,
                    "ETag": '"e"',
                    "Size": len(content),
                    "LastModified": datetime(2030, 1, 1, tzinfo=UTC),
                }

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """See `ObjectStore.put`."""
        if bucket not in self.contents:
            raise ObjectMissing(f"there is no s3://{bucket}")
        self.contents[bucket][key] = content
