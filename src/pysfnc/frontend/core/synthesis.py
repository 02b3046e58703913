"""Python of the compiler's own, lowered like that of a program: loops around calls of AWS that boto3 makes in its own code.

The text is that of one function. What it needs from outside are its parameters, so that it sees no name of the program.
"""

import ast
import textwrap
from collections.abc import Mapping

from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_inline import call_closure
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Closure, Value


def run_here(cx: Context, body: str, values: Mapping[str, Value], node: ast.expr) -> Value:
    """The result of a function with this body, whose parameters have these values; all of it stands at `node`."""
    text = f"def own({', '.join(values)}):\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    for part in ast.walk(function):
        if hasattr(part, "lineno"):
            ast.copy_location(part, node)
    closure = Closure(function, cx.frame, function.name, ())
    return call_closure(cx, closure, Arguments(tuple(values.values()), (), ()), node)
