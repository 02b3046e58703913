"""Taking iterables apart and making lists of them: `a, *b = x`, `list(x)`, `tuple(x)`, `s.join(x)`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import IfElse, Lit, Tree
from pysfnc.library.containers.iteration import ITERABLE, build_iter_list, items_type, iterate
from pysfnc.library.rows.make import NULL, ZERO, Built, call, const, eq, join, let_all, negate, prim, text
from pysfnc.library.rows.registry import ABSENT, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import at, bind, block, clean_atoms, count, fn, ge, refs
from pysfnc.library.rows.signature import Spec, kind_checks
from pysfnc.library.rows.typenames import has_kind, type_name
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import NEVER, NONE, STR, EnumT, ErrorT, Kind, ListT, TuplesT, TupleT, Type

TEXTS: Final = frozenset({Kind.STR})
_v, _i, _n = refs("py_v py_i py_n")


# Unpacking

_UNPACKABLE: Final = Spec("value", ITERABLE, "cannot unpack non-iterable {} object")
register_prim(PrimRow(op="unpack.iter", lower=iterate, checks=lambda args, _: kind_checks([_UNPACKABLE], args[:1])))


def _unpack_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    items, fixed, star = (arg.tree for arg in args)
    size = count(items)
    if not isinstance(fixed, Lit) or not isinstance(star, Lit) or not isinstance(fixed.value, int):
        # Asked with nothing but types, whether it can fail.
        return [Check(eq(size, fixed), "ValueError", NULL)]
    expected = fixed.value
    least = "at least " if star.value else ""
    few = join(text(f"not enough values to unpack (expected {least}{expected}, got "), call("string", size), text(")"))
    many = text(f"too many values to unpack (expected {expected})")
    found = [Check(ge(size, Lit(expected)), "ValueError", few)] if expected else []
    return found if star.value else [*found, Check(eq(size, Lit(expected)), "ValueError", many)]


register_prim(PrimRow(op="unpack.check", lower=lambda args, _: NULL, checks=_unpack_checks))


def build_unpack_list(value: Expr, site: Site) -> Built:
    """The list (or tuple) of the items that `a, b = value` takes apart; TypeError at run time where the value may have none."""
    if isinstance(value.type, ErrorT | ListT | TupleT | TuplesT):
        return value
    if not kinds(value.type) & ITERABLE:
        return Refusal("type-mismatch", f"`{value.type}` cannot be unpacked")
    return prim("unpack.iter", ListT(items_type(value.type)), site, value)


def build_unpack_check(items: Expr, fixed: int, star: bool, site: Site) -> Expr:
    """None, after the ValueError of a list that has not as many items as there are targets, `fixed` of them without a star.

    A list that is known to be empty never gets past it.
    """
    is_empty = isinstance(items.type, ListT) and items.type.item == NEVER
    return prim("unpack.check", NEVER if is_empty and fixed else NONE, site, items, const(fixed), const(star))


# list() and tuple()


def _build_list(args: Sequence[Expr], site: Site) -> Built:
    if args[0] is ABSENT:
        return prim("list.make", ListT(NEVER), site)
    items = build_iter_list(args[0], site)
    return items if isinstance(items, Refusal) else prim("list.copy", items.type, site, items)


def _build_tuple(args: Sequence[Expr], site: Site) -> Built:
    value = args[0]
    if value is ABSENT:
        return prim("list.make", TupleT(()), site)
    if isinstance(value.type, TupleT | TuplesT | ErrorT):
        return value
    items = build_iter_list(value, site)
    return items if isinstance(items, Refusal) else prim("list.copy", TuplesT(items_type(items.type)), site, items)


for _name, _build in (("list", _build_list), ("tuple", _build_tuple)):
    register_surface(
        SurfaceRow(
            name=_name,
            params=(Parameter("iterable", ABSENT),),
            build=_build,
            examples=(f"{_name}()", f"{_name}((1, [2]))")
            + (("list('a😀')", "list({'k': 1})", "list([])", "list([[1]])") if _name == "list" else ()),
        )
    )


# join


def _bad_items(items: Arg) -> Tree:
    """The positions of the items that are no strings."""
    is_text = has_kind(Arg(_v, items_type(items.type)), TEXTS)
    return clean_atoms(call("map", items.tree, fn("py_v py_i", IfElse(negate(is_text), _i, None))))


def _join_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    items = args[1]
    each = items_type(items.type)
    if kinds(each) <= TEXTS:
        return []
    place = bind("py_n", at(_bad_items(items), ZERO))
    name = type_name(Arg(at(items.tree, _n), each))
    message = join(text("sequence item "), call("string", _n), text(": expected str instance, "), name, text(" found"))
    return [Check(eq(count(_bad_items(items)), ZERO), "TypeError", block(place, message))]


register_prim(
    PrimRow(
        op="str.join",
        lower=lambda args, _: call("join", args[1].tree, *([] if args[0].tree == text("") else [args[0].tree])),
        checks=_join_checks,
    )
)
_JOINABLE: Final = Spec("iterable", ITERABLE, "can only join an iterable")
register_prim(PrimRow(op="join.iter", lower=iterate, checks=lambda args, _: kind_checks([_JOINABLE], args[:1])))


def _members_as_texts(source: Expr) -> Expr:
    """A list of members of Enums that are texts besides (`class Color(str, Enum)`) as the texts that they are in the machine."""
    if not isinstance(source.type, ListT):
        return source
    found = members(source.type.item)
    texts = [one for one in found if isinstance(one, EnumT) and one.cls.base == "str"]
    if not texts or any(one != STR for one in found if one not in texts):
        return source
    return replace(source, type=ListT(STR))


def _build_join(args: Sequence[Expr], site: Site) -> Built:
    def build(atoms: list[Expr]) -> Built:
        separator, source = atoms[0], _members_as_texts(atoms[1])
        if isinstance(source.type, ErrorT):
            return source
        if not kinds(source.type) & ITERABLE:
            return Refusal("type-mismatch", f"`join()` takes an iterable of str, not {source.type}")
        each = items_type(source.type)
        if kinds(each) and not kinds(each) & TEXTS:
            help_ = "write instead: `sep.join(str(x) for x in xs)`"
            return Refusal("type-mismatch", f"`join()` takes an iterable of str, not {source.type}", help_)
        items = source if isinstance(source.type, ListT) else prim("join.iter", ListT(each), site, source)
        return prim("str.join", STR, site, separator, items)

    return let_all(list(args), site, build)


register_surface(
    SurfaceRow(
        name="str.join",
        params=(Parameter("self"), Parameter("iterable")),
        build=_build_join,
        examples=(
            "', '.join(['a', 'b'])",
            "''.join(['a', 'b'])",
            "','.join([])",
            "','.join(['a'])",
            "'-'.join('a😀b')",
            "'-'.join({'k': 1, 'l': 2})",
            "'-'.join(('x', 'y'))",
            "'-'.join(['a', 1, None])",
            "'-'.join(['a', None])",
            "''.join([''])",
        ),
    )
)
