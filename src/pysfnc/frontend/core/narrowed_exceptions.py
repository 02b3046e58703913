"""Attributes that not all values of a variable have: of an exception or something else, as `last.code` behind `last = None` and a handler with
`last = e`, and of exceptions of which only some classes have it."""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.frontend.blocks.lower_exceptions import exception_has, exception_member
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import is_poison
from pysfnc.frontend.core.lower_values import Value
from pysfnc.ir.exprs import Const, ExcField, Expr, Prim
from pysfnc.ir.hir import Eval, If, Raise
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import JSON_KINDS, STR, ExcT, Kind, Type

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


def attribute_of_some(cx: Context, base: Expr, node: ast.Attribute) -> Value | None:
    """An attribute that some of the classes have which an exception may be of, after the AttributeError of the others; None elsewhere."""
    has = exception_has(cx, base, node.attr, node)
    if has is None or isinstance(has, Const):
        return None
    assert isinstance(has, Prim)
    having = {operand.value for operand in has.args[1:] if isinstance(operand, Const)}
    if {one for name in having for one in cx.project.exceptions.descendants(str(name))} != having:
        return None
    span = cx.span(node)
    held = cx.atom(base, "exception")
    name: Expr = ExcField(exc=held, field_="name", type=STR, span=span)
    for before, after in (("'", ""), ("", f"' object has no attribute '{node.attr}'")):
        text = Const(value=before or after, type=STR, span=span)
        name = lib.binary(cx, "+", text, name, node) if before else lib.binary(cx, "+", name, text, node)
    with cx.capture() as failing:
        cx.emit(Raise(exc=lib.new_exception(cx, "AttributeError", [name], node), span=span))
    cx.emit(If(test=has, then=(), orelse=tuple(failing), span=span))
    return exception_member(cx, replace(held, type=ExcT(frozenset(map(str, having)))), node)
