"""Conditions of `boto3.dynamodb.conditions` as values: kept in a dict of arguments, `kwargs["FilterExpression"] = Attr("n").lt(3)`.

The machine holds the name of a form that the project knows, and the operands. The name is that of the type as well, so that a value of one such
type is as good as the condition itself, whichever way it came; where there may be several, the machine asks for the name.
"""

from collections.abc import Callable
from dataclasses import replace

from pysfnc.frontend.aws.aws_values import AttributeName, Condition
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.source.span import Span
from pysfnc.values.relations import join_all, members
from pysfnc.values.types import BOOL, INT, STR, OpaqueT, Type

__all__ = ["as_condition", "condition_of", "held_condition", "told_apart"]


def held_condition(cx: Context, condition: Condition, span: Span) -> Expr:
    """A condition as a value."""
    operands: list[Expr] = []

    def numbered(operand: Expr) -> Expr:
        operands.append(operand)
        return Prim(op="condition.part", args=(Const(value=len(operands), type=INT),), type=operand.type)

    form = _with(condition, numbered)
    name = f"the condition {_text(condition)}"
    cx.project.conditions[name] = form
    return Prim(op="condition.held", args=(Const(value=name, type=STR), *operands), type=OpaqueT(name), span=span)


def condition_of(cx: Context, value: Expr) -> Condition | None:
    """The condition that a value is; None for a value that is none, or one of several. The value is cheap to repeat."""
    form = cx.project.conditions.get(value.type.name) if isinstance(value.type, OpaqueT) else None

    def read(operand: Expr) -> Expr:
        assert isinstance(operand, Prim)
        return replace(operand, args=(value, *operand.args), span=value.span)

    return None if form is None else _with(form, read)


def as_condition(cx: Context, value: Value) -> Value:
    """A value that is one condition as that; any other value as it is."""
    return value if isinstance(value, Static) else condition_of(cx, value) or value


def told_apart(cx: Context, value: Expr) -> tuple[Expr, Expr, Expr] | None:
    """Of a value that is one of several conditions: whether it is the first of them, as that one, as one of the others; None for any other value."""
    kinds = members(value.type)
    known: list[Type] = [
        member for member in kinds if isinstance(member, OpaqueT) and member.name in cx.project.conditions
    ]
    if len(kinds) < 2 or len(known) < len(kinds):
        return None
    first, *others = sorted(known, key=str)
    form = Prim(op="condition.part", args=(value, Const(value=0, type=INT)), type=STR)
    is_first = Prim(op="==", args=(form, Const(value=str(first), type=STR)), type=BOOL)
    return is_first, _as(value, first), _as(value, join_all(others))


def _as(value: Expr, type_: Type) -> Expr:
    assert isinstance(value, Var | Prim)
    return replace(value, type=type_)


def _with(condition: Condition, change: Callable[[Expr], Expr]) -> Condition:
    """The condition with other operands; those of a list that is written out count one by one."""

    def changed(part: Condition | AttributeName | Expr) -> Condition | AttributeName | Expr:
        match part:
            case Condition():
                return _with(part, change)
            case AttributeName():
                return part
            case Prim(op="list.make", args=args) if condition.is_in:
                return replace(part, args=tuple(map(change, args)))
        return change(part)

    return replace(condition, parts=tuple(map(changed, condition.parts)))


def _text(part: Condition | AttributeName | Expr) -> str:
    """A text that tells forms apart: attributes, and the types of operands."""
    match part:
        case Condition(template, parts):
            return template.format(*map(_text, parts))
        case AttributeName(name, is_key, is_size):
            return f"{'Key' if is_key else 'Attr'}({name}){'.size()' if is_size else ''}"
        case Prim(op="list.make", args=args):
            return f"[{', '.join(map(_text, args))}]"
    return str(part.type)
