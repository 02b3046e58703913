"""Functions that are bound to names: when a variable of the machine holds them, and when they stay what exists only while compiling.

A variable holds a function that was read out of data, one that differs from round to round of a loop or from way to way, and a list or dict with
functions that is changed, stored or handed over by its name, so that all its names see a change.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.frontend.calls.held_functions import held_value
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_frame import lookup_frame
from pysfnc.frontend.core.lower_state import Fact, State
from pysfnc.frontend.core.lower_values import Choice, DictOf, Static, TupleOf, Value
from pysfnc.frontend.program.changes import CHANGING_METHODS
from pysfnc.frontend.program.model import ClassBinding, FunctionBinding
from pysfnc.frontend.program.names import lookup
from pysfnc.ir.hir import Assign, Stmt

__all__ = ["bound_function", "held_on_one_way", "hold_mixed"]

_KEEPING: Final = frozenset({"partial", "deque"})


def bound_function(cx: Context, name: str, variable: str, value: Static, node: ast.AST) -> Value:
    """What a name is bound to for a value that exists only while compiling: data where the machine has to know which one it is."""
    if isinstance(value, Choice) and value.held is not None:
        return value.held
    is_display = isinstance(value, DictOf) or (isinstance(value, TupleOf) and value.is_list)
    if variable in cx.held or (is_display and _escapes(cx, name)):
        return held_value(cx, value, node) or value
    return value


def hold_mixed(cx: Context, head: State, joined: State, node: ast.AST) -> bool:
    """At the head of a loop whose rounds give a name other functions: let variables hold them, from before the loop on. False for none."""
    found = False
    for name, fact in list(head.facts.items()):
        after = joined.facts.get(name)
        if after is None or not after.mixed or fact.mixed or name in cx.held:
            continue
        held = None if fact.static is None or _is_shared(fact.static) else held_value(cx, fact.static, node)
        if fact.static is not None and held is None:
            continue
        cx.held.add(name)
        if held is not None:
            cx.out.append(Assign(name=name, value=held, span=cx.span(node)))
            head.facts[name] = replace(fact, type=held.type, static=None)
        found = True
    return found


def held_on_one_way(cx: Context, one: Fact, other: Fact, name: str, node: ast.AST) -> tuple[Fact, Stmt] | None:
    """A function that the other way holds as data, as data too: its fact and the assignment; None where it has no such form."""
    if one.static is None or other.static is not None or other.mixed or _is_shared(one.static):
        return None
    held = held_value(cx, one.static, node)
    if held is None:
        return None
    return replace(one, type=held.type, static=None), Assign(name=name, value=held, span=cx.span(node))


def _is_shared(value: Static) -> bool:
    """Whether a value is a list or dict, which other names may have as well."""
    return isinstance(value, DictOf) or (isinstance(value, TupleOf) and value.is_list)


def _escapes(cx: Context, name: str) -> bool:
    """Whether a list or dict is changed, stored or handed over by a name of its function, and not only read."""
    owner = lookup_frame(cx.frame, name)
    if owner is None or owner.node is None:
        return False
    return name in escapes_from(cx, owner.node)


def escapes_from(cx: Context, function: ast.AST) -> frozenset[str]:
    """The names that a function uses as more than something to read."""
    if function not in cx.project.escaping:
        cx.project.escaping[function] = frozenset(_escaping(cx, function))
    return cx.project.escaping[function]


def _escaping(cx: Context, function: ast.AST) -> Sequence[str]:
    """The names that a function, or a function inside it, uses as more than something to read."""
    reads = {id(use) for node in ast.walk(function) for use in _read(cx, node)}
    return [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in reads
    ] + [
        node.target.id
        for node in ast.walk(function)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    ]


def _read(cx: Context, node: ast.AST) -> Sequence[ast.AST]:
    """What a node only reads: takes items of, asks for the length or for members, calls."""
    match node:
        case ast.For(iter=use) | ast.comprehension(iter=use) | ast.Starred(value=use):
            return [use]
        case ast.Subscript(value=use, ctx=ast.Load()):
            return [use]
        case ast.Attribute(value=use, attr=name) if name not in CHANGING_METHODS:
            return [use]
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.If(test=use) | ast.While(test=use) | ast.IfExp(test=use) | ast.UnaryOp(op=ast.Not(), operand=use):
            return [use]
        case ast.Call(func=func):
            return [func, *(node.args if _keeps_nothing(cx, func) else ())]
    return []


def _keeps_nothing(cx: Context, func: ast.expr) -> bool:
    """Whether what is called is no code of the program, and does not keep its arguments."""
    if isinstance(func, ast.Attribute):
        return func.attr not in CHANGING_METHODS and func.attr not in _KEEPING
    if not isinstance(func, ast.Name) or func.id in _KEEPING or lookup_frame(cx.frame, func.id) is not None:
        return False
    return not isinstance(lookup(cx.project.model, cx.frame.module, func.id), FunctionBinding | ClassBinding)
