"""Variables of a function that an annotation further on speaks of: `total = row["a"] + row["b"]`, then `show(total)`.

Owns the question which values a name without an annotation has there, by syntax alone: what is said of the name is said of them only if it is
always this use that they come to.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from pysfnc.frontend.program.scope import function_scope

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)
_MAYBE = (ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_LEAVING = (ast.Return, ast.Break, ast.Continue, ast.Raise, ast.Yield, ast.YieldFrom)
_SUMS = (ast.Add, ast.Sub, ast.Mult)
_TAKING = frozenset({"pop", "clear", "remove", "popitem"})


class Locals:
    """The variables of one function."""

    def __init__(self, node: _Function) -> None:
        scope = function_scope(node)
        self._node = node
        self._other = frozenset(scope.params) | scope.globals | scope.nonlocals | scope.rebound_inside
        self._parents: Mapping[ast.AST, ast.AST] = {
            child: parent for parent in ast.walk(node) for child in ast.iter_child_nodes(parent)
        }

    def only_value(self, use: ast.Name) -> ast.expr | None:
        """The expression that the name has its value of, where nothing but this use can follow; None if that is not sure."""
        value, stmt = self.sole_value(use.id), self._statement(use)
        made = None if value is None else self._parents[value]
        if stmt is None or not isinstance(made, ast.Assign):
            return None
        suite = self._suite(made)
        if suite is None or stmt not in suite or suite.index(stmt) <= suite.index(made):
            return None
        between = suite[suite.index(made) + 1 : suite.index(stmt)]
        if any(isinstance(part, _LEAVING) for one in between for part in ast.walk(one)):
            return None
        return made.value

    def sole_value(self, name: str) -> ast.expr | None:
        """The expression that a name always has its value of; None where there are several, or the value came from elsewhere."""
        stores = self._stores(name)
        made = self._parents[stores[0]] if len(stores) == 1 and name not in self._other else None
        return made.value if isinstance(made, ast.Assign) and made.targets == stores else None

    def is_filled(self, name: str) -> bool:
        """Whether a dict or list that the function always returns begins empty, and what is put in stays there or is added to."""
        stores = self._stores(name)
        if name in self._other or len(stores) != 1 or not _begins_empty(self._parents[stores[0]]):
            return False
        parts = list(ast.walk(self._node))
        returned = [part.value for part in parts if isinstance(part, ast.Return) and part.value is not None]
        if not all(isinstance(value, ast.Name) and value.id == name for value in returned):
            return False
        put = [part for part in parts if isinstance(part, ast.Subscript) and _is_named(part.value, name)]
        if any(isinstance(part.ctx, ast.Del) for part in put):
            return False
        if any(
            isinstance(part, ast.Attribute) and part.attr in _TAKING and _is_named(part.value, name) for part in parts
        ):
            return False
        stored = [self._parents[part] for part in put if isinstance(part.ctx, ast.Store)]
        anew = [part for part in stored if not _adds(part, name)]
        return len(anew) <= (1 if len(stored) == len(anew) else 0)

    def _stores(self, name: str) -> list[ast.Name]:
        return [
            part
            for part in ast.walk(self._node)
            if isinstance(part, ast.Name) and part.id == name and not isinstance(part.ctx, ast.Load)
        ]

    def _statement(self, node: ast.expr) -> ast.stmt | None:
        """The simple statement that always evaluates an expression; None if it may not."""
        current: ast.AST = node
        while not isinstance(current, ast.stmt):
            current = self._parents[current]
            if isinstance(current, _MAYBE):
                return None
        return current if isinstance(current, _SIMPLE) else None

    def _suite(self, stmt: ast.stmt) -> Sequence[ast.stmt] | None:
        for _, value in ast.iter_fields(self._parents[stmt]):
            if isinstance(value, list) and stmt in value:
                return value
        return None


def _begins_empty(made: ast.AST) -> bool:
    """Whether an assignment gives its only target an empty list or dict."""
    match made:
        case ast.Assign(targets=[_], value=ast.Dict(keys=[]) | ast.List(elts=[])):
            return True
        case ast.Assign(targets=[_], value=ast.Call(func=ast.Name(id="dict" | "list"), args=[], keywords=[])):
            return True
        case ast.Assign(targets=[_], value=ast.Call(func=ast.Name(id="defaultdict"), args=[ast.Name(id="int")])):
            return True
        case _:
            return False


def _adds(stmt: ast.AST, name: str) -> bool:
    """Whether an item of a dict is set to a sum of what it was."""
    match stmt:
        case ast.AugAssign(op=op):
            return isinstance(op, _SUMS)
        case ast.Assign(value=ast.BinOp(left=left, op=op, right=right)) if isinstance(op, _SUMS):
            return any(_reads(side, name) for side in (left, right))
        case _:
            return False


def _reads(node: ast.expr, name: str) -> bool:
    match node:
        case ast.Subscript(value=held) | ast.Call(func=ast.Attribute(value=held, attr="get")):
            return _is_named(held, name)
        case _:
            return False


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def appended(part: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The list and the item of `xs.append(item)`."""
    match part:
        case ast.Call(func=ast.Attribute(value=held, attr="append"), args=[item], keywords=[]):
            yield held, item
        case _:
            return
