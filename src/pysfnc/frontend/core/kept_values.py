"""Values that something keeps to use them later: arguments of `partial`, coroutines, generators and pages, defaults, names of resources, conditions.

What stands in a variable that another value may be assigned to meanwhile is kept in a variable of its own. For a list or dict that is a second name,
whose changes the alias check looks at.
"""

import ast
import functools

from pysfnc.frontend.calls.lower_arguments import Arguments, evaluated
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.ir.exprs import Expr, Var

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def kept(cx: Context, value: Expr, hint: str) -> Expr:
    """The value as it is now."""
    if isinstance(value, Var) and may_be_rebound(cx, value.name):
        return cx.temporary(value, hint)
    return cx.atom(value, hint)


def kept_arguments(cx: Context, given: Arguments) -> Arguments:
    """The arguments, evaluated here and now for a call that is made later."""
    fixed = evaluated(cx, given)
    return Arguments(
        tuple(_kept(cx, value) for value in fixed.positional),
        tuple((name, _kept(cx, value)) for name, value in fixed.keywords),
        fixed.nodes,
        fixed.spread,
        fixed.rest,
    )


def _kept(cx: Context, value: Value) -> Value:
    return value if isinstance(value, Static) else kept(cx, value, "arg")


def may_be_rebound(cx: Context, variable: str) -> bool:
    """Whether a variable of the program may get another value; those that the compiler makes do not."""
    if variable not in cx.state.facts:
        return False
    frame: Frame | None = cx.frame
    while frame is not None:
        if variable in frame.borrowed:
            return frame.borrowed[variable]
        for name, held in frame.names.items():
            if held == variable and isinstance(frame.node, ast.AST):
                return _assignments(frame.node, name) + (name in frame.scope.params) > 1
        frame = frame.parent
    return True


@functools.lru_cache(maxsize=1024)
def _assignments(function: ast.AST, name: str) -> int:
    """How often a name is assigned; one in a loop counts twice."""
    found = _stores(function, name)
    return found + sum(_stores(part, name) for part in ast.walk(function) if isinstance(part, _LOOPS))


def _stores(node: ast.AST, name: str) -> int:
    """The assignments to a name in some code; those of `except ... as` and of patterns among them."""
    return sum(
        (isinstance(part, ast.Name) and part.id == name and not isinstance(part.ctx, ast.Load))
        or (isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and part.name == name)
        for part in ast.walk(node)
    )
