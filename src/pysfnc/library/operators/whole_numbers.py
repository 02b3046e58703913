"""Operations of ints that fail where the result is beyond 2**53, since the machine would hold another number then.

CPython goes on, so there is no exception of Python for it: the expression ends with `States.QueryEvaluationError`, which no `except` takes for
one of its own. `passes.check_large_ints` chooses where they stand. Owns also the exact `a * b % m`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.jsonata.tree import Binary, Bind, IfElse, Lit, Ref, Tree
from pysfnc.library.operators.operators import BINARY, Case, register_operator
from pysfnc.library.rows.make import ZERO, both, call, eq, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import prim, register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import block, le, refs
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC, as_number
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind, Type

WHOLE: Final = "whole."
"""How the name of such an operation begins."""
GUARDED: Final = ("+", "-", "*", "**", "<<")
MULMOD: Final = f"{WHOLE}mulmod"
_TEXT: Final = "an int beyond 2**53 has no exact form in the machine"
_LIMIT: Final = Lit(2**53)
_P, _A, _B, _N = refs("p a b n")


def _is_int(value: Tree) -> Tree:
    return both(eq(value, call("floor", value)), le(call("abs", value), _LIMIT))


def _fails() -> Tree:
    return call("error", text(_TEXT))


define("py_exact", ("p",), IfElse(le(call("abs", _P), _LIMIT), _P, _fails()))
# p made of the numbers a and b, of which some may be a float: then it is a float as well.
define(
    "py_exact_of",
    ("p", "a", "b"),
    IfElse(both(negate(le(call("abs", _P), _LIMIT)), both(_is_int(_A), _is_int(_B))), _fails(), _P),
)
# a * b modulo n, in the sign of n; for n = 0 anything, as what follows fails then.
define(
    "py_times_mod",
    ("a", "b", "n"),
    block(
        Bind("p", Binary("*", _A, _B)),
        IfElse(
            eq(_N, ZERO),
            ZERO,
            IfElse(
                le(call("abs", _P), _LIMIT),
                call("py_mod", _P, _N),
                block(
                    Bind("m", call("abs", _N)),
                    call(
                        "py_mod",
                        call("py_mulmod", call("py_mod", _A, Ref("m")), call("py_mod", _B, Ref("m")), Ref("m")),
                        _N,
                    ),
                ),
            ),
        ),
    ),
)


def exact(made: Tree) -> Tree:
    """An int, unless it is beyond 2**53."""
    return call("py_exact", made)


def guarded(made: Tree, left: Arg, right: Arg) -> Tree:
    """The result of an operation, unless it is an int beyond 2**53."""
    found = kinds(left.type) | kinds(right.type)
    if any(kinds(side.type) & NUMERIC == {Kind.FLOAT} for side in (left, right)):
        return made
    if found & NUMERIC <= INTEGRAL:
        return exact(made)
    return call("py_exact_of", made, as_number(left), as_number(right))


def _guarded_case(case: Case) -> Case:
    if not case.left | case.right <= NUMERIC:
        return case
    return replace(case, lower=lambda left, right: guarded(case.lower(left, right), left, right))


for _symbol in GUARDED:
    _operator = replace(BINARY[_symbol], cases=tuple(map(_guarded_case, BINARY[_symbol].cases)))
    for _written in (_symbol, f"{_symbol}="):
        register_operator(_operator, _written, f"{WHOLE}{_written}")


def _mulmod(args: Sequence[Arg], _type: Type) -> Tree:
    return call("py_times_mod", *(as_number(arg) for arg in args))


register_prim(PrimRow(op=MULMOD, lower=_mulmod))


def _int(args: Sequence[Arg], type_: Type) -> Tree:
    return exact(prim("int").lower(args, type_))


def _int_checks(args: Sequence[Arg], type_: Type) -> Sequence[Check]:
    checks = prim("int").checks
    return () if checks is None else checks(args, type_)


register_prim(PrimRow(op=f"{WHOLE}int", lower=_int, checks=_int_checks))
