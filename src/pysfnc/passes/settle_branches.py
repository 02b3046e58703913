"""Branches that one failure does not end, and races, written with branches that any failure ends.

`finish`, `in_order`, `collect`: each branch hands back what it returned or raised, so that none of them fails. `group`: the failure is wrapped.
`first`: each branch ends by raising what it came to, which ends the others; the result travels as JSON in the text of that exception.

    before                          after
    t = fork (first):               try:
      branch: return f(1)             fork:
      branch: return g(2)               branch: raise Ended(text of (0, (None, f(1))))
                                        branch: raise Ended(text of (1, (None, g(2))))
                                    except Ended as e:
                                      t = read(e.message)

It runs at every level: what comes after knows no other branches.
"""

from dataclasses import replace

from pysfnc.analysis.branches import conduct
from pysfnc.ir.exits import ends
from pysfnc.ir.exprs import Const, Prim, Var
from pysfnc.ir.hir import Assign, FanOut, Fork, Handler, If, Perform, Raise, Stmt, Suite, Try
from pysfnc.ir.outcomes import as_outcome, outcome_type, task_group_error
from pysfnc.ir.walk import effect_suites, map_suites
from pysfnc.library.rows.row import NameSupply
from pysfnc.passes.races import ended_race, ending_by_raise
from pysfnc.values.types import BOOL, INT, JSON, ExcT, ListT


def settle_branches(suite: Suite, names: NameSupply) -> Suite:
    """The suite with `stop` as the rest of all branches."""
    return tuple(made for stmt in suite for made in _stmt(stmt, names))


def _stmt(stmt: Stmt, names: NameSupply) -> Suite:
    stmt = map_suites(stmt, lambda inner: settle_branches(inner, names))
    if not isinstance(stmt, Perform) or not isinstance(stmt.effect, Fork | FanOut) or stmt.effect.rest == "stop":
        return (stmt,)
    if stmt.effect.rest == "first":
        return _race(stmt, stmt.effect, names)
    if stmt.effect.rest == "group":
        return _grouped(replace(stmt, effect=replace(stmt.effect, rest="stop")), names)
    if stmt.effect.rest == "finish" and not _shows(stmt.effect):
        return (replace(stmt, effect=replace(stmt.effect, rest="stop")),)
    return _awaited(stmt, stmt.effect, names)


def _shows(effect: Fork | FanOut) -> bool:
    """Whether it would show that a failure ends the other branches: calls may be missing then."""
    found = [conduct(body) for body in effect_suites(effect)]
    has_others = len(found) > 1 or isinstance(effect, FanOut)
    return any(one.goes_on or (one.fails_first and has_others) for one in found)


# Waiting for all of them


def _awaited(stmt: Perform, effect: Fork | FanOut, names: NameSupply) -> Suite:
    timed = effect.rest == "finish"
    made = map_suites(stmt, lambda body: as_outcome(body, names.fresh("error"), JSON, timed=timed))
    assert isinstance(made, Perform) and isinstance(made.effect, Fork | FanOut)
    outcomes = Var(name=names.fresh("outcomes"), type=ListT(outcome_type(JSON, timed=timed)))
    settled = replace(made, effect=replace(made.effect, rest="stop"), target=outcomes.name)
    raised = _raised_group if effect.rest == "collect" else _raised_first
    check = raised(outcomes, "outcomes.soonest" if timed else "outcomes.first", names, stmt)
    if not ends(effect):
        # A branch that never returns has raised for sure.
        *found, test = check
        assert isinstance(test, If)
        return (settled, *found, *(test.then or test.orelse))
    if stmt.target is None:
        return (settled, *check)
    values = Prim(op="outcomes.values", args=(outcomes,), type=effect.result)
    return (settled, *check, Assign(name=stmt.target, value=values, span=stmt.span))


def _raised_first(outcomes: Var, op: str, names: NameSupply, stmt: Perform) -> Suite:
    failure = Var(name=names.fresh("raised"), type=ExcT(None))
    check = Prim(op="exc.is_absent", args=(failure,), type=BOOL)
    return (
        Assign(name=failure.name, value=Prim(op=op, args=(outcomes,), type=ExcT(None)), span=stmt.span),
        If(test=check, then=(), orelse=(Raise(exc=failure, span=stmt.span),), span=stmt.span),
    )


# Exception groups


def _raised_group(outcomes: Var, _op: str, names: NameSupply, stmt: Perform) -> Suite:
    failures = Var(name=names.fresh("failures"), type=ListT(ExcT(None)))
    check = Prim(op="loop.more", args=(failures, Const(value=0, type=INT)), type=BOOL)
    return (
        Assign(name=failures.name, value=Prim(op="outcomes.failures", args=(outcomes,), type=failures.type)),
        If(test=check, then=(Raise(exc=task_group_error(failures), span=stmt.span),), orelse=(), span=stmt.span),
    )


def _grouped(stmt: Perform, names: NameSupply) -> Suite:
    error = Var(name=names.fresh("error"), type=ExcT(None))
    one = Prim(op="list.make", args=(error,), type=ListT(ExcT(None)))
    handler = Handler(classes=None, name=error.name, body=(Raise(exc=task_group_error(one), span=stmt.span),))
    return (Try(body=(stmt,), handlers=(handler,), orelse=(), final=()),)


# Races


def _race(stmt: Perform, effect: Fork | FanOut, names: NameSupply) -> Suite:
    """The target becomes (number, outcome) of the branch that ended first."""
    assert isinstance(effect, Fork)
    branches = tuple(
        ending_by_raise(
            as_outcome(branch, names.fresh("error"), JSON, timed=False), names, (Const(value=number, type=INT),)
        )
        for number, branch in enumerate(effect.branches)
    )
    race = replace(stmt, effect=replace(effect, branches=branches, rest="stop"))
    return ended_race(race, stmt.target, ListT(JSON), names)
