"""What a distributed Map makes of its children: the state's result, and the files that a ResultWriter writes.

Owns: the forms. Does not own: the children (states/distributed.py).

Facts: "ResultWriter" of the AWS docs; the manifest and the result of the state are measured and recorded answers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pysfnc.engine.clock import iso_milliseconds
from pysfnc.engine.host import Record
from pysfnc.engine.objects import ObjectMissing, ObjectStore
from pysfnc.engine.values import encode

_NONE, _COMPACT, _FLATTEN = "NONE", "COMPACT", "FLATTEN"
_FILES: Final = ("FAILED", "PENDING", "SUCCEEDED")


class WriterFailed(Exception):
    """The results cannot be written. The message is the cause of `States.ResultWriterFailed`."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A ResultWriter whose expressions were evaluated. `bucket` None: the results stay in the state's output."""

    bucket: str | None
    prefix: str
    transformation: str
    output_type: str

    @classmethod
    def of(cls, value: Mapping[str, Any] | None) -> "Writer":
        """From plain JSON; None is no ResultWriter."""
        given = value or {}
        config = given.get("WriterConfig") or {}
        arguments = given.get("Arguments") or {}
        writes = "Resource" in given
        return cls(
            str(arguments["Bucket"]) if writes else None,
            str(arguments.get("Prefix", "")) if writes else "",
            str(config.get("Transformation", _NONE if writes else _COMPACT)),
            str(config.get("OutputType", "JSON")),
        )


def result_of(writer: Writer, children: Sequence[Record], map_run_arn: str, store: ObjectStore) -> object:
    """The state's result. Raises `WriterFailed`."""
    if writer.bucket is None:
        return _shaped(writer.transformation, children)
    folder = "/".join(part for part in (writer.prefix.rstrip("/"), map_run_arn.rpartition(":")[2]) if part)
    files: dict[str, list[dict[str, object]]] = {name: [] for name in _FILES}
    try:
        for status in _FILES:
            found = [child for child in children if _file_of(child) == status]
            if found:
                key = f"{folder}/{status}_0.{writer.output_type.lower()}"
                transformation = writer.transformation if status == "SUCCEEDED" else _NONE
                content = _text(_shaped(transformation, found), writer.output_type).encode()
                store.put(writer.bucket, key, content)
                files[status].append({"Key": key, "Size": len(content)})
        manifest = {"DestinationBucket": writer.bucket, "MapRunArn": map_run_arn, "ResultFiles": files}
        store.put(writer.bucket, f"{folder}/manifest.json", encode(manifest).encode())
    except ObjectMissing as error:
        raise WriterFailed(str(error)) from None
    details = {"Bucket": writer.bucket, "Key": f"{folder}/manifest.json"}
    return {"MapRunArn": map_run_arn, "ResultWriterDetails": details}


def _file_of(child: Record) -> str:
    return "SUCCEEDED" if child.status == "SUCCEEDED" else "PENDING" if child.status == "RUNNING" else "FAILED"


def _text(values: list[object], output_type: str) -> str:
    return "".join(encode(value) + "\n" for value in values) if output_type == "JSONL" else encode(values)


def _shaped(transformation: str, children: Sequence[Record]) -> list[object]:
    if transformation == _NONE:
        return [_execution(child) for child in children]
    values = [_bare(child) for child in children]
    if transformation == _FLATTEN:
        return [item for value in values for item in (value if isinstance(value, list) else [value])]
    return values


def _bare(child: Record) -> object:
    """The output of a child; what a failed one leaves in its place (measured)."""
    if child.output is not None:
        return child.output.value
    failed = {"Status": child.status, "Error": child.error, "Cause": child.cause}
    return {name: value for name, value in failed.items() if value is not None}


def _execution(child: Record) -> object:
    """An execution with its metadata."""
    described: dict[str, object] = {
        "ExecutionArn": child.arn,
        "Input": child.input.text,
        "InputDetails": {"Included": True},
        "Name": child.name,
        "StartDate": iso_milliseconds(child.begun),
        "StateMachineArn": child.run.execution_context["StateMachine"]["Id"],  # type: ignore[index]
        "Status": child.status,
    }
    if child.ended is not None:
        described["StopDate"] = iso_milliseconds(child.ended)
    if child.output is not None:
        described |= {"Output": child.output.text, "OutputDetails": {"Included": True}}
    described |= {name: value for name, value in (("Error", child.error), ("Cause", child.cause)) if value is not None}
    return json.loads(encode(dict(sorted(described.items()))))
