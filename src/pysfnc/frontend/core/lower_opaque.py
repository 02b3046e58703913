"""Objects that are no data in the machine: bytes, and streams of them in answers of AWS.

Both are the text that they hold, so that `resp["Body"].read().decode()` costs nothing. What needs the bytes themselves has no compiled form.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import ARE_BYTES, BYTES, JSON_BYTES, STREAM
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_state import JsonText
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.core.streams import take
from pysfnc.frontend.core.whole import TRACEBACK, obstacle, refuse_text, refuse_whole
from pysfnc.frontend.data.json_texts import json_text
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.values.types import NONE, STR, OpaqueT, Type

_UTF_8: Final = frozenset({"utf-8", "utf8", "UTF-8", "UTF8"})
_METHODS: Final[dict[tuple[Type, str], Type]] = {
    (STREAM, "read"): BYTES,
    (BYTES, "decode"): STR,
    (JSON_BYTES, "decode"): STR,
    (STR, "encode"): BYTES,
}
"""What a method makes of the text of an object, which stays the same."""


def has_opaque_method(type_: Type, name: str) -> bool:
    """Whether the method of a value of this type is one of bytes or streams."""
    return isinstance(type_, OpaqueT) or (type_, name) in _METHODS


def call_opaque(
    cx: Context, receiver: Expr, name: str, args: Sequence[Value], keywords: dict[str, Value], node: ast.AST
) -> Expr:
    """`stream.read()`, `bytes.decode()`, `str.encode()`."""
    if isinstance(receiver.type, OpaqueT) and receiver.type.on_wire:
        return refuse_text(cx, receiver.type.name, node)
    if (receiver.type, name) == (STREAM, "close") and not args and not keywords:
        take(cx, receiver)  # nothing more comes out of it
        return Const(value=None, type=NONE, span=cx.span(node))
    made = _METHODS.get((receiver.type, name))
    if receiver.type == TRACEBACK:
        return refuse_whole(cx, str(obstacle(receiver.type)), node)
    if made is None:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}` of `{receiver.type}` has no compiled form",
            help="write instead: `.read()` of a stream, `.decode()` of bytes, or a `@task` that works on the bytes",
        )
    given = [*args, *(value for key, value in keywords.items() if key == "encoding")]
    extra = made == BYTES and receiver.type == STREAM and given
    if extra or len(given) > 1 or len(given) < len(args) + len(keywords) or not all(map(_is_utf_8, given)):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}` of `{receiver.type}` takes no such arguments in the machine",
            notes=["Step Functions reads bytes as UTF-8, and all of them"],
            help=f"write instead: `.{name}()`",
        )
    if receiver.type == STREAM and take(cx, receiver):
        return cx.error(
            codes.AWS_DIFFERENCE,
            node,
            "the stream was read already, and a second `.read()` gives nothing more",
            notes=["so does one that has another name by now, or is kept in a list or dict: it is read there"],
            help="write instead: one `.read()`, and the variable that holds what it gave",
        )
    if made == BYTES and json_text(cx, receiver) == JsonText.COMPACT:
        made = JSON_BYTES
    if isinstance(receiver, Const):
        return Prim(op="bytes.make", args=(receiver,), type=made, span=cx.span(node))
    return replace(receiver, type=made, span=cx.span(node))


def _is_utf_8(value: Value) -> bool:
    return not isinstance(value, Static) and isinstance(value, Const) and value.value in _UTF_8


def text_of_bytes(value: Expr) -> Expr:
    """The text of bytes, for functions that take both."""
    return replace(value, type=STR) if value.type in ARE_BYTES and not isinstance(value, Const) else value
