"""`calendar.timegm(moment.timetuple())`, as code of before Python 3.3 asks for the seconds since 1970: no tuple of the time is made."""

import ast

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import is_poison, lower_value
from pysfnc.frontend.core.lower_values import BuiltinFunction, External, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.moment_operations import DATETIME


def call_timegm(cx: Context, node: ast.Call) -> Value:
    """The seconds of the fields of a datetime, read as UTC whatever its zone is, without what is less than a second."""
    value: Value | None = None
    match node:
        case ast.Call(args=[ast.Call(func=ast.Attribute(value=moment, attr="timetuple"), args=[], keywords=[])]):
            value = lower_value(cx, moment)
    if value is not None and is_poison(value):
        return value
    if value is None or isinstance(value, Static) or value.type != DATETIME:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`calendar.timegm()` has a compiled form only of the `timetuple()` of a `datetime`",
            help="write instead: `int(moment.timestamp())` of a moment with a time zone",
        )
    given: dict[str, Value] = {"moment": value, "utc": External("datetime.timezone.utc"), "int": BuiltinFunction("int")}
    return run_here(cx, "return int(moment.replace(tzinfo=utc, microsecond=0).timestamp())", given, node)
