"""Small makers of diagnostics that several readers of declarations share."""

import ast

from pysfnc.diagnostics import Code, Diagnostic, Label
from pysfnc.diagnostics.codes import UNSUPPORTED_DECORATOR_OPTION
from pysfnc.frontend.program.constants import NotConstant
from pysfnc.frontend.program.model import ModuleInfo


def fault(code: Code, module: ModuleInfo, node: ast.AST, message: str, *helps: str, label: str = "") -> Diagnostic:
    """A diagnostic at a node."""
    return Diagnostic(code=code, message=message, span=module.span(node), label=label, helps=helps)


def not_constant(module: ModuleInfo, node: ast.AST, what: str, why: NotConstant) -> Diagnostic:
    """`what` (an option, a default) must be constant and is not; points at the part that is not."""
    elsewhere = why.module is not module
    return Diagnostic(
        code=UNSUPPORTED_DECORATOR_OPTION,
        message=f"{what} must be a constant",
        span=module.span(node if elsewhere else why.node),
        label=f"not known when compiling: {why.reason}" if not elsewhere else "",
        labels=(Label(why.module.span(why.node), f"not known when compiling: {why.reason}"),) if elsewhere else (),
        helps=("write instead: a literal, or a module-level name bound to one",),
    )
