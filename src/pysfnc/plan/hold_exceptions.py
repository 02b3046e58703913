"""Large code keeps its exceptions in a variable, and another state raises them.

The exception of an expression stands in the cause of its failure behind the text of the expression, and a cause has 32,768 characters. So code
that becomes an expression of about that size must not fail.

    before                      after
    large code                  failed = None
                                try: large code
                                except as e: failed = e
                                (here a state ends)
                                if failed is not None: raise failed
"""

from typing import Final

from pysfnc.ir.exprs import Const, Prim, Var
from pysfnc.ir.hir import Assign, Block, Draw, Handler, If, Perform, Raise, Stmt, Suite, Try
from pysfnc.ir.walk import has_effect, map_suites, suite_exprs
from pysfnc.ir.walk_exprs import node_count
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.tags import tag_jumps
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, INT, NONE, ExcT

LARGE_NODES: Final = 100
"""From how many nodes of expressions on code counts as large, in a machine that has an expression that is too large: about 5,000 characters."""


def hold_exceptions(suite: Suite, names: NameSupply) -> Suite:
    """The suite with every long run of statements without effects held."""
    made: list[Stmt] = []
    run: list[Stmt] = []
    for stmt in suite:
        if not has_effect((stmt,)):
            run.append(stmt)
            continue
        made += (*_held(tuple(run), names), map_suites(stmt, lambda inner: hold_exceptions(inner, names)))
        run = []
    return (*made, *_held(tuple(run), names))


def _held(run: Suite, names: NameSupply) -> Suite:
    if sum(map(node_count, suite_exprs(run))) < LARGE_NODES:
        return run
    span = run[0].span
    kept, error = names.fresh("failed"), names.fresh("error")
    failed = Var(name=names.fresh("failed"), type=join(ExcT(None), NONE))
    tagged = tag_jumps(Block(label=names.fresh("held"), body=run, span=span), names)
    handler = Handler(
        classes=None, name=error, body=(Assign(name=kept, value=Var(name=error, type=ExcT(None))),), bare=True
    )
    absent = Prim(op="exc.is_absent", args=(failed,), type=BOOL)
    made: list[Stmt] = [
        Assign(name=kept, value=Const(value=None, type=NONE), span=span),
        tagged.start,
        Try(body=(tagged.block,), handlers=(handler,), orelse=(), final=(), span=span),
        Perform(effect=Draw(value=Var(name=kept, type=failed.type)), target=failed.name, span=span),
        If(test=absent, then=(), orelse=(Raise(exc=Var(name=failed.name, type=ExcT(None)), span=span),), span=span),
    ]
    for number, jump in enumerate(tagged.jumps, 1):
        test = Prim(op="loop.is_way", args=(tagged.tag, Const(value=number, type=INT)), type=BOOL)
        made.append(If(test=test, then=(jump,), orelse=(), span=span))
    return tuple(made)
