"""`min` and `max`: of arguments, of an iterable, by keys, with a default.

CPython goes through the items in order and keeps the first of equal ones; so does `py_best`, which also finds the first
comparison that raises. The keys of a key function are a list of their own, made by the frontend.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr, Prim
from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Index, Lit, Object, Ref, Seq, Tree
from pysfnc.library.containers.iteration import build_iter_list, items_type
from pysfnc.library.operators.class_equality import refuse_order
from pysfnc.library.operators.ordering import always_ordered, build_order
from pysfnc.library.rows.make import (
    FALSE,
    TRUE,
    ZERO,
    Built,
    call,
    choose,
    cond,
    either,
    join,
    let,
    let_all,
    negate,
    prim,
    text,
    type_of,
)
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import ABSENT, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.versions import NO_ITEMS
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import BOOL, Kind, ListT, Type

_C, _W, _S, _V, _I, _L = (Ref(name) for name in "cwsvil")
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_NOT_A_NUMBER: Final = Binary("!=", type_of(Ref("py_v")), text("number"))
_SIGNS: Final = {"max": Lit(1), "min": Lit(-1)}
_ORDERS: Final = {"max": ">", "min": "<"}


def _state(best: Tree, index: Tree, clash: Tree | None = None) -> Tree:
    pairs = [(text("m"), best), (text("i"), index)]
    return Object(tuple(pairs if clash is None else [*pairs, (text("x"), clash)]))


# Of the list c: the largest item m (w = 1; the smallest for -1) and its index i, the first one of equals; or, as x, the
# first pair that cannot be ordered.
define(
    "py_best",
    ("c", "w"),
    call(
        "reduce",
        _C,
        Func(
            ("s", "v", "i"),
            IfElse(
                either(Binary("=", _I, ZERO), call("exists", Field(_S, "x"))),
                _S,
                Seq(
                    (
                        Bind("l", call("py_leaf", _V, Field(_S, "m"))),
                        IfElse(
                            negate(call("py_ordered", _L)),
                            _state(_V, _I, _L),
                            IfElse(Binary(">", Binary("*", call("py_compare", _L), _W), ZERO), _state(_V, _I), _S),
                        ),
                    )
                ),
            ),
        ),
        _state(Index(_C, ZERO), ZERO),
    ),
)


def _item_kinds(arg: Arg) -> frozenset[Kind]:
    return kinds(items_type(arg.type))


def _all_numbers(items: Arg) -> Tree:
    """Whether the quick way of JSONata will do."""
    possible = _item_kinds(items)
    if possible <= _NUMBERS:
        return TRUE
    if not possible & _NUMBERS:
        return FALSE
    return negate(call("exists", call("filter", items.tree, Func(("py_v",), _NOT_A_NUMBER))))


def _best(args: Sequence[Arg], name: str) -> Tree:
    """The item of the first list whose place is that of the best of the last list."""
    items, keys = args[0], args[-1]
    if len(args) == 1 and _item_kinds(items) == {Kind.STR}:
        left, right = (call("py_key", Ref(side)) for side in ("py_a", "py_b"))
        better = IfElse(Binary(_ORDERS[name], right, left), Ref("py_b"), Ref("py_a"))
        return call("reduce", items.tree, Func(("py_a", "py_b"), better))
    place = Bind("py_i", Field(call("py_best", keys.tree, _SIGNS[name]), "i"))
    general = Seq((place, Index(items.tree, Ref("py_i"))))
    return choose([(_all_numbers(items), call(name, items.tree))], general) if len(args) == 1 else general


def _checks(args: Sequence[Arg], name: str) -> Sequence[Check]:
    items, keys = args[0], args[-1]
    found = [Check(Binary(">", call("count", items.tree), ZERO), "ValueError", text(NO_ITEMS.format(name)))]
    of = items_type(keys.type)
    if not always_ordered(of, of):
        clash = Field(call("py_best", keys.tree, _SIGNS[name]), "x")
        ok = either(_all_numbers(keys), negate(call("exists", clash)))
        found.append(Check(ok, "TypeError", _clash(clash, name)))
    return found


def _clash(pair: Tree, name: str) -> Tree:
    left, right = (call("py_type", Field(_L, side)) for side in "ab")
    message = join(
        text(f"'{_ORDERS[name]}' not supported between instances of '"), left, text("' and '"), right, text("'")
    )
    return Seq((Bind("l", pair), message))


def _build_of_list(name: str, items: Expr, keys: Expr | None, default: Expr, site: Site) -> Built:
    of = items_type(items.type)
    keyed = items if keys is None else keys
    refusal = refuse_order(items_type(keyed.type), f"`{name}()`")
    if refusal is not None:
        return refusal
    if kinds(items_type(keyed.type)) & {Kind.EXCEPTION}:
        return Refusal("type-mismatch", f"`{name}()` of exceptions raises TypeError")
    args = [items] if keys is None else [items, keys]
    if default is ABSENT:
        return prim(name, of, site, *args)

    def build(given: list[Expr]) -> Built:
        best = prim(name, of, site, *given[:-1])
        some = prim("truth", BOOL, site, given[0])
        return cond(some, best, given[-1], join_all([of, default.type]), site)

    return let_all([*args, default], site, build)


def _build_of_values(name: str, values: Sequence[Expr], site: Site) -> Built:
    """Compare one after another, as CPython does."""
    types = join_all([value.type for value in values])
    refusal = refuse_order(types, f"`{name}()`")
    if refusal is not None:
        return refusal
    if kinds(types) <= _NUMBERS:
        return prim(f"{name}.of", types, site, *values)

    def step(best: Expr, rest: Sequence[Expr]) -> Built:
        if not rest:
            return best
        test = build_order(_ORDERS[name], rest[0], best, site)
        if isinstance(test, Refusal):
            return test
        better = cond(test, rest[0], best, join_all([rest[0].type, best.type]), site)
        return let(better, site, lambda found: step(found, rest[1:]), name)

    return let_all(list(values), site, lambda given: step(given[0], given[1:]))


def build_extreme(name: str, args: Sequence[Expr], keys: Expr | None, default: Expr, site: Site) -> Built:
    """`min` or `max` (`name`) of the arguments. `keys` are the keys of the items, `default` may be `ABSENT`."""
    if len(args) != 1:
        if default is not ABSENT:
            return Refusal("type-mismatch", f"`{name}()` takes a default only with an iterable")
        if not args:
            return Refusal("type-mismatch", f"`{name}()` misses its argument")
        if keys is None:
            return _build_of_values(name, args, site)
    items: Built = build_iter_list(args[0], site)
    if len(args) != 1:
        type_ = ListT(join_all([arg.type for arg in args]))
        items = Prim(op="list.make", args=tuple(args), type=type_, span=site.span)
    return items if isinstance(items, Refusal) else _build_of_list(name, items, keys, default, site)


_EXAMPLES: Final = (
    "{}(1, 2)",
    "{}(2, 1.5, 3)",
    "{}(True, 0)",
    "{}('b', 'a', 'c')",
    "{}([3, 1, 2])",
    "{}([1.5])",
    "{}([True, 1, 0])",
    "{}(['b', 'a'])",
    "{}('hello')",
    "{}([[1, 2], [1, 3], [0]])",
    "{}((1, 2), (1, 3))",
    "{}([], default=7)",
    "{}([4], default=None)",
    "{}({'b': 1, 'a': 2})",
    "{}([-1, 2, 1, -2], key=lambda x: x * x)",
    "{}(['bb', 'a', 'cc'], key=lambda x: len(x))",
)


def _register(name: str) -> None:
    def build(args: Sequence[Expr], site: Site) -> Built:
        keys, default, *values = args
        return build_extreme(name, values, None if keys is ABSENT else keys, default, site)

    def lower(args: Sequence[Arg], _type: Type) -> Tree:
        return _best(args, name)

    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        return _checks(args, name)

    def of_numbers(args: Sequence[Arg], _type: Type) -> Tree:
        return call(name, Array(tuple(arg.tree for arg in args)))

    register_prim(PrimRow(op=name, lower=lower, checks=checks))
    register_prim(PrimRow(op=f"{name}.of", lower=of_numbers))
    register_surface(
        SurfaceRow(
            name=name,
            params=(
                Parameter("key", ABSENT, keyword_only=True, positional_only=False),
                Parameter("default", ABSENT, keyword_only=True, positional_only=False),
                Parameter("args", variadic=True),
            ),
            build=build,
            examples=tuple(example.replace("{}", name, 1) for example in _EXAMPLES),
        )
    )


for _name in _ORDERS:
    _register(_name)
