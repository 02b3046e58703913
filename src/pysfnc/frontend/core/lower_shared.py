"""Objects of module constants: which values may be such an object, or hold one.

Python makes the object of a constant once, so a change through any name would be seen by all later readers, and by other runs. Owns the answer how
deep inside a value such an object may lie: 0 the value itself, 1 its items, and so on.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.ir.exprs import Cond, Expr, Let, ListComp, Prim, Reduce, Var
from pysfnc.ir.hir import Return, Suite
from pysfnc.ir.walk import walk_suite
from pysfnc.lean import dataclass
from pysfnc.values.relations import is_mutable, members
from pysfnc.values.types import DictT, JsonT, Kind, ListT, MapT, SetT, TuplesT, TupleT, Type

_PARTS = frozenset({"item", "dict.get", "dict.item", "list.at", "list.pop", "deque.pop", "dict.last", "min", "max"})
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


def shared_of(cx: Context, value: Expr, bound: Mapping[str, Shared | None] = MappingProxyType({})) -> Shared | None:
    """The constant whose object a value may be or hold; `bound`: what is known of the names that expressions around it bind."""
    found = _shared_of(cx, value, bound)
    return found if found is not None and _may_lie(value.type, found.depth) else None


def note_shared(cx: Context, name: str, type_: Type, values: Sequence[Expr]) -> None:
    """Know of a variable that no name of the program stands for whose object it may be or hold: that of one of the values."""
    found = _nearest([shared_of(cx, value) for value in values])
    if found is not None and _may_lie(type_, found.depth):
        cx.state.facts[name] = Fact(type_, shared=found)


def note_returned(cx: Context, stmt: Return) -> None:
    """Know of a `return` of a branch that it may give the object of a constant."""
    found = shared_of(cx, stmt.value)
    if found is not None and stmt.span is not None:
        cx.returned[stmt.span] = found


def note_results(cx: Context, name: str, type_: Type, bodies: Sequence[Suite]) -> None:
    """Know of the variable with the results of branches which constant's object one of them may be or hold."""
    spans = {stmt.span for body in bodies for stmt in walk_suite(body) if isinstance(stmt, Return)}
    found = _nearest([cx.returned[span] for span in spans if span in cx.returned])
    if found is not None:
        cx.state.facts[name] = Fact(type_, shared=Shared(found.name, 1))


def _shared_of(cx: Context, value: Expr, bound: Mapping[str, Shared | None]) -> Shared | None:
    if value.span is not None and value.span in cx.constants and is_mutable(value.type):
        return Shared(cx.constants[value.span], 0)
    match value:
        case Var(name=name) if name in bound:
            return bound[name]
        case Var(name=name):
            fact = cx.state.facts.get(name)
            return None if fact is None else fact.shared
        case Cond(then=then, orelse=orelse):
            return _nearest([shared_of(cx, then, bound), shared_of(cx, orelse, bound)])
        case Let(name=name, value=given, body=body):
            return shared_of(cx, body, {**bound, name: shared_of(cx, given, bound)})
        case ListComp(name=name, seq=seq, body=body):
            found = shared_of(cx, body, {**bound, name: _item_of(cx, seq, bound)})
            return None if found is None else found.outside()
        case Reduce(name=name, acc=acc, seq=seq, init=init, body=body):
            first = shared_of(cx, init, bound)
            item = _item_of(cx, seq, bound)
            # The second round sees what the first one made; what it finds is no nearer to the value than that.
            step = shared_of(cx, body, {**bound, name: item, acc: first})
            return _nearest([first, step, shared_of(cx, body, {**bound, name: item, acc: _nearest([first, step])})])
        case Prim(op=op, args=args):
            return _of_operation(op, [shared_of(cx, arg, bound) for arg in args])
        case _:
            return None


def _item_of(cx: Context, seq: Expr, bound: Mapping[str, Shared | None]) -> Shared | None:
    found = shared_of(cx, seq, bound)
    return None if found is None else found.inside()


def _may_lie(type_: Type, depth: int) -> bool:
    """Whether something that can be changed may lie this deep or deeper inside a value of the type."""
    for member in members(type_):
        match member:
            case JsonT(kinds=found):
                if found & {Kind.LIST, Kind.DICT}:
                    return True
                continue
            case MapT(held=held):
                inner: tuple[Type, ...] = (held.value,)
            case ListT(item) | TuplesT(item) | SetT(item) | DictT(value=item):
                inner = (item,)
            case TupleT(items):
                inner = items
            case _:
                if is_mutable(member):
                    return True
                continue
        if (depth == 0 and is_mutable(member)) or any(_may_lie(part, max(depth - 1, 0)) for part in inner):
            return True
    return False


def _of_operation(op: str, args: list[Shared | None]) -> Shared | None:
    found = _nearest(args)
    if found is None or op == "copy.deep":
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
