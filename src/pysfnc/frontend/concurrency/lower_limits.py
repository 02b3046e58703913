"""`timeout=` and `heartbeat=` that are known when the machine runs: `wait_for_callback`, `with_options`, `run_job`.

Owns their evaluation and their check, which raises what CPython raises where the option is given (`lang.options.call_faults`).
"""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_own import call_written
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_names import is_local
from pysfnc.frontend.declarations.decorators import CALL_OPTIONS
from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Const, Expr
from pysfnc.lang.options import MAX_SECONDS, MAX_TASK_SECONDS
from pysfnc.values.types import INT, STR, IntT, NeverT

LIMITS: Final = ("timeout", "heartbeat")


def computed_limits(cx: Context, keywords: list[ast.keyword], owner: str, *, is_task: bool) -> dict[str, Expr] | None:
    """The limits among the options that are no constants, evaluated and checked; None, with a diagnostic, if one cannot be used."""
    computed = [kw for kw in keywords if kw.arg in LIMITS and kw.arg in CALL_OPTIONS and not _is_constant(cx, kw.value)]
    found: dict[str, Expr] = {}
    for keyword in computed:
        value = _seconds(cx, keyword)
        if value is None:
            return None
        assert keyword.arg is not None
        found[keyword.arg] = value
    if computed:
        _check(cx, keywords, found, owner, MAX_TASK_SECONDS if is_task else MAX_SECONDS, computed[0].value)
    return found


def with_limits(options: TaskOptions, limits: dict[str, Expr]) -> TaskOptions:
    """The options with computed limits in them."""
    return replace(
        options,
        timeout_s=limits.get("timeout", options.timeout_s),
        heartbeat_s=limits.get("heartbeat", options.heartbeat_s),
    )


def _is_constant(cx: Context, node: ast.expr) -> bool:
    """Whether an option is known when compiling. A name that is local hides that of the module."""
    if any(isinstance(part, ast.Name) and is_local(cx, part.id) for part in ast.walk(node)):
        return False
    try:
        constant_value(cx.project.model, cx.frame.module, node)
    except NotConstant:
        return False
    return True


def _seconds(cx: Context, keyword: ast.keyword) -> Expr | None:
    value = as_data(cx, lower_value(cx, keyword.value), keyword.value)
    if is_poison(value) or isinstance(value.type, NeverT):
        return None
    if not isinstance(value.type, IntT):
        cx.error(
            codes.TYPE_NEEDED,
            keyword.value,
            f"`{keyword.arg}` needs a number of seconds of type `int`, and the value is of type `{value.type}`",
            help="write instead: `int(...)` around it, or the call in two branches where it may be None",
        )
        return None
    # The variable that it comes from may change before the call is made.
    return value if isinstance(value, Const) else cx.temporary(value, str(keyword.arg))


def _check(
    cx: Context, keywords: list[ast.keyword], found: dict[str, Expr], owner: str, most: int, node: ast.expr
) -> None:
    span = cx.span(node)
    given = {kw.arg: found.get(kw.arg) or _constant(cx, kw.value) for kw in keywords if kw.arg in LIMITS}
    limits = {name: value for name, value in given.items() if isinstance(value.type, IntT)}
    subject = Const(value="with_options()" if owner == "with_options" else owner, type=STR, span=span)
    limit = Const(value=most, type=INT, span=span)
    if len(limits) == 2:
        values = (subject, limits["timeout"], limits["heartbeat"], limit)
        call_written(cx, "limits", "check_limits", Arguments(values, (), ()), node)
        return
    ((name, value),) = limits.items()
    if name == "heartbeat":
        limit = Const(value=MAX_SECONDS, type=INT, span=span)
    values = (subject, Const(value=name, type=STR, span=span), value, limit)
    call_written(cx, "limits", "check_limit", Arguments(values, (), ()), node)


def _constant(cx: Context, node: ast.expr) -> Expr:
    return as_data(cx, lower_value(cx, node), node)
