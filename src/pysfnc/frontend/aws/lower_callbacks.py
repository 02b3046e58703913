"""`wait_for_callback(submit)`: the call that `submit` makes becomes a task that waits for its token.

Owns how the token gets from the parameter of `submit` into the arguments of that call: it exists only while these are evaluated, so whatever is
computed with it is put into them.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import NO_ARGUMENTS, Arguments
from pysfnc.frontend.calls.lower_functions import options_given, seconds, told_apart
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import is_poison, lower_value
from pysfnc.frontend.core.lower_values import Coroutine, Intrinsic, Static, Value
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Block, ErrorReading, Eval, Leave, Perform, Raise, ServiceCall, Stmt, Suite, TaskCall
from pysfnc.ir.walk import assigned, effect_exprs, has_effect, map_exprs, stmt_exprs, walk_suite
from pysfnc.ir.walk_exprs import free_vars, rewrite, substitute, walk_expr
from pysfnc.lean import dataclass
from pysfnc.values.types import JSON, STR

PATTERN: Final = "waitForTaskToken"
OPTIONS: Final = ("timeout", "heartbeat", "retry")
_OF_TASK: Final = "service.token"


def lower_wait(cx: Context, node: ast.Call) -> Value:
    """`wait_for_callback(submit, timeout=..., heartbeat=..., retry=...)`; in an async function it has to be awaited."""
    submit = node.args[0] if len(node.args) == 1 else None
    keywords = [keyword for keyword in node.keywords if keyword.arg != "submit"]
    if submit is None and len(node.args) == 0:
        submit = next((keyword.value for keyword in node.keywords if keyword.arg == "submit"), None)
    if submit is None or isinstance(submit, ast.Starred):
        return cx.error(codes.TYPE_MISMATCH, node, "`wait_for_callback` takes one function, and options by name")
    function = lower_value(cx, submit)
    options = options_given(cx, keywords, TaskOptions(), owner="wait_for_callback", allowed=OPTIONS)
    if options is None or is_poison(function) or not told_apart(cx, options, ("CallbackFailed",), "a callback", node):
        return poison(cx.span(node))
    if not isinstance(function, Static):
        return cx.error(codes.TYPE_MISMATCH, submit, f"a value of type `{function.type}` cannot be called")
    wait = Intrinsic(lambda inner, _args, at: _wait(inner, function, options, at))
    if cx.frame.is_async:
        return Coroutine(wait, NO_ARGUMENTS, node)
    return _wait(cx, function, options, node)


def _wait(cx: Context, function: Static, options: TaskOptions, node: ast.expr) -> Value:
    from pysfnc.frontend.calls.lower_call import call_value

    span = cx.span(node)
    if cx.workflow is not None and cx.workflow.workflow_options.type == "EXPRESS":
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "an Express workflow cannot wait for a callback",
            notes=["AWS: Express workflows do not support the `.waitForTaskToken` integration"],
            help='write instead: a workflow of type "STANDARD"',
        )
    token = Prim(op=_OF_TASK, args=(), type=STR, span=span)
    before, cx.pattern = cx.pattern, PATTERN
    begun = cx.names.mark()
    try:
        with cx.capture() as own:
            result = call_value(cx, function, Arguments((token,), (), (node,)), node)
    finally:
        cx.pattern = before
    if is_poison(result):
        return result
    if not isinstance(result, Static) and can_raise(result):
        # What `submit` returns is not used, but may fail.
        own.append(Eval(value=result, span=span))
    found = _Submitted.of(tuple(own), lambda name: not cx.names.is_newer(name, begun))
    problem = found if isinstance(found, str) else found.problem()
    if problem is not None or isinstance(found, str):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`submit` has no compiled form: {problem}",
            help="write instead: a function that makes one call, of a task or of AWS, with the token among its arguments",
        )
    cx.out.extend(found.before)
    target = cx.names.fresh("answer")
    cx.emit(Perform(effect=_waiting(found.effect, options), target=target, span=span))
    return Var(name=target, type=JSON, span=span)


@dataclass(slots=True)
class _Submitted:
    """What `submit` does: code without the token, and one call with it. `outer`: whether a variable is none of `submit` itself."""

    outer: Callable[[str], bool]
    effect: TaskCall | ServiceCall
    target: str | None
    before: list[Stmt] = field(default_factory=list)
    after: Suite = ()

    @staticmethod
    def of(suite: Suite, outer: Callable[[str], bool]) -> "_Submitted | str":
        """The parts of what was lowered, or why it has other parts."""
        stmts = list(_flat(suite))
        calls = [index for index, stmt in enumerate(stmts) if isinstance(stmt, Perform)]
        inner = any(has_effect((stmt,)) for stmt in stmts if not isinstance(stmt, Perform))
        if inner or len(calls) != 1:
            return "it makes calls in branches or loops" if inner else f"it makes {len(calls)} calls"
        index = calls[0]
        call = stmts[index]
        assert isinstance(call, Perform)
        if not isinstance(call.effect, TaskCall | ServiceCall):
            return "it waits by itself"
        prepared = _Prepared(outer)
        problem = next(filter(None, map(prepared.add, stmts[:index])), None)
        if problem is not None:
            return problem
        made = map_exprs(call, prepared.written)
        assert isinstance(made, Perform) and isinstance(made.effect, TaskCall | ServiceCall)
        return _Submitted(outer, made.effect, call.target, prepared.before, tuple(stmts[index + 1 :]))

    def problem(self) -> str | None:
        """What stands in the way of waiting, None for nothing. Code behind the call that nobody can tell from none is left out."""
        if not any(_has_token(expr) for expr in effect_exprs(self.effect)):
            return "the token does not get to the call"
        stmts = list(walk_suite(self.after))
        failing = [expr for stmt in stmts for expr in stmt_exprs(stmt) if can_raise(expr)]
        if any(self.target in free_vars(expr) or _has_token(expr) for expr in failing):
            return "it reads what the call answers, which the machine does not get"
        if failing or any(isinstance(stmt, Raise) for stmt in stmts):
            return "it goes on behind the call"
        changed = sorted(filter(self.outer, assigned(self.after)))
        return f"it changes `{changed[0]}` behind the call" if changed else None


@dataclass(slots=True)
class _Prepared:
    """What `submit` does before its call: `before` without the token, `values` of its own variables that have the token in them."""

    outer: Callable[[str], bool]
    before: list[Stmt] = field(default_factory=list)
    values: dict[str, Expr] = field(default_factory=dict)

    def add(self, stmt: Stmt) -> str | None:
        """Take on the next statement; why it cannot be, None if it can."""
        stmt = map_exprs(stmt, self.written)
        changed = assigned((stmt,), branches=True)
        if any(free_vars(value) & changed for name, value in self.values.items() if name not in changed):
            return "it assigns again what stands beside the token"
        if not _mentions_token((stmt,)):
            if changed & self.values.keys() and not isinstance(stmt, Assign):
                return "what it does depends on the token"
            self.before.append(stmt)
        elif not isinstance(stmt, Assign):
            return "what it does depends on the token"
        elif self.outer(stmt.name):
            return f"it keeps the token in `{stmt.name}`"
        elif can_raise(stmt.value):
            self.before.append(Eval(value=_without_token(stmt.value), span=stmt.span))
        for name in changed:
            self.values.pop(name, None)
        if _mentions_token((stmt,)) and isinstance(stmt, Assign):
            self.values[stmt.name] = stmt.value
        return None

    def written(self, expr: Expr) -> Expr:
        """An expression with the token written out in it."""
        return substitute(expr, self.values)


def _without_token(expr: Expr) -> Expr:
    """What fails as the expression does, where there is no token yet."""
    return rewrite(expr, lambda part: Const(value="", type=STR) if _is_token(part) else part)


def _flat(suite: Suite) -> Iterator[Stmt]:
    """The statements of bodies written in place that are left at their ends only."""
    for stmt in suite:
        leaves = isinstance(stmt, Block) and [
            s for s in walk_suite(stmt.body) if isinstance(s, Leave) and s.label == stmt.label
        ]
        if isinstance(stmt, Block) and (not leaves or (len(leaves) == 1 and stmt.body[-1] is leaves[0])):
            yield from _flat(stmt.body[:-1] if leaves else stmt.body)
        else:
            yield stmt


def _mentions_token(suite: Suite) -> bool:
    return any(_has_token(expr) for stmt in walk_suite(suite) for expr in stmt_exprs(stmt))


def _has_token(expr: Expr) -> bool:
    return any(map(_is_token, walk_expr(expr)))


def _is_token(expr: Expr) -> bool:
    return isinstance(expr, Prim) and expr.op == _OF_TASK


def _waiting(effect: TaskCall | ServiceCall, options: TaskOptions) -> TaskCall | ServiceCall:
    """The call as one that waits for its token. What it fails with before is told from what the answer says by its text."""
    retry = options.retry or effect.retry
    timeout = seconds(options.timeout_s) or effect.timeout_s
    heartbeat = seconds(options.heartbeat_s) or effect.heartbeat_s
    if isinstance(effect, TaskCall):
        reading = ErrorReading(form="callback_lambda", decoded=True)
        return replace(effect, waits=reading, retry=retry, timeout_s=timeout, heartbeat_s=heartbeat, result=JSON)
    errors = replace(effect.errors, form="callback_aws", decoded=True)
    return replace(effect, errors=errors, retry=retry, timeout_s=timeout, heartbeat_s=heartbeat, result=JSON)
