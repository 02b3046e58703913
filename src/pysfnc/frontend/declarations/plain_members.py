"""Members of an Enum that are ints or texts besides, where their order or sum is asked for: in the machine they are these ints and texts."""

from dataclasses import replace

from pysfnc.ir.exprs import Expr
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import INT, STR, EnumT, Kind, ListT, TupleT, Type

_NUMBERS = frozenset({Kind.INT, Kind.BOOL, Kind.FLOAT})


def as_values(items: Expr) -> Expr:
    """A list of such members, or of tuples with such members, as one of what they are besides; any other list as it is."""
    if not isinstance(items.type, ListT) or not _holds_member(items.type.item):
        return items
    plain = _plain(items.type.item)
    return replace(items, type=ListT(plain)) if _has_one_order(plain) else items


def are_members(type_: Type) -> bool:
    """Whether values of a type are such members, perhaps beside ints or texts."""
    return any(isinstance(one, EnumT) for one in members(type_)) and _has_one_order(_plain(type_))


def _holds_member(type_: Type) -> bool:
    return any(
        isinstance(one, EnumT) or (isinstance(one, TupleT) and any(map(_holds_member, one.items)))
        for one in members(type_)
    )


def _plain(type_: Type) -> Type:
    match type_:
        case EnumT(cls) if cls.base is not None:
            return INT if cls.base == "int" else STR
        case TupleT(items, None):
            return TupleT(tuple(map(_plain, items)))
        case _:
            found = members(type_)
            return type_ if len(found) == 1 else join_all(list(map(_plain, found)))


def _has_one_order(type_: Type) -> bool:
    """Whether no two values of a type raise where they are compared."""
    if isinstance(type_, TupleT):
        return all(map(_has_one_order, type_.items))
    found = kinds(type_)
    return bool(found) and (found <= _NUMBERS or found == {Kind.STR})
