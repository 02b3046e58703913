"""Infinity, which JSON has no form for: the machine holds the finite float of the largest size in its place.

Comparisons, `min`, `max` and the truth of numbers need nothing more, as no other float is as large. What computes with it is here. Any other
operation gets its operands through `FINITE`, which ends the execution for an infinite one; no `except` of the program sees that (LIM-02).
"""

import math
import sys
from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const
from pysfnc.jsonata.tree import IfElse, Lit, Neg, Tree
from pysfnc.library.rows.make import ZERO, both, call, either, eq, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.shapes import lt, ne
from pysfnc.library.rows.typenames import as_number
from pysfnc.values.types import INFINITY, Type

IS_INFINITE: Final = "infinity.is"
FINITE: Final = "infinity.none"
"""The number itself; ends the execution if it is infinite."""
SUM: Final = "infinity.sum"
"""The sum of two numbers of which one is infinite; ends the execution for two of different signs, which is NaN."""
PRODUCT: Final = "infinity.product"
"""The product of two numbers of which one is infinite; ends the execution for zero, as that is NaN."""
NEGATIVE: Final = "infinity.negative"
TEXT: Final = "infinity.text"

LARGEST: Final = sys.float_info.max
_PLUS: Final = Lit(LARGEST)
_MINUS: Final = Neg(Lit(LARGEST))
_NO_FORM: Final = "an infinite number has no exact form in the machine here"


def infinity(value: float) -> Const:
    """`math.inf` or its negative as the machine holds it."""
    return Const(value=math.copysign(LARGEST, value), type=INFINITY)


def is_infinite(value: Tree) -> Tree:
    """Whether a value, of any kind, is infinite."""
    return either(eq(value, _PLUS), eq(value, _MINUS))


def _sum(args: Sequence[Arg], _type: Type) -> Tree:
    left, right = args[0].tree, args[1].tree
    clash = both(is_infinite(right), ne(left, right))
    return IfElse(is_infinite(left), IfElse(clash, call("error", text(_NO_FORM)), left), right)


def _product(args: Sequence[Arg], _type: Type) -> Tree:
    left, right = (as_number(arg) for arg in args)
    zero = either(eq(left, ZERO), eq(right, ZERO))
    return IfElse(zero, call("error", text(_NO_FORM)), IfElse(eq(lt(left, ZERO), lt(right, ZERO)), _PLUS, _MINUS))


register_prim(PrimRow(op=PRODUCT, lower=_product))
register_prim(PrimRow(op=IS_INFINITE, lower=lambda args, _: is_infinite(args[0].tree)))
register_prim(
    PrimRow(
        op=FINITE, lower=lambda args, _: IfElse(is_infinite(args[0].tree), call("error", text(_NO_FORM)), args[0].tree)
    )
)
register_prim(PrimRow(op=SUM, lower=_sum))
register_prim(PrimRow(op=NEGATIVE, lower=lambda args, _: Neg(args[0].tree)))
register_prim(PrimRow(op=TEXT, lower=lambda args, _: IfElse(lt(args[0].tree, ZERO), text("-inf"), text("inf"))))
