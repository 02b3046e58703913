"""Functions that keep what they read of the functions around them: `undo.append(lambda: refund(paid))`.

Python looks such a variable up when the function is called. Where it cannot be bound again once the function was made, that is
what it holds already when the function becomes data, so it is kept then, as by a default: `lambda *, paid=paid: refund(paid)`.
"""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_frame import lookup_frame
from pysfnc.frontend.core.lower_values import Closure, Partial, Static, Value
from pysfnc.frontend.program.scope import FunctionNode, KeptArgument, stored_names
from pysfnc.lean import dataclass

__all__ = ["names_around", "unsettled_name", "with_captures"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ASSIGNMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign)


def with_captures(cx: Context, value: Static) -> Static:
    """A function with what it reads of functions around it as defaults; the same where some of it may be bound again."""
    match value:
        case Closure():
            kept = [(name, _captured(cx, part)) for name, part in value.defaults]
            return _closure_with_captures(cx, replace(value, defaults=tuple(kept)))
        case Partial(function, positional, keywords):
            return Partial(
                with_captures(cx, function),
                tuple(_captured(cx, part) for part in positional),
                tuple((name, _captured(cx, part)) for name, part in keywords),
            )
    return value


def _captured(cx: Context, part: Value) -> Value:
    return with_captures(cx, part) if isinstance(part, Static) else part


def _closure_with_captures(cx: Context, closure: Closure) -> Closure:
    around = names_around(cx, closure)
    if not around or not all(_is_settled(closure, name) for name in around):
        return closure
    from pysfnc.frontend.core.lower_core import lower_value

    kept: list[tuple[str, Value]] = []
    with cx.in_frame(closure.frame):
        for name, read in around.items():
            value = lower_value(cx, read)
            kept.append((name, with_captures(cx, value) if isinstance(value, Static) else cx.atom(value, "kept")))
    node = cx.project.keeping.get(closure.node)
    if node is None:
        node = cx.project.keeping[closure.node] = _keeping(closure.node, around)
    return Closure(node, closure.frame, closure.name, (*closure.defaults, *kept))


def _keeping(node: FunctionNode, names: dict[str, ast.Name]) -> FunctionNode:
    """The function with parameters for the names that are kept."""
    args = ast.arguments(
        posonlyargs=node.args.posonlyargs,
        args=node.args.args,
        vararg=node.args.vararg,
        kwonlyargs=[
            *node.args.kwonlyargs,
            *(ast.copy_location(KeptArgument(arg=name), at) for name, at in names.items()),
        ],
        kw_defaults=[*node.args.kw_defaults, *names.values()],
        kwarg=node.args.kwarg,
        defaults=node.args.defaults,
    )
    made = copy(node)
    made.args = args
    return made


def names_around(cx: Context, closure: Closure) -> dict[str, ast.Name]:
    """The variables of functions around it that a function reads or binds when it is called, each with a place where it does."""
    own = cx.project.scope(closure.node).bound
    found: dict[str, ast.Name] = {}
    body = [closure.node.body] if isinstance(closure.node, ast.Lambda) else closure.node.body
    for part in (part for stmt in body for part in ast.walk(stmt)):
        names = [part.id] if isinstance(part, ast.Name) else part.names if isinstance(part, ast.Nonlocal) else ()
        for name in names:
            if name not in own and lookup_frame(closure.frame, name):
                read = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), part)
                found.setdefault(name, read)
    return found


def unsettled_name(cx: Context, closure: Closure) -> str | None:
    """A variable of a function around that keeps a function from being data: one that may be bound again, if there is any."""
    around = names_around(cx, closure)
    return next(
        (name for name in around if not _is_settled(closure, name)),
        next(iter(around), None),
    )


def _is_settled(closure: Closure, name: str) -> bool:
    """Whether a variable of a function around is never bound again once the closure was made, nor that of a caller which it stands for."""
    owner = lookup_frame(closure.frame, name)
    if owner is None or owner.kind != "function" or owner.borrowed.get(owner.names.get(name, ""), False):
        return False
    if name in owner.scope.rebound_inside or not isinstance(owner.node, _FUNCTIONS):
        return False
    made = _Search(closure.node, name)
    made.visit(owner.node)
    return made.is_settled()


@dataclass(slots=True, eq=False)
class _Binding:
    unit: ast.AST
    """What has bound the name when it is through."""
    loops: tuple[ast.AST, ...]
    is_before: bool


class _Search:
    """Looks for a function inside of the one around it, and for what binds a name there, in the order of evaluation."""

    def __init__(self, function: FunctionNode, name: str) -> None:
        self._function, self._name = function, name
        self._path: list[ast.AST] = []
        self._found: list[ast.AST] | None = None
        self._bindings: list[_Binding] = []

    def visit(self, owner: FunctionNode) -> None:
        """Go through the function around."""
        for part in [owner.body] if isinstance(owner, ast.Lambda) else owner.body:
            self._visit(part)

    def _visit(self, node: ast.AST) -> None:
        self._path.append(node)
        if node is self._function:
            self._found = list(self._path)
        if not any(isinstance(part, _FUNCTIONS) for part in self._path[:-1]) and self._name in stored_names(node):
            loops = tuple(part for part in self._path if isinstance(part, _LOOPS))
            self._bindings.append(_Binding(self._unit(), loops, self._found is None))
        for part in _parts(node):
            self._visit(part)
        self._path.pop()

    def _unit(self) -> ast.AST:
        """The assignment or pattern; of `:=` the whole expression, as its parts have an order of their own."""
        unit = self._path[-1]
        for part in reversed(self._path):
            if isinstance(part, ast.expr):
                unit = part
            elif isinstance(part, _ASSIGNMENTS):
                return part
            elif isinstance(part, ast.stmt | ast.withitem | ast.match_case | ast.ExceptHandler):
                break
        return unit

    def is_settled(self) -> bool:
        """Whether nothing binds the name when the function was made."""
        if self._found is None:
            return False
        around = set(map(id, self._found))
        return all(
            binding.is_before and id(binding.unit) not in around and around.isdisjoint(map(id, binding.loops))
            for binding in self._bindings
        )


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What a node is made of; of an assignment the value first."""
    parts = list(ast.iter_child_nodes(node))
    if isinstance(node, _ASSIGNMENTS):
        parts.sort(key=lambda part: part is not node.value)
    return iter(parts)
