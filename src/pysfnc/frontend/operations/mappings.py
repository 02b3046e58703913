"""Dicts of `collections`, and dicts whose keys are not all str: what they are besides, as types."""

from dataclasses import replace

from pysfnc.ir.exprs import Expr
from pysfnc.library.containers.dicts import value_type as values_in
from pysfnc.library.containers.hashing import hashable_part
from pysfnc.library.rows.typenames import of_kinds
from pysfnc.values.keys import is_key, joined_keys
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import NEVER, STR, DictT, ErrorT, Kind, MapT, Type


def plain(value: Expr) -> Expr:
    """A `Counter` and the like as the dict that it is besides; any other value as it is."""
    if Kind.MAPPING not in kinds(value.type):
        return value
    return replace(value, type=join_all([_plain_type(member) for member in members(value.type)]))


def _plain_type(type_: Type) -> Type:
    if not isinstance(type_, MapT):
        return type_
    return MapT("dict", type_.held, key=type_.key) if has_own_keys(type_) else type_.held


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


def has_own_keys(type_: Type) -> bool:
    """Whether a value is a dict whose keys are not all str, which the machine holds as texts of their own."""
    return isinstance(type_, MapT) and type_.key not in (STR, NEVER)


def _is_empty(type_: Type) -> bool:
    """Whether a dict has no key yet, so that the first one tells what its keys are."""
    if isinstance(type_, MapT):
        return type_.key == NEVER
    return type(type_) is DictT and type_.value == NEVER and not type_.fields


def keys_like(type_: Type, key: Type) -> MapT | None:
    """What a dict without keys is when its keys are of a type; None where the dict has keys, or the machine no texts for these."""
    key = hashable_part(key)
    if not _is_empty(type_) or key in (STR, NEVER) or not is_key(key):
        return None
    return replace(type_, key=key) if isinstance(type_, MapT) else MapT("dict", DictT(NEVER), key=key)


def keyed_by(type_: Type, key: Type, *, sets: bool = False) -> MapT | None:
    """The dict type that takes a key as a text of its own, if one of the type does: one with such keys, or one without keys that gets no str.

    `sets`: the key is put in, so that the dict has keys of its type from now on.
    """
    if _is_empty(type_):
        return None if Kind.STR in kinds(key) or isinstance(key, ErrorT) else keys_like(type_, key)
    if not (isinstance(type_, MapT) and has_own_keys(type_)):
        return None
    mine = hashable_part(key)
    if not is_key(mine):
        return None
    if not sets:
        return type_
    both = joined_keys(type_.key, mine)
    return None if both is None else replace(type_, key=both)


def as_keyed(made: Expr, key: Type) -> Expr:
    """A dict that was made with the texts of keys, as one with the keys."""
    return replace(made, type=MapT("dict", DictT(made.type.value), key=key)) if isinstance(made.type, DictT) else made


def value_type(type_: Type) -> Type:
    """The type of the values of a dict."""
    type_ = join_all([member.held if isinstance(member, MapT) else member for member in members(type_)])
    return values_in(of_kinds(type_, frozenset({Kind.DICT})))
