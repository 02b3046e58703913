"""What a NamedTuple class has besides its constructor: `_make`, `_fields`, `_field_defaults`."""

import ast
from collections.abc import Callable, Mapping
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import is_poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, Intrinsic, ProjectClass, Value
from pysfnc.frontend.declarations.records import Record
from pysfnc.library.rows.make import const


def _make(_: Context, record: Record, __: ast.expr) -> Value:
    """`P._make(items)`, as a function."""

    def make(cx: Context, args: tuple[Value, ...], node: ast.expr) -> Value:
        from pysfnc.frontend.core.synthesis import run_here

        if len(args) != 1:
            return cx.error(codes.TYPE_MISMATCH, node, "`_make()` takes one iterable")
        items = lib.items_of(cx, args[0], node)
        if is_poison(items):
            return poison(cx.span(node))
        count = len(record.fields)
        body = (
            f"if len(items) != {count}:\n"
            f"    raise TypeError(f'Expected {count} arguments, got {{len(items)}}')\n"
            f"return cls({', '.join(f'items[{index}]' for index in range(count))})"
        )
        values: dict[str, Value] = {"items": cx.atom(items, "items"), "cls": ProjectClass(record.info)}
        values |= {"len": BuiltinFunction("len"), "TypeError": ExceptionClass("TypeError", None, "plain")}
        return run_here(cx, body, values, node)

    return Intrinsic(make)


def _fields(cx: Context, record: Record, node: ast.expr) -> Value:
    return lib.make_tuple(cx, [const(field.name) for field in record.fields], node)


def _defaults(cx: Context, record: Record, node: ast.expr) -> Value:
    from pysfnc.frontend.classes.lower_classes import default_of

    found = [(const(field.name), default_of(cx, field, node)) for field in record.fields if field.has_default]
    return lib.make_dict(cx, found, node)


TUPLE_ATTRIBUTES: Final[Mapping[str, Callable[[Context, Record, ast.expr], Value]]] = {
    "_make": _make,
    "_fields": _fields,
    "_field_defaults": _defaults,
}
"""Attributes of a NamedTuple class."""
