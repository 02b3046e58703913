"""Branches that end others: the winner raises what it came to, as JSON in the text of an exception that no program has.

A Parallel state ends early only by failing, and what it fails with is a name and a text.
"""

from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Const, ExcField, Expr, NewExc, Prim, Var
from pysfnc.ir.hir import Assign, Block, Handler, Perform, Raise, Suite, Try
from pysfnc.ir.outcomes import leaving
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import INT, JSON, STR, ExcT, ListT, Type

ENDED: Final = "Pysfnc.Ended"
"""The error name with which the winner of a race ends its branch. No class of Python has it."""


def ending_by_raise(branch: Suite, names: NameSupply, parts: tuple[Expr, ...] = ()) -> Suite:
    """The body of a branch that raises what it would return, behind `parts`; its own exceptions leave it as they are.

    It is raised behind the body, where no handler of the body sees it.
    """
    label, result, text = names.fresh("ending"), Var(name=names.fresh("result"), type=JSON), names.fresh("text")
    written = Prim(op="race.text", args=(*parts, result), type=STR)
    fitting = Prim(op="race.fitting", args=(Var(name=text, type=STR),), type=STR)
    name = Const(value=ENDED, type=STR)
    exc = NewExc(name=name, message=fitting, args=(), type=ExcT(frozenset({ENDED})))
    return (
        Block(label=label, body=leaving(branch, result.name, label)),
        Assign(name=text, value=written),
        Raise(exc=exc),
    )


def ended_race(race: Perform, target: str | None, type_: Type, names: NameSupply) -> Suite:
    """A `Fork` whose branches end by `ending_by_raise`: `target` becomes the list of what the winner raised, or its only item if it is no list."""
    ended = names.fresh("ended")
    message = ExcField(exc=Var(name=ended, type=ExcT(None)), field_="message", type=STR)
    read: Expr = Prim(op="race.read", args=(message,), type=ListT(JSON))
    if not isinstance(type_, ListT):
        read = Prim(op="loop.item", args=(read, Const(value=0, type=INT)), type=type_)
    body = () if target is None else (Assign(name=target, value=read, span=race.span),)
    handler = Handler(classes=(ENDED,), name=ended, body=body)
    return (Try(body=(replace(race, target=None),), handlers=(handler,), orelse=(), final=()),)
