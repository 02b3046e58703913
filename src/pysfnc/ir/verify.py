"""Checks that HIR keeps its rules, between passes and in tests.

A fault found here is a bug of the compiler, never a mistake of the user: those are diagnostics of `frontend`. Types of
arguments are not checked again; what is, is what later stages rely on without looking.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import field
from typing import Final, assert_never

from pysfnc.ir.exits import ends, exits, finishes
from pysfnc.ir.exprs import (
    EXC_FIELDS,
    Cond,
    Const,
    ExcField,
    Expr,
    Input,
    Let,
    ListComp,
    Logic,
    NewExc,
    Prim,
    Reduce,
    Var,
)
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    Draw,
    Eval,
    FanOut,
    ForEach,
    Fork,
    If,
    Leave,
    Machine,
    Perform,
    Program,
    Raise,
    Recur,
    Recursion,
    Return,
    ServiceCall,
    Sleep,
    Stmt,
    Suite,
    TaskCall,
    Try,
    While,
)
from pysfnc.ir.text import render_expr
from pysfnc.ir.walk import stmt_exprs, walk_suite
from pysfnc.ir.walk_exprs import binds, children, decided, free_vars
from pysfnc.lean import dataclass
from pysfnc.source.span import Span
from pysfnc.values.relations import kinds
from pysfnc.values.types import BoolT, ErrorT, ExcT, FloatT, InfinityT, IntT, Kind, NeverT, NoneT, StrT, Type


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that does not hold, and the source it was compiled from."""

    text: str
    span: Span | None = None

    def __str__(self) -> str:
        return self.text if self.span is None else f"{self.span}: {self.text}"


def verify_program(
    program: Program, ops: Collection[str] | None = None, can_raise: Callable[[Expr], bool] = lambda _: True
) -> list[Fault]:
    """Faults of every machine; `ops` are the known primitive operations, None when that is not asked.

    `can_raise` tells which expressions may end in a handler.
    """
    tasks = {task.id for task in program.tasks}
    return [fault for machine in program.machines for fault in verify_machine(machine, tasks, ops, can_raise)]


def verify_machine(
    machine: Machine,
    tasks: Collection[str] | None = None,
    ops: Collection[str] | None = None,
    can_raise: Callable[[Expr], bool] = lambda _: True,
) -> list[Fault]:
    """Faults of one machine; `tasks` are the ids of the program's tasks."""
    verifier = _Verifier(tasks, ops, can_raise)
    for param in machine.params:
        if param.default is not None:
            verifier.expr(param.default, frozenset())
    verifier.body(machine.body, frozenset(param.name for param in machine.params), _Scope("the machine"))
    return verifier.faults


def read_unset(suite: Suite, params: Iterable[str], can_raise: Callable[[Expr], bool]) -> set[str]:
    """The variables of a machine that are read, or changed, where some way leads to that does not assign them."""
    verifier = _Verifier(None, None, can_raise)
    verifier.body(suite, frozenset(params), _Scope("the machine"))
    return verifier.unset


_Names = frozenset[str] | None
"""The variables that are assigned for sure; None where control does not get to."""


def _meet(a: _Names, b: _Names) -> _Names:
    if a is None or b is None:
        return b if a is None else a
    return a & b


def _plus(names: _Names, new: Iterable[str]) -> _Names:
    return None if names is None else names.union(new)


@dataclass(slots=True, eq=False)
class _Target:
    """A loop or block that is open, and what is assigned wherever a jump goes behind it."""

    loop: bool
    behind: _Names = None


@dataclass(slots=True, eq=False)
class _Guard:
    """A `try` that is open, and what is assigned wherever something in it may raise.

    For a `finally`, whose loops and blocks around it are `around`, also wherever a jump leaves it.
    """

    around: Collection[str] | None = None
    raised: _Names = None


@dataclass(slots=True)
class _Scope:
    """The body of a machine, a branch or an iteration: jumps and assignments stay inside."""

    what: str
    outer: frozenset[str] = frozenset()
    """Variables of the surroundings, which may be read but not assigned."""
    targets: dict[str, _Target] = field(default_factory=dict)
    functions: dict[str, Recursion] = field(default_factory=dict)


_CONST_TYPES: Final[dict[type, tuple[type[Type], ...]]] = {
    type(None): (NoneT,),
    bool: (BoolT,),
    int: (IntT,),
    float: (FloatT, InfinityT),
    str: (StrT,),
}


