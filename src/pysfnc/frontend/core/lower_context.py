"""The context that lowering passes along: where statements go, what is known, what was reported.

Owns the mechanics (capturing statements, attempts that are taken back, messages); each construct is in a module of its own.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import TYPE_CHECKING

from pysfnc.diagnostics import Code, Diagnostic, Label, Sink, find_code
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_flow import Flow
from pysfnc.frontend.core.lower_frame import Frame, Names
from pysfnc.frontend.core.lower_project import Project
from pysfnc.frontend.core.lower_state import Fact, State
from pysfnc.frontend.declarations.exceptions import ambiguity
from pysfnc.frontend.declarations.retries import shared_name
from pysfnc.frontend.loops.counted_loops import Counter
from pysfnc.frontend.program.model import FunctionInfo
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Hold, Perform, Placement, Raise, Return, Stmt
from pysfnc.ir.walk import stmt_exprs
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import Refusal, Site
from pysfnc.source.span import Span
from pysfnc.values.relations import is_mutable
from pysfnc.values.types import ERROR, NEVER

if TYPE_CHECKING:
    from pysfnc.frontend.calls.lower_recursion import Running
    from pysfnc.frontend.concurrency.lower_batches import Batch
    from pysfnc.frontend.core.lower_shared import Shared

MAX_DEPTH = 150
"""Nesting of one expression or of blocks; ASL and JSONata allow less than 100 levels after all transformations."""


@dataclass(slots=True)
class Journal:
    """Remarks for the build report, in the order in which they came up."""

    notes: list[tuple[Span, str]] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    replaced: list[tuple[str, tuple[Expr, ...]]] = field(default_factory=list)
    """Places (variable and keys) whose object was replaced by another one, not changed."""
    args_read: list[Span] = field(default_factory=list)
    """Where the arguments of an exception are read."""
    unfaithful: list[Span] = field(default_factory=list)
    """Where an exception is made with arguments that JSON does not give back as they were."""
    foreign: list[Span] = field(default_factory=list)
    """Where exceptions come from whose arguments are not known, as only their name and text arrive."""
    fields_read: list[Span] = field(default_factory=list)
    """Where an attribute of an exception of the project is read."""
    unfaithful_fields: list[Span] = field(default_factory=list)
    """Where an exception is made with an attribute that would not be read back as it was."""
    written: int = 0
    """How many bodies were written in place so far, those of attempts that were given up included."""

    def mark(self) -> tuple[int, int, int]:
        """The present length, for `rollback`."""
        return len(self.notes), len(self.placements), len(self.replaced)

    def rollback(self, mark: tuple[int, int, int]) -> None:
        """Drop what came since."""
        del self.notes[mark[0] :]
        del self.placements[mark[1] :]
        del self.replaced[mark[2] :]


@dataclass(slots=True, eq=False)
class Handling:
    """A handler around the present point: what `raise` alone raises again."""

    exception: Var
    used: bool = False


@dataclass(slots=True)
class Context:
    """One machine being lowered."""

    project: Project
    names: Names
    sink: Sink
    journal: Journal
    flow: Flow
    frame: Frame
    out: list[Stmt] = field(default_factory=list)
    active: tuple[ast.AST, ...] = ()
    """The functions written in place around the present point, outermost first."""
    depth: int = 0
    constants: dict[Span, str] = field(default_factory=dict)
    """Where the object of a module constant is read."""
    returned: "dict[Span, Shared]" = field(default_factory=dict)
    """Where branches return what may be the object of a module constant, or hold one."""
    handling: list[Handling] = field(default_factory=list)
    recursions: "list[Running]" = field(default_factory=list)
    """The functions that call themselves around the present point."""
    tried: list[ast.AST] = field(default_factory=list)
    """The functions around the present point that are written in place unless they turn out to call themselves."""
    pattern: str = ""
    """The pattern of the integrations that calls become."""
    awaiting: bool = False
    """Whether the call that is made next is awaited."""
    hold: Hold = "loop"
    """What the code keeps to itself during the effects that are emitted now."""
    regions: dict[str, int] = field(default_factory=dict)
    """The branch that owns each variable."""
    assigned_beside: dict[str, str] = field(default_factory=dict)
    """Variable -> the variable that tells whether it was assigned (`unset`)."""
    workflow: FunctionInfo | None = None
    """The workflow that becomes this machine."""
    batches: "dict[ast.stmt, Batch]" = field(default_factory=dict)
    """Statements of the loops around that submit calls which start behind the loop."""
    held: set[str] = field(default_factory=set)
    """Variables that hold functions as data (`held_displays`)."""
    counters: list[tuple[str, Counter]] = field(default_factory=list)
    """How loops count their rounds, with their labels, should it be needed (`counted_loops`)."""
    semaphores: dict[int, Expr] = field(default_factory=dict)
    """The limits of the semaphores that were entered, by their numbers."""

    @property
    def state(self) -> State:
        """What is known at the present point."""
        return self.flow.state

    @state.setter
    def state(self, state: State) -> None:
        self.flow.state = state

    def is_alive(self) -> bool:
        """Whether control gets to the present point."""
        return self.flow.state.reachable

    def region_of(self, variable: str) -> int:
        """The branch that owns a variable."""
        return self.regions.get(variable, self.flow.region)

    def span(self, node: ast.AST) -> Span:
        """The place of a node in the module at hand."""
        return Span.of_node(self.frame.module.source, node)

    def site(self, node: ast.AST) -> Site:
        """The place of a node, for rows of the library."""
        return Site(self.span(node), self.names)

    def emit(self, stmt: Stmt) -> None:
        """Add a statement, unless control cannot get here."""
        if not self.state.reachable:
            return
        if isinstance(stmt, Raise | Perform) or (self.flow.guards and any(map(can_raise, stmt_exprs(stmt)))):
            self.flow.may_raise_here()
        if isinstance(stmt, Perform) and stmt.hold == "loop":
            stmt = replace(stmt, hold=self.hold)
        if isinstance(stmt, Return) and self.flow.region:
            from pysfnc.frontend.core.lower_shared import note_returned

            note_returned(self, stmt)
        self.out.append(stmt)

    def observe(self, expr: Expr) -> None:
        """Say that an expression is evaluated in the present state, before a statement that is emitted later."""
        if self.flow.guards and can_raise(expr):
            self.flow.may_raise_here()

    @contextmanager
    def capture(self) -> Iterator[list[Stmt]]:
        """Collect the statements emitted inside in a list of their own."""
        outer, self.out = self.out, []
        try:
            yield self.out
        finally:
            self.out = outer

    @contextmanager
    def in_frame(self, frame: Frame) -> Iterator[Frame]:
        """Resolve names in another frame."""
        outer, self.frame = self.frame, frame
        try:
            yield frame
        finally:
            self.frame = outer

    @contextmanager
    def with_state(self, state: State) -> Iterator[None]:
        """Begin at a state of one's own; the state at the end stays."""
        self.state = state.copy()
        yield

    def temporary(self, value: Expr, hint: str = "t") -> Var:
        """Evaluate an expression here and now into a fresh variable."""
        name = self.names.fresh(hint)
        self.emit(Assign(name=name, value=value, span=value.span))
        if is_mutable(value.type):
            from pysfnc.frontend.core.lower_shared import note_shared

            note_shared(self, name, value.type, (value,))
        if isinstance(value, Prim) and value.op == "json.dumps":
            from pysfnc.frontend.data.json_texts import json_text

            self.state.facts[name] = Fact(value.type, is_temporary=True, json_text=json_text(self, value))
            self.regions.setdefault(name, self.flow.region)
        return Var(name=name, type=value.type, span=value.span)

    def atom(self, value: Expr, hint: str = "t") -> Expr:
        """The value as a constant or variable, evaluated here and now when it is more than that."""
        return value if isinstance(value, Const | Var) else self.temporary(value, hint)

    def error(
        self,
        code: Code,
        node: ast.AST | Span,
        message: str,
        *,
        label: str = "",
        labels: Iterable[Label | tuple[Span, str]] = (),
        notes: Iterable[str] = (),
        help: str | Iterable[str] = (),
    ) -> Const:
        """Report a mistake and return the expression that stands for what could not be lowered."""
        span = node if isinstance(node, Span) else self.span(node)
        self.sink.error(code, span, message, label=label, labels=labels, notes=notes, help=help)
        return poison(span)

    def check_ambiguous(self, names: Iterable[str], node: ast.AST) -> None:
        """Report an exception class whose name several classes share."""
        shared = ambiguity(self.project.model, names)
        if shared is not None:
            self.sink.add(shared_name(shared, self.frame.module, node))

    def refuse(self, refusal: Refusal, node: ast.AST) -> Const:
        """Report why the library refuses."""
        code = find_code(refusal.slug)
        assert code is not None, refusal.slug
        return self.error(code, node, refusal.message, help=refusal.help or ())


