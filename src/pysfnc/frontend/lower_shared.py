"""Objects of module constants: which values may be such an object, or hold one.

Python makes the object of a constant once, so a change through any name would be seen by all later readers, and by other runs. Owns the answer how
deep inside a value such an object may lie: 0 the value itself, 1 its items, and so on.
"""

from dataclasses import dataclass

from pysfnc.frontend.lower_context import Context
from pysfnc.ir.exprs import Cond, Expr, Let, ListComp, Prim, Reduce, Var
from pysfnc.values.types import is_mutable

_PARTS = frozenset({"item", "dict.get", "dict.item", "list.at", "list.pop", "dict.last", "min", "max"})
_SAME = frozenset({"attribute", "iter.list", "unpack.iter", "min.of", "max.of"})


@dataclass(frozen=True, slots=True)
class Shared:
    """The constant, and how deep inside the value its object may lie."""

    name: str
    depth: int

    def outside(self) -> "Shared":
        """For a new container that holds the value."""
        return Shared(self.name, self.depth + 1)

    def inside(self) -> "Shared":
        """For an item of the value."""
        return Shared(self.name, max(self.depth - 1, 0))


def shared_of(cx: Context, value: Expr) -> Shared | None:
    """The constant whose object a value may be or hold."""
    if not is_mutable(value.type):
        return None
    if value.span is not None and value.span in cx.constants:
        return Shared(cx.constants[value.span], 0)
    match value:
        case Var(name=name):
            fact = cx.state.facts.get(name)
            return None if fact is None else fact.shared
        case Cond(then=then, orelse=orelse):
            return _nearest([shared_of(cx, then), shared_of(cx, orelse)])
        case Let(value=bound, body=body):
            return _nearest([shared_of(cx, body), shared_of(cx, bound)])
        case ListComp(seq=seq, body=body):
            found = _nearest([shared_of(cx, seq), shared_of(cx, body)])
            return None if found is None else Shared(found.name, 1)
        case Reduce(seq=seq, init=init):
            return _nearest([shared_of(cx, seq), shared_of(cx, init)])
        case Prim(op=op, args=args):
            return _of_operation(op, [shared_of(cx, arg) for arg in args])
        case _:
            return None


def _of_operation(op: str, args: list[Shared | None]) -> Shared | None:
    found = _nearest(args)
    if found is None:
        return None
    if op in _PARTS:
        return found.inside()
    if op in _SAME:
        return found
    if op in ("list.make", "dict.make"):
        return found.outside()
    # A new list or dict of the same items.
    return Shared(found.name, max(found.depth, 1))


def _nearest(found: list[Shared | None]) -> Shared | None:
    known = [shared for shared in found if shared is not None]
    return min(known, key=lambda shared: shared.depth) if known else None
