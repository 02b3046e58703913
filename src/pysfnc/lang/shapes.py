"""Shapes: what an annotation accepts on the wire, and how it is decoded.

Owns the reading of annotations (`shape_of`), the decoding of JSON by shape, the rendered text of annotations and the
rule that decides a Union. Encoding needs no shape; it and the format are in `pysfnc.lang.wire`.
"""

import base64
import binascii
import dataclasses
import enum
import inspect
import re
import sys
import types
import typing
from collections import abc
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

from pysfnc.lang.json_values import (
    JSON_KINDS,
    WireFault,
    decode_any,
    decode_inside,
    decode_items,
    kind_of,
    misfit,
    plain_number,
)

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{6})?)?)?", re.ASCII
)
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,14})?|[+-]?Infinity|[+-]?s?NaN\d*", re.ASCII)


class Shape:
    """What one annotation means on the wire.

    Attributes:
        name: the annotation as messages show it.
        kinds: the JSON types that can fit at all.
        python: a mark of the Python type that decoding gives; members of a Union with one mark never conflict.
    """

    name: str
    kinds: frozenset[str]
    python: object

    def decode(self, value: Any) -> Any:
        """The Python value; raises `WireFault` when `value` does not fit."""
        if kind_of(value) not in self.kinds:
            raise misfit(self.name, kind_of(value))
        return self.decode_kind(value)

    def decode_kind(self, value: Any) -> Any:
        """Decode a value whose JSON type is one of `kinds`."""
        raise NotImplementedError


class AnyShape(Shape):
    """Fits everything: no annotation, `Any`, `object`, or one that cannot be read."""

    def __init__(self, name: str = "Any") -> None:
        self.name = name
        self.kinds = JSON_KINDS
        self.python = self.__class__

    def decode(self, value: Any) -> Any:
        return decode_any(value)


