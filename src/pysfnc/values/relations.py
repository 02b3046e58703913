"""How types relate: parts, subtypes, joins, restriction to kinds of values."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pysfnc.values.types import (
    BOOL,
    ERROR,
    FLOAT,
    INT,
    JSON,
    NEVER,
    NONE,
    STR,
    BoolT,
    DequeT,
    DictField,
    DictT,
    EnumT,
    ErrorT,
    ExcT,
    FloatT,
    InfinityT,
    IntT,
    JsonT,
    Kind,
    LazyDictT,
    ListT,
    MapT,
    NeverT,
    NoneT,
    OpaqueT,
    RecordT,
    SetT,
    StrT,
    TiedDictT,
    TuplesT,
    TupleT,
    Type,
    UnionT,
)

_SCALAR_KINDS: Final[dict[type[Type], Kind]] = {
    NoneT: Kind.NONE,
    BoolT: Kind.BOOL,
    IntT: Kind.INT,
    FloatT: Kind.FLOAT,
    InfinityT: Kind.FLOAT,
    StrT: Kind.STR,
    ListT: Kind.LIST,
    TupleT: Kind.TUPLE,
    TuplesT: Kind.TUPLE,
    DictT: Kind.DICT,
    LazyDictT: Kind.DICT,
    OpaqueT: Kind.OPAQUE,
    ExcT: Kind.EXCEPTION,
    RecordT: Kind.RECORD,
    EnumT: Kind.ENUM,
    SetT: Kind.SET,
    MapT: Kind.MAPPING,
    DequeT: Kind.DEQUE,
}


def members(type_: Type) -> tuple[Type, ...]:
    """The members of a union in a stable order, or the type alone."""
    if isinstance(type_, UnionT):
        return tuple(sorted(type_.members, key=str))
    return (type_,)


def kinds(type_: Type) -> frozenset[Kind]:
    """Which kinds a value of this type may have; all of JSON's for `JsonT`, none for `NeverT` and `ErrorT`."""
    found: set[Kind] = set()
    for member in members(type_):
        if isinstance(member, JsonT):
            found |= member.kinds
        elif type(member) in _SCALAR_KINDS:
            found.add(_SCALAR_KINDS[type(member)])
    return frozenset(found)


def is_json_faithful(type_: Type) -> bool:
    """Whether every value of this type reads back as itself when nothing but its JSON is known.

    False where a float or a tuple is inside: JSON would give an int or a list.
    """
    match type_:
        case NoneT() | BoolT() | IntT() | StrT() | JsonT() | NeverT():
            return True
        case ListT(item):
            return is_json_faithful(item)
        case DictT(value):
            return is_json_faithful(value)
        case UnionT(found):
            return all(map(is_json_faithful, found))
        case _:
            return False


def _keys_fit(key: Type, other: Type) -> bool:
    """Whether the machine holds keys of a type as it holds those of another: texts alone are held as they are."""
    return key in (NEVER, other) or (_joined_keys(key, other) == other)


def _joined_keys(key: Type, other: Type) -> Type | None:
    if NEVER in (key, other) or STR in (key, other):
        return join(key, other) if NEVER in (key, other) or key == other else None
    from pysfnc.values.keys import joined_keys

    return joined_keys(key, other)


def is_subtype(a: Type, b: Type) -> bool:
    """Whether every value of `a` is one of `b`. Bool is no subtype of int here: the compiler keeps them apart."""
    if a == b or isinstance(a, NeverT | ErrorT) or isinstance(b, ErrorT):
        return True
    if isinstance(a, UnionT):
        return all(is_subtype(m, b) for m in a.members)
    if isinstance(b, UnionT):
        return any(is_subtype(a, m) for m in b.members)
    match a, b:
        case (_, JsonT(wanted)):
            return is_json_faithful(a) and kinds(a) <= wanted
        case (ListT(x), ListT(y)):
            return is_subtype(x, y)
        case (DequeT(x), DequeT(y)):
            return is_subtype(x, y)
        case (SetT(x, one), SetT(y, other)):
            return one == other and is_subtype(x, y)
        case (MapT() as x, MapT() as y):
            return (x.name, x.factory) == (y.name, y.factory) and _keys_fit(x.key, y.key) and is_subtype(x.held, y.held)
        case (DictT(NeverT()), MapT("dict")):
            return not isinstance(a, LazyDictT)
        case (DictT() as x, DictT() as y):
            return _is_subtype_of_dict(x, y)
        case (TupleT(xs, one), TupleT(ys, other)):
            return one == other and len(xs) == len(ys) and all(map(is_subtype, xs, ys))
        case (TupleT(xs, None), TuplesT(y)):
            return all(is_subtype(x, y) for x in xs)
        case (TuplesT(x), TuplesT(y)):
            return is_subtype(x, y)
        case (RecordT(one, x), RecordT(other, y)):
            return one == other and is_subtype(x, y)
        case (OpaqueT(json=True), OpaqueT()):
            return b == replace(a, json=False)
        case (ExcT(_), ExcT(None)):
            return True
        case (ExcT(frozenset() as xs), ExcT(frozenset() as ys)):
            return xs <= ys
        case _:
            return False


