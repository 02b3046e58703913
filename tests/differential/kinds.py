"""Kinds of values, and what is in scope where something is written.

A kind is "int", "float", "str", "bool", "json" (any JSON value: its type is not known), or a tuple: ("list", K), ("dict", K),
("optional", K), ("tuple", K, K, ...).
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

Kind = Any
"""A text, or a tuple that begins with one."""

SCALARS: Final[tuple[Kind, ...]] = ("int", "float", "str", "bool")
WORDS: Final = (
    "a",
    "b",
    "key",
    "Zed",
    "x y",
    "",
    "ünï",
    "🙂",
    "1",
    "-7",
    " 42 ",
    "3.5",
    "it's",
    'say "hi"',
    "a,b,,c",
    "{}",
    "\\n",
    "one\ntwo\n",
    "Straße",
    "ab12",
    "True",
)
KEYS: Final = ("a", "b", "key", "x y", "ü", "Zed")


@dataclass(frozen=True)
class Variable:
    """A name in scope. `rebind`: it may be assigned; `change`: the object it holds may be changed in place."""

    name: str
    kind: Kind
    rebind: bool = True
    change: bool = True


@dataclass(frozen=True)
class Function:
    """A task, helper or nested function: how it is called, whether it may raise, and how a call of it is waited for."""

    name: str
    params: tuple[tuple[str, Kind], ...]
    result: Kind
    raises: bool
    optional: int = 0
    """How many of the last parameters have defaults."""
    keyword_only: int = 0
    """How many of the last parameters must be named."""
    is_task: bool = False
    is_async: bool = False
    rebinds: bool = False
    """It rebinds or changes variables around it, so it must not run beside others."""


@dataclass
class Scope:
    """Where something stands: what it may read and call."""

    rng: random.Random
    features: frozenset[str]
    variables: list[Variable] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    safe: bool = False
    """Nothing in it may raise."""
    risk: float = 1.0
    """How readily something is written that may raise."""
    calls: bool = True
    """Whether tasks and helpers may be called."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """For the names of variables inside of expressions; scopes inside share it."""

    def has(self, feature: str) -> bool:
        """Whether the program may use a feature."""
        return feature in self.features

    def of_kind(self, kind: Kind) -> list[Variable]:
        """The variables of a kind."""
        return [variable for variable in self.variables if variable.kind == kind]

    def containers(self, *names: str) -> list[Variable]:
        """The variables that hold a list, dict, ..."""
        return [v for v in self.variables if isinstance(v.kind, tuple) and v.kind[0] in names]

    def inner(self, **changes: object) -> "Scope":
        """A scope inside this one, with its own lists of variables and functions."""
        made = replace(self, variables=list(self.variables), functions=list(self.functions))
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    def with_variable(self, name: str, kind: Kind) -> "Scope":
        """A scope inside this one with a variable that is only read."""
        made = self.inner()
        made.variables = [v for v in made.variables if v.name != name]
        made.variables.append(Variable(name, kind, rebind=False, change=False))
        return made

    def fresh(self) -> str:
        """A name for a variable of an expression."""
        return f"c{next(self.numbers)}"


def is_scalar(kind: Kind) -> bool:
    """Whether values of the kind can be neither changed nor taken apart."""
    return isinstance(kind, str) and kind != "json"


def is_shared_safely(kind: Kind) -> bool:
    """Whether several names may hold one object of the kind, as nothing in it can be changed."""
    return is_scalar(kind) or (
        isinstance(kind, tuple) and kind[0] in ("tuple", "optional") and all(map(is_shared_safely, kind[1:]))
    )


def literal(rng: random.Random, kind: Kind) -> str:
    """A constant of a scalar kind."""
    match kind:
        case "int":
            return str(rng.choice((0, 1, 2, 3, 5, 7, 10, 100, -1, -2, -3)))
        case "float":
            return str(rng.choice((0.0, 0.5, 1.0, 1.5, 2.25, -0.75, -3.0, 10.125, 100.0)))
        case "bool":
            return rng.choice(("True", "False"))
        case "str":
            return repr(rng.choice(WORDS))
        case ("optional", inner):
            return "None" if rng.random() < 0.5 else literal(rng, inner)
        case _:
            raise ValueError(kind)


def value(rng: random.Random, kind: Kind, size: int = 4) -> object:
    """A value of a kind, for the input of a program."""
    match kind:
        case "int":
            return rng.choice((0, 1, 2, 3, 4, 7, 12, 99, -1, -5))
        case "float":
            return rng.choice((0.0, 0.5, 1.0, 2.75, -1.25, 3.0, 8.0))
        case "bool":
            return rng.random() < 0.5
        case "str":
            return rng.choice(WORDS)
        case "json":
            # No floats: a whole one counts as an int in the machine (LIM-04), and sums of others may be whole.
            kinds = ("int", "str", "bool", "none", *(("list", "dict") if size > 1 else ()))
            chosen = rng.choice(kinds)
            if chosen == "none":
                return None
            return value(rng, (chosen, "json") if chosen in ("list", "dict") else chosen, size - 1)
        case ("list", inner):
            return [value(rng, inner, size - 1) for _ in range(rng.randrange(max(size, 1)))]
        case ("dict", inner):
            return {key: value(rng, inner, size - 1) for key in rng.sample(KEYS, rng.randrange(max(size, 1)))}
        case ("optional", inner):
            return None if rng.random() < 0.4 else value(rng, inner, size)
        case ("tuple", *inner):
            return [value(rng, kind, size - 1) for kind in inner]
        case _:
            raise ValueError(kind)


def annotation(kind: Kind) -> str:
    """The annotation for a kind."""
    match kind:
        case str():
            return {"json": "Any"}.get(kind, kind)
        case ("list", inner):
            return f"list[{annotation(inner)}]"
        case ("dict", inner):
            return f"dict[str, {annotation(inner)}]"
        case ("optional", inner):
            return f"{annotation(inner)} | None"
        case ("tuple", *inner):
            return f"tuple[{', '.join(map(annotation, inner))}]"
        case _:
            raise ValueError(kind)
