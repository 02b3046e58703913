"""Which variables are read later, for every node of a graph."""

from pysfnc.analysis.liveness import liveness
from pysfnc.ir.walk import assigned, effect_exprs, effect_suites, reads
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.plan.graph import EffectNode, EndNode, HeadNode, Node, PureNode, TestNode, ThrowNode

Names = frozenset[str]


def successors(node: Node) -> tuple[Node, ...]:
    """The nodes that may run next, handlers included."""
    found: tuple[Node, ...] = ()
    match node:
        case PureNode(next=after) | EffectNode(next=after):
            found = (after,)
        case TestNode(then=then, orelse=orelse):
            found = (then, orelse)
        case HeadNode(next=after):
            found = () if after is None else (after,)
        case _:
            pass
    return (*found, *(catch.entry for catch in node.handlers.chain())) if node.handlers else found


def nodes_from(entry: Node) -> list[Node]:
    """All nodes that can be reached, each once."""
    found: dict[Node, None] = {}
    todo = [entry]
    while todo:
        node = todo.pop()
        if node not in found:
            found[node] = None
            todo.extend(successors(node))
    return list(found)


def live_in(entry: Node) -> dict[Node, Names]:
    """The variables whose values may be read from each node on."""
    nodes = nodes_from(entry)
    live: dict[Node, Names] = dict.fromkeys(nodes, frozenset())
    changed = True
    while changed:
        changed = False
        for node in reversed(nodes):
            new = _before(node, _after(node, live)) | _handled(node, live)
            if new != live[node]:
                live[node] = new
                changed = True
    return live


def _after(node: Node, live: dict[Node, Names]) -> Names:
    match node:
        case PureNode(next=after) | EffectNode(next=after):
            return live[after]
        case TestNode(then=then, orelse=orelse):
            return live[then] | live[orelse]
        case HeadNode(next=after):
            return frozenset() if after is None else live[after]
        case _:
            return frozenset()


def _handled(node: Node, live: dict[Node, Names]) -> Names:
    found: Names = frozenset()
    for catch in node.handlers.chain() if node.handlers else ():
        found |= live[catch.entry] - ({catch.name} if catch.name else frozenset())
    return found


def _before(node: Node, after: Names) -> Names:
    """What is live before a node of which `after` is live behind it."""
    match node:
        case PureNode(stmt=stmt):
            return liveness((stmt,), after).start
        case EffectNode(target=str() as target):
            return effect_reads(node) | (after - {target})
        case EffectNode():
            return effect_reads(node) | after
        case TestNode(test=test):
            return free_vars(test) | after
        case EndNode(value=value):
            return free_vars(value)
        case ThrowNode(exc=exc):
            return free_vars(exc)
        case _:
            return after


def effect_reads(node: EffectNode) -> Names:
    """What an effect reads of the variables around it: for its arguments and in its bodies."""
    found: Names = frozenset()
    for expr in effect_exprs(node.effect):
        found |= free_vars(expr)
    for body in effect_suites(node.effect):
        found |= reads(body) - assigned(body, branches=True)
    own = getattr(node.effect, "name", None)
    return found - {own} if own else found
