"""Dicts and lists of tuples that hold futures, and futures beside other values in `zip` and `enumerate`.

    futures = {id: pool.submit(f, id) for id in ids}        positions = {id: 0, id: 1, ...}
    {id: future.result() for id, future in futures.items()}

Data holds the number of each future in the list of outcomes; whoever takes an item gets the future with that number.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.told_numbers import as_key
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.concurrency.future_tables import FutureRows, KeyedCoroutines, KeyedFutures, keys_of_table
from pysfnc.frontend.concurrency.future_values import Completions, Future, FutureDict, FutureList
from pysfnc.frontend.concurrency.lower_futures import Futures, close_all, future_of, outcomes_of, value_type
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, CoroutineList, Lazy, Static, TupleOf, Value, describe
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.loops.lower_iterate import Source, source_of
from pysfnc.ir.exprs import Const, Expr, ListComp, Prim, Var
from pysfnc.values.types import INT, NEVER, ListT

_TOLD_APART = """
    if len(positions) < count:
        raise ValueError("a task has no name any more, as another one has its key")
"""
_Table = KeyedFutures | KeyedCoroutines | FutureRows


# Made of a list of futures


def keyed_futures(cx: Context, futures: FutureList, keys: Expr, node: ast.expr) -> Static:
    """The dict with a future at each key: of equal keys the last one counts."""
    positions = _by_key(cx, keys, None, node)
    if is_poison(positions):
        return KeyedFutures(futures, positions)
    positions = cx.atom(positions, "positions")
    if not futures.is_task or futures.sure:
        return KeyedFutures(futures, positions)
    if not isinstance(positions, Const):
        count = lib.length(cx, keys, node)
        values = {"positions": lib.length(cx, positions, node), "count": count}
        run_here(cx, _TOLD_APART.replace("len(positions)", "positions"), values, node)
    return KeyedFutures(futures, positions, distinct=True)


def keyed_coroutines(
    cx: Context, keys: Expr, rows: Expr, element: Callable[[Context, Expr], Value], node: ast.expr
) -> Static:
    """The dict with a call at each key."""
    return KeyedCoroutines(cx.atom(_by_key(cx, keys, rows, node), "calls"), element)


def _by_key(cx: Context, keys: Expr, values: Expr | None, node: ast.expr) -> Expr:
    """The dict of keys and values; without values, of keys and their numbers."""
    if lib.item_type(keys.type) == NEVER:
        return lib.make_dict(cx, [], node)
    columns = [keys] if values is None else [keys, values]
    pairs = lib.call(cx, "enumerate" if values is None else "zip", columns, {}, node)
    if is_poison(pairs):
        return pairs
    item = Var(name=cx.names.fresh("pair"), type=lib.item_type(pairs.type), span=cx.span(node))
    first, second = lib.tuple_item(cx, item, 0, node), lib.tuple_item(cx, item, 1, node)
    key, value = (second, first) if values is None else (first, second)
    body = lib.make_tuple(cx, [as_key(key), value], node)
    listed = ListComp(name=item.name, seq=pairs, cond=None, body=body, type=ListT(body.type), span=cx.span(node))
    return lib.dict_of_pairs(cx, listed, node)


def future_rows(cx: Context, futures: Futures, others: Expr, hole: int, node: ast.AST) -> Static:
    """The list of tuples with a future at place `hole`; `others`: a list of tuples of everything else."""
    items = cx.atom(lib.call(cx, "enumerate", [others], {}, node), "rows")
    return FutureRows(futures, items, lambda inner, item: _filled(inner, futures, item, hole, node))


def _filled(cx: Context, futures: Futures, pair: Expr, hole: int, node: ast.AST) -> Value:
    whole = cx.atom(pair, "row")
    number, row = lib.tuple_item(cx, whole, 0, node), lib.tuple_item(cx, whole, 1, node)
    parts = list(lib.known_items(cx, row) or ())
    parts.insert(hole, future_numbered(cx, futures, number, node))
    return TupleOf(tuple(parts), is_list=False)


def future_numbered(cx: Context, futures: Futures, number: Expr, node: ast.AST) -> Future:
    """The future with a number, once all of them have ended."""
    outcomes, number = outcomes_of(cx, futures, node), cx.atom(number, "number")
    outcome = Prim(op="loop.item", args=(outcomes, number), type=lib.item_type(outcomes.type), span=cx.span(node))
    return replace(future_of(cx, futures, outcome), index=number, home=futures)


# Written out


def display_of_futures(cx: Context, node: ast.Dict, lowered: Sequence[Value]) -> Static | None:
    """`{"a": first, "b": second}` of futures; None where something else is among the values. `lowered`: keys and values in turn."""
    keys, values = lowered[::2], lowered[1::2]
    futures = tuple(value for value in values if isinstance(value, Future))
    if not futures or len(futures) < len(values):
        return None
    span = cx.span(node)
    numbers = [Const(value=number, type=INT, span=span) for number in range(len(futures))]
    named = [as_data(cx, key, node) for key in keys]
    positions = lib.make_dict(cx, list(zip(named, numbers, strict=True)), node)
    return KeyedFutures(futures, cx.atom(positions, "positions"))


def displayed_rows(cx: Context, value: TupleOf, node: ast.AST) -> FutureRows | None:
    """`[("a", first), ("b", second)]` with futures at one place of each tuple; None of anything else."""
    rows = [part.items for part in value.items if isinstance(part, TupleOf)]
    if not rows or len(rows) < len(value.items) or len({len(row) for row in rows}) > 1:
        return None
    holes = {tuple(place for place, part in enumerate(row) if isinstance(part, Static)) for row in rows}
    futures = tuple(part for row in rows for part in row if isinstance(part, Future))
    if len(holes) > 1 or len(futures) < len(rows):
        return None
    ((hole, *more),) = holes
    if more:
        return None
    others = [[part for part in row if not isinstance(part, Static)] for row in rows]
    listed = lib.make_list(cx, [lib.make_tuple(cx, row, node) for row in others], node)
    made = future_rows(cx, futures, listed, hole, node)
    return made if isinstance(made, FutureRows) else None


# Beside other values


def zipped_futures(cx: Context, values: Sequence[Value], node: ast.expr) -> Value | None:
    """`zip` of values among which there are futures; None where there are none."""
    return _paired(cx, "zip", values, (), 0, node)


def numbered_futures(cx: Context, value: Value, start: Sequence[Expr], node: ast.expr) -> Value | None:
    """`enumerate` of futures; None of anything else."""
    return _paired(cx, "enumerate", (value,), start, 1, node)


def _paired(
    cx: Context, name: str, values: Sequence[Value], more: Sequence[Expr], before: int, node: ast.expr
) -> Value | None:
    """An iterator over tuples; `before`: how many items of each come before those of `values`."""
    from pysfnc.frontend.core.lower_values import LazyComprehension
    from pysfnc.frontend.loops.lower_comprehension import Same
    from pysfnc.frontend.loops.lower_stepwise import quiet_items

    if not any(map(_gives_futures, values)):
        return None
    args: list[Expr] = []
    sources: dict[int, Source] = {}
    for index, value in enumerate(values):
        source = source_of(cx, value, node) if _gives_futures(value) else None
        if source is not None and source.step is not None:
            sources[index + before] = source
            args.append(cx.atom(source.items, "items"))
        else:
            args.append(quiet_items(cx, value, node) if isinstance(value, Static) else value)
    made = lib.call(cx, name, [*args, *more], {}, node)
    if is_poison(made):
        return poison(cx.span(node))

    def each(inner: Context, item: Value) -> Value | None:
        whole = inner.atom(as_data(inner, item, node), "parts")
        parts: list[Value] = []
        for index in range(before + len(values)):
            part: Value | None = lib.tuple_item(inner, whole, index, node)
            step = sources[index].step if index in sources else None
            part = part if step is None or part is None else step(inner, part)
            if part is None:
                return None
            parts.append(part)
        return TupleOf(tuple(parts), is_list=False)

    return LazyComprehension(f"a {name} iterator", Source(made, step=each), Same(node))


def _gives_futures(value: Value) -> bool:
    match value:
        case FutureList() | FutureDict() | FutureRows() | Completions():
            return True
        case TupleOf(items=parts):
            return bool(parts) and all(isinstance(part, Future) for part in parts)
        case _:
            return False


# What can be asked of them


def table_source(cx: Context, value: _Table, node: ast.expr) -> Source | None:
    """What a loop over such a container runs over: the keys of a dict."""
    if not isinstance(value, FutureRows):
        return source_of(cx, keys_of_table(value), node)
    if is_poison(value.items):
        return None
    close_all(cx, value.futures)
    return Source(value.items, step=lambda inner, item: value.step(inner, as_data(inner, item, node)))


def table_item(cx: Context, value: KeyedFutures | FutureRows, index: Value, node: ast.Subscript) -> Value:
    """`futures[key]`, `rows[0]`."""
    from pysfnc.frontend.core.lower_subscripts import item_of_data

    held = value.items if isinstance(value, FutureRows) else value.positions
    close_all(cx, value.futures)
    found = item_of_data(cx, held, index, node)
    if isinstance(found, Static) or is_poison(found):
        return found
    if isinstance(value, FutureRows):
        return value.step(cx, found)
    if isinstance(found, Const) and isinstance(found.value, int) and isinstance(value.futures, tuple):
        return value.futures[found.value]
    return future_numbered(cx, value.futures, found, node)


def table_method(
    cx: Context, receiver: KeyedFutures | KeyedCoroutines | FutureDict, name: str, given: Arguments, node: ast.expr
) -> Value:
    """`futures.items()` and the other views."""
    made = None
    if not given.positional and not given.keywords and given.spread is None:
        made = _view(cx, receiver, name, node)
    if made is not None:
        return made
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` of {describe(receiver)} has no compiled form",
        help="write instead: `.items()`, `.values()`, or an item by its key",
    )


def _view(
    cx: Context, receiver: KeyedFutures | KeyedCoroutines | FutureDict, name: str, node: ast.expr
) -> Value | None:
    match receiver, name:
        case KeyedFutures() | KeyedCoroutines(), "keys":
            held = keys_of_table(receiver)
            return Lazy("a view of keys", _listed(cx, held, "keys", node), sized=True)
        case KeyedFutures(), "values":
            return _values(cx, receiver, node)
        case KeyedCoroutines(table=table, element=element), "values":
            return CoroutineList(cx.atom(_listed(cx, table, "values", node), "rows"), element)
        case KeyedFutures(futures=futures, positions=positions), "items":
            items = _listed(cx, positions, "items", node)
            return FutureRows(
                futures, items, lambda inner, item: _at_key(inner, futures, item, node), "a view of items"
            )
        case FutureDict(futures=futures), "keys":
            return futures
        case FutureDict(futures=futures, values=values), "items":
            pairs = lib.call(cx, "enumerate", [values], {}, node)
            return FutureRows(
                futures, pairs, lambda inner, item: _with_value(inner, futures, item, node), "a view of items"
            )
        case FutureDict(values=values), "values":
            return Lazy("a view of values", values, sized=True)
        case _:
            return None


def _listed(cx: Context, held: Expr, view: str, node: ast.expr) -> Expr:
    """The list of what a view of a dict gives."""
    return as_data(
        cx, run_here(cx, f"return list(d.{view}())", {"d": held, "list": BuiltinFunction("list")}, node), node
    )


def _at_key(cx: Context, futures: Futures, pair: Expr, node: ast.AST) -> Value:
    whole = cx.atom(pair, "item")
    future = future_numbered(cx, futures, lib.tuple_item(cx, whole, 1, node), node)
    return TupleOf((lib.tuple_item(cx, whole, 0, node), future), is_list=False)


def _with_value(cx: Context, futures: Futures, pair: Expr, node: ast.AST) -> Value:
    whole = cx.atom(pair, "item")
    future = future_numbered(cx, futures, lib.tuple_item(cx, whole, 0, node), node)
    return TupleOf((future, lib.tuple_item(cx, whole, 1, node)), is_list=False)


def _values(cx: Context, keyed: KeyedFutures, node: ast.expr) -> Value:
    """The futures that have a key, in the order of the keys."""
    futures = keyed.futures
    if keyed.distinct:
        assert isinstance(futures, FutureList)
        return futures
    close_all(cx, futures)
    numbers = _listed(cx, keyed.positions, "values", node)
    if is_poison(numbers):
        return numbers
    outcomes = outcomes_of(cx, futures, node)
    number = Var(name=cx.names.fresh("number"), type=INT, span=cx.span(node))
    at = Prim(op="loop.item", args=(outcomes, number), type=lib.item_type(outcomes.type), span=number.span)
    listed = ListComp(name=number.name, seq=numbers, cond=None, body=at, type=ListT(at.type), span=number.span)
    type_, is_task = value_type(futures)
    group = futures.group if isinstance(futures, FutureList) else futures[0].group
    sure = futures.sure if isinstance(futures, FutureList) else all(future.sure for future in futures)
    return FutureList(group, cx.atom(listed, "outcomes"), type_, is_task, sure)
