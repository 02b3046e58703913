"""`isinstance(value, Decimal)` and other classes of the standard library whose objects are told by the types that the compiler knows."""

import ast
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.frontend.aws.aws_types import ARE_BYTES, MOMENT
from pysfnc.frontend.aws.stored_sets import DECIMAL
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import lower_value
from pysfnc.frontend.core.lower_values import BuiltinFunction, External, Value
from pysfnc.frontend.core.narrow import class_names
from pysfnc.frontend.data.moment_operations import DATE, DATETIME, TIMEDELTA
from pysfnc.ir.exprs import Const, Expr, Logic, Prim
from pysfnc.library.services.stored_values import STORED
from pysfnc.library.services.told_arithmetic import BUILTIN_CLASSES
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import BOOL, STR, Kind, NeverT, SetT, Type

_CLASSES: Final[dict[Value, Callable[[Type], bool]]] = {
    External("decimal.Decimal"): lambda type_: type_ in (NUMBER, DECIMAL),
    External("datetime.datetime"): lambda type_: type_ in (DATETIME, MOMENT),
    External("datetime.date"): lambda type_: type_ in (DATE, DATETIME, MOMENT),
    External("datetime.timedelta"): lambda type_: type_ == TIMEDELTA,
    BuiltinFunction("bytes"): lambda type_: type_ in (*ARE_BYTES, STORED),
    BuiltinFunction("set"): lambda type_: isinstance(type_, SetT) or type_ == STORED,
}
"""The classes, and the types of their objects. Values of JSON are objects of none of them."""


def out_of_item(type_: Type) -> bool:
    """Whether a value may be a number, set or bytes of an item of DynamoDB."""
    return not {NUMBER, STORED}.isdisjoint(members(type_))


def is_of_library(cx: Context, value: Expr, classes: ast.expr, node: ast.expr) -> Expr | None:
    """Whether a value is an object of one of such classes, or of a builtin one; None where that cannot be told."""
    names: list[str] = []
    tests: list[Callable[[Type], bool]] = []
    for element in classes.elts if isinstance(classes, ast.Tuple) else [classes]:
        builtin = class_names(cx, element)
        found = None if builtin else _CLASSES.get(lower_value(cx, element)) if _is_path(element) else None
        if found is not None:
            tests.append(found)
        elif builtin:
            names += builtin
        else:
            return None
    value = cx.atom(value) if names else value
    test = _is_one(cx, value, tests, node)
    if test is None or not names or (isinstance(test, Const) and test.value):
        return test
    other = _is_builtin(cx, value, names, node)
    if other is None:
        return None
    return other if isinstance(test, Const) else Logic(op="or", left=test, right=other, type=BOOL, span=cx.span(node))


def _is_builtin(cx: Context, value: Expr, names: Sequence[str], node: ast.expr) -> Expr | None:
    found = members(value.type)
    if not out_of_item(value.type):
        return lib.is_instance(cx, value, names, node)
    if not set(names) <= BUILTIN_CLASSES or any(kinds(member) & _OTHER_KINDS for member in found):
        return None
    kept = tuple(Const(value=name, type=STR) for name in names)
    return Prim(op="number.of_kind", args=(value, *kept), type=BOOL, span=cx.span(node))


_OTHER_KINDS: Final = frozenset(
    {Kind.TUPLE, Kind.EXCEPTION, Kind.RECORD, Kind.ENUM, Kind.SET, Kind.MAPPING, Kind.DEQUE}
)
"""Kinds that an item does not hold, and whose values have a JSON type of another one in the machine."""


def _is_path(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _is_one(cx: Context, value: Expr, tests: Sequence[Callable[[Type], bool]], node: ast.expr) -> Expr | None:
    found = members(value.type)
    if STORED in found and any(test(STORED) for test in tests):
        return None
    fits = [any(test(member) for test in tests) for member in found]
    if (all(fits) or not any(fits)) and not isinstance(value.type, NeverT):
        return lib.after(cx, value, Const(value=all(fits), type=BOOL, span=cx.span(node)), node)
    if DECIMAL in found:
        cx.project.met_decimals = True
    if [member for member, fit in zip(found, fits, strict=True) if fit] == [NUMBER]:
        return Prim(op="number.is", args=(value,), type=BOOL, span=cx.span(node))
    return None
