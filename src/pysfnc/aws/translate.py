"""Values on the way between boto3 and a definition: arguments and answers, both ways.

Owns: the four translations, as plain Python over JSON values. They are the meaning that compiled code has to have.
Does not own: names (names.py, shapes.py); which integration is called (optimised.py); calls (engine).

How Step Functions writes what JSON has not:
- timestamps are ISO text in UTC, both ways (measured on AWS for SDK integrations); optimised integrations answer with
  milliseconds since 1970.
- text that is wanted where something else is given is its compact JSON text (recorded answer: `Input` of
  `aws-sdk:sfn:startExecution`, `MessageBody` of `sqs:sendMessage`).
- a blob in the arguments is the compact JSON text of the value, so that a string lands with its quotes (recorded
  answers: `Body` of `aws-sdk:s3:putObject`). Other blobs are taken to be no different.
- a blob in an answer is text (recorded answers: `Body` of `aws-sdk:s3:getObject`); bytes that are not UTF-8 cannot be
  told, so they are refused here.
- a policy document of IAM is URL-encoded in an answer, where boto3 gives what its JSON says (IAM's guide, "GetPolicyVersion").
- null in the arguments is as good as nothing (recorded answer: `Item` of `aws-sdk:dynamodb:putItem`).
"""

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, unquote

from pysfnc.aws.shapes import Member, Naming, Shape

__all__ = [
    "RefusedArguments",
    "Untranslatable",
    "answer_to_asl",
    "answer_to_boto",
    "arguments_to_asl",
    "arguments_to_boto",
    "is_same",
    "iso_text",
    "moment_of",
]

_METADATA: Final = "ResponseMetadata"


class Untranslatable(ValueError):
    """A value has no form on the other side. The message says where and why."""


