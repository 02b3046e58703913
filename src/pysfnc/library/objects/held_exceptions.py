"""Exceptions and infinities inside values that leave the machine: JSON has no place for them, so that CPython raises where it meets the first."""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Bind, Field, Func, IfElse, Index, Object, Ref, Seq, Tree
from pysfnc.library.machine.fit_checks import joined_text
from pysfnc.library.operators.infinity import is_infinite
from pysfnc.library.rows.make import NULL, TRUE, ZERO, call, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.typenames import has_kind, is_one_of, parts_of
from pysfnc.library.text.quoting import quoted
from pysfnc.values.relations import field_of, join_all, kinds, members, without_kinds
from pysfnc.values.types import INFINITY, NEVER, ExcT, InfinityT, Kind, LazyDictT, RecordT, TiedDictT, Type

HELD: Final = "exc.held"
"""The first exception or infinity in a value, in the order in which `pysfnc.lang.wire` writes the value, and where; None if it has none."""
HELD_PATH: Final = "exc.held_path"
HELD_ITSELF: Final = "exc.held_itself"
HELD_NUMBER: Final = "exc.held_number"
"""Whether what was found is an infinity."""

_ARRAYS: Final = frozenset({Kind.LIST, Kind.TUPLE, Kind.SET, Kind.DEQUE})
_DICTS: Final = frozenset({Kind.DICT, Kind.MAPPING})
_EXCEPTION: Final = frozenset({Kind.EXCEPTION})
_PATH: Final = "p"
_ITSELF: Final = "e"
_NUMBER: Final = "n"
_FOUND: Final = Ref("py_held")

Path = tuple[Tree, ...]


def held_exceptions(type_: Type) -> Type:
    """The exceptions and infinities that values of a type may be or hold; never for none.

    Of objects that hold objects of their own class it knows nothing.
    """
    if isinstance(type_, ExcT | InfinityT):
        return type_
    if isinstance(type_, LazyDictT):
        return NEVER
    found = members(type_)
    return join_all([held_exceptions(part) for part in (parts_of(type_) if len(found) == 1 else found)])


def hides_exceptions(type_: Type) -> bool:
    """Whether an exception may stand in an object that holds objects of its own class, at a depth that no check reaches."""
    if isinstance(type_, TiedDictT):
        return _mentions_exception(type_.value)
    if isinstance(type_, LazyDictT):
        return False
    found = members(type_)
    inside = (type_.attributes,) if isinstance(type_, RecordT) else parts_of(type_) if len(found) == 1 else found
    return any(map(hides_exceptions, inside))


def _mentions_exception(type_: Type) -> bool:
    found = members(type_)
    return isinstance(type_, ExcT | InfinityT) or any(
        map(_mentions_exception, parts_of(type_) if len(found) == 1 else found)
    )


def _holding(types: Sequence[Type]) -> list[Type]:
    return [type_ for type_ in types if held_exceptions(type_) != NEVER]


def _first(arg: Arg, path: Path, depth: int = 0) -> Tree | None:
    """The first exception in a value, or undefined; None where there can be none."""
    found = members(arg.type)
    others = Arg(arg.tree, without_kinds(arg.type, _EXCEPTION))
    cases: list[tuple[Tree, Tree]] = []
    if any(isinstance(member, ExcT) for member in found):
        itself = Object(((text(_PATH), joined_text([text(""), *path])), (text(_ITSELF), arg.tree)))
        cases.append((has_kind(arg, _EXCEPTION), itself))
    if INFINITY in found:
        others = Arg(arg.tree, join_all([member for member in members(others.type) if member != INFINITY]))
        number = Object(((text(_PATH), joined_text([text(""), *path])), (text(_NUMBER), arg.tree)))
        cases.append((TRUE if len(found) == 1 else is_infinite(arg.tree), number))
    for kinds_, step in ((_ARRAYS, _in_array), (_DICTS, _in_dict)):
        parts = [part for member in found if _is_of(member, kinds_) for part in parts_of(member)]
        if _holding(parts):  # the others are looked at as well, so as to tell them from these
            cases.append((has_kind(others, kinds_), step(Arg(arg.tree, join_all(parts)), path, depth)))
    for member in _holding([member for member in found if isinstance(member, RecordT)]):
        assert isinstance(member, RecordT)
        cases.append((is_one_of(others, [member]), _in_object(Arg(arg.tree, member), member, path, depth)))
    made: Tree | None = None
    for test, then in reversed(cases):
        made = then if test == TRUE else IfElse(test, then, made)
    return made


def _is_of(type_: Type, wanted: frozenset[Kind]) -> bool:
    return bool(kinds(type_)) and kinds(type_) <= wanted


def _in_array(items: Arg, path: Path, depth: int) -> Tree:
    name, index = f"py_item{depth}", f"py_index{depth}"
    inner = _first(Arg(Ref(name), items.type), (*path, text("["), call("string", Ref(index)), text("]")), depth + 1)
    assert inner is not None
    return Index(call("map", items.tree, Func((name, index), inner)), ZERO)


def _in_dict(values: Arg, path: Path, depth: int) -> Tree:
    name, key = f"py_item{depth}", f"py_key{depth}"
    inner = _first(Arg(Ref(name), values.type), (*path, text("["), quoted(Ref(key)), text("]")), depth + 1)
    assert inner is not None
    return Index(call("each", values.tree, Func((name, key), inner)), ZERO)


def _in_object(arg: Arg, record: RecordT, path: Path, depth: int) -> Tree:
    """The fields of a dataclass in their order; those of its attributes that are no fields are not written."""
    tests: list[Tree] = []
    for field in record.cls.fields:
        type_ = field_of(record.attributes, field.name).type
        inner = _first(Arg(Field(arg.tree, field.name), type_), (*path, text(f".{field.name}")), depth + 1)
        if inner is not None:
            tests.append(inner)
    if not tests:
        return NULL
    made = tests[-1]
    for test in reversed(tests[:-1]):
        made = Seq((Bind(_FOUND.name, test), IfElse(call("exists", _FOUND), _FOUND, made)))
    return made


def _held(args: Sequence[Arg], _type: Type) -> Tree:
    found = _first(args[0], ())
    return NULL if found is None else Seq((Bind(_FOUND.name, found), IfElse(call("exists", _FOUND), _FOUND, NULL)))


def _itself(args: Sequence[Arg], type_: Type) -> Tree:
    return Field(args[0].tree, _NUMBER if type_ == INFINITY else _ITSELF)


register_prim(PrimRow(op=HELD, lower=_held))
register_prim(PrimRow(op=HELD_PATH, lower=lambda args, _: Field(args[0].tree, _PATH)))
register_prim(PrimRow(op=HELD_ITSELF, lower=_itself))
register_prim(PrimRow(op=HELD_NUMBER, lower=lambda args, _: call("exists", Field(args[0].tree, _NUMBER))))
