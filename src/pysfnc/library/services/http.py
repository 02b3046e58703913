"""Answers of HTTP Tasks: what `http.Response` shows of them. Made by the compiler.

Facts: "Call HTTPS APIs in Step Functions workflows" of the AWS guide: `StatusCode`, `Headers` (a list of values for each name) and
`ResponseBody`, which is the value of JSON and the text of anything else.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Binary, Field, Func, IfElse, Object, Tree
from pysfnc.library.rows.make import call, text, type_of
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import refs
from pysfnc.values.types import Type

STATUS: Final = "http.status"
HEADERS: Final = "http.headers"
BODY: Final = "http.body"
JSON_BODY: Final = "http.json"


def _body(args: Sequence[Arg], _type: Type) -> Tree:
    body = Field(args[0].tree, "ResponseBody")
    return IfElse(call("exists", body), body, text(""))


def _headers(args: Sequence[Arg], _type: Type) -> Tree:
    values, name = refs("py_v py_k")
    pair = Object(((call("lowercase", name), call("join", values, text(", "))),))
    return call("merge", call("each", Field(args[0].tree, "Headers"), Func(("py_v", "py_k"), pair)))


def _is_json(args: Sequence[Arg], type_: Type) -> Sequence[Check]:
    ok = Binary("!=", type_of(_body(args, type_)), text("string"))
    return (Check(ok, "ValueError", text("the response is no JSON")),)


register_prim(PrimRow(op=STATUS, lower=lambda args, _: Field(args[0].tree, "StatusCode")))
register_prim(PrimRow(op=HEADERS, lower=_headers))
register_prim(PrimRow(op=BODY, lower=_body))
register_prim(PrimRow(op=JSON_BODY, lower=lambda args, _: Field(args[0].tree, "ResponseBody"), checks=_is_json))
