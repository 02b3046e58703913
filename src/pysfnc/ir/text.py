"""HIR as text, for `--emit hir`, goldens and failing tests.

The text is for people: one statement a line, suites indented, types where a variable gets its value. There is no way
back from it.
"""

from collections.abc import Iterator
from typing import assert_never

from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Input, Let, ListComp, Logic, NewExc, Prim, Reduce, Var
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    Distributed,
    Draw,
    Effect,
    Eval,
    FanOut,
    ForEach,
    Fork,
    Handler,
    If,
    Leave,
    Machine,
    Param,
    Perform,
    Program,
    Raise,
    Recur,
    Recursion,
    Rest,
    RetryRule,
    Return,
    ServiceCall,
    Sleep,
    Stmt,
    Suite,
    Task,
    TaskCall,
    Try,
    While,
)

INDENT = "  "

_PARAM_MARKS = {"positional": "", "keyword": "", "rest": "**", "whole": "/"}


def render_expr(expr: Expr) -> str:
    """The text of an expression, without types."""
    match expr:
        case Const(value=value):
            return repr(value)
        case Var(name=name):
            return name
        case Input():
            return "<input>"
        case Prim(op=op, args=args):
            return f"{op}({_comma(args)})"
        case Cond(test=test, then=then, orelse=orelse):
            return f"({render_expr(then)} if {render_expr(test)} else {render_expr(orelse)})"
        case Logic(op=op, left=left, right=right):
            return f"({render_expr(left)} {op} {render_expr(right)})"
        case Let(name=name, value=value, body=body):
            return f"(let {name} = {render_expr(value)} in {render_expr(body)})"
        case ListComp(name=name, seq=seq, cond=cond, body=body):
            only = "" if cond is None else f" if {render_expr(cond)}"
            return f"[{render_expr(body)} for {name} in {render_expr(seq)}{only}]"
        case Reduce(name=name, seq=seq, acc=acc, init=init, body=body):
            return f"(fold {acc} = {render_expr(init)} for {name} in {render_expr(seq)}: {render_expr(body)})"
        case NewExc():
            return f"exception({_comma(expr.parts)})"
        case ExcField(exc=exc, field_=field):
            return f"{render_expr(exc)}.{field}"
        case _:
            assert_never(expr)


def _comma(exprs: tuple[Expr, ...]) -> str:
    return ", ".join(map(render_expr, exprs))


def render_suite(suite: Suite, depth: int = 0) -> str:
    """The text of a suite, each line indented `depth` times, without a newline at the end."""
    return "\n".join(f"{INDENT * (depth + extra)}{line}" for extra, line in _suite_lines(suite))


_Lines = Iterator[tuple[int, str]]
"""Lines of text with their depth below the node they belong to."""


def _suite_lines(suite: Suite) -> _Lines:
    if not suite:
        yield 0, "pass"
    for stmt in suite:
        yield from _stmt_lines(stmt)


def _nested(head: str, suite: Suite) -> _Lines:
    yield 0, head
    for depth, line in _suite_lines(suite):
        yield depth + 1, line


def _optional(head: str, suite: Suite) -> _Lines:
    if suite:
        yield from _nested(head, suite)


def _stmt_lines(stmt: Stmt) -> _Lines:
    match stmt:
        case Assign(name=name, value=value, changes=changes, turn=turn):
            sign = "<-" if changes else "="
            yield 0, f"{name}: {value.type!s} {sign} {render_expr(value)}{f' in turn of {turn}' if turn else ''}"
        case Eval(value=value):
            yield 0, f"eval {render_expr(value)}"
        case If(test=test, then=then, orelse=orelse):
            yield from _nested(f"if {render_expr(test)}:", then)
            yield from _optional("else:", orelse)
        case While(label=label, test=test, body=body, orelse=orelse):
            yield from _nested(f"while {render_expr(test)}:  # {label}", body)
            yield from _optional("else:", orelse)
        case ForEach(label=label, name=name, seq=seq, body=body, orelse=orelse):
            yield from _nested(f"for {name} in {render_expr(seq)}:  # {label}", body)
            yield from _optional("else:", orelse)
        case Block(label=label, body=body):
            yield from _nested(f"block {label}:", body)
        case Break(label=label):
            yield 0, f"break {label}"
        case Continue(label=label):
            yield 0, f"continue {label}"
        case Leave(label=label):
            yield 0, f"leave {label}"
        case Return(value=value):
            yield 0, f"return {render_expr(value)}"
        case Raise(exc=exc, route=route):
            yield 0, f"raise {render_expr(exc)}{'' if route is None else f' to {route}'}"
        case Try(body=body, handlers=handlers, orelse=orelse, final=final):
            yield from _nested("try:", body)
            for handler in handlers:
                yield from _nested(_handler_head(handler), handler.body)
            yield from _optional("else:", orelse)
            yield from _optional("finally:", final)
        case Recursion(label=label, body=body):
            params = ", ".join(f"{name} = {render_expr(arg)}" for name, arg in zip(stmt.params, stmt.args, strict=True))
            head = f"{_targets(stmt.targets)}recursion {label}({params}) -> {', '.join(stmt.results)}:"
            yield from _nested(head, body)
        case Recur(label=label, args=args):
            yield 0, f"{_targets(stmt.targets)}again {label}({', '.join(map(render_expr, args))})"
        case Beside():
            yield from _beside_lines(stmt)
        case Perform(effect=effect, target=target):
            yield from _effect_lines(effect, "" if target is None else f"{target} = ")
        case _:
            assert_never(stmt)


