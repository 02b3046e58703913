"""The exception classes that a program can meet, and its exception table cut down to them.

A builtin class matters where compiled code raises it, where the program names it, and where Lambda may report it: below a class that a handler or
a retry of a call names. Lambda reports an exception by its own name then, which is what nobody who looks at the name later can tell from Python's.
No other class need stand in any `ErrorEquals`, nor need errors of AWS that nobody names.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from pysfnc.analysis.failures import own_errors
from pysfnc.ir.exprs import TELLING, Const, NewExc, Prim
from pysfnc.ir.hir import FAMILY, ExceptionTable, Perform, Program, Retried, RetryRule, Stmt, Suite, TaskCall, Try
from pysfnc.ir.walk import has_effect, map_suites, suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import walk_expr

ALWAYS: Final = frozenset({"Exception", "BaseException", "Fail", "TimeoutError", "TypeError"})


def narrow_exceptions(program: Program, builtin: frozenset[str]) -> Program:
    """The program with only the exception classes that matter to it. `builtin` are Python's own."""
    table = program.exceptions
    aws = {name for name, _ in table.bases if "ClientError" in table.ancestors(name)}
    wanted = {name for name, _ in table.bases if name not in builtin and name not in aws} | ALWAYS
    wanted |= {name for name in aws if name.endswith(FAMILY)}
    for machine in program.machines:
        wanted |= _named(machine.body, table, aws)
    # An error of AWS that somebody names comes under several names.
    wanted |= {below for name in wanted & aws if "." in name for below in table.descendants(name)}
    kept = frozenset().union(*(table.ancestors(name) for name in wanted))
    narrowed = ExceptionTable(bases=tuple((name, bases) for name, bases in table.bases if name in kept))
    machines = tuple(replace(m, body=_narrow_suite(m.body, table, kept)) for m in program.machines)
    return replace(program, exceptions=narrowed, machines=machines)


def _named(suite: Suite, table: ExceptionTable, aws: set[str]) -> set[str]:
    found: set[str] = set()
    for expr in suite_exprs(suite):
        for part in walk_expr(expr):
            found |= own_errors(part)
            if isinstance(part, Prim) and part.op in TELLING:
                found |= {arg.value for arg in part.args if isinstance(arg, Const) and isinstance(arg.value, str)}
            if isinstance(part, NewExc) and isinstance(part.name, Const) and isinstance(part.name.value, str):
                found.add(part.name.value)
    for stmt in walk_suite(suite):
        if isinstance(stmt, Try):
            named = {name for handler in stmt.handlers for name in handler.classes or ()}
            found |= named
            if has_effect(stmt.body):
                # `except Fail` catches every name that is no class's, and Lambda may report any of Python's own.
                asked = named | ({"Exception"} if "Fail" in named else set())
                covered = {below for name in asked for below in table.descendants(name)}
                # Errors of AWS come out of Lambda by the bare names of their classes.
                bare = {name for name in covered & aws if "." not in name} if _calls_lambda(stmt.body) else set()
                found |= (covered - aws) | bare
        for rule in _rules(stmt):
            found.update(rule.names or ())
    return found


def _calls_lambda(suite: Suite) -> bool:
    return any(isinstance(stmt, Perform) and isinstance(stmt.effect, TaskCall) for stmt in walk_suite(suite))


def _rules(stmt: Stmt) -> tuple[RetryRule, ...]:
    if isinstance(stmt, Perform) and isinstance(stmt.effect, Retried):
        return stmt.effect.retry
    return ()


def _narrow_suite(suite: Suite, table: ExceptionTable, kept: frozenset[str]) -> Suite:
    return tuple(_narrow_stmt(stmt, table, kept) for stmt in suite)


def _narrow_stmt(stmt: Stmt, table: ExceptionTable, kept: frozenset[str]) -> Stmt:
    stmt = map_suites(stmt, lambda inner: _narrow_suite(inner, table, kept))
    if not isinstance(stmt, Perform) or not isinstance(stmt.effect, Retried):
        return stmt
    return replace(
        stmt, effect=replace(stmt.effect, retry=tuple(_narrow_rule(r, table, kept) for r in stmt.effect.retry))
    )


def _narrow_rule(rule: RetryRule, table: ExceptionTable, kept: frozenset[str]) -> RetryRule:
    if rule.names is None:
        return rule
    classes = _classes(table)
    return replace(rule, names=tuple(name for name in rule.names if name in kept or name not in classes))


@lru_cache(maxsize=4)
def _classes(table: ExceptionTable) -> frozenset[str]:
    return frozenset(name for name, _ in table.bases)
