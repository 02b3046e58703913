"""Objects of dataclasses and other classes: reading and setting attributes, and which class an object is of.

An object is one of JSON, with its attributes as keys, so an attribute is an item of it: the same primitives serve both, and with them the analysis
of aliases. Which attributes a class has besides (methods, properties, constants) is known to the frontend only.
"""

from collections.abc import Sequence

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Field, Lit, Tree
from pysfnc.library.rows.dispatch import having
from pysfnc.library.rows.make import Built, call, const, prim
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow, Refusal, Site
from pysfnc.library.rows.typenames import atoms, class_clash, is_one_of
from pysfnc.values.fields import with_field
from pysfnc.values.relations import dict_of, field_of, join_all, members
from pysfnc.values.types import (
    BOOL,
    NEVER,
    NONE,
    STR,
    DequeT,
    DictField,
    DictT,
    EnumT,
    Kind,
    ListT,
    MapT,
    RecordClass,
    RecordT,
    SetT,
    TuplesT,
    TupleT,
    Type,
)

RECORD = frozenset({Kind.RECORD})


def records(type_: Type) -> list[RecordT]:
    """The classes that values of a type may be of."""
    return [member for member in members(type_) if isinstance(member, RecordT)]


def build_object(cls: RecordClass, values: Sequence[tuple[str, Expr]], site: Site) -> Expr:
    """A new object with these attributes."""
    if cls.tag:
        values = [*values, (cls.tag, Const(value=None, type=NONE, span=site.span))]
    type_ = RecordT(cls, dict_of([DictField(name, value.type) for name, value in values], NEVER))
    return prim("dict.make", type_, site, *[part for name, value in values for part in (const(name), value)])


def stays(type_: Type) -> str | None:
    """The class of an object, in a value of the type, that cannot leave the machine: only dataclasses have a form in JSON."""
    for member in members(type_):
        match member:
            case RecordT(cls, attributes):
                found = stays(attributes) if cls.travels else cls.name
            case DequeT():
                found = "deque"
            case SetT(_, form):
                found = "set" if form == "unordered" else form
            case MapT(held=held, key=key):
                found = str(member) if key not in (STR, NEVER) else stays(held)
            case ListT(inner) | DictT(inner) | TuplesT(inner):
                found = stays(inner)
            case TupleT(items):
                found = next(filter(None, map(stays, items)), None)
            case _:
                found = None
        if found is not None:
            return found
    return None


def build_attribute(base: Expr, name: str, site: Site) -> Built:
    """`base.name` of objects that hold the attribute themselves."""
    clash = class_clash(base.type)
    if clash is not None:
        return Refusal("type-needed", f"`.{name}` depends on whether the value is {clash}, which JSON does not tell")
    found = records(base.type)
    type_ = join_all([field_of(record.attributes, name).type for record in found])
    return prim("item", type_, site, having(base, name, RECORD, site), const(name))


def build_set_attribute(base: Expr, name: str, value: Expr, site: Site) -> Built:
    """What `base` is after `base.name = value`."""
    found: list[Type] = [RecordT(one.cls, with_field(one.attributes, name, value.type)) for one in records(base.type)]
    return prim("item.set", join_all(found), site, base, const(name), value)


def build_has_attribute(base: Expr, name: str, site: Site) -> Expr:
    """Whether an object holds an attribute, which it may have been given or not."""
    return prim("record.has", BOOL, site, base, const(name))


def build_is_record(value: Expr, classes: Sequence[Type], site: Site) -> Built:
    """Whether a value is an object of one of these classes, which are among the members of its type."""
    if len(classes) in (0, len(members(value.type))):
        return Const(value=bool(classes), type=BOOL, span=site.span)
    clash = class_clash(value.type)
    if clash is not None:
        return Refusal("type-needed", f"whether the value is {clash} cannot be told apart in the machine")
    names = ",".join(filter(None, map(_key, classes)))
    return prim("record.is", BOOL, site, value, const(names))


def _key(type_: Type) -> str:
    """The class that a type is of, as a text."""
    match type_:
        case RecordT(cls) | TupleT(_, RecordClass() as cls):
            return f"{cls.module}:{cls.name}"
        case EnumT(enum):
            return f"{enum.module}:{enum.name}"
        case _:
            return ""


def _is(args: Sequence[Arg], _type: Type) -> Tree:
    names = str(getattr(args[1].tree, "value", "")).split(",")
    return is_one_of(args[0], [atom for atom in atoms(args[0].type) if _key(atom) in names])


def _has(args: Sequence[Arg], _type: Type) -> Tree:
    assert isinstance(args[1].tree, Lit)
    return call("exists", Field(args[0].tree, str(args[1].tree.value)))


register_prim(PrimRow(op="record.is", lower=_is))
register_prim(PrimRow(op="record.has", lower=_has))
