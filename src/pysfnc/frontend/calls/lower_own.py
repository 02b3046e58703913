"""The functions of `library.written` as ones that are called like the program's own."""

import ast

from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_inline import call_function
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.program.written_modules import written_function


def call_written(cx: Context, module: str, name: str, given: Arguments, node: ast.expr) -> Value:
    """A call of a function of `library.written` that programs cannot name."""
    return call_function(cx, written_function(module, name), given, node)
