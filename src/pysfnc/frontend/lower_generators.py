"""Generator functions: `yield` in a function whose items are taken all at once.

A call gives the iterator of a list that is made where the call stands: the function is written in place with `yield x` as the addition of an
item. Whoever takes the items step by step is refused where that would make a difference.
"""

import ast
import copy
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakKeyDictionary

from pysfnc.diagnostics import codes
from pysfnc.frontend.effects import can_raise
from pysfnc.frontend.lower_context import Context, Trial, poison
from pysfnc.frontend.lower_core import is_poison
from pysfnc.frontend.lower_iterate import under
from pysfnc.frontend.lower_values import Lazy, Static, Under, Value
from pysfnc.frontend.scope import function_scope, own_nodes
from pysfnc.ir.exprs import Expr, Let, ListComp, Reduce, Var
from pysfnc.ir.hir import Assign, ForEach, Raise, Stmt, Suite
from pysfnc.ir.walk import free_vars, has_effect, suite_exprs, walk_suite

_LISTS: "WeakKeyDictionary[ast.AST, ast.FunctionDef]" = WeakKeyDictionary()


def call_generator(
    cx: Context,
    node: ast.FunctionDef,
    title: str,
    args: tuple[Value, ...],
    call: ast.AST,
    write: Callable[[ast.FunctionDef], Value],
) -> Value:
    """The iterator that a generator function gives. `write` writes a function in place, with the arguments of the call."""
    why = _obstacle(node)
    if why is not None:
        return cx.error(
            codes.UNSUPPORTED_GENERATOR,
            call,
            f"`{title}` is a generator {why}",
            help="write instead: a function that returns a list",
        )
    trial = Trial(cx)
    made = _as_list(node)
    cx.project.stands_for[made] = node
    result = write(made)
    out = tuple(trial.out)
    failed = trial.failed
    trial.accept()
    if failed or isinstance(result, Static) or is_poison(result):
        return poison(cx.span(call))
    steps = _Steps()
    steps.suite(out)
    steps.expr(result)
    late = free_vars(result).union(*map(free_vars, suite_exprs(out)))
    return Lazy(
        "a generator",
        result,
        restless=steps.later or has_effect(out),
        under=under(*args) | Under(late=frozenset(late)),
        starts=steps.first,
    )


class _Steps:
    """Where a generator that was written in place may raise: before it gives its first item, or later."""

    def __init__(self) -> None:
        self.first = False
        self.later = False
        self._begun = False

    def _add(self, raises: bool) -> None:
        self.later |= raises and self._begun
        self.first |= raises

    def suite(self, suite: Suite) -> None:
        """Look at statements in order."""
        for stmt in suite:
            match stmt:
                case Assign(value=value, changes=changes):
                    self.expr(value)
                    self._begun |= changes
                case ForEach(seq=seq, body=body, orelse=orelse):
                    self.expr(seq)
                    self._begun = True
                    self.suite((*body, *orelse))
                case _:
                    self._begun = True
                    self._add(any(map(can_raise, suite_exprs((stmt,)))) or any(map(_raises, walk_suite((stmt,)))))

    def expr(self, value: Expr) -> None:
        """Look at an expression; the sequence of a fold is evaluated before all else."""
        match value:
            case Let(value=inner, body=body):
                self.expr(inner)
                self.expr(body)
            case ListComp(seq=seq) | Reduce(seq=seq):
                self.expr(seq)
                self._begun = True
                rest = replace(value, seq=Var(name="items", type=seq.type, span=seq.span))
                self._add(can_raise(rest))
            case _:
                self._add(can_raise(value))


def _raises(stmt: Stmt) -> bool:
    return isinstance(stmt, Raise)


def _obstacle(node: ast.FunctionDef) -> str | None:
    """Why a generator is no list that is made at once."""
    for part in own_nodes(node):
        if isinstance(part, ast.While) and isinstance(part.test, ast.Constant) and part.test.value:
            return "that may never end"
    yields = [part for part in own_nodes(node) if isinstance(part, ast.Yield | ast.YieldFrom)]
    statements = [part.value for part in own_nodes(node) if isinstance(part, ast.Expr)]
    if not all(any(one is other for other in statements) for one in yields):
        return "that is sent values"
    return None


def _as_list(node: ast.FunctionDef) -> ast.FunctionDef:
    """The function that returns the list of what a generator gives; the same one each time."""
    found = _LISTS.get(node)
    if found is None:
        made = copy.deepcopy(node)
        name = "yielded"
        while name in function_scope(node).bound:
            name += "_"
        made.body = [_at(node, f"{name} = []"), *_Collecting(name).suite(made.body), _at(node, f"return {name}")]
        made.returns = None
        made.decorator_list = []
        found = _LISTS[node] = made
    return found


def _at(node: ast.AST, text: str) -> ast.stmt:
    (stmt,) = ast.parse(text).body
    for part in ast.walk(stmt):
        ast.copy_location(part, node)
    return stmt


class _Collecting(ast.NodeTransformer):
    """`yield x` becomes the addition of an item, `return` gives the list. Functions inside stay what they are."""

    def __init__(self, name: str) -> None:
        self._name = name

    def suite(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The statements of a body."""
        return [made for stmt in body if isinstance(made := self.visit(stmt), ast.stmt)]

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Yield(value=value):
                added, method = value or ast.copy_location(ast.Constant(value=None), node), "append"
            case ast.YieldFrom(value=added):
                method = "extend"
            case _:
                return node
        made = _at(node, f"{self._name}.{method}()")
        assert isinstance(made, ast.Expr) and isinstance(made.value, ast.Call)
        made.value.args = [added]
        return made

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return _at(node, f"return {self._name}")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node
