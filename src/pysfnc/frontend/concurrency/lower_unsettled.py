"""Futures behind a `try` or loop that they were made in: where their outcomes are known, and where not.

Owns what later stages need for that: a value beforehand for the variables of outcomes that a loop sets which runs at least once. Where an exception
is handled, outcomes need not have been handed out, so futures that were made in the `try` are not known there. A handler may cancel tasks.
"""

from collections.abc import Mapping
from dataclasses import fields, replace

from pysfnc.frontend.concurrency.future_values import Future, FutureList
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_state import Fact, State, held_variables
from pysfnc.frontend.core.lower_values import Static, describe
from pysfnc.ir.exprs import Const
from pysfnc.ir.hir import Assign, Suite
from pysfnc.ir.walk import assigned
from pysfnc.source.span import Span
from pysfnc.values.types import ERROR, NONE


def outcomes_beforehand(before: State, after: State, body: Suite, span: Span | None) -> list[Assign]:
    """Values for the outcomes of futures that the body of a loop made which runs at least once."""
    names = held_variables(_new(before, after), assigned(body))
    return [Assign(name=name, value=Const(value=None, type=NONE), span=span) for name in sorted(names)]


def forget_futures(cx: Context, before: State, body: Suite, *, tasks: bool) -> None:
    """Where an exception of the body is handled, nothing is known of the futures that it made; with `tasks`, of its tasks neither."""
    found = _new(before, cx.state)
    for name, fact in found.items() if found else ():
        held = held_variables({name: fact}, assigned(body))
        if held and (tasks or not _is_task(fact.static)):
            cx.state.facts[name] = replace(
                fact, static=None, mixed=True, mixed_as="" if fact.static is None else describe(fact.static), type=ERROR
            )


def _new(before: State, after: State) -> Mapping[str, Fact]:
    """What exists only while compiling, and is not the same as before."""
    return {
        name: fact
        for name, fact in after.facts.items()
        if fact.static is not None and (name not in before.facts or before.facts[name].static != fact.static)
    }


def _is_task(value: object) -> bool:
    if isinstance(value, Future | FutureList):
        return value.is_task
    if isinstance(value, tuple):
        return any(map(_is_task, value))
    return isinstance(value, Static) and any(_is_task(getattr(value, one.name)) for one in fields(value))
