"""Attributes of what is an exception or something else, as `last.code` behind `last = None` and a handler with `last = e`."""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_core import is_poison
from pysfnc.ir.exprs import Expr
from pysfnc.ir.hir import Eval
from pysfnc.values.types import JSON_KINDS, ExcT, Kind, Type, join_all, kinds, members

_EXCEPTION: Final = frozenset({Kind.EXCEPTION})


def as_exception(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr:
    """The exception, after the AttributeError of a value that is none; any value without such a choice as it is."""
    found: list[Type] = [one for one in members(base.type) if isinstance(one, ExcT)]
    others = [one for one in members(base.type) if not isinstance(one, ExcT)]
    if not found or not others or not all(kinds(one) <= JSON_KINDS for one in others):
        return base
    if any(lib.has_method(one, name) for one in others):
        return base
    held = cx.atom(base, "exception")
    checked = lib.having_kind(cx, held, name, _EXCEPTION, node)
    if is_poison(checked):
        return checked
    cx.emit(Eval(value=checked, span=cx.span(node)))
    return replace(held, type=join_all(found))
