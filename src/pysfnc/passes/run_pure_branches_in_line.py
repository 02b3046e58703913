"""Branches and iterations without effects run in line: they need no states of their own.

    before                          after
    pair = fork:                    block 1:
      branch: return f                first = f
      branch: return g              block 2:
                                      second = g
                                    pair = [first, second]

Where several of them raise, which exception wins is a race in Python; here it is the first one's.
"""

from pysfnc.ir.exprs import Prim, Var
from pysfnc.ir.hir import Assign, Block, FanOut, ForEach, Fork, Leave, Perform, Return, Stmt, Suite
from pysfnc.ir.walk import has_effect, map_suites
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import JSON, ListT, Type


def run_pure_branches_in_line(suite: Suite, names: NameSupply) -> Suite:
    """The suite with every `Fork` and `FanOut` without effects inside and without retries written in line."""
    return tuple(made for stmt in suite for made in _stmt(stmt, names))


def _stmt(stmt: Stmt, names: NameSupply) -> tuple[Stmt, ...]:
    stmt = map_suites(stmt, lambda inner: run_pure_branches_in_line(inner, names))
    match stmt:
        case Perform(effect=Fork(retry=()) as fork) if not any(map(has_effect, fork.branches)):
            return _fork(stmt, fork, names)
        case Perform(effect=FanOut(retry=(), distributed=None) as fan) if not has_effect(fan.body):
            return _fan_out(stmt, fan, names)
        case _:
            return (stmt,)


def _fork(stmt: Perform, fork: Fork, names: NameSupply) -> tuple[Stmt, ...]:
    made: list[Stmt] = []
    results: list[Var] = []
    for branch in fork.branches:
        result = Var(name=names.fresh("result"), type=JSON)
        made.append(_valued(branch, result, names))
        results.append(result)
    if stmt.target is not None:
        together = Prim(op="list.make", args=tuple(results), type=fork.result, span=stmt.span)
        made.append(Assign(name=stmt.target, value=together, span=stmt.span))
    return tuple(made)


def _fan_out(stmt: Perform, fan: FanOut, names: NameSupply) -> tuple[Stmt, ...]:
    target = stmt.target or names.fresh("results")
    kept: Type = fan.result if isinstance(fan.result, ListT) else ListT(JSON)
    result = Var(name=names.fresh("result"), type=JSON)
    one = Prim(op="list.make", args=(result,), type=kept)
    so_far = Var(name=target, type=kept)
    body = (
        _valued(fan.body, result, names),
        Assign(name=target, value=Prim(op="list.concat", args=(so_far, one), type=kept), span=stmt.span),
    )
    loop = ForEach(label=names.fresh("each"), name=fan.name, seq=fan.seq, body=body, orelse=(), span=stmt.span)
    return (Assign(name=target, value=Prim(op="list.make", args=(), type=kept), span=stmt.span), loop)


def _valued(suite: Suite, result: Var, names: NameSupply) -> Block:
    """The body as a block that leaves what it returned in a variable."""
    label = names.fresh("branch")
    return Block(label=label, body=_returning(suite, result, label))


def _returning(suite: Suite, result: Var, label: str) -> Suite:
    made: list[Stmt] = []
    for stmt in suite:
        if isinstance(stmt, Return):
            made += [Assign(name=result.name, value=stmt.value, span=stmt.span), Leave(label=label, span=stmt.span)]
        else:
            made.append(map_suites(stmt, lambda inner: _returning(inner, result, label)))
    return tuple(made)
