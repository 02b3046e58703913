"""`round`, half to even by the exact binary value, as CPython does it; JSONata's `$round` goes by the decimal text."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Binary, Bind, IfElse, Lit, Neg, Ref, Seq, Tree
from pysfnc.library.numbers.floats import power_of_ten
from pysfnc.library.rows.make import TRUE, ZERO, Built, both, call, choose, const, either, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.signature import WHOLE_ERROR, whole
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC, as_number, atoms, has_kind, named
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import FLOAT, INT, Kind, Type

_X, _N, _P, _R, _F, _W = (Ref(name) for name in "xnprfw")
_HALF: Final = Lit(0.5)
_MOST_DECIMALS: Final = 22
_EXACT: Final = Lit(2.0**53)


def _half_even(rest: Tree, last: Tree) -> Tree:
    """Whether to round up: `rest` is what is cut off, less a half."""
    odd = Binary("!=", Binary("%", last, Lit(2)), ZERO)
    return either(Binary(">", rest, ZERO), both(Binary("=", rest, ZERO), odd))


# To an int.
define(
    "py_round",
    ("x",),
    Seq(
        (
            Bind("f", call("floor", _X)),
            IfElse(_half_even(Binary("-", Binary("-", _X, _F), _HALF), _F), Binary("+", _F, Lit(1)), _F),
        )
    ),
)
# To n decimals, n from 0 to 22. From 2**53 units of the last decimal on, a float has no digits to lose.
define(
    "py_round_to",
    ("x", "n"),
    choose(
        [
            (Binary("<", _X, ZERO), Neg(call("py_round_to", Neg(_X), _N))),
            (
                either(
                    Binary("=", _X, call("floor", _X)),
                    Binary(">=", Binary("*", _X, power_of_ten(_N)), _EXACT),
                ),
                _X,
            ),
        ],
        call("number", call("py_decimals", _X, _N)),
    ),
)
# To a multiple of 10**n, n > 0.
define(
    "py_round_off",
    ("x", "n"),
    IfElse(
        Binary("<", _X, ZERO),
        Neg(call("py_round_off", Neg(_X), _N)),
        Seq(
            (
                Bind("p", power_of_ten(_N)),
                Bind("r", Binary("%", _X, _P)),
                Bind("w", Binary("-", Binary("*", Lit(2), _R), _P)),
                IfElse(
                    _half_even(_W, Binary("/", Binary("-", _X, _R), _P)),
                    Binary("+", _X, Binary("-", _P, _R)),
                    Binary("-", _X, _R),
                ),
            )
        ),
    ),
)


def _no_round(args: Sequence[Arg]) -> list[Check]:
    fits = has_kind(args[0], NUMERIC)
    if fits == TRUE:
        return []
    return [Check(fits, "TypeError", named("type {} doesn't define __round__ method", args[0]))]


def _round(args: Sequence[Arg], _type: Type) -> Tree:
    value = as_number(args[0])
    return call("py_round", value) if Kind.FLOAT in kinds(args[0].type) else value


def _round_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    return _no_round(args)


def _round_to(args: Sequence[Arg], _type: Type) -> Tree:
    value, digits = as_number(args[0]), whole(args[1])
    to_decimals = call("py_round_to", value, digits) if Kind.FLOAT in kinds(args[0].type) else value
    if isinstance(digits, Lit):
        assert isinstance(digits.value, int)
        return to_decimals if digits.value >= 0 else call("py_round_off", value, Lit(-digits.value))
    return IfElse(Binary("<", digits, ZERO), call("py_round_off", value, Neg(digits)), to_decimals)


def _round_to_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    found = _no_round(args)
    digits = args[1]
    is_int = has_kind(digits, INTEGRAL)
    if is_int != TRUE:
        found.append(Check(is_int, "TypeError", named(WHOLE_ERROR, digits)))
    if not isinstance(digits.tree, Lit) and Kind.FLOAT in kinds(args[0].type):
        message = f"round() to more than {_MOST_DECIMALS} decimals is not computed by the machine"
        found.append(Check(Binary("<=", whole(digits), Lit(_MOST_DECIMALS)), "ValueError", text(message)))
    return found


register_prim(PrimRow(op="round", lower=_round, checks=_round_checks))
register_prim(PrimRow(op="round.digits", lower=_round_to, checks=_round_to_checks))


def _build_round(args: Sequence[Expr], site: Site) -> Built:
    value, digits = args
    if kinds(value.type) and not kinds(value.type) & NUMERIC:
        return Refusal("type-mismatch", f"`round()` of `{value.type}` always raises TypeError")
    if kinds(digits.type) == {Kind.NONE} and isinstance(digits, Const):
        return prim("round", INT, site, value)
    found = kinds(digits.type)
    if Kind.NONE in found:
        return Refusal(
            "type-needed", "`round()` gives an int or a float, depending on whether its second argument is None"
        )
    if found and not found & INTEGRAL:
        return Refusal("type-mismatch", f"`round()` takes an int as second argument, but it is given {digits.type}")
    if isinstance(digits, Const) and isinstance(digits.value, int) and digits.value > _MOST_DECIMALS:
        return Refusal("unsupported-call", f"`round()` to more than {_MOST_DECIMALS} decimals has no compiled form")
    types: list[Type] = [FLOAT if a == FLOAT else INT for a in atoms(value.type) if kinds(a) <= NUMERIC]
    return prim("round.digits", join_all(types), site, value, digits)


register_surface(
    SurfaceRow(
        name="round",
        params=(Parameter("number", positional_only=False), Parameter("ndigits", const(None), positional_only=False)),
        build=_build_round,
        examples=(
            "round(2.5)",
            "round(3.5)",
            "round(-2.5)",
            "round(-0.4)",
            "round(2.4999999999999996)",
            "round(7)",
            "round(True)",
            "round(2.675, 2)",
            "round(0.125, 2)",
            "round(-1.005, 2)",
            "round(1234.5678, 0)",
            "round(1234.5678, -2)",
            "round(1250, -2)",
            "round(1350, -2)",
            "round(-25, -1)",
            "round(15, 3)",
            "round(0.1 + 0.2, 16)",
            "round(1e20, 2)",
            "round(12.5, ndigits=None)",
            "round(5e-7, 6)",
        ),
    )
)
