"""Answers of `pysfnc.http`: their attributes, and `json()`."""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Value
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.library.services.http import BODY, HEADERS, JSON_BODY, STATUS
from pysfnc.values.types import BOOL, INT, JSON, NONE, STR, DictT, Kind, OpaqueT

RESPONSE: Final = OpaqueT("Response")


def response_attribute(cx: Context, base: Expr, node: ast.Attribute) -> Value:
    """`status_code`, `headers` and `text` of an answer."""
    span = cx.span(node)
    if node.attr == "status_code":
        return Prim(op=STATUS, args=(base,), type=INT, span=span)
    if node.attr == "headers":
        return Prim(op=HEADERS, args=(base,), type=DictT(STR), span=span)
    if node.attr == "text":
        return _body_text(cx, base, node)
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"an answer has no attribute `{node.attr}`",
        notes=["it has `status_code`, `headers`, `text` and `json()`"],
    )


def _body_text(cx: Context, base: Expr, node: ast.Attribute) -> Expr:
    span = cx.span(node)
    name = cx.names.fresh("body")
    body = Var(name=name, type=JSON, span=span)
    none = Const(value=None, type=NONE, span=span)
    separators = (Const(value=",", type=STR), Const(value=":", type=STR))
    no = Const(value=False, type=BOOL)
    options = (none, *separators, no, no)
    as_json = Prim(op="json.dumps", args=(body, *options), type=STR, span=span)
    test = lib.has_kind(cx, body, frozenset({Kind.STR}), node)
    shown = Cond(test=test, then=replace(body, type=STR), orelse=as_json, type=STR, span=span)
    value = Prim(op=BODY, args=(base,), type=JSON, span=span)
    return Let(name=name, value=value, body=shown, type=STR, span=span)


def call_response(cx: Context, base: Expr, name: str, given: Arguments, node: ast.Call) -> Value:
    """`answer.json()`."""
    if name != "json" or given.keywords or len(given.positional) > 1:
        return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}` of an answer has no such form; it has `json()`")
    return Prim(op=JSON_BODY, args=(base,), type=JSON, span=cx.span(node))
