"""What of a variable is read: a dict of which later code reads some keys only need not be there as a whole."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.walk import effect_exprs, effect_suites, suite_exprs
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.plan.graph import EffectNode, EndNode, Node, PureNode, TestNode, ThrowNode
from pysfnc.plan.live import Names, successors

_READS: Final = frozenset({"item", "dict.get"})
_MEMBER: Final = "service.member"


class Part(NamedTuple):
    """A key that is read: as it stands in the value, and as the type of the value calls it."""

    key: str
    name: str


def part_of(expr: Expr) -> tuple[Expr, Part] | None:
    """The dict and the part of it that an expression reads; None if it does anything else."""
    match expr:
        case Prim(op=op, args=(base, Const(value=str() as key), *_)) if op in _READS:
            return base, Part(key, key)
        case Prim(op=op, args=(base, Const(value=str() as key), Const(value=str() as name), *_)) if op == _MEMBER:
            return base, Part(key, name)
        case _:
            return None


def parts_read(start: Node, name: str, live: Mapping[Node, Names]) -> frozenset[Part] | None:
    """The parts of a variable that are read from a node on, until it has another value; None where it is read as a whole."""
    found: set[Part] = set()
    seen = {start}
    todo = [start]
    while todo:
        node = todo.pop()
        if name not in live[node]:
            continue
        reads = 0
        for part in (part for expr in _exprs(node) for part in walk_expr(expr)):
            reads += isinstance(part, Var) and part.name == name
            read = part_of(part)
            if read is not None and isinstance(read[0], Var) and read[0].name == name:
                reads -= 1
                found.add(read[1])
        if reads:
            return None
        for after in successors(node):
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return frozenset(found)


def _exprs(node: Node) -> Iterable[Expr]:
    match node:
        case PureNode(stmt=stmt):
            return suite_exprs((stmt,))
        case EffectNode(effect=effect):
            return [*effect_exprs(effect), *(e for suite in effect_suites(effect) for e in suite_exprs(suite))]
        case TestNode(test=test):
            return [test]
        case EndNode(value=value):
            return [value]
        case ThrowNode(exc=exc):
            return [exc]
        case _:
            return []
