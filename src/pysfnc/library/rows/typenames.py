"""Which kinds a value may have, asked at compile time and, where that leaves more than one, at run time.

Owns the tests of a value's kind as JSONata trees, the name that `type(value).__name__` gives, and the judgement that a
type mixes what JSON cannot tell apart. A number whose static type mixes int and float is named by its value where only
the text of an error depends on it (an integral one counts as int); everything that shows the difference in a result
refuses such types through `ambiguity`.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Binary, Call, Field, IfElse, Lit, Object, Ref, Tree
from pysfnc.library.objects.raised import NAME
from pysfnc.library.operators.alike import note_alike
from pysfnc.library.rows.make import FALSE, TRUE, both, call, choose, either, eq, join, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Refusal
from pysfnc.library.rows.shapes import ne
from pysfnc.values.relations import item_of_tuple, join_all, json_of_kinds, kinds, members, others_of, without_kinds
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    NUMBER_KINDS,
    STR,
    DequeT,
    DictField,
    DictT,
    EnumT,
    ExcT,
    JsonT,
    Kind,
    LazyDictT,
    ListT,
    MapT,
    NeverT,
    OpaqueT,
    RecordT,
    SetT,
    TuplesT,
    TupleT,
    Type,
    UnionT,
)

NUMERIC: Final = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT})
INTEGRAL: Final = frozenset({Kind.BOOL, Kind.INT})
OBJECTS: Final = frozenset({Kind.DICT, Kind.RECORD})
SEQUENCES: Final = frozenset({Kind.STR, Kind.LIST, Kind.TUPLE})

JSON_TYPE: Final = {
    Kind.NONE: "null",
    Kind.BOOL: "boolean",
    Kind.INT: "number",
    Kind.FLOAT: "number",
    Kind.STR: "string",
    Kind.LIST: "array",
    Kind.TUPLE: "array",
    Kind.DICT: "object",
    Kind.EXCEPTION: "object",
    Kind.OPAQUE: "string",
    Kind.RECORD: "object",
    Kind.SET: "array",
    Kind.DEQUE: "array",
    Kind.MAPPING: "object",
}
_OF_VALUES: Final = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
}


def json_types(type_: Type) -> frozenset[str]:
    """What `$type` may say of values of a type."""
    found: set[str] = set()
    for member in members(type_):
        if isinstance(member, EnumT):
            found |= {_OF_VALUES[type(value)] for _, value in member.cls.members}
        elif isinstance(member, OpaqueT) and member.code == "object":
            found.add("object")
        else:
            found |= {JSON_TYPE[kind] for kind in kinds(member)}
    return frozenset(found)


def value_of_member(type_: Type) -> Type:
    """The type of `.value` of a member of an Enum."""
    assert isinstance(type_, EnumT)
    return join_all([_OF_CONSTANTS[type(value)] for _, value in type_.cls.members])


_OF_CONSTANTS: Final[dict[type, Type]] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, str: STR}


def is_of_class(type_: Type) -> bool:
    """Whether values of a type are objects of a class of the project."""
    return isinstance(type_, RecordT | EnumT) or (isinstance(type_, TupleT) and type_.named is not None)


def atoms(type_: Type) -> tuple[Type, ...]:
    """The members of a type with untyped JSON taken apart into one type per kind; nothing for `NeverT` and `ErrorT`."""
    found: list[Type] = []
    for member in members(type_):
        if isinstance(member, JsonT):
            found += [json_of_kinds(frozenset({kind})) for kind in sorted(member.kinds, key=lambda k: k.value)]
        elif kinds(member):
            found.append(member)
    return tuple(dict.fromkeys(found))


def of_kinds(type_: Type, wanted: frozenset[Kind]) -> Type:
    """The part of a type whose values have one of these kinds, as precisely as it is known."""
    return join_all([atom for atom in atoms(type_) if kinds(atom) <= wanted])


def number_is_ambiguous(type_: Type) -> bool:
    """Whether the type has both ints and floats among its numbers other than those of one untyped JSON value."""
    found = [member for member in members(type_) if kinds(member) & {Kind.INT, Kind.FLOAT}]
    return FLOAT in found and len(found) > 1


def type_beside(value: Expr, others: Type) -> Type:
    """The type of a value where it is one of two, and the other is of type `others`: a float that is written out with a fraction is told
    apart from ints when the machine runs, as numbers of JSON are."""
    if not isinstance(value, Const) or not isinstance(value.value, float) or value.value.is_integer():
        return value.type
    numbers = [member for member in members(others) if kinds(member) & NUMBER_KINDS]
    return JsonT(NUMBER_KINDS) if numbers and FLOAT not in numbers else value.type


def ambiguity(type_: Type) -> str | None:
    """What JSON cannot tell apart in values of this type, or inside them; None for nothing.

    One of "int or float", "list or tuple", or two types of which one is a class of the project.
    """
    type_ = of_any_length(type_)
    if number_is_ambiguous(type_):
        return "int or float"
    found = kinds(type_)
    if found >= {Kind.LIST, Kind.TUPLE} or sum(isinstance(m, TupleT | TuplesT) for m in members(type_)) > 1:
        return "list or tuple"
    clash = class_clash(type_)
    if clash is not None:
        return clash
    inner = [part for member in members(type_) for part in parts_of(member)]
    return next(filter(None, map(ambiguity, inner)), None)


def of_any_length(type_: Type) -> Type:
    """The type with plain tuples of several lengths as tuples of unknown length: the items are told apart by what they are."""
    plain = [m for m in members(type_) if isinstance(m, TuplesT) or (isinstance(m, TupleT) and m.named is None)]
    if len(plain) < 2:
        return type_
    items = join_all([item_of_tuple(member) for member in plain])
    return join_all([TuplesT(items), *(member for member in members(type_) if member not in plain)])


def class_clash(type_: Type) -> str | None:
    """Two members of a union that look alike in JSON, at least one of a class of the project or one that travels as text."""
    found = members(type_)
    for index, first in enumerate(found):
        for second in found[index + 1 :]:
            if isinstance(first, ExcT) or isinstance(second, ExcT) or (is_code(first) and is_code(second)):
                continue
            if not (_looks_like_others(first) or _looks_like_others(second)) or not json_types(first) & json_types(
                second
            ):
                continue
            if not (isinstance(first, RecordT) and isinstance(second, RecordT)) or key_apart(first, second) is None:
                return f"{first} or {second}"
    return None


def _looks_like_others(type_: Type) -> bool:
    """Whether the machine holds values of a type in the form that values of another may have."""
    return is_of_class(type_) or (isinstance(type_, OpaqueT) and (type_.on_wire or is_code(type_)))


def without_code(type_: Type) -> Type:
    """The part of a type whose values are no functions or classes."""
    return join_all([member for member in members(type_) if not is_code(member)])


def is_code(type_: Type) -> bool:
    """Whether values of a type are functions or classes, whose names tell them apart."""
    return isinstance(type_, OpaqueT) and type_.code != ""


def key_apart(first: RecordT, second: RecordT) -> tuple[str, bool] | None:
    """A key that only objects of the first class have (True) or only those of the second."""
    one, other = ({field.name for field in attributes_of(record) if field.always} for record in (first, second))
    own = one - {field.name for field in attributes_of(second)}
    foreign = other - {field.name for field in attributes_of(first)}
    if own or foreign:
        return (min(own), True) if own else (min(foreign), False)
    note_alike(first.cls, second.cls)
    return None


def attributes_of(record: RecordT) -> tuple[DictField, ...]:
    """What is known of the attributes of an object, one by one."""
    held = record.attributes
    return held.loaded.fields if isinstance(held, LazyDictT) else held.fields


def parts_of(type_: Type) -> tuple[Type, ...]:
    """The types of what is inside values of a type."""
    match type_:
        case ListT(item) | SetT(item) | TuplesT(item) | DequeT(item):
            return (item,)
        case MapT(held=held, key=key):
            return (*parts_of(held), key)
        case DictT() as mapping:
            return (*(field.type for field in mapping.fields), others_of(mapping))
        case TupleT(items):
            return items
        case RecordT(_, attributes):
            return parts_of(attributes)
        case _:
            return ()


def refuse_ambiguity(found: str, what: str) -> Refusal:
    """The refusal of an operation whose result shows what JSON cannot tell apart."""
    if found == "int or float":
        return Refusal(
            "ambiguous-number",
            f"{what} depends on whether the number is an int or a float, which cannot be told apart in the machine",
            "write instead: an annotation of what it is computed from (`x: int`), or a conversion: `int(x)`, `float(x)`",
        )
    return Refusal("type-needed", f"{what} depends on whether the value is a {found.replace(' or ', ' or a ')}")


def has_kind(arg: Arg, wanted: frozenset[Kind]) -> Tree:
    """A boolean tree: whether the value has one of these kinds; a literal where the type decides.

    Ints and floats of an ambiguous type are told apart by value.
    """
    possible = kinds(arg.type)
    if possible <= wanted:
        return TRUE
    if not possible & wanted:
        return FALSE
    if Kind.EXCEPTION in possible and possible & OBJECTS:
        return _beside_exceptions(arg, wanted)
    if Kind.RECORD in possible or Kind.ENUM in possible:
        return _has_kind_or_class(arg, wanted)
    names = sorted({JSON_TYPE[kind] for kind in possible & wanted})
    numbers = {kind for kind in possible if JSON_TYPE[kind] == "number"}
    if "number" not in names or numbers <= wanted:
        return _is_one_of(arg.tree, names)
    names.remove("number")
    integral = both(_is_one_of(arg.tree, ["number"]), _integral(arg.tree, Kind.INT in wanted))
    return either(_is_one_of(arg.tree, names), integral) if names else integral


def _has_kind_or_class(arg: Arg, wanted: frozenset[Kind]) -> Tree:
    """`has_kind` where some of the values are objects of classes."""
    found = atoms(arg.type)
    others = [atom for atom in found if not isinstance(atom, RecordT | EnumT)]
    mine = is_one_of(arg, [atom for atom in found if atom not in others and kinds(atom) <= wanted])
    return either(mine, both(is_one_of(arg, others), has_kind(Arg(arg.tree, join_all(others)), wanted)))


def is_one_of(arg: Arg, wanted: Sequence[Type]) -> Tree:
    """A boolean tree: whether a value is of one of these types, which are among the atoms of its type.

    Objects of classes are told from each other by their keys, and exceptions by their mark; `class_clash` has refused what looks alike.
    Exceptions are none of the wanted.
    """
    others = [atom for atom in atoms(arg.type) if atom not in wanted]
    if not wanted or not others:
        return FALSE if not wanted else TRUE
    names, foreign = json_types(join_all(list(wanted))), json_types(join_all(others))
    test: Tree = _is_one_of(arg.tree, sorted(names))
    if not names & foreign:
        return test
    if any(isinstance(other, ExcT) for other in others):
        test = both(test, call("not", call("exists", Field(arg.tree, NAME))))
    for other in others:
        if isinstance(other, RecordT):
            test = both(test, either(*(_is_apart(arg.tree, record, other) for record in wanted)))
    return test


def _is_apart(value: Tree, record: Type, other: RecordT) -> Tree:
    """Whether a value, of one of two types, is of the first."""
    found = key_apart(record, other) if isinstance(record, RecordT) else None
    if found is None:
        return ne(type_of(value), text("object"))
    exists = call("exists", Field(value, found[0]))
    return exists if found[1] else call("not", exists)


def _beside_exceptions(arg: Arg, wanted: frozenset[Kind]) -> Tree:
    """`has_kind` where exceptions have to be told from other objects."""
    exception = frozenset({Kind.EXCEPTION})
    marked = both(_is_one_of(arg.tree, ["object"]), call("exists", Field(arg.tree, NAME)))
    others = has_kind(Arg(arg.tree, without_kinds(arg.type, exception)), wanted - exception)
    if not wanted & exception:
        return call("not", marked) if others == TRUE else both(call("not", marked), others)
    return marked if others == FALSE else either(marked, others)


def _is_one_of(value: Tree, names: list[str]) -> Tree:
    if len(names) == 1:
        return eq(type_of(value), Lit(names[0]))
    return Binary("in", type_of(value), Array(tuple(map(Lit, names))))


def _integral(value: Tree, wanted: bool) -> Tree:
    return Binary("=" if wanted else "!=", value, call("floor", value))


def is_non_integral(arg: Arg) -> Tree:
    """A boolean tree: whether a numeric value is a float, an integral number of unknown kind counting as an int."""
    possible = kinds(arg.type) & NUMERIC
    if Kind.FLOAT not in possible:
        return FALSE
    if possible == {Kind.FLOAT}:
        return TRUE
    number = call("number", arg.tree) if Kind.BOOL in possible else arg.tree
    return _integral(number, False)


_JSON_NAMES: Final = {"null": "NoneType", "boolean": "bool", "string": "str", "array": "list", "object": "dict"}
define(
    "py_type",
    ("v",),
    IfElse(
        eq(type_of(Ref("v")), text("number")),
        IfElse(_integral(Ref("v"), True), text("int"), text("float")),
        call("lookup", Object(tuple((text(k), text(v)) for k, v in _JSON_NAMES.items())), type_of(Ref("v"))),
    ),
)


def type_name(arg: Arg) -> Tree:
    """`type(value).__name__` as a string tree. Exceptions have no name here; their class is a field of theirs."""
    possible = kinds(arg.type)
    named = [atom for atom in atoms(arg.type) if is_of_class(atom)]
    if named:
        others = join_all([atom for atom in atoms(arg.type) if atom not in named])
        cases: list[tuple[Tree, Tree]] = [(is_one_of(arg, [atom]), text(str(atom))) for atom in named]
        return choose(cases, type_name(Arg(arg.tree, others))) if kinds(others) else choose(cases[:-1], cases[-1][1])
    if len(possible) == 1:
        return Lit(next(iter(possible)).value)
    found: Tree = Call("py_type", (arg.tree,))
    if Kind.TUPLE in possible and Kind.LIST not in possible:
        found = IfElse(eq(type_of(arg.tree), text("array")), text("tuple"), found)
    if Kind.FLOAT in possible and Kind.INT not in possible:
        found = IfElse(eq(type_of(arg.tree), text("number")), text("float"), found)
    return found


def named(template: str, arg: Arg) -> Tree:
    """The template with the type name of a value in place of each `{}`."""
    name = type_name(arg)
    if isinstance(name, Lit):
        return text(template.replace("{}", str(name.value)))
    parts: list[Tree] = []
    for index, part in enumerate(template.split("{}")):
        parts += [name] if index else []
        parts += [text(part)] if part else []
    return join(*parts)


def as_number(arg: Arg) -> Tree:
    """The value of a bool, int or float as a JSONata number; the value must be one of these by now."""
    possible = kinds(arg.type) & NUMERIC
    if possible == {Kind.BOOL}:
        if isinstance(arg.tree, Lit):
            return Lit(int(bool(arg.tree.value)))
        return IfElse(arg.tree, Lit(1), Lit(0))
    return call("number", arg.tree) if Kind.BOOL in possible else arg.tree


def number_type(type_: Type) -> Type:
    """The type of `as_number`: bools become ints."""
    found: list[Type] = [INT if kinds(a) == {Kind.BOOL} else a for a in atoms(type_) if kinds(a) <= NUMERIC]
    return join_all(found)


def is_never(type_: Type) -> bool:
    """Whether no value of the type is known to exist (the items of an empty list)."""
    return isinstance(type_, NeverT) or (isinstance(type_, UnionT) and not kinds(type_))
