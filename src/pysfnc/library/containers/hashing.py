"""Which values are hashable, so that a set may hold them or a dict have them as keys, and the TypeError of others."""

from dataclasses import replace
from typing import Final

from pysfnc.jsonata.tree import Lit, Ref
from pysfnc.library.rows.make import ZERO, call, eq, negate
from pysfnc.library.rows.row import Arg, Check, Refusal
from pysfnc.library.rows.shapes import at, clean, count, fn
from pysfnc.library.rows.typenames import atoms, has_kind, named, parts_of
from pysfnc.values.relations import join_all, kinds, members, without_kinds
from pysfnc.values.types import Kind, NeverT, TuplesT, TupleT, Type

UNHASHABLE: Final = frozenset({Kind.LIST, Kind.DICT, Kind.SET, Kind.MAPPING, Kind.DEQUE})
UNHASHABLE_ARRAYS: Final = frozenset({Kind.LIST, Kind.SET, Kind.DEQUE})
_I: Final = Ref("py_i")


def hashable_part(type_: Type) -> Type:
    """The part of a type whose values are hashable."""
    found = [_hashable_member(member) for member in members(without_kinds(type_, UNHASHABLE))]
    return join_all(found)


def _hashable_member(member: Type) -> Type:
    match member:
        case TupleT(items):
            return replace(member, items=tuple(map(hashable_part, items)))
        case TuplesT(item):
            return replace(member, item=hashable_part(item))
        case _:
            return member


def never_hashable(type_: Type) -> bool:
    """Whether no value of the type is hashable."""
    found = members(hashable_part(type_))
    return all(
        isinstance(member, NeverT) or (isinstance(member, TupleT) and any(map(never_hashable, member.items)))
        for member in found
    )


def may_be_unhashable(type_: Type) -> bool:
    """Whether a value of the type, or one inside a tuple of it, may be unhashable."""
    return any(
        kinds(atom) <= UNHASHABLE
        or (isinstance(atom, TupleT) and any(map(may_be_unhashable, atom.items)))
        or (isinstance(atom, TuplesT) and may_be_unhashable(atom.item))
        for atom in atoms(type_)
    )


def refuse_unclear(type_: Type) -> Refusal | None:
    """The refusal of a value that is hashable if it is a tuple, and may be a list, which look alike in the machine."""
    found = kinds(type_)
    if Kind.TUPLE in found and found & UNHASHABLE_ARRAYS:
        other = min(kind.value for kind in found & UNHASHABLE_ARRAYS)
        message = f"whether the value is hashable depends on whether it is a tuple or a {other}"
        return Refusal("type-needed", message, "write instead: `tuple(x)` around it")
    inner = [part for member in members(type_) if isinstance(member, TupleT | TuplesT) for part in parts_of(member)]
    return next(filter(None, map(refuse_unclear, inner)), None)


def hash_checks(value: Arg, template: str) -> list[Check]:
    """The TypeErrors of a value that is unhashable, or of a tuple that holds such values, the first one first; `template` is the text."""
    found: list[Check] = []
    if kinds(value.type) & UNHASHABLE:
        found.append(Check(negate(has_kind(value, UNHASHABLE)), "TypeError", named(template, value)))
    match value.type:
        case TupleT(items):
            for index, inner in enumerate(items):
                found += hash_checks(Arg(at(value.tree, Lit(index)), inner), template)
        case TuplesT(item) if kinds(item) & UNHASHABLE:
            bad = clean(call("filter", value.tree, fn("py_i", has_kind(Arg(_I, item), UNHASHABLE))))
            first = Arg(at(bad, ZERO), item)
            found.append(Check(eq(count(bad), ZERO), "TypeError", named(template, first)))
        case _:
            pass
    return found
