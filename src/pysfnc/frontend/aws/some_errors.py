"""Attributes of errors of AWS where an exception may be something else: `e.response["Error"]["Code"]` behind `except Exception as e`."""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.frontend.aws.integrations import CLIENT_ERROR
from pysfnc.frontend.aws.lower_aws_errors import client_error_attribute
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_project import Project
from pysfnc.frontend.program.model import ClassBinding
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.hir import If, Raise
from pysfnc.values.types import STR, ExcT

OF_ERRORS: Final = frozenset({"response", "operation_name"})
"""Attributes that `ClientError` has, and no other exception that a machine raises."""


def attribute_of_errors(cx: Context, base: Expr, node: ast.Attribute) -> Expr | None:
    """The attribute, after the AttributeError of what is no `ClientError`; None where other classes may have it as well."""
    if is_error_of_aws(cx, base, node.attr, node) is None:
        return None
    held = cx.atom(base, "exception")
    test = is_error_of_aws(cx, held, node.attr, node)
    assert test is not None
    span = cx.span(node)
    with cx.capture() as failing:
        text = lib.type_name(cx, held, node)
        for part in ("'", f"' object has no attribute '{node.attr}'"):
            known = Const(value=part, type=STR, span=span)
            text = lib.binary(cx, "+", known, text, node) if part == "'" else lib.binary(cx, "+", text, known, node)
        cx.emit(Raise(exc=lib.new_exception(cx, "AttributeError", [text], node), span=span))
    cx.emit(If(test=test, then=(), orelse=tuple(failing), span=span))
    errors = frozenset(cx.project.exceptions.descendants(CLIENT_ERROR))
    return client_error_attribute(cx, replace(held, type=ExcT(errors)), node.attr, node)


def is_error_of_aws(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr | None:
    """Whether an exception has one of these attributes, which is whether it is a `ClientError`; None where other classes may have it as well."""
    if not isinstance(base.type, ExcT) or name not in OF_ERRORS or not cx.project.services:
        return None
    errors = frozenset(cx.project.exceptions.descendants(CLIENT_ERROR))
    if (base.type.names is not None and not base.type.names & errors) or _is_said(cx.project, name):
        return None
    return lib.is_instance(cx, base, [CLIENT_ERROR], node)


def _is_said(project: Project, name: str) -> bool:
    """Whether an exception class of the project mentions such an attribute."""
    classes = (
        binding.info.node
        for module in project.model.modules.values()
        for binding in module.names.values()
        if isinstance(binding, ClassBinding) and binding.info.is_exception
    )
    return any(name in _names(part) for node in classes for part in ast.walk(node))


def _names(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.FunctionDef(name=name):
            return (name,)
        case ast.Constant(value=str() as name):  # for `setattr`
            return (name,)
        case _:
            return ()
