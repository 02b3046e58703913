"""The type lattice: what the compiler knows of a value.

Owns the type classes, `join`, `is_subtype` and the kind set of a type. It does not know Python syntax (annotations are read by
`frontend`) nor JSONata (`backend` and `library` choose code by these types).

JSON has one kind of number and one kind of array, Python two of each, so `IntT`/`FloatT` and `ListT`/`TupleT` are told apart here and
nowhere else. A value that came in from outside without a declared type is `JsonT`: any JSON value, whose integral numbers are ints
(the wire encoding makes it so, also under CPython) and whose arrays are lists; its kind can be asked at run time.
A union that mixes int with float is a number whose kind cannot be asked at run time.
"""

from collections.abc import Callable
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


_SHOWN_AT_MOST: Final = 100
"""Characters of a type in a message."""


def _short(text: str) -> str:
    """A text of a type with what is inside of brackets left out where it is long."""
    if len(text) <= _SHOWN_AT_MOST:
        return text
    kept, depth = "", 0
    for char in text:
        depth -= char in "]}"
        kept += char if depth == 0 else ""
        depth += char in "[{"
    made = kept.replace("[]", "[...]").replace("{}", "{...}")
    return made if len(made) <= _SHOWN_AT_MOST else f"{made[:_SHOWN_AT_MOST]}..."


@dataclass(frozen=True, slots=True)
class Type:
    """Base of the closed family of types; never instantiated itself.

    Its `str` is all of it. An f-string, as messages are, shows no more than fits: `Decimal of an item | bool | dict[...] | list[...]`.
    """

    def __format__(self, spec: str) -> str:
        return format(_short(str(self)), spec)


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
    """Infinity or its negative, which the machine holds as the float of the largest size (`library.operators.infinity`).

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
        return f"list[{self.item!s}]"


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
        return f"tuple[{self.item!s}, ...]"


@dataclass(frozen=True, slots=True)
class SetT(Type):
    """A set, which the machine holds as an array of different items, in an order that nobody may see.

    `form` "unordered" is no set of Python: a list that was made of the items of a set, so that nobody may see its order either.
    """

    item: Type
    form: Literal["set", "frozenset", "unordered"] = "set"

    def __str__(self) -> str:
        return f"{'list in the order of a set' if self.form == 'unordered' else self.form}[{self.item!s}]"


@dataclass(frozen=True, slots=True)
class DequeT(Type):
    """A `collections.deque`, which the machine holds as an array. It has a kind of its own, so that nobody takes it for a list."""

    item: Type

    def __str__(self) -> str:
        return f"deque[{self.item!s}]"


@dataclass(frozen=True, slots=True)
class DictField:
    """A key that a dict has for sure (`always`), or may have, and the type of its value."""

    name: str
    type: Type
    always: bool = True

    def __str__(self) -> str:
        return f"{self.name}{'' if self.always else '?'}: {self.type!s}"


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
            return f"dict[str, {self.value!s}]"
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
    STR are held as they are, those of any other type as `library.containers.key_texts` says.
    """

    name: Literal["Counter", "defaultdict", "OrderedDict", "dict"]
    held: DictT
    factory: str | None = None
    key: Type = NeverT()

    def __str__(self) -> str:
        return f"{self.name}[{self.key!s}, {self.held.value!s}]"


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
    `json`: bytes that are JSON text as Step Functions itself writes a value.
    """

    name: str
    on_wire: bool = False
    code: Literal["", "name", "object"] = ""
    keeps_mutable: bool = False
    json: bool = False

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