def _targets(names: tuple[str | None, ...]) -> str:
    return f"{', '.join(name or '_' for name in names)} = " if names else ""


def _beside_lines(stmt: Beside) -> _Lines:
    target = "" if stmt.target is None else f"{stmt.target} = "
    yield from _nested(f"{target}beside{_option('limit', stmt.limit)}{_rest(stmt.rest)}:", stmt.body)
    for branch in stmt.branches:
        yield from _nested("branch:", branch)


def _rest(rest: Rest) -> str:
    return "" if rest == "stop" else f" ({rest})"


def _handler_head(handler: Handler) -> str:
    classes = "" if handler.classes is None else f" {', '.join(handler.classes)}"
    name = "" if handler.name is None else f" as {handler.name}"
    return f"except{classes}{name}:"


def _effect_lines(effect: Effect, target: str) -> _Lines:
    match effect:
        case TaskCall(task=task, args=args, retry=retry, timeout_s=timeout, heartbeat_s=heartbeat):
            shown = ", ".join(f"{name}={render_expr(value)}" for name, value in args)
            limits = _option("timeout", timeout) + _option("heartbeat", heartbeat)
            yield 0, f"{target}call {task}({shown}){limits}{_retry(retry)}"
        case ServiceCall(resource=resource, arguments=arguments, retry=retry):
            given = (("timeout", effect.timeout_s), ("heartbeat", effect.heartbeat_s), ("role", effect.role))
            limits = "".join(_option(name, value) for name, value in given)
            yield 0, f"{target}service {resource} {render_expr(arguments)}{limits}{_retry(retry)}"
        case Draw(value=value):
            yield 0, f"{target}draw {render_expr(value)}"
        case Sleep(seconds=seconds):
            yield 0, f"{target}sleep {render_expr(seconds)}"
        case Fork(branches=branches, retry=retry, rest=rest):
            yield 0, f"{target}fork{_retry(retry)}{_rest(rest)}:"
            for branch in branches:
                for depth, line in _nested("branch:", branch):
                    yield depth + 1, line
        case FanOut(name=name, seq=seq, body=body, max_concurrency=limit, retry=retry):
            options = _option("at_most", limit) + _retry(retry) + _distributed(effect.distributed) + _rest(effect.rest)
            yield from _nested(f"{target}each {name} in {render_expr(seq)}{options}:", body)
        case _:
            assert_never(effect)


def _distributed(given: Distributed | None) -> str:
    if given is None:
        return ""
    named = ("reader", "reading", "batch", "percentage", "count", "results")
    return " distributed" + "".join(_option(name, getattr(given, name)) for name in named)


def _option(name: str, value: Expr | None) -> str:
    return "" if value is None else f" {name}={render_expr(value)}"


def _retry(rules: tuple[RetryRule, ...]) -> str:
    return "".join(f" retry({_rule(rule)})" for rule in rules)


def _rule(rule: RetryRule) -> str:
    names = "*" if rule.names is None else "|".join(rule.names)
    delay = "" if rule.max_delay_s is None else f" up to {rule.max_delay_s}s"
    jitter = " jitter" if rule.jitter else ""
    return f"{names}: {rule.max_attempts} times after {rule.interval_s}s x{rule.backoff}{delay}{jitter}"


def _param(param: Param) -> str:
    type_ = "" if param.type is None else f": {param.type!s}"
    default = "" if param.default is None else f" = {render_expr(param.default)}"
    return f"{_PARAM_MARKS[param.kind]}{param.name}{type_}{default}"


def render_machine(machine: Machine) -> str:
    """The text of a workflow, ending with a newline."""
    timeout = "" if machine.timeout_s is None else f" timeout={machine.timeout_s}s"
    params = ", ".join(map(_param, machine.params))
    head = f"workflow {machine.name}({params}) {machine.type!s}{timeout}:"
    return f"{head}\n{render_suite(machine.body, 1)}\n"


def _task(task: Task) -> str:
    return f"task {task.id}({', '.join(map(_param, task.params))})  # {task.reason}\n"


def render_program(program: Program) -> str:
    """The text of a program: its tasks, then its workflows, with a blank line between."""
    parts = ["".join(map(_task, program.tasks))] if program.tasks else []
    return "\n".join((*parts, *map(render_machine, program.machines)))
