"""`Key` and `Attr` of `boto3.dynamodb.conditions`: conditions as values that are known while compiling.

Owns how they are made and joined, and the text with placeholders that boto3 makes of them. The values in them are data of the program.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import field, replace
from typing import Final

from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import AttributeName, Condition
from pysfnc.frontend.aws.condition_values import as_condition
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.lean import dataclass

_PART: Final = re.compile(r"[^.\[\]]+(?![^\[]*\])")
"""The parts of a path that get placeholders, as boto3 finds them."""
_OF_BOTH: Final = {
    "eq": "{0} = {1}",
    "lt": "{0} < {1}",
    "lte": "{0} <= {1}",
    "gt": "{0} > {1}",
    "gte": "{0} >= {1}",
    "begins_with": "begins_with({0}, {1})",
    "between": "{0} BETWEEN {1} AND {2}",
}
_OF_ATTR: Final = {
    "ne": "{0} <> {1}",
    "is_in": "{0} IN {1}",
    "exists": "attribute_exists({0})",
    "not_exists": "attribute_not_exists({0})",
    "contains": "contains({0}, {1})",
    "attribute_type": "attribute_type({0}, {1})",
}


def _naming(is_key: bool) -> Callable[[Context, ast.Call], Value]:
    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node)
        if given is None:
            return poison(cx.span(node))
        name = given.positional[0] if len(given.positional) == 1 and not given.keywords else None
        if not isinstance(name, Const) or not isinstance(name.value, str):
            what = "Key" if is_key else "Attr"
            return cx.error(
                codes.NOT_CONSTANT,
                node,
                f"the attribute of a `{what}` must be known when compiling",
                help=f'write instead: its name as a constant, `{what}("id")`',
            )
        return AttributeName(name.value, is_key)

    return call


CONDITION_CALLS: Final[dict[str, Callable[[Context, ast.Call], Value]]] = {
    "boto3.dynamodb.conditions.Key": _naming(True),
    "boto3.dynamodb.conditions.Attr": _naming(False),
}


def attribute_condition(cx: Context, base: AttributeName, method: str, given: Arguments, node: ast.expr) -> Value:
    """`Key("id").eq(value)` and the like."""
    if method == "size" and not base.is_key and not base.is_size and not (given.positional or given.keywords):
        return AttributeName(base.name, False, is_size=True)
    known = _OF_BOTH if base.is_key or base.is_size else {**_OF_BOTH, **_OF_ATTR}
    template = known.get(method)
    if template is None:
        close = nearest(method, known)
        what = "a size" if base.is_size else "a key" if base.is_key else "an attribute"
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"there is no condition `{method}` of {what}",
            notes=[f"there is `{close}`"] if close else (),
        )
    wanted = template.count("{") - 1
    if given.keywords or given.spread is not None or len(given.positional) != wanted:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{method}` of a condition takes {wanted} values")
    values = [as_data(cx, value, given.node_of(i, node)) for i, value in enumerate(given.positional)]
    if any(map(is_poison, values)):
        return poison(cx.span(node))
    return Condition(template, (base, *(_kept(cx, value) for value in values)), is_in=method == "is_in")


def _kept(cx: Context, value: Expr) -> Expr:
    """The value, evaluated where the condition is made; one that is written out as such, as its items count."""
    if isinstance(value, Prim) and value.op == "list.make":
        return replace(value, args=tuple(kept(cx, arg, "wanted") for arg in value.args))
    return kept(cx, value, "wanted")


def joined_conditions(cx: Context, left: Condition, right: Value, node: ast.BinOp) -> Value:
    """`a & b` and `a | b` of conditions."""
    word = {ast.BitAnd: "AND", ast.BitOr: "OR"}.get(type(node.op))
    right = as_condition(cx, right)
    if is_poison(right):
        return right
    if word is None or not isinstance(right, Condition):
        return cx.error(codes.TYPE_MISMATCH, node, "conditions are joined to conditions, with `&` and `|`")
    return Condition(f"({{0}} {word} {{1}})", (left, right))


def negated_condition(condition: Condition) -> Condition:
    """`~a`."""
    return Condition("(NOT {0})", (condition,))


@dataclass(slots=True)
class ConditionWriter:
    """Writes the conditions of one call with placeholders, numbered as boto3 does it: `#n0`, `:v0`."""

    cx: Context
    node: ast.expr
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Expr] = field(default_factory=dict)

    def text(self, condition: Condition, *, of_key: bool) -> str | None:
        """The text of a condition, None after a message."""
        parts = [self._part(part, of_key, condition.is_in) for part in condition.parts]
        return None if None in parts else condition.template.format(*parts)

    def _part(self, part: Condition | AttributeName | Expr, of_key: bool, is_in: bool) -> str | None:
        match part:
            case Condition():
                return self.text(part, of_key=of_key)
            case AttributeName():
                return self._name(part, of_key)
        if not is_in:
            return self._value(part)
        items = lib.known_items(self.cx, part)
        if items is None or any(isinstance(item, Static) for item in items):
            self.cx.error(
                codes.TYPE_NEEDED,
                self.node,
                "the values of `is_in` must be written out, as their number decides about the text of the condition",
                help='write instead: `Attr("status").is_in(["new", "open"])`',
            )
            return None
        return f"({', '.join(self._value(as_data(self.cx, item, self.node)) for item in items)})"

    def _name(self, attribute: AttributeName, of_key: bool) -> str | None:
        if of_key and not attribute.is_key:
            self.cx.error(
                codes.TYPE_MISMATCH,
                self.node,
                f"`KeyConditionExpression` holds the `Attr` of `{attribute.name}`, and takes only `Key`",
                help=f'write instead: `Key("{attribute.name}")`, or the condition in `FilterExpression`',
            )
            return None

        def placed(found: re.Match[str]) -> str:
            name = f"#n{len(self.names)}"
            self.names[name] = found.group()
            return name

        path = _PART.sub(placed, attribute.name)
        return f"size({path})" if attribute.is_size else path

    def _value(self, value: Expr) -> str:
        name = f":v{len(self.values)}"
        self.values[name] = value
        return name
