"""Operands that may be an object whose class has a method of its own for the operation, or something else: the class decides when the machine runs.

before              after
total + item        if isinstance(total, Money): total + item     (by `Money.__add__`)
                    else: total + item                           (of what else it may be)
"""

import ast
from collections.abc import Iterable, Mapping

from pysfnc.frontend.classes.lower_objects import is_object, record_of_type
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import BuiltinFunction, ProjectClass, Value
from pysfnc.frontend.declarations.records import Record
from pysfnc.ir.exprs import Expr
from pysfnc.values.relations import members
from pysfnc.values.types import Type


def split_by_class(
    cx: Context, expression: str, values: Mapping[str, Expr], special: Iterable[str], node: ast.AST, deciding: str = ""
) -> Expr | None:
    """The value of `expression` over the `values`, by the class of one that may be of several; None where each is of one class, or of none with
    one of the `special` methods. `deciding`: the only one whose class is asked."""
    names = frozenset(special)
    for name, value in values.items():
        records = _classes(cx, value.type, names) if deciding in ("", name) else []
        if records:
            from pysfnc.frontend.core.synthesis import run_here

            tests = [f"if isinstance({name}, C{i}):\n    return {expression}" for i in range(len(records))]
            known: dict[str, Value] = {f"C{i}": ProjectClass(record.info) for i, record in enumerate(records)}
            known |= {
                builtin: BuiltinFunction(builtin)
                for builtin in ("bool", "format", "str", "repr", "list", "abs", "float", "int", "len")
            }
            body = "\n".join([*tests, f"return {expression}"])
            at = node if isinstance(node, ast.expr) else ast.copy_location(ast.Constant(None), node)
            return as_data(cx, run_here(cx, body, {**values, **known}, at), node)
    return None


def _classes(cx: Context, type_: Type, special: frozenset[str]) -> list[Record]:
    """The classes of the objects among several types, those that are derived from others first; none where no method is concerned."""
    found = members(type_)
    records = [record for one in found if is_object(one) and (record := record_of_type(cx, one)) is not None]
    if len(found) < 2 or not any(
        member.kind == "method" for record in records for name in special if (member := record.members.get(name))
    ):
        return []
    return sorted(records, key=lambda record: -len(record.order))
