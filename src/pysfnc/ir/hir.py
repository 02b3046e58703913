"""HIR: structured statements over typed expressions. What `frontend` makes, and what passes and `plan` work on.

Everything about Python syntax is gone: unpacking, augmented assignment, changes in place (they are assignments of the
changed value to the variable that owns it), keyword arguments, comprehensions with several parts, calls of compiled
helpers (their bodies are written in place, with `Block`/`Leave` for their returns). Left are assignment, control flow,
exceptions, and effects, which stand only in `Perform`.
"""

import re
from dataclasses import field
from typing import Final, Literal

from pysfnc.ir.exprs import Expr
from pysfnc.lean import dataclass
from pysfnc.source.span import Span
from pysfnc.values.fits import Fit
from pysfnc.values.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """`changes`: not a rebinding but a change in place of the object that `name` holds, `value` being the changed object.

    `turn`: the label of a loop in each of whose rounds `value`, a subscript, reads another place than in the rounds before.
    """

    name: str
    value: Expr
    changes: bool = False
    turn: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eval:
    """An expression evaluated for the exception it may raise."""

    value: Expr
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """`test` is a bool."""

    test: Expr
    then: "Suite"
    orelse: "Suite"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class While:
    """`orelse` runs when the test fails, not after `Break`."""

    label: str
    test: Expr
    body: "Suite"
    orelse: "Suite"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForEach:
    """`for name in seq`. `seq` (a list) is evaluated once and does not change while the loop runs.

    `held`: what Python goes on reading in each round, as the lists of a `zip`; it must not change. It is not evaluated.
    """

    label: str
    name: str
    seq: Expr
    body: "Suite"
    orelse: "Suite"
    held: tuple[Expr, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A suite that `Leave(label)` jumps behind: the body of a helper written in place."""

    label: str
    body: "Suite"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    label: str
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue:
    label: str
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    label: str
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Ends the machine, or the branch or iteration whose body this is, with the value."""

    value: Expr
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """`exc` is an exception object (`ExcT`)."""

    exc: Expr
    span: Span | None = field(default=None, compare=False)
    route: int | None = None
    """In planned code: it passes all handlers by, and the Catch of its state takes it on by this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """`except classes as name`. `classes` are class names as the `ExceptionTable` has them.

    None catches everything: `except:`, `BaseException`, `Exception`.
    """

    classes: tuple[str, ...] | None
    name: str | None
    body: "Suite"
    bare: bool = False
    """It is `except:` or `except BaseException`, which also see that a branch is stopped."""
    route: int | None = None
    """Set by `plan` only: the exception leaves the state through its Catch, which takes it on by this number; `body` is empty."""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """Python's try: `orelse` is not guarded by the handlers; `final` runs on every way out."""

    body: "Suite"
    handlers: tuple[Handler, ...]
    orelse: "Suite"
    final: "Suite"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recursion:
    """A function that calls itself, and its first call.

    Each activation has variables of its own: the `params`, bound to the arguments, and whatever the `body` assigns. Those of the surroundings it
    only reads. `Leave(label)` ends an activation, and so does the end of the body: the values of its variables `results` go to the variables
    `targets` of who called it (None: nobody needs them). The first result is what the function returns; the others are handed over also when an
    exception leaves the activation. No effect stands in the body.
    """

    label: str
    params: tuple[str, ...]
    args: tuple[Expr, ...]
    body: "Suite"
    results: tuple[str, ...]
    targets: tuple[str | None, ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recur:
    """A call of the function from inside its own body: `args` in the order of its parameters, `targets` as in `Recursion`."""

    label: str
    args: tuple[Expr, ...]
    targets: tuple[str | None, ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Perform:
    """An effect; its result is bound to `target`.

    `hold`: Python does not let go of the event loop (or of a thread beside it) during the effect, nor between it and what follows in the branch.
    """

    effect: "Effect"
    target: str | None
    hold: "Hold" = "loop"
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`body` runs here while `branches` run at the same time; all of them have ended behind it.

    The list of what the branches return is bound to `target`. `rest` counts the body as one more branch. With `wins` the end of the body stops
    the branches, of which nothing is read then. With `limit` there are no branches: a body that takes longer (in seconds) is stopped, and
    TimeoutError is raised. Variables and jumps of the body are those of its surroundings. One of the first passes makes a `Fork` of it.
    """

    branches: "tuple[Suite, ...]"
    target: str | None
    body: "Suite"
    rest: "Rest" = "stop"
    wins: bool = False
    limit: Expr | None = None
    span: Span | None = field(default=None, compare=False)


Stmt = (
    Assign
    | Eval
    | If
    | While
    | ForEach
    | Block
    | Break
    | Continue
    | Leave
    | Return
    | Raise
    | Try
    | Recursion
    | Recur
    | Perform
    | Beside
)
Suite = tuple[Stmt, ...]


# Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """One Retrier. `names` are error names (classes expanded to all known subclasses); None is every error."""

    names: tuple[str, ...] | None
    interval_s: int
    max_attempts: int
    backoff: float
    max_delay_s: int | None
    jitter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCall:
    """A Lambda invocation of a registered function. `args` in the order of the function's parameters; only those given."""

    task: str  # key of Program.tasks
    args: tuple[tuple[str, Expr], ...]
    retry: tuple[RetryRule, ...]
    timeout_s: Expr | None
    heartbeat_s: Expr | None
    result: Type
    waits: "ErrorReading | None" = None
    """The function gets a task token (`service.token` among `args`), and the result is what somebody answers with that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReading:
    """How the error output of a service call becomes an exception.

    `form` is a row of `backend.errors`, `detail` what that needs besides. `codes`: the codes of names that are not what stands behind the dot.
    `coded`: the cause may hold the code. `other`: the error name of all errors that have none of their own, `texts`: the codes of some of
    these with what their texts begin with and hold behind that, `other_code`: the code of the rest of them that have the status 400.
    `names`: the error names of ASL under which exceptions of a class arrive, its subclasses apart; a class without an entry is never raised by
    the call. `decoded`: the class is known only once the error output was read, so handlers are chosen then, and an exception that nobody
    catches is read before it leaves.
    """

    form: str
    detail: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    coded: bool = True
    other: str = ""
    texts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    other_code: str | None = None
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    decoded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCall:
    """A Task state that calls a service: an operation of AWS, HTTP, a child execution, a job, a callback.

    `arguments` is a dict in the form of ASL; `service.token` in it is the task token. `role` is the ARN of the role to call with. `result` is
    what the service answers, in the form of ASL.
    """

    resource: str  # the Resource ARN
    arguments: Expr
    title: str | None = None
    """What the state is called, where that is not the integration."""
    retry: tuple[RetryRule, ...] = ()
    timeout_s: Expr | None = None
    heartbeat_s: Expr | None = None
    role: Expr | None = None
    errors: ErrorReading = ErrorReading(form="plain")
    result: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """`seconds` is a number that is not negative (the frontend emits the check before), or the moment until which to sleep."""

    seconds: Expr


Hold = Literal["loop", "thread"] | None
"""What code keeps to itself while it waits for an effect: the event loop, so that nothing else runs; a thread, which cannot be stopped; nothing."""

Rest = Literal["stop", "finish", "in_order", "collect", "leave", "await", "group", "first"]
"""What becomes of the other branches when one fails. The first passes leave `stop` only.

- `stop`: they are stopped, and the failure is raised.
- `finish`: they run to their ends, then the failure that came first is raised.
- `in_order`: they run to their ends, then the failure of the first branch that failed is raised.
- `collect`: they run to their ends, then an ExceptionGroup of all failures is raised.
- `leave`: the failure is raised at once, and they go on with nobody waiting for them (`asyncio.gather`).
- `await`: the failure is raised at once, and they go on; somebody may wait for them later (`asyncio.create_task`).
- `group`: they are stopped, and an ExceptionGroup of the failure is raised (`asyncio.TaskGroup`).
- `first`: the first branch that ends, whichever way, ends them all. The result is (number, (exception or None, value)).

`leave`, `await` and `group` become one of those before them, by what the branches do and what comes behind (`analysis.rests`).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Branches that run at the same time; the result is the list of what they return. One branch with `retry`: a helper retried as a whole."""

    branches: tuple[Suite, ...]
    retry: tuple[RetryRule, ...]
    result: Type
    rest: Rest = "stop"
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distributed:
    """How a `FanOut` runs in executions of its own.

    `reader`: the arguments of the call of S3 that gives the items, in the form of ASL, for the integration `resource`, read with `reading`
    (ReaderConfig); None if they are those of `seq`. `batch`: the item is a list of so many. `results`: the arguments of the call that writes
    the results; then the result says where they are.
    """

    express: bool = False
    label: str | None = None
    resource: str = ""
    reader: Expr | None = None
    reading: Expr | None = None
    batch: Expr | None = None
    percentage: Expr | None = None
    count: Expr | None = None
    results: Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """`body` runs for each item of `seq`, at the same time; the result is the list of what the iterations return, in order.

    `distributed`: each iteration is an execution, which gets what it reads of the variables around it by value.
    """

    name: str
    seq: Expr
    body: Suite
    max_concurrency: Expr | None
    retry: tuple[RetryRule, ...]
    result: Type
    distributed: Distributed | None = None
    rest: Rest = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A value that is another each time it is evaluated (`random.random()`, `uuid.uuid4()`). It is drawn once, and kept in a variable of the machine,
    so that nothing evaluates it again: no retry, and no copy of the expression that uses it."""

    value: Expr


Effect = TaskCall | ServiceCall | Sleep | Draw | Fork | FanOut
Retried = TaskCall | ServiceCall | Fork | FanOut
"""The effects that can be tried again."""


# Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A parameter of a workflow or task. `type` is None when not annotated.

    A default is not decoded: the variable of an optional parameter holds the type of the annotation or that of the default.
    """

    name: str
    kind: Literal["positional", "keyword", "star", "rest", "whole"]
    """`star` is `*args`, `rest` is `**kwargs`, `whole` takes the whole input."""
    type: Type | None
    default: Expr | None
    annotation: str | None
    """The annotation as messages about misfits name it."""
    fit: Fit | None = None
    """What the annotation accepts, part by part; None accepts everything."""
    has_default: bool = False
    """Whether it may be left out; a default that is not constant has no expression."""


def machine_placeholder(name: str) -> str:
    """The placeholder that stands for the ARN of the machine of that name, in the machines that call it."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[0].upper() + word[1:] for word in words) + "StateMachineArn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One workflow."""

    name: str
    function: str
    params: tuple[Param, ...]
    body: Suite
    timeout_s: int | None
    type: Literal["STANDARD", "EXPRESS"]
    comment: str | None
    lambda_retry: bool
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A function that runs in Lambda, by decorator or because it does not compile (`reason`)."""

    id: str
    module: str
    qualname: str
    params: tuple[Param, ...]
    timeout_s: float | None
    memory_mb: int | None
    name: str | None
    role: str | None
    reason: str
    context: tuple[str, ...] = ()
    """The parts of `pysfnc.context` that its code reads, which the machine passes along."""
    as_sent: tuple[str, ...] = ()
    """Parameters whose annotations nobody reads."""
    copies: Literal["kept", "changed"] | None = None
    """For a helper that is no task: whether the machine changes something of what the helper gets or gives afterwards."""
    consumes: bool = False
    """Whether such a helper may change its arguments, as nobody reads those afterwards."""
    gets_constants: bool = False
    """Whether some call gives such a helper the object of a module constant, or what holds one."""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a function reached by a workflow went, and why; `span` is its definition."""

    function: str
    place: Literal["machine", "lambda"]
    reason: str
    span: Span | None = field(default=None, compare=False)


FAMILY: Final = ".*"
"""How the name of a class ends that stands for every error whose name has what comes before and a dot in front: `S3.*`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionTable:
    """Every exception class the program can name, with its direct bases (project classes, Python's builtin ones, those of AWS services)."""

    bases: tuple[tuple[str, tuple[str, ...]], ...]
    _bases_of: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _above: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _below: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._bases_of.update(self.bases)

    def ancestors(self, name: str) -> frozenset[str]:
        """The class and everything above it; just the name for an unknown one, plus `Exception`."""
        if name not in self._above:
            self._above[name] = self._found_above(name)
        return self._above[name]

    def _found_above(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        todo = [name]
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo.extend(self._bases_of.get(current, ("Exception",) if current == name else ()))
        return frozenset(found)

    def descendants(self, name: str) -> tuple[str, ...]:
        """The class and every known class below it, sorted, itself first."""
        if name not in self._below:
            below = sorted(other for other, _ in self.bases if other != name and name in self.ancestors(other))
            self._below[name] = (name, *below)
        return self._below[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A deployment parameter that a workflow or task reads (`os.environ`).

    `default` None: it has none. `optional`: the program copes with its absence. `in_lambda`: code that Lambda runs reads it.
    """

    name: str
    default: str | None
    optional: bool = False
    in_lambda: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    machines: tuple[Machine, ...]
    tasks: tuple[Task, ...]
    exceptions: ExceptionTable
    placements: tuple[Placement, ...]
    modules: tuple[tuple[str, str], ...]
    """The project's own modules: dotted name -> path of the file."""
    environment: tuple[Environment, ...] = ()
    """The environment variables that machines or tasks read, by name."""
    notes: tuple[tuple[Span, str], ...] = ()
    """Remarks for the build report (a `print` left out)."""
