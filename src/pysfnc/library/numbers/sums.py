"""`sum`, exactly: since CPython 3.12 the sum of floats keeps the errors of its additions (`versions`)."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Index, Lit, Object, Ref, Seq, Tree
from pysfnc.library.containers.iteration import build_iter_list, items_type
from pysfnc.library.rows.make import TRUE, ZERO, Built, both, call, const, either, eq, join, let_all, negate, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import clean_atoms
from pysfnc.library.rows.typenames import (
    NUMERIC,
    as_number,
    atoms,
    has_kind,
    is_non_integral,
    number_is_ambiguous,
    of_kinds,
    type_name,
)
from pysfnc.library.rows.versions import SUM_COMPENSATES, SUM_COMPENSATES_INTS
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import BOOL, FLOAT, INT, Kind, TupleT, Type

_S, _X, _T, _V, _I, _C, _F, _N = (Ref(name) for name in "sxtvicfn")
_ITEM: Final = Ref("py_v")
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_LIST: Final = frozenset({Kind.LIST})


def _state(total: Tree, lost: Tree, is_float: Tree) -> Tree:
    return Object(((text("s"), total), (text("c"), lost), (text("f"), is_float)))


def _lost() -> Tree:
    """What the addition of x to the sum loses."""
    total = Field(_S, "s")
    larger, smaller = Binary("-", total, _T), Binary("-", _X, _T)
    return IfElse(
        Binary(">=", call("abs", total), call("abs", _X)), Binary("+", larger, _X), Binary("+", smaller, total)
    )


# One step of a sum that keeps what additions lose; s.f: the sum is a float; f: x is one. As long as the sum is an int, and
# for the first float, nothing is kept.
define(
    "py_add",
    ("s", "x", "f"),
    Seq(
        (
            Bind("t", Binary("+", Field(_S, "s"), _X)),
            IfElse(
                both(Field(_S, "f"), TRUE if SUM_COMPENSATES_INTS else _F),
                _state(_T, Binary("+", Field(_S, "c"), _lost()), TRUE),
                _state(_T, Field(_S, "c"), either(Field(_S, "f"), _F)),
            ),
        )
    ),
)
_NAMES: Final = Array((text("bool"), text("float"), text("int")))
define(
    "py_sum_clash",
    ("c", "f"),
    # The TypeError about the first item of c that is no number; f: the sum starts as a float.
    Seq(
        (
            Bind("t", clean_atoms(call("map", _C, Func(("v",), call("py_type", _V))))),
            Bind(
                "i",
                Index(call("map", _T, Func(("v", "n"), IfElse(negate(Binary("in", _V, _NAMES)), _N, None))), ZERO),
            ),
            Bind(
                "s",
                call("filter", _T, Func(("v", "n"), both(eq(_V, text("float")), Binary("<", _N, _I)))),
            ),
            join(
                text("unsupported operand type(s) for +: '"),
                IfElse(either(_F, call("exists", _S)), text("float"), text("int")),
                text("' and '"),
                Index(_T, _I),
                text("'"),
            ),
        )
    ),
)


# Numbers


def _item(items: Arg, wanted: frozenset[Kind]) -> Arg:
    return Arg(_ITEM, of_kinds(items_type(items.type), wanted))


def _starts_as_float(start: Arg) -> Tree:
    return Lit(kinds(start.type) == {Kind.FLOAT})


def _sum(args: Sequence[Arg], type_: Type) -> Tree:
    items, start = args
    item = _item(items, NUMERIC)
    if Kind.FLOAT not in kinds(item.type) | kinds(start.type):
        numbers = items.tree
        if Kind.BOOL in kinds(item.type):
            numbers = clean_atoms(call("map", items.tree, Func(("py_v",), as_number(item))))
        total = call("sum", numbers)
        return total if start.tree == ZERO else Binary("+", start.tree, total)
    if not SUM_COMPENSATES:
        step = Func(("py_s", "py_v"), Binary("+", Ref("py_s"), as_number(item)))
        return call("reduce", items.tree, step, start.tree)
    step = Func(("py_s", "py_v"), call("py_add", Ref("py_s"), as_number(item), is_non_integral(item)))
    state = call("reduce", items.tree, step, _state(start.tree, ZERO, _starts_as_float(start)))
    return Seq((Bind("py_s", state), Binary("+", Field(Ref("py_s"), "s"), Field(Ref("py_s"), "c"))))


def _sum_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    items, start = args
    item = Arg(_ITEM, items_type(items.type))
    if kinds(item.type) <= NUMERIC:
        return ()
    wrong = call("filter", items.tree, Func(("py_v",), negate(has_kind(item, NUMERIC))))
    clash = call("py_sum_clash", items.tree, _starts_as_float(start))
    return (Check(negate(call("exists", wrong)), "TypeError", clash),)


register_prim(PrimRow(op="sum", lower=_sum, checks=_sum_checks))


# Item by item: the sum so far, as `_state`


def _sum_start(args: Sequence[Arg], _type: Type) -> Tree:
    return _state(args[0].tree, ZERO, _starts_as_float(args[0]))


def _sum_step(args: Sequence[Arg], _type: Type) -> Tree:
    state, item = args
    return (
        call("py_add", state.tree, as_number(item), is_non_integral(item))
        if SUM_COMPENSATES
        else Object(
            (
                (text("s"), Binary("+", Field(state.tree, "s"), as_number(item))),
                (text("f"), either(Field(state.tree, "f"), is_non_integral(item))),
            )
        )
    )


def _step_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    state, item = args
    left = IfElse(Field(state.tree, "f"), text("float"), text("int"))
    message = join(text("unsupported operand type(s) for +: '"), left, text("' and '"), type_name(item), text("'"))
    return (Check(has_kind(item, NUMERIC), "TypeError", message),)


def _sum_total(args: Sequence[Arg], _type: Type) -> Tree:
    total = Field(args[0].tree, "s")
    return Binary("+", total, Field(args[0].tree, "c")) if SUM_COMPENSATES else total


register_prim(PrimRow(op="sum.start", lower=_sum_start))
register_prim(PrimRow(op="sum.step", lower=_sum_step, checks=_step_checks))
register_prim(PrimRow(op="sum.total", lower=_sum_total))


def may_refuse_to_add(of: Type) -> bool:
    """Whether an item of this type may be one that a sum of numbers does not take."""
    return not kinds(of) <= NUMERIC


def build_sum_start(start: Expr, site: Site) -> Built:
    """What a sum of numbers begins with that takes them one by one."""
    return prim("sum.start", TupleT((start.type, BOOL)), site, start)


def build_sum_step(so_far: Expr, item: Expr, site: Site) -> Built:
    """The sum with one more item."""
    return prim("sum.step", so_far.type, site, so_far, item)


def build_sum_total(so_far: Expr, whole: Type, site: Site) -> Built:
    """The number of type `whole` that a sum has come to."""
    return prim("sum.total", whole, site, so_far)


def _is_never_empty(items: Expr) -> bool:
    return isinstance(items, Prim) and items.op == "list.make" and bool(items.args)


def _total_type(items: Expr, start: Expr) -> Type:
    """A sum of floats that starts with 0 is an int when there is nothing to add."""
    found: list[Type] = [FLOAT if atom == FLOAT else INT for atom in atoms(of_kinds(items_type(items.type), NUMERIC))]
    if start.type == FLOAT:
        return FLOAT
    return join_all(found) if _is_never_empty(items) and found else join_all([start.type, *found])


def _sum_numbers(items: Expr, start: Expr, site: Site) -> Built:
    of = items_type(items.type)
    if kinds(of) and not kinds(of) & NUMERIC:
        return Refusal("type-mismatch", f"`sum()` of items of type `{of}` raises TypeError unless there are none")
    if not kinds(start.type) <= _NUMBERS:
        return Refusal("type-needed", "the start of `sum()` is not known to be an int, a float or a list")
    if SUM_COMPENSATES and (number_is_ambiguous(of) or number_is_ambiguous(start.type)):
        return Refusal(
            "ambiguous-number",
            "`sum()` adds ints and floats in different ways, and which these are cannot be told apart in the machine",
            "write instead: `sum(float(x) for x in xs)`",
        )
    return prim("sum", _total_type(items, start), site, items, start)


# Lists


def _sum_lists(args: Sequence[Arg], _type: Type) -> Tree:
    items, start = args
    return call("reduce", items.tree, Func(("py_s", "py_v"), call("append", Ref("py_s"), _ITEM)), start.tree)


def _list_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    item = Arg(_ITEM, items_type(args[0].type))
    if kinds(item.type) <= _LIST:
        return ()
    wrong = call("filter", args[0].tree, Func(("py_v",), negate(has_kind(item, _LIST))))
    first = Index(call("map", wrong, Func(("py_v",), type_name(item))), ZERO)
    message = join(text('can only concatenate list (not "'), first, text('") to list'))
    return (Check(negate(call("exists", wrong)), "TypeError", message),)


register_prim(PrimRow(op="sum.lists", lower=_sum_lists, checks=_list_checks))


def _build_sum(args: Sequence[Expr], site: Site) -> Built:
    def build(given: list[Expr]) -> Built:
        items = build_iter_list(given[0], site)
        if isinstance(items, Refusal):
            return items
        if kinds(given[1].type) != _LIST:
            return _sum_numbers(items, given[1], site)
        of = items_type(items.type)
        if kinds(of) & {Kind.TUPLE} or (kinds(of) and not kinds(of) & _LIST):
            return Refusal("type-mismatch", f"`sum()` of items of type `{of}` that starts with a list")
        type_ = join_all([given[1].type, of_kinds(of, _LIST)])
        return prim("sum.lists", type_, site, items, given[1])

    return build(list(args)) if isinstance(args[1], Const) else let_all(list(args), site, build)


register_surface(
    SurfaceRow(
        name="sum",
        params=(Parameter("iterable"), Parameter("start", const(0), positional_only=False)),
        build=_build_sum,
        examples=(
            "sum([])",
            "sum([1, 2, 3])",
            "sum([True, True])",
            "sum([0.1] * 10)",
            "sum([0.1, 0.2, 0.3])",
            "sum([1, 0.1, 2])",
            "sum((1, 2.5))",
            "sum([1.5], 1)",
            "sum([1, 2], start=0.5)",
            "sum([[1], [2, [3]], []], [])",
            "sum([], [1])",
            "sum([5])",
        ),
    )
)
