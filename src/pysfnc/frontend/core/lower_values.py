"""Values that exist only while compiling: functions, modules, pools, futures, iterators.

An expression of the program lowers to an `Expr` of the IR or to one of these. They can be bound to variables, passed to compiled
helpers and called, but not stored in lists and dicts, compared, or sent anywhere.
"""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.concurrency.future_tables import FutureRows, KeyedCoroutines, KeyedFutures
from pysfnc.frontend.program.model import ClassInfo, FunctionInfo, ModuleInfo, Style, TaskOptions
from pysfnc.ir.exprs import Expr, Var
from pysfnc.lean import dataclass

if TYPE_CHECKING:
    from pysfnc.frontend.calls.lower_arguments import Arguments
    from pysfnc.frontend.core.lower_context import Context
    from pysfnc.frontend.core.lower_frame import Frame
    from pysfnc.frontend.declarations.records import Member, Record
    from pysfnc.frontend.loops.lower_comprehension import Stage
    from pysfnc.frontend.loops.lower_iterate import Source
from pysfnc.frontend.aws.aws_values import (
    AttributeName,
    BatchWriter,
    Client,
    ClientExceptions,
    ClientMethod,
    Condition,
    Dataset,
    JobOf,
    Pages,
    PaginatorOf,
    Resource,
    ResourceMeta,
    ResultsPlace,
    Session,
    Table,
    TableMethod,
    WaiterOf,
)
from pysfnc.frontend.concurrency.future_values import (
    Completions,
    Future,
    FutureDict,
    FutureList,
    FutureSet,
    MappedResults,
    Pool,
    Semaphore,
    TaskGroup,
)


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A nested function or lambda with the frame that it was made in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: "Frame"
    name: str
    defaults: "tuple[tuple[str, Value], ...]"
    """Values of the defaults by parameter, evaluated where the function was defined."""


@dataclass(frozen=True, slots=True)
class ProjectFunction:
    """A function at the top of one of the project's modules."""

    info: FunctionInfo


@dataclass(frozen=True, slots=True)
class BuiltinFunction:
    """A name of Python's builtins that is no exception class: `len`, `str`."""

    name: str


@dataclass(frozen=True, slots=True)
class External:
    """Something of a module that is not the project's, by its dotted name: `time.sleep`."""

    name: str


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module; `info` for one of the project."""

    name: str
    info: ModuleInfo | None


@dataclass(frozen=True, slots=True)
class ExceptionClass:
    """An exception class; `info` for one of the project. `name` is the name in the exception table, `style` how its text is made."""

    name: str
    info: ClassInfo | None
    style: Style


@dataclass(frozen=True, slots=True)
class ProjectClass:
    """A class of the project that is no exception."""

    info: ClassInfo


@dataclass(frozen=True, slots=True, eq=False)
class ObjectMethod:
    """A method of a class of the project, not called yet; `receiver` is its object, or the class of a class method."""

    member: "Member"
    receiver: "Value | None"
    record: "Record"


@dataclass(frozen=True, slots=True, eq=False)
class SuperOf:
    """`super()` in a method that the class `home` defines, of an object of `record`."""

    record: "Record"
    home: ClassInfo
    receiver: "Value"


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`type(value)`, of which only the name and comparisons with classes have a meaning."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Configured:
    """`with_options(target, ...)`."""

    target: "Static"
    options: TaskOptions


@dataclass(frozen=True, slots=True, eq=False)
class Coroutine:
    """The call of an async function that was not awaited yet. The arguments are evaluated, the body waits."""

    function: "Static"
    given: "Arguments"
    node: ast.expr


@dataclass(frozen=True, slots=True, eq=False)
class CoroutineList:
    """`[f(x) for x in xs]` of an async function: calls that wait to be awaited together."""

    items: Expr
    element: "Callable[[Context, Expr], Value]"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the items of an iterable stand: in the list or dict at `root[keys[0]]...`.

    `kind`: a `list`; an `enumerate` of one, from `start`; the `keys`, `values` or `items` of a dict; a `deque`; `any` of list, dict and str.
    """

    kind: str
    root: Var
    keys: tuple[Expr, ...]
    spans: tuple[ast.AST, ...]
    title: str
    start: Expr | None = None


