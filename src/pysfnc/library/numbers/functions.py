"""Builtin functions that are one operation each: `len`, `any`, `all`, `divmod`, `pow`, and the easy part of `math`.

Of `math` there is what JSONata can compute to the last digit; sines and logarithms it cannot.
"""

import math
import string
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, Binary, Bind, Func, IfElse, Lit, Ref, Seq, Tree
from pysfnc.library.containers.iteration import build_iter_list, items_type
from pysfnc.library.numbers.int_methods import build_pow_mod
from pysfnc.library.operators.operators import (
    BinaryOperator,
    Case,
    build_binary,
    build_operation,
    divides,
    register_operator,
    unsupported_operands,
)
from pysfnc.library.operators.truth import has_own_truth, truth_tree
from pysfnc.library.rows.make import ZERO, Built, call, choose, eq, join, negate, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import ABSENT, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.signature import WHOLE, WHOLE_ERROR, Spec, declare, whole
from pysfnc.library.rows.typenames import NUMERIC, as_number, has_kind, named
from pysfnc.library.rows.versions import DIVMOD, ROOT_OF_NEGATIVE
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, FLOAT, INT, Kind, TupleT, Type

_A, _B, _N, _R = (Ref(name) for name in "abnr")
_V: Final = Ref("py_v")
_STR: Final = frozenset({Kind.STR})
_ARRAYS: Final = frozenset({Kind.LIST, Kind.TUPLE})
_DICT: Final = frozenset({Kind.DICT})
_SIZED: Final = _STR | _ARRAYS | _DICT

# len


def _len(args: Sequence[Arg], _type: Type) -> Tree:
    value = args[0]
    ways: tuple[tuple[frozenset[Kind], Tree], ...] = (
        (_STR, call("length", value.tree)),
        (_ARRAYS, call("count", value.tree)),
        (_DICT, call("count", call("keys", value.tree))),
    )
    found = [(has_kind(value, wanted), way) for wanted, way in ways if kinds(value.type) & wanted]
    return choose(found[:-1], found[-1][1]) if found else ZERO


def _len_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    fits = has_kind(args[0], _SIZED)
    return () if fits == Lit(True) else (Check(fits, "TypeError", named("object of type '{}' has no len()", args[0])),)


register_prim(PrimRow(op="len", lower=_len, checks=_len_checks))


def _build_len(args: Sequence[Expr], site: Site) -> Built:
    found = kinds(args[0].type)
    if found and not found & _SIZED:
        return Refusal("type-mismatch", f"`{args[0].type}` has no `len()`")
    return prim("len", INT, site, args[0])


register_surface(
    SurfaceRow(
        name="len",
        params=(Parameter("obj"),),
        build=_build_len,
        examples=("len('a😀')", "len('')", "len([1, [2, 3]])", "len([])", "len({})", "len({'a': 1})", "len((1, 2))"),
    )
)

# any, all


def _truths(items: Arg, wanted: bool) -> Tree:
    """Whether an item is true (false)."""
    item = Arg(_V, items_type(items.type))
    if kinds(item.type) == {Kind.BOOL}:
        return Binary("in", Lit(wanted), items.tree)
    test = truth_tree(item)
    return call("exists", call("filter", items.tree, Func(("py_v",), test if wanted else negate(test))))


register_prim(PrimRow(op="any", lower=lambda args, _type: _truths(args[0], True)))
register_prim(PrimRow(op="all", lower=lambda args, _type: negate(_truths(args[0], False))))


def _quantifier(name: str, examples: tuple[str, ...]) -> None:
    def build(args: Sequence[Expr], site: Site) -> Built:
        items = build_iter_list(args[0], site)
        if not isinstance(items, Refusal) and has_own_truth(items_type(items.type)):
            return Refusal(
                "unsupported-expression", f"`{name}()` asks code of a class whether each object counts as true"
            )
        return items if isinstance(items, Refusal) else prim(name, BOOL, site, items)

    register_surface(SurfaceRow(name=name, params=(Parameter("iterable"),), build=build, examples=examples))


for _name in ("any", "all"):
    _quantifier(
        _name,
        tuple(
            f"{_name}({items})"
            for items in ("[]", "[0, 1]", "[False, False]", "[True]", "['', []]", "[[0], 'a']", "'ab'", "{}", "[None]")
        ),
    )

# divmod, pow


def _quotient_and_rest(left: Type, right: Type, _l: Expr, _r: Expr) -> Type:
    number = FLOAT if FLOAT in (left, right) else INT
    return TupleT((number, number))


def _divmod(left: Arg, right: Arg) -> Tree:
    args = (as_number(left), as_number(right))
    return Array((call("py_floordiv", *args), call("py_mod", *args)))


_DIVMOD: Final = BinaryOperator(
    "divmod()", (Case(NUMERIC, NUMERIC, _quotient_and_rest, _divmod),), unsupported_operands, divides(DIVMOD)
)
register_operator(_DIVMOD, "divmod()")


def _build_divmod(args: Sequence[Expr], site: Site) -> Built:
    return build_operation(_DIVMOD, "divmod()", args[0], args[1], site)


def _build_pow(args: Sequence[Expr], site: Site) -> Built:
    if args[2] is not ABSENT:
        return build_pow_mod(args, site)
    return build_binary("**", args[0], args[1], site)