class ScalarShape(Shape):
    """None, bool, int, float and str."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kinds = frozenset({"int", "float"}) if kind == "float" else frozenset({kind})
        self.python = kind

    def decode_kind(self, value: Any) -> Any:
        if self.python == "float":
            return _float(value)
        return decode_any(value)


def _float(value: int | float) -> float:
    """A JSON number as a float. A large one may be written without a point, so the limit of ints is none here."""
    if not isinstance(value, int):
        return float(plain_number(value))
    try:
        return float(value)
    except OverflowError:
        raise WireFault(ValueError, "is a number beyond the largest float") from None


class TextShape(Shape):
    """A Python type that travels as text of a fixed grammar."""

    def __init__(self, name: str, parse: Callable[[str], Any]) -> None:
        self.name = name
        self.kinds = frozenset({"str"})
        self.python = name
        self._parse = parse

    def decode_kind(self, value: Any) -> Any:
        try:
            return self._parse(value)
        except ValueError:
            raise misfit(self.name, "str") from None


class ListShape(Shape):
    """`list[T]` and the abstract sequences, which travel and arrive as lists."""

    def __init__(self, item: Shape | None) -> None:
        self._item = item or AnyShape()
        self.name = f"list[{item.name}]" if item else "list"
        self.kinds = frozenset({"list"})
        self.python = list

    def decode_kind(self, value: Any) -> Any:
        return decode_items(value, self._item.decode)


class DictShape(Shape):
    """`dict[K, T]` whose keys are texts: `str`, or an Enum or Literal of texts."""

    def __init__(self, key: Shape | None, item: Shape | None) -> None:
        self._key = key or ScalarShape("str", "str")
        self._item = item or AnyShape()
        self.name = f"dict[{self._key.name}, {self._item.name}]" if item else "dict"
        self.kinds = frozenset({"dict"})
        self.python = dict

    def decode_kind(self, value: Any) -> Any:
        decoded = {}
        for key, item in value.items():
            step = f"[{key!r}]"
            decoded[decode_inside(step, self._key.decode, key)] = decode_inside(step, self._item.decode, item)
        return decoded


class TupleShape(Shape):
    """`tuple[A, B]`, `tuple[T, ...]` and `tuple`."""

    def __init__(self, items: tuple[Shape, ...] | None, repeated: Shape | None) -> None:
        self._items = items
        self._repeated = repeated
        if items is not None:
            inner = ", ".join(item.name for item in items) or "()"
            self.name = f"tuple[{inner}]"
        else:
            self.name = f"tuple[{repeated.name}, ...]" if repeated else "tuple"
        self.kinds = frozenset({"list"})
        self.python = tuple

    def decode_kind(self, value: Any) -> Any:
        if self._items is None:
            return tuple(decode_items(value, (self._repeated or AnyShape()).decode))
        if len(value) != len(self._items):
            raise misfit(self.name, "list")
        return tuple(
            decode_inside(f"[{index}]", shape.decode, item)
            for index, (shape, item) in enumerate(zip(self._items, value, strict=True))
        )


class NamedTupleShape(Shape):
    """A NamedTuple class, which travels as a list."""

    def __init__(self, cls: type[Any]) -> None:
        self._cls = cls
        self.name = cls.__name__
        self.kinds = frozenset({"list"})
        self.python = cls

    @cached_property
    def _items(self) -> list[Shape]:
        hints = hints_of_class(self._cls)
        return [shape_of(hints.get(name, Any)) for name in self._cls._fields]

    def decode_kind(self, value: Any) -> Any:
        if len(value) != len(self._items):
            raise misfit(self.name, "list")
        return self._cls(
            *(
                decode_inside(f"[{index}]", shape.decode, item)
                for index, (shape, item) in enumerate(zip(self._items, value, strict=True))
            )
        )


class ChoiceShape(Shape):
    """An Enum or a Literal: one of several encoded values."""

    def __init__(self, name: str, python: object, members: list[tuple[Any, Any]]) -> None:
        self.name = name
        self.python = python
        self.members = members
        self.kinds = frozenset(kind_of(encoded) for encoded, _ in members)

    def decode_kind(self, value: Any) -> Any:
        kind = kind_of(value)
        for encoded, member in self.members:
            if kind_of(encoded) == kind and encoded == value:
                return member
        raise misfit(self.name, kind)


class RecordShape(Shape):
    """A dataclass or TypedDict: an object with known keys, resolved when first used so that types may be recursive."""

    def __init__(self, cls: type[Any]) -> None:
        self._cls = cls
        self.name = cls.__name__
        self.kinds = frozenset({"dict"})
        self.python = cls

    @cached_property
    def fields(self) -> dict[str, Shape]:
        """The shape of each key, in the order of the class."""
        raise NotImplementedError

    @cached_property
    def required(self) -> frozenset[str]:
        """The keys that must be there."""
        raise NotImplementedError

    def _decoded_fields(self, value: dict[str, Any]) -> dict[str, Any]:
        decoded = {}
        for name, shape in self.fields.items():
            if name in value:
                decoded[name] = decode_inside(f".{name}", shape.decode, value[name])
            elif name in self.required:
                raise misfit(shape.name, "missing").inside(f".{name}")
        return decoded


class DataclassShape(RecordShape):
    """A dataclass; surplus keys are ignored, absent ones take their default."""

    @cached_property
    def fields(self) -> dict[str, Shape]:
        hints = hints_of_class(self._cls)
        return {field.name: shape_of(hints.get(field.name, Any)) for field in dataclasses.fields(self._cls)}

    @cached_property
    def required(self) -> frozenset[str]:
        missing = dataclasses.MISSING
        return frozenset(
            field.name
            for field in dataclasses.fields(self._cls)
            if field.init and field.default is missing and field.default_factory is missing
        )

    def decode_kind(self, value: Any) -> Any:
        decoded = self._decoded_fields(value)
        late = {field.name for field in dataclasses.fields(self._cls) if not field.init}
        made = self._cls(**{name: item for name, item in decoded.items() if name not in late})
        for name in late & decoded.keys():
            object.__setattr__(made, name, decoded[name])
        return made


class TypedDictShape(RecordShape):
    """A TypedDict, which is a dict: surplus keys and the order of keys stay."""

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return hints_of_class(self._cls)

    @cached_property
    def fields(self) -> dict[str, Shape]:
        return {name: shape_of(hint) for name, hint in self._hints.items()}

    @cached_property
    def required(self) -> frozenset[str]:
        required = set(self._cls.__required_keys__)
        for name, hint in self._hints.items():
            origin = typing.get_origin(hint)
            if origin is typing.NotRequired:
                required.discard(name)
            elif origin is typing.Required:
                required.add(name)
        return frozenset(required)

    def decode_kind(self, value: Any) -> Any:
        known = self._decoded_fields(value)
        return {
            key: known[key] if key in known else decode_inside(f"[{key!r}]", decode_any, item)
            for key, item in value.items()
        }


class LazyShape(Shape):
    """A named alias (``type X = ...``), read when first used since it may be recursive."""

    def __init__(self, name: str, read: Callable[[], Any]) -> None:
        self.name = name
        self._read = read
        self.python = self

    @cached_property
    def target(self) -> Shape:
        """The shape the alias stands for."""
        return shape_of(self._read())

    def decode(self, value: Any) -> Any:
        return self.target.decode(value)


class UnionShape(Shape):
    """A Union: the first member that fits, if the wire can tell the members apart.

    An integral number is an int where both int and float are members. Of two record classes the one whose keys are
    exactly those of the object is tried first.
    """

    def __init__(self, members: list[Shape]) -> None:
        self._members = members
        self.name = " | ".join(member.name for member in members)
        self.python = self

    @cached_property
    def _resolved(self) -> list[Shape]:
        flat = list(_flattened(self._members))
        for index, first in enumerate(flat):
            for second in flat[index + 1 :]:
                if not can_tell_apart(first, second):
                    raise WireFault(TypeError, f"has a type that the wire cannot decide: {first.name} or {second.name}")
        return sorted(flat, key=lambda member: member.python == "float")

    def decode(self, value: Any) -> Any:
        kind = kind_of(value)
        candidates = [member for member in self._resolved if kind in member.kinds]
        if kind == "dict":
            candidates.sort(key=lambda member: not _has_exact_keys(member, value))
        for member in candidates:
            try:
                return member.decode(value)
            except WireFault as fault:
                if len(candidates) == 1 or fault.error is ValueError:
                    raise
        raise misfit(self.name, kind)


def _flattened(members: list[Shape]) -> "abc.Iterator[Shape]":
    for member in members:
        if isinstance(member, LazyShape):
            member = member.target
        if isinstance(member, UnionShape):
            yield from _flattened(member._members)
        else:
            yield member


def _has_exact_keys(member: Shape, value: Mapping[str, Any]) -> bool:
    return isinstance(member, RecordShape) and member.fields.keys() == value.keys()


def can_tell_apart(first: Shape, second: Shape) -> bool:
    """Whether the JSON of two members of a Union shows which of them it is, as far as decoding depends on it."""
    if isinstance(first, AnyShape) or isinstance(second, AnyShape) or not first.kinds & second.kinds:
        return True
    if first.python == second.python:
        return True
    pair = {first.python, second.python}
    if pair in ({"int", "float"}, {"date", "datetime"}):
        return True
    if isinstance(first, ChoiceShape) and isinstance(second, ChoiceShape):
        return not any(one == other for one, _ in first.members for other, _ in second.members)
    if isinstance(first, ChoiceShape) or isinstance(second, ChoiceShape):
        choice = first if isinstance(first, ChoiceShape) else second
        return choice.python is typing.Literal and pair <= {typing.Literal, "str", "int", "bool", "NoneType"}
    if isinstance(first, RecordShape) and isinstance(second, RecordShape):
        return first.fields.keys() != second.fields.keys() or any(
            isinstance(first.fields[name], ChoiceShape)
            and isinstance(second.fields[name], ChoiceShape)
            and can_tell_apart(first.fields[name], second.fields[name])
            and first.fields[name].name != second.fields[name].name
            for name in first.fields
        )
    return False


def _parse_datetime(text: str) -> datetime:
    if not _DATETIME.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text)


def _parse_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def _parse_decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError from None


def _parse_bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError from None


_FIXED: Final[dict[Any, Callable[[], Shape]]] = {
    None: lambda: ScalarShape("None", "NoneType"),
    types.NoneType: lambda: ScalarShape("None", "NoneType"),
    bool: lambda: ScalarShape("bool", "bool"),
    int: lambda: ScalarShape("int", "int"),
    float: lambda: ScalarShape("float", "float"),
    str: lambda: ScalarShape("str", "str"),
    datetime: lambda: TextShape("datetime", _parse_datetime),
    date: lambda: TextShape("date", _parse_date),
    Decimal: lambda: TextShape("Decimal", _parse_decimal),
    bytes: lambda: TextShape("bytes", _parse_bytes),
    object: lambda: AnyShape("object"),
    Any: lambda: AnyShape(),
    list: lambda: ListShape(None),
    dict: lambda: DictShape(None, None),
    tuple: lambda: TupleShape(None, None),
}
_LIST_ORIGINS: Final = frozenset(
    {list, abc.Sequence, abc.MutableSequence, abc.Iterable, abc.Collection, abc.Reversible}
)
_DICT_ORIGINS: Final = frozenset({dict, abc.Mapping, abc.MutableMapping})
_STRIPPED: Final = frozenset({typing.Annotated, typing.Required, typing.NotRequired, typing.Final, typing.ClassVar})


def shape_of(annotation: Any) -> Shape:
    """The shape of a resolved annotation. What has no meaning on the wire fits everything, under its own name."""
    try:
        fixed = _FIXED.get(annotation)
    except TypeError:  # unhashable: Annotated and Literal with unhashable arguments
        fixed = None
    if fixed is not None:
        return fixed()
    origin = typing.get_origin(annotation)
    if origin is None:
        return _shape_of_plain(annotation)
    if getattr(annotation, "__args__", None) is None:  # `typing.List` without brackets
        return shape_of(origin)
    args = typing.get_args(annotation)
    if origin in _STRIPPED or getattr(origin, "__name__", "") == "ReadOnly":
        return shape_of(args[0])
    if origin is typing.Union or origin is types.UnionType:
        return UnionShape([shape_of(arg) for arg in args])
    if origin is typing.Literal:
        return _literal_shape(args)
    if origin is tuple:
        return _tuple_shape(args)
    if origin in _LIST_ORIGINS:
        return ListShape(shape_of(args[0]))
    if origin in _DICT_ORIGINS:
        # Python takes `dict[str]` too, and the compiler reads it as `dict`.
        return DictShape(shape_of(args[0]), shape_of(args[1])) if len(args) == 2 else DictShape(None, None)
    return shape_of(origin) if dataclasses.is_dataclass(origin) else AnyShape(_name_of(annotation))


def _shape_of_plain(annotation: Any) -> Shape:
    if annotation in _LIST_ORIGINS:
        return ListShape(None)
    if annotation in _DICT_ORIGINS:
        return DictShape(None, None)
    if isinstance(annotation, typing.NewType):
        return shape_of(annotation.__supertype__)
    if type(annotation).__name__ == "TypeAliasType":
        return LazyShape(annotation.__name__, lambda: annotation.__value__)
    if not isinstance(annotation, type):
        return AnyShape(_name_of(annotation))
    if issubclass(annotation, enum.Enum):
        return _enum_shape(annotation)
    if typing.is_typeddict(annotation):
        return TypedDictShape(annotation)
    if dataclasses.is_dataclass(annotation):
        return DataclassShape(annotation)
    if issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
        return NamedTupleShape(annotation)
    return AnyShape(annotation.__name__)


def _name_of(annotation: Any) -> str:
    return getattr(annotation, "__name__", None) or str(annotation)


def _literal_shape(values: tuple[Any, ...]) -> Shape:
    from pysfnc.lang.wire import encode

    name = f"Literal[{', '.join(_literal_text(value) for value in values)}]"
    return ChoiceShape(name, typing.Literal, [(encode(value), value) for value in values])


def _literal_text(value: Any) -> str:
    return f"{type(value).__name__}.{value.name}" if isinstance(value, enum.Enum) else repr(value)


def _enum_shape(cls: type[enum.Enum]) -> Shape:
    from pysfnc.lang.wire import encode

    return ChoiceShape(cls.__name__, cls, [(encode(member), member) for member in cls])


def _tuple_shape(args: tuple[Any, ...]) -> Shape:
    if len(args) == 2 and args[1] is Ellipsis:
        return TupleShape(None, shape_of(args[0]))
    return TupleShape(tuple(shape_of(arg) for arg in args), None)


def hints_of_class(cls: type[Any]) -> dict[str, Any]:
    """The resolved annotations of a class; those that cannot be resolved are `Any`."""
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except Exception:
        resolved: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            namespace = getattr(sys.modules.get(base.__module__), "__dict__", {})
            resolved.update(_hints_one_by_one(inspect.get_annotations(base), namespace))
        return resolved


def hints_of_function(function: Callable[..., Any]) -> dict[str, Any]:
    """The resolved annotations of a function; those that cannot be resolved are `Any`."""
    try:
        return typing.get_type_hints(function, include_extras=True)
    except Exception:
        try:
            annotations = function.__annotations__
        except Exception:
            return {}
        return _hints_one_by_one(annotations, getattr(function, "__globals__", {}))


def _hints_one_by_one(annotations: Mapping[str, Any], namespace: dict[str, Any]) -> dict[str, Any]:
    resolved: dict[str, Any] = {}
    for name, annotation in annotations.items():
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            resolved.update(typing.get_type_hints(holder, globalns=namespace, include_extras=True))
        except Exception:
            resolved[name] = Any
    return resolved
