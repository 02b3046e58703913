"""Members of Enums: their names and values, and finding one by its value or name.

A member is its value in JSON. The class, with all members, stands in the type.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, Binary, Lit, Object, Tree
from pysfnc.library.containers.hashing import hash_checks
from pysfnc.library.rows.make import FALSE, Built, both, call, choose, const, either, eq, join, prim, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.signature import repr_of
from pysfnc.library.rows.typenames import ambiguity, has_kind, refuse_ambiguity, value_of_member
from pysfnc.library.rows.versions import UNHASHABLE_KEY
from pysfnc.values.types import STR, EnumClass, EnumT, Kind, Type

_KIND: Final = {type(None): Kind.NONE, bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, str: Kind.STR}


def name_tree(value: Tree, cls: EnumClass) -> Tree:
    """The name of a member."""
    *first, last = cls.members
    if len(first) > 1 and all(isinstance(item, str) for _, item in cls.members):
        return call("lookup", Object(tuple((text(str(item)), text(name)) for name, item in cls.members)), value)
    return choose([(eq(value, Lit(item)), text(name)) for name, item in first], text(last[0]))


def repr_of_value(value: Tree, cls: EnumClass) -> Tree:
    """`repr(member.value)` of a member that is told by its name."""
    *first, last = [(name, shown) for (name, _), shown in zip(cls.members, cls.reprs, strict=True)]
    return choose([(eq(value, text(name)), text(shown)) for name, shown in first], text(last[1]))


def enum_class(type_: Type) -> EnumClass:
    """The class of a member."""
    assert isinstance(type_, EnumT)
    return type_.cls


def is_value(arg: Arg, cls: EnumClass) -> Tree:
    """Whether a value equals that of a member, as Python compares it: 1 equals True and 1.0."""
    numbers = [item for _, item in cls.members if isinstance(item, bool | int | float)]
    others = [item for _, item in cls.members if not isinstance(item, bool | int | float)]
    tests: list[Tree] = []
    if others:
        tests.append(Binary("in", arg.tree, Array(tuple(map(Lit, others)))))
    for number in numbers:
        tests.append(eq(arg.tree, Lit(number)))
        if number in (0, 1):
            tests.append(eq(arg.tree, Lit(bool(number) if not isinstance(number, bool) else int(number))))
    return either(*tests) if tests else FALSE


def own_value(arg: Arg, cls: EnumClass) -> Tree:
    """The value of the member that equals a value."""
    cases: list[tuple[Tree, Tree]] = []
    for _, item in cls.members:
        if isinstance(item, bool | int | float) and item in (0, 1):
            other = Lit(bool(item) if not isinstance(item, bool) else int(item))
            cases.append((eq(arg.tree, other), Lit(item)))
    return choose(cases, arg.tree)


def _of_checks(args: Sequence[Arg], type_: Type) -> list[Check]:
    cls = enum_class(type_)
    message = join(repr_of(args[0]), text(f" is not a valid {cls.name}"))
    return [Check(is_value(args[0], cls), "ValueError", message)]


def _names(cls: EnumClass) -> list[tuple[str, bool | int | float | str | None]]:
    """What members are found under, and what they are in the machine."""
    values = dict(cls.members)
    return [*cls.members, *((name, values[other]) for name, other in cls.aliases)]


def _by_name_checks(args: Sequence[Arg], type_: Type) -> list[Check]:
    names = Array(tuple(text(name) for name, _ in _names(enum_class(type_))))
    is_text = has_kind(args[0], frozenset({Kind.STR}))
    known = both(is_text, Binary("in", args[0].tree, names))
    unhashable = hash_checks(args[0], UNHASHABLE_KEY)
    return [*unhashable, Check(known, "KeyError", repr_of(args[0]), args=(args[0].tree,))]


def _by_name(args: Sequence[Arg], type_: Type) -> Tree:
    *first, last = _names(enum_class(type_))
    if len(first) > 1:
        pairs = tuple((text(name), Lit(item)) for name, item in _names(enum_class(type_)))
        return call("lookup", Object(pairs), args[0].tree)
    return choose([(eq(args[0].tree, text(name)), Lit(item)) for name, item in first], Lit(last[1]))


register_prim(PrimRow(op="enum.member", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="enum.value", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="enum.name", lower=lambda args, _: name_tree(args[0].tree, enum_class(args[0].type))))
register_prim(PrimRow(op="enum.of", lower=lambda args, type_: own_value(args[0], enum_class(type_)), checks=_of_checks))
register_prim(PrimRow(op="enum.by_name", lower=_by_name, checks=_by_name_checks))


def build_member(cls: EnumClass, name: str, site: Site) -> Expr:
    """`Color.RED`."""
    return prim("enum.member", EnumT(cls), site, const(dict(cls.members)[name]))


def build_value(member: Expr, site: Site) -> Expr:
    """`member.value`."""
    return prim("enum.value", value_of_member(member.type), site, member)


def build_name(member: Expr, site: Site) -> Expr:
    """`member.name`."""
    return prim("enum.name", STR, site, member)


def build_of(cls: EnumClass, value: Expr, site: Site) -> Built:
    """`Color(value)`."""
    if not cls.members:
        return Refusal("type-mismatch", f"`{cls.name}` has no members")
    found = ambiguity(value.type)
    if found is not None:
        return refuse_ambiguity(found, f"`{cls.name}()`")
    return prim("enum.of", EnumT(cls), site, value)


def build_by_name(cls: EnumClass, name: Expr, site: Site) -> Built:
    """`Color[name]`."""
    return prim("enum.by_name", EnumT(cls), site, name)
