"""The type lattice: what the compiler knows of a value.

Owns the type classes, `join`, `is_subtype` and the kind set of a type. It does not know Python syntax (annotations are read by
`frontend`) nor JSONata (`backend` and `library` choose code by these types).

JSON has one kind of number and one kind of array, Python two of each, so `IntT`/`FloatT` and `ListT`/`TupleT` are told apart here and
nowhere else. A value that came in from outside without a declared type is `JsonT`: any JSON value, whose integral numbers are ints
(the wire encoding makes it so, also under CPython) and whose arrays are lists; its kind can be asked at run time.
A union that mixes int with float is a number whose kind cannot be asked at run time.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from typing import Final, Literal

from pysfnc.lean import dataclass


class Kind(Enum):
    """What Python's `type(value).__name__` would say."""

    NONE = "NoneType"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STR = "str"
    LIST = "list"
    TUPLE = "tuple"
    DICT = "dict"
    EXCEPTION = "exception"
    OPAQUE = "object"
    RECORD = "record"
    ENUM = "enum"
    SET = "set"
    MAPPING = "mapping"
    DEQUE = "deque"


@dataclass(frozen=True, slots=True)
class Type:
    """Base of the closed family of types; never instantiated itself."""


@dataclass(frozen=True, slots=True)
class NeverT(Type):
    """No value: the type of code that does not return, and of the items of an empty list."""

    def __str__(self) -> str:
        return "never"


@dataclass(frozen=True, slots=True)
class NoneT(Type):
    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True, slots=True)
class BoolT(Type):
    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class IntT(Type):
    def __str__(self) -> str:
        return "int"


@dataclass(frozen=True, slots=True)
class FloatT(Type):
    def __str__(self) -> str:
        return "float"


@dataclass(frozen=True, slots=True)
class InfinityT(Type):
    """Infinity or its negative, which the machine holds as the float of the largest size (`library.infinity`).

    It stands beside the numbers of a union, so that whatever knows nothing of infinity is refused or checked.
    """

    def __str__(self) -> str:
        return "infinity"


@dataclass(frozen=True, slots=True)
class StrT(Type):
    def __str__(self) -> str:
        return "str"


@dataclass(frozen=True, slots=True)
class ListT(Type):
    item: Type

    def __str__(self) -> str:
        return f"list[{self.item}]"


@dataclass(frozen=True, slots=True)
class TupleT(Type):
    """A tuple of known length; `named` for one of a NamedTuple class."""

    items: tuple[Type, ...]
    named: "RecordClass | None" = None

    def __str__(self) -> str:
        return self.named.name if self.named else f"tuple[{', '.join(map(str, self.items)) or '()'}]"


@dataclass(frozen=True, slots=True)
class TuplesT(Type):
    """A tuple of unknown length, of which the type of the items is known. It holds the plain tuples of known length as well."""

    item: Type

    def __str__(self) -> str:
        return f"tuple[{self.item}, ...]"


@dataclass(frozen=True, slots=True)
class SetT(Type):
    """A set, which the machine holds as an array of different items, in an order that nobody may see.

    `form` "unordered" is no set of Python: a list that was made of the items of a set, so that nobody may see its order either.
    """

    item: Type
    form: Literal["set", "frozenset", "unordered"] = "set"

    def __str__(self) -> str:
        return f"{'list in the order of a set' if self.form == 'unordered' else self.form}[{self.item}]"


@dataclass(frozen=True, slots=True)
class DequeT(Type):
    """A `collections.deque`, which the machine holds as an array. It has a kind of its own, so that nobody takes it for a list."""

    item: Type

    def __str__(self) -> str:
        return f"deque[{self.item}]"


@dataclass(frozen=True, slots=True)
class DictField:
    """A key that a dict has for sure (`always`), or may have, and the type of its value."""

    name: str
    type: Type
    always: bool = True

    def __str__(self) -> str:
        return f"{self.name}{'' if self.always else '?'}: {self.type}"


@dataclass(frozen=True, slots=True)
class DictT(Type):
    """A dict with str keys. `value` holds the values of all keys, so code that looks at nothing else stays right.

    `fields` are the keys of which more is known, sorted by name; other keys hold `rest`, where None means any `value`. Types with
    fields are made by `dict_of`, which keeps one form for what means the same.
    """

    value: Type
    fields: tuple[DictField, ...] = ()
    rest: Type | None = None

    def __str__(self) -> str:
        if not self.fields:
            return f"dict[str, {self.value}]"
        shown = [*map(str, self.fields[:_SHOWN_FIELDS]), *["..."][: len(self.fields) - _SHOWN_FIELDS]]
        return f"dict{{{', '.join(shown)}}}"


