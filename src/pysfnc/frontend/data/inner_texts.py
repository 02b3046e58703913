"""Texts of values that hold objects whose text is made by code of their class: lists of them, dicts, tuples, fields, and None instead of one.

Such a text is put together by Python code that is written in place, so that the code of the class is found where it always is.
"""

import ast
from collections.abc import Mapping
from typing import Final

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import BuiltinFunction, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Expr
from pysfnc.library.rows.typenames import parts_of
from pysfnc.values.relations import members, without_kinds
from pysfnc.values.types import (
    NONE,
    DictT,
    Kind,
    LazyDictT,
    ListT,
    MapT,
    RecordT,
    TiedDictT,
    TuplesT,
    TupleT,
    Type,
    UnionT,
)

_BUILTINS: Final[Mapping[str, Value]] = {name: BuiltinFunction(name) for name in ("repr", "str", "len")}


def inner_text(cx: Context, value: Expr, name: str, node: ast.AST) -> Expr | None:
    """`repr(value)`, or `str(value)`, of a value that holds or may be such an object; None for any other value, and such an object alone."""
    body = _body(value.type, name) if _holds_own(value.type) else None
    if body is None or not isinstance(node, ast.expr):
        return None
    return as_data(cx, run_here(cx, f"return {body}", {"x": value, **_BUILTINS}, node), node)


def _holds_own(type_: Type) -> bool:
    """Whether the text of something in a value is made by code of its class. Objects that hold objects of their own class are not looked into."""
    return any(
        (isinstance(member, RecordT) and member.cls.shown == "own")
        or (isinstance(member, TupleT) and member.named is not None and member.named.shown == "own")
        or (not _is_tied(member) and any(map(_holds_own, parts_of(member))))
        for member in members(type_)
    )


def _is_tied(type_: Type) -> bool:
    return isinstance(type_, LazyDictT) or (isinstance(type_, RecordT) and isinstance(type_.attributes, TiedDictT))


def _body(type_: Type, name: str) -> str | None:
    """The text of `x` as an expression of Python."""
    match type_:
        case UnionT() if NONE in type_.members and all(_is_object(m) for m in members(without_kinds(type_, _NONE))):
            return f"{name}(x) if x is None else {name}(x)"
        case ListT():
            return "'[' + ', '.join([repr(i) for i in x]) + ']'"
        case TuplesT():
            return "'(' + ', '.join([repr(i) for i in x]) + (',)' if len(x) == 1 else ')')"
        case TupleT(items, None) if items:
            parts = " + ', ' + ".join(f"repr(x[{index}])" for index in range(len(items)))
            return f"'(' + {parts} + '{',)' if len(items) == 1 else ')'}'"
        case DictT() | MapT("dict") if not isinstance(type_, LazyDictT):
            return "'{' + ', '.join([repr(k) + ': ' + repr(v) for k, v in x.items()]) + '}'"
        case RecordT(cls) | TupleT(_, cls) if cls is not None and cls.shown == "fields" and not _is_tied(type_):
            parts = " + ', ' + ".join(f"'{f.name}=' + repr(x.{f.name})" for f in cls.fields if f.shown)
            return f"'{cls.name}(' + {parts or repr('')} + ')'"
        case _:
            return None


_NONE: Final = frozenset({Kind.NONE})


def _is_object(type_: Type) -> bool:
    return isinstance(type_, RecordT) or (isinstance(type_, TupleT) and type_.named is not None)
