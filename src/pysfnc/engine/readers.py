"""Datasets of distributed Maps: what an ItemReader makes of objects in S3.

Owns: the formats. Does not own: the objects (objects.py), the Map (states/distributed.py).

Facts: "ItemReader" of the AWS docs; CSV, JSON and listings are recorded answers. What is wrong with a dataset is `States.ItemReaderFailed`.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pysfnc.engine.errors import UnsupportedError
from pysfnc.engine.objects import ObjectMissing, ObjectStore

GET_OBJECT: Final = "arn:aws:states:::s3:getObject"
LIST_OBJECTS: Final = "arn:aws:states:::s3:listObjectsV2"
_DELIMITERS: Final = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
_GZIP_MARK: Final = b"\x1f\x8b"

Item = tuple[object, str | None]
"""An item, with its key where the dataset is an object."""


class ReaderFailed(Exception):
    """The dataset cannot be read. The message is the cause of `States.ItemReaderFailed`."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An ItemReader whose expressions were evaluated. max_items: 0 for all."""

    resource: str
    arguments: Mapping[str, Any]
    config: Mapping[str, Any]
    max_items: int = 0

    @property
    def source(self) -> str:
        """`Map.Item.Source`."""
        bucket, key = self.arguments.get("Bucket"), self.arguments.get("Key")
        return f"S3://{bucket}" if key is None else f"S3://{bucket}/{key}"

    def items(self, store: ObjectStore, state: str) -> list[Item]:
        """Read the dataset. Raises `ReaderFailed`."""
        if self.max_items < 0:
            raise ReaderFailed("field MaxItems must be positive")
        try:
            found = self._items(store, state)
            return list(_first(found, self.max_items))
        except ObjectMissing as error:
            raise ReaderFailed(str(error)) from None

    def _items(self, store: ObjectStore, state: str) -> Iterator[Item]:
        if self.config.get("Transformation", "NONE") != "NONE":
            raise UnsupportedError("an ItemReader with LOAD_AND_FLATTEN", state)
        bucket = str(self.arguments.get("Bucket"))
        if self.resource == LIST_OBJECTS:
            return _listed(store.list(bucket, str(self.arguments.get("Prefix", ""))))
        key, version = str(self.arguments.get("Key")), self.arguments.get("VersionId")
        kind = self.config.get("InputType")
        if kind == "MANIFEST" or self.config.get("ManifestType") == "S3_INVENTORY":
            return _inventory(store, bucket, store.get(bucket, key, version))
        content = store.get(bucket, key, version)
        match kind:
            case "CSV":
                return _csv(_text(content), self.config)
            case "JSON":
                return _json(_text(content), self.config.get("ItemsPointer"))
            case "JSONL":
                return _json_lines(_text(content))
            case _:
                raise UnsupportedError(f"an ItemReader of {kind or 'this kind'}", state)


def state_items(value: object) -> list[Item]:
    """The items of an array or object that the state itself gives."""
    if isinstance(value, dict):
        return [({"Key": key, "Value": member}, key) for key, member in value.items()]
    assert isinstance(value, list)
    return [(item, None) for item in value]


def _first(items: Iterator[Item], count: int) -> Iterator[Item]:
    for index, item in enumerate(items):
        if count and index >= count:
            return
        yield item


def _text(content: bytes) -> str:
    if content.startswith(_GZIP_MARK):
        content = gzip.decompress(content)
    return content.decode("utf-8-sig", "replace")


def _listed(objects: Iterator[Mapping[str, Any]]) -> Iterator[Item]:
    for found in objects:
        moment = found["LastModified"].timestamp()
        yield (
            {
                "Etag": found["ETag"],
                "Key": found["Key"],
                "LastModified": int(moment) if moment == int(moment) else moment,
                "Size": found["Size"],
                "StorageClass": found.get("StorageClass", "STANDARD"),
            },
            None,
        )


def _csv(text: str, config: Mapping[str, Any]) -> Iterator[Item]:
    delimiter = _DELIMITERS.get(str(config.get("CSVDelimiter", "COMMA")), ",")
    rows = (row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row)
    if config.get("CSVHeaderLocation") == "GIVEN":
        headers: Sequence[str] = config.get("CSVHeaders", [])
    else:
        headers = next(rows, [])
    if len(set(headers)) < len(headers):
        raise ReaderFailed("CSV headers cannot contain duplicates.")
    return _rows(headers, rows)


def _rows(headers: Sequence[str], rows: Iterator[list[str]]) -> Iterator[Item]:
    """Short rows are filled with empty texts, surplus fields are dropped."""
    for row in rows:
        yield dict(zip(headers, [*row, *[""] * (len(headers) - len(row))], strict=False)), None


def _json(text: str, pointer: object) -> Iterator[Item]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ReaderFailed(f"The JSON file cannot be parsed: {error}") from None
    if isinstance(pointer, str):
        value = _pointed(value, pointer)
    if not isinstance(value, list) and not (isinstance(value, dict) and pointer is not None):
        raise ReaderFailed("Attempting to map over non-iterable node.")
    return iter(state_items(value))


def _pointed(value: Any, pointer: str) -> Any:
    """What a JSON Pointer (RFC 6901) leads to."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise ReaderFailed(f"The ItemsPointer {pointer} does not lead to a value.") from None
    return value


def _json_lines(text: str) -> Iterator[Item]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line), None
            except ValueError as error:
                raise ReaderFailed(f"Line {number} of the JSONL file cannot be parsed: {error}") from None


def _inventory(store: ObjectStore, bucket: str, content: bytes) -> Iterator[Item]:
    """The rows of an S3 inventory: `manifest.json` names its CSV files, without headers, in the bucket of the report."""
    try:
        manifest = json.loads(_text(content))
        headers = [name.strip() for name in manifest["fileSchema"].split(",")]
        files = [entry["key"] for entry in manifest["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ReaderFailed(f"The manifest cannot be read: {error}") from None
    for key in files:
        rows = (row for row in csv.reader(io.StringIO(_text(store.get(bucket, key)))) if row)
        yield from _rows(headers, rows)
