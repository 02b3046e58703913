"""Taking iterables apart and making lists of them: `a, *b = x`, `list(x)`, `tuple(x)`, `s.join(x)`."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, IfElse, Lit, Tree
from pysfnc.library.iteration import ITERABLE, build_iter_list, items_type, iterate
from pysfnc.library.make import ZERO, Built, both, call, const, eq, join, let, let_all, negate, prim, text
from pysfnc.library.registry import ABSENT, register_prim, register_surface
from pysfnc.library.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.shapes import at, bind, block, clean_atoms, count, filtered, fn, ge, item, lt, refs, sub
from pysfnc.library.signature import Spec, kind_checks
from pysfnc.library.typenames import has_kind, type_name
from pysfnc.values.types import NEVER, STR, ErrorT, Kind, ListT, TupleT, Type, kinds

TEXTS: Final = frozenset({Kind.STR})
_v, _i, _n = refs("py_v py_i py_n")


# Unpacking

_UNPACKABLE: Final = Spec("value", ITERABLE, "cannot unpack non-iterable {} object")
register_prim(PrimRow(op="unpack.iter", lower=iterate, checks=lambda args, _: kind_checks([_UNPACKABLE], args[:1])))


def _wanted(args: Sequence[Arg]) -> tuple[int, bool, int]:
    """How many targets stand before the starred one, whether there is one, and how many behind it."""
    before, star, behind = (arg.tree.value for arg in args[1:] if isinstance(arg.tree, Lit))
    assert isinstance(before, int) and isinstance(behind, int)
    return before, bool(star), behind


def _unpack(args: Sequence[Arg], type_: Type) -> Tree:
    before, star, behind = _wanted(args)
    items = args[0].tree
    if not star:
        return items
    assert isinstance(type_, TupleT)
    tests = [ge(_i, Lit(before))] if before else []
    if behind:
        tests.append(lt(_i, sub(count(items), Lit(behind))))
    rest = filtered(items, "py_v py_i", both(*tests)) if tests else items
    first = [item(at(items, Lit(index)), type_.items[index]) for index in range(before)]
    last = [item(at(items, Lit(index - behind)), type_.items[index - behind]) for index in range(behind)]
    return Array((*first, Array((rest,)), *last))


def _unpack_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    before, star, behind = _wanted(args)
    expected = before + behind
    size = count(args[0].tree)
    least = "at least " if star else ""
    few = join(text(f"not enough values to unpack (expected {least}{expected}, got "), call("string", size), text(")"))
    many = text(f"too many values to unpack (expected {expected})")
    found = [Check(ge(size, Lit(expected)), "ValueError", few)] if expected else []
    return found if star else [*found, Check(eq(size, Lit(expected)), "ValueError", many)]


register_prim(PrimRow(op="unpack", lower=_unpack, checks=_unpack_checks))


def build_unpack(value: Expr, before: int, star: bool, behind: int, site: Site) -> Built:
    """A tuple with one item for each target of `a, b, *c, d = value` (the starred one a list), after CPython's checks.

    A tuple of the right length is the value itself.
    """
    if isinstance(value.type, ErrorT):
        return value
    if isinstance(value.type, TupleT):
        size = len(value.type.items)
        if size < before + behind or (size > before + behind and not star):
            return Refusal("type-mismatch", f"a tuple of {size} cannot be unpacked into {before + behind} names")
        if not star:
            return value
    elif not kinds(value.type) & ITERABLE:
        return Refusal("type-mismatch", f"`{value.type}` cannot be unpacked")
    source = value
    if not isinstance(value.type, ListT | TupleT):
        source = prim("unpack.iter", ListT(items_type(value.type)), site, value)
    limits = (const(before), const(star), const(behind))

    def build(items: Expr) -> Built:
        return prim("unpack", TupleT(_targets(items.type, before, star, behind)), site, items, *limits)

    return let(source, site, build)


def _targets(type_: Type, before: int, star: bool, behind: int) -> tuple[Type, ...]:
    if isinstance(type_, TupleT):
        end = len(type_.items) - behind
        rest = items_type(TupleT(type_.items[before:end]))
        return (*type_.items[:before], ListT(rest), *type_.items[end:])
    each = items_type(type_)
    middle = (ListT(each),) if star else ()
    return (*[each] * before, *middle, *[each] * behind)


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
    if isinstance(value.type, TupleT | ErrorT):
        return value
    if not kinds(value.type) & ITERABLE:
        return Refusal("type-mismatch", f"`{value.type}` is not iterable")
    return Refusal("type-needed", "the length of a tuple must be known when compiling", "write instead: `list(...)`")


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


def _build_join(args: Sequence[Expr], site: Site) -> Built:
    def build(atoms: list[Expr]) -> Built:
        separator, source = atoms
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
