"""The rest of `math`: what whole numbers allow, and what of floats every machine computes alike.

What depends on the C library (sines, logarithms, powers of floats) is refused: its last digit differs from machine to machine, so that not even two
CPythons agree about it.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Binary, Bind, IfElse, Lit, Ref, Tree
from pysfnc.library.containers.iteration import build_iter_list, items_type
from pysfnc.library.operators.whole_numbers import exact
from pysfnc.library.rows.make import FALSE, TRUE, ZERO, Built, both, call, const, either, eq, negate, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import ONE, add, block, fn, ge, gt, le, least, lt, refs, sub
from pysfnc.library.rows.signature import WHOLE, WHOLE_ERROR, Spec, declare, kind_checks, whole
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC, as_number, atoms, of_kinds
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import BOOL, FLOAT, INT, TupleT, Type

_A, _B, _N, _K, _R, _I, _G = refs("a b n k r i g")
_REAL_ERROR: Final = "must be real number, not {}"
_REAL: Final = Spec("x", NUMERIC, _REAL_ERROR)


def _mul(left: Tree, right: Tree) -> Tree:
    return Binary("*", left, right)


def _div(left: Tree, right: Tree) -> Tree:
    return Binary("/", left, right)


# Whole numbers

define("py_product_of", ("a", "b", "r"), IfElse(gt(_A, _B), _R, call("py_product_of", add(_A, ONE), _B, _mul(_R, _A))))
define(
    "py_comb",
    ("n", "k", "i", "r"),
    # r * (n - k + i) / i, with no number on the way larger than the result times the next factor's rest.
    IfElse(
        gt(_I, _K),
        _R,
        block(
            Bind("g", call("py_gcd", _R, _I)),
            call(
                "py_comb",
                _N,
                _K,
                add(_I, ONE),
                _mul(_div(_R, _G), _div(add(sub(_N, _K), _I), _div(_I, _G))),
            ),
        ),
    ),
)


def _natural_checks(messages: Sequence[str], args: Sequence[Arg]) -> Sequence[Check]:
    return [
        Check(ge(whole(arg), ZERO), "ValueError", text(message))
        for arg, message in zip(args, messages, strict=False)
        if not (isinstance(arg.tree, Lit) and isinstance(arg.tree.value, int) and arg.tree.value >= 0)
    ]


declare(
    "math.factorial",
    [Spec("n", WHOLE, WHOLE_ERROR)],
    INT,
    lambda args: exact(call("py_product_of", Lit(2), whole(args[0]), ONE)),
    checks=lambda args: _natural_checks(["factorial() not defined for negative values"], args),
    examples=[f"math.factorial({n})" for n in (0, 1, 5, 18, -1, True)],
)
_COMB: Final = ("n must be a non-negative integer", "k must be a non-negative integer")


def _comb(args: Sequence[Arg]) -> Tree:
    n, k = (whole(arg) for arg in args)
    few = call("py_comb", n, least(k, sub(n, k)), ONE, ONE)
    return IfElse(gt(k, n), ZERO, exact(few))


def _perm(args: Sequence[Arg]) -> Tree:
    n, k = (whole(arg) for arg in args)
    return IfElse(gt(k, n), ZERO, exact(call("py_product_of", add(sub(n, k), ONE), n, ONE)))


declare(
    "math.comb",
    [Spec("n", WHOLE, WHOLE_ERROR), Spec("k", WHOLE, WHOLE_ERROR)],
    INT,
    _comb,
    checks=lambda args: _natural_checks(_COMB, args),
    examples=[f"math.comb({a})" for a in ("5, 2", "5, 0", "5, 6", "56, 28", "0, 0", "-1, 2", "2, -1", "True, True")],
)
declare(
    "math.perm",
    [Spec("n", WHOLE, WHOLE_ERROR), Spec("k", WHOLE, WHOLE_ERROR)],
    INT,
    _perm,
    checks=lambda args: _natural_checks(_COMB, args),
    examples=[f"math.perm({a})" for a in ("5, 2", "5, 0", "5, 6", "18, 18", "-1, 2", "2, -1")],
)


def _fold(name: str, start: int, step: str, result: Callable[[Tree], Tree], examples: Sequence[str]) -> None:
    """`gcd` and `lcm` of any number of ints."""
    op = f"math.{name}"

    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        return kind_checks([Spec("n", WHOLE, WHOLE_ERROR)] * len(args), args)

    def lower(args: Sequence[Arg], _type: Type) -> Tree:
        made: Tree = Lit(start) if not args else call("abs", whole(args[0]))
        for arg in args[1:]:
            made = call(step, made, whole(arg))
        return made if len(args) < 2 else result(call("abs", made))

    def build(args: Sequence[Expr], site: Site) -> Built:
        for arg in args:
            if kinds(arg.type) and not kinds(arg.type) & WHOLE:
                return Refusal("type-mismatch", f"`{op}()` takes ints, but it is given {arg.type}")
        return prim(op, INT, site, *args)

    register_prim(PrimRow(op=op, lower=lower, checks=checks))
    register_surface(
        SurfaceRow(name=op, params=(Parameter("integers", variadic=True),), build=build, examples=tuple(examples))
    )


define(
    "py_lcm",
    ("a", "b"),
    IfElse(either(eq(_A, ZERO), eq(_B, ZERO)), ZERO, _mul(_div(_A, call("py_gcd", _A, _B)), _B)),
)
_fold(
    "gcd",
    0,
    "py_gcd",
    lambda found: found,
    [f"math.gcd({a})" for a in ("12, 18", "-12, 18", "0, 5", "0, 0", "", "-7", "12, 18, 27", "True, 2")],
)
_fold("lcm", 1, "py_lcm", exact, [f"math.lcm({a})" for a in ("4, 6", "-4, 6", "0, 5", "", "-7", "2, 3, 4", "21, 6")])


# prod


def _prod(args: Sequence[Arg], type_: Type) -> Tree:
    items, start = args
    item = Arg(Ref("py_v"), of_kinds(items_type(items.type), NUMERIC))
    made = call("reduce", items.tree, fn("py_s py_v", _mul(Ref("py_s"), as_number(item))), start.tree)
    return exact(made) if type_ == INT else made


register_prim(PrimRow(op="math.prod", lower=_prod))


def _build_prod(args: Sequence[Expr], site: Site) -> Built:
    start = args[1]
    items = build_iter_list(args[0], site)
    if isinstance(items, Refusal):
        return items
    of = items_type(items.type)
    if not kinds(of) <= NUMERIC or not kinds(start.type) <= NUMERIC:
        return Refusal("type-needed", "`math.prod()` needs items that are known to be numbers")
    numbers: list[Type] = [FLOAT if atom == FLOAT else INT for atom in (*atoms(of), *atoms(start.type))]
    type_ = FLOAT if start.type == FLOAT else join_all(numbers)
    return prim("math.prod", type_, site, items, start)


register_surface(
    SurfaceRow(
        name="math.prod",
        params=(Parameter("iterable"), Parameter("start", const(1), keyword_only=True, positional_only=False)),
        build=_build_prod,
        examples=(
            "math.prod([])",
            "math.prod([2, 3, 4])",
            "math.prod([0.1, 0.2, 0.3])",
            "math.prod((2, 0.5))",
            "math.prod([2, 3], start=1.5)",
            "math.prod([True, 5], start=2)",
        ),
    )
)


# Powers of ints


_TOO_LARGE: Final = "a power beyond 2**53, which the machine does not compute"


def _pow_checks(args: Sequence[Arg]) -> Sequence[Check]:
    base, exponent = (as_number(arg) for arg in args)
    negative = text("a negative power is no whole number, which the machine does not compute")
    zero = both(eq(base, ZERO), lt(exponent, ZERO))
    return (
        Check(negate(zero), "ValueError", text("math domain error")),
        Check(ge(exponent, ZERO), "ValueError", negative),
        Check(le(call("abs", call("py_pow", base, exponent)), Lit(2**53)), "ValueError", text(_TOO_LARGE)),
    )


register_prim(
    PrimRow(
        op="math.pow",
        lower=lambda args, _: call("py_pow", as_number(args[0]), as_number(args[1])),
        checks=lambda args, _: _pow_checks(args),
    )
)
C_LIBRARY: Final = "its last digit depends on the C library, so that even two CPythons may differ"


def _build_pow(args: Sequence[Expr], site: Site) -> Built:
    if any(not kinds(arg.type) <= INTEGRAL for arg in args):
        return Refusal(
            "unsupported-call",
            f"`math.pow()` of floats has no exact form: {C_LIBRARY}",
            "write instead: `x * x`, `math.sqrt(x)`, ints, or compute it in a `@task`",
        )
    exponent = args[1]
    if isinstance(exponent, Const) and isinstance(exponent.value, int) and exponent.value < 0:
        return Refusal("unsupported-call", f"a negative `math.pow()` has no exact form: {C_LIBRARY}")
    return prim("math.pow", FLOAT, site, *args)


register_surface(
    SurfaceRow(
        name="math.pow",
        params=(Parameter("x"), Parameter("y")),
        build=_build_pow,
        examples=("math.pow(2, 10)", "math.pow(-3, 3)", "math.pow(0, 0)", "str(math.pow(3, 2))", "math.pow(0, 1 - 2)"),
    )
)


# Floats that every machine computes alike


def _one(args: Sequence[Arg]) -> Tree:
    return as_number(args[0])


declare(
    "math.radians",
    [_REAL],
    FLOAT,
    lambda args: _mul(_one(args), Lit(3.141592653589793 / 180.0)),
    examples=[f"math.radians({x})" for x in ("180", "90.5", "-30", "True", "0")],
)
declare(
    "math.degrees",
    [_REAL],
    FLOAT,
    lambda args: _mul(_one(args), Lit(180.0 / 3.141592653589793)),
    examples=[f"math.degrees({x})" for x in ("3.141592653589793", "1", "-0.5")],
)
declare(
    "math.fmod",
    [_REAL, Spec("y", NUMERIC, _REAL_ERROR)],
    FLOAT,
    lambda args: Binary("%", as_number(args[0]), as_number(args[1])),
    checks=lambda args: (Check(Binary("!=", as_number(args[1]), ZERO), "ValueError", text("math domain error")),),
    examples=[f"math.fmod({a})" for a in ("7, 3", "-7, 3", "7.5, -2", "1, 0", "5.1, 0.1")],
)
declare(
    "math.copysign",
    [_REAL, Spec("y", NUMERIC, _REAL_ERROR)],
    FLOAT,
    lambda args: block(
        Bind("py_x", call("abs", as_number(args[0]))),
        IfElse(lt(as_number(args[1]), ZERO), Binary("-", ZERO, Ref("py_x")), Ref("py_x")),
    ),
    examples=[f"math.copysign({a})" for a in ("3, -1", "-3.5, 2", "-3, -0.5", "2, 0")],
)
declare(
    "math.modf",
    [_REAL],
    TupleT((FLOAT, FLOAT)),
    lambda args: block(
        Bind("py_x", _one(args)),
        Bind("py_w", IfElse(lt(Ref("py_x"), ZERO), call("ceil", Ref("py_x")), call("floor", Ref("py_x")))),
        Array((sub(Ref("py_x"), Ref("py_w")), Ref("py_w"))),
    ),
    examples=[f"math.modf({x})" for x in ("2.75", "-2.75", "3", "0.1")],
)
for _name, _answer in (("isfinite", TRUE), ("isinf", FALSE), ("isnan", FALSE)):
    declare(
        f"math.{_name}",
        [_REAL],
        BOOL,
        lambda args, answer=_answer: answer,  # type: ignore[misc]
        examples=[f"math.{_name}({x})" for x in ("2.5", "1", "True")],
    )


# isclose


def _is_close(args: Sequence[Arg]) -> Tree:
    a, b, rel, absolute = (as_number(arg) for arg in args)
    difference = call("abs", sub(Ref("py_b"), Ref("py_a")))
    return block(
        Bind("py_a", a),
        Bind("py_b", b),
        Bind("py_d", difference),
        either(
            eq(Ref("py_a"), Ref("py_b")),
            le(Ref("py_d"), call("abs", _mul(rel, Ref("py_b")))),
            le(Ref("py_d"), call("abs", _mul(rel, Ref("py_a")))),
            le(Ref("py_d"), absolute),
        ),
    )


def _tolerances(args: Sequence[Arg]) -> Sequence[Check]:
    ok = both(*[ge(as_number(arg), ZERO) for arg in args[2:] if not isinstance(arg.tree, Lit)])
    known = [arg.tree.value for arg in args[2:] if isinstance(arg.tree, Lit)]
    if any(isinstance(value, int | float) and value < 0 for value in known):
        ok = FALSE
    return () if ok == TRUE else (Check(ok, "ValueError", text("tolerances must be non-negative")),)


declare(
    "math.isclose",
    [
        _REAL,
        Spec("b", NUMERIC, _REAL_ERROR, keyword=True),
        Spec("rel_tol", NUMERIC, _REAL_ERROR, const(1e-09), keyword=True),
        Spec("abs_tol", NUMERIC, _REAL_ERROR, const(0.0), keyword=True),
    ],
    BOOL,
    _is_close,
    checks=_tolerances,
    examples=[
        f"math.isclose({a})"
        for a in (
            "0.1 + 0.2, 0.3",
            "1, 1.1",
            "1, 2, rel_tol=0.5",
            "0, 1e-10",
            "0, 1e-10, abs_tol=1e-9",
            "3, 3",
            "-1, 1",
            "1, 2, rel_tol=-1",
            "1000000000, 1000000001",
        )
    ],
)


# What has no exact form

INEXACT: Final = (
    *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "dist", "erf", "erfc", "exp"),
    *("exp2", "expm1", "gamma", "hypot", "lgamma", "log", "log10", "log1p", "log2", "sin", "sinh", "tan", "tanh"),
)
"""Functions of `math` that are refused."""
_INSTEAD: Final = {
    "hypot": "write instead: `math.sqrt(x * x + y * y)`, or compute it in a `@task`",
    "dist": "write instead: `math.sqrt(...)` of the sum of squares, or compute it in a `@task`",
    "log2": "write instead: `n.bit_length() - 1` for the whole part of an int, or compute it in a `@task`",
    "log10": "write instead: `len(str(n)) - 1` for the whole part of an int, or compute it in a `@task`",
}


def _refused(name: str) -> None:
    refusal = Refusal(
        "unsupported-call",
        f"`math.{name}()` has no exact form: {C_LIBRARY}",
        _INSTEAD.get(name, "write instead: a function marked `@task` that computes it"),
    )
    params = (Parameter("arguments", variadic=True),)
    register_surface(SurfaceRow(name=f"math.{name}", params=params, build=lambda _args, _site: refusal))


for _name in INEXACT:
    _refused(_name)