def join(a: Type, b: Type) -> Type:
    """The least type the compiler has that holds the values of both."""
    if isinstance(a, ErrorT) or isinstance(b, ErrorT):
        return ERROR
    if is_subtype(a, b):
        return b
    if is_subtype(b, a):
        return a
    found: list[Type] = []
    for new in (*members(a), *members(b)):
        _add(found, new)
    return found[0] if len(found) == 1 else UnionT(frozenset(found))


def join_all(types: "list[Type] | tuple[Type, ...]") -> Type:
    """`join` over any number of types; `NEVER` for none."""
    found: Type = NEVER
    for type_ in types:
        found = join(found, type_)
    return found


def _add(found: list[Type], new: Type) -> None:
    """Put `new` among the members, merging it with one of its own shape and dropping what it covers."""
    for index, old in enumerate(found):
        merged = _merge(old, new)
        if merged is not None:
            del found[index]
            _add(found, merged)
            return
    found.append(new)


def _merge(old: Type, new: Type) -> Type | None:
    if is_subtype(new, old):
        return old
    if is_subtype(old, new):
        return new
    match old, new:
        case JsonT(x), JsonT(y):
            return JsonT(x | y)
        case JsonT(x), other if is_json_faithful(other) and not isinstance(other, ListT | DictT):
            return JsonT(x | kinds(other))
        case other, JsonT(x) if is_json_faithful(other) and not isinstance(other, ListT | DictT):
            return JsonT(x | kinds(other))
        case ListT(x), ListT(y):
            return ListT(join(x, y))
        case DequeT(x), DequeT(y):
            return DequeT(join(x, y))
        case SetT(x, one), SetT(y, other) if one == other:
            return SetT(join(x, y), one)
        case MapT() as x, MapT() as y if (x.name, x.factory) == (y.name, y.factory) and (
            (key := _joined_keys(x.key, y.key)) is not None
        ):
            return replace(x, held=_join_dicts(x.held, y.held), key=key)
        case DictT() as x, DictT() as y:
            return _join_dicts(x, y)
        case TupleT(xs, one), TupleT(ys, other) if len(xs) == len(ys) and one == other:
            return TupleT(tuple(map(join, xs, ys)), one)
        case (TupleT(_, None) | TuplesT(), TuplesT()) | (TuplesT(), TupleT(_, None)):
            return TuplesT(join(item_of_tuple(old), item_of_tuple(new)))
        case RecordT(one, x), RecordT(other, y) if one == other:
            if isinstance(x, TiedDictT) or isinstance(y, TiedDictT):
                from pysfnc.values.recursive import joined_records

                return joined_records(old, new)
            return RecordT(one, _join_dicts(x, y))
        case ExcT(frozenset() as xs), ExcT(frozenset() as ys):
            return ExcT(xs | ys)
        case _:
            return None


def item_of_tuple(type_: Type) -> Type:
    """The type of any item of a tuple."""
    assert isinstance(type_, TupleT | TuplesT)
    return type_.item if isinstance(type_, TuplesT) else join_all(type_.items)


# Dicts with known keys


def field_of(type_: DictT, key: str) -> DictField:
    """What is known of a key of a dict."""
    if isinstance(type_, LazyDictT):
        type_ = type_.loaded
    return next((field for field in type_.fields if field.name == key), None) or DictField(key, others_of(type_), False)


def others_of(type_: DictT) -> Type:
    """What the keys hold that are none of the fields; never when there are no others."""
    return type_.value if type_.rest is None else type_.rest


def dict_of(fields: Iterable[DictField], others: Type) -> DictT:
    """The dict type with these fields, in the one form for it: a field that says no more than `others` does is left out."""
    kept = sorted((f for f in fields if f.always or f.type != others), key=lambda field: field.name)
    if not kept:
        return DictT(others)
    value = join_all([*(field.type for field in kept), others])
    return DictT(value, tuple(kept), None if others == value else others)


_ASKED: Final[set[tuple[Type, Type]]] = set()
"""What is being compared, so that a type that contains itself is compared once."""


