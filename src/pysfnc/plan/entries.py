"""What is known of the keys of the entries that the rounds of a loop make."""

from collections import Counter
from typing import Final

from pysfnc.ir.exprs import Const, Expr, ListComp, Prim, Var
from pysfnc.ir.hir import Assign, ForEach
from pysfnc.ir.walk import targets, walk_suite
from pysfnc.values.types import DictT, SetT

_UNLIKE: Final = frozenset({"dict.items", "enumerate"})
"""What makes pairs whose first items differ."""


class Keys:
    """The keys of a loop, as far as they come from its items."""

    def __init__(self, loop: ForEach) -> None:
        self._loop = loop
        stmts = list(walk_suite(loop.body))
        times = Counter(name for stmt in stmts for name in targets(stmt))
        self._values = {s.name: s.value for s in stmts if isinstance(s, Assign) and times[s.name] == 1}

    def is_new(self, key: Expr) -> bool:
        """Whether no two rounds have the same key."""
        seq = self._loop.seq
        while isinstance(seq, ListComp) and isinstance(seq.body, Var) and seq.body.name == seq.name:
            seq = seq.seq
        match self._resolved(key):
            case Var(name=name) if name == self._loop.name:
                return _has_unlike_items(seq)
            case Prim(op="item", args=(Var(name=name), Const(value=0))) if name == self._loop.name:
                return isinstance(seq, Prim) and seq.op in _UNLIKE
            case _:
                return False

    def is_given(self, key: Expr) -> bool:
        """Whether the key is a part of the item."""
        found = self._resolved(key)
        while isinstance(found, Prim) and found.op == "item" and isinstance(found.args[1], Const):
            found = self._resolved(found.args[0])
        return isinstance(found, Var) and found.name == self._loop.name

    def _resolved(self, expr: Expr) -> Expr:
        """What a variable of the round stands for, and the value whose text a key is."""
        while True:
            if isinstance(expr, Var) and expr.name in self._values:
                expr = self._values[expr.name]
            elif isinstance(expr, Prim) and expr.op == "key.text":
                expr = expr.args[0]
            else:
                return expr


def _has_unlike_items(seq: Expr) -> bool:
    match seq:
        case Prim(op="range.list"):
            return True
        case Prim(op="iter.list", args=(of,)):
            return isinstance(of.type, DictT | SetT)
        case _:
            return False
