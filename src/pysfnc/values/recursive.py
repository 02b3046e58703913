"""Types of objects that hold objects of their own class: nodes of lists and trees.

What is known of the attributes of an object is a type inside its type, so that a chain of nodes, made one by one, would have a
type as long as the chain. `folded` ties the knot: one type for the objects of the class at every depth, with all that any may hold.

`TiedDictT` holds such attributes. Asked for a key, it gives the type with the knot; walked through by its `value`, it shows every
type that may be inside, once and without an end.
"""

from collections.abc import Callable, Iterator
from dataclasses import field, replace

from pysfnc.lean import dataclass
from pysfnc.values.relations import dict_of, join_all, others_of
from pysfnc.values.types import (
    NEVER,
    DequeT,
    DictField,
    DictT,
    LazyDictT,
    ListT,
    MapT,
    RecordClass,
    RecordT,
    SetT,
    TiedDictT,
    TuplesT,
    TupleT,
    Type,
    UnionT,
)

__all__ = ["folded", "joined_records", "knot", "opened", "parts", "tied", "with_parts"]


def tied(cls: RecordClass, fields: "dict[str, DictField]") -> RecordT:
    """The type of objects of a class with these attributes, in which `knot(cls)` stands for the type itself."""
    ordered = [fields[name] for name in sorted(fields)]
    name = f"{cls.module}.{cls.name} {ordered!r}"
    flat = [DictField(f.name, _replaced(f.type, cls, None), f.always) for f in ordered]
    bare = RecordT(cls, dict_of(flat, NEVER))
    shown = join_all([_replaced(f.type, cls, bare) for f in ordered])

    def load() -> DictT:
        made = [DictField(f.name, _replaced(f.type, cls, whole), f.always) for f in ordered]
        return DictT(shown, tuple(made), NEVER)

    whole = RecordT(cls, TiedDictT(name, load))
    return whole


def knot(cls: RecordClass) -> RecordT:
    """What stands for the type itself in the attributes that `tied` gets."""
    return RecordT(cls, DictT(NEVER, (DictField(_KNOT, NEVER, False),), NEVER))


_KNOT = "%knot"


def folded(type_: Type) -> Type:
    """The type with one type for all objects of a class that holds objects of its own; as it is where there are none, or they cannot be tied."""
    for cls in dict.fromkeys(_nested(type_, ())):
        found = _Folding(cls)
        try:
            outer = found.without(type_)
            fields = found.fields()
        except _TooDeep:
            continue
        type_ = _replaced(outer, cls, tied(cls, fields))
    return type_


def _nested(type_: Type, path: tuple[RecordClass, ...]) -> Iterator[RecordClass]:
    """The classes whose objects hold others of the same class in a type; those that are tied already are met, and not walked through."""
    match type_:
        case RecordT(cls, attributes):
            if cls in path:
                yield cls
            if not isinstance(attributes, LazyDictT):
                for part in parts(attributes):
                    yield from _nested(part, (*path, cls))
        case LazyDictT():
            return
        case _:
            for part in parts(type_):
                yield from _nested(part, path)


def _classes_in(type_: TiedDictT) -> set[RecordClass]:
    """The classes of all objects that may be inside the attributes of a tied type."""
    found: set[RecordClass] = set()
    seen: set[Type] = set()
    todo: list[Type] = [type_]
    while todo:
        now = todo.pop()
        if now in seen:
            continue
        seen.add(now)
        if isinstance(now, RecordT):
            found.add(now.cls)
        todo += parts(now)
    return found


def parts(type_: Type) -> tuple[Type, ...]:
    """The types directly inside a type."""
    match type_:
        case UnionT(found):
            return tuple(sorted(found, key=str))
        case ListT(item) | SetT(item) | TuplesT(item) | DequeT(item):
            return (item,)
        case TupleT(items):
            return items
        case MapT(held=held):
            return (held,)
        case RecordT(_, attributes):
            return (attributes,)
        case TiedDictT():
            return tuple(f.type for f in type_.loaded.fields)
        case LazyDictT():
            return ()
        case DictT():
            return (*(f.type for f in type_.fields), others_of(type_))
        case _:
            return ()


