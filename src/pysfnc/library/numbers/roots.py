"""`int(n ** 0.5)` and its like: square roots of ints, rounded.

The last digit of `n ** 0.5` depends on the C library, and now and then differs from `math.sqrt(n)`, which is exact to the last digit. Rounded
to an int, both are the same below 2**52: a root that is no int is further from the next one than their difference.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Binary, Lit, Tree
from pysfnc.library.operators.operators import unsupported_operands
from pysfnc.library.rows.make import both, call, const, negate, prim, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC, as_number, has_kind, is_non_integral
from pysfnc.values.relations import kinds
from pysfnc.values.types import FLOAT, INT, Type

NO_EXACT_ROOT: Final = Refusal(
    "unsupported-expression",
    "`x ** 0.5` has no exact form: its last digit depends on the C library",
    "write instead: `math.sqrt(x)`, or `int(x ** 0.5)` of an int",
)
_COMPLEX: Final = {
    "int": "int() argument must be a string, a bytes-like object or a real number, not 'complex'",
    "round": "type complex doesn't define __round__ method",
    "math.floor": "must be real number, not complex",
    "math.ceil": "must be real number, not complex",
}
"""The TypeError of a negative number, whose root is complex, by the function that rounds it."""
ROUNDINGS: Final = frozenset(_COMPLEX)
_HALF: Final = Arg(Lit(0.5), FLOAT)


def has_whole_root(type_: Type) -> bool:
    """Whether values of a type may be ints, whose roots can be rounded exactly."""
    return bool(kinds(type_) & INTEGRAL)


def build_whole_root(name: str, base: Expr, site: Site) -> Expr:
    """`name(base ** 0.5)` for a function that rounds."""
    return prim("whole_root", INT, site, const(name), base)


def _whole_root(args: Sequence[Arg], _type: Type) -> Tree:
    name, base = _name(args), args[1]
    root = call("sqrt", as_number(base))
    if name == "round":
        return call("floor", Binary("+", root, Lit(0.5)))
    return call("ceil" if name == "math.ceil" else "floor", root)


def _checks(args: Sequence[Arg], _type: Type) -> list[Check]:
    base = args[1]
    found = [Check(has_kind(base, NUMERIC), "TypeError", unsupported_operands("**", base, _HALF))]
    found.append(Check(Binary(">=", as_number(base), Lit(0)), "TypeError", text(_COMPLEX[_name(args)])))
    message = text("the root of a float or of a large int, which the machine does not compute to the last digit")
    exact = both(negate(is_non_integral(base)), Binary("<", as_number(base), Lit(2**52)))
    found.append(Check(exact, "ValueError", message))
    return [check for check in found if check.ok != Lit(True)]


def _name(args: Sequence[Arg]) -> str:
    tree = args[0].tree
    assert isinstance(tree, Lit) and isinstance(tree.value, str)
    return tree.value


register_prim(PrimRow(op="whole_root", lower=_whole_root, checks=_checks))
