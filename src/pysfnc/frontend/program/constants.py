"""Constant expressions: their value without running the program, and that value as an expression of the IR.

For the options of decorators and for defaults of parameters. Computes with Python's own operators, on values that the source text
writes out and module constants of such, within bounds. Ordinary reads of constants in function bodies are lowered like any expression.
"""

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import field
from typing import Any, Final

from pysfnc.frontend.program.model import ConstantBinding, ModuleInfo, ProjectModel, UnsupportedBinding
from pysfnc.frontend.program.names import resolve
from pysfnc.frontend.program.parse import first_too_deep
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.lean import dataclass
from pysfnc.source import Span
from pysfnc.values.relations import dict_of, join_all
from pysfnc.values.types import BOOL, FLOAT, INT, NEVER, NONE, STR, DictField, ListT, TupleT, Type

Value = Any
"""None, bool, int, float, str, and list, tuple, dict of such."""

_MAX_SIZE: Final = 100_000
_MAX_INTEGER: Final = 2**53


class NotConstant(Exception):
    """An expression whose value the source text does not tell. `node` stands in `module`; `reason` completes "... because"."""

    def __init__(self, module: ModuleInfo, node: ast.AST, reason: str) -> None:
        super().__init__(reason)
        self.module = module
        self.node = node
        self.reason = reason


def constant_value(model: ProjectModel, module: ModuleInfo, node: ast.expr) -> Value:
    """The value of an expression written at the top level of `module`; raises `NotConstant`."""
    try:
        return _Evaluator(model).value(module, node)
    except RecursionError:
        raise NotConstant(module, node, "it is nested too deep") from None


@dataclass(slots=True)
class _Evaluator:
    """Evaluates one constant expression, within a number of steps."""

    model: ProjectModel
    steps: int = 0
    reading: list[ast.expr] = field(default_factory=list)

    def value(self, module: ModuleInfo, node: ast.expr) -> Value:
        """The value of a whole expression: the first one, or that of a constant it names."""
        too_deep = first_too_deep(node)
        if too_deep is not None:
            raise NotConstant(module, too_deep, "it is nested too deep")
        self.reading.append(node)
        found = self._value(module, node)
        self.reading.pop()
        return found

    def _value(self, module: ModuleInfo, node: ast.expr) -> Value:
        self.steps += 1
        if self.steps > _MAX_SIZE:
            raise NotConstant(module, node, "it has too many parts")
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str() as value):
                return value
            case ast.Tuple(elts=items):
                return tuple(self._items(module, items))
            case ast.List(elts=items):
                return self._items(module, items)
            case ast.Dict():
                return self._dict(module, node)
            case ast.UnaryOp(op=op, operand=operand):
                return self._computed(module, node, _UNARY.get(type(op)), operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self._computed(module, node, _BINARY.get(type(op)), left, right)
            case ast.Name() | ast.Attribute():
                return self._named(module, node)
            case _:
                raise NotConstant(module, node, "it is computed when the program runs")

    def _items(self, module: ModuleInfo, items: list[ast.expr]) -> list[Value]:
        found: list[Value] = []
        for item in items:
            if isinstance(item, ast.Starred):
                more = self._value(module, item.value)
                if not isinstance(more, list | tuple):
                    raise NotConstant(module, item, "only lists and tuples can be spread here")
                found.extend(more)
            else:
                found.append(self._value(module, item))
        return found

    def _dict(self, module: ModuleInfo, node: ast.Dict) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self._value(module, value_node)
            if key_node is None:
                if not isinstance(value, dict):
                    raise NotConstant(module, value_node, "only dicts can be spread here")
                found.update(value)
                continue
            key = self._value(module, key_node)
            if not isinstance(key, str):
                raise NotConstant(module, key_node, "keys of a dict must be str")
            found[key] = value
        return found

    def _computed(
        self, module: ModuleInfo, node: ast.expr, compute: Callable[..., Value] | None, *operands: ast.expr
    ) -> Value:
        values = [self._value(module, operand) for operand in operands]
        if compute is None or _is_large(compute, values):
            raise NotConstant(module, node, "it is computed when the program runs")
        try:
            result = compute(*values)
        except Exception as error:
            raise NotConstant(module, node, f"it raises {type(error).__name__}: {error}") from None
        if not isinstance(result, None | bool | int | float | str | list | tuple | dict):
            raise NotConstant(module, node, f"it is {type(result).__name__}")
        return result

    def _named(self, module: ModuleInfo, node: ast.Name | ast.Attribute) -> Value:
        match resolve(self.model, module, node):
            case ConstantBinding(home, value):
                if value in self.reading:
                    raise NotConstant(module, node, "it leads back to itself")
                return self.value(home, value)
            case UnsupportedBinding(reason):
                raise NotConstant(module, node, reason)
            case None:
                raise NotConstant(module, node, f"`{ast.unparse(node)}` is not known here")
            case _:
                raise NotConstant(module, node, f"`{ast.unparse(node)}` is not a constant of the project")


def expr_of(value: Value, span: Span | None = None) -> Expr:
    """A value as an expression; raises `ValueError` (why it has no form) for what a machine cannot hold."""
    match value:
        case None:
            return Const(value=None, type=NONE, span=span)
        case bool():
            return Const(value=value, type=BOOL, span=span)
        case int():
            if abs(value) > _MAX_INTEGER:
                raise ValueError("it is an integer beyond 2**53")
            return Const(value=value, type=INT, span=span)
        case float():
            if not math.isfinite(value):
                raise ValueError(f"it is {value}, which JSON cannot hold")
            return Const(value=value, type=FLOAT, span=span)
        case str():
            return Const(value=value, type=STR, span=span)
        case list():
            items = tuple(expr_of(item, span) for item in value)
            return Prim(op="list.make", args=items, type=ListT(_joined(items)), span=span)
        case tuple():
            items = tuple(expr_of(item, span) for item in value)
            return Prim(op="list.make", args=items, type=TupleT(tuple(item.type for item in items)), span=span)
        case dict():
            pairs = tuple(expr_of(part, span) for pair in value.items() for part in pair)
            fields = [DictField(str(name), item.type) for name, item in zip(value, pairs[1::2], strict=True)]
            return Prim(op="dict.make", args=pairs, type=dict_of(fields, NEVER), span=span)
        case _:
            raise ValueError(f"it is {type(value).__name__}")


def _joined(items: tuple[Expr, ...]) -> Type:
    return join_all([item.type for item in items])


def _is_large(compute: Callable[..., Value], values: list[Value]) -> bool:
    """Whether computing with these values could take long or need much memory."""
    if compute is operator.pow:
        limits = zip(values, (2**53, 1000), strict=True)
        return not all(isinstance(value, int | float) and abs(value) <= limit for value, limit in limits)
    if compute is operator.mod and isinstance(values[0], str):
        return True
    sizes = [len(value) for value in values if isinstance(value, str | list | tuple | dict)]
    counts = [abs(value) for value in values if isinstance(value, int)]
    return max(counts, default=0) > 2**64 or max(sizes, default=0) * max(counts, default=1) > _MAX_SIZE


_UNARY: Final[dict[type[ast.unaryop], Callable[[Value], Value]]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_BINARY: Final[dict[type[ast.operator], Callable[[Value, Value], Value]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitOr: operator.or_,
}
