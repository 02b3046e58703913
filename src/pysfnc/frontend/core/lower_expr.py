"""Expressions that compute data: literals, operators, subscripts, displays, attributes, f-strings, `:=`.

Owns their order of evaluation. What an operation means is `library`, asked through `lower_library`. Conditions are `lower_test`, calls
`lower_call`, comprehensions `lower_comprehension`.
"""

import ast
import math
from collections.abc import Callable

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import BYTES
from pysfnc.frontend.aws.aws_values import Condition
from pysfnc.frontend.aws.condition_values import as_condition
from pysfnc.frontend.aws.lower_conditions import joined_conditions
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import (
    as_data,
    expression,
    lower_in_order,
    lower_value,
    lowering,
)
from pysfnc.frontend.core.lower_names import bind_name
from pysfnc.frontend.core.lower_values import (
    Closure,
    Root,
    Static,
    Value,
)
from pysfnc.frontend.core.lower_views import viewed
from pysfnc.frontend.data.lower_key_views import joined_views
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.numbers.roots import has_whole_root
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
)

MAX_INTEGER = 2**53
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
}


@expression(ast.Constant)
def lower_constant(cx: Context, node: ast.Constant) -> Value:
    """A literal."""
    span = cx.span(node)
    match node.value:
        case None:
            return Const(value=None, type=NONE, span=span)
        case bool() as value:
            return Const(value=value, type=BOOL, span=span)
        case int() as value if abs(value) <= MAX_INTEGER:
            return Const(value=value, type=INT, span=span)
        case int():
            return cx.error(codes.UNSUPPORTED_EXPRESSION, node, "an integer beyond 2**53 cannot be kept exactly")
        case float() as value if math.isfinite(value):
            return Const(value=value, type=FLOAT, span=span)
        case float():
            return cx.error(codes.UNSUPPORTED_EXPRESSION, node, "an infinite float has no place in JSON")
        case str() as value if not any("\ud800" <= c <= "\udfff" for c in value):
            return Const(value=value, type=STR, span=span)
        case str():
            return cx.error(codes.UNSUPPORTED_EXPRESSION, node, "a lone surrogate has no place in JSON")
        case bytes() as value if _is_utf8(value):
            text = Const(value=value.decode(), type=STR, span=span)
            return Prim(op="bytes.make", args=(text,), type=BYTES, span=span)
        case other:
            kind = "`...`" if other is ... else f"a {type(other).__name__} literal"
            return cx.error(
                codes.UNSUPPORTED_EXPRESSION,
                node,
                f"{kind} has no compiled form",
                help="write instead: a function marked `@task` that needs it",
            )


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


@expression(ast.BinOp)
def lower_binary(cx: Context, node: ast.BinOp) -> Value:
    """Arithmetic. A long chain such as `a + b + c + ...` leans to the left and is taken apart without recursion."""
    chain: list[ast.BinOp] = []
    first: ast.expr = node
    while isinstance(first, ast.BinOp):
        chain.append(first)
        first = first.left
    made = as_condition(cx, lower_value(cx, first))
    while isinstance(made, Condition) and chain:
        step = chain.pop()
        made = joined_conditions(cx, made, lower_value(cx, step.right), step)
    if not chain:
        return made
    for step in reversed(chain[1:]):
        made = as_data(cx, _binary_step(cx, made, step), step)
    return _binary_step(cx, made, node)


def _binary_step(cx: Context, left: Value, node: ast.BinOp) -> Value:
    one, other = lower_in_order(cx, [lambda: left, lambda: lower_value(cx, node.right)])
    one, other = joined_views(cx, one, other, node)
    right = as_data(cx, other, node.right)
    value = as_data(cx, one, node.left)
    if isinstance(node.op, ast.Pow) and isinstance(right, Const) and right.value == 0.5 and has_whole_root(value.type):
        return Root(value)
    return lib.binary(cx, OPERATORS[type(node.op)], value, right, node)


@expression(ast.NamedExpr)
def lower_walrus(cx: Context, node: ast.NamedExpr) -> Value:
    """`name := value`."""
    value = lower_value(cx, node.value)
    target = node.target.id
    held, view = (value, None) if isinstance(value, Static) else viewed(cx, value)
    bind_name(cx, target, held, node, view=view)
    return lower_value(cx, ast.copy_location(ast.Name(id=target, ctx=ast.Load()), node.target))


@expression(ast.Lambda)
def lower_lambda(cx: Context, node: ast.Lambda) -> Value:
    """A lambda; its body is lowered where it is called."""
    return make_closure(cx, node, "<lambda>")


def make_closure(cx: Context, node: ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Closure:
    """A function made here: its defaults are evaluated now."""
    args = node.args
    positional = [*args.posonlyargs, *args.args]
    with_default = [*zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)]
    with_default += [(arg, default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default]
    values = lower_in_order(cx, [lowering(cx, default) for _, default in with_default])
    fixed = [value if isinstance(value, Static) else kept(cx, value, "default") for value in values]
    return Closure(node, cx.frame, name, tuple((arg.arg, v) for (arg, _), v in zip(with_default, fixed, strict=True)))


def lower_exprs_or_poison(cx: Context, nodes: list[ast.expr]) -> list[Expr]:
    """Data for each node, in order."""
    values = lower_in_order(cx, [lowering(cx, node) for node in nodes])
    return [as_data(cx, value, node) for value, node in zip(values, nodes, strict=True)]


# f-strings


@expression(ast.JoinedStr)
def lower_fstring(cx: Context, node: ast.JoinedStr) -> Value:
    """An f-string: each field is evaluated and formatted before the next."""
    parts = lower_in_order(cx, [_part(cx, part) for part in node.values])
    return lib.join_text(cx, [as_data(cx, part, node) for part in parts], node)


def _part(cx: Context, part: ast.expr) -> Callable[[], Value]:
    return lambda: _field(cx, part) if isinstance(part, ast.FormattedValue) else lower_value(cx, part)


def _field(cx: Context, part: ast.FormattedValue) -> Expr:
    spec_node = part.format_spec
    steps = [lambda: lower_value(cx, part.value)]
    if spec_node is not None:
        steps.append(lambda: lower_value(cx, spec_node))
    value, *spec = lower_in_order(cx, steps)
    conversion = chr(part.conversion) if part.conversion >= 0 else None
    # Before 3.12 a field has the position of the whole text, and only its expression one of its own.
    return lib.format_value(cx, value, conversion, as_data(cx, spec[0], part) if spec else None, part.value)


@expression(ast.FormattedValue)
def lower_lone_field(cx: Context, node: ast.FormattedValue) -> Value:
    """A field of an f-string on its own, as a nested format specification has it."""
    return _field(cx, node)
