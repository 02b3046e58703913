"""Values of what runs at the same time, which exist only while compiling: pools, groups, futures and what is made of them."""

from typing import TYPE_CHECKING, Literal

from pysfnc.ir.exprs import Expr, Var
from pysfnc.ir.hir import Suite
from pysfnc.lean import dataclass
from pysfnc.source.span import Span
from pysfnc.values.types import Type

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Pool:
    """`ThreadPoolExecutor` inside its `with`. What was submitted and not started yet is `Flow.pending[number]`."""

    number: int
    max_workers: Expr | None


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """`asyncio.TaskGroup` inside its `async with`; see `Pool`."""

    number: int


@dataclass(frozen=True, slots=True)
class Submitted:
    """A call that was submitted: the body of its branch, and the variable that will hold its outcome.

    `many`: calls for the items of a list; the body returns the list of their outcomes. `copies`: what the body reads of variables of the program
    is kept in variables of its own, in case those are assigned anew before it starts. `unless`: a variable with the exception that came up before
    the call was submitted, which it then was not.
    """

    body: Suite
    outcome: str
    type: Type
    span: Span | None
    many: bool = False
    copies: tuple[tuple[str, Var], ...] = ()
    unless: str | None = None


GroupKind = Literal["pool", "tasks", "group"]


@dataclass(frozen=True, slots=True)
class Pending:
    """What was submitted to a pool or task group, or created as tasks, and was not waited for yet.

    `begin` and `end` are variables that are assigned where the first and the last of them was submitted; what stands behind the last runs beside
    them, what stands between has no effect. What was submitted later, behind an effect, is `inner`. `limit` is how many run at once. `failed` is
    a variable with the exception that code between them raised, or None.
    """

    kind: GroupKind
    begin: str
    end: str = ""
    entries: tuple[Submitted, ...] = ()
    limit: Expr | None = None
    inner: "Pending | None" = None
    failed: str | None = None

    @property
    def all_entries(self) -> tuple[Submitted, ...]:
        """Those submitted later included."""
        return self.entries if self.inner is None else (*self.entries, *self.inner.all_entries)


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """The promise of a submitted call: `outcome` is an outcome once the calls of `Flow.pending[group]` have run.

    `index` is its place in `home`, the futures that it comes from. `sure`: it did not fail, as that would have ended its group. `stopped`: it was
    cancelled. `race`: the number of the call that won and its own; of the others nothing is known.
    """

    group: int
    outcome: Expr
    type: Type
    is_task: bool = False
    index: Expr | None = None
    sure: bool = False
    stopped: bool = False
    race: tuple[Expr, Expr] | None = None
    home: "tuple[Future, ...] | FutureList | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class FutureList:
    """The futures of one fan-out; `outcomes` is the list of their outcomes."""

    group: int
    outcomes: Expr
    type: Type
    is_task: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FutureDict:
    """`{pool.submit(f, x): x for x in xs}`: a value for each future."""

    futures: FutureList
    values: Expr


@dataclass(frozen=True, slots=True, eq=False)
class FutureSet:
    """What `wait` gives: `done` is a list of pairs of a number and an outcome, else those of `rest`, of which only the numbers are known."""

    futures: "tuple[Future, ...] | FutureList"
    items: Expr
    is_done: bool


@dataclass(frozen=True, slots=True, eq=False)
class Completions:
    """`as_completed(...)`: the futures in the order in which they ended; `pairs` is a list of pairs of a number and an outcome."""

    futures: "tuple[Future, ...] | FutureList"
    pairs: Expr


@dataclass(frozen=True, slots=True, eq=False)
class MappedResults:
    """What `pool.map(...)` gives: an iterator over results; `outcomes` is the list of outcomes."""

    group: int
    outcomes: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Semaphore:
    """`asyncio.Semaphore(limit)`."""

    limit: Expr
    number: int
