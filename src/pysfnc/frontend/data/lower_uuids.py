"""`uuid.UUID(text)`: a UUID is its text in the form that `str()` gives of it. What is no UUID raises ValueError as in CPython."""

import ast
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, Opaque, Static, Value
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.types import STR, NeverT

_READ: Final = """
    if given is None:
        raise TypeError("one of the hex, bytes, bytes_le, fields, or int arguments must be given")
    digits = given.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
    if len(digits) != 32:
        raise ValueError("badly formed hexadecimal UUID string")
    for digit in digits:
        if digit not in "0123456789abcdefABCDEF":
            raise ValueError(f"invalid literal for int() with base 16: {digits!r}")
    digits = digits.lower()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
"""
_VERSION: Final = """
    return int(text[14], 16) if text[19] in "89ab" else None
"""


def call_uuid(cx: Context, node: ast.Call) -> Value:
    """`uuid.UUID(text)`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    values = [*given.positional, *(value for name, value in given.keywords if name == "hex")]
    if len(values) != 1 or len(given.positional) + len(given.keywords) != 1 or given.spread is not None:
        return cx.error(codes.UNSUPPORTED_CALL, node, "`UUID()` has a compiled form only with one text")
    if isinstance(values[0], Opaque) and values[0].kind == "uuid":
        return cx.error(
            codes.TYPE_MISMATCH,
            node,
            "`UUID()` of a UUID always raises AttributeError",
            help="write instead: the UUID itself",
        )
    return uuid_of(cx, as_data(cx, values[0], node), node)


def uuid_of(cx: Context, text: Expr, node: ast.expr) -> Value:
    """The UUID that a text says."""
    from pysfnc.frontend.core.synthesis import run_here

    if is_poison(text):
        return text
    made = run_here(cx, _READ, {"given": text, "len": BuiltinFunction("len")}, node)
    if isinstance(made, Static) or is_poison(made) or isinstance(made.type, NeverT):
        return made
    return Opaque("uuid", kept(cx, made, "uuid"), "")


def uuid_attribute(cx: Context, value: Opaque, name: str, node: ast.expr) -> Value | None:
    """An attribute of a UUID that is data; None for any other."""
    from pysfnc.frontend.core.synthesis import run_here

    span = cx.span(node)
    match name:
        case "hex":
            dash, nothing = (Const(value=text, type=STR, span=span) for text in ("-", ""))
            return lib.method(cx, "replace", value.value, [dash, nothing], {}, node)
        case "urn":
            return lib.binary(cx, "+", Const(value="urn:uuid:", type=STR, span=span), value.value, node)
        case "version":
            return run_here(cx, _VERSION, {"text": value.value, "int": BuiltinFunction("int")}, node)
        case _:
            return None


def compared_uuids(first: Value, second: Value) -> tuple[Value, Value]:
    """Two UUIDs as texts that compare as they do; anything else as it is."""
    if isinstance(first, Opaque) and isinstance(second, Opaque) and first.kind == second.kind == "uuid":
        return first.value, second.value
    return first, second
