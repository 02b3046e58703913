"""MIR: a graph of states. Pure code sits on states and edges as computations; `plan` makes it, `backend` writes it as ASL.

A `Computed` is evaluated with the variables as they were when the state was entered (that is how AWS evaluates Assign and Output), plus what
the state itself brings: the result of its effect, or the exception that a catcher caught.
"""

from dataclasses import field
from typing import Final, Literal

from pysfnc.ir.exprs import Expr
from pysfnc.ir.hir import Effect, ExceptionTable, Handler, Suite
from pysfnc.lean import dataclass
from pysfnc.source.span import Span

ITEM: Final = "item~"
"""The key of an iteration's item among what is handed to it; no variable of a program has this name."""
BATCH_ITEMS: Final = "Items"
BATCH_INPUT: Final = "BatchInput"
"""The keys of what an execution gets that works on a batch (AWS docs, "ItemBatcher")."""


@dataclass(frozen=True, slots=True)
class Computed:
    """The value of an expression after a pure suite has run.

    `trusted` is code before the suite that is known not to fail, as it was evaluated before with the same values; its checks are left out.
    """

    suite: Suite
    value: Expr
    trusted: Suite = ()


@dataclass(slots=True, eq=False)
class Edge:
    """Where control goes, what is assigned on the way, and what the next state gets as its input (None: what the state type passes on)."""

    target: "State"
    assigns: dict[str, Computed] = field(default_factory=dict)
    output: Computed | None = None
    raised: str | None = None
    """With `output` None: the exception variable whose object is passed on."""


@dataclass(slots=True, eq=False)
class Catcher:
    """`errors` are error names of ASL. `exc` is the variable that holds the caught exception in the computations of `edge`.

    `marked`: the errors are those of expressions, and the exception is the one in the marker.
    """

    errors: tuple[str, ...]
    exc: str | None
    edge: Edge
    marked: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class State:
    """Base of the states."""

    hint: str
    """What the state does, for its name."""
    span: Span | None = None
    origins: list[Span] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Work(State):
    """A state that can catch: an effect or, with `effect` None, a computation that may fail.

    `prefix` runs before the effect's arguments are evaluated. `after` None ends the scope with `output`.
    """

    effect: Effect | None
    prefix: Suite = ()
    passed: Suite = ()
    """`prefix` without the statements that can only fail: what is left to do where it did not."""
    result: str | None = None
    bodies: "list[ScopePlan]" = field(default_factory=list)
    handed: dict[str, Computed] = field(default_factory=dict)
    """What the bodies get as their input, by key, since `prefix` computes it in this very state; an iteration's item is its key `item` then."""
    assigns: dict[str, Computed] = field(default_factory=dict)
    output: Computed | None = None
    after: "State | None" = None
    catchers: list[Catcher] = field(default_factory=list)
    turned: tuple[bool, bool] = (False, False)
    """Whether ways of the program lead out of it through its Catch: before its effect, and behind it."""
    arg_handlers: tuple[Handler, ...] = ()
    """Routed handlers in force where the effect's arguments are evaluated."""


@dataclass(slots=True, eq=False, kw_only=True)
class Pause(State):
    """A Wait of so many `seconds` or until the moment that they are, which goes on or, with `after` None, ends the scope with `output`."""

    seconds: Expr
    prefix: Suite = ()
    assigns: dict[str, Computed] = field(default_factory=dict)
    output: Computed | None = None
    after: "State | None"


@dataclass(slots=True, eq=False, kw_only=True)
class Pass(State):
    """Assigns, then goes on or, with `after` None, ends the scope with `output`."""

    assigns: dict[str, Computed] = field(default_factory=dict)
    output: Computed | None = None
    after: "State | None" = None


@dataclass(slots=True, eq=False, kw_only=True)
class Choice(State):
    rules: list[tuple[Computed, Edge]]
    default: Edge


@dataclass(slots=True, eq=False, kw_only=True)
class Done(State):
    """A Succeed that passes its input on."""


@dataclass(slots=True, eq=False, kw_only=True)
class Failed(State):
    """A Fail: with a fixed name and cause, or those of the exception object that is its input.

    `marked`: its input may be the error output of an expression instead, with the exception in its marker; `given`: it may be the object.
    """

    error: str | None = None
    cause: str | None = None
    marked: bool = False
    given: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class Alias(State):
    """Another state, which was not made yet when this one was needed. `resolve` follows it."""

    target: State | None = None


def resolve(state: State) -> State:
    """The state behind aliases."""
    while isinstance(state, Alias):
        assert state.target is not None
        state = state.target
    return state


AnyState = Work | Pause | Pass | Choice | Done | Failed


@dataclass(slots=True, eq=False)
class ScopePlan:
    """The states of a machine, of a branch, or of the iterations of a Map."""

    start: State
    kind: Literal["machine", "branch", "iteration"]


@dataclass(slots=True, eq=False)
class MachinePlan:
    """A planned workflow."""

    name: str
    scope: ScopePlan
    exceptions: ExceptionTable
    lambda_retry: bool
    reads_args: bool
    """Whether the program reads `args` of exceptions."""
    reads_status: bool
    """Whether it reads the HTTP status of errors of AWS."""
    timeout_s: int | None
    comment: str | None