_SHOWN_FIELDS: Final = 8
SHORT: Final = 256
"""Characters of the longest texts that count as short."""


@dataclass(frozen=True, slots=True)
class MapT(Type):
    """A dict of `collections`, or one whose keys are not all str, which the machine holds as a dict with texts as keys.

    It has a kind of its own, so that nobody takes it for a dict who should know that it is more. `factory` makes the values that a
    `defaultdict` puts in, as the text of an expression; None for none. `key` is the type of the keys, NEVER as long as there is none: those of
    STR are held as they are, those of any other type as `library.key_texts` says.
    """

    name: Literal["Counter", "defaultdict", "OrderedDict", "dict"]
    held: DictT
    factory: str | None = None
    key: Type = NeverT()

    def __str__(self) -> str:
        return f"{self.name}[{self.key}, {self.held.value}]"


class LazyDictT(DictT):
    """A dict type of a large or recursive description, which is read when somebody asks for a key (`field_of`).

    To anybody else it is a dict of which no keys are known, so that nobody walks through all that it may hold.

    `name` tells it from others and is how messages call it. `present` are fields that are known to be there although the description does not
    say so. `partial`: what Python's dict has besides and the machine's has not, so that it cannot be used as a whole. `short`: the fields
    that hold texts of which it is known that they are short (`SHORT`).
    """

    __slots__ = ("_load", "_loaded", "name", "partial", "present", "short")
    name: str
    present: frozenset[str]
    partial: str | None
    short: frozenset[str]
    _load: Callable[[], DictT]
    _loaded: DictT | None

    def __init__(
        self,
        name: str,
        load: Callable[[], DictT],
        *,
        present: frozenset[str] = frozenset(),
        partial: str | None = None,
        short: frozenset[str] = frozenset(),
    ) -> None:
        """`load` gives the type with all its fields."""
        for attribute, value in (
            ("name", name),
            ("present", present),
            ("partial", partial),
            ("short", short),
            ("_load", load),
            ("_loaded", None),
        ):
            object.__setattr__(self, attribute, value)

    @property
    def loaded(self) -> DictT:
        """The type with all its fields."""
        if self._loaded is not None:
            return self._loaded
        made = self._load()
        fields = tuple(DictField(f.name, f.type, f.always or f.name in self.present) for f in made.fields)
        found = DictT(made.value, fields, made.rest)
        object.__setattr__(self, "_loaded", found)
        return found

    @property
    def value(self) -> Type:
        """See `DictT`."""
        return self.loaded.value

    @property
    def fields(self) -> tuple[DictField, ...]:
        """None, see the class."""
        return ()

    @property
    def rest(self) -> Type | None:
        """None, see the class."""
        return None

    def having(self, key: str) -> "LazyDictT":
        """The type where one more field is known to be there."""
        return type(self)(self.name, self._load, present=self.present | {key}, partial=self.partial, short=self.short)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyDictT) and (self.name, self.present) == (other.name, other.present)

    def __hash__(self) -> int:
        return hash((self.name, self.present))

    def __repr__(self) -> str:
        return f"LazyDictT({self.name!r}{f', {sorted(self.present)}' if self.present else ''})"

    def __str__(self) -> str:
        return self.name


class TiedDictT(LazyDictT):
    """The attributes of objects that hold objects of their own class (`values.recursive`).

    Its `value` shows all that may be inside, once: what asks whether something is in there gets the right answer, and comes to an end.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpaqueT(Type):
    """An object that is no data of its own in the machine and knows only what is done for it by name: `bytes`, a stream.

    `on_wire`: the machine holds the text that stands for the object where it travels (`pysfnc.lang.wire`), as for a `Decimal` out of a
    task. It can be held and passed on, and nothing else. Others have a form that belongs to where they come from.

    `code`: it is a function or class, of which the machine holds the name, or an object with the name and what belongs to it.
    `keeps_mutable`: some of that may be changed in place.
    """

    name: str
    on_wire: bool = False
    code: Literal["", "name", "object"] = ""
    keeps_mutable: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field of a class, in the order of the class. `shown`: it stands in the `repr`; `compared`: it takes part in `==`.

    `declared`: it is one of the dataclass, and no attribute besides that code of the class sets."""

    name: str
    shown: bool = True
    compared: bool = True
    declared: bool = True


