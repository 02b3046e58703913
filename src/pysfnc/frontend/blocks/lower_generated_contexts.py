"""`with` on a function decorated with `contextlib.contextmanager`: its code is written here, with the body in the place of its `yield`.

So an exception of the body meets the handlers around the `yield`, as in CPython. A `return`, `break` or `continue` of the body first runs what
stands behind the `yield`: it is kept in a variable meanwhile.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.calls.lower_inline import write_in_place
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_assign import assign
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import lower_body
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import State, join_states
from pysfnc.frontend.core.lower_values import ProjectFunction, Value
from pysfnc.frontend.loops.lower_pushed import Place
from pysfnc.frontend.program.model import ExternalBinding, FunctionInfo
from pysfnc.frontend.program.names import resolve_through
from pysfnc.frontend.program.scope import own_nodes
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Block,
    Break,
    Continue,
    ForEach,
    If,
    Leave,
    Raise,
    Recursion,
    Return,
    Stmt,
    Suite,
    While,
)
from pysfnc.ir.walk import map_suites, walk_suite
from pysfnc.source.span import Span
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, INT, NONE, STR, ErrorT, TupleT

_DECORATOR: Final = "contextlib.contextmanager"


def is_generated_context(cx: Context, callee: Value | None) -> bool:
    """Whether a function makes context managers of its calls."""
    if not isinstance(callee, ProjectFunction) or len(callee.info.node.decorator_list) != 1:
        return False
    binding = resolve_through(cx.project.model, callee.info.module, callee.info.node.decorator_list[0])
    return binding == ExternalBinding(_DECORATOR) and isinstance(callee.info.node, ast.FunctionDef)


def lower_generated_context(
    cx: Context, callee: ProjectFunction, item: ast.withitem, body: list[ast.stmt], node: ast.With
) -> None:
    """`with manager(...) as target: body`."""
    call = item.context_expr
    assert isinstance(call, ast.Call)
    info = callee.info
    assert isinstance(info.node, ast.FunctionDef)
    way = _way_to_yield(info.node)
    if isinstance(way, str):
        cx.error(
            codes.UNSUPPORTED_GENERATOR,
            call,
            f"`{info.qualname}` is a context manager {way}",
            help="write instead: one `yield`, at most inside of `try` or `with`, or a class with `__enter__` and `__exit__`",
        )
        # More may be wrong in the body.
        if item.optional_vars is not None:
            assign(cx, item.optional_vars, poison(cx.span(call)), item.optional_vars)
        lower_body(cx, body)
        return
    given = lower_arguments(cx, call)
    if given is None:
        return
    _Written(cx, info, item, body, node, way).lower(given)


class _Written:
    """One `with`, being written."""

    def __init__(
        self,
        cx: Context,
        info: FunctionInfo,
        item: ast.withitem,
        body: list[ast.stmt],
        node: ast.With,
        way: list[ast.stmt],
    ) -> None:
        self.cx, self.info, self.item, self.body, self.node = cx, info, item, body, node
        self.span: Span = cx.span(item.context_expr)
        assert isinstance(info.node, ast.FunctionDef)
        self.ends = _ends_with(info.node, way)
        self.has_handlers = any(isinstance(stmt, ast.Try | ast.TryStar) and stmt.handlers for stmt in way)
        self.may_not_yield = _may_not_yield(info.node, way)
        self.place = Place(cx)
        self.jump = cx.names.fresh("jump")
        self.yielded = cx.names.fresh("yielded")
        self.jumps: list[Stmt] = []
        self.kept_values: list[str] = []
        self.pending: list[tuple[str, State]] = []
        self.normal = cx.state

    def lower(self, given: Arguments) -> None:
        """Write the code of the manager, with the body inside, and what is left to do behind."""
        cx = self.cx
        before = cx.state.copy()
        with cx.capture() as out:
            self._lower(given)
        if self.jumps:
            cx.out.extend(self._beforehand(before))
        cx.out.extend(out)

    def _beforehand(self, before: State) -> list[Stmt]:
        """Values for the variables that the body sets: later stages do not know that the kept jumps are those of the ways that set them."""
        names = dict.fromkeys(self.kept_values)
        frame = function_frame(self.cx)
        if frame.result is not None and any(isinstance(jump, Leave) for jump in self.jumps):
            names[frame.result] = None
        for state in (self.normal, *(state for _, state in self.pending)):
            names.update((name, None) for name, fact in state.facts.items() if fact.static is None)
        none = Const(value=None, type=NONE, span=self.span)
        return [Assign(name=name, value=none, span=self.span) for name in names if name not in before.facts]

    def _lower(self, given: Arguments) -> None:
        cx = self.cx
        if not self.ends:
            bind_variable(cx, self.jump, Const(value=0, type=INT, span=self.span), self.span)
        if self.may_not_yield:
            bind_variable(cx, self.yielded, Const(value=False, type=BOOL, span=self.span), self.span)
        write_in_place(
            cx,
            self.info.node,
            given,
            self.item.context_expr,
            module=self.info.module,
            parent=None,
            title=self.info.qualname,
            defaults=None,
            receive=self.receive,
        )
        if self.may_not_yield and cx.state.reachable:
            message = Const(value="generator didn't yield", type=STR, span=self.span)
            with cx.capture() as failing:
                made = lib.new_exception(cx, "RuntimeError", [message], self.item.context_expr)
                cx.emit(Raise(exc=made, span=self.span))
            test = Var(name=self.yielded, type=BOOL, span=self.span)
            cx.emit(If(test=test, then=(), orelse=tuple(failing), span=self.span))
        if self.jumps:
            self._jump_on()

    def receive(self, value: Value) -> None:
        """Lower the body, in the place of the `yield`."""
        cx = self.cx
        if not cx.state.reachable:
            return
        if self.may_not_yield:
            bind_variable(cx, self.yielded, Const(value=True, type=BOOL, span=self.span), self.span)
        if self.ends:
            with self.place.entered():
                self._lower_body(value)
            return
        with cx.flow.barrier() as barrier, self.place.entered(), cx.capture() as suite:
            self._lower_body(value)
        self.normal, self.pending = cx.state, list(barrier.pending)
        label = cx.names.fresh("body")
        kept = tuple(self._kept(tuple(suite), label, frozenset(_own_labels(tuple(suite)))))
        cx.state = join_states([self.normal, *(state for _, state in self.pending)])
        cx.out.extend((Block(label=label, body=kept, span=self.span),) if self.jumps else kept)

    def _lower_body(self, value: Value) -> None:
        target = self.item.optional_vars
        if target is not None:
            self._bind(target, value)
        lower_body(self.cx, self.body)

    def _bind(self, target: ast.expr, value: Value) -> None:
        match target, value:
            case ast.Name(id=name), Var() if self._is_here_only(name):
                # The object has one variable, so that the manager sees what the body changes.
                function_frame(self.cx).names[name] = value.name
            case ast.Tuple(elts=targets), Prim(op="list.make", args=parts, type=TupleT()) if len(targets) == len(parts):
                pairs = list(zip(targets, parts, strict=True))
                kept = [part if self._is_alone(one, part) else self.cx.temporary(part) for one, part in pairs]
                for one, part in zip(targets, kept, strict=True):
                    self._bind(one, part)
            case _:
                assign(self.cx, target, value, target)

    def _is_alone(self, target: ast.expr, value: Expr) -> bool:
        return isinstance(target, ast.Name) and isinstance(value, Var) and self._is_here_only(target.id)

    def _is_here_only(self, name: str) -> bool:
        """Whether the function uses a name in this body only, and gives it no other value there."""
        function = function_frame(self.cx).node
        if function is None or function_frame(self.cx) is not self.cx.frame:
            return False
        bound = {id(part) for part in ast.walk(self.item.optional_vars)} if self.item.optional_vars else set()
        inside = {id(part) for stmt in self.body for part in ast.walk(stmt)} | bound
        uses = [part for part in ast.walk(function) if isinstance(part, ast.Name) and part.id == name]
        taken = [part for part in ast.walk(function) if isinstance(part, ast.arg | ast.Global | ast.Nonlocal)]
        stored = [part for part in uses if not isinstance(part.ctx, ast.Load) and id(part) not in bound]
        other = any(part.arg == name if isinstance(part, ast.arg) else name in part.names for part in taken)
        nested = any(
            isinstance(part, ast.FunctionDef | ast.Lambda | ast.AsyncFunctionDef)
            for stmt in self.body
            for part in ast.walk(stmt)
        )
        return not stored and not other and not nested and all(id(part) in inside for part in uses)

    def _kept(self, suite: Suite, label: str, own: frozenset[str]) -> Iterator[Stmt]:
        """The body with jumps out of it kept for later."""
        for stmt in suite:
            if isinstance(stmt, Return) or (isinstance(stmt, Break | Continue | Leave) and stmt.label not in own):
                left: Stmt = stmt
                if isinstance(stmt, Return):
                    name = self.cx.names.fresh("returned")
                    self.kept_values.append(name)
                    yield Assign(name=name, value=stmt.value, span=stmt.span)
                    left = replace(stmt, value=Var(name=name, type=stmt.value.type, span=stmt.span))
                self.jumps.append(left)
                number = Const(value=len(self.jumps), type=INT, span=stmt.span)
                yield Assign(name=self.jump, value=number, span=stmt.span)
                yield Leave(label=label, span=stmt.span)
            else:
                yield map_suites(stmt, lambda inner: tuple(self._kept(inner, label, own)))

    def _jump_on(self) -> None:
        """Do what was kept, now that the code of the manager has come to its end."""
        cx = self.cx
        after = cx.state
        if not after.reachable:
            return
        only = not self.normal.reachable and not self.has_handlers
        for number, stmt in enumerate(self.jumps, 1):
            if only and number == len(self.jumps):
                cx.out.append(stmt)
                continue
            jumped = Var(name=self.jump, type=INT, span=self.span)
            test: Expr = Prim(
                op="==", args=(jumped, Const(value=number, type=INT, span=self.span)), type=BOOL, span=self.span
            )
            cx.out.append(If(test=test, then=(stmt,), orelse=(), span=self.span))
        for key, state in self.pending:
            cx.flow.send(key, _behind(state, after))
        if not self.has_handlers:
            cx.state = _behind(self.normal, after)


def _behind(before: State, after: State) -> State:
    """What is known on one of the ways through code behind: what it knew, with the types that the code behind may have left."""
    if not before.reachable:
        return before
    found = before.copy()
    for name, fact in before.facts.items():
        now = after.facts.get(name)
        if now is not None and fact.static is None and now.static is None and not isinstance(now.type, ErrorT):
            found.facts[name] = replace(fact, type=join(fact.type, now.type))
    return found


def _own_labels(suite: Suite) -> Iterator[str]:
    for stmt in walk_suite(suite):
        if isinstance(stmt, Block | While | ForEach | Recursion):
            yield stmt.label


# The generator function


def _way_to_yield(node: ast.FunctionDef) -> list[ast.stmt] | str:
    """The statements around the one `yield`, outermost first, itself last; or why there is no such way."""
    yields = [part for part in own_nodes(node) if isinstance(part, ast.Yield | ast.YieldFrom)]
    if len(yields) != 1 or isinstance(yields[0], ast.YieldFrom):
        return "with more than one `yield`" if yields else "without a `yield`"
    way: list[ast.stmt] = []
    suite = node.body
    while True:
        stmt = next((s for s in suite if any(part is yields[0] for part in ast.walk(s))), None)
        if stmt is None:
            return "with a `yield` in a handler or a `finally`"
        way.append(stmt)
        match stmt:
            case ast.Expr(value=value) if value is yields[0]:
                return way
            case ast.Try(body=body) | ast.With(body=body):
                suite = body
            case _:
                return "with a `yield` inside of something else than `try` or `with`"


def _ends_with(node: ast.FunctionDef, way: list[ast.stmt]) -> bool:
    """Whether nothing but `finally` stands behind the `yield`, so that jumps need no detour."""
    suite = node.body
    for stmt in way:
        if suite[-1] is not stmt or (isinstance(stmt, ast.Try) and stmt.orelse):
            return False
        suite = stmt.body if isinstance(stmt, ast.Try | ast.With) else suite
    return True


def _may_not_yield(node: ast.FunctionDef, way: list[ast.stmt]) -> bool:
    """Whether the function may end before its `yield`: by `return`, or as it handles what is raised before."""
    suite = node.body
    swallows = False
    for stmt in way:
        before = suite[: suite.index(stmt)]
        if any(isinstance(part, ast.Return) for other in before for part in ast.walk(other)) or (swallows and before):
            return True
        swallows |= (isinstance(stmt, ast.Try) and bool(stmt.handlers)) or isinstance(stmt, ast.With)
        suite = stmt.body if isinstance(stmt, ast.Try | ast.With) else suite
    return False
