"""Pure statements with a way out of the suite, changed so that they end normally and leave the number of the way behind.

    while more:                      way = 0
        if found:                    block out:
            return value     ->          while more:
                                             if found:
                                                 returned, way = value, 1
                                                 leave out

A `finally` may take a jump back that leads through it. So where there is one, the number is assigned behind it:

    block way_1:
        ... leave way_1 ...
        leave out
    way = 1
"""

from dataclasses import field

from pysfnc.ir.exprs import Const, Var
from pysfnc.ir.hir import (
    Assign,
    Block,
    Break,
    Continue,
    ForEach,
    Leave,
    Recursion,
    Return,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import map_suites, walk_suite
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import INT


@dataclass(frozen=True, slots=True)
class Tagged:
    """`start` and `block` run in place of the statement; afterwards `tag` is the number of one of the `jumps` from 1 on, or 0 behind its end."""

    start: Assign
    block: Block
    tag: Var
    jumps: tuple[Stmt, ...]


def tag_jumps(stmt: Stmt, names: NameSupply) -> Tagged:
    """A statement that leaves a number behind instead of jumping out."""
    label, tag = names.fresh("out"), names.fresh("way")
    start = Assign(name=tag, value=Const(value=0, type=INT), span=stmt.span)
    behind = any(isinstance(part, Try) and part.final for part in walk_suite((stmt,)))
    tagger = _Behind(label, tag, names) if behind else _AtOnce(label, tag, names)
    body = tagger.wrapped(tagger.suite((stmt,), frozenset()))
    block = Block(label=label, body=body, span=stmt.span)
    return Tagged(start, block, Var(name=tag, type=INT), tuple(tagger.jumps))


@dataclass(slots=True)
class _Tagger:
    """Replaces jumps to the outside."""

    label: str
    tag: str
    names: NameSupply
    jumps: list[Stmt] = field(default_factory=list)

    def suite(self, suite: Suite, inner: frozenset[str]) -> Suite:
        return tuple(made for stmt in suite for made in self._stmt(stmt, inner))

    def wrapped(self, body: Suite) -> Suite:
        return body

    def _stmt(self, stmt: Stmt, inner: frozenset[str]) -> Suite:
        match stmt:
            case Return(value=value):
                kept = Var(name=self._kept(), type=value.type)
                keep = Assign(name=kept.name, value=value, span=stmt.span)
                return (keep, *self._left(self._number(Return(value=kept, span=stmt.span))))
            case Break(label=label) | Continue(label=label) | Leave(label=label):
                return (stmt,) if label in inner else self._left(self._number(stmt))
            case While(label=label) | ForEach(label=label) | Block(label=label) | Recursion(label=label):
                return (map_suites(stmt, lambda suite: self.suite(suite, inner | {label})),)
            case _:
                return (map_suites(stmt, lambda suite: self.suite(suite, inner)),)

    def _kept(self) -> str:
        """The variable for the value of a return."""
        raise NotImplementedError

    def _left(self, number: int) -> Suite:
        raise NotImplementedError

    def _number(self, jump: Stmt) -> int:
        if jump not in self.jumps:
            self.jumps.append(jump)
        return self.jumps.index(jump) + 1

    def _set(self, number: int) -> Assign:
        return Assign(name=self.tag, value=Const(value=number, type=INT))


@dataclass(slots=True)
class _AtOnce(_Tagger):
    """The number is assigned where the jump stands."""

    value: str = ""

    def _kept(self) -> str:
        self.value = self.value or self.names.fresh("returned")
        return self.value

    def _left(self, number: int) -> Suite:
        return (self._set(number), Leave(label=self.label))


@dataclass(slots=True)
class _Behind(_Tagger):
    """The number is assigned behind the statement; each return has a variable of its own, as one may be taken back in favour of another."""

    labels: list[str] = field(default_factory=list)

    def _kept(self) -> str:
        return self.names.fresh("returned")

    def _left(self, number: int) -> Suite:
        if number > len(self.labels):
            self.labels.append(self.names.fresh("way"))
        return (Leave(label=self.labels[number - 1]),)

    def wrapped(self, body: Suite) -> Suite:
        for number, label in enumerate(self.labels, 1):
            body = (Block(label=label, body=(*body, Leave(label=self.label))), self._set(number))
        return body
