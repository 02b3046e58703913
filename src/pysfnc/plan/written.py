"""Flows written as one suite."""

from collections.abc import Iterable
from dataclasses import field

from pysfnc.analysis.failures import escaping_errors
from pysfnc.ir.exprs import Const, Var
from pysfnc.ir.hir import Assign, Block, ExceptionTable, Handler, If, Leave, Raise, Suite, Try
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.detours import Detour
from pysfnc.plan.flows import Do, Flow, Guard, Leaf, Split
from pysfnc.plan.graph import Catch
from pysfnc.values.types import INT, ExcT


def straight(flow: Flow) -> tuple[Suite, Leaf] | None:
    """The statements and the leaf of a flow without decisions but those to fail."""
    stmts: Suite = ()
    while True:
        match flow:
            case Leaf():
                return stmts, flow
            case Do(stmts=more, next=rest):
                stmts, flow = (*stmts, *more), rest
            case Split(test=test, then=then, orelse=orelse):
                if (fails := _thrown(then)) is not None:
                    stmts, flow = (*stmts, If(test=test, then=fails, orelse=())), orelse
                elif (fails := _thrown(orelse)) is not None:
                    stmts, flow = (*stmts, If(test=test, then=(), orelse=fails)), then
                else:
                    return None
            case _:
                return None


def _thrown(flow: Flow) -> Suite | None:
    """The statements of a flow that only raises."""
    match flow:
        case Leaf(kind="throw", value=exc) if exc is not None:
            return (Raise(exc=exc, span=exc.span),)
        case Do(stmts=stmts, next=Leaf(kind="throw", value=exc)) if exc is not None:
            return (*stmts, Raise(exc=exc, span=exc.span))
        case _:
            return None


@dataclass(slots=True)
class FlowSuite:
    """A flow as one suite, which leaves the number of the leaf it came to in the variable `tag`, and its value in `ended`."""

    names: NameSupply
    routes: dict[Catch, int]
    leaves: list[Leaf] = field(default_factory=list)
    detours: dict[object, Suite] = field(default_factory=dict)
    label: str = ""
    tag: str = ""
    ended: str = ""
    suite: Suite = ()

    @property
    def places(self) -> int:
        """How many places the flow leads to, apart from failing."""
        return sum(leaf.kind != "throw" for leaf in self.leaves)

    @staticmethod
    def write(
        flow: Flow,
        names: NameSupply,
        routes: dict[Catch, int] | None = None,
        *,
        catch_all: ExceptionTable | None = None,
        detours: Iterable[Detour] = (),
    ) -> "FlowSuite":
        """With `catch_all` an exception nobody catches is a leaf too (`ended` holds it), else it aborts.

        `routes`: handlers that are entered through the Catch of the state, with their numbers; `detours`: ways that lead through it.
        """
        made = FlowSuite(names, routes or {})
        made.detours = {detour.leaf.key: detour.raising() for detour in detours}
        made.label, made.tag, made.ended = (names.fresh(hint) for hint in ("flow", "way", "value"))
        row = straight(flow)
        if row is not None and row[1].kind == "jump":
            made.leaves = [row[1]]
            body = row[0]
        else:
            body = made._suite(flow)
        if catch_all is not None and escaping_errors(body, catch_all):
            name = names.fresh("raised")
            number = made._number(Leaf("throw"))
            kept = (Assign(name=made.ended, value=Var(name=name, type=ExcT(None))), *made._leave(number))
            if row is not None and row[1].kind == "jump":
                body = (*body, *made._leave(0))
            body = (Try(body=body, handlers=(Handler(classes=None, name=name, body=kept),), orelse=(), final=()),)
        elif row is not None and row[1].kind == "jump":
            made.suite = body
            return made
        made.suite = (Block(label=made.label, body=body),)
        return made

    def _suite(self, flow: Flow) -> Suite:
        match flow:
            case Do(stmts=stmts, next=rest):
                return (*stmts, *self._suite(rest))
            case Split(test=test, then=then, orelse=orelse):
                # A row, not a nest: what follows the `if` is reached only where its body was not entered.
                return (If(test=test, then=self._suite(then), orelse=()), *self._suite(orelse))
            case Guard(stmts=stmts, catches=catches, next=rest):
                handlers = tuple(self._handler(catch, inner) for catch, inner in catches)
                guarded = Try(body=stmts, handlers=handlers, orelse=(), final=())
                return (guarded, *self._suite(rest))
            case Leaf(kind="throw", value=exc):
                assert exc is not None
                return (Raise(exc=exc, span=exc.span),)
            case Leaf() if flow.key in self.detours:
                return self.detours[flow.key]
            case Leaf(kind="end", value=value):
                assert value is not None
                return (Assign(name=self.ended, value=value, span=value.span), *self._leave(self._number(flow)))
            case Leaf():
                return self._leave(self._number(flow))

    def _handler(self, catch: Catch, inner: Flow) -> Handler:
        if catch in self.routes:
            return Handler(classes=catch.classes, name=catch.name, body=(), route=self.routes[catch])
        return Handler(classes=catch.classes, name=catch.name, body=self._suite(inner))

    def _number(self, leaf: Leaf) -> int:
        for index, other in enumerate(self.leaves):
            if other.key is leaf.key or other.key == leaf.key:
                return index
        self.leaves.append(leaf)
        return len(self.leaves) - 1

    def _leave(self, number: int) -> Suite:
        return (Assign(name=self.tag, value=Const(value=number, type=INT)), Leave(label=self.label))