class RefusedArguments(ValueError):
    """Step Functions refuses arguments before it calls the service.

    faults: AWS's sentences, such as 'The field "x" is not supported by Step Functions'.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


def is_same(shape: Shape, naming: Naming) -> bool:
    """Are values of this type the same on both sides, so that nothing needs translating?"""
    return _is_same(shape, naming, set())


def _is_same(shape: Shape, naming: Naming, known: set[str]) -> bool:
    if shape.name in known:
        return True
    known.add(shape.name)
    match shape.kind:
        case "structure":
            return all(
                member.asl_name(naming) == name and not member.json_value and _is_same(member.shape, naming, known)
                for name, member in shape.members.items()
            )
        case "list":
            return _is_same(shape.element, naming, known)
        case "map":
            return _is_same(shape.value, naming, known)
        case "timestamp" | "blob":
            return False
        case _:
            return not shape.is_encoded


# --- arguments, boto3 to definition


def arguments_to_asl(shape: Shape | None, arguments: Mapping[str, Any], naming: Naming = "sdk") -> dict[str, Any]:
    """The Arguments of a state that make the call which boto3 makes with these keyword arguments.

    shape: type of the arguments, `Operation.input`; None if the operation takes none.
    Raises `Untranslatable`.
    """
    if shape is None:
        if arguments:
            raise Untranslatable(f"{next(iter(arguments))}: the operation takes no arguments")
        return {}
    translated: dict[str, Any] = _to_asl(shape, arguments, naming, "")
    return translated


def _to_asl(shape: Shape, value: Any, naming: Naming, path: str) -> Any:
    match shape.kind:
        case "structure":
            return _structure_to_asl(shape, value, naming, path)
        case "list":
            if not isinstance(value, list | tuple):
                raise Untranslatable(f"{path}: a list is wanted")
            return [_to_asl(shape.element, item, naming, f"{path}[{i}]") for i, item in enumerate(value)]
        case "map":
            if not isinstance(value, Mapping):
                raise Untranslatable(f"{path}: a dict is wanted")
            return {str(key): _to_asl(shape.value, item, naming, f"{path}.{key}") for key, item in value.items()}
        case "timestamp":
            return iso_text(moment_of(value, path))
        case "blob":
            return _value_of_blob(value, path)
        case "integer" | "float" | "boolean" | "string":
            if value is None or not isinstance(value, _PYTHON[shape.kind]) or _is_odd(shape.kind, value):
                raise Untranslatable(f"{path}: {value!r} is no {shape.kind}")
            return value
        case _:
            return value


_PYTHON: Final[Mapping[str, Any]] = {
    "integer": int,
    "float": (int, float),
    "boolean": bool,
    "string": str,
}


def _is_odd(kind: str, value: Any) -> bool:
    if kind in ("integer", "float") and isinstance(value, bool):
        return True
    return isinstance(value, float) and not math.isfinite(value)


def _structure_to_asl(shape: Shape, value: Any, naming: Naming, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Untranslatable(f"{path or 'arguments'}: a dict is wanted")
    translated = {}
    for name, item in value.items():
        where = f"{path}.{name}" if path else str(name)
        member = shape.members.get(name)
        if member is None:
            raise Untranslatable(f"{where}: {shape.name} has no such member")
        asl_name = member.asl_name(naming)
        if asl_name is None:
            raise Untranslatable(f"{where}: Step Functions does not have it")
        translated[asl_name] = _json_text(item) if member.json_value else _to_asl(member.shape, item, naming, where)
    return translated


def _value_of_blob(value: Any, path: str) -> Any:
    """The value whose JSON text these bytes are."""
    data = value.encode() if isinstance(value, str) else value
    if not isinstance(data, bytes | bytearray):
        raise Untranslatable(f"{path}: bytes are wanted")
    try:
        text = bytes(data).decode("utf-8")
        found = json.loads(text)
    except ValueError:
        found = text = None
    if text is None or _json_text(found) != text:
        raise Untranslatable(f"{path}: only bytes that are compact JSON text can be sent")
    return found


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


# --- arguments, definition to boto3


def arguments_to_boto(shape: Shape | None, arguments: Any, naming: Naming = "sdk") -> dict[str, Any]:
    """The keyword arguments of the call that Step Functions makes for these Arguments.

    Raises `RefusedArguments` for what Step Functions refuses by itself.
    """
    faults: list[str] = []
    if not isinstance(arguments, Mapping):
        raise RefusedArguments(["The arguments of an integration must be an object"])
    translated: dict[str, Any] = {}
    if shape is not None:
        translated = _structure_to_boto(shape, arguments, naming, faults)
    elif arguments:
        faults = [_unsupported(name) for name in arguments]
    if faults:
        raise RefusedArguments(faults)
    return translated


def _unsupported(name: str) -> str:
    # As users quote it; AWS puts other names in single quotes.
    return f'The field "{name}" is not supported by Step Functions'


def _structure_to_boto(shape: Shape, value: Mapping[str, Any], naming: Naming, faults: list[str]) -> dict[str, Any]:
    known = shape.by_asl_name(naming)
    translated = {}
    for name, item in value.items():
        member = known.get(name)
        if member is None:
            faults.append(_unsupported(name))
        elif item is not None:
            translated[member.name] = _member_to_boto(member, name, item, naming, faults)
    return translated


def _member_to_boto(member: Member, name: str, value: Any, naming: Naming, faults: list[str]) -> Any:
    if member.json_value:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            faults.append(f"The value for the field '{name}' must be valid JSON")
            return None
    return _to_boto(member.shape, name, value, naming, faults)


def _to_boto(shape: Shape, name: str, value: Any, naming: Naming, faults: list[str]) -> Any:
    match shape.kind:
        case "structure":
            if isinstance(value, Mapping):
                return _structure_to_boto(shape, value, naming, faults)
            return _wrong(name, "an object", faults)
        case "list":
            if isinstance(value, list):
                return [_to_boto(shape.element, name, item, naming, faults) for item in value]
            return _wrong(name, "an ARRAY", faults)
        case "map":
            if isinstance(value, Mapping):
                return {key: _to_boto(shape.value, key, item, naming, faults) for key, item in value.items()}
            return _wrong(name, "an object", faults)
        case "timestamp":
            try:
                return moment_of(value, name)
            except Untranslatable:
                return _wrong(name, "a valid date", faults)
        case "blob":
            return _json_text(value).encode()
        case "string":
            if isinstance(value, str):
                return value
            return _json_text(value) if naming == "sdk" else _wrong(name, "a STRING", faults)
        case "integer":
            if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
                return _wrong(name, "a NUMBER", faults)
            return int(value)
        case "float":
            return _wrong(name, "a NUMBER", faults) if _is_odd("float", value) or not _is_number(value) else value
        case "boolean":
            return value if isinstance(value, bool) else _wrong(name, "a BOOLEAN", faults)
        case _:
            return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong(name: str, wanted: str, faults: list[str]) -> None:
    faults.append(f"The value for the field '{name}' must be {wanted}")


# --- answers


def answer_to_asl(shape: Shape | None, answer: Mapping[str, Any], naming: Naming = "sdk") -> dict[str, Any]:
    """The result of a state for what boto3 answered. `ResponseMetadata` is left out, streams are read.

    shape: type of the answer, `Operation.output`; None if it has none.
    Raises `Untranslatable` for bytes that are no text.
    """
    if shape is None:
        return {}
    body = {name: item for name, item in answer.items() if name != _METADATA}
    result: dict[str, Any] = _answered(shape, body, naming, "", _stored(naming))
    return result


def answer_to_boto(shape: Shape | None, result: Mapping[str, Any], naming: Naming = "sdk") -> dict[str, Any]:
    """What boto3 answers where a state has this result: without `ResponseMetadata`, streams as bytes."""
    if shape is None:
        return {}
    answer: dict[str, Any] = _returned(shape, result, naming, "")
    return answer


_Leaf = Callable[[Shape, Any, str], Any]


def _stored(naming: Naming) -> _Leaf:
    def leaf(shape: Shape, value: Any, path: str) -> Any:
        if shape.kind == "timestamp":
            moment = moment_of(value, path)
            return iso_text(moment) if naming == "sdk" else round(moment.timestamp() * 1000)
        if shape.kind == "blob":
            return _text_of_blob(value, path)
        if shape.is_encoded and not isinstance(value, str):
            return quote(_json_text(value))
        return value

    return leaf


def _text_of_blob(value: Any, path: str) -> str:
    data = value.read() if hasattr(value, "read") else value
    try:
        return data if isinstance(data, str) else bytes(data).decode("utf-8")
    except UnicodeDecodeError:
        raise Untranslatable(f"{path}: the bytes are no text, and what a state makes of them is not known") from None


def _answered(shape: Shape, value: Any, naming: Naming, path: str, leaf: _Leaf) -> Any:
    if value is None:
        return None
    match shape.kind:
        case "structure":
            result = {}
            for name, item in value.items():
                member = shape.members.get(name)
                asl_name = None if member is None else member.asl_name(naming)
                if member is None or asl_name is None:
                    continue
                where = f"{path}.{name}" if path else name
                result[asl_name] = (
                    _json_text(item) if member.json_value else _answered(member.shape, item, naming, where, leaf)
                )
            return result
        case "list":
            return [_answered(shape.element, item, naming, f"{path}[{i}]", leaf) for i, item in enumerate(value)]
        case "map":
            return {key: _answered(shape.value, item, naming, f"{path}.{key}", leaf) for key, item in value.items()}
        case _:
            return leaf(shape, value, path)


def _returned(shape: Shape, value: Any, naming: Naming, path: str) -> Any:
    if value is None:
        return None
    match shape.kind:
        case "structure":
            known = shape.by_asl_name(naming)
            answer = {}
            for name, item in value.items():
                member = known.get(name)
                if member is not None:
                    where = f"{path}.{member.name}" if path else member.name
                    answer[member.name] = (
                        json.loads(item) if member.json_value else _returned(member.shape, item, naming, where)
                    )
            return answer
        case "list":
            return [_returned(shape.element, item, naming, f"{path}[{i}]") for i, item in enumerate(value)]
        case "map":
            return {key: _returned(shape.value, item, naming, f"{path}.{key}") for key, item in value.items()}
        case "timestamp":
            return moment_of(value / 1000 if naming == "api" and _is_number(value) else value, path)
        case "blob":
            return str(value).encode()
        case _:
            return _decoded(value) if shape.is_encoded else value


def _decoded(text: Any) -> Any:
    """A document as botocore's `decode_quoted_jsondoc` reads it."""
    try:
        return json.loads(unquote(text))
    except (ValueError, TypeError):
        return text


# --- moments


def moment_of(value: Any, path: str) -> datetime:
    """A moment as boto3 takes them: a datetime, ISO text, seconds since 1970. Without a zone it is UTC."""
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, str):
            moment = datetime.fromisoformat(value)
        elif _is_number(value):
            moment = datetime.fromtimestamp(value, UTC)
        else:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        raise Untranslatable(f"{path}: {value!r} is no moment") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def iso_text(moment: datetime) -> str:
    """ISO text as Java writes an instant: UTC, `Z`, and as many groups of three decimals as it needs."""
    utc = moment.astimezone(UTC)
    whole = utc.strftime("%Y-%m-%dT%H:%M:%S")
    if not utc.microsecond:
        return f"{whole}Z"
    if utc.microsecond % 1000:
        return f"{whole}.{utc.microsecond:06d}Z"
    return f"{whole}.{utc.microsecond // 1000:03d}Z"
