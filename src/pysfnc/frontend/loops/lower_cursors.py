"""Iterators that are kept in a variable: `it = iter(xs)`, `squares = (x * x for x in xs)`, `g = generator()`.

One over a list is the list and the place of the next item, two variables of the machine: `next`, a loop that is left, and `list` of the rest go
on from there. What happens to each item is evaluated when it is taken. The code of a generator that is written where its items are used can be
used once.
"""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import join_states
from pysfnc.frontend.core.lower_values import Lazy, LazyComprehension, Used
from pysfnc.frontend.loops.lower_comprehension import Same, pushed
from pysfnc.frontend.loops.lower_generators import WrittenWhereUsed
from pysfnc.frontend.loops.lower_iterate import Receive, Source
from pysfnc.frontend.loops.lower_loops import Lowered, loop_body, settle
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Eval, While
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, Kind

_ONE: Final = Const(value=1, type=INT)


def kept(cx: Context, value: Lazy | LazyComprehension, node: ast.AST) -> LazyComprehension | None:
    """The iterator as one that a variable may hold; None where there is none."""
    if isinstance(value, LazyComprehension) and value.kept:
        return value
    if not isinstance(node, ast.expr):
        return None
    if isinstance(value, Lazy):
        if value.restless or value.sized or value.starts or value.at_once or Kind.SET in kinds(value.items.type):
            return None
        if value.under is None or (value.under.late and not value.by_value):
            return None
        return _cursor(cx, LazyComprehension(value.what, Source(value.items), Same(node)), value.under.held, node)
    source = value.source
    if source.push is None:
        if Kind.SET in kinds(source.items.type) or (source.lazy is not None and source.lazy.source.push is not None):
            return None
        return _cursor(cx, value, source.under.held, node)
    if isinstance(source.push, WrittenWhereUsed) and isinstance(value.stage, Same):
        return _used_once(cx, value, source.push, node)
    return None


def _cursor(cx: Context, value: LazyComprehension, held: tuple[Expr, ...], node: ast.expr) -> LazyComprehension:
    """An iterator over a list: the variables for the list and for the place of the next item."""
    span = cx.span(node)
    items = cx.temporary(value.source.items, "iterated")
    watched = [cx.temporary(container, "iterated") for container in held]
    place = cx.names.fresh("place")
    bind_variable(cx, place, Const(value=0, type=INT, span=span), span)
    region, recursions = cx.flow.region, list(cx.recursions)
    source, stage = value.source, value.stage

    def push(inner: Context, receive: Receive, at: ast.AST) -> None:
        if inner.flow.region != region or inner.recursions != recursions:
            inner.error(
                codes.UNSUPPORTED_EXPRESSION,
                at,
                f"{value.what} of another {'branch' if inner.flow.region != region else 'function that calls itself'} is used here",
                help="write instead: a list and an index",
            )
            return

        def round_() -> None:
            at_place = Var(name=place, type=INT, span=span)
            item = inner.temporary(
                Prim(op="loop.item", args=(items, at_place), type=lib.item_type(items.type), span=span)
            )
            bind_variable(inner, place, lib.binary(inner, "+", at_place, _ONE, at), span)
            taken = item if source.step is None else source.step(inner, item)
            if taken is not None:
                stage.each(inner, taken, receive)

        for container in watched:
            inner.out.append(Eval(value=container, span=span))
        settle(inner, at, lambda: _attempt(inner, items, place, round_, at))

    return replace(pushed(cx, value.what, push, node), kept=True)


def _attempt(cx: Context, items: Var, place: str, round_: Callable[[], None], node: ast.AST) -> Lowered:
    label, span = cx.names.fresh("loop"), cx.span(node)
    start = cx.state.copy()
    with cx.flow.landing(f"break {label}") as breaks, cx.capture() as out:
        at_place = Var(name=place, type=INT, span=span)
        test = lib.compare(cx, ast.Lt(), at_place, lib.length(cx, items, node), node)
        back, body = loop_body(cx, label, start, round_)
        after = join_states([start, *back])
        out.append(While(label=label, test=test, body=body, orelse=(), span=span))
    cx.state = join_states([after, *breaks.states])
    return Lowered(tuple(out), back)


def _used_once(cx: Context, value: LazyComprehension, push: WrittenWhereUsed, node: ast.expr) -> LazyComprehension:
    """A generator whose code is written where its items are used: nobody may ask for more behind that."""
    settled = push.settled(cx)
    found: list[LazyComprehension] = []

    def once(inner: Context, receive: Receive, at: ast.AST) -> None:
        for name, fact in list(inner.state.facts.items()):
            if fact.static is found[0]:
                inner.state.facts[name] = replace(fact, static=Used(f"{value.what} that was used before"))
        settled(inner, receive, at)

    found.append(replace(pushed(cx, value.what, once, node), kept=True))
    return found[0]
