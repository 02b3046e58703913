"""What a loop or comprehension runs over: the list of items, where it stands, and what happens to each item.

Owns the way from an iterable to a `Source`. Loops are `lower_loops`, comprehensions `lower_comprehension`.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Pages
from pysfnc.frontend.aws.held_resources import want_held
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.classes.lower_objects import attribute_holds, enum_members
from pysfnc.frontend.concurrency.future_tables import FutureRows, KeyedCoroutines, KeyedFutures
from pysfnc.frontend.concurrency.future_values import (
    Completions,
    Future,
    FutureDict,
    FutureList,
    FutureSet,
    MappedResults,
)
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_names import fact_of
from pysfnc.frontend.core.lower_place import Place, read_place
from pysfnc.frontend.core.lower_values import (
    DictOf,
    Endless,
    Groups,
    Lazy,
    LazyComprehension,
    Origin,
    ProjectClass,
    Static,
    TupleOf,
    Under,
    Value,
    describe,
)
from pysfnc.frontend.core.streams import take_items
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass
from pysfnc.values.relations import is_mutable, kinds
from pysfnc.values.types import STR, DequeT, DictT, Kind, ListT, MapT, TuplesT, TupleT

Receive = Callable[[Value], None]
Push = Callable[[Context, Receive, ast.AST], None]
Step = Callable[[Context, Value], Value | None]
"""What the target gets for an item; None when the item is left out (statements that skip it were emitted)."""


_NOTHING = Under()


@dataclass(frozen=True, slots=True)
class Source:
    """`items` is a list, evaluated once. `origin` says where its items stand, if they can be changed in place there.

    `step` makes of each what the loop gets, inside the loop. `lazy` is the generator that is taken item by item, if it is one. With `push` there
    is no list: it writes code that makes the items, and each use of one is lowered inside of that.
    """

    items: Expr
    origin: Origin | None = None
    step: Step | None = None
    lazy: LazyComprehension | None = None
    under: Under = _NOTHING
    push: Push | None = None


def lower_source(cx: Context, node: ast.expr) -> Source | None:
    """Lower the iterable of a loop; None after a message."""
    value = lower_value(cx, node)
    return source_of(cx, value, node)


def source_of(cx: Context, value: Value, node: ast.expr) -> Source | None:
    """The source for a value that is iterated over."""
    if isinstance(value, Expr) and not take_items(cx, value, node):
        return None
    match value:
        case Lazy(restless=True):
            refuse_restless(cx, value, node)
            return None
        case Lazy(items=items, origin=origin):
            return None if is_poison(items) else Source(items, origin, under=under(value))
        case FutureList() | FutureDict() | FutureSet() | Completions():
            return _futures(cx, value, node)
        case MappedResults(outcomes=outcomes, type=type_):
            from pysfnc.frontend.concurrency.lower_branches import result_of
            from pysfnc.frontend.concurrency.lower_futures import use_up
            from pysfnc.frontend.concurrency.lower_groups import close

            close(cx, value.group)
            use_up(cx, value)
            return Source(outcomes, step=lambda inner, item: result_of(inner, as_data(inner, item, node), type_, node))
        case Endless():
            cx.error(
                codes.UNSUPPORTED_EXPRESSION,
                node,
                f"a loop over `{value.kind}()`, which has no end, has no compiled form",
                help="write instead: `while True` with a variable that counts, `islice(...)`, or `zip(...)` with a list",
            )
            return None
        case Groups():
            return _groups(cx, value, node)
        case Pages():
            from pysfnc.frontend.aws.lower_pages import generated

            return source_of(cx, generated(cx, value, node), node)
        case Collected():
            from pysfnc.frontend.aws.lower_collections import resources

            return resources(cx, value, node)
        case LazyComprehension():
            from pysfnc.frontend.loops.lower_comprehension import lazy_source

            return lazy_source(cx, value, node)
        case ProjectClass() if (members := enum_members(cx, value, node)) is not None:
            return Source(members)
        case TupleOf(items=parts) if parts and all(isinstance(part, Future) for part in parts):
            return _futures(cx, value, node)
        case KeyedFutures() | KeyedCoroutines() | FutureRows():
            from pysfnc.frontend.concurrency.lower_future_tables import table_source

            return table_source(cx, value, node)
        case TupleOf() if (rows := _rows_of_futures(cx, value, node)) is not None:
            return source_of(cx, rows, node)
        case TupleOf(items=parts) if _are_options(parts):
            from pysfnc.frontend.calls.lower_choices import source_of_options

            return source_of_options(cx, parts, node)
        case DictOf(table=table):
            return source_of(cx, table, node)
        case TupleOf() if want_held(cx, value):
            return None
        case TupleOf():
            cx.error(
                codes.UNSUPPORTED_EXPRESSION,
                node,
                "a loop over functions or other things that are no data has no compiled form",
                help="write instead: one call after the other",
            )
            return None
        case _ if isinstance(value, Static):
            cx.error(codes.UNSUPPORTED_EXPRESSION, node, f"{describe(value)} cannot be iterated over")
            return None
    from pysfnc.frontend.classes.own_operators import items_of_own

    own = items_of_own(cx, value, node)
    if own is not None:
        # What the method gives stands at no place that the loop could name.
        return _without_origin(source_of(cx, own, node))
    data = as_data(cx, value, node)
    if kinds(data.type) == {Kind.SET}:
        # Whoever takes these items one after the other in an order that shows refuses them by their type.
        return Source(data)
    items = lib.items_of(cx, data, node)
    if is_poison(items):
        return None
    return Source(items, origin_of(cx, node, data), under=under(data))


def _rows_of_futures(cx: Context, value: TupleOf, node: ast.expr) -> FutureRows | None:
    from pysfnc.frontend.concurrency.lower_future_tables import displayed_rows

    return displayed_rows(cx, value, node)


def _are_options(parts: tuple[Value, ...]) -> bool:
    """Whether a loop may run over these values by their numbers: functions, or tuples of one length with functions and data."""
    from pysfnc.frontend.calls.lower_choices import is_option

    rows = [part.items for part in parts if isinstance(part, TupleOf)]
    if rows:
        same = len(rows) == len(parts) and len({len(row) for row in rows}) == 1
        return same and all(is_option(item) for row in rows for item in row)
    return bool(parts) and all(map(is_option, parts))


def _without_origin(source: Source | None) -> Source | None:
    return None if source is None else replace(source, origin=None)


def _groups(cx: Context, value: Groups, node: ast.expr) -> Source | None:
    """The groups of `groupby`, one by one."""
    from pysfnc.frontend.loops.lower_grouped import group_of

    if value.restless:
        cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the key of this `groupby()` may raise or call something, step by step while the loop runs",
            help="write instead: `groupby(sorted(xs, key=f), key=f)`, or pairs of key and item with `key=lambda pair: pair[0]`",
        )
        return None
    return Source(value.pairs, step=lambda inner, item: group_of(inner, item, node), under=value.under)


def is_unordered(source: Source) -> bool:
    """Whether the order of what a source gives is that of a set."""
    while source.lazy is not None:
        source = source.lazy.source
    return Kind.SET in kinds(source.items.type)


def under(*values: Value) -> Under:
    """What taking items from these values, or from an iterator over them, reads."""
    found = _NOTHING
    for value in values:
        match value:
            case Lazy(under=inner):
                found |= inner or _NOTHING
            case LazyComprehension(source=source):
                found |= Under((source.items,)) | source.under
            case _ if not isinstance(value, Static) and is_mutable(value.type):
                found |= Under((value,))
    return found


def read_by(values: Sequence[Value], items: Sequence[Value]) -> Under:
    """What an iterator over these values reads; a generator among them was evaluated at once, to one of `items`."""
    pairs = zip(values, items, strict=True)
    late = [free_vars(made) for value, made in pairs if isinstance(value, LazyComprehension) and isinstance(made, Expr)]
    return under(*values) | Under(late=frozenset[str]().union(*late))


def refuse_restless(cx: Context, value: Lazy, node: ast.expr) -> Expr:
    """Say that an iterator is used step by step whose items were taken all at once."""
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"{value.what} whose parts may raise or call something is used step by step here",
        help="write instead: `list(...)` around it",
    )


def _futures(cx: Context, value: Static, node: ast.expr) -> Source | None:
    """Futures one by one; the calls have ended."""
    from pysfnc.frontend.concurrency import lower_futures as promises

    match value:
        case Completions(futures=futures, pairs=pairs):
            return Source(
                pairs,
                step=lambda inner, item: promises.future_of_pair(inner, futures, as_data(inner, item, node), node),
            )
        case FutureSet(futures=futures, items=items, is_done=True):
            return Source(
                items,
                step=lambda inner, item: promises.future_of_pair(inner, futures, as_data(inner, item, node), node),
            )
        case FutureSet(futures=futures, items=items):
            return Source(items, step=lambda inner, item: promises.stopped_future(futures))
        case FutureDict(futures=listed):
            promises.close_all(cx, listed)
            pairs = lib.call(cx, "enumerate", [listed.outcomes], {}, node)
            return Source(
                pairs, step=lambda inner, item: promises.future_of_pair(inner, listed, as_data(inner, item, node), node)
            )
    futures_ = promises.futures_in(cx, value, node)
    if futures_ is None:
        return None
    promises.close_all(cx, futures_)
    outcomes = promises.outcomes_of(cx, futures_, node)
    return Source(outcomes, step=lambda inner, item: promises.future_of(inner, futures_, as_data(inner, item, node)))


def origin_of(cx: Context, node: ast.expr, value: Expr) -> Origin | None:
    """Where the items of a list, or the keys of a dict, stand: in a variable, or below constant keys in one."""
    place = simple_place(cx, node)
    if place is None or isinstance(value.type, TupleT | TuplesT):
        return None
    if isinstance(value.type, DequeT):
        return Origin("deque", place.root, place.keys, place.spans, place.title)
    kind = "list" if isinstance(value.type, ListT) else "keys" if isinstance(value.type, DictT | MapT) else "any"
    return Origin(kind, place.root, place.keys, place.spans, place.title)


def simple_place(cx: Context, node: ast.expr, *, seen: bool = True) -> Place | None:
    """The place that an expression names when naming it again evaluates nothing: `xs`, `order["items"]`, `rows[i]`.

    `seen`: what stands there was read, so that keys that are no str are there.
    """
    match node:
        case ast.Name(id=name):
            found = fact_of(cx, node)
            if found is None or found[1].static is not None or found[1].maybe_unset:
                return None
            return Place(Var(name=found[0], type=found[1].type, span=cx.span(node)), (), (), name)
        case ast.Attribute(value=base, attr=name):
            outer = simple_place(cx, base, seen=seen)
            if outer is None or not attribute_holds(cx, read_place(cx, outer).type, name):
                return None
            return outer.item(Const(value=name, type=STR, span=cx.span(node)), node)
        case ast.Subscript(value=base, slice=ast.Constant(value=str() | int()) | ast.Name() as index):
            outer = simple_place(cx, base, seen=seen)
            if outer is None:
                return None
            container = read_place(cx, outer)
            if lib.has_own_keys(container.type):
                return _place_by_text(cx, outer, container, index, node) if seen else None
            if isinstance(index, ast.Constant):
                return outer.item(as_data(cx, lower_value(cx, index), index), node)
            found = fact_of(cx, index)
            if found is None or found[1].static is not None or found[1].maybe_unset:
                return None
            key = cx.temporary(Var(name=found[0], type=found[1].type, span=cx.span(index)), "key")
            return outer.item(key, node)
        case _:
            return None


def _place_by_text(
    cx: Context, outer: Place, container: Expr, index: ast.Constant | ast.Name, node: ast.Subscript
) -> Place | None:
    """The place of an item of a dict whose keys are not all str."""
    found = None if isinstance(index, ast.Constant) else fact_of(cx, index)
    if isinstance(index, ast.Name) and (found is None or found[1].static is not None or found[1].maybe_unset):
        return None
    key = as_data(cx, lower_value(cx, index), index)
    if lib.keyed_by(container.type, key.type) is None:
        return None
    return outer.item(cx.temporary(lib.key_text(cx, container, key, node), "key"), node)