@dataclass(frozen=True, slots=True)
class Lazy:
    """An iterator or view that is not a list: `range(3)`, `zip(a, b)`, `d.items()`. `items` is the list it gives.

    `sequence`: it can be indexed and measured, as a range can; `sized`: measured only, as a dict view. `storable`: it may be bound to
    a name. `under` is what Python goes on reading while items are taken.
    """

    what: str
    items: Expr
    sequence: bool = False
    sized: bool = False
    storable: bool = False
    origin: Origin | None = None
    restless: bool = False
    """Taking its items may raise or call something, and they were taken all at once: nobody may take them step by step."""
    under: "Under | None" = None
    starts: bool = False
    """Whether taking its first item may raise, though none behind it: whoever takes items must begin at once."""
    once: bool = False
    """Whether it may be bound to a name, and read there once (a group of `groupby`); `used`: whether it was."""
    used: bool = False
    by_value: bool = False
    """Whether it reads no variables of functions around while items are taken, whatever `under` says."""
    at_once: bool = False
    """Whether no variable may hold it, though its items are known: they may be those of another iterator."""


@dataclass(frozen=True, slots=True)
class Under:
    """What an iterator reads step by step: containers, which may not change meanwhile, and variables, which may not be rebound."""

    held: tuple[Expr, ...] = ()
    late: frozenset[str] = frozenset()

    def __or__(self, other: "Under") -> "Under":
        return Under((*self.held, *other.held), self.late | other.late)


@dataclass(frozen=True, slots=True)
class Groups:
    """`itertools.groupby(...)`: a list of pairs of a key and the list of its items; see `Lazy`."""

    pairs: Expr
    under: Under
    restless: bool


@dataclass(frozen=True, slots=True)
class Endless:
    """`itertools.count(first, step)`, `cycle(first)` and `repeat(first)`."""

    kind: str
    first: Expr
    step: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class LazyComprehension:
    """A generator expression, `map(f, xs)` or `filter(f, xs)`: its parts are evaluated while somebody takes items from it.

    The first iterable was evaluated when it was made; `stage` says what happens to each of its items.
    """

    what: str
    source: "Source"
    stage: "Stage"
    kept: bool = False
    """Whether it remembers how far it was used, so that a variable may hold it."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A hash or a UUID: something that JSON has no form for, made of one text. `detail`: the algorithm of a hash."""

    kind: str
    value: Expr
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class TimeOfDay:
    """A `datetime.time` of constants: hour, minute, second and microsecond, and the offset of its zone as a text, empty without one."""

    parts: tuple[int, ...]
    zone: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Intrinsic:
    """A function that code of the compiler's own calls."""

    build: "Callable[[Context, tuple[Value, ...], ast.expr], Value]"


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """`functools.partial(function, ...)`; the arguments are evaluated."""

    function: "Static"
    positional: "tuple[Value, ...]"
    keywords: "tuple[tuple[str, Value], ...]"


@dataclass(frozen=True, slots=True)
class Root:
    """`x ** 0.5` of an int: its last digit depends on the C library, but what it is rounded to does not."""

    base: Expr


