"""What the keys of a dict may be that the machine holds as texts of their own (`library.key_texts` makes the texts).

Keys that are equal have one text. Where a bool stands in a tuple its number is in the text, so the type of the keys has to say that it is a bool:
such a place is a *spot*, and no dict may lose one by becoming a dict of more keys.
"""

from collections.abc import Iterator
from typing import Final

from pysfnc.values.types import INFINITY, NEVER, EnumT, Kind, TuplesT, TupleT, Type, join, kinds, members

NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_SCALARS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})
Path = tuple[int | None, ...]


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
    """Whether values of a type have texts as keys: numbers, texts, None, tuples of them, or members of one Enum."""
    found = members(type_)
    if any(isinstance(member, EnumT) for member in found):
        return len(found) == 1
    if has_spots(type_) and sum(isinstance(member, TupleT) for member in found) > 1:
        return False
    return all(_is_key(member) for member in found)


def _is_key(member: Type) -> bool:
    match member:
        case TupleT(items):
            return NEVER not in items and all(map(is_key, items))
        case TuplesT(item):
            return is_key(item)
        case _:
            return member != INFINITY and kinds(member) <= _SCALARS


def joined_keys(one: Type, other: Type) -> Type | None:
    """The keys of a dict that has keys of both types; None where the texts of some would not tell them any more."""
    both = join(one, other)
    return both if is_key(both) and _spots(both) == _spots(one) | _spots(other) else None
