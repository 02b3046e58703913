"""`in` and `not in`, for strings, lists, tuples and dicts."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import (
    Binary,
    Func,
    Ref,
    Tree,
)
from pysfnc.library.containers.dicts import has_key
from pysfnc.library.containers.hashing import refuse_unclear
from pysfnc.library.operators.equality import bool_meets_number, unclear
from pysfnc.library.rows.make import FALSE, TRUE, Built, call, choose, either, eq, negate, prim
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.typenames import atoms, has_kind, named
from pysfnc.library.rows.versions import NOT_A_CONTAINER, UNHASHABLE_KEY
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, Kind, ListT, TuplesT, TupleT, Type

_STR: Final = frozenset({Kind.STR})
_LIST: Final = frozenset({Kind.LIST})
_TUPLE: Final = frozenset({Kind.TUPLE})
_DICT: Final = frozenset({Kind.DICT})
_ARRAYS: Final = _LIST | _TUPLE
_SCALARS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})


def in_list(item: Arg, items: Arg) -> Tree:
    """Whether an item is in a list or tuple."""
    inner = [part for atom in atoms(items.type) if kinds(atom) <= _ARRAYS for part in _item_types(atom)]
    care = any(bool_meets_number(item.type, part) for part in inner)
    flat = kinds(item.type) <= _SCALARS or all(kinds(part) <= _SCALARS for part in inner)
    if flat and not care:
        return Binary("in", item.tree, items.tree)
    equal = call("py_equal", item.tree, Ref("py_item")) if care else eq(item.tree, Ref("py_item"))
    return call("exists", call("filter", items.tree, Func(("py_item",), equal)))


def _item_types(type_: Type) -> tuple[Type, ...]:
    return (type_.item,) if isinstance(type_, ListT | TuplesT) else type_.items if isinstance(type_, TupleT) else ()


def _in_dict(key: Arg, mapping: Arg) -> Tree:
    return has_key(mapping.tree, key)


def _in_text(part: Arg, whole: Arg) -> Tree:
    return call("contains", whole.tree, part.tree)


_CASES: Final = ((_STR, _in_text), (_ARRAYS, in_list), (_DICT, _in_dict))


def _lower_in(args: Sequence[Arg], _type: Type) -> Tree:
    item, container = args
    found = [
        (has_kind(container, wanted), lower(item, container))
        for wanted, lower in _CASES
        if kinds(container.type) & wanted
    ]
    return choose(found[:-1], found[-1][1]) if found else FALSE


def _check_in(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    item, container = args
    found: list[Check] = []
    iterable = has_kind(container, _STR | _ARRAYS | _DICT)
    if iterable != TRUE:
        message = named(NOT_A_CONTAINER, container)
        found.append(Check(iterable, "TypeError", message))
    in_text = has_kind(container, _STR)
    is_text = has_kind(item, _STR)
    if in_text != FALSE and is_text != TRUE:
        message = named("'in <string>' requires string as left operand, not {}", item)
        found.append(Check(either(negate(in_text), is_text), "TypeError", message))
    in_dict = has_kind(container, _DICT)
    unhashable = has_kind(item, _LIST | _DICT)
    if in_dict != FALSE and unhashable != FALSE:
        message = named(UNHASHABLE_KEY, item)
        found.append(Check(either(negate(in_dict), negate(unhashable)), "TypeError", message))
    return found


def _lower_not_in(args: Sequence[Arg], type_: Type) -> Tree:
    return negate(_lower_in(args, type_))


register_prim(PrimRow(op="in", lower=_lower_in, checks=_check_in))
register_prim(PrimRow(op="not in", lower=_lower_not_in, checks=_check_in))


def build_in(symbol: str, item: Expr, container: Expr, site: Site) -> Built:
    found = kinds(container.type)
    if found and not found & (_STR | _ARRAYS | _DICT):
        return Refusal("type-mismatch", f"`{symbol}` of a `{container.type}` always raises TypeError")
    if found == _STR and kinds(item.type) and not kinds(item.type) & _STR:
        return Refusal("type-mismatch", f"`{symbol}` of `{item.type}` and a str always raises TypeError")
    refused = refuse_unclear(item.type) if found & _DICT else None
    if refused is not None:
        return refused
    for atom in atoms(container.type):
        for part in _item_types(atom):
            what = unclear(item.type, part, True)
            if what is not None:
                return Refusal("type-needed", f"`{symbol}` depends on whether a value is {what}")
    return prim(symbol, BOOL, site, item, container)