def _is_subtype_of_dict(a: DictT, b: DictT) -> bool:
    if not (isinstance(a, LazyDictT) or isinstance(b, LazyDictT)):
        return _has_fields_of(a, b)
    if isinstance(a, LazyDictT) and isinstance(b, LazyDictT) and a.name == b.name:
        return a.present >= b.present
    if isinstance(a, LazyDictT) and a.partial and not (isinstance(b, LazyDictT) and b.partial):
        return False
    if (a, b) in _ASKED:
        return True
    _ASKED.add((a, b))
    try:
        return _has_fields_of(a, b)
    finally:
        _ASKED.discard((a, b))


def _has_fields_of(a: DictT, b: DictT) -> bool:
    a, b = _loaded(a), _loaded(b)
    if not is_subtype(others_of(a), others_of(b)):
        return False
    for name in dict.fromkeys(field.name for field in (*a.fields, *b.fields)):
        mine, wanted = field_of(a, name), field_of(b, name)
        if not is_subtype(mine.type, wanted.type) or (wanted.always and not mine.always):
            return False
    return True


def _join_dicts(a: DictT, b: DictT) -> DictT:
    if not (isinstance(a, LazyDictT) or isinstance(b, LazyDictT)):
        return _joined_fields(a, b)
    if isinstance(a, LazyDictT) and isinstance(b, LazyDictT) and a.name == b.name:
        return a if a.present <= b.present else b if b.present <= a.present else _having_both(a, b)
    name = " or ".join(sorted((_full_name(a), _full_name(b))))
    partial = next((t.partial for t in (a, b) if isinstance(t, LazyDictT) and t.partial), None)
    return LazyDictT(name, lambda: _joined_fields(a, b), partial=partial)


def _having_both(a: LazyDictT, b: LazyDictT) -> LazyDictT:
    return type(a)(a.name, a._load, present=a.present & b.present, partial=a.partial)


def _full_name(type_: DictT) -> str:
    shown = sorted(type_.present) if isinstance(type_, LazyDictT) else ()
    return f"{type_.name}{f' with {shown}' if shown else ''}" if isinstance(type_, LazyDictT) else repr(type_)


def _loaded(type_: DictT) -> DictT:
    return type_.loaded if isinstance(type_, LazyDictT) else type_


def _joined_fields(a: DictT, b: DictT) -> DictT:
    a, b = _loaded(a), _loaded(b)
    names = dict.fromkeys(field.name for field in (*a.fields, *b.fields))
    pairs = [(field_of(a, name), field_of(b, name)) for name in names]
    return dict_of(
        [DictField(x.name, join(x.type, y.type), x.always and y.always) for x, y in pairs],
        join(others_of(a), others_of(b)),
    )


def without_kinds(type_: Type, gone: frozenset[Kind]) -> Type:
    """The part of a type that has none of these kinds (flow narrowing)."""
    kept: list[Type] = []
    for member in members(type_):
        if isinstance(member, JsonT):
            kept.append(json_of_kinds(member.kinds - gone))
        elif not kinds(member) <= gone or isinstance(member, ErrorT):
            kept.append(member)
    return join_all(kept)


def only_kinds(type_: Type, wanted: frozenset[Kind]) -> Type:
    """The part of a type that has one of these kinds (flow narrowing, `isinstance`)."""
    kept: list[Type] = []
    for member in members(type_):
        if isinstance(member, JsonT):
            kept.append(json_of_kinds(member.kinds & wanted))
        elif kinds(member) & wanted or isinstance(member, ErrorT):
            kept.append(member)
    return join_all(kept)


def json_of_kinds(found: frozenset[Kind]) -> Type:
    """The type of a JSON value of which nothing but the possible kinds is known."""
    single: dict[Kind, Type] = {
        Kind.NONE: NONE,
        Kind.BOOL: BOOL,
        Kind.INT: INT,
        Kind.FLOAT: FLOAT,
        Kind.STR: STR,
        Kind.LIST: ListT(JSON),
        Kind.DICT: DictT(JSON),
    }
    if not found:
        return NEVER
    return JsonT(found) if len(found) > 1 else single[next(iter(found))]


def is_mutable(type_: Type) -> bool:
    """Whether a value of this type, or one inside it, can be changed in place."""
    match type_:
        case ListT() | DequeT() | DictT() | MapT() | JsonT() | ErrorT():
            return True
        case SetT(_, form):
            return form != "frozenset"
        case RecordT(cls, attributes):
            return not cls.frozen or is_mutable(attributes.value)
        case TupleT(items):
            return any(map(is_mutable, items))
        case TuplesT(item):
            return is_mutable(item)
        case UnionT(found):
            return any(map(is_mutable, found))
        case OpaqueT():
            return type_.keeps_mutable
        case _:
            return False