@dataclass(frozen=True, slots=True)
class Used:
    """An iterator that was used up."""

    what: str


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A method of data that changes nothing, not called yet: `d.get` as a key function."""

    receiver: Expr
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class StaticMethod:
    """A method of one of these values: `pool.submit`, `future.result`."""

    receiver: "Static"
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class TupleOf:
    """A tuple or list written out that holds at least one value of this module: `(f, g)`."""

    items: "tuple[Value, ...]"
    is_list: bool
    constant: str = ""
    """The module constant that it is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several functions or other values, of which the number is known when the program runs."""

    index: Expr
    options: "tuple[Value, ...]"
    held: Expr | None = None
    """The data that it was read from (`held_functions`)."""


ATTRIBUTED: Final = (Client, WaiterOf)
"""What methods can be read of where it is one of several."""


@dataclass(frozen=True, slots=True, eq=False)
class DictOf:
    """A dict written out that holds functions. `table` is the dict with their numbers in place of them; `fixed`: it is no dict, but a view of one
    that cannot be changed or kept, as `Color.__members__` is."""

    keys: tuple[bool | int | float | str | None, ...]
    table: Expr
    options: "tuple[Value, ...]"
    constant: str = ""
    """The module constant that it is."""
    fixed: bool = False


Static = (
    Closure
    | ProjectFunction
    | BuiltinFunction
    | External
    | ModuleValue
    | ExceptionClass
    | ProjectClass
    | ObjectMethod
    | SuperOf
    | TypeOf
    | Configured
    | Coroutine
    | CoroutineList
    | Lazy
    | Groups
    | Endless
    | LazyComprehension
    | Opaque
    | Pool
    | TaskGroup
    | Future
    | FutureList
    | FutureDict
    | FutureSet
    | FutureRows
    | KeyedCoroutines
    | KeyedFutures
    | Completions
    | MappedResults
    | Dataset
    | ResultsPlace
    | Session
    | Client
    | ClientExceptions
    | ClientMethod
    | Resource
    | ResourceOf
    | Collected
    | ResourceMeta
    | Table
    | TableMethod
    | BatchWriter
    | AttributeName
    | Condition
    | WaiterOf
    | PaginatorOf
    | Pages
    | JobOf
    | Intrinsic
    | TimeOfDay
    | Partial
    | Root
    | Used
    | Semaphore
    | BoundMethod
    | StaticMethod
    | TupleOf
    | Choice
    | DictOf
)
Value = Expr | Static

_DESCRIPTIONS: dict[type, str] = {
    Dataset: "a dataset",
    ResultsPlace: "a place for results",
    Closure: "a function",
    Groups: "an iterator of `groupby()`",
    Endless: "an iterator without an end",
    ProjectFunction: "a function",
    BuiltinFunction: "a function",
    External: "something of another module",
    ModuleValue: "a module",
    ExceptionClass: "an exception class",
    ProjectClass: "a class",
    ObjectMethod: "a method",
    SuperOf: "`super()`",
    TypeOf: "a class",
    Configured: "a function",
    Coroutine: "a coroutine that was not awaited",
    CoroutineList: "a list of coroutines that were not awaited",
    Pool: "a thread pool",
    TaskGroup: "a task group",
    Root: "a power that is no int",
    Future: "a future",
    FutureList: "a list of futures",
    FutureDict: "a dict of futures",
    FutureSet: "a set of futures",
    KeyedCoroutines: "a dict of coroutines that were not awaited",
    KeyedFutures: "a dict of futures",
    Completions: "an iterator over futures",
    MappedResults: "an iterator",
    Session: "a session of boto3",
    Client: "a client of boto3",
    ClientExceptions: "the exceptions of a client",
    ClientMethod: "a method of a client",
    Resource: "a resource of boto3",
    ResourceOf: "a resource of boto3",
    Collected: "a collection of resources",
    ResourceMeta: "what boto3 knows of a resource",
    Table: "a table",
    TableMethod: "a method of a table",
    AttributeName: "the name of an attribute",
    Condition: "a condition",
    WaiterOf: "a waiter",
    PaginatorOf: "a paginator",
    Pages: "an iterator over pages",
    BatchWriter: "a batch writer",
    JobOf: "a function",
    Intrinsic: "a function",
    TimeOfDay: "a time of the day",
    Partial: "a function",
    Semaphore: "a semaphore",
    BoundMethod: "a method",
    StaticMethod: "a method",
    TupleOf: "a tuple that holds something that is no data",
    Choice: "a function",
    DictOf: "a dict of functions",
}


def describe(value: Static) -> str:
    """What a value is, for messages: `a function`, `a zip iterator`."""
    if isinstance(value, Opaque):
        return {"hash": "a hash", "uuid": "a UUID", "pattern": "a compiled pattern", "zone": "a time zone"}[value.kind]
    if isinstance(value, DictOf) and value.fixed:
        return "the view of an Enum's members"
    if isinstance(value, Lazy | LazyComprehension | Used | FutureRows):
        return value.what
    return _DESCRIPTIONS[type(value)]
