"""Operators, comparisons, builtins, methods and formats of `Decimal`, whose operands are Decimals and ints.

What the operations mean is `library.numbers.decimals`. They are those of the context that a program begins with; one that changes its
context has none.
"""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.item_values import DECIMAL
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_values import External, Static, Value
from pysfnc.frontend.program.model import ProjectModel
from pysfnc.ir.exprs import Cond, Const, Expr, Logic, Prim
from pysfnc.library.numbers.decimals import MODES
from pysfnc.library.rows.typenames import number_is_ambiguous
from pysfnc.library.text.format_specs import Spec, parse
from pysfnc.values.relations import join, join_all, kinds, members, without_kinds
from pysfnc.values.types import BOOL, INT, STR, ErrorT, FloatT, Kind, ListT, NeverT, OpaqueT, Type

_WHOLE: Final = frozenset({Kind.INT, Kind.BOOL})
_OF_JSON: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR, Kind.LIST, Kind.DICT})
_BINARY: Final = frozenset({"+", "-", "*", "/", "//", "%"})
_COMPARED: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
Plain = Callable[[Expr, Expr], Expr]
_CONTEXTS: Final = frozenset(
    {"getcontext", "setcontext", "localcontext", "Context", "DefaultContext", "BasicContext", "ExtendedContext"}
)


def is_decimal(type_: Type) -> bool:
    """Whether a value is a Decimal, or now and then an int."""
    found = members(type_)
    return DECIMAL in found and all(one == DECIMAL or kinds(one) <= _WHOLE for one in found)


def are_decimals(items: Expr) -> bool:
    """Whether a list holds nothing but Decimals and ints."""
    return isinstance(items.type, ListT) and is_decimal(items.type.item)


def _is_operand(type_: Type) -> bool:
    return is_decimal(type_) or (bool(kinds(type_)) and kinds(type_) <= _WHOLE)


def decimal_binary(cx: Context, symbol: str, left: Expr, right: Expr, of_ints: Plain, node: ast.AST) -> Expr | None:
    """`left symbol right`; None where neither is a Decimal. `of_ints` writes the operation of two ints."""
    plain = symbol.removesuffix("=")
    if not (is_decimal(left.type) or is_decimal(right.type)) or plain not in _BINARY:
        return None
    left, right = _as_operands(cx, symbol, left, right, node)
    if DECIMAL in (left.type, right.type) or not (_is_operand(left.type) and _is_operand(right.type)):
        return _of_two(cx, plain, DECIMAL, left, right, node)
    return _by_what_they_are(cx, plain, left, right, of_ints, node)


def _by_what_they_are(cx: Context, symbol: str, left: Expr, right: Expr, plain: Plain, node: ast.AST) -> Expr:
    """An operation of two numbers that may both be ints: of ints it is one of ints, whose result is no Decimal."""
    left, right = cx.atom(left, "left"), cx.atom(right, "right")
    of_ints = plain(_as_int(left), _as_int(right))
    if isinstance(of_ints.type, ErrorT):
        return of_ints
    made = _of_two(cx, symbol, DECIMAL, left, right, node)
    asked = [Prim(op="decimal.is_int", args=(value,), type=BOOL, span=made.span) for value in (left, right)]
    test = Logic(op="and", left=asked[0], right=asked[1], type=BOOL, span=made.span)
    return Cond(test=test, then=of_ints, orelse=made, type=join(of_ints.type, DECIMAL), span=made.span)


def _as_int(value: Expr) -> Expr:
    return replace(value, type=without_kinds(value.type, frozenset({Kind.OPAQUE})))


_WHOLE_OPERAND: Final = """
    if isinstance(value, int):
        return value
{}    raise TypeError(before + type(value).__name__ + behind)
"""
_REPEATED: Final = """\
    if isinstance(value, (str, list)):
        raise TypeError("can't multiply sequence by non-int of type 'decimal.Decimal'")
"""
_CONCATENATED: Final = """\
    if isinstance(value, (str, list)):
        name = type(value).__name__
        raise TypeError("can only concatenate " + name + ' (not "decimal.Decimal") to ' + name)
"""
_EXTENDED: Final = """\
    if isinstance(value, list):
        raise TypeError("'decimal.Decimal' object is not iterable")
"""


def _of_sequences(symbol: str, first: bool) -> str:
    """What Python says of a sequence beside a Decimal (`first`: behind it), where it has words of its own for that."""
    if symbol in ("*", "*="):
        return _REPEATED
    if first:
        return ""
    return {"+": _CONCATENATED, "+=": _EXTENDED + _CONCATENATED}.get(symbol, "")


def is_told(type_: Type) -> bool:
    """Whether a program can ask what a value is which may be several things: whether it is a text or an int, say."""
    return len(kinds(type_)) > 1 and kinds(type_) <= _OF_JSON and not number_is_ambiguous(type_)