register_surface(
    SurfaceRow(
        name="divmod",
        params=(Parameter("x"), Parameter("y")),
        build=_build_divmod,
        examples=("divmod(7, -2)", "divmod(-7.5, 2)", "divmod(True, 2)", "divmod(7, 0)", "divmod(7.0, 0)"),
    )
)
register_surface(
    SurfaceRow(
        name="pow",
        params=tuple(
            Parameter(name, default, positional_only=False)
            for name, default in (("base", None), ("exp", None), ("mod", ABSENT))
        ),
        build=_build_pow,
        examples=(
            "pow(2, 10)",
            "pow(-3, 3)",
            "pow(7, 0)",
            "pow(3, 200, 13)",
            "pow(-3, 3, 5)",
            "pow(3, 3, -5)",
            "pow(123456789012345, 987654321, 9007199254740881)",
            "pow(2, 10, 1)",
            "pow(0, 0, 7)",
            "pow(3, -1, 11)",
            "pow(38, -2, 97)",
            "pow(2, -1, 4)",
            "pow(2, 3, 0)",
            "pow(2, exp=5, mod=7)",
        ),
    )
)

# math

_REAL: Final = Spec("x", NUMERIC, "must be real number, not {}")
_WHOLE: Final = Spec("n", WHOLE, WHOLE_ERROR)
Lower = Callable[[Tree], Tree]

define(
    "py_root",
    ("n",),
    # `$sqrt` rounds, perhaps up to the next whole number.
    Seq(
        (
            Bind("r", call("floor", call("sqrt", _N))),
            IfElse(Binary(">", Binary("*", _R, _R), _N), Binary("-", _R, Lit(1)), _R),
        )
    ),
)
define("py_gcd", ("a", "b"), IfElse(eq(_B, ZERO), _A, call("py_gcd", _B, Binary("%", _A, _B))))


def _truncated(value: Tree) -> Tree:
    return IfElse(Binary("<", value, ZERO), call("ceil", value), call("floor", value))


def _on_reals(name: str, result: Type, lower: Lower, *examples: str) -> None:
    calls = tuple(f"math.{name}({example})" for example in (*examples, "3", "True"))
    declare(f"math.{name}", [_REAL], result, lambda args: lower(as_number(args[0])), examples=calls)


def _sqrt_checks(args: Sequence[Arg]) -> Sequence[Check]:
    value = as_number(args[0])
    before, mark, after = ROOT_OF_NEGATIVE.partition("{}")
    message = join(text(before), call("py_float", value), text(after)) if mark else text(before)
    return (Check(Binary(">=", value, ZERO), "ValueError", message),)


_on_reals("floor", INT, lambda value: call("floor", value), "2.7", "-2.1", "-0.0")
_on_reals("ceil", INT, lambda value: call("ceil", value), "2.1", "-2.7")
_on_reals("fabs", FLOAT, lambda value: call("abs", value), "-2.5")
declare(
    "math.trunc",
    [Spec("x", NUMERIC, "type {} doesn't define __trunc__ method")],
    INT,
    lambda args: _truncated(as_number(args[0])),
    examples=("math.trunc(2.7)", "math.trunc(-2.7)", "math.trunc(5)"),
)
declare(
    "math.sqrt",
    [_REAL],
    FLOAT,
    lambda args: call("sqrt", as_number(args[0])),
    checks=_sqrt_checks,
    examples=("math.sqrt(2)", "math.sqrt(0.25)", "math.sqrt(0)", "math.sqrt(-1)", "str(math.sqrt(16))"),
)
declare(
    "math.isqrt",
    [_WHOLE],
    INT,
    lambda args: call("py_root", whole(args[0])),
    checks=lambda args: (
        Check(Binary(">=", whole(args[0]), ZERO), "ValueError", text("isqrt() argument must be nonnegative")),
    ),
    examples=("math.isqrt(0)", "math.isqrt(15)", "math.isqrt(16)", "math.isqrt(9007199254740991)", "math.isqrt(-1)"),
)
_LEVELS: Final = {
    "NOTSET": 0,
    "DEBUG": 10,
    "INFO": 20,
    "WARNING": 30,
    "WARN": 30,
    "ERROR": 40,
    "CRITICAL": 50,
    "FATAL": 50,
}
"""The levels of `logging`, whose import takes longer than that of this package."""
CONSTANTS: Final[dict[str, float | str]] = {
    **{f"math.{name}": getattr(math, name) for name in ("pi", "e", "tau")},
    **{
        f"string.{name}": getattr(string, name)
        for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "octdigits")
    },
    **{f"string.{name}": getattr(string, name) for name in ("printable", "punctuation", "whitespace")},
    **{f"logging.{name}": level for name, level in _LEVELS.items()},
}
"""Names of the standard library that are plain numbers and texts."""
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("", "January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
TABLES: Final[dict[str, tuple[str, ...]]] = {
    "calendar.day_name": _DAYS,
    "calendar.day_abbr": tuple(name[:3] for name in _DAYS),
    "calendar.month_name": _MONTHS,
    "calendar.month_abbr": tuple(name[:3] for name in _MONTHS),
}
"""Names of the standard library that are sequences of texts; those of `calendar` are in the locale `C` (LIM-54)."""
