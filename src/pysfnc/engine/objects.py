"""Objects of S3, as distributed Maps read and write them.

Owns: the protocol, and its implementation by a boto3 client. Does not own: what the client points at (moto, an endpoint, AWS), the formats.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from pysfnc.engine.errors import EngineError


class ObjectMissing(Exception):
    """There is no such object or bucket, or it may not be read. The message is for people."""


class ObjectStore(Protocol):
    """What a distributed Map needs of S3."""

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """The content of an object. Raises `ObjectMissing`."""

    def list(self, bucket: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        """The objects of a bucket, as ListObjectsV2 of boto3 gives them, all pages. Raises `ObjectMissing`."""

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Write an object. Raises `ObjectMissing`."""


class NoObjects:
    """The store of a run that was given none."""

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """See `ObjectStore.get`."""
        raise EngineError(f"a distributed Map reads s3://{bucket}/{key}, but this run was given no objects")

    def list(self, bucket: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        """See `ObjectStore.list`."""
        raise EngineError(f"a distributed Map lists s3://{bucket}/{prefix}, but this run was given no objects")

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """See `ObjectStore.put`."""
        raise EngineError(f"a distributed Map writes s3://{bucket}/{key}, but this run was given no objects")


class BotoObjects:
    """The objects that an S3 client of boto3 reaches."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """See `ObjectStore.get`."""
        from botocore.exceptions import BotoCoreError, ClientError

        more = {} if version is None else {"VersionId": version}
        try:
            return bytes(self._client.get_object(Bucket=bucket, Key=key, **more)["Body"].read())
        except (BotoCoreError, ClientError) as error:
            raise ObjectMissing(str(error)) from None

    def list(self, bucket: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        """See `ObjectStore.list`."""
        from botocore.exceptions import BotoCoreError, ClientError

        more = {"Prefix": prefix} if prefix else {}
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, **more):
                yield from page.get("Contents", ())
        except (BotoCoreError, ClientError) as error:
            raise ObjectMissing(str(error)) from None

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """See `ObjectStore.put`."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise ObjectMissing(str(error)) from None
