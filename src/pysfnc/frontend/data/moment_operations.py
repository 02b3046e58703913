"""Operators, comparisons and texts of `datetime`, `date` and `timedelta`.

`lower_library` asks here before it asks the tables of kinds, as these values are texts and numbers of a meaning of their own. Their methods and
what makes them are `lower_moments`.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import MOMENT
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.library.moments.moment_formats import unknown_directive
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import BOOL, FLOAT, INT, NONE, STR, ErrorT, Kind, ListT, NeverT, OpaqueT, Type

DATETIME: Final = OpaqueT("datetime", on_wire=True)
DATE: Final = OpaqueT("date", on_wire=True)
TIMEDELTA: Final = OpaqueT("timedelta")
_FAMILY: Final[dict[Type, str]] = {DATETIME: "moment", DATE: "date", TIMEDELTA: "duration"}
_WHOLE: Final = frozenset({Kind.INT, Kind.BOOL})
_ORDERED: Final = ("<", "<=", ">", ">=")

_BINARY: Final[dict[tuple[str, Type, Type], tuple[str, Type]]] = {
    ("+", DATETIME, TIMEDELTA): ("moment.later", DATETIME),
    ("-", DATETIME, TIMEDELTA): ("moment.earlier", DATETIME),
    ("-", DATETIME, DATETIME): ("moment.between", TIMEDELTA),
    ("+", DATE, TIMEDELTA): ("date.later", DATE),
    ("-", DATE, TIMEDELTA): ("date.earlier", DATE),
    ("-", DATE, DATE): ("date.between", TIMEDELTA),
    ("+", TIMEDELTA, TIMEDELTA): ("duration.+", TIMEDELTA),
    ("-", TIMEDELTA, TIMEDELTA): ("duration.-", TIMEDELTA),
    ("*", TIMEDELTA, INT): ("duration.*", TIMEDELTA),
    ("*", INT, TIMEDELTA): ("duration.*", TIMEDELTA),
    ("/", TIMEDELTA, TIMEDELTA): ("duration.ratio", FLOAT),
    ("/", TIMEDELTA, INT): ("duration./", TIMEDELTA),
    ("//", TIMEDELTA, TIMEDELTA): ("duration.//", INT),
    ("//", TIMEDELTA, INT): ("duration.//", TIMEDELTA),
    ("%", TIMEDELTA, TIMEDELTA): ("duration.%", TIMEDELTA),
}
_SWAPPED: Final = frozenset({("+", TIMEDELTA, DATETIME), ("+", TIMEDELTA, DATE)})
"""What means the same the other way round."""


def is_time(type_: Type) -> bool:
    """Whether a value is a datetime, a date or a timedelta for sure."""
    return type_ in _FAMILY


def _known(value: Expr) -> Type:
    """The type as the tables have it: a bool is an int."""
    return INT if kinds(value.type) and kinds(value.type) <= _WHOLE else value.type


def _silent(cx: Context, args: tuple[Expr, ...], node: ast.AST) -> Expr | None:
    """What an operation gives where an operand was reported, or is never there."""
    if any(isinstance(arg.type, ErrorT) for arg in args):
        return poison(cx.span(node))
    return next((arg for arg in args if isinstance(arg.type, NeverT)), None)


def time_binary(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr | None:
    """`left symbol right`; None where neither is of these types."""
    if not (is_time(left.type) or is_time(right.type)):
        return None
    silent = _silent(cx, (left, right), node)
    if silent is not None:
        return silent
    plain = symbol.removesuffix("=") if symbol != "=" else symbol
    one, other = _known(left), _known(right)
    if (plain, one, other) in _SWAPPED:
        left = cx.atom(left)
        right = cx.atom(right)
        left, right, one, other = right, left, other, one
    found = _BINARY.get((plain, one, other))
    if found is not None:
        op, type_ = found
        return Prim(op=op, args=(left, right), type=type_, span=cx.span(node))
    return _no_operator(cx, plain, left, right, node)


def _no_operator(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr:
    by_float = symbol in "*/" and Kind.FLOAT in kinds(left.type) | kinds(right.type)
    unsure = [value for value in (left, right) if not is_time(value.type) and len(kinds(value.type)) > 1]
    if by_float or unsure:
        of = unsure[0].type if unsure else FLOAT
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"`{symbol}` of a `{_name(left, right)}` and a value of type `{of}` has no compiled form",
            help="write instead: `timedelta(seconds=...)` of the product, or `int(...)` around the value; "
            "`if x is not None` before where it may be None",
        )
    return cx.error(
        codes.TYPE_MISMATCH, node, f"`{symbol}` of `{left.type}` and `{right.type}` always raises TypeError"
    )


def _name(left: Expr, right: Expr) -> str:
    return str(left.type if is_time(left.type) else right.type)


def time_unary(cx: Context, symbol: str, operand: Expr, node: ast.AST) -> Expr | None:
    """`-x`, `+x`."""
    if not is_time(operand.type):
        return None
    if operand.type != TIMEDELTA or symbol == "~":
        return cx.error(codes.TYPE_MISMATCH, node, f"`{symbol}` of a `{operand.type}` always raises TypeError")
    return operand if symbol == "+" else Prim(op="duration.neg", args=(operand,), type=TIMEDELTA, span=cx.span(node))


def time_compare(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr | None:
    """`left symbol right`; None where the general comparisons know what it means."""
    one, other = left.type, right.type
    if not (is_time(one) or is_time(other)) or symbol in ("is", "is not", "in", "not in"):
        return None
    silent = _silent(cx, (left, right), node)
    if silent is not None:
        return silent
    if one == other and (symbol in _ORDERED or symbol in ("==", "!=")):
        return Prim(op=f"{_FAMILY[one]}.{symbol}", args=(left, right), type=BOOL, span=cx.span(node))
    if symbol in ("==", "!="):
        return _unlike(cx, symbol, left, right, node)
    others = other if is_time(one) else one
    if len(kinds(others)) > 1:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"a `{_name(left, right)}` is compared to a value of type `{others}`",
            help="write instead: `x is not None and ...` where it may be None",
        )
    return cx.error(codes.TYPE_MISMATCH, node, f"`{symbol}` of `{one}` and `{other}` always raises TypeError")


def _unlike(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr | None:
    """`==` of values of different types: never equal, if what they are is known."""
    if (
        Kind.OPAQUE in kinds(left.type)
        and Kind.OPAQUE in kinds(right.type)
        and not (is_time(left.type) and is_time(right.type))
    ):
        return None
    parts = tuple(cx.atom(value) for value in (left, right))
    del parts
    return Const(value=symbol == "!=", type=BOOL, span=cx.span(node))


def time_truth(cx: Context, value: Expr, node: ast.AST) -> Expr | None:
    """`bool(value)`: only a timedelta of nothing is false."""
    if value.type != TIMEDELTA:
        return None
    return Prim(op="duration.true", args=(value,), type=BOOL, span=cx.span(node))


def time_text(cx: Context, value: Expr, node: ast.AST) -> Expr | None:
    """`str(value)`."""
    span = cx.span(node)
    found = set(members(value.type))
    if len(found) == 2 and NONE in found and any(map(is_time, found)):
        return _text_or_none(cx, value, node)
    if value.type == DATETIME:
        return iso_text(value, " ", "auto", cx, node)
    if value.type == DATE:
        return Prim(op="moment.text", args=(value,), type=STR, span=span)
    return Prim(op="duration.text", args=(value,), type=STR, span=span) if value.type == TIMEDELTA else None


def _text_or_none(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`str(value)` of what may be None."""
    span, held = cx.span(node), cx.atom(value)
    nothing = Const(value=None, type=NONE, span=span)
    test = Prim(op="is", args=(held, nothing), type=BOOL, span=span)
    (type_,) = set(members(value.type)) - {NONE}
    there = replace(held, type=type_) if isinstance(held, Var) else held
    shown = time_text(cx, there, node)
    assert shown is not None
    return Cond(test=test, then=Const(value="None", type=STR, span=span), orelse=shown, type=STR, span=span)


