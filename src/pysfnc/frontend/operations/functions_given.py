"""Functions as arguments of builtins and methods of data, which have a compiled form only where the function is kept or asked for."""

import ast
from collections.abc import Iterable
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Expr
from pysfnc.values.relations import members
from pysfnc.values.types import OpaqueT

_KEEPING: Final = frozenset({"append", "appendleft", "extend", "get", "insert", "pop", "setdefault", "update"})
_ASKING: Final = frozenset({"bool", "callable", "isinstance", "print", "type"})


def refused_function(cx: Context, name: str, args: Iterable[Expr], node: ast.AST) -> Expr | None:
    """The error for an argument that may be a function; None where there is none, or the function is kept or asked for."""
    if name in _KEEPING | _ASKING:
        return None
    found = next((one for arg in args for one in members(arg.type) if isinstance(one, OpaqueT) and one.code), None)
    if found is None:
        return None
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"{found} cannot be an argument of `{name}()` here",
        help="write instead: a loop that calls the function",
    )
