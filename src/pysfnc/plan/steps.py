"""A `for` by index: what it begins with, whether there is another round, and what each round begins with."""

from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Eval, ForEach, Stmt
from pysfnc.ir.walk import assigned
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.relations import join_all
from pysfnc.values.types import BOOL, INT, JSON, NONE, DequeT, ListT, SetT, TuplesT, TupleT, Type

__all__ = ["Steps", "steps_of"]


@dataclass(frozen=True, slots=True)
class Steps:
    """`first` runs before the loop, `each` at the beginning of a round, of which there is one while `more` holds."""

    first: tuple[Stmt, ...]
    more: Expr
    each: tuple[Stmt, ...]


def steps_of(stmt: ForEach, names: NameSupply) -> Steps:
    """The steps of a loop; a list that nobody changes meanwhile is not copied, and a range is not written out."""
    if isinstance(stmt.seq, Prim) and stmt.seq.op == "range.list" and all(a.type == INT for a in stmt.seq.args):
        return _of_range(stmt, stmt.seq, names)
    first: list[Stmt] = []
    seq = stmt.seq
    if not (isinstance(seq, Var) and seq.name not in assigned((stmt,))):
        name = names.fresh("items")
        first.append(Assign(name=name, value=seq, span=stmt.span))
        seq = Var(name=name, type=seq.type)
    index = Var(name=names.fresh("i"), type=INT)
    first.append(Assign(name=index.name, value=Const(value=0, type=INT), span=stmt.span))
    item = Prim(op="loop.item", args=(seq, index), type=_item_type(seq.type), span=stmt.seq.span)
    return Steps(
        tuple(first),
        Prim(op="loop.more", args=(seq, index), type=BOOL, span=stmt.seq.span),
        (
            Assign(name=stmt.name, value=item, span=stmt.span),
            Assign(name=index.name, value=Prim(op="loop.next", args=(index,), type=INT), span=stmt.span),
        ),
    )


def _of_range(stmt: ForEach, seq: Prim, names: NameSupply) -> Steps:
    low, high, step = seq.args
    check = Prim(op="range.check", args=seq.args, type=NONE, span=seq.span)
    first: list[Stmt] = [Eval(value=check, span=stmt.span)]
    bounds: list[Expr] = []
    for part, hint in ((low, "i"), (high, "stop"), (step, "step")):
        if isinstance(part, Const) and hint != "i":
            bounds.append(part)
            continue
        name = names.fresh(hint)
        first.append(Assign(name=name, value=part, span=stmt.span))
        bounds.append(Var(name=name, type=INT))
    index, stop, by = bounds
    assert isinstance(index, Var)
    return Steps(
        tuple(first),
        Prim(op="loop.within", args=(index, stop, by), type=BOOL, span=stmt.seq.span),
        (
            Assign(name=stmt.name, value=index, span=stmt.span),
            Assign(name=index.name, value=Prim(op="loop.step", args=(index, by), type=INT), span=stmt.span),
        ),
    )


def _item_type(type_: Type) -> Type:
    match type_:
        case ListT(item) | SetT(item) | TuplesT(item) | DequeT(item):
            return item
        case TupleT(items):
            return join_all(items)
        case _:
            return JSON
