"""`time.strftime(format)`, and with `time.gmtime(seconds)` or `time.localtime(seconds)`: the text of a moment. The local zone of a machine is UTC."""

import ast
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import External, Value
from pysfnc.frontend.data.lower_digests import draw
from pysfnc.frontend.data.lower_moments import call_time_method
from pysfnc.frontend.data.moment_operations import DATETIME
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, Kind

_PARTS: Final = frozenset({"time.gmtime", "time.localtime"})
_OTHERS: Final = ("%f", "%z", "%Z", "%s")
"""Directives that mean something else for the parts of `time` than for a datetime."""


def call_strftime(cx: Context, node: ast.Call) -> Value:
    """`time.strftime(format)`, `time.strftime(format, time.gmtime(seconds))`."""
    if node.keywords or not 1 <= len(node.args) <= 2:
        return cx.error(codes.TYPE_MISMATCH, node, "`strftime` takes a format and a time")
    format_ = as_data(cx, lower_value(cx, node.args[0]), node.args[0])
    text = format_.value if isinstance(format_, Const) and isinstance(format_.value, str) else None
    moment = _moment(cx, node.args[1] if len(node.args) > 1 else None, node)
    if moment is None or is_poison(moment) or is_poison(format_):
        return poison(cx.span(node))
    if text is None or any(directive in text for directive in _OTHERS):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "`time.strftime` has a compiled form with a constant format without `%f`, `%z` and `%Z`",
            help="write instead: `datetime.now(timezone.utc).strftime(...)`",
        )
    return call_time_method(cx, moment, "strftime", Arguments((format_,), (), (node.args[0],)), node)


def _moment(cx: Context, node: ast.expr | None, whole: ast.Call) -> Expr | None:
    if node is None:
        return draw(cx, "draw.local", DATETIME, whole, "the clock is read")
    made = lower_value(cx, node.func) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or not isinstance(made, External) or made.name not in _PARTS:
        cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "`time.strftime` has a compiled form with `time.gmtime(...)` or `time.localtime(...)` written out in it",
            help="write instead: `datetime.fromtimestamp(seconds, timezone.utc).strftime(...)`",
        )
        return None
    if not node.args:
        return draw(cx, "draw.local", DATETIME, whole, "the clock is read")
    seconds = as_data(cx, lower_value(cx, node.args[0]), node.args[0])
    if is_poison(seconds):
        return seconds
    if not kinds(seconds.type) <= {Kind.INT, Kind.FLOAT, Kind.BOOL} or len(node.args) > 1:
        cx.error(
            codes.TYPE_NEEDED,
            node,
            "the seconds must be known to be a number",
            help="write instead: `int(seconds)`",
        )
        return None
    if Kind.FLOAT in kinds(seconds.type):
        seconds = lib.call(cx, "math.floor", [seconds], {}, whole)
    nowhere = Const(value="", type=STR, span=cx.span(node))
    return Prim(op="moment.of_timestamp", args=(seconds, nowhere), type=DATETIME, span=cx.span(node))
