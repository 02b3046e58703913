"""Changes of a dict in place: update, setdefault, pop, popitem, clear."""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, IfElse, Tree
from pysfnc.library.containers.dict_pairs import build_of_pairs
from pysfnc.library.containers.dicts import (
    DICTS,
    constant_key,
    dict_type,
    get_value,
    has_key,
    new_key,
    read_type,
    refuse_key,
    refuse_read_key,
    set_key,
    value_type,
    without_key,
)
from pysfnc.library.containers.iteration import keys_of
from pysfnc.library.containers.lists import after
from pysfnc.library.rows.make import ZERO, call, const, prim, text
from pysfnc.library.rows.registry import ABSENT, register_change, register_prim
from pysfnc.library.rows.row import Arg, Change, ChangeRow, Check, Parameter, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import MINUS_ONE, at, bind, block, count, gt, item, refs
from pysfnc.values.fields import merged, with_default, with_some_field, without_field, without_some_field
from pysfnc.values.relations import kinds
from pysfnc.values.types import NEVER, STR, DictT, TupleT, Type

_k, _p = refs("py_k py_p")


def _change(
    name: str, params: Sequence[Parameter], build: Callable[[Expr, Sequence[Expr], Site], Change | Refusal]
) -> None:
    register_change(ChangeRow(name=f"dict.{name}", params=tuple(params), build=build))


def _update(mapping: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    if args[0] is ABSENT:
        return Change(mapping, const(None))
    other = build_of_pairs(args[0], site)
    if isinstance(other, Refusal):
        return other
    if kinds(args[0].type) == DICTS:
        other = args[0]
    type_ = merged(dict_type(mapping.type), dict_type(other.type))
    return Change(prim("dict.merge", type_, site, mapping, other), after(other, const(None), site))


_change("update", [Parameter("other", ABSENT)], _update)


def _setdefault(mapping: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    key, default = args
    refusal = refuse_key(key, "`setdefault()`")
    if refusal is not None:
        return refusal
    before, name = dict_type(mapping.type), constant_key(key)
    type_ = with_some_field(before, default.type) if name is None else with_default(before, name, default.type)
    return Change(
        prim("dict.with_default", type_, site, mapping, key, default),
        prim("dict.ensured", read_type(mapping.type, key, default), site, mapping, key, default),
    )


def _with_default(args: Sequence[Arg], _: Type) -> Tree:
    mapping, key, default = args
    return IfElse(has_key(mapping.tree, key), mapping.tree, set_key(mapping.tree, key.tree, default.tree))


register_prim(PrimRow(op="dict.with_default", lower=_with_default))
register_prim(PrimRow(op="dict.ensured", lower=get_value, checks=lambda args, _: new_key(args[1])))
_change("setdefault", [Parameter("key"), Parameter("default", const(None))], _setdefault)


def _pop(mapping: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    key, default = args
    refusal = refuse_read_key(key, "`pop()`")
    if refusal is not None:
        return refusal
    taken = (
        prim("dict.item", read_type(mapping.type, key), site, mapping, key)
        if default is ABSENT
        else prim("dict.get", read_type(mapping.type, key, default), site, mapping, key, default)
    )
    before, name = dict_type(mapping.type), constant_key(key)
    type_ = without_some_field(before) if name is None else without_field(before, name)
    return Change(prim("dict.without", type_, site, mapping, key), taken)


_change("pop", [Parameter("key"), Parameter("default", ABSENT)], _pop)


def _last_key(mapping: Tree) -> Tree:
    return at(keys_of(mapping), MINUS_ONE)


def _last_pair(args: Sequence[Arg], _: Type) -> Tree:
    mapping = args[0]
    value = item(refs("py_p")[0], value_type(mapping.type))
    found = bind("py_k", _last_key(mapping.tree))
    return block(found, bind("py_p", call("lookup", mapping.tree, _k)), Array((_k, value)))


_EMPTY_DICT: Final = "popitem(): dictionary is empty"
register_prim(
    PrimRow(
        op="dict.last",
        lower=_last_pair,
        checks=lambda args, _: [
            Check(
                gt(count(call("keys", args[0].tree)), ZERO),
                "KeyError",
                text(repr(_EMPTY_DICT)),
                args=(text(_EMPTY_DICT),),
            )
        ],
    )
)
register_prim(
    PrimRow(
        op="dict.without_last",
        lower=lambda args, _: block(bind("py_p", _last_key(args[0].tree)), without_key(args[0].tree, refs("py_p")[0])),
    )
)


def _popitem(mapping: Expr, _args: Sequence[Expr], site: Site) -> Change | Refusal:
    pair = TupleT((STR, value_type(mapping.type)))
    left = without_some_field(dict_type(mapping.type))
    return Change(prim("dict.without_last", left, site, mapping), prim("dict.last", pair, site, mapping))


_change("popitem", [], _popitem)
_change("clear", [], lambda mapping, args, site: Change(prim("dict.make", DictT(NEVER), site), const(None)))
