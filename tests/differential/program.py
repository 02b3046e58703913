"""The writing of one random program: what it may use, its names, and blocks of statements.

Makers of statements stand in other modules, and register themselves with `statement`.
"""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tests.differential.kinds import SCALARS, Function, Kind, Scope, Variable

if TYPE_CHECKING:
    from tests.differential.records import Record

FEATURES: Final = (
    "floats",
    "float_text",
    "text",
    "formats",
    "container_text",
    "generators",
    "doubles",
    "pairs",
    "keys",
    "walrus",
    "lambdas",
    "json",
    "effect_comprehensions",
    "chains",
    "steps",
    "keywords",
    "bits",
    "tuples",
    "optionals",
    "unknown",
    "constants",
    "tasks",
    "options",
    "helpers",
    "changing_helpers",
    "helper_tasks",
    "untyped",
    "nested_functions",
    "exceptions",
    "finally",
    "jumps_in_finally",
    "loops",
    "while",
    "mutation",
    "nested",
    "item_changes",
    "parallel",
    "pool",
    "sleep",
    "returns",
    "unpacking",
    "logging",
)

MORE_FEATURES: Final = ("match", "records")
"""Drawn from a source of their own, so that a seed without them gives the program that it always gave."""
ASYNC_FEATURES: Final = ("created_tasks", "task_groups", "timeouts", "kept_exceptions")


@dataclass(frozen=True)
class Place:
    """Where a statement stands."""

    depth: int
    in_loop: bool = False
    in_handler: bool = False
    result: Kind | None = None
    """What a `return` gives; None where it must not stand."""
    whole: bool = False
    """`return` ends the workflow, and gives a dict of what is in scope."""
    branch: bool = False
    """It runs beside others: nothing around it may be rebound or changed."""

    def deeper(self, **changes: object) -> "Place":
        """A place inside this one."""
        return replace(self, depth=self.depth - 1, **changes)  # type: ignore[arg-type]


_VARIABLES: Final = frozenset({"a", "e", "m", "n", "p", "r", "record", "results", "v", "x"})
_NAMES: Final = (
    *string.ascii_lowercase,
    *("after", "each", "error", "fault", "index", "input", "item", "key", "keys", "merge", "py_item", "py_v", "result"),
    *("states", "t2", "value", "values", "x_2"),
)
"""Names of variables that the library binds in its functions, of functions of JSONata, and of what the backend makes."""


class Program:
    """What belongs to one program while it is written."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        more = random.Random(f"more {seed}")
        kept = rng.uniform(0.3, 0.9)
        self.features = frozenset(feature for feature in FEATURES if rng.random() < kept)
        self.is_async = rng.random() < 0.12
        if self.is_async:
            self.features = (self.features - {"parallel", "pool", "helper_tasks", "lambdas"}) | {"gather"}
        self.features |= {name for name in MORE_FEATURES if more.random() < 0.25}
        if self.is_async:
            self.features |= {name for name in ASYNC_FEATURES if more.random() < 0.5}
        self.kinds = [kind for kind in SCALARS if kind != "float" or "floats" in self.features]
        self.risk = rng.choice((0.05, 0.2, 0.6))
        self.count = 0
        self.errors: list[str] = []
        self.functions: list[Function] = []
        self.constants: list[Variable] = []
        self.records: list[Record] = []
        self.budget = 0
        self.names_left = [*_NAMES]

    def name(self, hint: str) -> str:
        """A name that nothing else has, now and then one that the library or the machine uses as well."""
        self.count += 1
        if hint in _VARIABLES and self.names_left and self.rng.random() < 0.3:
            return self.names_left.pop(self.rng.randrange(len(self.names_left)))
        return f"{hint}{self.count}"

    def kind(self, *, nested: bool = True) -> Kind:
        """A kind for a variable."""
        scalar = self.rng.choice(self.kinds)
        shape = self.rng.random()
        if shape < 0.5:
            return scalar
        if "optionals" in self.features and shape < 0.56:
            return ("optional", scalar)
        if "tuples" in self.features and shape < 0.62:
            return ("tuple", *(self.rng.choice(self.kinds) for _ in range(self.rng.randint(2, 3))))
        if "unknown" in self.features and nested and shape < 0.66:
            return "json"
        inner: Kind = scalar
        if nested and "nested" in self.features and self.rng.random() < 0.3:
            inner = (self.rng.choice(("list", "dict")), scalar)
        elif nested and "tuples" in self.features and self.rng.random() < 0.15:
            inner = ("tuple", self.rng.choice(self.kinds), scalar)
        return ("list" if shape < 0.84 else "dict", inner)

    def scope(self, params: tuple[tuple[str, Kind], ...], *, change: bool, **more: object) -> Scope:
        """A scope with parameters and constants only."""
        scope = Scope(self.rng, self.features, functions=list(self.functions), risk=self.risk)
        scope.variables = [*self.constants, *(Variable(name, kind, change, change) for name, kind in params)]
        return scope.inner(**more)

    def new(self, scope: Scope, kind: Kind, *, rebind: bool = True, change: bool = True) -> str:
        """A new variable of a scope."""
        name = self.name("v")
        scope.variables.append(Variable(name, kind, rebind, change))
        return name

    def everything(self, scope: Scope) -> str:
        """A dict of the variables in scope, so that no difference stays hidden."""
        shown = [variable for variable in scope.variables if variable not in self.constants]
        return "{" + ", ".join(f'"{variable.name}": {variable.name}' for variable in shown[:12]) + "}"

    def block(self, scope: Scope, place: Place, *, whole: bool = False) -> list[str]:
        """Statements for a body. `scope` is the body's own; with `whole` the budget of the program is used up."""
        lines: list[str] = []
        count = self.rng.randint(1, 3)
        while (self.budget > 0) if whole else count > 0:
            count -= 1
            self.budget -= 1
            lines += self.statement(scope, place)
        return lines or ["pass"]

    def statement(self, scope: Scope, place: Place) -> list[str]:
        """One random statement."""
        options = [
            row.make
            for row in STATEMENTS
            if (row.feature is None or row.feature in self.features)
            and (not row.nests or (place.depth > 0 and self.budget > 0))
            for _ in range(row.weight)
        ]
        for _ in range(6):
            lines = self.rng.choice(options)(self, scope, place)
            if lines:
                return lines
        return ["pass"]


Make = Callable[[Program, Scope, Place], list[str]]


@dataclass(frozen=True)
class _Statement:
    make: Make
    feature: str | None
    nests: bool
    weight: int


STATEMENTS: Final[list[_Statement]] = []


def statement(feature: str | None = None, *, nests: bool = False, weight: int = 1) -> Callable[[Make], Make]:
    """Register a maker of statements, which gives no lines where it has nothing to write."""

    def register(make: Make) -> Make:
        STATEMENTS.append(_Statement(make, feature, nests, weight))
        return make

    return register


def indented(lines: list[str]) -> list[str]:
    """The lines one level deeper."""
    return [f"    {line}" for line in lines]
