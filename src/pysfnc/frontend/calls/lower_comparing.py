"""`functools.cmp_to_key`: what it gives is a key for sorting only, which asks a function about two items."""

import ast
from typing import TypeGuard

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import External, Partial, Static, Value
from pysfnc.ir.exprs import Expr

_NAME = "functools.cmp_to_key"


def make_comparison(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`cmp_to_key(function)`."""
    if len(given.positional) != 1 or given.keywords or not isinstance(given.positional[0], Static):
        return cx.error(codes.TYPE_MISMATCH, node, "`cmp_to_key()` takes one function of two items")
    return Partial(External(_NAME), given.positional, ())


def is_comparison(key: Value) -> TypeGuard[Partial]:
    """Whether a key is made of a function of two items."""
    return isinstance(key, Partial) and key.function == External(_NAME)


def sorted_by_comparison(cx: Context, items: Expr, key: Partial, backwards: Expr, node: ast.expr) -> Expr:
    """A list in the order that the function says."""
    from pysfnc.frontend.calls.lower_own import call_written

    given = Arguments((items, key.positional[0], backwards), (), ())
    return as_data(cx, call_written(cx, "comparing", "sorted_by", given, node), node)
