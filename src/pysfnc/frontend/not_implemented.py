"""`return NotImplemented` in special methods of two operands: what Python does then stands in its place.

before                                            after, of `a + b` where the class of `b` has no `__radd__`
if not isinstance(other, Money):                  if not isinstance(other, Money):
    return NotImplemented                             raise TypeError("unsupported operand type(s) for +: 'Money' and '...'")

What the statement stands for depends on the operation, on which operand the method is of, and on what the other operand may be. So each
of these has a function of its own, which the operation calls in place of the method.
"""

import ast
from copy import deepcopy
from dataclasses import replace
from typing import Final

from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_objects import class_key
from pysfnc.frontend.records import Member, Record
from pysfnc.ir.exprs import Expr
from pysfnc.values.types import Kind, kinds, members

_SEQUENCES: Final = frozenset({Kind.STR, Kind.LIST, Kind.TUPLE})
_SIGNS: Final = {"**": "** or pow()"}


def answered(
    cx: Context, own: tuple[Record, Member], symbol: str, other: Expr, *, reflected: bool, asks_other: bool
) -> tuple[Record, Member]:
    """The method for `this symbol other` (or `other symbol this`, where it is `reflected`), with what its `return NotImplemented` means there.

    `asks_other`: the class of the other operand has a method for the operation too. What Python does then is left to whoever lowers the
    function, and so is a function that cannot be told: it says that the value has no form.
    """
    record, member = own
    node = member.node
    if not isinstance(node, ast.FunctionDef) or len(node.args.args) != 2 or not _gives_up(node):
        return own
    names = [arg.arg for arg in node.args.args]
    if any(isinstance(part, ast.Name) and part.id in names and _is_bound(part) for part in ast.walk(node)):
        return own
    text = None if asks_other else _ending(record, symbol, names, other, reflected)
    if text is None:
        return own
    key = (node, text)
    made = cx.project.answered.get(key)
    if made is None:
        made = _with_ending(node, text)
        cx.project.answered[key] = made
        cx.project.stands_for[made] = node
    return record, replace(member, node=made)


def _is_bound(part: ast.Name) -> bool:
    return not isinstance(part.ctx, ast.Load)


def _is_given_up(part: ast.AST) -> bool:
    return isinstance(part, ast.Return) and isinstance(part.value, ast.Name) and part.value.id == "NotImplemented"


def _gives_up(node: ast.FunctionDef) -> bool:
    return any(_is_given_up(part) for part in ast.walk(node))


def _ending(record: Record, symbol: str, names: list[str], other: Expr, reflected: bool) -> str | None:
    """What Python does where no operand knows the operation, as statements."""
    that = names[1]
    if symbol in ("==", "!="):
        same = (record.info.module.name, record.info.name) in {class_key(one) for one in members(other.type)}
        return None if same else f"return {symbol == '!='}"
    mine, theirs = f"'{record.info.name}'", f"'\" + type({that}).__name__ + \"'"
    first, second = (theirs, mine) if reflected else (mine, theirs)
    if symbol in ("<", ">", "<=", ">="):
        return f"raise TypeError(\"'{symbol}' not supported between instances of {first} and {second}\")"
    found = kinds(other.type) & _SEQUENCES
    if reflected and found and symbol in ("+", "+="):
        return None  # a text of its own for each kind
    if reflected and Kind.STR in found and symbol == "%":
        return None
    shown = _SIGNS.get(symbol, symbol)
    raised = f'raise TypeError("unsupported operand type(s) for {shown}: {first} and {second}")'
    if found and symbol in ("*", "*="):
        repeated = f'raise TypeError("can\'t multiply sequence by non-int of type {mine}")'
        return f"if isinstance({that}, (str, list, tuple)):\n    {repeated}\n{raised}"
    return raised


class _Ended(ast.NodeTransformer):
    """Puts statements in place of `return NotImplemented`, but in functions inside."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if self.depth:
            return node
        self.depth = 1
        made = self.generic_visit(node)
        self.depth = 0
        return made

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        if not _is_given_up(node):
            return node
        made = ast.parse(self.text).body
        for statement in made:
            for part in ast.walk(statement):
                if hasattr(part, "lineno"):
                    ast.copy_location(part, node)
        return made


def _with_ending(node: ast.FunctionDef, text: str) -> ast.FunctionDef:
    made = _Ended(text).visit(deepcopy(node))
    assert isinstance(made, ast.FunctionDef)
    return made
