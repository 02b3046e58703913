"""Numbers that may be infinite: what is done with them, and the check before everything else.

A search for the best begins with `math.inf` and never shows it. So comparisons, sums, `min`, `max` and texts take infinities; any other operation
gets a number that was checked, and one that is always infinite is refused.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Logic, Prim
from pysfnc.library.operators.infinity import FINITE, IS_INFINITE, NEGATIVE, PRODUCT, SUM, TEXT
from pysfnc.values.recursive import with_parts
from pysfnc.values.relations import join, join_all, kinds, members
from pysfnc.values.types import BOOL, FLOAT, INFINITY, INT, STR, ErrorT, InfinityT, Kind, NeverT, Type

_NUMBERS: Final = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT})
_COMPARED: Final = frozenset({"min", "max"})
"""Functions that compare what they are given, and give one of it back."""
_ASKED: Final = {"bool": True, "math.isinf": True, "math.isfinite": False, "math.isnan": False}


def may_be_infinite(type_: Type) -> bool:
    """Whether values of a type may be infinite."""
    return INFINITY in members(type_)


def _holds_infinity(type_: Type) -> bool:
    found: list[bool] = []

    def look(part: Type) -> Type:
        found.append(_holds_infinity(part))
        return part

    if isinstance(type_, InfinityT):
        return True
    with_parts(type_, look)
    return any(found)


def _without(type_: Type) -> Type:
    return join_all([member for member in members(type_) if member != INFINITY])


def finite(value: Expr) -> Expr:
    """The number, which is checked where the machine runs. One that is always infinite stays, and is refused by its type."""
    rest = _without(value.type)
    return value if isinstance(rest, NeverT) else Prim(op=FINITE, args=(value,), type=rest, span=value.span)


def _is_infinite(value: Expr) -> Expr:
    return Prim(op=IS_INFINITE, args=(value,), type=BOOL, span=value.span)


def as_numbers(cx: Context, *values: Expr) -> list[Expr]:
    """The values as what is compared: an infinity, also inside of others, counts as a number of the kind that it stands beside."""
    if not any(_holds_infinity(value.type) for value in values):
        return list(values)
    floats = any(_mentions(value.type, FLOAT) for value in values)
    number: Type = FLOAT if floats else INT

    def counted(type_: Type) -> Type:
        return number if isinstance(type_, InfinityT) else with_parts(type_, counted)

    return [replace(value, type=FLOAT if value.type == INFINITY else counted(value.type)) for value in values]


def on_each_way(cx: Context, values: Sequence[Expr], plain: Callable[[list[Expr]], Expr]) -> Expr:
    """What compares the values. An operand that is no number raises TypeError, with the class of the number: so both classes are written."""
    values = list(values)
    if any(not kinds(value.type) <= _NUMBERS for value in values if not _is_container(value.type)):
        for index, value in enumerate(values):
            if may_be_infinite(value.type) and value.type != INFINITY:
                value = cx.atom(value)
                ways = [replace(value, type=FLOAT), _stripped(value)]
                then, orelse = (on_each_way(cx, [*values[:index], way, *values[index + 1 :]], plain) for way in ways)
                if isinstance(then.type, ErrorT) or isinstance(orelse.type, ErrorT):
                    return then if isinstance(then.type, ErrorT) else orelse
                type_ = join(then.type, orelse.type)
                return Cond(test=_is_infinite(value), then=then, orelse=orelse, type=type_, span=value.span)
    return plain(as_numbers(cx, *values))


def _is_container(type_: Type) -> bool:
    return not kinds(type_) & (_NUMBERS | {Kind.STR, Kind.NONE})


def _mentions(type_: Type, wanted: Type) -> bool:
    found: list[bool] = [type_ == wanted]

    def look(part: Type) -> Type:
        found.append(_mentions(part, wanted))
        return part

    with_parts(type_, look)
    return any(found)


def binary_of_infinite(
    cx: Context, symbol: str, left: Expr, right: Expr, plain: Callable[[Expr, Expr], Expr], node: ast.AST
) -> Expr | None:
    """`a + b`, `a - b` and `a * b` where one may be infinite; None for any other operation, which `plain` writes for finite numbers."""
    sign = symbol.removesuffix("=")
    if sign not in ("+", "-", "*") or not (may_be_infinite(left.type) or may_be_infinite(right.type)):
        return None
    span = cx.span(node)
    left, right = cx.atom(left), cx.atom(right)
    if sign == "*":
        total: Expr = Prim(op=PRODUCT, args=(left, right), type=INFINITY, span=span)
    else:
        added = right if sign == "+" else _negative(right)
        total = Prim(op=SUM, args=(left, added), type=INFINITY, span=span)
    numeric = all(kinds(value.type) <= _NUMBERS for value in (left, right))
    if not numeric:
        # An operand that is no number raises TypeError, whichever value the other has.
        checked = plain(*(_shown_as_float(value) for value in (left, right)))
        if isinstance(checked.type, ErrorT):
            return checked
        total = Let(name=cx.names.fresh("unused"), value=checked, body=total, type=INFINITY, span=span)
    if any(isinstance(_without(value.type), NeverT) for value in (left, right)):
        return total
    rest = plain(*(_stripped(value) for value in (left, right)))
    if isinstance(rest.type, ErrorT):
        return rest
    test = Logic(op="or", left=_is_infinite(left), right=_is_infinite(right), type=BOOL, span=span)
    return Cond(test=test, then=total, orelse=rest, type=join(rest.type, INFINITY), span=span)


def _stripped(value: Expr) -> Expr:
    return replace(value, type=_without(value.type)) if may_be_infinite(value.type) else value


def _shown_as_float(value: Expr) -> Expr:
    """The value, or a float in place of what may be infinite, of which only the kind is looked at."""
    if not may_be_infinite(value.type):
        return value
    rest = _without(value.type)
    if isinstance(rest, NeverT) or isinstance(value, Const):
        return Const(value=0.0, type=FLOAT, span=value.span)
    return Cond(
        test=_is_infinite(value),
        then=Const(value=0.0, type=FLOAT, span=value.span),
        orelse=_stripped(value),
        type=join(rest, FLOAT) if not kinds(rest) & {Kind.INT} else rest,
        span=value.span,
    )


def _negative(value: Expr) -> Expr:
    """`-value` where the value is infinite; nobody looks at it elsewhere."""
    if isinstance(value, Const) and isinstance(value.value, float):
        return replace(value, value=-value.value)
    if not may_be_infinite(value.type):
        return value
    made = Prim(op=NEGATIVE, args=(value,), type=INFINITY, span=value.span)
    return Cond(test=_is_infinite(value), then=made, orelse=value, type=value.type, span=value.span)


def negative_of_infinite(
    cx: Context, symbol: str, operand: Expr, plain: Callable[[Expr], Expr], node: ast.AST
) -> Expr | None:
    """`-x` of a number that may be infinite; None for anything else."""
    if symbol != "-" or not may_be_infinite(operand.type):
        return None
    value = cx.atom(operand)
    if isinstance(_without(value.type), NeverT):
        return _negative(value) if isinstance(value, Const) else _turned(value)
    rest = plain(_stripped(value))
    return Cond(
        test=_is_infinite(value),
        then=_turned(value),
        orelse=rest,
        type=join(rest.type, INFINITY),
        span=cx.span(node),
    )


def _turned(value: Expr) -> Expr:
    return Prim(op=NEGATIVE, args=(value,), type=INFINITY, span=value.span)


def text_of_infinite(cx: Context, value: Expr, plain: Callable[[Expr], Expr], node: ast.AST) -> Expr | None:
    """`str(x)` of a number that may be infinite; None for anything else."""
    if not may_be_infinite(value.type):
        return None
    value = cx.atom(value)
    shown = Prim(op=TEXT, args=(value,), type=STR, span=cx.span(node))
    if isinstance(_without(value.type), NeverT):
        return shown
    rest = plain(_stripped(value))
    if isinstance(rest.type, ErrorT):
        return rest
    return Cond(test=_is_infinite(value), then=shown, orelse=rest, type=STR, span=cx.span(node))


def call_of_infinite(
    cx: Context,
    name: str,
    args: Sequence[Expr],
    keywords: dict[str, Expr],
    plain: Callable[[list[Expr], dict[str, Expr]], Expr],
) -> Expr | None:
    """`min`, `max`, `sorted`, `math.isinf` and the like where an argument may be or hold an infinity; None for any other call."""
    given = [*args, *keywords.values()]
    if not any(_holds_infinity(arg.type) for arg in given):
        return None
    if name in _COMPARED:

        def rest(values: list[Expr]) -> Expr:
            return plain(values[: len(args)], dict(zip(keywords, values[len(args) :], strict=True)))

        made = on_each_way(cx, given, rest)
        type_ = join_all([_given_back(args), *(value.type for value in keywords.values())])
        return made if isinstance(made.type, ErrorT) else replace(made, type=type_)
    if name in _ASKED and len(args) == 1 and may_be_infinite(args[0].type):
        return told_of_infinite(cx, args[0], _ASKED[name], lambda number: plain([number], {}))
    return None


def _given_back(args: Sequence[Expr]) -> Type:
    """The type of what `min` and `max` give back: one of their arguments, or an item of the only one."""
    if len(args) > 1:
        return join_all([arg.type for arg in args])
    return join_all([part for member in members(args[0].type) for part in _parts(member)])


def _parts(type_: Type) -> list[Type]:
    found: list[Type] = []

    def look(part: Type) -> Type:
        found.append(part)
        return part

    with_parts(type_, look)
    return found


def told_of_infinite(cx: Context, value: Expr, of_infinity: bool, plain: Callable[[Expr], Expr]) -> Expr:
    """A test of a number that may be infinite: `of_infinity` says how it comes out then."""
    value = cx.atom(value)
    known = Const(value=of_infinity, type=BOOL, span=value.span)
    if value.type == INFINITY:
        return known
    rest = plain(_stripped(value))
    return Cond(test=_is_infinite(value), then=known, orelse=rest, type=BOOL, span=value.span)