def _as_operands(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> tuple[Expr, Expr]:
    """The operands of which one is a Decimal: the other one, where it may be an int, as that, behind the TypeError of anything else."""
    from pysfnc.frontend.core.synthesis import run_here

    first = is_decimal(left.type)
    other = right if first else left
    if not (is_told(other.type) and kinds(other.type) & _WHOLE and isinstance(node, ast.expr)):
        return left, right
    if symbol.startswith("%") and not first and Kind.STR in kinds(other.type):  # the format of a text
        return left, right
    left, right = cx.atom(left, "left"), cx.atom(right, "right")
    known, given = (left, right) if first else (right, left)
    text = f"unsupported operand type(s) for {symbol}: "
    before, behind = (f"{text}'decimal.Decimal' and '", "'") if first else (f"{text}'", "' and 'decimal.Decimal'")
    code = _WHOLE_OPERAND.format(_of_sequences(symbol, first))
    made = run_here(cx, code, {"value": given, "before": _text(before), "behind": _text(behind)}, node)
    if isinstance(made, Static):
        return left, right
    return (known, made) if first else (made, known)


def decimal_compare(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr | None:
    """`left symbol right`; None where the general comparisons know what it means."""
    if not (is_decimal(left.type) or is_decimal(right.type)) or symbol not in _COMPARED:
        return None
    if symbol in ("==", "!=") and not (_is_operand(left.type) and _is_operand(right.type)):
        return None
    return _of_two(cx, symbol, BOOL, left, right, node)


def _of_two(cx: Context, symbol: str, type_: Type, left: Expr, right: Expr, node: ast.AST) -> Expr:
    if any(isinstance(value.type, ErrorT) for value in (left, right)):
        return poison(cx.span(node))
    never = next((value for value in (left, right) if isinstance(value.type, NeverT)), None)
    if never is not None:
        return never
    if _is_operand(left.type) and _is_operand(right.type):
        return _made(cx, symbol, type_, node, left, right)
    other = right.type if is_decimal(left.type) else left.type
    if (
        len(kinds(other)) > 1
        or (symbol in _COMPARED and isinstance(other, FloatT))
        or OpaqueT in map(type, members(other))
    ):
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"`{symbol}` of a `Decimal` and a value of type `{other}` has no compiled form",
            help="write instead: `Decimal(str(x))` of a float; `if x is not None` before where it may be None",
        )
    return cx.error(
        codes.TYPE_MISMATCH,
        node,
        f"`{symbol}` of `{left.type}` and `{right.type}` always raises TypeError",
        help="write instead: `Decimal(str(x))`" if isinstance(other, FloatT) else "write instead: another operation",
    )


def _made(cx: Context, op: str, type_: Type, node: ast.AST, *args: Expr) -> Expr:
    """An operation of the library, unless the program changes the context that says what it means."""
    if _changes_context(cx.project.model):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the program changes the context of `decimal`, and arithmetic has a compiled form only with the one of a new program",
            help="write instead: `quantize(..., rounding=...)` where a number is rounded, or a `@task` that computes this",
        )
    return Prim(op=f"decimal.{op}", args=args, type=type_, span=cx.span(node))


def _changes_context(model: ProjectModel) -> bool:
    for module in model.modules.values():
        for statement in module.index.imports:
            of_decimal = isinstance(statement, ast.ImportFrom) and statement.module == "decimal"
            if of_decimal and any(alias.name in {*_CONTEXTS, "*"} for alias in statement.names):
                return True
        if any(node.attr in _CONTEXTS - {"Context"} for node in module.index.attributes):
            return True
    return False


def decimal_unary(cx: Context, symbol: str, operand: Expr, node: ast.AST) -> Expr | None:
    """`-x`, `+x`."""
    if operand.type != DECIMAL or symbol == "~":
        return None
    return _made(cx, "neg" if symbol == "-" else "pos", DECIMAL, node, operand)


def decimal_truth(cx: Context, value: Expr, node: ast.AST) -> Expr | None:
    """`bool(value)` of a Decimal, which may be None."""
    known = is_decimal(without_kinds(value.type, frozenset({Kind.NONE})))
    return _made(cx, "true", BOOL, node, value) if known else None


def decimal_ranks(cx: Context, keys: Expr, node: ast.AST) -> Expr:
    """Texts that order like a list of Decimals; a list of anything else as it is."""
    return _made(cx, "ranks", ListT(STR), node, keys) if are_decimals(keys) else keys


