"""Dicts made of pairs or of other dicts: `dict(source, **named)`, and what `update` takes."""

from collections.abc import Mapping, Sequence

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, IfElse, Lit, Object, Tree
from pysfnc.library.containers.dicts import DICTS, build_dict, dict_type, new_key
from pysfnc.library.containers.hashing import hash_checks, hashable_part, may_be_unhashable, refuse_unclear
from pysfnc.library.containers.iteration import build_iter_list, items_type
from pysfnc.library.rows.make import ZERO, Built, both, call, choose, const, either, eq, negate, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import ABSENT, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import EMPTY, array_of, at, bind, block, clean, count, fn, gt, le, ne, refs
from pysfnc.library.rows.signature import TEXT, Spec, kind_checks
from pysfnc.library.rows.typenames import has_kind
from pysfnc.library.rows.versions import UNHASHABLE_KEY
from pysfnc.values.fields import merged
from pysfnc.values.relations import join_all, kinds, members, only_kinds
from pysfnc.values.types import STR, DictT, ErrorT, Kind, ListT, TuplesT, TupleT, Type

_v, _k, _p, _q = refs("py_v py_k py_p py_q")


define(
    "py_pairs",
    ("c",),
    call(
        "merge",
        clean(call("map", refs("c")[0], fn("p", Object(((at(refs("p")[0], ZERO), at(refs("p")[0], Lit(1))),))))),
    ),
)


def _positions(pairs: Tree, test: Tree) -> Tree:
    """The positions of the items that pass."""
    return call("append", EMPTY, call("map", pairs, fn("py_v py_k", IfElse(test, _k, None))))


def _wrong_length(pairs: Tree) -> Tree:
    return _positions(pairs, ne(count(_v), Lit(2)))


def _pair_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    """Those of `dict.of_pairs`: CPython looks at the pairs one after the other, at the length of each first."""
    pairs = args[0]
    key = Arg(at(_v, ZERO), _key_type(items_type(pairs.type)))
    same_length = items_are_pairs(pairs.type)
    found: list[Check] = []
    if not kinds(key.type) <= TEXT:
        wrong_key = _positions(pairs.tree, negate(has_kind(key, TEXT)))
        first_key, first_length = refs("py_a py_b")
        ok: Tree = eq(count(_p), ZERO)
        if not same_length:
            ok = block(
                bind("py_p", wrong_key),
                bind("py_q", _wrong_length(pairs.tree)),
                bind("py_a", at(_p, ZERO)),
                bind("py_b", at(_q, ZERO)),
                either(ok, both(gt(count(_q), ZERO), le(first_length, first_key))),
            )
        else:
            ok = block(bind("py_p", wrong_key), ok)
        value = block(bind("py_v", at(pairs.tree, at(wrong_key, ZERO))), _key_error(key))
        found.append(Check(ok, "TypeError", value))
    if not same_length:
        found.append(Check(eq(count(_wrong_length(pairs.tree)), ZERO), "ValueError", _length_error(pairs.tree)))
    return found


def _key_error(key: Arg) -> Tree:
    *unhashable, not_text = new_key(key)
    return choose([(negate(check.ok), check.message) for check in unhashable], not_text.message)


def _length_error(pairs: Tree) -> Tree:
    bad = at(_wrong_length(pairs), ZERO)
    size = block(bind("py_p", bad), count(at(pairs, _p)))
    parts = ("dictionary update sequence element #", bad, " has length ", size, "; 2 is required")
    return call("join", Array(tuple(text(part) if isinstance(part, str) else call("string", part) for part in parts)))


def _key_type(type_: Type) -> Type:
    found = [m for m in members(type_) if isinstance(m, TupleT | TuplesT | ListT)]
    return join_all([m.items[0] if isinstance(m, TupleT) else m.item for m in found])


def items_are_pairs(type_: Type) -> bool:
    """Whether the items of a list type are tuples of two."""
    return isinstance(type_, ListT) and all(isinstance(m, TupleT) and len(m.items) == 2 for m in members(type_.item))


def _taken_pair(args: Sequence[Arg], _: Type) -> Tree:
    return array_of(args)


# A pair of key and value that a dict takes: where the keys are str, and where they are of a type that has texts of its own.
register_prim(PrimRow(op="dict.pair", lower=_taken_pair, checks=lambda args, _: new_key(args[0])))
register_prim(
    PrimRow(op="dict.any_pair", lower=_taken_pair, checks=lambda args, _: hash_checks(args[0], UNHASHABLE_KEY))
)


def build_taken_pair(key: Expr, value: Expr, any_key: bool, site: Site) -> Built:
    """A tuple of key and value, after the TypeError of a key that no dict takes. `any_key`: it need not be a str."""
    if any_key:
        kept = hashable_part(key.type)
        return refuse_unclear(key.type) or prim("dict.any_pair", TupleT((kept, value.type)), site, key, value)
    return prim("dict.pair", TupleT((STR, value.type)), site, key, value)


def may_refuse_key(key: Type, any_key: bool) -> bool:
    """Whether a key of this type may be one that a dict does not take."""
    return may_be_unhashable(key) if any_key else bool(kinds(key) & TEXT) and not kinds(key) <= TEXT


register_prim(PrimRow(op="dict.of_pairs", lower=lambda args, _: call("py_pairs", args[0].tree), checks=_pair_checks))


def _mapping_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    return kind_checks([Spec("mapping", frozenset({Kind.DICT}), "'{}' object is not a mapping")], args)


register_prim(PrimRow(op="dict.spread", lower=lambda args, _: args[0].tree, checks=_mapping_checks))


def build_spread_mapping(expr: Expr, site: Site) -> Built:
    """The dict that `**expr` gives to a display; TypeError at run time where the value may be none."""
    return prim("dict.spread", only_kinds(expr.type, frozenset({Kind.DICT})), site, expr)


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
    if kinds(of) and not all(isinstance(m, TupleT | TuplesT | ListT) for m in members(of)):
        return Refusal("type-needed", "`dict()` needs a dict or a list of pairs whose keys are known to be str")
    if any(isinstance(m, TupleT) and len(m.items) != 2 for m in members(of)):
        return Refusal("type-mismatch", f"`dict()` takes pairs, but the items are of type {of}")
    keys = _key_type(of)
    values = join_all(
        [
            m.items[1] if isinstance(m, TupleT) else m.item
            for m in members(of)
            if isinstance(m, TupleT | TuplesT | ListT)
        ]
    )
    if kinds(keys) and not kinds(keys) & TEXT:
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
    return prim("dict.merge", merged(dict_type(base.type), dict_type(named.type)), site, base, named)


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
