"""Which workflows have their exceptions looked at by a workflow that called them.

What a child execution fails with reaches its parent as a name and a text. A handler of the parent reads a text as Python writes it, so the child has
to write its errors of AWS like that before it ends; what nobody looks at may end the execution as AWS words it.
"""

from collections.abc import Iterator, Sequence

from pysfnc.ir.exprs import Const, Prim
from pysfnc.ir.hir import Machine, Perform, ServiceCall, Suite, Try, machine_placeholder
from pysfnc.ir.walk import stmt_suites, suite_exprs
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.library.services.children import ARN

__all__ = ["watched_children"]


def watched_children(machines: Sequence[Machine]) -> frozenset[str]:
    """The placeholders of the workflows that are called under a handler, and of those that these call."""
    bodies = {machine_placeholder(machine.name): machine.body for machine in machines}
    todo = [child for body in bodies.values() for child in _called(body, handled=False)]
    found: set[str] = set()
    while todo:
        child = todo.pop()
        if child in bodies and child not in found:
            found.add(child)
            todo.extend(_called(bodies[child], handled=True))
    return frozenset(found)


def _called(suite: Suite, *, handled: bool) -> Iterator[str]:
    """The placeholders of the children that a suite calls where a handler may see what they fail with; with `handled`, of all."""
    for stmt in suite:
        if handled and isinstance(stmt, Perform) and isinstance(stmt.effect, ServiceCall):
            yield from _children((stmt,))
        under = isinstance(stmt, Try) and bool(stmt.handlers)
        for number, inner in enumerate(stmt_suites(stmt)):
            yield from _called(inner, handled=handled or (under and number == 0))


def _children(suite: Suite) -> Iterator[str]:
    for expr in suite_exprs(suite):
        for part in walk_expr(expr):
            if isinstance(part, Prim) and part.op == ARN and isinstance(part.args[0], Const):
                yield str(part.args[0].value)
