"""Classes inside of functions, which have no compiled form."""

import ast

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import statement
from pysfnc.frontend.core.lower_frame import variable_of
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.values.types import ERROR


@statement(ast.ClassDef)
def refuse_inner_class(cx: Context, node: ast.ClassDef) -> None:
    """Say so once: what is done with the class needs no messages of its own."""
    cx.error(
        codes.UNSUPPORTED_STATEMENT,
        cx.span(node).head(),
        "a class inside a function has no compiled form",
        help=f"write instead: `{node.name}` at the top of the module, with parameters of its `__init__` for what it reads here",
    )
    cx.state.put(variable_of(cx.frame, node.name, cx.names), Fact(ERROR))
