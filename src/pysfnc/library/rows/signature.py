"""Methods and functions whose arguments must be of certain kinds, declared by a line for each.

Owns the way from such a declaration to a primitive and a surface row: an argument whose static type can never fit is refused, one that may
or may not fit is checked at run time with CPython's TypeError, all arguments being evaluated before the first is checked.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Expr, Prim
from pysfnc.jsonata.tree import IfElse, Lit, Tree
from pysfnc.lean import dataclass
from pysfnc.library.rows.make import NULL, Built, call, const, eq, join, text, type_of
from pysfnc.library.rows.registry import prim as prim_row
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import ONE
from pysfnc.library.rows.typenames import has_kind, type_name
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, Kind, Type

TEXT: Final = frozenset({Kind.STR})
TEXT_OR_NONE: Final = frozenset({Kind.STR, Kind.NONE})
WHOLE: Final = frozenset({Kind.INT, Kind.BOOL})
WHOLE_OR_NONE: Final = frozenset({Kind.INT, Kind.BOOL, Kind.NONE})
BOUND_ERROR: Final = "slice indices must be integers or None or have an __index__ method"
WHOLE_ERROR: Final = "'{}' object cannot be interpreted as an integer"


@dataclass(frozen=True, slots=True)
class Spec:
    """A parameter: which kinds fit it, and the text of the TypeError otherwise (`{}`, `{arg}`: see `filled`)."""

    name: str
    kinds: frozenset[Kind]
    error: str
    default: Expr | None = None
    keyword: bool = False
    """Whether it may be given by name."""
    late: bool = False
    """Whether CPython looks at it only after the others."""


def receiver(name: str = "self") -> Spec:
    """The receiver of a str method, which is known to be a str when its row is asked."""
    return Spec(name, TEXT, "expected str instance, {} found")


def bounds() -> tuple[Spec, Spec]:
    """The parameters `start` and `end` of the methods that search in a part."""
    none = const(None)
    return (Spec("start", WHOLE_OR_NONE, BOUND_ERROR, none), Spec("end", WHOLE_OR_NONE, BOUND_ERROR, none))


def filled(template: str, arg: Arg) -> Tree:
    """The template with the type name of a value in place of `{}`, and of `{arg}`, where CPython says `None` of None."""
    before, mark, after = template.replace("{arg}", "{}").partition("{}")
    if not mark:
        return text(before)
    name = type_name(arg)
    if "{arg}" in template and Kind.NONE in kinds(arg.type):
        name = IfElse(eq(arg.tree, NULL), text("None"), name)
    if isinstance(name, Lit):
        return text(f"{before}{name.value}{after}")
    return join(*[part for part in (text(before), name, text(after)) if part != text("")])


def kind_checks(specs: Sequence[Spec], args: Sequence[Arg]) -> list[Check]:
    """The TypeErrors that the arguments can cause at run time, in order; none where the static types fit."""
    pairs = sorted(zip(specs, args, strict=False), key=lambda pair: pair[0].late)
    return [
        Check(has_kind(arg, spec.kinds), "TypeError", filled(spec.error, arg))
        for spec, arg in pairs
        if not kinds(arg.type) <= spec.kinds
    ]


def misfit(name: str, specs: Sequence[Spec], args: Sequence[Expr], site: Site) -> Refusal | None:
    """The refusal of a call that raises TypeError whenever it runs."""
    if site.choice:
        return None
    for spec, arg in zip(specs, args, strict=False):
        found = kinds(arg.type)
        if found and not found & spec.kinds:
            wanted = " or ".join(sorted(kind.value for kind in spec.kinds - {Kind.BOOL}))
            return Refusal("type-mismatch", f"`{name}()` takes {wanted} as `{spec.name}`, but it is given {arg.type}")
    return None


def whole(arg: Arg) -> Tree:
    """An argument of an int parameter as a number: bools are ints."""
    if Kind.BOOL not in kinds(arg.type):
        return arg.tree
    if isinstance(arg.tree, Lit):
        return Lit(arg.tree.value if arg.tree.value is None else int(arg.tree.value))
    as_int = IfElse(arg.tree, ONE, Lit(0))
    return (
        as_int if kinds(arg.type) == {Kind.BOOL} else IfElse(eq(type_of(arg.tree), text("boolean")), as_int, arg.tree)
    )


Checks = Callable[[Sequence[Arg]], Sequence[Check]]
Lower = Callable[[Sequence[Arg]], Tree]


def declare(
    name: str,
    specs: Sequence[Spec],
    result: Type,
    lower: Lower,
    *,
    checks: Checks | None = None,
    examples: Sequence[str] = (),
) -> None:
    """Register the primitive `name` and the surface row of the same name that applies it.

    `checks` are those of values, after those of kinds. `lower` gets trees of the kinds that the specs allow.
    """

    def all_checks(args: Sequence[Arg], _result: Type) -> Sequence[Check]:
        return [*kind_checks(specs, args), *(checks(args) if checks else ())]

    def build(args: Sequence[Expr], site: Site) -> Built:
        return misfit(name, specs, args, site) or Prim(op=name, args=tuple(args), type=result, span=site.span)

    register_prim(PrimRow(op=name, lower=lambda args, _result: lower(args), checks=all_checks))
    params = tuple(Parameter(spec.name, spec.default, positional_only=not spec.keyword) for spec in specs)
    register_surface(SurfaceRow(name=name, params=params, build=build, examples=tuple(examples)))


def on_text(name: str, function: str, result: Type, examples: Sequence[str]) -> None:
    """A str method without arguments that is one function of JSONata or of the prelude."""
    declare(f"str.{name}", [receiver()], result, lambda a: call(function, a[0].tree), examples=examples)


def repr_of(arg: Arg) -> Tree:
    """`repr(value)` as a string tree."""
    return prim_row("repr").lower([arg], STR)
