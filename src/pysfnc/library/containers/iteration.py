"""What loops run over, as lists: any iterable, `range`, `enumerate`, `zip`, `reversed`, and unpacking.

The rows give the list of the items that Python's lazy objects would give; the frontend lets those objects stand only where they are used up at once.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr, ListComp, Var
from pysfnc.jsonata.tree import Array, Binary, IfElse, Lit, Range, Ref, Tree
from pysfnc.library.rows.make import (
    FALSE,
    NULL,
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
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import (
    EMPTY,
    ONE,
    add,
    at,
    bind,
    block,
    count,
    gt,
    item,
    mapped,
    refs,
    sub,
)
from pysfnc.library.rows.signature import WHOLE, WHOLE_ERROR, Spec, kind_checks, misfit, whole
from pysfnc.library.rows.typenames import atoms, has_kind
from pysfnc.library.text.characters import characters
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import INT, NEVER, NONE, STR, DictT, ErrorT, Kind, ListT, StrT, TuplesT, TupleT, Type

ARRAYS: Final = frozenset({Kind.LIST, Kind.TUPLE})
ITERABLE: Final = ARRAYS | {Kind.STR, Kind.DICT}
NOT_ITERABLE: Final = "'{}' object is not iterable"
_v, _i, _n, _a, _b = refs("py_v py_i py_n py_a py_b")


def keys_of(mapping: Tree) -> Tree:
    """The list of the keys of a dict."""
    return call("append", EMPTY, call("keys", mapping))


def items_type(type_: Type) -> Type:
    """The type of what a loop over a value of the type binds; never for what cannot be iterated."""
    found: list[Type] = []
    for atom in atoms(type_):
        match atom:
            case ListT(inner) | TuplesT(inner):
                found.append(inner)
            case TupleT(inner):
                found += inner
            case StrT() | DictT():
                found.append(STR)
            case _:
                pass
    return join_all(found)


def iterate(args: Sequence[Arg], _: Type) -> Tree:
    value = args[0]
    ways = [
        (has_kind(value, frozenset({Kind.STR})), characters(value.tree)),
        (has_kind(value, frozenset({Kind.DICT})), keys_of(value.tree)),
    ]
    found = kinds(value.type)
    if not found & ARRAYS:
        return choose(ways[:1], ways[1][1]) if Kind.DICT in found else ways[0][1]
    return choose(ways, value.tree)


def _not_iterable(args: Sequence[Arg], _: Type) -> list[Check]:
    return kind_checks([Spec("iterable", ITERABLE, NOT_ITERABLE)], args[:1])


register_prim(PrimRow(op="iter.list", lower=iterate, checks=_not_iterable))


def build_iter_list(expr: Expr, site: Site) -> Built:
    """The list of the items that `for` takes from a value; TypeError at run time where it may be none, refused where it is none."""
    if isinstance(expr.type, ErrorT | ListT):
        return expr
    if not kinds(expr.type) & ITERABLE:
        return Refusal("type-mismatch", f"`{expr.type}` is not iterable")
    return prim("iter.list", ListT(items_type(expr.type)), site, expr)


def spread_of(function: str) -> str:
    """What a TypeError calls a value that is spread: the only argument of a call of a function, or one beside others."""
    return f"{function}() argument" if function else "Value"


def _spread_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    name = args[1].tree
    assert isinstance(name, Lit)
    message = f"{spread_of(str(name.value))} after * must be an iterable, not {{}}"
    return kind_checks([Spec("iterable", ITERABLE, message)], args[:1])


register_prim(PrimRow(op="iter.spread", lower=iterate, checks=_spread_checks))


def build_spread(expr: Expr, function: str, site: Site) -> Built:
    """The list of the items of `*expr`; for `function` see `spread_of`."""
    listed = build_iter_list(expr, site)
    if isinstance(listed, Refusal) or kinds(expr.type) <= ITERABLE:
        return listed
    return prim("iter.spread", listed.type, site, expr, const(function))


# range

_RANGE_SPECS: Final = tuple(Spec(name, WHOLE, WHOLE_ERROR) for name in ("start", "stop", "step"))
define(
    "py_range",
    ("a", "b", "s"),
    block(
        bind("n", call("ceil", Binary("/", sub(Ref("b"), Ref("a")), Ref("s")))),
        mapped(
            Range(ZERO, sub(Ref("n"), ONE)),
            "i",
            add(Ref("a"), Binary("*", Ref("i"), Ref("s"))),
        ),
    ),
)


def _range(args: Sequence[Arg], _: Type) -> Tree:
    start, stop, step = map(whole, args)
    if step == ONE:
        last = Lit(stop.value - 1) if isinstance(stop, Lit) and isinstance(stop.value, int) else sub(stop, ONE)
        return Range(start, last)
    if step == Lit(-1):
        return call("reverse", Range(add(stop, ONE), start))
    return call("py_range", start, stop, step)


def _range_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    found = kind_checks(_RANGE_SPECS, args)
    step = whole(args[2])
    if not isinstance(step, Lit) or step.value == 0:
        is_zero: Tree = Binary("!=", step, ZERO) if not isinstance(step, Lit) else FALSE
        found.append(Check(is_zero, "ValueError", text("range() arg 3 must not be zero")))
    return found


def _range_result(lower: bool, args: Sequence[Arg]) -> Tree:
    return whole(args[0]) if lower else NULL


register_prim(PrimRow(op="range.list", lower=_range, checks=_range_checks))
register_prim(PrimRow(op="range.check", lower=lambda args, _: NULL, checks=_range_checks))
register_prim(PrimRow(op="range.bound", lower=lambda args, _: whole(args[0])))


def range_parts(args: Sequence[Expr], site: Site) -> tuple[Expr, Expr, Expr, Expr] | Refusal:
    """Check, start, stop and step of a `range` given by one to three atoms: the pieces of a loop that makes no list.

    The check (a `None` that raises where `range` does) comes first; the others are ints then.
    """
    three = _three(args)
    refusal = misfit("range", _RANGE_SPECS, three, site)
    if refusal is not None:
        return refusal
    start, stop, step = (arg if kinds(arg.type) == {Kind.INT} else prim("range.bound", INT, site, arg) for arg in three)
    return prim("range.check", NONE, site, *three), start, stop, step


def _three(args: Sequence[Expr]) -> list[Expr]:
    if len(args) == 1:
        return [const(0), args[0], const(1)]
    return [*args, const(1)] if len(args) == 2 else list(args)


def _build_range(args: Sequence[Expr], site: Site) -> Built:
    if not 1 <= len(args) <= 3:
        return Refusal("type-mismatch", f"`range()` takes 1 to 3 arguments, but {len(args)} are given")
    three = _three(args)
    return misfit("range", _RANGE_SPECS, three, site) or prim("range.list", ListT(INT), site, *three)


register_surface(
    SurfaceRow(
        name="range",
        params=(Parameter("args", variadic=True),),
        build=_build_range,
        examples=(
            "list(range(4))",
            "list(range(0))",
            "list(range(-2))",
            "list(range(2, 5))",
            "list(range(5, 2))",
            "list(range(0, 10, 3))",
            "list(range(10, 0, -3))",
            "list(range(10, 0, -1))",
            "list(range(3, 3, -1))",
            "list(range(0, 10, -1))",
            "list(range(1, 2, 0))",
            "list(range(True))",
            "list(range(1))",
            "list(range(7, 8, 5))",
        ),
    )
)


# enumerate, zip, reversed


def _enumerate(args: Sequence[Arg], type_: Type) -> Tree:
    start, items = args
    assert isinstance(type_, ListT) and isinstance(type_.item, TupleT)
    first = whole(start)
    number = _i if first == ZERO else add(_i, first)
    return mapped(items.tree, "py_v py_i", Array((number, item(_v, type_.item.items[1]))))


_START: Final = Spec("start", WHOLE, WHOLE_ERROR, const(0), keyword=True)


def _enumerate_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    return kind_checks([_START], args)


register_prim(PrimRow(op="enumerate", lower=_enumerate))
register_prim(PrimRow(op="enumerate.start", lower=lambda args, _: whole(args[0]), checks=_enumerate_checks))


def _build_enumerate(args: Sequence[Expr], site: Site) -> Built:
    def build(atoms_: list[Expr]) -> Built:
        items = build_iter_list(atoms_[0], site)
        if isinstance(items, Refusal):
            return items
        start = atoms_[1] if atoms_[1].type == INT else prim("enumerate.start", INT, site, atoms_[1])
        return prim("enumerate", ListT(TupleT((INT, items_type(items.type)))), site, start, items)

    return misfit("enumerate", [_START], args[1:], site) or let_all(list(args), site, build)


register_surface(
    SurfaceRow(
        name="enumerate",
        params=(Parameter("iterable", positional_only=False), Parameter("start", const(0), positional_only=False)),
        build=_build_enumerate,
        examples=(
            "list(enumerate(['a', 'b']))",
            "list(enumerate(['a', 'b'], 1))",
            "list(enumerate('x😀', start=-1))",
            "list(enumerate([]))",
            "list(enumerate([[1], []]))",
            "list(enumerate({'k': 1, 'l': 2}))",
            "list(enumerate((1, 'a'), True))",
        ),
    )
)


def _zip(args: Sequence[Arg], _: Type) -> Tree:
    return call("zip", *[arg.tree for arg in args]) if args else EMPTY


def _zip_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    """zip stops at the first argument that has run out; when that is the first of all, at the first that has not."""
    sizes = [count(arg.tree) for arg in args]
    shortest = call("min", Array(tuple(sizes)))
    n = refs("py_n")[0]
    longer: list[tuple[Tree, Tree]] = [
        (gt(size, n), text(_zip_message(number, "longer"))) for number, size in enumerate(sizes[1:], 2)
    ]
    shorter: list[tuple[Tree, Tree]] = [
        (eq(size, n), text(_zip_message(number, "shorter"))) for number, size in enumerate(sizes[1:], 2)
    ]
    message = IfElse(eq(sizes[0], n), choose(longer[:-1], longer[-1][1]), choose(shorter[:-1], shorter[-1][1]))
    same = eq(call("max", Array(tuple(sizes))), shortest)
    return [Check(same, "ValueError", block(bind("py_n", shortest), message))]


def _zip_message(number: int, how: str) -> str:
    before = "argument 1" if number == 2 else f"arguments 1-{number - 1}"
    return f"zip() argument {number} is {how} than {before}"


def _zip_rows(args: Sequence[Arg], _: Type) -> Tree:
    """The columns of a list of lists, as many as the shortest row has items."""
    rows = args[0].tree
    column = mapped(rows, "py_b", at(_b, _i))
    last = sub(call("min", mapped(rows, "py_b", count(_b))), ONE)
    return IfElse(eq(count(rows), ZERO), EMPTY, mapped(Range(ZERO, last), "py_i", column))


register_prim(PrimRow(op="zip.rows", lower=_zip_rows))
register_prim(PrimRow(op="zip", lower=_zip))
register_prim(PrimRow(op="zip.strict", lower=_zip, checks=_zip_checks))


def build_zip_rows(rows: Expr, name: str, site: Site) -> Built:
    """`zip(*rows)` for a list of unknown length; `name` is fresh."""
    row = build_iter_list(Var(name=name, type=items_type(rows.type), span=site.span), site)
    if isinstance(row, Refusal):
        return row
    lists = ListComp(name=name, seq=rows, cond=None, body=row, type=ListT(row.type), span=site.span)
    return prim("zip.rows", ListT(TuplesT(items_type(row.type))), site, lists)


def build_zip(args: Sequence[Expr], strict: bool, site: Site) -> Built:
    """`zip(*args, strict=strict)`: the list of the tuples."""

    def build(atoms_: list[Expr]) -> Built:
        lists: list[Expr] = []
        for atom in atoms_:
            items = build_iter_list(atom, site)
            if isinstance(items, Refusal):
                return items
            lists.append(items)
        row = TupleT(tuple(items_type(made.type) for made in lists))
        op = "zip.strict" if strict and len(lists) > 1 else "zip"
        return prim(op, ListT(row if lists else NEVER), site, *lists)

    return let_all(list(args), site, build)


def _build_zip(args: Sequence[Expr], site: Site) -> Built:
    strict, *iterables = args
    if not isinstance(strict, Const) or not isinstance(strict.value, bool):
        return Refusal("unsupported-call", "`zip()` takes `strict` only as a constant")
    return build_zip(iterables, strict.value, site)


register_surface(
    SurfaceRow(
        name="zip",
        params=(
            Parameter("strict", const(False), keyword_only=True, positional_only=False),
            Parameter("iterables", variadic=True),
        ),
        build=_build_zip,
        examples=(
            "list(zip([1, 2], 'ab'))",
            "list(zip([1, 2, 3], 'ab'))",
            "list(zip([1], [[2, 3]], {'k': None}))",
            "list(zip([[1]]))",
            "list(zip())",
            "list(zip([], [1]))",
            "list(zip([1, 2], 'ab', strict=True))",
            "list(zip([1, 2], 'abc', strict=True))",
            "list(zip([1, 2], 'a', strict=True))",
            "list(zip([1, 2], 'ab', [1], strict=True))",
            "list(zip([1, 2], 'abc', [1], strict=True))",
            "list(zip([1, 2], 'ab', [1, 2, 3], strict=True))",
        ),
    )
)


def _build_reversed(args: Sequence[Expr], site: Site) -> Built:
    value = args[0]
    found = kinds(value.type)
    if found and not found & ITERABLE:
        return Refusal("type-mismatch", f"`{value.type}` cannot be reversed")
    if isinstance(value.type, ErrorT):
        return value
    return prim("reversed", ListT(items_type(value.type)), site, value)


def _not_reversible(args: Sequence[Arg], _: Type) -> list[Check]:
    return kind_checks([Spec("sequence", ITERABLE, "'{}' object is not reversible")], args)


register_prim(PrimRow(op="reversed", lower=lambda a, t: call("reverse", iterate(a, t)), checks=_not_reversible))
register_surface(
    SurfaceRow(
        name="reversed",
        params=(Parameter("sequence"),),
        build=_build_reversed,
        examples=(
            "list(reversed([1, [2], 3]))",
            "list(reversed('a😀b'))",
            "list(reversed((1, 'a')))",
            "list(reversed({'a': 1, 'b': 2}))",
            "list(reversed([]))",
        ),
    )
)
