"""Dicts made of pairs or of other dicts: `dict(source, **named)`, and what `update` takes."""

from collections.abc import Mapping, Sequence

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, IfElse, Lit, Object, Tree
from pysfnc.library.dicts import DICTS, build_dict, value_type
from pysfnc.library.iteration import build_iter_list, items_type
from pysfnc.library.make import ZERO, Built, call, const, eq, prim, text
from pysfnc.library.prelude import define
from pysfnc.library.registry import ABSENT, register_prim, register_surface
from pysfnc.library.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.shapes import EMPTY, at, bind, block, clean, count, fn, ne, refs
from pysfnc.library.signature import TEXT
from pysfnc.values.types import DictT, ErrorT, Kind, ListT, TupleT, Type, join, join_all, kinds, members

_v, _k, _p = refs("py_v py_k py_p")


define(
    "py_pairs",
    ("c",),
    call(
        "merge",
        clean(call("map", refs("c")[0], fn("p", Object(((at(refs("p")[0], ZERO), at(refs("p")[0], Lit(1))),))))),
    ),
)


def _bad_pair(pairs: Tree) -> Tree:
    """The positions of the items that are not two long."""
    test = ne(count(_v), Lit(2))
    return call("append", EMPTY, call("map", pairs, fn("py_v py_k", IfElse(test, _k, None))))


def _pair_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    if items_are_pairs(args[0].type):
        return []
    bad = at(_bad_pair(args[0].tree), ZERO)
    message = call(
        "join",
        Array(
            (
                text("dictionary update sequence element #"),
                call("string", bad),
                text(" has length "),
                call("string", block(bind("py_p", bad), count(at(args[0].tree, _p)))),
                text("; 2 is required"),
            )
        ),
    )
    return [Check(eq(count(_bad_pair(args[0].tree)), ZERO), "ValueError", message)]


def items_are_pairs(type_: Type) -> bool:
    """Whether the items of a list type are tuples of two."""
    return isinstance(type_, ListT) and all(isinstance(m, TupleT) and len(m.items) == 2 for m in members(type_.item))


register_prim(PrimRow(op="dict.of_pairs", lower=lambda args, _: call("py_pairs", args[0].tree), checks=_pair_checks))


def build_of_pairs(source: Expr, site: Site) -> Built:
    """The dict that `dict(source)` makes: of another dict, or of a list of pairs with str keys."""
    found = kinds(source.type)
    if isinstance(source.type, ErrorT):
        return source
    if found == DICTS:
        return prim("dict.copy", source.type, site, source)
    if Kind.DICT in found:
        return Refusal(
            "type-needed",
            "`dict()` of a value needs to know that the value is a dict",
            "write instead: annotate it as `dict`",
        )
    pairs = build_iter_list(source, site)
    if isinstance(pairs, Refusal):
        return pairs
    of = items_type(pairs.type)
    if kinds(of) and not all(isinstance(m, TupleT | ListT) for m in members(of)):
        return Refusal("type-needed", "`dict()` needs a dict or a list of pairs whose keys are known to be str")
    if any(isinstance(m, TupleT) and len(m.items) != 2 for m in members(of)):
        return Refusal("type-mismatch", f"`dict()` takes pairs, but the items are of type {of}")
    keys = join_all(
        [m.items[0] if isinstance(m, TupleT) else m.item for m in members(of) if isinstance(m, TupleT | ListT)]
    )
    values = join_all(
        [m.items[1] if isinstance(m, TupleT) else m.item for m in members(of) if isinstance(m, TupleT | ListT)]
    )
    if kinds(keys) - TEXT:
        return Refusal(
            "type-needed",
            "`dict()` needs pairs whose keys are known to be str",
            "write instead: `{str(k): v for k, v in pairs}`",
        )
    return prim("dict.of_pairs", DictT(values), site, pairs)


def build_dict_call(args: Sequence[Expr], kwargs: Mapping[str, Expr], site: Site) -> Built:
    """`dict(source, **kwargs)`; the arguments are evaluated from left to right."""
    if len(args) > 1:
        return Refusal("type-mismatch", f"`dict()` takes at most 1 argument, but {len(args)} are given")
    named = build_dict([(const(name), value) for name, value in kwargs.items()], site)
    if not args or isinstance(named, Refusal):
        return named
    base = build_of_pairs(args[0], site)
    if isinstance(base, Refusal) or not kwargs:
        return base
    return prim("dict.merge", DictT(join(value_type(base.type), value_type(named.type))), site, base, named)


register_surface(
    SurfaceRow(
        name="dict",
        params=(Parameter("source", ABSENT),),
        build=lambda args, site: build_dict_call([a for a in args if a is not ABSENT], {}, site),
        examples=(
            "dict()",
            "dict({'a': [1]})",
            "dict([('a', 1), ('b', [2]), ('a', 3)])",
            "dict([])",
            "dict([('a', [])])",
            "dict(zip(['a', 'b'], [1, 2]))",
            "dict([['a', 'b'], ['c', 'd']])",
            "dict([['a', 'b'], ['c', 'd', 'e']])",
            "dict([['a', 'b'], []])",
        ),
    )
)
