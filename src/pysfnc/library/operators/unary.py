"""Unary operators: `-x`, `+x`, `~x` and `abs(x)`. `not x` is `truth`."""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Lit, Neg, Tree
from pysfnc.lean import dataclass
from pysfnc.library.operators.arithmetic import flip
from pysfnc.library.rows.make import Built, call, join, prim, text
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC, as_number, atoms, has_kind, type_name
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import ERROR, FLOAT, INT, NEVER, ErrorT, Kind, Type


@dataclass(frozen=True, slots=True)
class UnaryOperator:
    """An operator on a number."""

    symbol: str
    op: str
    kinds: frozenset[Kind]
    lower: Callable[[Tree], Tree]


def _negated(value: Tree) -> Tree:
    return Lit(-value.value) if isinstance(value, Lit) and isinstance(value.value, int | float) else Neg(value)


_UNARY: Final = (
    UnaryOperator("-", "neg", NUMERIC, _negated),
    UnaryOperator("+", "pos", NUMERIC, lambda value: value),
    UnaryOperator("~", "invert", INTEGRAL, flip),
    UnaryOperator("abs()", "abs", NUMERIC, lambda value: call("abs", value)),
)
UNARY: Final = {operator.symbol: operator for operator in _UNARY}


def build_unary(symbol: str, operand: Expr, site: Site) -> Built:
    """`-x`, `+x`, `~x`, and `abs()` as an operator of that name. `not` is `truth.build_not`."""
    operator = UNARY[symbol]
    if isinstance(operand.type, ErrorT):
        return prim(operator.op, ERROR, site, operand)
    fitting = [atom for atom in atoms(operand.type) if kinds(atom) <= operator.kinds]
    if not fitting and atoms(operand.type):
        return Refusal("type-mismatch", f"`{symbol}` of `{operand.type}` always raises TypeError")
    if isinstance(operand, Const) and symbol == "-" and type(operand.value) in (int, float):
        assert isinstance(operand.value, int | float)
        return Const(value=-operand.value, type=operand.type, span=site.span)
    types: list[Type] = [FLOAT if atom == FLOAT else INT for atom in fitting]
    return prim(operator.op, join_all(types) if types else NEVER, site, operand)


def _unary_checks(operator: UnaryOperator) -> Callable[[Sequence[Arg], Type], Sequence[Check]]:
    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        ok = has_kind(args[0], operator.kinds)
        if ok == Lit(True):
            return ()
        shown = operator.symbol if operator.symbol.endswith("()") else f"unary {operator.symbol}"
        return (Check(ok, "TypeError", join(text(f"bad operand type for {shown}: '"), type_name(args[0]), text("'"))),)

    return checks


for _unary in _UNARY:
    register_prim(
        PrimRow(
            op=_unary.op,
            lower=lambda args, _type, _lower=_unary.lower: _lower(as_number(args[0])),  # type: ignore[misc]
            checks=_unary_checks(_unary),
        )
    )


def _build_abs(args: Sequence[Expr], site: Site) -> Built:
    return build_unary("abs()", args[0], site)


register_surface(
    SurfaceRow(
        name="abs",
        params=(Parameter("x"),),
        build=_build_abs,
        examples=("abs(-3)", "abs(2.5)", "abs(-2.5)", "abs(True)", "abs(0)"),
    )
)