def iso_text(value: Expr, separator: str, spec: str, cx: Context, node: ast.AST) -> Expr:
    """`value.isoformat(separator, spec)`."""
    span = cx.span(node)
    words = (Const(value=separator, type=STR, span=span), Const(value=spec, type=STR, span=span))
    return Prim(op="moment.iso", args=(value, *words), type=STR, span=span)


def time_format(cx: Context, value: Expr, spec: Expr, node: ast.AST) -> Expr | None:
    """`format(value, spec)` and `strftime`."""
    if not is_time(value.type):
        return None
    if value.type == TIMEDELTA:
        return cx.error(
            codes.TYPE_MISMATCH,
            node,
            "a format of a timedelta always raises TypeError",
            help="write instead: `str(...)`",
        )
    if not (isinstance(spec, Const) and isinstance(spec.value, str)):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the format of a date has to be known when compiling",
            help="write instead: the format as a constant",
        )
    unknown = unknown_directive(spec.value)
    if unknown is not None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"the directive `{unknown}` has no compiled form",
            help="write instead: directives such as `%Y-%m-%d %H:%M:%S`, or a `@task` that makes the text",
        )
    return Prim(op=f"{_FAMILY[value.type]}.format", args=(value, spec), type=STR, span=cx.span(node))


def moment_of_aws(value: Expr) -> Expr:
    """A moment out of an answer of AWS, which has a form of its own there, as any other moment; other values as they are."""
    found = members(value.type)
    if MOMENT not in found or not set(found) <= {MOMENT, NONE}:
        return value
    return Prim(
        op="moment.of_aws", args=(value,), type=join_all([DATETIME, *(t for t in found if t == NONE)]), span=value.span
    )


def time_ranks(cx: Context, keys: Expr, node: ast.AST) -> Expr:
    """Texts or numbers that order like a list of these values; a list of anything else as it is."""
    item = keys.type.item if isinstance(keys.type, ListT) else None
    if item == DATETIME:
        return Prim(op="moment.ranks", args=(keys,), type=ListT(STR), span=cx.span(node))
    if item in (DATE, TIMEDELTA):
        return Prim(op="moment.text", args=(keys,), type=ListT(STR if item == DATE else INT), span=cx.span(node))
    return keys


def are_times(items: Expr) -> bool:
    """Whether a list holds nothing but values of one of these types."""
    return isinstance(items.type, ListT) and is_time(items.type.item)


def time_call(cx: Context, name: str, args: Sequence[Expr], node: ast.AST) -> Expr | None:
    """`abs(timedelta)`, `sum(timedeltas, timedelta())`; None for any other call of a builtin."""
    if name == "abs" and args and args[0].type == TIMEDELTA:
        return Prim(op="duration.abs", args=(args[0],), type=TIMEDELTA, span=cx.span(node))
    if name == "sum" and len(args) == 2 and args[1].type == TIMEDELTA and args[0].type == ListT(TIMEDELTA):
        return Prim(op="duration.total", args=tuple(args), type=TIMEDELTA, span=cx.span(node))
    return None
