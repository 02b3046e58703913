"""Let arithmetic fail where it may leave the ints that the machine holds exactly, and keep it exact under a modulus.

    total = total * n          ->  total = total `whole.*` n
    a, b = b, a + b            ->  a, b = b, a `whole.+` b
    n = a * b % m              ->  n = whole.mulmod(a, b, m) % m
    n = a * b & 255            ->  n = whole.mulmod(a, b, 256) & 255
    area = len(xs) * 100       stays, as it is known to be small
    if n * n > limit           stays, as only its side of the limit is asked for
    square = n * n             stays, if nothing but such comparisons read it

Products, powers and shifts are checked unless `analysis.int_bounds` knows better. Sums and differences are checked only where both sides grow
with each other, as they double then in each round; others do not get beyond 2**53 within a second unless what comes in is near to it.
"""

from dataclasses import replace

from pysfnc.analysis.int_bounds import EXACT, UNBOUNDED, Bound, int_bounds, power, product, shifted
from pysfnc.analysis.known_ints import known_int
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Recursion, Suite
from pysfnc.ir.walk import map_suite_exprs, suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import children, map_children, walk_expr
from pysfnc.library.operators.whole_numbers import MULMOD, WHOLE
from pysfnc.library.rows.row import NameSupply
from pysfnc.library.rows.typenames import INTEGRAL
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, Kind

_PLAIN = ("+", "-", "*")
_PRODUCTS = frozenset({"*", "*="})
_COMPARED = frozenset({"<", "<=", ">", ">=", "==", "!="})


def check_large_ints(suite: Suite, _names: NameSupply) -> Suite:
    """Choose the operations that check themselves."""
    checking = _Checking(int_bounds(suite), _squares(suite) | _weighed(suite))
    return map_suite_exprs(suite, checking.checked)