def joined_records(one: RecordT, other: RecordT) -> RecordT | None:
    """The type that holds the objects of two types of one class, of which at least one is tied; None where they cannot be."""
    found = _Folding(one.cls)
    try:
        found.without(one)
        found.without(other)
        return tied(one.cls, found.fields())
    except _TooDeep:
        return None


class _TooDeep(Exception):
    """Two classes hold each other, and one of them is tied already."""


@dataclass(slots=True)
class _Folding:
    """All attributes of the objects of a class that were met in a type."""

    cls: RecordClass
    met: dict[str, DictField] = field(default_factory=dict)
    count: int = 0
    todo: list[DictT] = field(default_factory=list)
    seen: set[DictT] = field(default_factory=set)

    def without(self, type_: Type) -> Type:
        """The type with the knot in place of the objects, whose attributes are noted."""
        match type_:
            case RecordT(cls, attributes) if cls == self.cls:
                if attributes not in self.seen:
                    self.seen.add(attributes)
                    self.todo.append(attributes)
                return knot(cls)
            case TiedDictT() if self.cls in _classes_in(type_):
                raise _TooDeep
            case _:
                return with_parts(type_, self.without)

    def fields(self) -> dict[str, DictField]:
        """The attributes of all objects met, and of those inside them."""
        while self.todo:
            attributes = self.todo.pop()
            attributes = attributes.loaded if isinstance(attributes, LazyDictT) else attributes
            now = {f.name: DictField(f.name, self.without(f.type), f.always) for f in attributes.fields}
            if others_of(attributes) != NEVER:
                raise _TooDeep
            for name in {*now, *(self.met if self.count else ())}:
                one, other = self.met.get(name), now.get(name)
                parts = [f for f in (one, other) if f is not None]
                always = (one is not None or not self.count) and other is not None and all(f.always for f in parts)
                self.met[name] = DictField(name, join_all([f.type for f in parts]), always)
            self.count += 1
        return self.met


def _replaced(type_: Type, cls: RecordClass, by: Type | None) -> Type:
    """The type with another one for the knots of a class; without them for None."""
    if type_ == knot(cls):
        return NEVER if by is None else by
    return type_ if isinstance(type_, LazyDictT) else with_parts(type_, lambda inner: _replaced(inner, cls, by))


def with_parts(type_: Type, change: Callable[[Type], Type]) -> Type:
    """The type with its parts changed."""
    match type_:
        case UnionT(found):
            return join_all([change(member) for member in sorted(found, key=str)])
        case ListT(item):
            return ListT(change(item))
        case DequeT(item):
            return DequeT(change(item))
        case SetT(item, form):
            return SetT(change(item), form)
        case TuplesT(item):
            return TuplesT(change(item))
        case TupleT(items, named):
            return TupleT(tuple(map(change, items)), named)
        case MapT(held=held):
            return replace(type_, held=_changed(held, change))
        case RecordT(cls, attributes):
            return RecordT(cls, _changed(attributes, change))
        case LazyDictT():
            return type_
        case DictT():
            inner = [DictField(f.name, change(f.type), f.always) for f in type_.fields]
            return dict_of(inner, change(others_of(type_)))
        case _:
            return type_


def opened(type_: Type, around: tuple[str, ...] = ()) -> Type | None:
    """The type with the fields of all structures in it that are described lazily; None for one that holds itself. `around`: those around it."""
    if isinstance(type_, LazyDictT):
        return None if type_.name in around else opened(type_.loaded, (*around, type_.name))
    found: list[Type | None] = []

    def change(part: Type) -> Type:
        made = opened(part, around)
        found.append(made)
        return part if made is None else made

    made = with_parts(type_, change)
    return None if None in found else made


def holds(type_: Type, test: Callable[[Type], bool]) -> bool:
    """Whether the type, or a part of it at any depth that `with_parts` reaches, passes a test."""
    if test(type_):
        return True
    return not isinstance(type_, LazyDictT) and any(holds(part, test) for part in parts(type_))


def _changed(type_: DictT, change: Callable[[Type], Type]) -> DictT:
    made = change(type_)
    assert isinstance(made, DictT)
    return made