@dataclass(frozen=True, slots=True)
class RecordClass:
    """What types say of a class of the project: a dataclass, a NamedTuple, or another class with attributes.

    `shown` and `compared`: by the fields, by code of the class (`own`), or as any object (`plain`). `travels`: its objects have a form in JSON,
    with the fields as keys. `ranked`: its objects are ordered as the tuples of their compared fields.
    """

    module: str
    name: str
    fields: tuple[RecordField, ...] = ()
    frozen: bool = False
    shown: Literal["fields", "own", "plain"] = "fields"
    compared: Literal["fields", "own", "plain"] = "fields"
    ranked: bool = False
    travels: bool = True
    truth: Literal["always", "own"] = "always"
    """Whether an object counts as true, or code of its class says so."""
    hashed: Literal["fields", "never", "other"] = "other"
    """Whether the hash of an object is that of its fields, it has none, or code of the class or identity decides."""
    tag: str = ""
    """The key that tells its objects from those of classes with the same attributes, which the machine gives them; nothing for none."""

    @property
    def inner(self) -> frozenset[str]:
        """The keys that an object has in the machine only: its tag, and the attributes that are no fields."""
        return frozenset([field.name for field in self.fields if not field.declared] + [self.tag] * bool(self.tag))


@dataclass(frozen=True, slots=True)
class RecordT(Type):
    """An object of a class, which JSON holds as an object with its attributes as keys. `attributes` is what is known of them now."""

    cls: RecordClass
    attributes: DictT

    def __str__(self) -> str:
        return self.cls.name


@dataclass(frozen=True, slots=True)
class EnumClass:
    """An Enum of the project: its members in their order, without aliases; a member is its value in JSON.

    `base` is the kind that members are besides (`IntEnum`, `class E(str, Enum)`), `shown` what `str()` of a member gives: its name as
    `Color.RED`, its value, or what code of the class says. `reprs`: those of the values, where a member is its name in the machine and has
    no form in JSON; empty otherwise. `aliases`: second names of members, and those that the class shows.
    """

    module: str
    name: str
    members: tuple[tuple[str, bool | int | float | str | None], ...]
    base: Literal["int", "str"] | None = None
    shown: Literal["name", "value", "own"] = "name"
    reprs: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EnumT(Type):
    """A member of an Enum."""

    cls: EnumClass

    def __str__(self) -> str:
        return self.cls.name


@dataclass(frozen=True, slots=True)
class ExcT(Type):
    """An exception object; `names` are the classes it may be, None when any."""

    names: frozenset[str] | None = None

    def __str__(self) -> str:
        return "exception" if self.names is None else "|".join(sorted(self.names))


JSON_KINDS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR, Kind.LIST, Kind.DICT})


@dataclass(frozen=True, slots=True)
class JsonT(Type):
    """A JSON value from outside of one of two or more kinds: None, bool, int (every integral number), float, str, list, dict.

    The kind can be asked at run time. `only_kinds` and `without_kinds` narrow it.
    """

    kinds: frozenset[Kind] = JSON_KINDS

    def __str__(self) -> str:
        return "json" if self.kinds == JSON_KINDS else f"json[{'|'.join(sorted(k.value for k in self.kinds))}]"


@dataclass(frozen=True, slots=True)
class UnionT(Type):
    """Two or more members, none a subtype of another, no nested union. Made by `join` only."""

    members: frozenset[Type]

    def __str__(self) -> str:
        return " | ".join(sorted(map(str, self.members)))


@dataclass(frozen=True, slots=True)
class ErrorT(Type):
    """A type nobody may complain about: the cause was reported already."""

    def __str__(self) -> str:
        return "error"


NEVER: Final = NeverT()
NONE: Final = NoneT()
BOOL: Final = BoolT()
INT: Final = IntT()
FLOAT: Final = FloatT()
INFINITY: Final = InfinityT()
STR: Final = StrT()
JSON: Final = JsonT()
ERROR: Final = ErrorT()
NUMBER_KINDS: Final = frozenset({Kind.INT, Kind.FLOAT})

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
