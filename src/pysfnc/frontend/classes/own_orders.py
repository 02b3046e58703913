"""Sums, extremes and order of lists of objects whose class has operators of its own: each asks the methods as CPython does."""

import ast
from collections.abc import Sequence
from typing import Final

from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_own import call_written
from pysfnc.frontend.classes.own_operators import method_of_type
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Closure, ExceptionClass, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.types import INT, NEVER, STR, ListT, RecordT

_BEFORE: Final = "lambda one, other: -1 if one < other else 0"
_EXTREME: Final = """
    if not items:
        {empty}
    found = items[0]
    for item in items[1:]:
        if item {sign} found:
            found = item
    return found
"""


_SUM: Final = "for item in items:\n    total = total + item\nreturn total"
_SUM_FROM_ZERO: Final = """
    if not items:
        return 0
    total = 0 + items[0]
    for item in items[1:]:
        total = total + item
    return total
"""
"""Where `__radd__` of the objects gets the 0 of `sum(items)` once, and it is known what it gets."""


def adds_itself(cx: Context, items: Expr) -> bool:
    """Whether the items of a list have a `+` of their own."""
    of = lib.item_type(items.type)
    return any(method_of_type(cx, of, name) is not None for name in ("__add__", "__radd__"))


def sum_own(cx: Context, items: Expr, start: Sequence[Expr], node: ast.expr) -> Value:
    """`sum(items)` or `sum(items, start)` by what the items say of `+`."""
    if not start and method_of_type(cx, lib.item_type(items.type), "__radd__") is not None:
        return run_here(cx, _SUM_FROM_ZERO, {"items": items}, node)
    total = start[0] if start else Const(value=0, type=INT, span=cx.span(node))
    return run_here(cx, _SUM, {"items": items, "total": total}, node)


def sort_own(cx: Context, items: Expr, backwards: Expr, node: ast.expr) -> Expr | None:
    """The items in the order of their `__lt__`; None where they have none."""
    if method_of_type(cx, lib.item_type(items.type), "__lt__") is None:
        return None
    before = ast.parse(_BEFORE, mode="eval").body
    assert isinstance(before, ast.Lambda)
    for part in ast.walk(before):
        if hasattr(part, "lineno"):
            ast.copy_location(part, node)
    given = Arguments((items, Closure(before, cx.frame, "<lambda>", ()), backwards), (), ())
    return as_data(cx, call_written(cx, "comparing", "sorted_by", given, node), node)


def extreme_own(cx: Context, name: str, args: Sequence[Expr], default: Value | None, node: ast.expr) -> Expr | None:
    """`min` and `max` of a list or of arguments by what the items say of `<` and `>`; None where their class says nothing."""
    of = args[0].type if len(args) > 1 else args[0].type.item if isinstance(args[0].type, ListT) else NEVER
    is_ranked = isinstance(of, RecordT) and of.cls.ranked
    if not is_ranked and all(method_of_type(cx, of, method) is None for method in ("__lt__", "__gt__")):
        return None
    items = args[0] if len(args) == 1 else cx.atom(lib.make_list(cx, args, node))
    empty = "return default" if default is not None else "raise ValueError(message)"
    body = _EXTREME.format(empty=empty, sign="<" if name == "min" else ">")
    message = Const(value=f"{name}() arg is an empty sequence", type=STR, span=cx.span(node))
    last: dict[str, Value] = {"default": default} if default is not None else {"message": message}
    return as_data(
        cx,
        run_here(cx, body, {"items": items, **last, "ValueError": ExceptionClass("ValueError", None, "plain")}, node),
        node,
    )