class Trial:
    """An attempt at lowering something: statements, messages and names stay apart until `accept`; `discard` takes everything back."""

    def __init__(self, cx: Context) -> None:
        self.cx = cx
        self._sink = cx.sink
        self._out = cx.out
        self._names = cx.names.mark()
        self._journal = cx.journal.mark()
        self._counters = len(cx.counters)
        self._flow = cx.flow.mark()
        self._frames = [(frame, frame.mark()) for frame in _chain(cx.frame)]
        self.sink = cx.sink = Sink()
        self.out: list[Stmt] = []
        cx.out = self.out

    def state_before(self) -> State:
        """The state at the beginning."""
        return self._flow.state.copy()

    @property
    def failed(self) -> bool:
        """Whether an error was reported since the beginning."""
        return self.sink.has_errors

    def diagnostics(self) -> Sequence[Diagnostic]:
        """What was reported, in the order of the text."""
        return self.sink.diagnostics

    def accept(self) -> None:
        """Keep the statements, messages and names."""
        self.cx.sink = self._sink
        self.cx.out = self._out
        self._out.extend(self.out)
        for diagnostic in self.sink.diagnostics:
            self._sink.add(diagnostic)

    def accept_messages(self) -> None:
        """Take back the work, but tell what was reported."""
        self.discard()
        for diagnostic in self.sink.diagnostics:
            self._sink.add(diagnostic)

    def discard(self) -> None:
        """Take everything back, the state of the variables included."""
        self.cx.sink = self._sink
        self.cx.out = self._out
        self.cx.names.reset(self._names)
        self.cx.journal.rollback(self._journal)
        del self.cx.counters[self._counters :]
        self.cx.flow.reset(self._flow)
        for frame, mark in self._frames:
            frame.reset(mark)


def _chain(frame: Frame) -> list[Frame]:
    """The frames around a point, and those of who uses what a generator among them gives."""
    found: list[Frame] = []
    todo: list[Frame | None] = [frame]
    while todo:
        current = todo.pop()
        if current is not None and current not in found:
            found.append(current)
            todo += [current.parent, current.consumer]
    return found


def poison(span: Span | None = None) -> Const:
    """The expression that stands for something already reported."""
    return Const(value=None, type=ERROR, span=span)


def nothing(span: Span | None = None) -> Const:
    """The expression that stands for a value that is never there, since control does not get past it."""
    return Const(value=None, type=NEVER, span=span)
