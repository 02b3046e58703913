"""Exception objects: what may be raised, and calls of exception classes.

Owns the rules which classes a machine can raise. How `str()` and `args` follow from the arguments is `library`.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.blocks.lower_exceptions import has_code, made_by_class
from pysfnc.frontend.calls.lower_arguments import NO_ARGUMENTS, Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import ExceptionClass, Value
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.hir import If, Raise
from pysfnc.ir.outcomes import GROUP, exception_group
from pysfnc.values.relations import kinds, members, without_kinds
from pysfnc.values.types import NONE, STR, ErrorT, ExcT, Kind, ListT, NeverT, NoneT


def raisable(cx: Context, node: ast.expr) -> Expr:
    """The exception object that `raise` gets: an instance, or a class that is called without arguments."""
    value = lower_value(cx, node)
    if isinstance(value, ExceptionClass):
        return as_data(cx, new_exception(cx, value, NO_ARGUMENTS, node), node)
    data = as_data(cx, value, node)
    if isinstance(data.type, ExcT | ErrorT | NeverT):
        return data
    if all(isinstance(one, ExcT | NoneT) for one in members(data.type)) and Kind.EXCEPTION in kinds(data.type):
        return _unless_none(cx, data, node)
    if Kind.EXCEPTION in kinds(data.type):
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            "what is raised may be something else than an exception",
            help="write instead: a test for None before",
        )
    return cx.error(
        codes.TYPE_MISMATCH,
        node,
        f"a value of type `{data.type}` is raised, and exceptions must derive from BaseException",
    )


def _unless_none(cx: Context, value: Expr, node: ast.expr) -> Expr:
    """An exception that may be None, after the TypeError for that."""
    span, held = cx.span(node), cx.atom(value, "error")
    text = lib.text_const("exceptions must derive from BaseException", span)
    nothing = lib.compare(cx, ast.Is(), held, Const(value=None, type=NONE, span=span), node)
    failing = Raise(exc=lib.new_exception(cx, "TypeError", [text], node), span=span)
    cx.emit(If(test=nothing, then=(failing,), orelse=(), span=span))
    if cx.flow.guards:
        cx.flow.may_raise_here()
    return replace(held, type=without_kinds(held.type, frozenset({Kind.NONE})))


def _new_group(cx: Context, args: Sequence[Expr], node: ast.expr) -> Value:
    """`ExceptionGroup(message, exceptions)`, after the ValueError for none."""
    if any(map(is_poison, args)):
        return poison(cx.span(node))
    known = len(args) == 2 and args[0].type == STR and isinstance(args[1].type, ListT)
    if not known or not all(isinstance(one, ExcT | NeverT) for one in members(lib.item_type(args[1].type))):
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            node,
            "an `ExceptionGroup` has a compiled form only of a text and a list that is known to hold exceptions",
            help="write instead: `ExceptionGroup(text, errors)` with a list of caught exceptions",
        )
    message, errors = cx.atom(args[0], "text"), cx.atom(args[1], "errors")
    there = lib.truth(cx, errors, node)
    text = lib.text_const("second argument (exceptions) must be a non-empty sequence", cx.span(node))
    failing = Raise(exc=lib.new_exception(cx, "ValueError", [text], node), span=cx.span(node))
    cx.emit(If(test=there, then=(), orelse=(failing,), span=cx.span(node)))
    if cx.flow.guards:
        cx.flow.may_raise_here()
    return replace(exception_group(message, errors), span=cx.span(node))


def new_exception(cx: Context, class_: ExceptionClass, given: Arguments, node: ast.expr) -> Value:
    """`Class(*args)`."""
    ancestors = cx.project.exceptions.ancestors(class_.name)
    if "Exception" not in ancestors:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"`{class_.name}` is no `Exception` and cannot be raised in the machine",
            help="write instead: an exception class derived from `Exception`",
        )
    info = class_.info
    if info is not None and not info.plain_exception:
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            node,
            f"`{class_.name}` cannot be made in the machine: it has {info.own_behaviour or 'code of its own'}",
            labels=[(info.module.span(info.node).head(), "defined here")],
            help="write instead: a class with no special methods but `__init__` and `__str__`",
        )
    cx.check_ambiguous([class_.name], node)
    if info is not None and has_code(cx.project.model, info):
        return made_by_class(cx, info, class_.style, given, node)
    if given.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{class_.name}()` takes no keyword arguments")
    args = [as_data(cx, value, given.node_of(i, node)) for i, value in enumerate(given.positional)]
    if class_.name == "Fail" and info is None:
        if not 1 <= len(args) <= 2:
            return cx.error(codes.TYPE_MISMATCH, node, "`Fail` takes an error name and a cause")
        return lib.new_fail(cx, args, node)
    if class_.name == GROUP and info is None:
        return _new_group(cx, args, node)
    if class_.style == "own" or (class_.style == "os" and len(args) > 1):
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR, node, f"the text of `{class_.name}` with these arguments has no compiled form"
        )
    return lib.new_exception(cx, class_.name, args, node, class_.style)
