"""Generator functions: `yield` in a function whose items are taken all at once.

A call gives the iterator of a list that is made where the call stands, if nobody can tell: the function is written in place with `yield x` as the
addition of an item. Where it may raise or call something in between, or never ends, it is written where its items are used, and each `yield` is the
place of one use.
"""

import ast
import copy
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakKeyDictionary

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core.effects import can_raise, leaves_by_exception
from pysfnc.frontend.core.kept_values import kept_arguments
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import expression, is_poison, lower_value
from pysfnc.frontend.core.lower_values import Lazy, Static, Under, Value
from pysfnc.frontend.loops.lower_comprehension import pushed
from pysfnc.frontend.loops.lower_each import run_each
from pysfnc.frontend.loops.lower_iterate import Receive, lower_source, under
from pysfnc.frontend.program.scope import function_scope, own_nodes
from pysfnc.ir.exprs import Const, Expr, Let, ListComp, Reduce, Var
from pysfnc.ir.hir import Assign, ExceptionTable, ForEach, Suite
from pysfnc.ir.walk import has_effect, suite_exprs
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass
from pysfnc.values.types import NONE

_LISTS: "WeakKeyDictionary[ast.AST, ast.FunctionDef]" = WeakKeyDictionary()


Write = Callable[[ast.FunctionDef, Arguments, Receive | None], Value]
"""Writes a function in place, with the arguments of a call; what is done with an item of a generator is lowered by the last argument."""


def call_generator(
    cx: Context,
    node: ast.FunctionDef,
    title: str,
    given: Arguments,
    call: ast.AST,
    write: Write,
    *,
    is_closure: bool,
) -> Value:
    """The iterator that a generator function gives: of a list where nobody sees that it is made at once, else of code that is written where
    the items are used."""
    if _is_sent_values(node):
        return cx.error(
            codes.UNSUPPORTED_GENERATOR,
            call,
            f"`{title}` is a generator that is sent values",
            help="write instead: a function that returns a list",
        )
    if _may_never_end(node):
        return _step_by_step(cx, node, title, given, call, write)
    trial = Trial(cx)
    made = _as_list(node)
    cx.project.stands_for[made] = node
    result = write(made, given, None)
    out = tuple(trial.out)
    if trial.failed or isinstance(result, Static) or is_poison(result):
        trial.accept()
        return poison(cx.span(call))
    steps = _Steps(cx.project.exceptions)
    steps.suite(out)
    steps.expr(result)
    restless = steps.later or has_effect(out)
    shows = restless or steps.first or not cx.state.reachable
    if shows and _stepwise_obstacle(node) is None and made not in cx.project.recursive:
        trial.discard()
        return _step_by_step(cx, node, title, given, call, write)
    trial.accept()
    late = free_vars(result).union(*map(free_vars, suite_exprs(out)))
    args = (*given.positional, *(value for _, value in given.keywords))
    return Lazy(
        "a generator",
        result,
        restless=restless,
        under=under(*args) | Under(late=frozenset(late)),
        starts=steps.first,
        by_value=not is_closure,
    )


def _step_by_step(
    cx: Context, node: ast.FunctionDef, title: str, given: Arguments, call: ast.AST, write: Write
) -> Value:
    """A generator whose code is written where its items are used, with each use in the place of a `yield`."""
    why = _stepwise_obstacle(node)
    if why is not None:
        return cx.error(
            codes.UNSUPPORTED_GENERATOR,
            call,
            f"`{title}` is a generator {why}",
            help="write instead: a function that returns a list",
        )
    assert isinstance(call, ast.expr)
    return pushed(cx, "a generator", WrittenWhereUsed(node, kept_arguments(cx, given), write), call)


@dataclass(frozen=True, slots=True)
class WrittenWhereUsed:
    """The call of a generator function: writes its code where the items are used."""

    node: ast.FunctionDef
    given: Arguments
    write: Write

    def __call__(self, _cx: Context, receive: Receive, _node: ast.AST) -> None:
        self.write(self.node, self.given, receive)

    def settled(self, cx: Context) -> "WrittenWhereUsed":
        """The same with arguments that no rebinding of a variable changes."""
        given = self.given
        positional = tuple(_settled(cx, value) for value in given.positional)
        keywords = tuple((name, _settled(cx, value)) for name, value in given.keywords)
        return replace(self, given=replace(given, positional=positional, keywords=keywords))


def _settled(cx: Context, value: Value) -> Value:
    return value if isinstance(value, Static | Const) else cx.temporary(value, "arg")


@expression(ast.Yield)
def lower_yield(cx: Context, node: ast.Yield) -> Value:
    """`yield value` in a generator that is written where its items are used."""
    receive = function_frame(cx).receive
    if receive is None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "`yield` has no compiled form",
            help="write instead: a function that returns a list",
        )
    none = Const(value=None, type=NONE, span=cx.span(node))
    receive(none if node.value is None else lower_value(cx, node.value))
    return none


@expression(ast.YieldFrom)
def lower_yield_from(cx: Context, node: ast.YieldFrom) -> Value:
    """`yield from items`."""
    receive = function_frame(cx).receive
    source = lower_source(cx, node.value)
    if receive is not None and source is not None:
        run_each(cx, source, receive, node)
    return Const(value=None, type=NONE, span=cx.span(node))


class _Steps:
    """Where a generator that was written in place may raise: before it gives its first item, or later."""

    def __init__(self, table: ExceptionTable) -> None:
        self._table = table
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
                    self._add(leaves_by_exception((stmt,), self._table))

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


def _may_never_end(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(part, ast.While) and isinstance(part.test, ast.Constant) and bool(part.test.value)
        for part in own_nodes(node)
    )


def _may_stop(node: ast.FunctionDef) -> bool:
    """Whether StopIteration may leave a generator, which CPython makes a RuntimeError of."""
    guarded = {id(inner) for part in own_nodes(node) if isinstance(part, ast.Try) for inner in ast.walk(part)}
    for part in own_nodes(node):
        if id(part) in guarded:
            continue
        match part:
            case ast.Call(func=ast.Name(id="next"), args=[_]):
                return True
            case ast.Raise(exc=ast.Name(id="StopIteration") | ast.Call(func=ast.Name(id="StopIteration"))):
                return True
    return False


def _is_sent_values(node: ast.FunctionDef) -> bool:
    yields = [part for part in own_nodes(node) if isinstance(part, ast.Yield | ast.YieldFrom)]
    statements = [part.value for part in own_nodes(node) if isinstance(part, ast.Expr)]
    return not all(any(one is other for other in statements) for one in yields)


def _stepwise_obstacle(node: ast.FunctionDef) -> str | None:
    """Why the uses of items cannot stand in the place of each `yield`."""
    if _may_stop(node):
        return "that may raise StopIteration"
    for part in own_nodes(node):
        if isinstance(part, ast.Try | ast.TryStar | ast.With | ast.AsyncWith) and any(
            isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(part)
        ):
            # What the use raises would meet the handlers, and what stands in `finally` would come before code behind the loop.
            return "with a `yield` inside of `try` or `with`"
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
