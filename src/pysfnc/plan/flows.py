"""Flows: the pure code between one effect and the next, as a decision tree whose leaves say where it leads.

A flow starts where a state leaves off (the start, after an effect, in a handler, at the head of a loop) and follows the graph through pure
statements and tests up to the next effects and ends. It is what a state can do on its way out, or a Choice on its way in.
"""

from typing import Literal

from pysfnc.analysis.failures import expr_errors, raised_classes, suite_errors
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, ExceptionTable, Stmt, Suite
from pysfnc.ir.walk import reads
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.graph import Catch, EffectNode, EndNode, Handlers, HeadNode, Node, PureNode, TestNode, ThrowNode
from pysfnc.values.types import BOOL, STR


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Where a way through a flow ends: at a node with a state of its own, at the end of the scope with a value, or with an exception."""

    kind: Literal["jump", "end", "throw"]
    node: Node | None = None
    value: Expr | None = None

    @property
    def key(self) -> object:
        """Leaves with the same key lead to the same place."""
        return self.node if self.kind == "jump" else self.kind


@dataclass(frozen=True, slots=True, eq=False)
class Do:
    """Statements, then the rest."""

    stmts: Suite
    next: "Flow"


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """Statements some of whose exceptions handlers outside of them catch; `catches` in order, each with what its handler does."""

    stmts: Suite
    catches: tuple[tuple[Catch, "Flow"], ...]
    next: "Flow"


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    test: Expr
    then: "Flow"
    orelse: "Flow"


Flow = Do | Guard | Split | Leaf


@dataclass(slots=True)
class FlowBuilder:
    """Follows the graph. `cut_everywhere` stops at every place that several ways lead to."""

    names: NameSupply
    exceptions: ExceptionTable
    cut_everywhere: bool = False
    budget: int = 24
    _leaves: int = 0

    def build(self, node: Node) -> Flow:
        """The flow that starts at a node; a head it starts at is followed."""
        self._leaves = 0
        if isinstance(node, HeadNode):
            assert node.next is not None
            return self._follow(node.next, frozenset({node}))
        return self._follow(node, frozenset())

    def _follow(self, node: Node, seen: frozenset[HeadNode]) -> Flow:
        match node:
            case HeadNode():
                return self._head(node, seen)
            case EffectNode():
                return self._leaf(Leaf("jump", node))
            case PureNode(stmt=stmt):
                return self._statement(stmt, node, seen)
            case TestNode(test=test):
                return self._test(node, test, seen)
            case EndNode(value=value):
                if self._caught(expr_errors(value), node.handlers):
                    kept, assign = self._keep(value)
                    return self._guard((assign,), node.handlers, seen, self._leaf(Leaf("end", value=kept)))
                return self._leaf(Leaf("end", value=value))
            case ThrowNode(exc=exc):
                return self._throw(exc, node.handlers, seen)
            case _:
                raise AssertionError(f"no flow leads over {type(node).__name__}")

    def _leaf(self, leaf: Leaf) -> Leaf:
        self._leaves += 1
        return leaf

    def _head(self, node: HeadNode, seen: frozenset[HeadNode]) -> Flow:
        assert node.next is not None
        if node in seen or self.cut_everywhere or self._leaves > self.budget:
            return self._leaf(Leaf("jump", node))
        return self._follow(node.next, seen | {node})

    def _statement(self, stmt: Stmt, node: PureNode, seen: frozenset[HeadNode]) -> Flow:
        """A run of statements under the same handlers."""
        stmts = [stmt]
        after = node.next
        while isinstance(after, PureNode) and after.handlers is node.handlers:
            stmts.append(after.stmt)
            after = after.next
        rest = self._follow(after, seen)
        if self._caught(suite_errors(tuple(stmts)), node.handlers):
            return self._guard(tuple(stmts), node.handlers, seen, rest)
        return Do(tuple(stmts), rest)

    def _test(self, node: TestNode, test: Expr, seen: frozenset[HeadNode]) -> Flow:
        if isinstance(test, Const):
            return self._follow(node.then if test.value else node.orelse, seen)
        if self._caught(expr_errors(test), node.handlers):
            kept, assign = self._keep(test)
            split = Split(kept, self._follow(node.then, seen), self._follow(node.orelse, seen))
            return self._guard((assign,), node.handlers, seen, split)
        return Split(test, self._follow(node.then, seen), self._follow(node.orelse, seen))

    def _keep(self, value: Expr) -> tuple[Var, Assign]:
        name = self.names.fresh("t")
        return Var(name=name, type=value.type, span=value.span), Assign(name=name, value=value, span=value.span)

    # Exceptions

    def catches(self, error: str | None, catch: Catch) -> bool:
        """Whether a handler may catch a class (None: one not known before run time)."""
        return catch.classes is None or error is None or bool(self.exceptions.ancestors(error) & set(catch.classes))

    def _caught(self, errors: frozenset[str | None] | frozenset[str], handlers: Handlers | None) -> bool:
        chain = handlers.chain() if handlers else ()
        return any(self.catches(error, catch) for error in errors for catch in chain)

    def _guard(self, stmts: Suite, handlers: Handlers | None, seen: frozenset[HeadNode], rest: Flow) -> Flow:
        assert handlers is not None
        errors = suite_errors(stmts)
        wanted = [c for c in handlers.chain() if any(self.catches(error, c) for error in errors)]
        kept = tuple((catch, self._follow(catch.entry, seen)) for catch in until_all(wanted))
        return Guard(stmts, kept, rest)

    def _throw(self, exc: Expr, handlers: Handlers | None, seen: frozenset[HeadNode]) -> Flow:
        errors = expr_errors(exc)
        if self._caught(errors, handlers):
            kept, assign = self._keep(exc)
            return self._guard((assign,), handlers, seen, self._thrown(kept, handlers, seen))
        return self._thrown(exc, handlers, seen)

    def _thrown(self, exc: Expr, handlers: Handlers | None, seen: frozenset[HeadNode]) -> Flow:
        """To the handler that catches it; where the class is not known, by tests."""
        classes = raised_classes(exc)
        chain = [c for c in (handlers.chain() if handlers else ()) if any(self.catches(e, c) for e in classes)]
        if not chain:
            return self._leaf(Leaf("throw", value=exc))
        kept, assign = (exc, None) if isinstance(exc, Var) else self._keep(exc)
        flow: Flow | None = None
        for catch in reversed(until_all(chain)):
            entry = self._entered(catch, kept, seen)
            if all(error is not None and self.catches(error, catch) for error in classes) or catch.classes is None:
                flow = entry
            else:
                flow = Split(
                    class_test(kept, catch.classes, self.exceptions),
                    entry,
                    flow or self._leaf(Leaf("throw", value=kept)),
                )
        assert flow is not None
        return flow if assign is None else Do((assign,), flow)

    def _entered(self, catch: Catch, exc: Expr, seen: frozenset[HeadNode]) -> Flow:
        flow = self._follow(catch.entry, seen)
        return flow if catch.name is None else Do((Assign(name=catch.name, value=exc),), flow)


def until_all(catches: list[Catch]) -> list[Catch]:
    """The handlers up to the first that catches everything."""
    for index, catch in enumerate(catches):
        if catch.classes is None:
            return catches[: index + 1]
    return catches


def class_test(exc: Expr, classes: tuple[str, ...], table: ExceptionTable) -> Expr:
    """Whether an exception object is one of the classes; `Fail` is every error that is no known class."""
    known = sorted({name for cls in classes if cls != "Fail" for name in table.descendants(cls)})
    test = _name_test("exc.is_one", exc, known)
    if "Fail" not in classes:
        return test
    return _name_test("exc.is_none", exc, [name for name, _ in table.bases if name not in (*known, "Fail")])


def _name_test(op: str, exc: Expr, names: list[str]) -> Expr:
    return Prim(op=op, args=(exc, *(Const(value=name, type=STR) for name in names)), type=BOOL)


def flow_parts(flow: Flow) -> list[Flow]:
    """All nodes of a flow, those of handlers included."""
    found: list[Flow] = []
    todo = [flow]
    while todo:
        current = todo.pop()
        found.append(current)
        match current:
            case Do(next=rest):
                todo.append(rest)
            case Guard(next=rest, catches=catches):
                todo.append(rest)
                todo.extend(inner for _, inner in catches)
            case Split(then=then, orelse=orelse):
                todo.extend((then, orelse))
            case Leaf():
                pass
    return found


def flow_reads(flow: Flow) -> frozenset[str]:
    """The variables that code of the flow reads, assigned in it before or not."""
    found: frozenset[str] = frozenset()
    for part in flow_parts(flow):
        match part:
            case Do(stmts=stmts) | Guard(stmts=stmts):
                found |= reads(stmts)
            case Split(test=test):
                found |= free_vars(test)
            case Leaf(value=value):
                found |= frozenset() if value is None else free_vars(value)
    return found
