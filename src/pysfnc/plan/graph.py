"""The control-flow graph of a suite: effects, decisions and ends are nodes; pure statements stay whole.

Owns the translation of structure into edges: loops and branches that hold an effect or a way out, `try` with effects (each node knows the
handlers in force), `finally` (written on every way through it). A pure loop with a way out of the suite leaves a tag behind instead
(see `tags`).
"""

from dataclasses import field

from pysfnc.ir.exits import ends, exits, finishes
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    Effect,
    Eval,
    ForEach,
    If,
    Leave,
    Perform,
    Raise,
    Recur,
    Recursion,
    Return,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import has_effect
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.steps import steps_of
from pysfnc.plan.tags import tag_jumps
from pysfnc.source.span import Span
from pysfnc.values.types import BOOL, INT, NONE, ExcT


@dataclass(slots=True, eq=False)
class Node:
    """Base of the nodes. `handlers` are those in force where it runs."""

    handlers: "Handlers | None"
    span: Span | None


@dataclass(slots=True, eq=False)
class PureNode(Node):
    """A statement without effect that runs to its end or raises."""

    stmt: Stmt
    next: Node


@dataclass(slots=True, eq=False)
class TestNode(Node):
    test: Expr
    then: Node
    orelse: Node


@dataclass(slots=True, eq=False)
class EffectNode(Node):
    effect: Effect
    target: str | None
    next: Node


@dataclass(slots=True, eq=False)
class EndNode(Node):
    value: Expr


@dataclass(slots=True, eq=False)
class ThrowNode(Node):
    exc: Expr


@dataclass(slots=True, eq=False)
class HeadNode(Node):
    """A place that several ways lead to: the head of a loop, the point after a branch."""

    next: Node | None = None
    is_loop: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Catch:
    """One handler: its classes (None: all), the variable it binds, where it starts."""

    classes: tuple[str, ...] | None
    name: str | None
    entry: Node


@dataclass(frozen=True, slots=True, eq=False)
class Handlers:
    """The handlers of a `try` in order, and those around it."""

    catches: tuple[Catch, ...]
    outer: "Handlers | None"

    def chain(self) -> tuple[Catch, ...]:
        """All handlers that see an exception, innermost first."""
        return (*self.catches, *(self.outer.chain() if self.outer else ()))


