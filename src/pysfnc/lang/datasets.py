"""Datasets in S3 for `distributed_map`: `s3_objects`, `s3_csv`, `s3_json`, `s3_jsonl`, `s3_inventory`, and `s3_results` for what comes out.

Under CPython they are read with boto3 when the map begins. Owns the forms of items, which are those of the ItemReader of Step Functions.

Facts: "ItemReader" of the AWS docs; the forms of listings, CSV and JSON are recorded answers.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from pysfnc.lang.errors import Fail
from pysfnc.lang.options import Frozen

READER_FAILED: Final = "States.ItemReaderFailed"
DELIMITERS: Final = {",": "COMMA", "|": "PIPE", ";": "SEMICOLON", " ": "SPACE", "\t": "TAB"}
_GZIP_MARK: Final = b"\x1f\x8b"


class Dataset(Frozen):
    """Items in S3. `read` gives them one after the other."""

    __slots__ = ("max_items", "read")
    read: Callable[[], Iterator[Any]]
    max_items: int | None

    def __init__(self, read: Callable[[], Iterator[Any]], max_items: int | None) -> None:
        self._fill(read=read, max_items=max_items)

    def items(self) -> list[Any]:
        """All items.

        Raises:
            Fail: `States.ItemReaderFailed`, the dataset cannot be read.
        """
        from itertools import islice

        return list(islice(self.read(), self.max_items))


class Results(Frozen):
    """Where the results of children are written."""

    __slots__ = ("bucket", "prefix")
    bucket: str
    prefix: str

    def __init__(self, bucket: str, prefix: str) -> None:
        self._fill(bucket=bucket, prefix=prefix)


def s3_results(bucket: str, prefix: str = "") -> Results:
    """The results go to objects under `prefix`, and the map gives where they are."""
    return Results(bucket, prefix)


def s3_objects(bucket: str, prefix: str = "", *, max_items: int | None = None) -> Dataset:
    """The objects under a prefix: `Key`, `Size`, `Etag`, `LastModified` (seconds since 1970) and `StorageClass` of each."""
    return Dataset(lambda: _listed(bucket, prefix), _checked(max_items))


def s3_csv(
    bucket: str, key: str, *, headers: Sequence[str] | None = None, delimiter: str = ",", max_items: int | None = None
) -> Dataset:
    """The rows of a CSV file, a dict of texts each. `headers`: the names of the columns, those of the first row if not given."""
    if delimiter not in DELIMITERS:
        raise ValueError("delimiter must be one of , | ; space and tab")
    return Dataset(lambda: _csv(_text(bucket, key), headers, delimiter), _checked(max_items))


def s3_json(bucket: str, key: str, *, pointer: str | None = None, max_items: int | None = None) -> Dataset:
    """The items of a JSON array, or of the one that `pointer` (RFC 6901) leads to; of an object, `Key` and `Value` of each member."""
    return Dataset(lambda: _json(_text(bucket, key), pointer), _checked(max_items))


def s3_jsonl(bucket: str, key: str, *, max_items: int | None = None) -> Dataset:
    """The lines of a JSON Lines file."""
    return Dataset(lambda: _json_lines(_text(bucket, key)), _checked(max_items))


def s3_inventory(bucket: str, key: str, *, max_items: int | None = None) -> Dataset:
    """The rows of an S3 inventory, by its `manifest.json`."""
    return Dataset(lambda: _inventory(bucket, key), _checked(max_items))


def _checked(max_items: int | None) -> int | None:
    if max_items is not None and max_items < 1:
        raise ValueError("max_items must be at least 1")
    return max_items


def _client() -> Any:
    import boto3

    return boto3.client("s3")


def _content(bucket: str, key: str) -> bytes:
    from botocore.exceptions import ClientError

    try:
        return bytes(_client().get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        raise Fail(READER_FAILED, str(error)) from None


def _text(bucket: str, key: str) -> str:
    content = _content(bucket, key)
    if content.startswith(_GZIP_MARK):
        import gzip

        content = gzip.decompress(content)
    return content.decode("utf-8-sig", "replace")


def _listed(bucket: str, prefix: str) -> Iterator[Any]:
    from botocore.exceptions import ClientError

    try:
        for page in _client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", ()):
                moment = found["LastModified"].timestamp()
                yield {
                    "Etag": found["ETag"],
                    "Key": found["Key"],
                    "LastModified": int(moment) if moment == int(moment) else moment,
                    "Size": found["Size"],
                    "StorageClass": found.get("StorageClass", "STANDARD"),
                }
    except ClientError as error:
        raise Fail(READER_FAILED, str(error)) from None


def _csv(text: str, headers: Sequence[str] | None, delimiter: str) -> Iterator[Any]:
    import csv
    import io

    rows = (row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row)
    names = next(rows, []) if headers is None else headers
    if len(set(names)) < len(names):
        raise Fail(READER_FAILED, "CSV headers cannot contain duplicates.")
    for row in rows:
        yield _row(names, row)


def _row(names: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """Short rows are filled with empty texts, surplus fields are dropped."""
    return dict(zip(names, [*row, *[""] * (len(names) - len(row))], strict=False))


def _json(text: str, pointer: str | None) -> Iterator[Any]:
    value = _parsed(text, "The JSON file cannot be parsed")
    for part in (pointer or "").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise Fail(READER_FAILED, f"The ItemsPointer {pointer} does not lead to a value.") from None
    if isinstance(value, dict) and pointer is not None:
        return iter([{"Key": name, "Value": member} for name, member in value.items()])
    if not isinstance(value, list):
        raise Fail(READER_FAILED, "Attempting to map over non-iterable node.")
    return iter(value)


def _json_lines(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _parsed(line, f"Line {number} of the JSONL file cannot be parsed")


def _parsed(text: str, fault: str) -> Any:
    import json

    from pysfnc.lang.wire import encode_value

    try:
        # A machine tells no float from an int where the number is whole.
        return encode_value(json.loads(text), "the dataset")
    except json.JSONDecodeError as error:
        raise Fail(READER_FAILED, f"{fault}: {error}") from None


def _inventory(bucket: str, key: str) -> Iterator[Any]:
    import csv
    import io
    import json

    try:
        manifest = json.loads(_text(bucket, key))
        names = [name.strip() for name in manifest["fileSchema"].split(",")]
        files = [entry["key"] for entry in manifest["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Fail(READER_FAILED, f"The manifest cannot be read: {error}") from None
    for file in files:
        for row in csv.reader(io.StringIO(_text(bucket, file))):
            if row:
                yield _row(names, row)
