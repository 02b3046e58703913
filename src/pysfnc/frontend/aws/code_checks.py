"""Codes of errors of AWS that a machine never sees, looked for by way of a variable: `code = e.response["Error"]["Code"]`, `code == "Throttling"`.

What is asked of the code itself is looked at where it is lowered (`lower_aws_errors`); where it went through variables, here, when all of a
machine is known.
"""

from collections.abc import Iterator
from typing import Final

from pysfnc.frontend.aws.lower_aws_errors import check_code
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.ir.hir import Assign, Suite
from pysfnc.ir.walk import suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.lean import dataclass
from pysfnc.library.services.aws_errors import ERROR
from pysfnc.values.relations import members

__all__ = ["check_codes"]

_ASKS: Final = frozenset({"==", "!=", "in", "not in", "str.startswith", "str.endswith"})
_READS: Final = frozenset({"item", "dict.get"})


def check_codes(cx: Context, body: Suite) -> None:
    """Report what is asked of variables that hold codes, and holds of no code."""
    exprs = [part for expr in suite_exprs(body) for part in walk_expr(expr)]
    assigned = [(stmt.name, stmt.value) for stmt in walk_suite(body) if isinstance(stmt, Assign)]
    assigned += [(part.name, part.value) for part in exprs if isinstance(part, Let)]
    codes = _Codes(_holding(assigned), dict(assigned))
    seen: set[object] = set()
    for part in exprs:
        if not isinstance(part, Prim) or part.op not in _ASKS or part.span is None or part.span in seen:
            continue
        if any(codes.is_code(arg) for arg in part.args):
            seen.add(part.span)
            check_code(cx, part.op, codes.shown(part.args), part.span)


@dataclass(frozen=True, slots=True)
class _Codes:
    """Which expressions are codes. `holding`: the variables that may hold one; `assigned`: what variables hold, for the texts in it."""

    holding: frozenset[str]
    assigned: dict[str, Expr]

    def is_code(self, value: Expr) -> bool:
        if isinstance(value, Var):
            return value.name in self.holding
        if not isinstance(value, Prim):
            return False
        return value.op == "aws.code" or (value.op in _READS and _is_of_error(value))

    def shown(self, args: tuple[Expr, ...]) -> list[Expr]:
        """The operands, with codes as such, and the texts that variables hold."""
        code = Prim(op="aws.code", args=(), type=ERROR)
        return [code if self.is_code(arg) else self._value(arg) for arg in args]

    def _value(self, arg: Expr) -> Expr:
        return self.assigned.get(arg.name, arg) if isinstance(arg, Var) else arg


def _is_of_error(value: Prim) -> bool:
    """`error["Code"]` and `error.get("Code")` of the `Error` of a response."""
    of, key = value.args[:2]
    return isinstance(key, Const) and key.value == "Code" and ERROR in members(of.type)


def _holding(assigned: list[tuple[str, Expr]]) -> frozenset[str]:
    """The variables that may hold a code."""
    found: frozenset[str] = frozenset()
    while True:
        codes = _Codes(found, {})
        more = frozenset(name for name, value in assigned if any(map(codes.is_code, _ends(value))))
        if more <= found:
            return found
        found |= more


def _ends(value: Expr) -> Iterator[Expr]:
    """What the value is, on each way."""
    match value:
        case Cond(then=then, orelse=orelse):
            yield from _ends(then)
            yield from _ends(orelse)
        case Let(body=body):
            yield from _ends(body)
        case _:
            yield value
