"""Lists: making them, their methods, and the changes of a list in place.

A list is a true array of JSONata. Items are reached by position in one pass (`$filter`, `$map`), since a position that
is not written as a number costs JSONata a look at every item anyway.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr, Let, Prim
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.jsonata.tree import Array, IfElse, Lit, Tree
from pysfnc.library.containers.iteration import build_iter_list
from pysfnc.library.operators.equality import equal_tree, unclear
from pysfnc.library.rows.make import FALSE, NULL, ZERO, Built, both, call, const, join, let_all, prim, text
from pysfnc.library.rows.registry import prim as prim_row
from pysfnc.library.rows.registry import register_change, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Change, ChangeRow, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import (
    EMPTY,
    MINUS_ONE,
    add,
    array_of,
    at,
    bind,
    block,
    clean,
    clean_atoms,
    count,
    filtered,
    fn,
    from_end,
    ge,
    gt,
    item,
    lt,
    ne,
    refs,
)
from pysfnc.library.rows.signature import WHOLE, WHOLE_ERROR, Spec, kind_checks, misfit, repr_of, whole
from pysfnc.library.rows.typenames import is_never
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import INT, NEVER, NONE, DequeT, Kind, ListT, SetT, TuplesT, TupleT, Type

LISTS: Final = frozenset({Kind.LIST})
_v, _i = refs("py_v py_i")


def item_type(type_: Type) -> Type:
    """The type of the items of a list or tuple type."""
    found: list[Type] = []
    for member in members(type_):
        if isinstance(member, ListT | SetT | TuplesT | DequeT):
            found.append(member.item)
        elif isinstance(member, TupleT):
            found += member.items
    return join_all(found)


def with_item(type_: Type, new: Type) -> Type:
    """The type of a list after an item of a type was put in."""
    return ListT(join_all([item_type(type_), new]))


# Making


def _concat(args: Sequence[Arg], _: Type) -> Tree:
    if len(args) == 1:
        return args[0].tree
    parts: list[Tree] = []
    for arg in args:
        parts += arg.tree.items if isinstance(arg.tree, Array) else [arg.tree]
    return Array(tuple(parts))


register_prim(PrimRow(op="list.make", lower=lambda args, _: array_of(args)))
register_prim(PrimRow(op="list.concat", lower=_concat))
register_prim(PrimRow(op="list.copy", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="list.len", lower=lambda args, _: count(args[0].tree)))
register_prim(PrimRow(op="list.reversed", lower=lambda args, _: call("reverse", args[0].tree)))


def appended(items: Tree, value: Arg) -> Tree:
    """The list with one more item."""
    return call("append", items, Array((item(value.tree, value.type),)))


register_prim(PrimRow(op="list.append", lower=lambda args, _: appended(args[0].tree, args[1])))


# Looking for items


def _same(args: Sequence[Arg], value: Tree = _v) -> Tree:
    """Whether the item `value` of the list that is the first argument equals the second argument."""
    return equal_tree(Arg(value, item_type(args[0].type)), args[1])


def _positions(args: Sequence[Arg], test: Tree) -> Tree:
    """The list of the positions at which the test holds."""
    if is_never(item_type(args[0].type)) or test == FALSE:
        return EMPTY
    return clean_atoms(call("map", args[0].tree, fn("py_v py_i", IfElse(test, _i, None))))


def _count_equal(args: Sequence[Arg], _: Type) -> Tree:
    if is_never(item_type(args[0].type)):
        return ZERO
    return count(filtered(args[0].tree, "py_v", _same(args)))


def _without_first(args: Sequence[Arg], _: Type) -> Tree:
    return block(
        bind("py_n", at(_positions(args, _same(args)), ZERO)),
        filtered(args[0].tree, "py_v py_i", ne(_i, refs("py_n")[0])),
    )


def _index(args: Sequence[Arg], _: Type) -> Tree:
    items, _wanted, start, stop = args
    test = _same(args)
    if start.tree != NULL or stop.tree != NULL:
        n = count(items.tree)
        test = both(ge(_i, call("py_low", n, whole(start))), lt(_i, call("py_high", n, whole(stop))), test)
    found = refs("py_n")[0]
    return block(bind("py_n", _positions(args, test)), IfElse(gt(count(found), ZERO), at(found, ZERO), MINUS_ONE))


def _refuse_mixed(args: Sequence[Expr], what: str) -> Refusal | None:
    mixed = unclear(item_type(args[0].type), args[1].type, True)
    return None if mixed is None else Refusal("type-needed", f"{what} depends on whether a value is {mixed}")


register_prim(PrimRow(op="list.count", lower=_count_equal))
register_prim(PrimRow(op="list.position", lower=_index))
register_prim(PrimRow(op="list.without_first", lower=_without_first))
register_prim(
    PrimRow(
        op="list.index_found",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: [
            Check(ge(args[0].tree, ZERO), "ValueError", join(repr_of(args[1]), text(" is not in list")))
        ],
    )
)
register_prim(
    PrimRow(
        op="list.removable",
        lower=lambda args, _: NULL,
        checks=lambda args, _: [Check(ge(args[0].tree, ZERO), "ValueError", text("list.remove(x): x not in list"))],
    )
)


def build_count(args: Sequence[Expr], site: Site) -> Built:
    """`.count(value)` of a list or tuple."""
    return _refuse_mixed(args, "`count()`") or prim("list.count", INT, site, *args)


_BOUND = "slice indices must be integers or have an __index__ method"
INDEX_SPECS = (
    Spec("start", WHOLE | {Kind.NONE}, _BOUND, const(None)),
    Spec("stop", WHOLE | {Kind.NONE}, _BOUND, const(None)),
)


def build_index(args: Sequence[Expr], site: Site, name: str = "list") -> Built:
    """`.index(value, start, stop)` of a list, or of a tuple if that is its name."""

    def found(atoms: list[Expr]) -> Built:
        position = prim("list.position", INT, site, *atoms)
        return prim(f"{name}.index_found", INT, site, position, atoms[1])

    refusal = _refuse_mixed(args, "`index()`") or misfit(f"{name}.index", INDEX_SPECS, args[2:], site)
    return refusal or let_all(list(args), site, found)


def _examples(method: str, *calls: str) -> tuple[str, ...]:
    return tuple(f"{receiver}.{method}({args})" for receiver, _, args in (c.partition("|") for c in calls))


register_surface(
    SurfaceRow(
        name="list.count",
        params=(Parameter("self"), Parameter("value")),
        build=build_count,
        examples=_examples(
            "count",
            "[1, 2, 1]|1",
            "[]|1",
            "[True, 1, 1.0, 'a']|1",
            "[[1], [True], [2]]|[1]",
            "['a', None]|None",
            "[0, False]|False",
        ),
    )
)
register_surface(
    SurfaceRow(
        name="list.copy",
        params=(Parameter("self"),),
        build=lambda args, site: build_copy(args[0], site),
        examples=("[1, [2]].copy()",),
    )
)
register_surface(
    SurfaceRow(
        name="list.index",
        params=(Parameter("self"), Parameter("value"), *(Parameter(s.name, s.default) for s in INDEX_SPECS)),
        build=build_index,
        examples=_examples(
            "index",
            "[3, 1, 3]|3",
            "[3, 1]|2",
            "[]|'a'",
            "['a', 'b']|'c'",
            "[True, 'x']|1",
            "[3, 1, 3]|3, 1",
            "[3, 1, 3]|3, -1",
            "[3, 1, 3]|3, 1, 2",
            "[3, 1, 3]|3, -9, -1",
            "[[1], [2]]|[2]",
            "[{'a': 1}]|{'a': True}",
            "[1]|None",
            "[1, 'x']|[1, 'y']",
        ),
    )
)


# Changing


def _change(
    name: str, params: Sequence[Parameter], build: Callable[[Expr, Sequence[Expr], Site], Change | Refusal]
) -> None:
    register_change(ChangeRow(name=f"list.{name}", params=tuple(params), build=build))


def _none(site: Site) -> Expr:
    return Const(value=None, type=NONE, span=site.span)


def build_append(xs: Expr, value: Expr, site: Site) -> Expr:
    """The list with one more item."""
    return prim("list.append", with_item(xs.type, value.type), site, xs, value)


def build_extend(xs: Expr, items: Expr, site: Site) -> Expr:
    """One list behind another: `xs + items`, and `xs` after `xs += items`."""
    return prim("list.concat", with_item(xs.type, item_type(items.type)), site, xs, items)


def build_copy(items: Expr, site: Site) -> Expr:
    """A list of the same items that is an object of its own; a tuple becomes a list."""
    return prim("list.copy", ListT(item_type(items.type)), site, items)


def build_item_at(items: Expr, position: int, site: Site) -> Expr:
    """An item of a list or tuple that is known to be there; a negative position counts from the end."""
    type_ = items.type.items[position] if isinstance(items.type, TupleT) else item_type(items.type)
    return prim("list.at", type_, site, items, const(position))


register_prim(PrimRow(op="list.at", lower=lambda args, _: at(args[0].tree, args[1].tree)))
_change("append", [Parameter("object")], lambda xs, args, site: Change(build_append(xs, args[0], site), _none(site)))


def _extend_change(xs: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    items = build_iter_list(args[0], site)
    if isinstance(items, Refusal):
        return items
    return Change(build_extend(xs, items, site), after(items, _none(site), site))


def after(first: Expr, then: Expr, site: Site) -> Expr:
    """`then`, evaluated once `first` is: its failure comes first."""
    if all(prim_row(part.op).checks is None for part in walk_expr(first) if isinstance(part, Prim)):
        return then
    return Let(name=site.names.fresh("checked"), value=first, body=then, type=then.type, span=site.span)


_change("extend", [Parameter("iterable")], _extend_change)


_INDEX: Final = Spec("index", WHOLE, WHOLE_ERROR)


def _insert(args: Sequence[Arg], _: Type) -> Tree:
    items, index, value = args
    if index.tree == ZERO:
        return call("append", Array((item(value.tree, value.type),)), items.tree)
    n = count(items.tree)
    position = from_end(whole(index), n)
    where = bind("py_n", position)
    py_n = refs("py_n")[0]
    before = filtered(items.tree, "py_v py_i", lt(_i, py_n))
    behind = call("filter", items.tree, fn("py_v py_i", ge(_i, py_n)))
    return block(where, call("append", appended(before, value), clean(behind)))


def _index_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    return kind_checks([_INDEX], args[1:2])


register_prim(PrimRow(op="list.insert", lower=_insert))
register_prim(
    PrimRow(op="list.index_is_int", lower=lambda args, _: NULL, checks=lambda args, _: kind_checks([_INDEX], args))
)


def _insert_change(xs: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    refusal = misfit("list.insert", [_INDEX], args, site)
    if refusal is not None:
        return refusal
    return Change(
        prim("list.insert", with_item(xs.type, args[1].type), site, xs, *args),
        prim("list.index_is_int", NONE, site, args[0]) if not kinds(args[0].type) <= WHOLE else _none(site),
    )


_change("insert", [Parameter("index"), Parameter("object")], _insert_change)


def in_range(index: Arg, size: Tree) -> Tree:
    """Whether an index, counted from the end when negative, is one of a sequence of that size."""
    place = whole(index)
    if isinstance(place, Lit) and isinstance(place.value, int):
        return ge(size, Lit(-place.value)) if place.value < 0 else gt(size, place)
    return both(lt(place, size), ge(add(place, size), ZERO))


def _pop_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    items, index = args
    size = count(items.tree)
    found = [*kind_checks([_INDEX], [index]), Check(gt(size, ZERO), "IndexError", text("pop from empty list"))]
    if index.tree not in (Lit(-1), ZERO):
        found.append(Check(in_range(index, size), "IndexError", text("pop index out of range")))
    return found


def _without(args: Sequence[Arg], _: Type) -> Tree:
    items, index = args
    place = from_end(whole(index), count(items.tree))
    if isinstance(place, IfElse):
        return block(bind("py_n", place), filtered(items.tree, "py_v py_i", ne(_i, refs("py_n")[0])))
    return filtered(items.tree, "py_v py_i", ne(_i, place))


register_prim(PrimRow(op="list.pop", lower=lambda args, _: at(args[0].tree, whole(args[1])), checks=_pop_checks))
register_prim(PrimRow(op="list.without", lower=_without))


def _pop_change(xs: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    refusal = misfit("list.pop", [_INDEX], args, site)
    if refusal is not None:
        return refusal
    taken = prim("list.pop", item_type(xs.type), site, xs, args[0])
    return Change(prim("list.without", xs.type, site, xs, args[0]), taken)


_change("pop", [Parameter("index", const(-1))], _pop_change)


def _remove_change(xs: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
    refusal = _refuse_mixed((xs, args[0]), "`remove()`")
    if refusal is not None:
        return refusal
    none = const(None)
    position = prim("list.position", INT, site, xs, args[0], none, none)
    return Change(
        prim("list.without_first", xs.type, site, xs, args[0]),
        prim("list.removable", NONE, site, position),
    )


_change("remove", [Parameter("value")], _remove_change)
_change("clear", [], lambda xs, args, site: Change(prim("list.make", ListT(NEVER), site), _none(site)))
_change("reverse", [], lambda xs, args, site: Change(prim("list.reversed", xs.type, site, xs), _none(site)))
