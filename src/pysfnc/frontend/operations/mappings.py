"""Dicts of `collections`, and dicts whose keys are ints: what they are besides, as types."""

from dataclasses import replace

from pysfnc.ir.exprs import Expr
from pysfnc.library.dicts import value_type as values_in
from pysfnc.library.typenames import of_kinds
from pysfnc.values.types import INT, NEVER, STR, DictT, Kind, MapT, Type, join_all, kinds, members


def plain(value: Expr) -> Expr:
    """A `Counter` and the like as the dict that it is besides; any other value as it is."""
    if Kind.MAPPING not in kinds(value.type):
        return value
    return replace(value, type=join_all([_plain_type(member) for member in members(value.type)]))


def _plain_type(type_: Type) -> Type:
    if not isinstance(type_, MapT):
        return type_
    return MapT("dict", type_.held, key=INT) if type_.key == INT else type_.held


def dict_held(value: Expr) -> Expr:
    """A dict as the machine holds it, whatever its keys are; for whoever looks at no key, or has its text."""
    if Kind.MAPPING not in kinds(value.type):
        return value
    return replace(value, type=join_all([m.held if isinstance(m, MapT) else m for m in members(value.type)]))


def as_mapping(value: Expr, like: MapT) -> Expr:
    """A dict that was made of a special one, as a special one again."""
    if isinstance(value.type, MapT):
        return replace(value, type=MapT(like.name, value.type.held, like.factory, value.type.key))
    if not isinstance(value.type, DictT):
        return value
    key = STR if like.key == NEVER and value.type.value != NEVER else like.key
    return replace(value, type=MapT(like.name, DictT(value.type.value), like.factory, key))


def has_int_keys(type_: Type) -> bool:
    """Whether a value is a dict whose keys are ints."""
    return isinstance(type_, MapT) and type_.key == INT


def keyed_by(type_: Type, key: Expr) -> MapT | None:
    """The dict type that takes an int as a key, if one of the type does: one with such keys, or one that has no keys yet."""
    if kinds(key.type) != {Kind.INT}:
        return None
    if isinstance(type_, MapT) and type_.key in (INT, NEVER):
        return replace(type_, key=INT)
    if type(type_) is DictT and type_.value == NEVER and not type_.fields:
        return MapT("dict", type_, key=INT)
    return None


def as_int_keyed(made: Expr) -> Expr:
    return replace(made, type=MapT("dict", DictT(made.type.value), key=INT)) if isinstance(made.type, DictT) else made


def value_type(type_: Type) -> Type:
    """The type of the values of a dict."""
    type_ = join_all([member.held if isinstance(member, MapT) else member for member in members(type_)])
    return values_in(of_kinds(type_, frozenset({Kind.DICT})))
