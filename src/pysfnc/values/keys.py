"""What the keys of a dict may be that the machine holds as texts of their own (`library.containers.key_texts` makes the texts).

Keys that are equal have one text. Where a bool stands in a tuple its number is in the text, so the type of the keys has to say that it is a bool:
such a place is a *spot*, and no dict may lose one by becoming a dict of more keys.
"""

from collections.abc import Iterator
from typing import Final

from pysfnc.values.relations import join, kinds, members, others_of
from pysfnc.values.types import (
    BOOL,
    INFINITY,
    NEVER,
    DictT,
    EnumT,
    JsonT,
    Kind,
    LazyDictT,
    ListT,
    OpaqueT,
    RecordT,
    TuplesT,
    TupleT,
    Type,
)

NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_SCALARS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})
Path = tuple[int | None, ...]
DATE: Final = OpaqueT("date", on_wire=True)
DURATION: Final = OpaqueT("timedelta")
"""Values that the machine holds as a text or number which equals that of no other value of the type."""


def is_mixed(type_: Type) -> bool:
    """Whether a value may be a bool or a number, which may be equal."""
    return Kind.BOOL in kinds(type_) and bool(kinds(type_) & NUMBERS)


def has_spots(type_: Type) -> bool:
    """Whether a bool stands in tuples of the type where no number does."""
    return bool(_spots(type_))


def _spots(type_: Type) -> frozenset[Path]:
    return frozenset(_spots_in(type_, ()))


def _spots_in(type_: Type, path: Path) -> Iterator[Path]:
    for member in members(type_):
        if isinstance(member, TuplesT):
            parts: list[tuple[Path, Type]] = [((*path, None), member.item)]
        elif isinstance(member, TupleT):
            parts = [((*path, len(member.items), index), item) for index, item in enumerate(member.items)]
        else:
            continue
        for place, part in parts:
            if Kind.BOOL in kinds(part) and not is_mixed(part):
                yield place
            yield from _spots_in(part, place)


def is_key(type_: Type) -> bool:
    """Whether values of a type have texts as keys: scalars, tuples of them, members of one Enum, dates, objects that are their fields."""
    found = members(type_)
    if any(isinstance(member, EnumT) for member in found):
        return len(found) == 1
    if has_spots(type_) and sum(isinstance(member, TupleT) for member in found) > 1:
        return False
    return _are_apart(found) and all(_is_key(member) for member in found)


def _are_apart(found: tuple[Type, ...]) -> bool:
    """Whether dates and objects stand beside nothing that the machine holds in the same form."""
    if DURATION in found:
        return len(found) == 1
    names = [member.cls.name for member in found if isinstance(member, RecordT)]
    if len(set(names)) < len(names):
        return False
    return DATE not in found or not any(Kind.STR in kinds(member) or isinstance(member, EnumT) for member in found)


def _is_key(member: Type) -> bool:
    match member:
        case TupleT(items):
            return NEVER not in items and all(map(is_key, items))
        case TuplesT(item):
            return is_key(item)
        case RecordT():
            return is_by_fields(member) and all(_is_part(field.type) for field in member.attributes.fields)
        case _:
            return member == DATE or (member != INFINITY and kinds(member) <= _SCALARS)


def _is_part(type_: Type) -> bool:
    """Whether a field of an object is told by its text: a bool is written as a number, so that it has to be nothing else."""
    return (
        type_ != NEVER and is_key(type_) and not has_spots(type_) and (Kind.BOOL not in kinds(type_) or type_ == BOOL)
    )


def is_by_fields(member: RecordT) -> bool:
    """Whether objects are equal, and have the same hash, where all their attributes are equal."""
    cls, attributes = member.cls, member.attributes
    if isinstance(attributes, LazyDictT) or others_of(attributes) != NEVER:
        return False
    every = all(field.compared for field in cls.fields) and all(field.always for field in attributes.fields)
    return every and cls.compared == "fields" and cls.hashed == "fields"


def is_item(type_: Type) -> bool:
    """Whether a set can hold values of a type, which are hashable."""
    found = members(type_)
    return _are_apart(found) and all(_is_item(member) for member in found)


def _is_item(member: Type) -> bool:
    match member:
        case TupleT(items):
            return all(map(is_item, items))
        case TuplesT(item):
            return is_item(item)
        case RecordT(_, attributes):
            return is_by_fields(member) and all(is_item(field.type) for field in attributes.fields)
        case _:
            return isinstance(member, EnumT) or member in (DATE, DURATION) or kinds(member) <= _SCALARS


def is_told(type_: Type) -> bool:
    """Whether values of a type are equal where the machine's forms are, dates and what holds them among it."""
    found = members(type_)
    return _are_apart(found) and all(_is_told(member) for member in found)


def _is_told(member: Type) -> bool:
    match member:
        case ListT(item) | TuplesT(item):
            return is_told(item)
        case TupleT(items):
            return all(map(is_told, items))
        case LazyDictT():
            return False
        case DictT(_, fields):
            return is_told(others_of(member)) and all(is_told(field.type) for field in fields)
        case RecordT(cls, attributes):
            is_plain = cls.compared == "fields" and all(field.compared for field in cls.fields)
            return is_plain and _is_told(attributes)
        case JsonT():
            return True
        case _:
            return member != INFINITY and _is_item(member)


def joined_keys(one: Type, other: Type) -> Type | None:
    """The keys of a dict that has keys of both types; None where the texts of some would not tell them any more."""
    both = join(one, other)
    return both if is_key(both) and _spots(both) == _spots(one) | _spots(other) else None
