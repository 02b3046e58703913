"""What the parts of the writer of pure suites share: what surrounds a statement, and what they ask of each other."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from pysfnc.backend.expressions import Env, Lowering, Out
from pysfnc.ir.exprs import Expr
from pysfnc.ir.hir import ExceptionTable, Suite
from pysfnc.jsonata.tree import Lit, Tree
from pysfnc.lean import dataclass

if TYPE_CHECKING:
    from pysfnc.backend.regions.packs import Packing

Jump = Callable[[Env, Out], Tree]
Throw = Callable[[Env, Out, Tree], Tree]


@dataclass(frozen=True, slots=True)
class Frame:
    """A handler in force: the classes it catches (None: all), and where an exception object goes.

    `dynamic` is for an exception whose class is not known before run time: it asks this handler and those after it.
    """

    classes: frozenset[str] | None
    throw: Throw
    dynamic: Throw
    route: int | None = None
    """The handlers are in another state: the exception aborts the expression, and its Catch takes it on by this number."""


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a statement: where jumps lead, which handlers are in force (innermost last), what is read later outside the suite.

    `trusted`: no exception leaves the expression, as the code has run before with the same values.
    """

    jumps: Mapping[tuple[str, str], Jump]
    frames: tuple[Frame, ...]
    live: frozenset[str]
    trusted: bool = False


Write = Callable[[Env, Out, Context, Jump], Tree]
"""Writes a compound statement in surroundings, with what comes behind its end."""


@dataclass(frozen=True, slots=True)
class Written:
    """A function that calls itself: its name, and whether it takes a second continuation, for exceptions."""

    name: str
    throws: bool


class Writer(Protocol):
    """The writer of suites, as those of single statements see it."""

    lowering: Lowering
    exceptions: ExceptionTable
    functions: dict[str, Written]

    def tail(self, suite: Suite, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        """The value of running the suite and then `fall`; bindings go to `out`."""

    def go_on(self, rest: Suite, context: Context, fall: Jump, env: Env, out: Out) -> Tree:
        """As `tail`, with what is known later last."""

    def nested(self, suite: Suite, env: Env, context: Context, fall: Jump) -> Tree:
        """As `tail`, with bindings of its own."""

    def then(self, write: Write, suite: Suite, env: Env, out: Out, context: Context, go_on: Jump) -> Tree:
        """A compound statement (`suite`, written by `write`), then what comes behind its end or one of its other ways out."""

    def lower(self, expr: Expr, env: Env, out: Out, context: Context) -> Tree:
        """The value of an expression."""

    def throw(self, exc: Tree, error: str | None, env: Env, out: Out, context: Context) -> Tree:
        """An exception object of a class (None: not known) on its way to the handler in force."""

    def route(self, context: Context, error: str | None) -> int:
        """The number by which the Catch of the state takes an exception on; 0 for none."""

    def is_caught(self, errors: frozenset[str | None] | frozenset[str], context: Context) -> bool:
        """Whether a handler inside the expression may catch one of the classes."""

    def suspends(self, suite: Suite) -> bool:
        """Whether something in the suite calls a function whose body this is a part of, and goes on when that hands over its results."""

    def packing(self, names: tuple[str, ...]) -> "Packing":
        """A pack for the variables of these names."""

    def fresh(self, hint: str) -> str:
        """A name no variable has."""


def with_jumps(context: Context, jumps: Mapping[tuple[str, str], Jump]) -> Context:
    """The surroundings with some targets of jumps of their own."""
    return replace(context, jumps={**context.jumps, **jumps})


def nowhere(_env: Env, _out: Out) -> Tree:
    """The target of a jump that is never taken."""
    return Lit(None)
