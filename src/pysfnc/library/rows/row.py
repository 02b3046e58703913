"""What a row of the library is, and how rows are found.

A *primitive* row (`PrimRow`) is an operation of the IR: how it can fail and what JSONata computes it. A *surface* row (`SurfaceRow`) is something a
program can write (an operator, a builtin, a method, a subscript): it turns typed arguments into an expression over primitives, or refuses.
"""

from collections.abc import Callable, Sequence

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Tree
from pysfnc.lean import dataclass
from pysfnc.source.span import Span
from pysfnc.values.types import Type


@dataclass(frozen=True, slots=True)
class Arg:
    """An argument as the lowering sees it. `tree` is cheap to repeat (a variable or a literal) unless the row says `repeats=False`."""

    tree: Tree
    type: Type


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that must hold, and the exception of Python when it does not. `ok` is a boolean tree; later checks may rely on earlier ones."""

    ok: Tree
    error: str
    """The class name, e.g. KeyError."""
    message: Tree
    """`str(exception)` as a string tree."""
    args: "tuple[Tree, ...] | None" = None
    """`exception.args` when they are not just the message (KeyError's key)."""
    kept: Tree | None = None
    """An exception object that is raised as it is; `error` is then a class above its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimRow:
    """One operation of the IR.

    `lower` gives the value for arguments that passed the checks; `checks` are in Python's order, empty when nothing can go wrong for these
    types. Every list-typed value it makes is a true array (no sequence flag), every value defined.
    """

    op: str
    lower: Callable[[Sequence[Arg], Type], Tree]
    checks: Callable[[Sequence[Arg], Type], Sequence[Check]] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call cannot be compiled: a code's slug (`type-needed`, `type-mismatch`, ...), a message that stands alone, and what to write instead."""

    slug: str
    message: str
    help: str | None = None


class NameSupply:
    """Fresh names, unique within a machine. They hold a mark that no Python name does; suppliers of one machine have different ones."""

    def __init__(self, mark: str = "%") -> None:
        self._mark = mark
        self._next = 0

    def fresh(self, hint: str = "t") -> str:
        self._next += 1
        return f"{hint}{self._mark}{self._next}"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a surface row is used: its span for the expressions it makes, and fresh names."""

    span: Span | None
    names: NameSupply
    choice: bool = False
    """Whether the row is one of several among which the machine chooses: arguments that never fit it fail there, when
    it is chosen, and are not refused."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a surface row. `default` None means required; keyword-only and positional-only as in Python's signature."""

    name: str
    default: Expr | None = None
    keyword_only: bool = False
    positional_only: bool = True
    variadic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceRow:
    """Something a program writes: `len`, `str.upper`, `operator.+`.

    `build` gets one expression per parameter (defaults filled in, a variadic one spread at the end) whose evaluation it must keep in order and
    once each (use `Let` where an argument is needed twice), and returns an expression or why not.
    """

    name: str
    params: tuple[Parameter, ...]
    build: "Callable[[Sequence[Expr], Site], Expr | Refusal]"
    examples: tuple[str, ...] = ()
    """Python expressions that use the row; tests evaluate them in CPython and as JSONata. One that raises is an example of the exception."""


@dataclass(frozen=True, slots=True)
class Change:
    """A method that changes its receiver: first `result` is evaluated (it holds every check), then the receiver becomes
    `updated`. Both read the old receiver."""

    updated: Expr
    result: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A mutating method: `list.append`, `dict.setdefault`. `build` gets the receiver (a variable or a temporary) and the arguments, all atoms."""

    name: str
    params: tuple[Parameter, ...]
    build: "Callable[[Expr, Sequence[Expr], Site], Change | Refusal]"
    examples: tuple[str, ...] = ()
