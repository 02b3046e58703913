"""Methods of ints and floats, and `pow` with a modulus."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Binary, Bind, Field, IfElse, Lit, Tree
from pysfnc.library.rows.make import ZERO, Built, call, eq, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import ONE, add, block, count, ge, length, lt, refs, sub
from pysfnc.library.rows.signature import Spec, declare, whole
from pysfnc.library.rows.typenames import INTEGRAL
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, INT, Kind, Type

_A, _B, _N, _M, _P, _R, _X, _S, _T, _Q = refs("a b n m p r x s t q")
_INT: Final = Spec("self", frozenset({Kind.INT}), "{}")
_FLOAT: Final = Spec("self", frozenset({Kind.FLOAT}), "{}")
_TWO: Final = Lit(2)


def _digits(args: Sequence[Arg]) -> Tree:
    return call("formatBase", call("abs", args[0].tree), _TWO)


declare(
    "int.bit_length",
    [_INT],
    INT,
    lambda args: IfElse(eq(args[0].tree, ZERO), ZERO, length(_digits(args))),
    examples=[f"({n}).bit_length()" for n in (0, 1, 255, 256, -37, 9007199254740991)],
)
declare(
    "int.bit_count",
    [_INT],
    INT,
    lambda args: sub(count(call("split", _digits(args), text("1"))), ONE),
    examples=[f"({n}).bit_count()" for n in (0, 1, 255, 256, -37, 9007199254740991)],
)
declare(
    "float.is_integer",
    [_FLOAT],
    BOOL,
    lambda args: eq(args[0].tree, call("floor", args[0].tree)),
    examples=["(2.0).is_integer()", "(2.5).is_integer()", "(-0.1).is_integer()"],
)

# a * b modulo n, by the exact product h + l: every step stays below 2**53.
define(
    "py_mulmod",
    ("a", "b", "n"),
    block(
        Bind("p", call("py_product", _A, _B)),
        call(
            "py_mod",
            add(sub(Binary("%", Field(_P, "h"), _N), _N), call("py_mod", Field(_P, "l"), _N)),
            _N,
        ),
    ),
)
# r * a**m modulo n, for natural numbers.
define(
    "py_powmod",
    ("a", "m", "n", "r"),
    IfElse(
        eq(_M, ZERO),
        _R,
        call(
            "py_powmod",
            call("py_mulmod", _A, _A, _N),
            call("floor", Binary("/", _M, _TWO)),
            _N,
            IfElse(eq(Binary("%", _M, _TWO), ONE), call("py_mulmod", _R, _A, _N), _R),
        ),
    ),
)
# The x with a * x = gcd(a, b) modulo the first b, by Euclid: x and s belong to a and b.
define(
    "py_bezout",
    ("a", "b", "x", "s"),
    IfElse(
        eq(_B, ZERO),
        _X,
        block(
            Bind("q", call("floor", Binary("/", _A, _B))),
            call("py_bezout", _B, Binary("%", _A, _B), _S, sub(_X, Binary("*", _Q, _S))),
        ),
    ),
)


def _is_natural(value: Tree) -> bool:
    return isinstance(value, Lit) and isinstance(value.value, int) and value.value >= 0


def _pow_mod(args: Sequence[Arg], _type: Type) -> Tree:
    base, exponent, modulus = (whole(arg) for arg in args)
    size = call("abs", modulus)
    start: Tree = call("py_mod", base, size)
    times: Tree = exponent
    if not _is_natural(exponent):
        inverse = call("py_mod", call("py_bezout", start, size, ONE, ZERO), size)
        start, times = IfElse(lt(exponent, ZERO), inverse, start), call("abs", exponent)
    made = call("py_powmod", start, times, size, Binary("%", ONE, size))
    return call("py_mod", made, modulus)


def _pow_mod_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    base, exponent, modulus = (whole(arg) for arg in args)
    found = [Check(Binary("!=", modulus, ZERO), "ValueError", text("pow() 3rd argument cannot be 0"))]
    if _is_natural(exponent):
        return found
    coprime = eq(call("abs", call("py_gcd", base, modulus)), ONE)
    ok = IfElse(ge(exponent, ZERO), Lit(True), coprime)
    found.append(Check(ok, "ValueError", text("base is not invertible for the given modulus")))
    return found


register_prim(PrimRow(op="pow.mod", lower=_pow_mod, checks=_pow_mod_checks))


def build_pow_mod(args: Sequence[Expr], site: Site) -> Built:
    """`pow(base, exp, mod)`."""
    if any(not kinds(arg.type) <= INTEGRAL for arg in args):
        return Refusal("type-needed", "`pow()` with a modulus takes values that are known to be ints")
    return prim("pow.mod", INT, site, *args)
