"""Special methods of two operands as an operation calls them, where it tells more than the method says.

`return NotImplemented`: what Python does then stands in its place.

before                                            after, of `a + b` where the class of `b` has no `__radd__`
if not isinstance(other, Money):                  if not isinstance(other, Money):
    return NotImplemented                             raise TypeError("unsupported operand type(s) for +: 'Money' and '...'")

What the statement stands for depends on the operation, on which operand the method is of, and on what the other operand may be. So each
of these has a function of its own, which the operation calls in place of the method.

`if other == 0`, where the other operand is a constant as in `sum(items)`, is decided: what the method does with others need not compile for it.
"""

import ast
from copy import deepcopy
from dataclasses import replace
from typing import Final

from pysfnc.frontend.classes.lower_objects import class_key
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.declarations.records import Member, Record
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import Kind

_SEQUENCES: Final = frozenset({Kind.STR, Kind.LIST, Kind.TUPLE})
_SIGNS: Final = {"**": "** or pow()"}


def answered(
    cx: Context, own: tuple[Record, Member], symbol: str, other: Expr, *, reflected: bool, asks_other: bool
) -> tuple[Record, Member]:
    """The method for `this symbol other` (or `other symbol this`, where it is `reflected`), with what its `return NotImplemented` means there.

    `asks_other`: the class of the other operand has a method for the operation too. What Python does then is left to whoever lowers the
    function, and so is a function that cannot be told: it says that the value has no form.
    """
    record, member = own = _delegated(*own)
    node = member.node
    if not isinstance(node, ast.FunctionDef) or len(node.args.args) != 2:
        return own
    names = [arg.arg for arg in node.args.args]
    constant = other.value if isinstance(other, Const) and type(other.value) is int else None
    decided = constant is not None and any(_compared_with(part, names[1]) is not None for part in ast.walk(node))
    gives_up = any(map(_is_given_up, ast.walk(node)))
    if not (gives_up or decided) or any(_is_bound(part, names) for part in ast.walk(node)):
        return own
    text = None if asks_other or not gives_up else _ending(record, symbol, names, other, reflected)
    if text is None and not decided:
        return own
    key = (node, f"{constant if decided else ''}:{text or ''}")
    made = cx.project.answered.get(key)
    if made is None:
        filled = _Filled(text, names[1], constant if decided else None).visit(deepcopy(node))
        assert isinstance(filled, ast.FunctionDef)
        made = cx.project.answered[key] = filled
        cx.project.stands_for[made] = node
    return record, replace(member, node=made)


def _delegated(record: Record, member: Member) -> tuple[Record, Member]:
    """The method whose answer a method gives as its own, as `__radd__` mostly does: `return self.__add__(other)`."""
    body = member.node.body if isinstance(member.node, ast.FunctionDef) else []
    match [part for part in body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]:
        case [
            ast.Return(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=this), attr=name), args=[ast.Name(id=other)], keywords=[]
                )
            )
        ]:
            assert isinstance(member.node, ast.FunctionDef)
            names = [arg.arg for arg in member.node.args.args]
            found = record.members.get(name)
            is_plain = found is not None and found.kind == "method" and isinstance(found.node, ast.FunctionDef)
            if names == [this, other] and found is not None and is_plain and name.startswith("__"):
                return record, found
    return record, member


def _is_bound(part: ast.AST, names: list[str]) -> bool:
    return isinstance(part, ast.Name) and part.id in names and not isinstance(part.ctx, ast.Load)


def _compared_with(part: ast.AST, name: str) -> int | None:
    """The constant of `name == constant`."""
    match part:
        case ast.Compare(left=ast.Name(id=compared), ops=[ast.Eq()], comparators=[ast.Constant(value=int() as value)]):
            return value if compared == name else None
        case _:
            return None


def _is_given_up(part: ast.AST) -> bool:
    return isinstance(part, ast.Return) and isinstance(part.value, ast.Name) and part.value.id == "NotImplemented"


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


class _Filled(ast.NodeTransformer):
    """Puts statements in place of `return NotImplemented`, and what comparisons of a parameter with constants say, but in functions inside."""

    def __init__(self, ending: str | None, name: str, constant: int | None) -> None:
        self.ending = ending
        self.name = name
        self.constant = constant
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

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        wanted = None if self.constant is None else _compared_with(node, self.name)
        if wanted is None:
            return self.generic_visit(node)
        return ast.copy_location(ast.Constant(wanted == self.constant), node)

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        if self.ending is None or not _is_given_up(node):
            return self.generic_visit(node)
        made = ast.parse(self.ending).body
        for statement in made:
            for part in ast.walk(statement):
                if hasattr(part, "lineno"):
                    ast.copy_location(part, node)
        return made
