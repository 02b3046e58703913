"""Slices `x[a:b:c]` of lists, strings and tuples, with all of Python's clamping."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Binary, IfElse, Lit, Neg, Tree
from pysfnc.library.containers.dicts import DICTS
from pysfnc.library.operators.subscripts import ARRAYS, INDEXED, STRINGS, around, expect
from pysfnc.library.rows.make import FALSE, NULL, TRUE, ZERO, Built, both, call, choose, either, eq, negate, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import (
    MINUS_ONE,
    ONE,
    add,
    bind,
    block,
    count,
    filtered,
    from_end,
    ge,
    greatest,
    gt,
    le,
    least,
    length,
    lt,
    ne,
    refs,
    sub,
)
from pysfnc.library.rows.signature import BOUND_ERROR, WHOLE_OR_NONE, Spec, kind_checks, misfit, whole
from pysfnc.library.rows.typenames import has_kind, of_kinds, type_name
from pysfnc.library.text.characters import characters, substring
from pysfnc.values.relations import item_of_tuple, join_all, kinds, members
from pysfnc.values.types import ERROR, ErrorT, Kind, TuplesT, TupleT, Type

_i, _n, _a = refs("py_i py_n py_a")

_SLICE: Final = tuple(Spec(name, WHOLE_OR_NONE, BOUND_ERROR) for name in ("start", "stop", "step"))
_lo, _hi, _step = refs("lo hi step")
define(
    "py_slice",
    ("c", "lo", "hi", "step"),
    # Any slice of a list; null stands for a bound left out.
    block(
        bind("n", count(refs("c")[0])),
        bind("s", IfElse(eq(_step, NULL), ONE, _step)),
        IfElse(
            gt(refs("s")[0], ZERO),
            block(
                bind("a", call("py_low", refs("n")[0], _lo)),
                bind("b", call("py_high", refs("n")[0], _hi)),
                filtered(
                    refs("c")[0],
                    "v i",
                    both(
                        ge(refs("i")[0], refs("a")[0]),
                        lt(refs("i")[0], refs("b")[0]),
                        eq(Binary("%", sub(refs("i")[0], refs("a")[0]), refs("s")[0]), ZERO),
                    ),
                ),
            ),
            block(
                bind("m", sub(refs("n")[0], ONE)),
                bind(
                    "a",
                    choose(
                        [(eq(_lo, NULL), refs("m")[0]), (lt(_lo, ZERO), greatest(add(_lo, refs("n")[0]), MINUS_ONE))],
                        least(_lo, refs("m")[0]),
                    ),
                ),
                bind(
                    "b",
                    choose(
                        [(eq(_hi, NULL), MINUS_ONE), (lt(_hi, ZERO), greatest(add(_hi, refs("n")[0]), MINUS_ONE))],
                        _hi,
                    ),
                ),
                call(
                    "reverse",
                    filtered(
                        refs("c")[0],
                        "v i",
                        both(
                            le(refs("i")[0], refs("a")[0]),
                            gt(refs("i")[0], refs("b")[0]),
                            eq(Binary("%", sub(refs("a")[0], refs("i")[0]), refs("s")[0]), ZERO),
                        ),
                    ),
                ),
            ),
        ),
    ),
)


def _is_none(arg: Arg) -> bool:
    return arg.tree == NULL


def _is_one(arg: Arg) -> bool:
    return arg.tree in (NULL, ONE)


def _is_int(arg: Arg) -> bool:
    """Whether the bound is there and needs no conversion."""
    return kinds(arg.type) == {Kind.INT}


def _slice_array(base: Tree, low: Arg, high: Arg, step: Arg) -> Tree:
    if _is_none(low) and _is_none(high):
        if _is_one(step):
            return base
        if step.tree in (MINUS_ONE, Lit(-1)):
            return call("reverse", base)
    if not _is_one(step) or not all(_is_none(bound) or _is_int(bound) for bound in (low, high)):
        return call("py_slice", base, *(whole(arg) for arg in (low, high, step)))
    tests: list[Tree] = []
    steps = []
    for bound, name, test in ((low, "py_a", ge), (high, "py_b", lt)):
        if _is_none(bound) or (test is ge and bound.tree == ZERO):
            continue
        place = from_end(bound.tree, count(base))
        if not isinstance(place, Lit):
            steps.append(bind(name, place))
            place = refs(name)[0]
        tests.append(test(_i, place))
    if not tests:
        return base
    return (
        block(*steps, filtered(base, "py_v py_i", both(*tests))) if steps else filtered(base, "py_v py_i", both(*tests))
    )


def _slice_text(base: Tree, low: Arg, high: Arg, step: Arg) -> Tree:
    if _is_one(step):
        if _is_none(low) and _is_none(high):
            return base
        if all(_is_none(b) or _natural(b) for b in (low, high)):
            start = 0 if _is_none(low) else _number(low)
            size: Tree = length(base) if _is_none(high) else Lit(max(_number(high) - start, 0))
            return substring(base, Lit(start), size)
        n = bind("py_n", length(base))
        first = bind("py_a", call("py_low", _n, whole(low)))
        return block(n, first, substring(base, _a, sub(call("py_high", _n, whole(high)), _a)))
    if step.tree in (MINUS_ONE, Lit(-1)) and _is_none(low) and _is_none(high):
        return call("py_backwards", base)
    return call("join", call("py_slice", characters(base), *(whole(arg) for arg in (low, high, step))))


def _natural(bound: Arg) -> bool:
    return isinstance(bound.tree, Lit) and type(bound.tree.value) is int and bound.tree.value >= 0


def _number(bound: Arg) -> int:
    assert isinstance(bound.tree, Lit) and isinstance(bound.tree.value, int)
    return bound.tree.value


def _slice(args: Sequence[Arg], _: Type) -> Tree:
    base, *bounds = args
    arrays, strings = has_kind(base, ARRAYS), has_kind(base, STRINGS)
    ways = [(arrays, _slice_array(base.tree, *bounds))] if arrays != FALSE else []
    if strings != FALSE:
        ways.append((strings, _slice_text(base.tree, *bounds)))
    return choose(ways[:-1], ways[-1][1])


def _slice_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    base, low, high, step = args
    found: list[Check] = []
    indexed, mapping = has_kind(base, INDEXED), has_kind(base, DICTS)
    expect(found, either(indexed, mapping), "TypeError", around("'", type_name(base), "' object is not subscriptable"))
    expect(found, negate(mapping) if mapping != FALSE else TRUE, "TypeError", text("unhashable type: 'slice'"))
    # CPython converts the step first, then start and stop.
    found += kind_checks([_SLICE[2]], [step])
    if not isinstance(step.tree, Lit | Neg) or step.tree == ZERO:
        not_zero = FALSE if step.tree == ZERO else ne(whole(step), ZERO)
        found.append(Check(not_zero, "ValueError", text("slice step cannot be zero")))
    return found + kind_checks(_SLICE[:2], [low, high])


register_prim(PrimRow(op="slice", lower=_slice, checks=_slice_checks))


def build_slice(base: Expr, low: Expr, high: Expr, step: Expr, site: Site) -> Built:
    """`base[low:high:step]`; a bound left out is None."""
    if isinstance(base.type, ErrorT):
        return prim("slice", ERROR, site, base, low, high, step)
    found = kinds(base.type)
    if not found & INDEXED:
        return Refusal("type-mismatch", f"`{base.type}` cannot be sliced")
    if found >= ARRAYS:
        return Refusal("type-needed", "the slice depends on whether the value is a list or a tuple")
    refusal = misfit("slice", _SLICE, (low, high, step), site)
    if refusal is not None:
        return refusal
    result = _slice_result(base.type, (low, high, step))
    if result is None:
        return Refusal("type-needed", "the length of a slice of a tuple must be known", "write instead: `list(x)[a:b]`")
    return prim("slice", result, site, base, low, high, step)


def _slice_result(base: Type, bounds: Sequence[Expr]) -> Type | None:
    found: list[Type] = []
    for member in members(of_kinds(base, INDEXED)):
        if isinstance(member, TupleT):
            limits = [bound.value for bound in bounds if isinstance(bound, Const)]
            whole_limits = [limit for limit in limits if limit is None or isinstance(limit, int)]
            if len(whole_limits) < len(bounds):
                found.append(TuplesT(item_of_tuple(member)))
                continue
            low, high, step = whole_limits
            found.append(member if step == 0 else TupleT(member.items[slice(low, high, step)]))
        else:
            found.append(member)
    return join_all(found)
