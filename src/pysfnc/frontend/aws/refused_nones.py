"""Arguments of AWS that may be None: botocore refuses None before the call, and so does the machine, with the same exception.

Owns the text of `ParamValidationError`, as far as it is about None. Only parameters of the call itself are asked; inside of them a None that may
be is a message.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.aws.services import Operation
from pysfnc.aws.shapes import Member, Shape
from pysfnc.frontend.calls.lower_arguments import Arguments, evaluated
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Intrinsic, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Const, Expr, NewExc, Prim, Var
from pysfnc.lean import dataclass
from pysfnc.values.relations import kinds, without_kinds
from pysfnc.values.types import STR, ExcT, Kind, NoneT

__all__ = ["without_nones"]

_ERROR: Final = "ParamValidationError"
_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "structure": ("dict",),
    "map": ("dict",),
    "list": ("list", "tuple"),
    "string": ("str",),
    "integer": ("int",),
    "float": ("float", "decimal.Decimal", "int"),
    "boolean": ("bool",),
    "timestamp": ("datetime.datetime", "timestamp-string"),
}
"""What botocore says that it takes (`botocore.validate`), by the kind of a shape."""
_OWN_CHECKS: Final = frozenset({("s3", "Bucket"), ("s3control", "Bucket"), ("s3", "CopySource")})
"""Parameters that boto3 looks at before it checks their types, so that None ends in another exception."""


@dataclass(frozen=True, slots=True)
class _Fault:
    value: Expr
    text: str


def without_nones(cx: Context, operation: Operation, given: Arguments, node: ast.expr) -> Arguments:
    """The arguments after the exception for those that are None; of the type that they have without it."""
    shape = operation.input
    if shape is None or not any(_asked(shape, operation.parameter(name), value) for name, value in given.keywords):
        return given
    given = evaluated(cx, given)
    faults: list[_Fault] = []
    keywords: list[tuple[str, Value]] = []
    for name, value in given.keywords:
        member = _asked(shape, operation.parameter(name), value)
        if member is not None and isinstance(value, Var | Prim):
            faults.append(_Fault(value, _text(member)))
            value = replace(value, type=without_kinds(value.type, frozenset({Kind.NONE})))
        keywords.append((name, value))
    _check(cx, faults, node)
    return replace(given, keywords=tuple(keywords))


def _asked(shape: Shape, name: str, value: Value) -> Member | None:
    """The member whose value may be None and something else, where the machine asks for it."""
    member = shape.members.get(name)
    if member is None or member.json_value or member.shape.kind not in _TYPES or isinstance(value, Static):
        return None
    if Kind.NONE not in kinds(value.type) or isinstance(value.type, NoneT) or len(kinds(value.type)) > _MOST_KINDS:
        return None
    return None if (shape.service, name) in _OWN_CHECKS else member


_MOST_KINDS: Final = 3
"""A value that may be of more kinds is any JSON, which nobody asks for its type (LIM-43)."""


def _text(member: Member) -> str:
    types = ", ".join(name if name == "timestamp-string" else f"<class '{name}'>" for name in _TYPES[member.shape.kind])
    return f"Invalid type for parameter {member.name}, value: None, type: <class 'NoneType'>, valid types: {types}"


def _check(cx: Context, faults: Sequence[_Fault], node: ast.expr) -> None:
    values: dict[str, Value] = {"refused": Intrinsic(_refused)}
    pairs: list[str] = []
    for number, fault in enumerate(faults):
        values[f"value{number}"] = fault.value
        pairs.append(f"({fault.text!r}, value{number} is None)")
    if len(faults) == 1:
        body = f"if value0 is None:\n    raise refused({faults[0].text!r})"
    else:
        body = f"texts = [text for text, is_none in [{', '.join(pairs)}] if is_none]\n"
        body += "if texts:\n    raise refused('\\n'.join(texts))"
    run_here(cx, body, values, node)


def _refused(cx: Context, args: tuple[Value, ...], node: ast.AST) -> Value:
    before = Const(value="Parameter validation failed:\n", type=STR, span=cx.span(node))
    text = lib.join_text(cx, [before, as_data(cx, args[0], node)], node)
    name = Const(value=_ERROR, type=STR)
    return NewExc(name=name, message=text, args=(text,), type=ExcT(frozenset({_ERROR})), span=cx.span(node))
