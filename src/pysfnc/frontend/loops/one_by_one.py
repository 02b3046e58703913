"""What takes the items of an iterator one after the other, and may refuse one: `sum`, `max`, a dict of pairs.

Python makes the next item when the one before it is taken. So where an item may be refused and another one may raise, or
call something, while it is made, an item is taken as soon as it is there. Where nothing of it can go wrong all items are
made first, as a list, which takes less.
"""

import ast
from collections.abc import Callable
from dataclasses import replace

from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_values import LazyComprehension, Value
from pysfnc.frontend.loops.lower_comprehension import Pure, Stage, list_by_loop, pure_list, refuse_step
from pysfnc.frontend.loops.lower_each import run_each
from pysfnc.frontend.loops.lower_iterate import Receive, is_unordered
from pysfnc.ir.exprs import Cond, Const, Expr, Let, ListComp, Prim, Reduce, Var
from pysfnc.ir.hir import Assign
from pysfnc.lean import dataclass
from pysfnc.values.types import ListT, Type

Taken = Callable[[Expr], Expr]
"""An item as it is taken, or the exception that it is not."""
Step = Callable[[Expr, Expr], Expr]
"""What has been made so far, and an item: what is made with it. Both are names."""


def refused_among_others(
    cx: Context, value: Value, may_refuse: Callable[[Type], bool], node: ast.expr
) -> tuple[LazyComprehension, Type] | None:
    """An iterator of which an item may be refused before another one is made, and what its items are; None for anything else."""
    if not isinstance(value, LazyComprehension) or is_unordered(value.source):
        return None
    trial = Trial(cx)
    items = lib.items_of(cx, value, node)
    of = lib.item_type(items.type)
    found = not trial.failed and not is_poison(items) and bool(trial.out or can_raise(items)) and may_refuse(of)
    trial.discard()
    return (value, of) if found else None


def each_taken(cx: Context, lazy: LazyComprehension, take: Taken, node: ast.expr) -> Expr:
    """The list of the items of an iterator, each as `take` makes it."""
    made = _as_expression(cx, lazy, lambda items: _taken(items, take), node)
    return made or list_by_loop(cx, lazy.source, _Taking(lazy.stage, take, node), node)


def folded(cx: Context, lazy: LazyComprehension, start: Expr, step: Step, node: ast.expr) -> Expr:
    """What `step` makes of `start` and of all items of an iterator, one after the other. Its type is that of `start`."""
    made = _as_expression(cx, lazy, lambda items: _fold(cx, items, start, step), node)
    return made or _fold_by_loop(cx, lazy, start, step, node)


def pairs_taken(cx: Context, value: Value, node: ast.expr) -> Expr | None:
    """The list of the pairs of an iterator that a dict takes one by one; None where they may as well be made first."""
    late = refused_among_others(cx, value, lambda of: lib.may_refuse_pair(cx, of), node)
    return None if late is None else each_taken(cx, late[0], lambda pair: lib.taken_pair(cx, pair, node), node)


@dataclass(frozen=True, slots=True, eq=False)
class _Taking:
    """A stage, and what is done with each of its items at once."""

    stage: Stage
    take: Taken
    node: ast.expr

    def pure(self, _cx: Context, _value: Value) -> Pure | None:
        """See `Stage`: the expression is made of that of the other stage (`_taken`)."""
        return None

    def each(self, cx: Context, value: Value, receive: Receive) -> None:
        """See `Stage`."""
        self.stage.each(cx, value, lambda item: receive(self.take(as_data(cx, item, self.node))))


def _as_expression(
    cx: Context, lazy: LazyComprehension, make: Callable[[Expr], Expr | None], node: ast.expr
) -> Expr | None:
    """What is made of the expression for all items; None where there is none."""
    trial = Trial(cx)
    items = pure_list(cx, lazy.source, lazy.stage, node)
    made = None if items is None or is_poison(items) else make(items)
    if made is None or trial.out or trial.failed:
        trial.discard()
        return None
    state = trial.state_before()
    trial.accept()
    cx.state = state
    return made


def _comes_by_item(items: Expr) -> bool:
    """Whether what an item is made of does not raise itself, as that would come between."""
    return isinstance(items, ListComp | Reduce) and not can_raise(items.seq)


def _taken(items: Expr, take: Taken) -> Expr | None:
    match items:
        case ListComp(body=body) if _comes_by_item(items):
            body = take(body)
            return replace(items, body=body, type=ListT(body.type))
        case Reduce(body=Cond() | Prim()) if _comes_by_item(items):
            inner, longer = _lengthened(items)
            more = None if inner is None else _taken(inner, take)
            if inner is None or longer is None or more is None:
                return None
            made = replace(longer, args=(longer.args[0], more), type=more.type)
            body = replace(items.body, then=made, type=more.type) if isinstance(items.body, Cond) else made
            return replace(items, body=body, type=more.type)
        case _:
            return None


def _lengthened(items: Reduce) -> tuple[Expr | None, Prim | None]:
    """Of lists that are put behind each other (`pure_list`): one of them, and the operation that puts it there."""
    body = items.body.then if isinstance(items.body, Cond) else items.body
    if isinstance(body, Prim) and body.op == "list.concat" and isinstance(body.args[0], Var):
        return body.args[1], body
    return None, None


def _fold(cx: Context, items: Expr, start: Expr, step: Step) -> Expr | None:
    if not isinstance(items, ListComp | Reduce) or not _comes_by_item(items):
        return None
    so_far = Var(name=cx.names.fresh("state"), type=start.type, span=items.span)
    if isinstance(items, ListComp):
        cond = items.cond
        made: Expr | None = _with_name(cx, items.body, lambda item: step(so_far, item))
    else:
        inner, _ = _lengthened(items)
        cond = items.body.test if isinstance(items.body, Cond) else None
        made = None if inner is None else _fold(cx, inner, so_far, step)
    if made is None:
        return None
    if cond is not None:
        made = Cond(test=cond, then=made, orelse=so_far, type=start.type, span=items.span)
    return Reduce(
        name=items.name, seq=items.seq, acc=so_far.name, init=start, body=made, type=start.type, span=items.span
    )


def _with_name(cx: Context, value: Expr, make: Taken) -> Expr:
    """What is made of a value, which gets a name if it is more than one."""
    if isinstance(value, Const | Var):
        return make(value)
    item = Var(name=cx.names.fresh("t"), type=value.type, span=value.span)
    made = make(item)
    return Let(name=item.name, value=value, body=made, type=made.type, span=value.span)


def _fold_by_loop(cx: Context, lazy: LazyComprehension, start: Expr, step: Step, node: ast.expr) -> Expr:
    if is_unordered(lazy.source):
        return refuse_step(cx, node)
    span = cx.span(node)
    name = cx.names.fresh("state")
    bind_variable(cx, name, start, span)
    so_far = Var(name=name, type=start.type, span=span)

    def receive(value: Value) -> None:
        if not cx.state.reachable:
            return
        made = step(so_far, cx.atom(as_data(cx, value, node)))
        if not is_poison(made):
            cx.emit(Assign(name=name, value=made, span=span))

    run_each(cx, lazy.source, lambda item: lazy.stage.each(cx, item, receive), node)
    return so_far if cx.state.reachable else poison(span)