def decimal_call(cx: Context, name: str, args: Sequence[Expr], node: ast.AST) -> Expr | None:
    """`abs`, `bool`, `round` of a Decimal, `sum` of a list of them; None for any other call."""
    first = args[0] if args else None
    if first is None:
        return None
    if name == "sum" and are_decimals(first) and len(args) <= 2:
        return _sum(cx, first, args[1] if len(args) > 1 else None, node)
    if name == "sum" and len(args) == 2 and args[1].type == DECIMAL and _is_list_of_ints(first):
        return _sum(cx, first, args[1], node)
    if name == "bool" and len(args) == 1:
        return decimal_truth(cx, first, node)
    if first.type != DECIMAL:
        return None
    if name == "abs" and len(args) == 1:
        return _made(cx, "abs", DECIMAL, node, first)
    if name == "round" and len(args) == 1:
        return _made(cx, "whole", INT, node, first, _text("HALF_EVEN"))
    if name == "round" and len(args) == 2 and args[1].type == INT:
        return _made(cx, "round", DECIMAL, node, first, args[1])
    return None


def _is_list_of_ints(items: Expr) -> bool:
    return isinstance(items.type, ListT) and kinds(items.type.item) <= _WHOLE


def _sum(cx: Context, items: Expr, start: Expr | None, node: ast.AST) -> Expr | None:
    """The sum is that of the start and all items, so it is an int where all of these are."""
    if start is not None and not _is_operand(start.type):
        return None
    first = Const(value=0, type=INT, span=cx.span(node)) if start is None else start
    written = items.args if isinstance(items, Prim) and items.op == "list.make" else ()
    is_known = DECIMAL in (first.type, *(item.type for item in written))
    kept = DECIMAL if is_known else join_all([DECIMAL, INT, first.type])
    return _made(cx, "sum", kept, node, items, first)


def _text(value: str) -> Const:
    return Const(value=value, type=STR)


_BOTH: Final = re.compile(r"(?s).?[<>=^][+\- ]?#?0")
"""The beginning of a format with an alignment and a leading zero, which is one of floats and ints only."""


def _is_shown(spec: Spec, written: str) -> bool:
    """Whether a format of a Decimal has a compiled form."""
    if spec.alternate or (_BOTH.match(written) and spec.explicit):
        return False
    if spec.presentation == "":
        # What has an exponent is grouped and filled in other ways.
        return spec.precision is None and not (spec.group and spec.align == "=")
    return spec.is_fixed


def decimal_format(cx: Context, value: Expr, spec: Expr, node: ast.AST) -> Expr | None:
    """`format(value, spec)`; None where the value is no Decimal."""
    if value.type != DECIMAL:
        return None
    written = spec.value if isinstance(spec, Const) and isinstance(spec.value, str) else ""
    parsed = parse(written) if isinstance(spec, Const) else None
    if parsed is None or not _is_shown(parsed, written):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "this format of a `Decimal` has no compiled form",
            help="write instead: a constant format such as `.2f`, `>10.2f`, `,.2f` or `,`, or a format of `str(x)`",
        )
    if parsed.group == "_":
        return cx.error(codes.UNSUPPORTED_EXPRESSION, node, "`_` in the format of a `Decimal` has no compiled form")
    return _made(cx, "format", STR, node, value, spec)


# Methods


def call_decimal_method(
    cx: Context, receiver: Expr, name: str, args: Sequence[Value], keywords: dict[str, Value], node: ast.AST
) -> Expr:
    """`receiver.name(...)` of a Decimal."""
    given = dict(keywords)
    names = ("exp", "rounding") if name == "quantize" else ("rounding",)
    given |= dict(zip(names, args, strict=False))
    if name in _PLAIN and not args and not keywords:
        op, type_ = _PLAIN[name]
        return _made(cx, op, type_, node, receiver)
    if (
        name in ("quantize", "to_integral_value", "to_integral")
        and len(args) <= len(names)
        and set(given) <= set(names)
    ):
        mode = _mode(given.get("rounding"))
        exp = given.get("exp")
        if mode is not None and name != "quantize":
            return _made(cx, "integral", DECIMAL, node, receiver, _text(mode))
        if mode is not None and exp is not None and not isinstance(exp, Static) and _is_operand(exp.type):
            return _made(cx, "quantize", DECIMAL, node, receiver, exp, _text(mode))
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` of a `Decimal` has no compiled form with these arguments",
        help="write instead: `quantize(Decimal(...), rounding=ROUND_HALF_UP)`, arithmetic, or a `@task` that does this",
    )


_PLAIN: Final[dict[str, tuple[str, Type]]] = {
    "normalize": ("normal", DECIMAL),
    "is_signed": ("negative", BOOL),
}


METHODS: Final = frozenset({*_PLAIN, "quantize", "to_integral_value", "to_integral"})
"""The methods that have a compiled form, which no other value of JSON has."""


def _mode(value: Value | None) -> str | None:
    """The rounding mode that an argument names."""
    if value is None:
        return "HALF_EVEN"
    name = value.name.removeprefix("decimal.") if isinstance(value, External) else None
    if not isinstance(value, Static) and isinstance(value, Const):
        if value.value is None:
            return "HALF_EVEN"
        name = value.value if isinstance(value.value, str) else None
    mode = (name or "").removeprefix("ROUND_")
    return mode if mode in (*MODES,) and name == f"ROUND_{mode}" else None
