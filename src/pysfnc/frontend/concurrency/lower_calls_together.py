"""Comprehensions of calls that run at the same time: `[pool.submit(f, x) for x in xs]`, `{k: f(k) for k in ks}` of an async function.

The arguments of each call are evaluated where the comprehension stands, and what the element holds besides it. The calls become the iterations of
one Map.
"""

import ast
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.concurrency.future_values import FutureDict, FutureList
from pysfnc.frontend.concurrency.lower_await import AWAITED
from pysfnc.frontend.concurrency.lower_batches import (
    Parts,
    Row,
    Shape,
    Start,
    append_to,
    begin_rows,
    kept_going,
    late_bound,
    start_of,
)
from pysfnc.frontend.concurrency.lower_branches import raise_if_any
from pysfnc.frontend.concurrency.lower_future_tables import future_rows, keyed_coroutines, keyed_futures
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_in_order, lower_value
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_values import (
    Closure,
    Configured,
    CoroutineList,
    External,
    ProjectFunction,
    Static,
    Value,
)
from pysfnc.frontend.loops.lower_comprehension import Element, collect, list_by_loop, pure_list, started
from pysfnc.frontend.loops.lower_iterate import Source
from pysfnc.frontend.program.scope import target_names
from pysfnc.ir.exprs import Expr, ListComp, Var
from pysfnc.lean import dataclass
from pysfnc.values.types import NEVER, ListT

Calls = ast.ListComp | ast.GeneratorExp | ast.DictComp


def called_together(cx: Context, node: Calls) -> Value | None:
    """The futures or coroutines of a comprehension of calls; None of any other comprehension."""
    parts = _parts_of(cx, node)
    if parts is None:
        return None
    start = start_of(cx, parts.call)
    if start is not None:
        return _submitted(cx, node, parts, start)
    return _coroutines(cx, node, parts) if _is_async(cx, parts.call.func) else None


def _parts_of(cx: Context, node: Calls) -> Parts | None:
    """The call of an element, and what stands before and behind it; None without one."""
    if isinstance(node, ast.DictComp):
        if isinstance(node.key, ast.Call) and start_of(cx, node.key) is not None:
            return Parts(node.key, after=(node.value,))
        return Parts(node.value, before=(node.key,)) if isinstance(node.value, ast.Call) else None
    if isinstance(node.elt, ast.Call):
        return Parts(node.elt)
    return Parts.of_tuple(cx, node.elt)


