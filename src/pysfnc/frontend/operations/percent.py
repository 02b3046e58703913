"""The values of `template % values` that are more than JSON: decimals, dates, objects, each as what the template shows of it."""

import ast

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.whole import text_held
from pysfnc.frontend.data.decimal_operations import is_decimal
from pysfnc.frontend.operations.calls import call
from pysfnc.frontend.operations.displays import make_tuple
from pysfnc.frontend.operations.texts import to_repr, to_str
from pysfnc.ir.exprs import Expr, Prim
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.library.text.printf import shown_as
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import Kind, RecordT, TupleT, Type

_READ = {**dict.fromkeys("diu", "int"), **dict.fromkeys("eEfFgG", "float")}
"""What CPython makes of a `Decimal` first, for each letter."""


def shown_values(cx: Context, template: str, right: Expr, node: ast.AST) -> Expr:
    """The values that a template shows: the texts of those that are more than JSON, which `str` and `repr` know."""
    letters = shown_as(template)
    is_display = isinstance(right, Prim) and right.op == "list.make" and isinstance(right.type, TupleT)
    if isinstance(right, Prim) and is_display and len(right.args) == len(letters):
        values = right.args
    elif len(letters) == 1 and Kind.TUPLE not in kinds(right.type):
        values = (right,)
    else:
        return right
    if not any(_is_more_than_json(value.type) for value in values):
        return right
    made = [_shown_value(cx, letter, cx.atom(value), node) for letter, value in zip(letters, values, strict=True)]
    return make_tuple(cx, made, node) if is_display else made[0]


def _shown_value(cx: Context, letter: str, value: Expr, node: ast.AST) -> Expr:
    if not _is_more_than_json(value.type):
        return value
    if letter in "sr":
        return to_str(cx, value, node) if letter == "s" else to_repr(cx, value, node)
    is_read = letter in _READ and (is_decimal(value.type) or value.type == NUMBER)
    return call(cx, _READ[letter], [value], {}, node) if is_read else value


def _is_more_than_json(type_: Type) -> bool:
    return text_held(type_, keyed=False) is not None or any(isinstance(one, RecordT) for one in members(type_))
