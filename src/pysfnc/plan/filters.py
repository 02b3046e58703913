"""Rounds that do nothing, found before a loop begins.

    before                              after
    for x in xs:                        kept = [x' for x' in xs if x'.n > 2]
      y = x.n                           for x in kept:
      if y <= 2: continue                 y = x.n
      call f(y)                           call f(y)

Where finding out may raise, the round in which it does is not left out: it raises in its turn, behind the calls of those before.

    kept = []
    for x' in xs:
      try: goes = x'.n > 2
      except: goes = True
      if goes: kept = append(kept, x')
"""

from dataclasses import replace

from pysfnc.analysis.failures import expr_errors, suite_errors
from pysfnc.ir.exprs import Const, Expr, Let, ListComp, Prim, Var
from pysfnc.ir.hir import Assign, Continue, Eval, ForEach, Handler, If, Stmt, Suite, Try
from pysfnc.ir.renaming import renamed
from pysfnc.ir.walk import assigned, reads, walk_suite
from pysfnc.ir.walk_exprs import free_vars, rename
from pysfnc.library.containers.lists import item_type
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import BOOL, ListT

Names = frozenset[str]


def without_idle_rounds(loop: ForEach, kept: Names, names: NameSupply) -> tuple[Suite, ForEach] | None:
    """The loop without the rounds that do nothing, and the code before it that finds them; None if there are none such.

    `kept` are the variables that go from round to round, or out of the loop.
    """
    before, rest = _beginning(loop.body, kept)
    match rest:
        case (If(test=test) as decision, *others) if not free_vars(test) & kept:
            ways = ((*decision.then, *others), (*decision.orelse, *others))
            idle = tuple(_is_idle(way, kept, loop.label) for way in ways)
            if idle in ((True, False), (False, True)):
                goes: Expr = Prim(op="not", args=(test,), type=BOOL) if idle[0] else test
                return _filtered(loop, before, goes, ways[idle.index(False)], names)
        case _:
            pass
    return None


def _beginning(suite: Suite, kept: Names) -> tuple[Suite, Suite]:
    """The plain statements that a round begins with, and the others."""
    for index, stmt in enumerate(suite):
        plain = isinstance(stmt, Assign | Eval) and not (assigned((stmt,)) | reads((stmt,))) & kept
        if not plain:
            return suite[:index], suite[index:]
    return suite, ()


def _is_idle(suite: Suite, kept: Names, label: str) -> bool:
    """Whether a way to the end of a round shows nowhere."""
    for index, stmt in enumerate(suite):
        if isinstance(stmt, Continue) and stmt.label == label:
            return True
        if not isinstance(stmt, Assign | Eval):
            return not _shows(suite[index:], kept)
        if _shows((stmt,), kept):
            return False
    return True


def _shows(suite: Suite, kept: Names) -> bool:
    jumps = any(not isinstance(stmt, Assign | Eval | If) for stmt in walk_suite(suite))
    return jumps or bool(assigned(suite) & kept) or bool(suite_errors(suite))


def _filtered(loop: ForEach, before: Suite, goes: Expr, way: Suite, names: NameSupply) -> tuple[Suite, ForEach]:
    new = {name: names.fresh(name.split("%")[0].split("~")[0] or "t") for name in (*assigned(before), loop.name)}
    item = Var(name=new[loop.name], type=item_type(loop.seq.type))
    begin, test = renamed(before, new), rename(goes, new)
    raises = bool(suite_errors(before) or expr_errors(goes))
    checked: Suite = (Eval(value=goes, span=goes.span),) if expr_errors(goes) else ()
    code: Suite = ()
    seq: Expr
    if raises:
        kept = Var(name=names.fresh("items"), type=ListT(item.type))
        code, seq = _collecting(loop, begin, test, item, kept, names), kept
    else:
        seq = ListComp(name=item.name, seq=loop.seq, cond=_after(begin, test), body=item, type=ListT(item.type))
    return code, replace(loop, seq=seq, body=(*before, *checked, *way), held=())


def _after(begin: Suite, test: Expr) -> Expr:
    """The test behind assignments, as one expression."""
    for stmt in reversed(begin):
        assert isinstance(stmt, Assign | Eval)
        if isinstance(stmt, Assign):
            test = Let(name=stmt.name, value=stmt.value, body=test, type=BOOL)
    return test


def _collecting(loop: ForEach, begin: Suite, test: Expr, item: Var, kept: Var, names: NameSupply) -> Suite:
    goes = Var(name=names.fresh("goes"), type=BOOL)
    yes = Assign(name=goes.name, value=Const(value=True, type=BOOL))
    found = Assign(name=goes.name, value=test, span=test.span)
    asked = Try(body=(*begin, found), handlers=(Handler(classes=None, name=None, body=(yes,)),), orelse=(), final=())
    longer = Prim(op="list.append", args=(kept, item), type=kept.type)
    adding = If(test=goes, then=(Assign(name=kept.name, value=longer),), orelse=())
    body: tuple[Stmt, ...] = (asked, adding)
    return (
        Assign(name=kept.name, value=Prim(op="list.make", args=(), type=kept.type), span=loop.span),
        ForEach(label=names.fresh("each"), name=item.name, seq=loop.seq, body=body, orelse=(), span=loop.span),
    )