def _is_async(cx: Context, func: ast.expr) -> bool:
    """Whether a name stands for an async function."""
    if not isinstance(func, ast.Name | ast.Attribute):
        return False
    trial = Trial(cx)
    callee = lower_value(cx, func)
    trial.discard()
    target = callee.target if isinstance(callee, Configured) else callee
    if isinstance(target, ProjectFunction):
        return target.info.is_async
    if isinstance(target, External):
        return target.name in AWAITED
    return isinstance(target, Closure) and isinstance(target.node, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Element):
    """As `Element` for calls that are made later: the element is the tuple of the arguments, with what stands beside the call around it.

    `early`: the variable with the list that the arguments go to, as soon as they are evaluated, instead.
    """

    row: Row | None = None
    parts: Parts | None = None
    early: str | None = None

    def inner(self, frame: Frame) -> "Element":
        """The parts behind the next `for`."""
        return Rows(self.node, self.around, self.index + 1, frame, self.row, self.parts, self.early)

    def element(self, cx: Context) -> Value:
        """The arguments of one call, and what stands beside it."""
        assert self.row is not None and self.parts is not None
        row, parts = self.row, self.parts
        before = [lambda part=part: as_data(cx, lower_value(cx, part), part) for part in parts.before]
        after = [lambda part=part: as_data(cx, lower_value(cx, part), part) for part in parts.after]

        def arguments() -> Value:
            return lib.make_tuple(cx, list(row.lower(cx)), self.node)

        if not before and not after:
            return arguments()
        if self.early is None:
            values = lower_in_order(cx, [*before, arguments, *after])
            return lib.make_tuple(cx, [as_data(cx, value, self.node) for value in values], self.node)
        first = lower_in_order(cx, [*before, arguments])
        *others, given = [cx.atom(as_data(cx, value, self.node), "part") for value in first]
        append_to(cx, self.early, given, self.node)
        behind = [as_data(cx, value, self.node) for value in lower_in_order(cx, after)]
        return lib.make_tuple(cx, [*others, *behind], self.node)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The lists of the arguments of all calls, and of the tuples of what stands beside them."""

    arguments: Expr
    others: Expr


def _rows_of_calls(cx: Context, node: Calls, row: Row, parts: Parts) -> tuple[Expr, Expr | None] | None:
    """The list of the elements, evaluated where the comprehension stands, and that of the arguments if it is apart; None after a message."""
    names = frozenset(name for part in node.generators for name in target_names(part.target))
    if not row.is_regular():
        cx.error(
            codes.UNSUPPORTED_PARAMETER_KIND,
            row.node,
            "calls that are made together have a compiled form only with arguments that are written out one by one",
            help="write instead: each argument",
        )
        return None
    if late_bound(cx, row, names):
        return None
    made = started(cx, node)
    if made is None:
        return None
    source, _ = made
    stage = Rows(node, cx.frame, row=row, parts=parts)
    if row.start.kind != "pool":
        return collect(cx, source, stage, node), None
    return _rows_one_by_one(cx, source, stage, parts, node)


def _rows_one_by_one(cx: Context, source: Source, stage: Rows, parts: Parts, node: Calls) -> tuple[Expr, Expr | None]:
    """As `collect`, but what was submitted to a pool before an exception runs all the same."""
    trial = Trial(cx)
    made = pure_list(cx, source, stage, node)
    if made is not None and not trial.out and not trial.failed and not can_raise(made):
        state = trial.state_before()
        trial.accept()
        cx.state = state
        return made, None
    trial.discard()
    if not parts.after:
        return list_by_loop(cx, source, stage, node), None
    span, variable = cx.span(node), cx.names.fresh("rows")
    bind_variable(cx, variable, lib.make_list(cx, [], node), span)
    others = list_by_loop(cx, source, replace(stage, early=variable), node)
    if is_poison(others):
        return others, None
    return others, Var(name=variable, type=cx.state.facts[variable].type, span=span)


def _submitted(cx: Context, node: Calls, parts: Parts, start: Start) -> Value:
    row = Row(start, parts.call)
    found: list[tuple[Expr, Expr | None]] = []

    def lower() -> None:
        rows = _rows_of_calls(cx, node, row, parts)
        if rows is not None:
            found.append((cx.atom(rows[0], "rows"), rows[1]))

    failed = kept_going(cx, lower, start.kind == "pool", node)
    if not found or is_poison(found[0][0]):
        return poison(cx.span(node))
    columns = _apart(cx, *found[0], parts, node)
    futures = begin_rows(cx, columns.arguments, row)
    if failed is not None:
        raise_if_any(cx, failed, node)
    if not parts.before and not parts.after:
        return futures
    shape: Shape = "rows" if not isinstance(node, ast.DictComp) else "values" if parts.after else "keys"
    return with_others(cx, futures, columns.others, shape, len(parts.before), node)


def with_others(cx: Context, futures: FutureList, others: Expr, shape: Shape, hole: int, node: ast.expr) -> Static:
    """Futures with what stands beside each of them: `others` is a list of tuples, in which the future would be at place `hole`."""
    if shape == "rows":
        return future_rows(cx, futures, cx.atom(others, "others"), hole, node)
    one = cx.atom(_column(cx, others, 0, node), "column")
    return keyed_futures(cx, futures, one, node) if shape == "keys" else FutureDict(futures, one)


def _apart(cx: Context, rows: Expr, arguments: Expr | None, parts: Parts, node: ast.AST) -> _Columns:
    if arguments is not None:
        return _Columns(arguments, rows)
    if not parts.before and not parts.after:
        return _Columns(rows, rows)
    hole = len(parts.before)
    places = [place for place in range(hole + 1 + len(parts.after)) if place != hole]
    return _Columns(cx.atom(_column(cx, rows, hole, node), "rows"), _columns(cx, rows, places, node))


def _column(cx: Context, rows: Expr, index: int, node: ast.AST) -> Expr:
    """The list of the items of tuples at one place."""
    item = Var(name=cx.names.fresh("row"), type=lib.item_type(rows.type), span=cx.span(node))
    if item.type == NEVER:
        return lib.make_list(cx, [], node)
    body = lib.tuple_item(cx, item, index, node)
    return ListComp(name=item.name, seq=rows, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def _columns(cx: Context, rows: Expr, places: list[int], node: ast.AST) -> Expr:
    """The list of the tuples of what tuples hold at some places."""
    item = Var(name=cx.names.fresh("row"), type=lib.item_type(rows.type), span=cx.span(node))
    if item.type == NEVER:
        return lib.make_list(cx, [], node)
    body = lib.make_tuple(cx, [lib.tuple_item(cx, item, place, node) for place in places], node)
    return ListComp(name=item.name, seq=rows, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def _coroutines(cx: Context, node: Calls, parts: Parts) -> Value | None:
    """A list or dict of calls of an async function that wait to be awaited."""
    call = parts.call
    row = Row(Start(None, "tasks"), ast.copy_location(ast.Call(func=call.func, args=[call], keywords=[]), call))
    found = _rows_of_calls(cx, node, row, parts)
    if found is None or is_poison(found[0]):
        return poison(cx.span(node))
    rows = cx.atom(found[0], "rows")

    def element(inner: Context, item: Expr) -> Value:
        return row.coroutine(inner, lib.known_items(inner, item) or [])

    if not isinstance(node, ast.DictComp):
        return CoroutineList(rows, element)
    return keyed_coroutines(cx, _column(cx, rows, 0, node), _column(cx, rows, 1, node), element, node)
