"""Dicts of `collections`, and dicts whose keys are ints or of any type: what they are besides, as types."""

from dataclasses import replace

from pysfnc.ir.exprs import Expr
from pysfnc.library.dicts import value_type as values_in
from pysfnc.library.typenames import of_kinds
from pysfnc.values.types import (
    ANY_KEY,
    BOOL,
    FLOAT,
    INT,
    JSON,
    NEVER,
    NONE,
    STR,
    DictT,
    JsonT,
    Kind,
    ListT,
    MapT,
    Type,
    join_all,
    kinds,
    members,
)


def plain(value: Expr) -> Expr:
    """A `Counter` and the like as the dict that it is besides; any other value as it is."""
    if Kind.MAPPING not in kinds(value.type):
        return value
    return replace(value, type=join_all([_plain_type(member) for member in members(value.type)]))


def _plain_type(type_: Type) -> Type:
    if not isinstance(type_, MapT):
        return type_
    return MapT("dict", type_.held, key=type_.key) if has_int_keys(type_) else type_.held


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
    """Whether a value is a dict whose keys are ints, or of any type, which the machine holds as texts of their own."""
    return isinstance(type_, MapT) and type_.key in (INT, ANY_KEY)


def has_any_keys(type_: Type) -> bool:
    """Whether a value is a dict whose keys are of any type."""
    return isinstance(type_, MapT) and type_.key == ANY_KEY


def may_be_any_key(type_: Type) -> bool:
    """Whether the kind of a value is known at run time only, and may be one that a dict with keys of any type tells apart."""
    return (
        any(isinstance(one, JsonT) for one in members(type_))
        and FLOAT not in members(type_)
        and _is_scalar_or_json(type_)
    )


def _is_scalar_or_json(type_: Type) -> bool:
    known = (NONE, BOOL, INT, FLOAT, STR, DictT(JSON), ListT(JSON))
    return type_ != NEVER and all(isinstance(one, JsonT) or one in known for one in members(type_))


def first_any_key(type_: Type, key: Type) -> MapT | None:
    """What a dict without keys is with one of any type; None where the dict has keys, or the key is of one known type."""
    if not may_be_any_key(key):
        return None
    if isinstance(type_, MapT) and type_.key == NEVER and type_.name != "Counter":
        return replace(type_, key=ANY_KEY)
    if type(type_) is DictT and type_.value == NEVER and not type_.fields:
        return MapT("dict", type_, key=ANY_KEY)
    return None


def keyed_by(type_: Type, key: Expr) -> MapT | None:
    """The dict type that takes a key as a text of its own, if one of the type does: one with such keys, or one without keys that gets an int."""
    if isinstance(type_, MapT) and type_.key == ANY_KEY:
        return type_ if _is_scalar_or_json(key.type) else None
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
