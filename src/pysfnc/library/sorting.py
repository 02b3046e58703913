"""`sorted` and `list.sort`: stable, strings by code point, TypeErrors for what has no order.

The keys are a list of their own (the values themselves when there is no key function), made by the frontend. Numbers
and strings are sorted by JSONata's own `$sort`, everything else with a comparison. Which pair of values a TypeError
names depends on CPython's algorithm, so `py_sort_clash` goes its way (a run, then binary insertion) as long as it is
that simple: up to 63 values.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Binary, Field, IfElse, Lit, Regex, Tree
from pysfnc.library.iteration import build_iter_list, items_type
from pysfnc.library.lists import after
from pysfnc.library.make import (
    FALSE,
    NULL,
    ZERO,
    Built,
    call,
    choose,
    const,
    either,
    eq,
    join,
    let_all,
    negate,
    prim,
    text,
    type_of,
)
from pysfnc.library.prelude import define
from pysfnc.library.registry import register_change, register_prim, register_surface
from pysfnc.library.row import Arg, Change, ChangeRow, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.shapes import (
    EMPTY,
    ONE,
    add,
    at,
    bind,
    block,
    count,
    filtered,
    fn,
    ge,
    gt,
    item,
    lt,
    mapped,
    refs,
    sub,
)
from pysfnc.library.typenames import NUMERIC, atoms, number_is_ambiguous, type_name
from pysfnc.values.types import (
    JSON,
    FloatT,
    IntT,
    JsonT,
    Kind,
    ListT,
    NeverT,
    StrT,
    TupleT,
    Type,
    is_json_faithful,
    kinds,
    members,
)

_a, _b, _i, _v, _c, _d, _k, _n, _m, _l, _lo, _hi, _x = refs("a b i v c d k n m l lo hi x")
HIGH: Final = Regex(r"[\ud7ff\ue000-\uffff]")


def _orderable(type_: Type) -> bool:
    """Whether any two values of the type can be ordered, by what is known of it."""
    found = atoms(type_)
    if all(kinds(atom) <= NUMERIC for atom in found) or all(isinstance(atom, StrT) for atom in found):
        return True
    if len(found) != 1:
        return False
    match found[0]:
        case ListT(item):
            return _orderable(item)
        case TupleT(items):
            return all(map(_orderable, items))
        case _:
            return False


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
    choose(
        [
            (call("py_all_of", _c, Array((text("number"),))), call("sort", _c)),
            (call("py_all_of", _c, Array((text("string"),))), call("py_sort_texts", _c)),
        ],
        call("py_sort", _c),
    ),
)


def _sorted(items: Tree, type_: Type) -> Tree:
    if isinstance(type_, NeverT):
        return items
    if _is_number(type_):
        return call("sort", items)
    if _is_text(type_):
        return call("py_sort_texts", items)
    return call("py_sort_any" if any(isinstance(member, JsonT) for member in members(type_)) else "py_sort", items)


def _sort(args: Sequence[Arg], _: Type) -> Tree:
    """Items and whether to reverse. Equal numbers and equal strings are the same, so that order is of no interest for them."""
    items, reverse = args
    of = items_type(items.type)
    if reverse.tree == FALSE:
        return _sorted(items.tree, of)
    backwards: Tree
    if _is_number(of) or _is_text(of):
        backwards = call("reverse", _sorted(items.tree, of))
    else:
        backwards = _compared(items.tree, "py_a py_b", call("py_less", *refs("py_a py_b")))
    return choose([(reverse.tree, backwards)], _sorted(items.tree, of))


def _sort_by(args: Sequence[Arg], _: Type) -> Tree:
    """Items, their keys, and whether to reverse."""
    items, keys, reverse = args
    pairs = call("zip", items.tree, keys.tree)
    one, other = (at(ref, ONE) for ref in refs("py_a py_b"))
    of = items_type(keys.type)
    if _is_number(of):
        up, down = gt(one, other), lt(one, other)
    elif _is_text(of):
        one, other = call("py_key", one), call("py_key", other)
        up, down = gt(one, other), lt(one, other)
    else:
        up, down = call("py_less", other, one), call("py_less", one, other)
    ways = {
        test: mapped(call("sort", pairs, fn("py_a py_b", swap)), "py_v", at(refs("py_v")[0], ZERO))
        for test, swap in ((True, down), (False, up))
    }
    return choose([(reverse.tree, ways[True])], ways[False])


# What has no order: the pair of which `a < b` fails while CPython sorts, or null

define(
    "py_sort_clash",
    ("c",),
    IfElse(
        lt(count(_c), Lit(2)),
        NULL,
        block(
            bind("l", call("py_leaf", at(_c, ONE), at(_c, ZERO))),
            IfElse(call("py_ordered", _l), call("py_run_clash", _c, lt(call("py_compare", _l), ZERO), Lit(2)), _l),
        ),
    ),
)
define(
    "py_run_clash",
    ("c", "d", "i"),
    # The list starts with a run: strictly descending ($d) or ascending.
    IfElse(
        ge(_i, count(_c)),
        NULL,
        block(
            bind("l", call("py_leaf", at(_c, _i), at(_c, sub(_i, ONE)))),
            choose(
                [
                    (negate(call("py_ordered", _l)), _l),
                    (eq(lt(call("py_compare", _l), ZERO), _d), call("py_run_clash", _c, _d, add(_i, ONE))),
                ],
                block(
                    bind("a", filtered(_c, "v k", lt(_k, _i))),
                    call("py_insert_clash", IfElse(_d, call("reverse", _a), _a), _c, _i),
                ),
            ),
        ),
    ),
)
define(
    "py_insert_clash",
    ("a", "c", "i"),
    # The items from $i on are put into the sorted list $a.
    IfElse(
        ge(_i, count(_c)),
        NULL,
        block(
            bind("k", call("py_sort_place", _a, at(_c, _i), ZERO, _i)),
            IfElse(
                eq(type_of(_k), text("object")),
                _k,
                call(
                    "py_insert_clash",
                    call(
                        "append",
                        call("append", filtered(_a, "v n", lt(_n, _k)), Array((item(at(_c, _i), JSON),))),
                        filtered(_a, "v n", ge(_n, _k)),
                    ),
                    _c,
                    add(_i, ONE),
                ),
            ),
        ),
    ),
)
define(
    "py_sort_place",
    ("a", "x", "lo", "hi"),
    # Where $x belongs between $lo and $hi, or the pair that clashes on the way.
    IfElse(
        ge(_lo, _hi),
        _lo,
        block(
            bind("m", call("floor", Binary("/", add(_lo, _hi), Lit(2)))),
            bind("l", call("py_leaf", _x, at(_a, _m))),
            choose(
                [
                    (negate(call("py_ordered", _l)), _l),
                    (lt(call("py_compare", _l), ZERO), call("py_sort_place", _a, _x, _lo, _m)),
                ],
                call("py_sort_place", _a, _x, add(_m, ONE), _hi),
            ),
        ),
    ),
)
define(
    "py_sortable",
    ("c",),
    either(
        call("py_all_of", _c, Array((text("string"),))),
        call("py_all_of", _c, Array((text("number"), text("boolean")))),
        eq(call("py_sort_clash", _c), NULL),
    ),
)
# `$count` of the only item that is left would count what is in it.
define(
    "py_all_of",
    ("c", "k"),
    negate(call("exists", call("filter", _c, fn("v", negate(Binary("in", type_of(_v), _k)))))),
)


def _clash_checks(keys: Arg, reverse: Arg) -> list[Check]:
    of = items_type(keys.type)
    if isinstance(of, NeverT) or _orderable(of):
        return []
    looked_at = choose([(reverse.tree, call("reverse", keys.tree))], keys.tree)
    has_inside = any(map(_parts, atoms(of)))
    sides = [Field(_pair, side) for side in ("a", "b")]
    one, other = (call("py_type", side) if has_inside else type_name(Arg(side, of)) for side in sides)
    message = join(text("'<' not supported between instances of '"), one, text("' and '"), other, text("'"))
    clash = bind("py_l", call("py_sort_clash", looked_at))
    return [Check(call("py_sortable", looked_at), "TypeError", block(clash, message))]


_pair: Final = refs("py_l")[0]


def _refuse_text(type_: Type) -> Refusal | None:
    """The refusal where the text of a TypeError would need to tell what JSON cannot, inside of items or between them."""
    if _orderable(type_):
        return None
    parts = [part for atom in atoms(type_) for part in _parts(atom)]
    mixed = number_is_ambiguous(type_) or (Kind.TUPLE in kinds(type_) and kinds(type_) != {Kind.TUPLE})
    if mixed or not all(map(is_json_faithful, parts)):
        return Refusal(
            "type-needed",
            f"sorting values of type {type_} may fail in a way that depends on types a machine cannot tell apart",
        )
    return None


def _parts(type_: Type) -> tuple[Type, ...]:
    match type_:
        case ListT(inner):
            return (inner,)
        case TupleT(inner_types):
            return inner_types
        case _:
            return ()


register_prim(PrimRow(op="list.sorted", lower=_sort, checks=lambda a, _: _clash_checks(a[0], a[1])))
register_prim(PrimRow(op="list.sort_by", lower=_sort_by, checks=lambda a, _: _clash_checks(a[1], a[2])))


def build_sorted(items: Expr, keys: Expr | None, reverse: Expr, site: Site) -> Built:
    """The items of an iterable in order of the keys, which are as many."""
    if kinds(reverse.type) != {Kind.BOOL}:
        return Refusal("unsupported-call", f"`reverse` must be a bool, not {reverse.type}")

    def build(atoms_: list[Expr]) -> Built:
        xs = build_iter_list(atoms_[0], site)
        if isinstance(xs, Refusal):
            return xs
        compared = xs if keys is None else atoms_[2]
        refusal = _refuse_text(items_type(compared.type))
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
