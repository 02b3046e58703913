"""`sorted` and `list.sort`: stable, strings by code point.

The keys are a list of their own (the values themselves when there is no key function), made by the frontend. Numbers
and strings are sorted by JSONata's own `$sort`, tuples of them with a comparison written for their type, everything
else with a comparison that looks at the values.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, IfElse, Lit, Ref, Regex, Tree
from pysfnc.library.containers.iteration import build_iter_list, items_type
from pysfnc.library.containers.lists import after
from pysfnc.library.containers.sort_clash import clash_checks, refuse_text
from pysfnc.library.operators.class_equality import refuse_order
from pysfnc.library.rows.make import (
    FALSE,
    ZERO,
    Built,
    call,
    choose,
    const,
    eq,
    let_all,
    prim,
    text,
)
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_change, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Change, ChangeRow, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import EMPTY, ONE, at, bind, block, clean_atoms, fn, gt, lt, mapped, ne, refs
from pysfnc.library.rows.typenames import atoms
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import FloatT, IntT, JsonT, Kind, NeverT, StrT, TupleT, Type

_a, _b, _i, _v, _c, _d, _k, _n, _m, _l, _lo, _hi, _x = refs("a b i v c d k n m l lo hi x")
HIGH: Final = Regex(r"[\ud7ff\ue000-\uffff]")


def _is_text(type_: Type) -> bool:
    return all(isinstance(atom, StrT) for atom in atoms(type_))


def _is_number(type_: Type) -> bool:
    return all(isinstance(atom, IntT | FloatT) for atom in atoms(type_))


# One list, sorted by itself


def _compared(items: Tree, params: str, swap: Tree) -> Tree:
    """`$sort` with a comparison. In the tail of a function jsonata-js would fail to call it, so it is an argument here."""
    return call("append", call("sort", items, fn(params, swap)), EMPTY)


define("py_less", ("a", "b"), lt(call("py_compare", call("py_leaf", _a, _b)), ZERO))
define(
    "py_sort_texts",
    ("c",),
    IfElse(
        call("contains", call("join", _c), HIGH),
        _compared(_c, "a b", gt(call("py_key", _a), call("py_key", _b))),
        call("sort", _c),
    ),
)
define("py_sort", ("c",), _compared(_c, "a b", call("py_less", _b, _a)))
define(
    "py_sort_any",
    ("c",),
    block(
        bind("k", call("py_types", _c)),
        choose(
            [
                (eq(_k, Array((text("number"),))), call("sort", _c)),
                (eq(_k, Array((text("string"),))), call("py_sort_texts", _c)),
            ],
            call("py_sort", _c),
        ),
    ),
)
define("py_types", ("c",), call("distinct", clean_atoms(call("map", _c, Ref("type")))))


def _comes_after(one: Tree, other: Tree, type_: Type, key: bool) -> Tree | None:
    """Whether a value belongs behind another of the same type; None where a general comparison has to decide.

    `key`: whether strings may hold characters that order in another way by UTF-16 units.
    """
    if _is_number(type_):
        return gt(one, other)
    if _is_text(type_):
        return gt(call("py_key", one), call("py_key", other)) if key else gt(one, other)
    if not isinstance(type_, TupleT) or not all(_is_number(item) or _is_text(item) for item in type_.items):
        return None
    made: Tree = FALSE
    for index in range(len(type_.items) - 1, -1, -1):
        parts = at(one, Lit(index)), at(other, Lit(index))
        decides = _comes_after(*parts, type_.items[index], key)
        assert decides is not None
        made = IfElse(ne(*parts), decides, made) if made != FALSE else decides
    return made


def _comparing(items: Tree, values: tuple[Tree, Tree], type_: Type, backwards: bool) -> Tree:
    """The items sorted with a comparison of `values`, made of `$py_a` and `$py_b`."""
    one, other = values[::-1] if backwards else values
    plain = _comes_after(one, other, type_, key=False)
    keyed = _comes_after(one, other, type_, key=True)
    if plain is None or keyed is None:
        return _compared(items, "py_a py_b", call("py_less", other, one))
    if plain == keyed:
        return _compared(items, "py_a py_b", plain)
    return IfElse(
        call("contains", call("string", items), HIGH),
        _compared(items, "py_a py_b", keyed),
        _compared(items, "py_a py_b", plain),
    )


def _sorted(items: Tree, type_: Type, backwards: bool) -> Tree:
    if isinstance(type_, NeverT):
        return items
    if _is_number(type_) or _is_text(type_):
        # Equal numbers and equal strings are the same, so their order is of no interest.
        made = call("sort", items) if _is_number(type_) else call("py_sort_texts", items)
        return call("reverse", made) if backwards else made
    if not backwards and any(isinstance(member, JsonT) for member in members(type_)):
        return call("py_sort_any", items)
    one, other = refs("py_a py_b")
    return _comparing(items, (one, other), type_, backwards)


def _sort(args: Sequence[Arg], _: Type) -> Tree:
    """Items and whether to reverse."""
    items, reverse = args
    of = items_type(items.type)
    if reverse.tree == FALSE:
        return _sorted(items.tree, of, False)
    return choose([(reverse.tree, _sorted(items.tree, of, True))], _sorted(items.tree, of, False))


def _sort_by(args: Sequence[Arg], _: Type) -> Tree:
    """Items, their keys, and whether to reverse."""
    items, keys, reverse = args
    pairs = refs("py_p")[0]
    one, other = (at(ref, ONE) for ref in refs("py_a py_b"))
    of = items_type(keys.type)
    ways = [
        mapped(_comparing(pairs, (one, other), of, way), "py_v", at(refs("py_v")[0], ZERO)) for way in (True, False)
    ]
    return block(bind("py_p", call("zip", items.tree, keys.tree)), choose([(reverse.tree, ways[0])], ways[1]))


register_prim(PrimRow(op="list.sorted", lower=_sort, checks=lambda a, _: clash_checks(a[0], a[1])))
register_prim(PrimRow(op="list.sort_by", lower=_sort_by, checks=lambda a, _: clash_checks(a[1], a[2])))


def build_sorted(items: Expr, keys: Expr | None, reverse: Expr, site: Site) -> Built:
    """The items of an iterable in order of the keys, which are as many."""
    if kinds(reverse.type) != {Kind.BOOL}:
        return Refusal("unsupported-call", f"`reverse` must be a bool, not {reverse.type}")

    def build(atoms_: list[Expr]) -> Built:
        xs = build_iter_list(atoms_[0], site)
        if isinstance(xs, Refusal):
            return xs
        compared = xs if keys is None else atoms_[2]
        refusal = refuse_order(items_type(compared.type), "`sorted()`") or refuse_text(items_type(compared.type))
        if refusal is not None:
            return refusal
        if keys is None:
            return prim("list.sorted", xs.type, site, xs, atoms_[1])
        return prim("list.sort_by", xs.type, site, xs, compared, atoms_[1])

    return let_all([items, reverse, *([] if keys is None else [keys])], site, build)


def _keys(expr: Expr) -> Expr | None:
    return None if isinstance(expr, Const) and expr.value is None else expr


_KEY: Final = Parameter("key", const(None), keyword_only=True, positional_only=False)
_REVERSE: Final = Parameter("reverse", const(False), keyword_only=True, positional_only=False)

register_surface(
    SurfaceRow(
        name="sorted",
        params=(Parameter("iterable"), _KEY, _REVERSE),
        build=lambda args, site: build_sorted(args[0], _keys(args[1]), args[2], site),
        examples=(
            "sorted([3, 1, 2])",
            "sorted([3, 1, 2], reverse=True)",
            "sorted(['b', 'B', 'a', ''])",
            "sorted(['😀', '\ufe0f', '\ud7ff', 'z', '\ue000', '\ud7ffa', '😀a'])",
            "sorted(['😀', '\ufe0f', 'a'], reverse=True)",
            "sorted([True, 0, 1, False, -1])",
            "sorted([True, 0, 1, False, -1], reverse=True)",
            "sorted([2.5, 1, -0.5])",
            "sorted([(2, 'a'), (1, 'b'), (1, 'a')])",
            "sorted([[2], [1, 5], [], [1]])",
            "sorted([[2], [1, 5], [], [1]], reverse=True)",
            "sorted([])",
            "sorted([None])",
            "sorted('hello')",
            "sorted({'b': 1, 'a': 2})",
            "sorted((3, 1, 2))",
            "sorted([1, 'a'])",
            "sorted(['a', 1])",
            "sorted([None, None])",
            "sorted([3, 2, 1, 'a'])",
            "sorted([1, 2, 'a', 3])",
            "sorted([2, 1, 5, 4, 'a', 3], reverse=True)",
            "sorted([{'a': 1}, {'b': 2}])",
            "sorted([[1, 'a'], [1, 2]])",
            "sorted([[1, 'a'], [2, 2]])",
            "sorted(['b', 'a', 'c'], key=lambda x: 0)",
            "sorted([[1], [2], [1]], key=lambda x: x[0])",
            "sorted([[1, 'a'], [2, 'b'], [1, 'c']], key=lambda x: x[0], reverse=True)",
            "sorted(['bb', 'a', 'cc'], key=lambda x: len(x))",
            "sorted(['b', 'A', 'C'], key=lambda x: x.lower())",
            "sorted([3, 1, 2], key=lambda x: -x)",
            "sorted([3, 1], key=lambda x: None)",
            "sorted([3, 1, 2], key=lambda x: (x % 2, -x))",
            "sorted([True, 2, 0], key=lambda x: x == 2)",
        ),
    )
)


def _sort_change(xs: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    made = build_sorted(xs, _keys(args[0]), args[1], site)
    return made if isinstance(made, Refusal) else Change(made, after(made, const(None), site))


register_change(ChangeRow(name="list.sort", params=(_KEY, _REVERSE), build=_sort_change))
