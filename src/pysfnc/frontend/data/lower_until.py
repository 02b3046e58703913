"""Sleeping until a moment: `time.sleep(max(0, (when - datetime.now(timezone.utc)).total_seconds()))` is a Wait with a Timestamp.

A Timestamp that has passed costs no time, as `max(0, ...)` says. Without `max`, a moment in the past raises, so the clock has to be read.
"""

import ast
from typing import Final

from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import BuiltinFunction, External
from pysfnc.frontend.data.lower_moments import clock_zone
from pysfnc.frontend.data.moment_operations import DATETIME
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.ir.hir import Perform, Sleep
from pysfnc.values.types import NONE, NeverT

_CLOCKS: Final = frozenset({"datetime.datetime.now", "datetime.datetime.utcnow"})


def sleep_until(cx: Context, node: ast.Call) -> Expr | None:
    """A call of `time.sleep` of the time that is left until a moment; None for any other."""
    difference = _time_left(cx, node)
    if difference is None:
        return None
    span, clock = cx.span(node), difference.right
    assert isinstance(clock, ast.Call)
    when = as_data(cx, lower_value(cx, difference.left), difference.left)
    if is_poison(when) or isinstance(when.type, NeverT):
        return when
    zone = clock_zone(cx, clock)
    if zone is None:
        return poison(span)
    if when.type != DATETIME:
        now = Prim(op="moment.text", args=(zone,), type=DATETIME, span=span)
        lib.binary(cx, "-", when, now, difference)
        return poison(span)
    op = "moment.instant_in_zone" if zone.value else "moment.instant_without_zone"
    moment = cx.atom(Prim(op=op, args=(when,), type=DATETIME, span=cx.span(difference)), "until")
    cx.emit(Perform(effect=Sleep(seconds=moment), target=None, span=span))
    return Const(value=None, type=NONE, span=span)


def _time_left(cx: Context, node: ast.Call) -> ast.BinOp | None:
    """The difference in `sleep(max(0, (when - now()).total_seconds()))`."""
    match node:
        case ast.Call(args=[ast.Call(func=ast.Name() as most, args=[one, other], keywords=[])], keywords=[]):
            seconds = other if _is_zero(one) else one if _is_zero(other) else None
        case _:
            return None
    match seconds:
        case ast.Call(
            func=ast.Attribute(
                value=ast.BinOp(op=ast.Sub(), right=ast.Call(func=ast.Attribute() as clock)) as difference,
                attr="total_seconds",
            ),
            args=[],
            keywords=[],
        ) if _is_path(clock):
            named = lower_value(cx, clock)
            known = isinstance(named, External) and named.name in _CLOCKS
            return difference if known and lower_value(cx, most) == BuiltinFunction("max") else None
        case _:
            return None


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value == 0


def _is_path(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        if node.attr not in ("now", "utcnow", "datetime"):
            return False
        node = node.value
    return isinstance(node, ast.Name)
