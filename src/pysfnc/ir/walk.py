"""Walks over expressions and statements: children, rewriting, names, effects, ways out.

Owns the knowledge of which parts a node has, and in which order they are evaluated; every other walk of the IR goes
through here. It judges nothing: whether something may raise or may be shared is `analysis`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final, assert_never

from pysfnc.ir.exprs import Expr
from pysfnc.ir.facts import KnownFact
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
    If,
    Leave,
    Perform,
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
from pysfnc.ir.walk_exprs import free_vars

COMPOUND: Final = (If, While, ForEach, Block, Try, Recursion)
"""Statements with suites, of which facts are known once found."""


# Statements


def effect_exprs(effect: Effect) -> tuple[Expr, ...]:
    """The expressions that are evaluated before an effect starts, in order."""
    match effect:
        case TaskCall(args=args, timeout_s=timeout, heartbeat_s=heartbeat):
            return (*(value for _, value in args), *(e for e in (timeout, heartbeat) if e is not None))
        case ServiceCall(arguments=arguments):
            options = (effect.timeout_s, effect.heartbeat_s, effect.role)
            return (arguments, *(e for e in options if e is not None))
        case Sleep(seconds=seconds):
            return (seconds,)
        case Draw(value=value):
            return (value,)
        case Fork():
            return ()
        case FanOut(seq=seq, max_concurrency=limit, distributed=settings):
            found = (seq, limit, *(_settings(settings) if settings is not None else ()))
            return tuple(e for e in found if e is not None)
        case _:
            assert_never(effect)


def _settings(given: Distributed) -> tuple[Expr | None, ...]:
    return (given.reader, given.reading, given.batch, given.percentage, given.count, given.results)


def effect_suites(effect: Effect) -> tuple[Suite, ...]:
    """The bodies that an effect runs in branches or iterations of their own."""
    match effect:
        case Fork(branches=branches):
            return branches
        case FanOut(body=body):
            return (body,)
        case TaskCall() | ServiceCall() | Sleep() | Draw():
            return ()
        case _:
            assert_never(effect)


def stmt_exprs(stmt: Stmt) -> tuple[Expr, ...]:
    """The expressions a statement itself evaluates (not those of the suites in it), in order."""
    match stmt:
        case Assign(value=value) | Eval(value=value) | Return(value=value):
            return (value,)
        case If(test=test) | While(test=test):
            return (test,)
        case ForEach(seq=seq):
            return (seq,)
        case Raise(exc=exc):
            return (exc,)
        case Recursion(args=args) | Recur(args=args):
            return args
        case Perform(effect=effect):
            return effect_exprs(effect)
        case Beside(limit=limit):
            return () if limit is None else (limit,)
        case Block() | Break() | Continue() | Leave() | Try():
            return ()
        case _:
            assert_never(stmt)


def stmt_suites(stmt: Stmt) -> tuple[Suite, ...]:
    """The suites directly inside a statement; those of branches included."""
    match stmt:
        case If(then=then, orelse=orelse):
            return (then, orelse)
        case While(body=body, orelse=orelse) | ForEach(body=body, orelse=orelse):
            return (body, orelse)
        case Block(body=body) | Recursion(body=body):
            return (body,)
        case Try(body=body, handlers=handlers, orelse=orelse, final=final):
            return (body, *(handler.body for handler in handlers), orelse, final)
        case Perform(effect=effect):
            return effect_suites(effect)
        case Beside(branches=branches, body=body):
            return (*branches, body)
        case Assign() | Eval() | Break() | Continue() | Leave() | Return() | Raise() | Recur():
            return ()
        case _:
            assert_never(stmt)


def map_exprs(stmt: Stmt, fn: Callable[[Expr], Expr]) -> Stmt:
    """The statement with `fn` applied to each of `stmt_exprs`."""
    match stmt:
        case Assign() | Eval() | Return():
            return replace(stmt, value=fn(stmt.value))
        case If() | While():
            return replace(stmt, test=fn(stmt.test))
        case ForEach():
            return replace(stmt, seq=fn(stmt.seq))
        case Raise():
            return replace(stmt, exc=fn(stmt.exc))
        case Recursion() | Recur():
            return replace(stmt, args=tuple(map(fn, stmt.args)))
        case Perform():
            return replace(stmt, effect=_map_effect_exprs(stmt.effect, fn))
        case Beside():
            return stmt if stmt.limit is None else replace(stmt, limit=fn(stmt.limit))
        case Block() | Break() | Continue() | Leave() | Try():
            return stmt
        case _:
            assert_never(stmt)


def _map_effect_exprs(effect: Effect, fn: Callable[[Expr], Expr]) -> Effect:
    def maybe(expr: Expr | None) -> Expr | None:
        return None if expr is None else fn(expr)

    match effect:
        case TaskCall():
            args = tuple((name, fn(value)) for name, value in effect.args)
            return replace(effect, args=args, timeout_s=maybe(effect.timeout_s), heartbeat_s=maybe(effect.heartbeat_s))
        case ServiceCall():
            return replace(
                effect,
                arguments=fn(effect.arguments),
                timeout_s=maybe(effect.timeout_s),
                heartbeat_s=maybe(effect.heartbeat_s),
                role=maybe(effect.role),
            )
        case Sleep():
            return replace(effect, seconds=fn(effect.seconds))
        case Draw():
            return replace(effect, value=fn(effect.value))
        case Fork():
            return effect
        case FanOut():
            given = effect.distributed
            if given is not None:
                given = replace(
                    given,
                    reader=maybe(given.reader),
                    reading=maybe(given.reading),
                    batch=maybe(given.batch),
                    percentage=maybe(given.percentage),
                    count=maybe(given.count),
                    results=maybe(given.results),
                )
            return replace(effect, seq=fn(effect.seq), max_concurrency=maybe(effect.max_concurrency), distributed=given)
        case _:
            assert_never(effect)


def map_suites(stmt: Stmt, fn: Callable[[Suite], Suite]) -> Stmt:
    """The statement with `fn` applied to each of `stmt_suites`, in order."""
    match stmt:
        case If():
            return replace(stmt, then=fn(stmt.then), orelse=fn(stmt.orelse))
        case While() | ForEach():
            return replace(stmt, body=fn(stmt.body), orelse=fn(stmt.orelse))
        case Block() | Recursion():
            return replace(stmt, body=fn(stmt.body))
        case Try():
            body = fn(stmt.body)
            handlers = tuple(replace(handler, body=fn(handler.body)) for handler in stmt.handlers)
            return replace(stmt, body=body, handlers=handlers, orelse=fn(stmt.orelse), final=fn(stmt.final))
        case Perform(effect=Fork() as fork):
            return replace(stmt, effect=replace(fork, branches=tuple(map(fn, fork.branches))))
        case Perform(effect=FanOut() as fan):
            return replace(stmt, effect=replace(fan, body=fn(fan.body)))
        case Beside():
            return replace(stmt, branches=tuple(map(fn, stmt.branches)), body=fn(stmt.body))
        case Perform() | Assign() | Eval() | Break() | Continue() | Leave() | Return() | Raise() | Recur():
            return stmt
        case _:
            assert_never(stmt)


def walk_suite(suite: Suite) -> Iterator[Stmt]:
    """Every statement of a suite at any depth, branches included, in the order of the text."""
    todo = list(reversed(suite))
    while todo:
        stmt = todo.pop()
        yield stmt
        for inner in reversed(stmt_suites(stmt)):
            todo.extend(reversed(inner))


def suite_exprs(suite: Suite) -> Iterator[Expr]:
    """Every expression that a statement at any depth evaluates."""
    for stmt in walk_suite(suite):
        yield from stmt_exprs(stmt)


def map_suite_exprs(suite: Suite, fn: Callable[[Expr], Expr]) -> Suite:
    """The suite with `fn` applied to every expression at any depth."""
    return tuple(map_exprs(map_suites(stmt, lambda inner: map_suite_exprs(inner, fn)), fn) for stmt in suite)


def reads(suite: Suite) -> frozenset[str]:
    """The variables that expressions of a suite read, whether or not the suite assigned them before."""
    found: set[str] = set()
    for expr in suite_exprs(suite):
        found |= free_vars(expr)
    return frozenset(found)


def targets(stmt: Stmt) -> tuple[str, ...]:
    """The variables that a statement itself binds, not those bound in its suites (a `FanOut` binds its item there)."""
    match stmt:
        case Assign(name=name) | ForEach(name=name):
            return (name,)
        case Perform(target=target) | Beside(target=target):
            return () if target is None else (target,)
        case Try(handlers=handlers):
            return tuple(handler.name for handler in handlers if handler.name is not None)
        case Recursion(targets=names) | Recur(targets=names):
            return tuple(name for name in names if name is not None)
        case _:
            return ()


def assigned(suite: Suite, *, branches: bool = False) -> frozenset[str]:
    """The variables that a suite may assign; with `branches` those local to branches, iterations and activations too."""
    find = partial(_find_assigned, branches=True) if branches else _assigned_of
    return frozenset().union(*map(find, suite))


def _find_assigned(stmt: Stmt, *, branches: bool = False) -> frozenset[str]:
    found = set(targets(stmt))
    if isinstance(stmt, Perform | Recursion) and not branches:
        return frozenset(found)
    if isinstance(stmt, Recursion):
        found.update(stmt.params)
    if isinstance(stmt, Beside) and not branches:
        return assigned(stmt.body) | found
    if isinstance(stmt, Perform) and isinstance(stmt.effect, FanOut):
        found.add(stmt.effect.name)
    for inner in stmt_suites(stmt):
        found |= assigned(inner, branches=branches)
    return frozenset(found)


_known_assigned: Final = KnownFact(_find_assigned)


def _assigned_of(stmt: Stmt) -> frozenset[str]:
    return _known_assigned(stmt) if isinstance(stmt, COMPOUND) else _find_assigned(stmt)


def has_effect(suite: Suite) -> bool:
    """Whether a `Perform` or `Beside` stands anywhere in the suite."""
    return any(map(_has_effect, suite))


def _find_effect(stmt: Stmt) -> bool:
    return isinstance(stmt, Perform | Beside) or any(map(has_effect, stmt_suites(stmt)))


_effect_of: Final = KnownFact(_find_effect)


def _has_effect(stmt: Stmt) -> bool:
    return _effect_of(stmt) if isinstance(stmt, COMPOUND) else _find_effect(stmt)
