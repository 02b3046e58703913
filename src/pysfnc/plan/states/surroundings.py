"""What the parts of the planner of states share: the scope they plan, and what they ask of each other."""

from typing import Final, Literal, Protocol

from pysfnc.ir.hir import ExceptionTable, Suite
from pysfnc.ir.mir import Alias, Computed, Edge, Failed, ScopePlan, State
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.detours import NO_TURN, Turn
from pysfnc.plan.flows import Flow, Leaf
from pysfnc.plan.graph import Catch, EffectNode, Node
from pysfnc.source.span import Span

LARGE: Final = 60
"""Nodes that are written more than once, above which variables are computed as one."""
HEAVY: Final = 400
"""Nodes of a flow times its leaves above which a Choice does not compute it again for every rule."""

Names = frozenset[str]
Kind = Literal["machine", "branch", "iteration"]
NOTHING: Final[Names] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """`merge` False: one state for each thing the program does (-O0)."""

    merge: bool = True


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Where a look at an error's name decides about the handler: the variable that holds the error, and what else is read from there on."""

    name: str
    needed: Names
    state: Alias


class Decision(Protocol):
    """Where to go from a handler on, made on the way into it."""

    def way(self, planner: "Planner", before: Suite) -> Edge:
        """The way into the handler behind other code."""


class Planner(Protocol):
    """The planner of one scope, as those of single kinds of states see it."""

    names: NameSupply
    exceptions: ExceptionTable
    options: PlanOptions
    live: dict[Node, Names]
    ways_in: dict[Node, int]
    """How many ways lead to a node."""
    effects: dict[Node, State]
    """The states of effects without a prefix."""
    dispatched: dict[EffectNode, Dispatch]
    copied: set[Node]
    """Effects whose states with a prefix are in the making: what comes after one, in a loop, leads to a state that is there already."""
    watched: bool
    """Whether a handler around the scope may look at what leaves it."""
    kept: str | None
    """The variable in which a Catch leaves the exception that the next state has to raise, or None where there is none."""
    keeping: dict[Node, Alias]
    """The states of effects that first raise what was kept."""
    decided: dict[Node, "Decision"]
    """Handlers whose decisions are made by the Catch before them."""

    def flow(self, node: Node) -> Flow:
        """The pure code from a node on."""

    def target(self, node: Node) -> State:
        """The state of a node that flows stop at."""

    def done(self) -> State:
        """The end of the scope."""

    def failed_state(self, *, marked: bool = False) -> Failed:
        """The Fail of the scope, to be entered with an exception, or as it is `marked` in an error output."""

    def effect(
        self,
        node: EffectNode,
        prefix: Suite,
        entered: dict[Catch, int] | None = None,
        *,
        raises_kept: bool = False,
        before: Turn = NO_TURN,
    ) -> State:
        """The state of an effect with everything that comes after it. A `prefix` makes it a state of its own.

        `entered`: handlers of code of the prefix that are entered through the Catch of the state, with their numbers.
        `raises_kept`: the prefix raises what another Catch kept, which the Catch of this state must not keep again. `before`: ways out of
        the prefix that lead through the Catch.
        """

    def standalone(self, flow: Flow, span: Span | None) -> State:
        """The state (or the first of the states) of a flow that no state stands before."""

    def single(self, flow: Flow, span: Span | None) -> State:
        """As `standalone` for a flow that leads to one place, or fails."""

    def inner(self, body: Suite, kind: Kind, *, watched: bool) -> ScopePlan:
        """The states of a scope inside of this one."""

    def live_at(self, leaf: Leaf) -> Names:
        """What is read from a leaf on."""

    def live_at_any(self, leaves: list[Leaf]) -> Names:
        """What is read from one of the leaves on."""

    def fails(self, suite: Suite) -> bool:
        """Whether an exception may leave the suite."""

    def assigns(self, suite: Suite, needed: Names | set[str]) -> dict[str, Computed]:
        """What a state must assign: the needed variables that the suite changes."""
