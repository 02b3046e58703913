"""Functions, waiters and clients that a variable holds behind an `if` which assigns others on its other way.

It holds a choice among them then, by a number that each way sets.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.frontend.aws.aws_values import Client, ClientMethod, WaiterOf
from pysfnc.frontend.calls.held_displays import held_on_one_way
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_state import Fact, State
from pysfnc.frontend.core.lower_values import BuiltinFunction, Choice, Closure, Partial, ProjectFunction, Value
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Stmt
from pysfnc.values.types import BOOL, INT

FUNCTIONS: Final = (Closure, ProjectFunction, BuiltinFunction, Partial, Client, ClientMethod, WaiterOf)
"""What one of several functions may be."""


def joined_choices(cx: Context, one: State, other: State, node: ast.AST) -> tuple[list[Stmt], list[Stmt]]:
    """Make the functions that differ at the ends of two ways a choice on both of them; the statements that each way ends with then."""
    ends: tuple[list[Stmt], list[Stmt]] = ([], [])
    if not (one.reachable and other.reachable):
        return ends
    span = cx.span(node)
    for name, first in list(one.facts.items()):
        second = other.facts.get(name)
        if second is None or first is second or first.static == second.static:
            continue
        if first.static is None or second.static is None:
            for state, end, pair in ((one, ends[0], (first, second)), (other, ends[1], (second, first))):
                held = held_on_one_way(cx, *pair, name, node)
                if held is not None:
                    state.facts[name] = held[0]
                    end.append(held[1])
            continue
        left, right = _options(first), _options(second)
        if left is None or right is None:
            continue
        index = Var(name=cx.names.fresh("choice"), type=INT, span=span)
        for fact, end, start in ((first, ends[0], 0), (second, ends[1], len(left))):
            end.append(Assign(name=index.name, value=_number(fact, start), span=span))
        choice = Choice(index, (*left, *right))
        one.facts[name] = replace(first, static=choice)
        other.facts[name] = replace(second, static=choice)
    return ends


def _options(fact: Fact) -> Sequence[Value] | None:
    if isinstance(fact.static, Choice):
        return fact.static.options
    return (fact.static,) if isinstance(fact.static, FUNCTIONS) else None


def _number(fact: Fact, start: int) -> Expr:
    """The number of the function that a way ends with, where the numbers of its options begin at `start`."""
    if not isinstance(fact.static, Choice):
        return Const(value=start, type=INT)
    chosen = fact.static
    made: Expr = Const(value=start + len(chosen.options) - 1, type=INT)
    for number in reversed(range(len(chosen.options) - 1)):
        test = Prim(op="==", args=(chosen.index, Const(value=number, type=INT)), type=BOOL)
        made = Cond(test=test, then=Const(value=start + number, type=INT), orelse=made, type=INT)
    return made
