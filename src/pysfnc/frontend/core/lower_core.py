"""Dispatch from syntax to the modules that lower it, and the order of evaluation of operands.

Owns which function lowers which node; importing `build` fills the tables.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Condition
from pysfnc.frontend.aws.condition_values import held_condition
from pysfnc.frontend.aws.held_clients import HELD, held_client
from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.calls.captures import unsettled_name
from pysfnc.frontend.calls.held_functions import as_function, held_value
from pysfnc.frontend.core.effects import may_wait
from pysfnc.frontend.core.lower_context import MAX_DEPTH, Context, poison
from pysfnc.frontend.core.lower_frame import lookup_frame, variable_of
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.core.lower_values import Closure, DictOf, Lazy, Root, Static, TupleOf, Value, describe
from pysfnc.frontend.program.scope import bound_names
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Assign, Stmt, Suite
from pysfnc.library.numbers.roots import NO_EXACT_ROOT
from pysfnc.values.types import ERROR, ErrorT

ExprLowering = Callable[[Context, Any], Value]
StmtLowering = Callable[[Context, Any], None]

EXPRESSIONS: dict[type[ast.AST], ExprLowering] = {}
STATEMENTS: dict[type[ast.AST], StmtLowering] = {}

_E = TypeVar("_E", bound=ExprLowering)
_S = TypeVar("_S", bound=StmtLowering)


def expression(*kinds: type[ast.expr]) -> Callable[[_E], _E]:
    """Register the lowering of these expressions."""

    def add(lowering: _E) -> _E:
        for kind in kinds:
            EXPRESSIONS[kind] = lowering
        return lowering

    return add


def statement(*kinds: type[ast.stmt]) -> Callable[[_S], _S]:
    """Register the lowering of these statements."""

    def add(lowering: _S) -> _S:
        for kind in kinds:
            STATEMENTS[kind] = lowering
        return lowering

    return add


def lower_value(cx: Context, node: ast.expr) -> Value:
    """Lower an expression to data or to a value that exists only while compiling."""
    lowering = EXPRESSIONS.get(type(node))
    if lowering is None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"{_EXPRESSION_NAMES.get(type(node), 'this expression')} has no compiled form",
            help=_EXPRESSION_HELPS.get(type(node), "write instead: a function marked `@task` that does it"),
        )
    if cx.depth >= MAX_DEPTH:
        return cx.error(
            codes.NESTING_TOO_DEEP,
            node,
            f"code is nested more than {MAX_DEPTH} levels deep",
            help="write instead: several statements that name the parts",
        )
    cx.depth += 1
    try:
        value = as_function(cx, lowering(cx, node))
    finally:
        cx.depth -= 1
    if cx.project.ints_believed and not isinstance(value, Static) and node in cx.project.said_ints:
        from pysfnc.frontend.core.lower_annotation import as_said

        return as_said(cx, value, cx.project.said_ints[node], node)
    return value


def lower_expr(cx: Context, node: ast.expr) -> Expr:
    """Lower an expression that must give data."""
    return as_data(cx, lower_value(cx, node), node)


def as_data(cx: Context, value: Value, node: ast.AST) -> Expr:
    """The value as data; a message when it exists only while compiling."""
    if not isinstance(value, Static):
        return value
    if isinstance(value, Root):
        return cx.refuse(NO_EXACT_ROOT, node)
    if isinstance(value, Condition):
        return held_condition(cx, value, cx.span(node))
    if isinstance(value, HELD):
        return held_client(cx, value, node)
    held = _held_resource(cx, value, node) or held_value(cx, value, node)
    if held is not None:
        return held
    if isinstance(value, Closure) and (name := unsettled_name(cx, value)):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"a function that uses `{name}` of the function around it cannot be kept as a value",
            notes=(f"Python looks `{name}` up when it calls the function, and it may be bound again until then",),
            help=f"write instead: a parameter that keeps what it needs, `lambda ..., {name}={name}: ...`",
        )
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"{describe(value)} cannot be used as a value here",
        notes=("in the machine it exists only where it is called or iterated over",),
        help=_OF_VIEWS if isinstance(value, DictOf) and value.fixed else _STATIC_HELPS.get(type(value).__name__, ()),
    )


def _held_resource(cx: Context, value: Static, node: ast.AST) -> Expr | None:
    from pysfnc.frontend.aws.held_resources import want_held
    from pysfnc.frontend.aws.resource_objects import held_resource

    if isinstance(value, ResourceOf | Collected):
        return held_resource(cx, value, node)
    if isinstance(value, TupleOf) and want_held(cx, value):
        return poison(cx.span(node))
    return None


def lowering(cx: Context, node: ast.expr) -> Callable[[], Value]:
    """The lowering of an operand, as a step for `lower_in_order`."""
    return lambda: lower_value(cx, node)


def lower_in_order(cx: Context, steps: Sequence[Callable[[], Value]]) -> list[Value]:
    """Lower operands that Python evaluates one after another.

    When a later one needs statements of its own, the earlier ones are evaluated before these statements, unless waiting makes
    no difference.
    """
    done: list[tuple[list[Stmt], Value]] = []
    for step in steps:
        with cx.capture() as own:
            value = step()
        # A later operand may bind variables before this one is written, and a handler must not count on them.
        if isinstance(value, Lazy):
            cx.observe(value.items)
        elif not isinstance(value, Static):
            cx.observe(value)
        done.append((own, value))
    last = max((index for index, (own, _) in enumerate(done) if own), default=-1)
    values: list[Value] = []
    for index, (own, value) in enumerate(done):
        cx.out.extend(own)
        if index < last and isinstance(value, Lazy):
            value = replace(value, items=_before(cx, value.items, done[index + 1 :]))
        elif index < last and not isinstance(value, Static):
            value = _before(cx, value, done[index + 1 :])
        values.append(value)
    return values


def _before(cx: Context, value: Expr, later: Sequence[tuple[list[Stmt], Value]]) -> Expr:
    """The value as it is before the statements of later operands."""
    following = [stmt for own, _ in later for stmt in own]
    return present(cx, value) if may_wait(value, following) else _force(cx, value)


def present(cx: Context, value: Expr) -> Expr:
    """A variable with the type that its object has at the present point: it may have been changed since it was read."""
    fact = cx.state.facts.get(value.name) if isinstance(value, Var) else None
    if fact is None or fact.static is not None or isinstance(value.type, ErrorT) or isinstance(value, Const):
        return value
    return replace(value, type=fact.type)


def _force(cx: Context, value: Expr) -> Var:
    """Evaluate into a temporary, also where control does not get past a later operand: so not by `emit`."""
    name = cx.names.fresh("t")
    cx.out.append(Assign(name=name, value=value, span=value.span))
    return Var(name=name, type=value.type, span=value.span)


def lower_exprs(cx: Context, nodes: Sequence[ast.expr]) -> list[Expr]:
    """Lower expressions that must give data, in their order."""
    steps = [lambda node=node: lower_expr(cx, node) for node in nodes]
    return [value for value in lower_in_order(cx, steps) if not isinstance(value, Static)]


def lower_body(cx: Context, body: Sequence[ast.stmt]) -> None:
    """Lower statements in order. What follows a return, raise, break or continue is never reached and is left out."""
    from pysfnc.frontend.concurrency.lower_batches import add_row
    from pysfnc.frontend.concurrency.lower_closing import before_statement

    for stmt in body:
        if not cx.state.reachable:
            return
        if cx.flow.pending:
            before_statement(cx, stmt)
        if stmt in cx.batches:
            add_row(cx, stmt, cx.batches[stmt])
        else:
            lower_stmt(cx, stmt)


def lower_stmt(cx: Context, stmt: ast.stmt) -> None:
    """Lower one statement."""
    lowering = STATEMENTS.get(type(stmt))
    if lowering is None:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            cx.span(stmt).head(),
            f"{_STATEMENT_NAMES.get(type(stmt), 'this statement')} has no compiled form",
            help="write instead: a function marked `@task` that does it",
        )
        return
    if cx.depth >= MAX_DEPTH:
        cx.error(
            codes.NESTING_TOO_DEEP,
            cx.span(stmt).head(),
            f"code is nested more than {MAX_DEPTH} levels deep",
            help="write instead: a function for the inner part",
        )
        return
    cx.depth += 1
    mark = cx.sink.mark()
    try:
        lowering(cx, stmt)
    finally:
        cx.depth -= 1
    if cx.sink.errors_since(mark):
        _bind_refused(cx, stmt)


def _bind_refused(cx: Context, stmt: ast.stmt) -> None:
    """Let the names that a refused statement would have bound have values, which nobody complains about: one mistake is one message."""
    if not cx.state.reachable:
        return
    for name in bound_names([stmt]):
        if lookup_frame(cx.frame, name) is cx.frame:
            cx.state.facts.setdefault(variable_of(cx.frame, name, cx.names), Fact(ERROR))


def lower_suite(cx: Context, body: Sequence[ast.stmt]) -> Suite:
    """Lower statements into a suite of their own."""
    from pysfnc.frontend.concurrency.lower_groups import close_here

    with cx.capture() as own:
        lower_body(cx, body)
        close_here(cx)
    return tuple(own)


def is_poison(value: Value) -> bool:
    """Whether the value stands for something already reported."""
    return isinstance(value, Const | Var) and isinstance(value.type, ErrorT)


_EXPRESSION_NAMES: dict[type[ast.AST], str] = {
    ast.Yield: "`yield`",
    ast.YieldFrom: "`yield from`",
    ast.Starred: "a starred expression here",
}
_EXPRESSION_HELPS: dict[type[ast.AST], str] = {
    ast.Yield: "write instead: a function that returns a list",
    ast.YieldFrom: "write instead: a function that returns a list",
}
_OF_VIEWS: Final = "write instead: `name in C.__members__`, `C.__members__[name]`, `.get(name)` or a loop; `[m.name for m in C]` for a list"
_STATIC_HELPS: dict[str, str] = {
    "Lazy": "write instead: `list(...)` around it",
    "LazyComprehension": "write instead: `list(...)` around it, or a list comprehension",
    "Endless": "write instead: `islice(...)`, or `zip(...)` with a list",
    "Coroutine": "write instead: `await` before the call",
    "Future": "write instead: its `.result()`",
    "FutureList": "write instead: `[future.result() for future in futures]`",
    "MappedResults": "write instead: `list(pool.map(...))`",
    "TypeOf": "write instead: `type(value).__name__`, or `isinstance(value, ...)`",
    "BoundMethod": "write instead: a call of the method",
}
_STATEMENT_NAMES: dict[type[ast.AST], str] = {
    ast.With: "`with`",
    ast.AsyncWith: "`async with`",
    ast.AsyncFor: "`async for`",
    ast.TryStar: "`except*`",
    ast.Import: "an import inside a function",
    ast.ImportFrom: "an import inside a function",
}