class _Verifier:
    """Walks a machine once in the order of execution and collects faults."""

    def __init__(
        self, tasks: Collection[str] | None, ops: Collection[str] | None, can_raise: Callable[[Expr], bool]
    ) -> None:
        self.faults: list[Fault] = []
        self.unset: set[str] = set()
        """Variables that are read or changed but not assigned on every path."""
        self._tasks = tasks
        self._ops = ops
        self._can_raise = can_raise
        self._labels: set[str] = set()
        self._guards: list[_Guard] = []

    def _fault(self, text: str, span: Span | None) -> None:
        self.faults.append(Fault(text, span))

    # Expressions

    def expr(self, expr: Expr, names: _Names) -> None:
        """Check an expression where the variables `names` are assigned."""
        if names is not None:
            for name in sorted(free_vars(expr) - names):
                self.unset.add(name)
                self._fault(f"{name} is read but not assigned on every path", expr.span)
        todo: list[Expr] = [expr]
        while todo:
            current = todo.pop()
            self._node(current, names or frozenset())
            todo.extend(reversed(children(current)))

    def _node(self, expr: Expr, names: frozenset[str]) -> None:
        for name in binds(expr):
            if name in names:
                self._fault(f"{name} is bound in an expression but names a variable too", expr.span)
        match expr:
            case Const(value=value, type=type_):
                if not isinstance(type_, _CONST_TYPES[type(value)]):
                    self._fault(f"the constant {value!r} has type {type_}", expr.span)
            case Prim(op=op):
                if self._ops is not None and op not in self._ops:
                    self._fault(f"no primitive is called {op}", expr.span)
            case Cond(test=test):
                self._bool(test, "the test of a conditional expression")
            case Logic(op=op, left=left, right=right):
                if op not in ("and", "or"):
                    self._fault(f"there is no logic operator {op}", expr.span)
                self._bool(left, f"the left side of `{op}`")
                self._bool(right, f"the right side of `{op}`")
            case ListComp(seq=seq, cond=cond):
                self._sequence(seq, "the source of a comprehension")
                if cond is not None:
                    self._bool(cond, "the condition of a comprehension")
            case Reduce(seq=seq):
                self._sequence(seq, "the source of a fold")
            case ExcField(field_=name):
                if name not in EXC_FIELDS:
                    self._fault(f"an exception has no field {name}", expr.span)
            case NewExc() | Var() | Input() | Let():
                pass
            case _:
                assert_never(expr)

    def _bool(self, expr: Expr, what: str) -> None:
        if not isinstance(expr.type, BoolT | NeverT | ErrorT):
            self._fault(f"{what} has type {expr.type}, not bool: {render_expr(expr)}", expr.span)

    def _sequence(self, expr: Expr, what: str) -> None:
        if isinstance(expr.type, NeverT | ErrorT):
            return
        if not kinds(expr.type) <= {Kind.LIST, Kind.TUPLE, Kind.SET, Kind.DEQUE}:
            self._fault(f"{what} has type {expr.type}, which is no list: {render_expr(expr)}", expr.span)

    def _may_raise(self, names: _Names) -> None:
        """All `try` around see it: the handlers of an inner one need not match."""
        for guard in self._guards:
            guard.raised = _meet(guard.raised, names)

    def _jumps(self, label: str | None, names: _Names) -> None:
        """A jump to a label, or out of the machine, goes through each `finally` that it leaves."""
        for guard in self._guards:
            if guard.around is not None and (label is None or label in guard.around):
                guard.raised = _meet(guard.raised, names)

    # Suites

    def body(self, suite: Suite, names: _Names, scope: _Scope) -> None:
        """Check a suite that must end with `Return` or `Raise`. What is raised in it is raised by the statement that it belongs to."""
        outer, self._guards = self._guards, []
        self._suite(suite, names, scope)
        self._guards = outer
        if exits(suite).falls:
            self._fault(f"{scope.what} can end without a Return", suite[-1].span if suite else None)

    def _suite(self, suite: Suite, names: _Names, scope: _Scope) -> _Names:
        for stmt in suite:
            for expr in stmt_exprs(stmt):
                self.expr(expr, names)
                if self._can_raise(expr):
                    self._may_raise(names)
            if isinstance(stmt, Raise | Perform | Beside | Recursion | Recur):
                self._may_raise(names)
            elif isinstance(stmt, Return | Break | Continue | Leave):
                self._jumps(None if isinstance(stmt, Return) else stmt.label, names)
            names = self._stmt(stmt, names, scope)
        return names

    def _stmt(self, stmt: Stmt, names: _Names, scope: _Scope) -> _Names:
        match stmt:
            case Assign():
                after = self._assign(stmt, names, scope)
                return None if isinstance(stmt.value.type, NeverT) else after
            case Eval():
                return None if isinstance(stmt.value.type, NeverT) else names
            case If(test=test, then=then, orelse=orelse):
                self._bool(test, "the test of an If")
                value = decided(test)
                yes = self._suite(then, None if value is False else names, scope)
                no = self._suite(orelse, None if value is True else names, scope)
                return _meet(yes, no)
            case While() | ForEach():
                return self._loop(stmt, names, scope)
            case Block(label=label, body=body):
                target = self._open(label, _Target(loop=False), scope, stmt.span)
                after = self._suite(body, names, scope)
                del scope.targets[label]
                return _meet(after, target.behind)
            case Break(label=label) | Leave(label=label):
                target_ = self._target(label, isinstance(stmt, Break), scope, stmt.span)
                if target_ is not None:
                    target_.behind = _meet(target_.behind, names)
                return None
            case Continue(label=label):
                self._target(label, True, scope, stmt.span)
                return None
            case Return():
                return None
            case Raise(exc=exc):
                if not isinstance(exc.type, ExcT | ErrorT | NeverT):
                    self._fault(f"a Raise of type {exc.type}", stmt.span)
                return None
            case Try():
                return self._try(stmt, names, scope)
            case Recursion():
                return self._recursion(stmt, names, scope)
            case Recur(targets=targets, args=args):
                open_ = scope.functions.get(stmt.label)
                if open_ is None or len(open_.params) != len(args) or len(open_.results) != len(targets):
                    self._fault(f"no function {stmt.label} with these parameters and results is open here", stmt.span)
                return _plus(names, filter(None, targets))
            case Beside():
                return self._beside(stmt, names, scope)
            case Perform():
                return self._perform(stmt, names, scope)
            case _:
                assert_never(stmt)

    def _assign(self, stmt: Assign, names: _Names, scope: _Scope) -> _Names:
        self._own(stmt.name, scope, stmt.span)
        if stmt.changes and names is not None and stmt.name not in names:
            self.unset.add(stmt.name)
            self._fault(f"{stmt.name} is changed but not assigned on every path", stmt.span)
        return _plus(names, (stmt.name,))

    def _own(self, name: str, scope: _Scope, span: Span | None) -> None:
        if name in scope.outer:
            self._fault(f"{scope.what} assigns {name} of its surroundings", span)

    def _loop(self, loop: While | ForEach, names: _Names, scope: _Scope) -> _Names:
        start = names
        if isinstance(loop, ForEach):
            self._own(loop.name, scope, loop.span)
            self._sequence(loop.seq, "the sequence of a ForEach")
            start = _plus(names, (loop.name,))
        else:
            self._bool(loop.test, "the test of a While")
        target = self._open(loop.label, _Target(loop=True), scope, loop.span)
        self._suite(loop.body, start, scope)
        del scope.targets[loop.label]
        return _meet(self._suite(loop.orelse, names if finishes(loop) else None, scope), target.behind)

    def _open(self, label: str, target: _Target, scope: _Scope, span: Span | None) -> _Target:
        if label in self._labels:
            self._fault(f"the label {label} is used twice", span)
        self._labels.add(label)
        scope.targets[label] = target
        return target

    def _target(self, label: str, loop: bool, scope: _Scope, span: Span | None) -> _Target | None:
        found = scope.targets.get(label)
        if found is None or found.loop is not loop:
            self._fault(f"no {'loop' if loop else 'block'} {label} is open here", span)
            return None
        return found

    def _recursion(self, stmt: Recursion, names: _Names, scope: _Scope) -> _Names:
        """Jumps of the body stay inside it, except into functions around it that call themselves."""
        if len(stmt.params) != len(stmt.args) or len(stmt.results) != len(stmt.targets):
            self._fault("the parts of a Recursion do not belong together", stmt.span)
        inner = _Scope(f"the function {stmt.label}", scope.outer, {}, {**scope.functions, stmt.label: stmt})
        target = self._open(stmt.label, _Target(loop=False), inner, stmt.span)
        outer, self._guards = self._guards, []
        end = self._suite(stmt.body, _plus(names, stmt.params), inner)
        self._guards = outer
        done = _meet(end, target.behind)
        for name in stmt.results if done is not None else ():
            if done is not None and name not in done:
                self._fault(f"the result {name} is not assigned on every path", stmt.span)
        for inside in walk_suite(stmt.body):
            if isinstance(inside, Perform):
                self._fault("an effect stands in a function that calls itself", inside.span)
        return _plus(names, filter(None, stmt.targets))

    def _try(self, stmt: Try, names: _Names, scope: _Scope) -> _Names:
        """Handlers start from what holds wherever the body may raise, and `final` from what holds on every way into it."""
        # What leaves the body for somewhere else goes through `final` first.
        behind = {target: target.behind for target in scope.targets.values()} if stmt.final else {}
        for target in behind:
            target.behind = None
        whole = self._enter(_Guard(frozenset(scope.targets) if stmt.final else None))
        body = self._enter(_Guard())
        end = self._suite(stmt.body, names, scope)
        self._guards.pop()
        # A handler that nothing leads to is read as if all of the body could.
        raised = names if body.raised is None else body.raised
        after = self._suite(stmt.orelse, end, scope)
        for handler in stmt.handlers:
            own = () if handler.name is None else (handler.name,)
            for name in own:
                self._own(name, scope, handler.span)
            after = _meet(after, self._suite(handler.body, _plus(raised, own), scope))
        self._guards.pop()
        left = {target: target.behind for target in behind}
        for target, held in behind.items():
            target.behind = held
        gained = self._suite(stmt.final, _meet(after, whole.raised), scope)
        if gained is None:
            return None
        for target, held in left.items():
            target.behind = _meet(target.behind, _plus(held, gained or ()))
        return _plus(after, gained or ())

    def _enter(self, guard: _Guard) -> _Guard:
        self._guards.append(guard)
        return guard

    def _perform(self, stmt: Perform, names: _Names, scope: _Scope) -> _Names:
        if stmt.target is not None:
            self._own(stmt.target, scope, stmt.span)
        match stmt.effect:
            case TaskCall(task=task):
                if self._tasks is not None and task not in self._tasks:
                    self._fault(f"the program has no task {task}", stmt.span)
            case ServiceCall(resource=resource, arguments=arguments):
                if not resource.startswith("arn:"):
                    self._fault(f"{resource} is no Resource ARN", stmt.span)
                if not kinds(arguments.type) <= {Kind.DICT}:
                    self._fault(f"the arguments of {resource} have type {arguments.type}, not dict", stmt.span)
            case Sleep() | Draw():
                pass
            case Fork(branches=branches, retry=retry):
                if retry and len(branches) != 1:
                    self._fault("a Fork with a retry has more than one branch", stmt.span)
                for number, branch in enumerate(branches, 1):
                    self._inner(f"branch {number}", branch, names, scope)
            case FanOut(name=name, seq=seq, body=body):
                self._sequence(seq, "the sequence of a FanOut")
                self._own(name, scope, stmt.span)
                self._inner("the body of a FanOut", body, names, scope, name)
            case _:
                assert_never(stmt.effect)
        if not ends(stmt.effect):
            return None
        return names if stmt.target is None else _plus(names, (stmt.target,))

    def _beside(self, stmt: Beside, names: _Names, scope: _Scope) -> _Names:
        if stmt.limit is not None and stmt.branches:
            self._fault("a Beside with a limit has branches", stmt.span)
        for number, branch in enumerate(stmt.branches, 1):
            self._inner(f"branch {number}", branch, names, scope)
        after = self._suite(stmt.body, names, scope)
        if stmt.target is None:
            return after
        self._own(stmt.target, scope, stmt.span)
        return _plus(after, (stmt.target,))

    def _inner(self, what: str, suite: Suite, names: _Names, scope: _Scope, *own: str) -> None:
        outer = scope.outer | (names or frozenset())
        self.body(suite, _plus(names, own), _Scope(what, outer))