@dataclass(frozen=True, slots=True)
class Ways:
    """Where jumps lead: (kind, label) -> node maker, and how a return leaves (through which `finally` suites)."""

    jumps: "dict[tuple[str, str], Way]" = field(default_factory=dict)
    finals: "tuple[Final, ...]" = ()


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A target of jumps and how many `finally` suites stand around it."""

    target: Node
    depth: int


@dataclass(frozen=True, slots=True, eq=False)
class Final:
    """A `finally` that jumps out of its try must run, with its own surroundings."""

    suite: Suite
    ways: Ways
    handlers: Handlers | None


@dataclass(slots=True)
class GraphBuilder:
    """Builds graphs of one machine; `names` makes variables and labels."""

    names: NameSupply

    def build(self, suite: Suite) -> Node:
        """The entry of the graph of a whole scope; falling off its end returns None."""
        end = EndNode(None, None, Const(value=None, type=NONE))
        return self._suite(suite, end, Ways(), None)

    def _suite(self, suite: Suite, after: Node, ways: Ways, handlers: Handlers | None) -> Node:
        node = after
        for stmt in reversed(_reachable(suite)):
            node = self._stmt(stmt, node, ways, handlers)
        return node

    def _stmt(self, stmt: Stmt, after: Node, ways: Ways, handlers: Handlers | None) -> Node:
        match stmt:
            case Perform(effect=effect, target=target):
                return EffectNode(handlers, stmt.span, effect, target, after if ends(effect) else _nowhere(stmt))
            case Return(value=value):
                return self._return(stmt, value, ways, handlers)
            case Raise(exc=exc):
                return ThrowNode(handlers, stmt.span, exc)
            case Break(label=label):
                return self._jump(ways.jumps["break", label], ways, handlers)
            case Continue(label=label):
                return self._jump(ways.jumps["continue", label], ways, handlers)
            case Leave(label=label):
                return self._jump(ways.jumps["leave", label], ways, handlers)
            case Assign() | Eval() | Recursion() | Recur():
                return self._pure(stmt, after, handlers)
            case Beside():
                raise AssertionError("a pass makes a Fork of it")
            case _:
                return self._compound(stmt, after, ways, handlers)

    def _compound(
        self, stmt: If | While | ForEach | Block | Try, after: Node, ways: Ways, handlers: Handlers | None
    ) -> Node:
        out = exits((stmt,))
        effectful = has_effect((stmt,))
        leaves = out.returns or bool(out.labels)
        if isinstance(stmt, If) and _is_guard(stmt):
            then = self._suite(stmt.then, after, ways, handlers)
            return TestNode(handlers, stmt.test.span or stmt.span, stmt.test, then, after)
        if not effectful and not leaves:
            return self._pure(stmt, after, handlers)
        if isinstance(stmt, If) and (effectful or not (exits(stmt.then).falls and exits(stmt.orelse).falls)):
            join = self._join(after) if effectful else after
            return TestNode(
                handlers,
                stmt.test.span or stmt.span,
                stmt.test,
                self._suite(stmt.then, join, ways, handlers),
                self._suite(stmt.orelse, join, ways, handlers),
            )
        if not effectful:
            return self._tagged(stmt, after, ways, handlers)
        match stmt:
            case While():
                return self._while(stmt, after, ways, handlers)
            case ForEach():
                return self._for(stmt, after, ways, handlers)
            case Block(label=label, body=body):
                join = self._join(after)
                inner = _with_jump(ways, {("leave", label): join})
                return self._suite(body, join, inner, handlers)
            case Try():
                return self._try(stmt, after, ways, handlers)
            case If():
                raise AssertionError("an if with effects is a test")

    def _pure(self, stmt: Stmt, after: Node, handlers: Handlers | None) -> Node:
        return PureNode(handlers, stmt.span, stmt, after if exits((stmt,)).falls else _nowhere(stmt))

    def _join(self, after: Node) -> Node:
        if isinstance(after, HeadNode | EndNode | EffectNode):
            return after
        return HeadNode(after.handlers, after.span, after)

    # Jumps

    def _jump(self, way: Way, ways: Ways, handlers: Handlers | None) -> Node:
        """To a target, through the `finally` suites between here and there."""
        node = way.target
        for final in ways.finals[way.depth :]:
            node = self._suite(final.suite, node, final.ways, final.handlers)
        return node

    def _return(self, stmt: Return, value: Expr, ways: Ways, handlers: Handlers | None) -> Node:
        if not ways.finals:
            return EndNode(handlers, stmt.span, value)
        name = self.names.fresh("returned")
        node: Node = EndNode(None, stmt.span, Var(name=name, type=value.type))
        for final in ways.finals:
            node = self._suite(final.suite, node, final.ways, final.handlers)
        return PureNode(handlers, stmt.span, Assign(name=name, value=value, span=stmt.span), node)

    # Loops

    def _while(self, stmt: While, after: Node, ways: Ways, handlers: Handlers | None) -> Node:
        join = self._join(after)
        head = HeadNode(handlers, stmt.span, None, is_loop=True)
        inner = _with_jump(ways, {("break", stmt.label): join, ("continue", stmt.label): head})
        body = self._suite(stmt.body, head, inner, handlers)
        orelse = self._suite(stmt.orelse, join, ways, handlers)
        endless = isinstance(stmt.test, Const) and stmt.test.value is True
        head.next = body if endless else TestNode(handlers, stmt.test.span, stmt.test, body, orelse)
        return head

    def _for(self, stmt: ForEach, after: Node, ways: Ways, handlers: Handlers | None) -> Node:
        """A loop by index."""
        join = self._join(after)
        head = HeadNode(handlers, stmt.span, None, is_loop=True)
        inner = _with_jump(ways, {("break", stmt.label): join, ("continue", stmt.label): head})
        steps = steps_of(stmt, self.names)
        body = self._suite(stmt.body, head, inner, handlers)
        for step in reversed(steps.each):
            body = PureNode(handlers, stmt.span, step, body)
        orelse = self._suite(stmt.orelse, join, ways, handlers) if finishes(stmt) else _nowhere(stmt)
        head.next = TestNode(handlers, stmt.seq.span or stmt.span, steps.more, body, orelse)
        node: Node = head
        for step in reversed(steps.first):
            node = PureNode(handlers, stmt.span, step, node)
        return node

    # Handlers

    def _try(self, stmt: Try, after: Node, ways: Ways, handlers: Handlers | None) -> Node:
        join = self._join(after)
        outer_ways, outer_handlers, end = ways, handlers, join
        if stmt.final:
            final = Final(stmt.final, ways, handlers)
            outer_ways = Ways(outer_ways.jumps, (*ways.finals, final))
            name = self.names.fresh("raised")
            again = ThrowNode(handlers, stmt.span, Var(name=name, type=ExcT(None)))
            entry = self._suite(stmt.final, again, ways, handlers)
            outer_handlers = Handlers((Catch(None, name, entry),), handlers)
            end = self._suite(stmt.final, join, ways, handlers)
        inner_handlers = outer_handlers
        if stmt.handlers:
            catches = tuple(
                Catch(h.classes, h.name, self._suite(h.body, end, outer_ways, outer_handlers)) for h in stmt.handlers
            )
            inner_handlers = Handlers(catches, outer_handlers)
        orelse = self._suite(stmt.orelse, end, outer_ways, outer_handlers)
        return self._suite(stmt.body, orelse, outer_ways, inner_handlers)

    # Pure statements with a way out

    def _tagged(self, stmt: Stmt, after: Node, ways: Ways, handlers: Handlers | None) -> Node:
        """`stmt` leaves a tag instead of jumping out; the jumps follow it."""
        tagged = tag_jumps(stmt, self.names)
        node = after if exits((stmt,)).falls else _nowhere(stmt)
        for number, jump in reversed(list(enumerate(tagged.jumps, 1))):
            test = Prim(op="loop.is_way", args=(tagged.tag, Const(value=number, type=INT)), type=BOOL)
            node = TestNode(handlers, stmt.span, test, self._stmt(jump, after, ways, handlers), node)
        node = PureNode(handlers, stmt.span, tagged.block, node)
        return PureNode(handlers, stmt.span, tagged.start, node)


def _nowhere(stmt: Stmt) -> Node:
    """What follows a statement that never ends normally: it must read nothing, as what it would read need not be there."""
    return EndNode(None, stmt.span, Const(value=None, type=NONE))


def _is_guard(stmt: If) -> bool:
    """Whether the `if` does nothing but raise, with what the exception needs."""
    if stmt.orelse or not stmt.then:
        return False
    *before, last = stmt.then
    return isinstance(last, Raise) and all(isinstance(part, Assign) for part in before)


def _with_jump(ways: Ways, jumps: dict[tuple[str, str], Node]) -> Ways:
    depth = len(ways.finals)
    return Ways({**ways.jumps, **{key: Way(node, depth) for key, node in jumps.items()}}, ways.finals)


def _reachable(suite: Suite) -> Suite:
    """The statements up to the first that never falls through."""
    for index, stmt in enumerate(suite):
        if not exits((stmt,)).falls:
            return suite[: index + 1]
    return suite
