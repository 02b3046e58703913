"""What becomes of the known keys of a dict when it is changed, merged or copied.

Owns these rules, as functions from types to types. A key that is not constant may be any key, so that every field may change.
"""

from dataclasses import replace

from pysfnc.values.relations import dict_of, field_of, is_subtype, join, join_all, others_of
from pysfnc.values.types import (
    NEVER,
    DequeT,
    DictField,
    DictT,
    LazyDictT,
    ListT,
    MapT,
    RecordT,
    SetT,
    TiedDictT,
    TuplesT,
    TupleT,
    Type,
    UnionT,
)


def with_field(type_: DictT, key: str, value: Type) -> DictT:
    """After `d["key"] = value`, or where the key is known to be there with such a value."""
    if isinstance(type_, TiedDictT):
        if is_subtype(value, field_of(type_, key).type):
            return type_.having(key)
        type_ = type_.loaded
    if isinstance(type_, LazyDictT) and value == field_of(type_, key).type:
        return type_.having(key)
    if isinstance(type_, LazyDictT) and type_.partial:
        return _changed(type_, DictField(key, value))
    return dict_of([*_but(type_, key), DictField(key, value)], others_of(type_))


def without_field(type_: DictT, key: str) -> DictT:
    """After `del d["key"]`: the key is not there."""
    if isinstance(type_, LazyDictT) and type_.partial:
        return _changed(type_, DictField(key, NEVER, False))
    return dict_of([*_but(type_, key), DictField(key, NEVER, False)], others_of(type_))


def _changed(type_: LazyDictT, field: DictField) -> LazyDictT:
    """The type after a change of one field: it stays what is read when somebody asks."""
    shown = f" with {sorted(type_.present)} and {field!r}" if type_.present else f" with {field!r}"

    def load() -> DictT:
        made = type_.loaded
        others = (other for other in made.fields if other.name != field.name)
        return DictT(join(made.value, field.type), tuple(sorted((*others, field), key=lambda f: f.name)), made.rest)

    return LazyDictT(type_.name + shown, load, partial=type_.partial)


def with_default(type_: DictT, key: str, value: Type) -> DictT:
    """After `d.setdefault("key", value)`."""
    before = field_of(type_, key)
    return with_field(type_, key, before.type if before.always else join(before.type, value))


def with_some_field(type_: DictT, value: Type) -> DictT:
    """After `d[key] = value` of any key."""
    return dict_of(
        [DictField(field.name, join(field.type, value), field.always) for field in type_.fields],
        join(others_of(type_), value),
    )


def without_some_field(type_: DictT) -> DictT:
    """After `del d[key]` of any key."""
    return dict_of([DictField(field.name, field.type, False) for field in type_.fields], others_of(type_))


def merged(base: DictT, other: DictT) -> DictT:
    """`{**base, **other}`."""
    made: list[DictField] = []
    for name in dict.fromkeys(field.name for field in (*base.fields, *other.fields)):
        first, second = field_of(base, name), field_of(other, name)
        value = second.type if second.always else join(first.type, second.type)
        made.append(DictField(name, value, first.always or second.always))
    return dict_of(made, join(others_of(base), others_of(other)))


def read_at(type_: DictT, key: str | None) -> Type:
    """The type of `d["key"]` or, for None, of `d[key]` of any key, when there is such a key."""
    return type_.value if key is None else field_of(type_, key).type


def without_fields(type_: Type) -> Type:
    """The type without what it knows of single keys, at every depth."""
    match type_:
        case LazyDictT():
            return type_
        case DictT(value):
            return DictT(without_fields(value))
        case ListT(item):
            return ListT(without_fields(item))
        case TuplesT(item):
            return TuplesT(without_fields(item))
        case MapT(held=held):
            return replace(type_, held=DictT(without_fields(held.value)))
        case DequeT(item):
            return DequeT(without_fields(item))
        case SetT(item, form):
            return SetT(without_fields(item), form)
        case TupleT(items, named):
            return TupleT(tuple(map(without_fields, items)), named)
        case RecordT(_, TiedDictT()):
            return type_
        case RecordT(cls, attributes):
            inner = [DictField(f.name, without_fields(f.type), f.always) for f in attributes.fields]
            return RecordT(cls, dict_of(inner, others_of(attributes)))
        case UnionT(members):
            return join_all([without_fields(member) for member in members])
        case _:
            return type_


def _but(type_: DictT, key: str) -> list[DictField]:
    return [field for field in type_.fields if field.name != key]
