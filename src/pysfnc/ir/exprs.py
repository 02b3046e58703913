"""Typed functional expressions, shared by HIR and MIR.

An expression computes a value from variables without any effect but, possibly, raising. It says what Python means (`Prim` names a row
of `library`), not how JSONata writes it. Evaluation order is Python's: arguments left to right; `Cond`, `Logic` and the bodies of `ListComp`
and `Reduce` only when reached. Names are unique within a machine, so substitution never captures.
"""

from collections.abc import Sequence
from dataclasses import field, replace
from typing import Final

from pysfnc.lean import dataclass
from pysfnc.source.span import Span
from pysfnc.values.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Const:
    """None, a bool, int, float or str written in the program. An int stands for itself even where a float of the same value exists."""

    value: bool | int | float | str | None
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Var:
    """A variable of the machine, or a name bound by an enclosing `Let`, `ListComp` or `Reduce`."""

    name: str
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """The whole input of the execution."""

    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prim:
    """A row of the library applied to arguments in the row's canonical order, defaults filled in."""

    op: str
    args: "tuple[Expr, ...]"
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cond:
    """`then if test else orelse`; `test` is a bool."""

    test: "Expr"
    then: "Expr"
    orelse: "Expr"
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    """`left and right` or `left or right` of two bools; `right` is evaluated only when it decides."""

    op: str  # "and" | "or"
    left: "Expr"
    right: "Expr"
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """`value` is evaluated first and once, then `body` with `name` bound to it."""

    name: str
    value: "Expr"
    body: "Expr"
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListComp:
    """`[body for name in seq if cond]`; `seq` is a list (or a tuple), `cond` a bool or absent."""

    name: str
    seq: "Expr"
    cond: "Expr | None"
    body: "Expr"
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduce:
    """A left fold: `acc` starts as `init` and becomes `body` for each item of `seq` in order."""

    name: str
    seq: "Expr"
    acc: str
    init: "Expr"
    body: "Expr"
    type: Type
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExc:
    """A new exception object.

    `name` is the error name (the class name, for `Fail` its first argument), `message` its `str()`, `args` its `.args`, `fields` an object with its
    other attributes, None without any.
    """

    name: "Expr"
    message: "Expr"
    args: "tuple[Expr, ...]"
    type: Type
    fields: "Expr | None" = None
    span: Span | None = field(default=None, compare=False)

    @property
    def parts(self) -> "tuple[Expr, ...]":
        """Everything that is evaluated, in order."""
        return (self.name, self.message, *self.args, *(() if self.fields is None else (self.fields,)))

    def with_parts(self, parts: "Sequence[Expr]") -> "NewExc":
        """The same with other `parts`."""
        end = len(parts) if self.fields is None else len(parts) - 1
        fields = None if self.fields is None else parts[end]
        return replace(self, name=parts[0], message=parts[1], args=tuple(parts[2:end]), fields=fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcField:
    """`name`: the error name; `message`: `str(e)`; `args`: `list(e.args)`; `fields`: its other attributes.

    `status`: the HTTP status of an error of AWS.
    """

    exc: "Expr"
    field_: str  # "name" | "message" | "args" | "fields" | "status"
    type: Type
    span: Span | None = field(default=None, compare=False)


Expr = Const | Var | Input | Prim | Cond | Logic | Let | ListComp | Reduce | NewExc | ExcField

TELLING: Final = frozenset({"exc.is_one", "group.matching"})
"""The operations that tell exceptions by the names of their classes, which stand among their arguments."""

EXC_FIELDS: Final = ("name", "message", "args", "fields", "status")
