"""Variables that may be unset when they are read, where CPython raises UnboundLocalError.

The first time that such a read is met it is a message. When the program is lowered again, the variable begins as null, which none
of its values is, so that a read can ask. A variable that may hold None as well gets another one beside it, lowered once more, which
tells whether it was assigned. One that another function reads stays a message.
"""

import ast
from typing import Final

from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, nothing
from pysfnc.frontend.core.lower_frame import Frame, variable_of
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.program.scope import FunctionNode, all_arguments
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Assign, If, Raise
from pysfnc.source.span import Span
from pysfnc.values.relations import join, join_all, kinds, members
from pysfnc.values.types import BOOL, NONE, STR, Kind, NeverT, OpaqueT, Type, UnionT

BESIDE: Final = "?"
"""Behind a name in `Project.unset`: another variable tells whether it was assigned."""
UNSET: Final = OpaqueT("variable that is not set")


def begin_unset(cx: Context, frame: Frame) -> None:
    """Let the variables of a function that may be unset where they are read begin as that."""
    node = frame.node
    if not isinstance(node, FunctionNode):
        return
    params = {argument.arg for argument in all_arguments(node.args)}
    noted = cx.project.unset.get(node, set())
    for name in sorted(name for name in noted - params if not name.endswith(BESIDE)):
        variable = variable_of(frame, name, cx.names)
        span = cx.span(node)
        cx.emit(Assign(name=variable, value=Const(value=None, type=NONE, span=span), span=span))
        cx.regions[variable] = cx.flow.region
        cx.state.put(variable, Fact(UNSET))
        if f"{name}{BESIDE}" in noted:
            cx.assigned_beside[variable] = cx.names.fresh("assigned")
            note_assigned(cx, variable, False, span)


def note_assigned(cx: Context, variable: str, assigned: bool, span: Span) -> None:
    """Keep whether a variable is assigned, if another one tells that."""
    beside = cx.assigned_beside.get(variable)
    if beside is None:
        return
    cx.emit(Assign(name=beside, value=Const(value=assigned, type=BOOL, span=span), span=span))
    cx.regions[beside] = cx.flow.region
    cx.state.put(beside, Fact(BOOL))


def may_be_unset(type_: Type) -> bool:
    """Whether a variable of a type may be unset."""
    return UNSET in members(type_)


def note_unset(cx: Context, owner: Frame, name: str) -> None:
    """Note a read of a variable that may be unset, for the next time that the program is lowered."""
    if owner is cx.frame and owner.node is not None and not isinstance(owner.node, ast.Lambda):
        cx.project.met_unset.setdefault(owner.node, set()).add(name)


def check_set(cx: Context, owner: Frame, name: str, variable: str, fact: Fact, node: ast.AST) -> Expr | None:
    """The variable, after the UnboundLocalError of one that is not set; None where that cannot be asked."""
    rest = join_all([member for member in members(fact.type) if member != UNSET])
    held = rest.members if isinstance(rest, UnionT) else (rest,)
    beside = cx.assigned_beside.get(variable)
    if owner is not cx.frame:
        return None
    if beside is None and (Kind.NONE in kinds(rest) or any(isinstance(member, OpaqueT) for member in held)):
        note_unset(cx, owner, f"{name}{BESIDE}")
        return None
    span = cx.span(node)
    text = f"cannot access local variable '{name}' where it is not associated with a value"
    error = lib.new_exception(cx, "UnboundLocalError", [Const(value=text, type=STR, span=span)], node)
    failing = Raise(exc=error, span=span)
    if isinstance(rest, NeverT):
        if not _in_loop(owner, node):
            return None  # it always fails
        cx.emit(failing)
        cx.state.reachable = False
        return nothing(span)
    if beside is None:
        value = Var(name=variable, type=join(NONE, rest), span=span)
        is_unset = lib.compare(cx, ast.Is(), value, Const(value=None, type=NONE, span=span), node)
    else:
        is_unset = lib.negate(cx, Var(name=beside, type=BOOL, span=span), node)
    cx.emit(If(test=is_unset, then=(failing,), orelse=(), span=span))
    if cx.flow.guards:
        cx.flow.may_raise_here()
    cx.state.retype(variable, rest)
    return Var(name=variable, type=rest, span=span)


def _in_loop(owner: Frame, node: ast.AST) -> bool:
    """Whether a read stands in a loop, of which an earlier round may set the variable."""
    line = getattr(node, "lineno", 0)
    loops = [part for part in ast.walk(owner.node) if isinstance(part, ast.For | ast.While)] if owner.node else []
    return any(loop.lineno <= line <= (loop.end_lineno or 0) for loop in loops)
