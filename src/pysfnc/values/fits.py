"""Fits: what an annotation accepts and how messages name it.

The static picture of the wire's rules ("Messages" in `pysfnc.lang.wire`): from a fit follow the type of a decoded value, the
checks of a machine's input, and the words of a refusal. It does not read annotations (`frontend.declarations.annotations` does).
"""

import json
from typing import Final

from pysfnc.lean import dataclass
from pysfnc.values.relations import dict_of, join, join_all
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    JSON,
    NEVER,
    NONE,
    STR,
    DictField,
    DictT,
    EnumClass,
    EnumT,
    ListT,
    OpaqueT,
    RecordClass,
    RecordT,
    TuplesT,
    TupleT,
    Type,
)


@dataclass(frozen=True, slots=True)
class AnyFit:
    """Every JSON value. `name` is how the annotation is called: `Any`, `object`, or a class without a form in JSON."""

    name: str = "Any"


@dataclass(frozen=True, slots=True)
class ScalarFit:
    """None, bool, int, float or str. A bool is no int; an int fits float and becomes one."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class TextFit:
    """A Python type that travels as a text of its own: `Decimal`, `bytes`, `date`, `datetime`."""

    name: str


@dataclass(frozen=True, slots=True)
class ListFit:
    """A list; `item` None is a bare `list`."""

    item: "Fit | None"
    is_tuple: bool = False
    """It arrives as a tuple of unknown length."""


@dataclass(frozen=True, slots=True)
class DictFit:
    """An object; both parts None is a bare `dict`. Keys are texts, or one of several texts."""

    key: "Fit | None"
    value: "Fit | None"


@dataclass(frozen=True, slots=True)
class TupleFit:
    """A list of exactly as many items; `named` for a NamedTuple class."""

    items: "tuple[Fit, ...]"
    named: RecordClass | None = None


@dataclass(frozen=True, slots=True)
class ChoiceFit:
    """`Literal[...]`, or an Enum: one of several values, equal and of the same type."""

    values: "tuple[bool | int | float | str | None, ...]"
    enum: EnumClass | None = None


@dataclass(frozen=True, slots=True)
class UnionFit:
    """The first member that fits; int before float. Two or more members, flat."""

    members: "tuple[Fit, ...]"


@dataclass(frozen=True, slots=True)
class FieldFit:
    """A key of a record. One that is not `required` may be absent; `default` is then the JSON text of what stands for it."""

    name: str
    fit: "Fit"
    required: bool
    default: str | None = None


@dataclass(frozen=True, slots=True)
class RecordFit:
    """A TypedDict: an object with these keys, in the order of the class, and any others. With `cls` a dataclass, whose
    objects have no others."""

    name: str
    fields: tuple[FieldFit, ...]
    cls: RecordClass | None = None


@dataclass(frozen=True, slots=True)
class NamedFit:
    """`type X = ...`: named as a part of others, but a value that does not fit is told what the target is called."""

    name: str
    target: "Fit"


Fit = AnyFit | ScalarFit | TextFit | ListFit | DictFit | TupleFit | ChoiceFit | UnionFit | RecordFit | NamedFit

ANY_FIT: Final = AnyFit()
NONE_FIT: Final = ScalarFit("None", NONE)
BOOL_FIT: Final = ScalarFit("bool", BOOL)
INT_FIT: Final = ScalarFit("int", INT)
FLOAT_FIT: Final = ScalarFit("float", FLOAT)
STR_FIT: Final = ScalarFit("str", STR)


def text_of(fit: Fit) -> str:
    """The annotation as messages name it."""
    match fit:
        case AnyFit(name) | ScalarFit(name, _) | TextFit(name) | RecordFit(name, _) | NamedFit(name, _):
            return name
        case TupleFit(_, RecordClass() as cls):
            return cls.name
        case ChoiceFit(_, EnumClass() as enum):
            return enum.name
        case ListFit(item, is_tuple=True):
            return f"tuple[{text_of(item)}, ...]" if item else "tuple"
        case ListFit(item):
            return f"list[{text_of(item)}]" if item else "list"
        case DictFit(key, value):
            return f"dict[{text_of(key or STR_FIT)}, {text_of(value)}]" if value else "dict"
        case TupleFit(items):
            return f"tuple[{', '.join(map(text_of, items)) or '()'}]"
        case ChoiceFit(values):
            return f"Literal[{', '.join(map(repr, values))}]"
        case UnionFit(found):
            return " | ".join(map(text_of, found))


def type_of(fit: Fit) -> Type:
    """The type of a value that was decoded by the annotation."""
    match fit:
        case AnyFit():
            return JSON
        case ScalarFit(_, type_):
            return type_
        case TextFit(name):
            return OpaqueT(name, on_wire=True)
        case ListFit(item, is_tuple):
            inside = type_of(item) if item else JSON
            return TuplesT(inside) if is_tuple else ListT(inside)
        case DictFit(_, value):
            return DictT(type_of(value) if value else JSON)
        case TupleFit(items, named):
            return TupleT(tuple(map(type_of, items)), named)
        case ChoiceFit(_, EnumClass() as enum):
            return EnumT(enum)
        case ChoiceFit(values):
            return join_all([_SCALARS[type(value)] for value in values])
        case UnionFit(found):
            return _union_type(found)
        case RecordFit(_, fields, RecordClass() as cls):
            return RecordT(cls, dict_of([DictField(field.name, _type_of_field(field)) for field in fields], NEVER))
        case RecordFit(_, fields):
            return dict_of([DictField(field.name, type_of(field.fit), field.required) for field in fields], JSON)
        case NamedFit(_, target):
            return type_of(target)


def _type_of_field(field: FieldFit) -> Type:
    """The type of a field, or of its default, which is not decoded."""
    type_ = type_of(field.fit)
    return type_ if field.default is None else join(type_, _type_of_json(json.loads(field.default)))


def _type_of_json(value: object) -> Type:
    match value:
        case list():
            return ListT(join_all([_type_of_json(item) for item in value]))
        case dict():
            return dict_of([DictField(str(key), _type_of_json(item)) for key, item in value.items()], NEVER)
        case _:
            return _SCALARS[type(value)]


def flattened(fit: Fit) -> tuple[Fit, ...]:
    """The members of a union, through names and unions inside; any other fit alone."""
    match fit:
        case NamedFit(_, target):
            return flattened(target)
        case UnionFit(found):
            return tuple(inner for member in found for inner in flattened(member))
        case _:
            return (fit,)


_SCALARS: Final[dict[type, Type]] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, str: STR}


def _union_type(found: tuple[Fit, ...]) -> Type:
    type_: Type = NEVER
    for member in found:
        type_ = join(type_, type_of(member))
    return type_