class _Checking:
    def __init__(self, bound: Bound, harmless: frozenset[int]) -> None:
        self._bound = bound
        self._harmless = harmless

    def checked(self, expr: Expr) -> Expr:
        """An expression whose operations check themselves where they may get too large."""
        if isinstance(expr, Prim) and expr.op.removesuffix("=") == "%" and _of_ints(expr):
            left, right = expr.args[0], _modulus(expr.args[1])
            if right is not None:
                return replace(expr, args=(self._residue(left, right), right))
        if isinstance(expr, Prim) and expr.op.removesuffix("=") == "&" and _of_ints(expr):
            left, right = expr.args
            modulus = _of_mask(right)
            if modulus is not None:
                return replace(expr, args=(self._residue(left, modulus), self.checked(right)))
        if isinstance(expr, Prim) and expr.op in _COMPARED:
            return replace(expr, args=self._compared(*expr.args))
        made = map_children(expr, self.checked)
        if isinstance(expr, Prim) and isinstance(made, Prim) and self._may_be_large(expr):
            return replace(made, op=f"{WHOLE}{expr.op}")
        return made

    def _compared(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Both sides of a comparison. One of them may be too large: rounded, it still is on the same side of any int that is not."""
        if isinstance(left, Prim) and self._may_be_large(left):
            return map_children(left, self.checked), self.checked(right)
        if isinstance(right, Prim) and self._may_be_large(right):
            return self.checked(left), map_children(right, self.checked)
        return self.checked(left), self.checked(right)

    def _may_be_large(self, expr: Prim) -> bool:
        """Whether the result of an operation may be an int beyond 2**53; the answer for sums is that of the docstring above."""
        if Kind.INT not in kinds(expr.type):
            return False
        if id(expr) in self._harmless:
            return False
        match expr.op.removesuffix("="):
            case "*":
                return product(*map(self._bound, expr.args)) > EXACT
            case "+" | "-":
                return all(self._bound(arg) == UNBOUNDED for arg in expr.args)
            case "**":
                return power(self._bound, expr.args) > EXACT
            case "<<":
                return shifted(self._bound, expr.args) > EXACT
            case "int":
                return kinds(expr.args[0].type) >= {Kind.STR} and self._bound(expr.args[0]) >= EXACT
            case _:
                return False

    def _residue(self, expr: Expr, modulus: Expr) -> Expr:
        """Something that leaves the same rest as an expression, with products that stay below the modulus."""
        if not isinstance(expr, Prim) or expr.op not in _PLAIN or not _of_ints(expr):
            return self.checked(expr)
        if expr.op == "*" and not self._may_be_large(expr):
            return self.checked(expr)
        parts = tuple(self._residue(part, modulus) for part in expr.args)
        if expr.op == "*":
            return Prim(op=MULMOD, args=(*parts, modulus), type=INT, span=expr.span)
        large = sum(self._bound(modulus) if _is_reduced(part) else self._bound(part) for part in parts) > EXACT
        changed = any(map(_is_reduced, parts))
        return replace(
            expr, args=parts, op=f"{WHOLE}{expr.op}" if (large and changed) or self._may_be_large(expr) else expr.op
        )


def _squares(suite: Suite) -> frozenset[int]:
    """The products (by identity) that square a variable which nothing but products read.

    They need not be checked: any product with a number that is too large is too large itself, unless it is zero. So the last square of a
    power by squaring, which nobody needs, does no harm.
    """
    multiplied = _only_read_by(suite, _PRODUCTS)
    found = [stmt for stmt in walk_suite(suite) if isinstance(stmt, Assign) and stmt.name in multiplied]
    return frozenset(id(stmt.value) for stmt in found if _squared(stmt.value) == stmt.name)


def _weighed(suite: Suite) -> frozenset[int]:
    """The operations (by identity) whose results nothing reads but comparisons with what is exact: they may be rounded as well."""
    compared = _only_read_by(suite, _COMPARED)
    pairs = [
        e.args for whole in suite_exprs(suite) for e in walk_expr(whole) if isinstance(e, Prim) and e.op in _COMPARED
    ]
    doubtful: set[str] = set()
    for one, other in (*pairs, *((right, left) for left, right in pairs)):
        exact = isinstance(other, Const) or (isinstance(other, Var) and other.name not in compared)
        if isinstance(one, Var) and not exact:
            doubtful.add(one.name)
    compared -= doubtful
    return frozenset(id(s.value) for s in walk_suite(suite) if isinstance(s, Assign) and s.name in compared)


def _only_read_by(suite: Suite, operations: frozenset[str]) -> frozenset[str]:
    """The variables that are read, and only as operands of some operations."""
    found: set[str] = set()
    read = [stmt.params + stmt.results for stmt in walk_suite(suite) if isinstance(stmt, Recursion)]
    elsewhere = {name for names in read for name in names}
    for expr in suite_exprs(suite):
        if isinstance(expr, Var):
            elsewhere.add(expr.name)
        for part in walk_expr(expr):
            into = found if isinstance(part, Prim) and part.op in operations else elsewhere
            into.update(inner.name for inner in children(part) if isinstance(inner, Var))
    return frozenset(found - elsewhere)


def _squared(expr: Expr) -> str:
    """The variable that a product multiplies by itself, or nothing."""
    if not isinstance(expr, Prim) or expr.op not in _PRODUCTS:
        return ""
    left, right = expr.args
    return left.name if isinstance(left, Var) and isinstance(right, Var) and left.name == right.name else ""


def _of_ints(expr: Prim) -> bool:
    return all(kinds(arg.type) and kinds(arg.type) <= INTEGRAL for arg in expr.args)


def _modulus(expr: Expr) -> Expr | None:
    """The divisor of a modulus, if it is a constant or a variable."""
    known = known_int(expr)
    if known is not None:
        return Const(value=known, type=INT, span=expr.span)
    return expr if isinstance(expr, Const | Var) else None


def _of_mask(expr: Expr) -> Expr | None:
    """The modulus that a mask of ones at the right end stands for: `n & 0xFF` is `n % 256`."""
    mask = known_int(expr)
    if mask is None or mask == 0 or mask & (mask + 1):
        return None
    return Const(value=mask + 1, type=INT, span=expr.span)


def _is_reduced(expr: Expr) -> bool:
    return isinstance(expr, Prim) and expr.op == MULMOD
