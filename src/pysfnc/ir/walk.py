"""Walks over expressions and statements: children, rewriting, names, effects, ways out.

Owns the knowledge of which parts a node has, and in which order they are evaluated; every other walk of the IR goes
through here. It judges nothing: whether something may raise or may be shared is `analysis`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, assert_never

from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Input, Let, ListComp, Logic, NewExc, Prim, Reduce, Var
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
from pysfnc.lean import dataclass
from pysfnc.values.types import NeverT, Type

COMPOUND: Final = (If, While, ForEach, Block, Try, Recursion)
"""Statements with suites, of which facts are known once found."""

# Expressions


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression in the order in which Python evaluates them."""
    match expr:
        case Const() | Var() | Input():
            return ()
        case Prim(args=args):
            return args
        case Cond(test=test, then=then, orelse=orelse):
            return (test, then, orelse)
        case Logic(left=left, right=right):
            return (left, right)
        case Let(value=value, body=body):
            return (value, body)
        case ListComp(seq=seq, cond=cond, body=body):
            return (seq, body) if cond is None else (seq, cond, body)
        case Reduce(seq=seq, init=init, body=body):
            return (seq, init, body)
        case NewExc():
            return expr.parts
        case ExcField(exc=exc):
            return (exc,)
        case _:
            assert_never(expr)


def binds(expr: Expr) -> tuple[str, ...]:
    """The names that an expression binds for its `body` (and a comprehension's `cond`)."""
    match expr:
        case Let(name=name) | ListComp(name=name):
            return (name,)
        case Reduce(name=name, acc=acc):
            return (name, acc)
        case _:
            return ()


def map_children(expr: Expr, fn: Callable[[Expr], Expr]) -> Expr:
    """The expression with `fn` applied to each direct part, in order; the same object when no part changed."""
    old = children(expr)
    new = tuple(map(fn, old))
    if all(a is b for a, b in zip(old, new, strict=True)):
        return expr
    match expr:
        case Const() | Var() | Input():
            return expr
        case Prim():
            return replace(expr, args=new)
        case Cond():
            return replace(expr, test=new[0], then=new[1], orelse=new[2])
        case Logic():
            return replace(expr, left=new[0], right=new[1])
        case Let():
            return replace(expr, value=new[0], body=new[1])
        case ListComp():
            return replace(expr, seq=new[0], cond=None if expr.cond is None else new[1], body=new[-1])
        case Reduce():
            return replace(expr, seq=new[0], init=new[1], body=new[2])
        case NewExc():
            return expr.with_parts(new)
        case ExcField():
            return replace(expr, exc=new[0])
        case _:
            assert_never(expr)


def rewrite(expr: Expr, fn: Callable[[Expr], Expr]) -> Expr:
    """The expression with `fn` applied to every node, parts before wholes."""
    return fn(map_children(expr, lambda part: rewrite(part, fn)))


def walk_expr(expr: Expr) -> Iterator[Expr]:
    """Every node of an expression, wholes before parts, in evaluation order."""
    todo = [expr]
    while todo:
        current = todo.pop()
        yield current
        todo.extend(reversed(children(current)))


def free_vars(expr: Expr) -> frozenset[str]:
    """The names an expression reads and does not bind itself."""
    found: set[str] = set()
    todo: list[tuple[Expr, frozenset[str]]] = [(expr, frozenset())]
    while todo:
        current, bound = todo.pop()
        if isinstance(current, Var):
            if current.name not in bound:
                found.add(current.name)
            continue
        inner = bound.union(binds(current))
        for index, part in enumerate(children(current)):
            todo.append((part, inner if _under_binding(current, index) else bound))
    return frozenset(found)


def _under_binding(expr: Expr, index: int) -> bool:
    """Whether the names that `expr` binds are in force in its part number `index`."""
    match expr:
        case Let() | ListComp():
            return index > 0
        case Reduce():
            return index > 1
        case _:
            return False


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """The expression with variables replaced. Names are unique within a machine, so nothing is captured.

    What is known of a variable where it is read stays known: it may be narrowed, or looked at as the dict that a `Counter` is besides.
    """
    if not values:
        return expr
    return rewrite(
        expr, lambda part: _read_as(values.get(part.name, part), part.type) if isinstance(part, Var) else part
    )


def _read_as(value: Expr, type_: Type) -> Expr:
    return value if isinstance(value, Const) or value.type == type_ else replace(value, type=type_)


def rename(expr: Expr, names: Mapping[str, str]) -> Expr:
    """The expression with variables, bound ones included, renamed."""

    def one(part: Expr) -> Expr:
        match part:
            case Var() | Let() | ListComp() if part.name in names:
                return replace(part, name=names[part.name])
            case Reduce() if part.name in names or part.acc in names:
                return replace(part, name=names.get(part.name, part.name), acc=names.get(part.acc, part.acc))
            case _:
                return part

    return rewrite(expr, one)


def decided(test: Expr) -> bool | None:
    """The value of a test that is the same whatever the variables hold, None for another."""
    match test:
        case Const(value=bool() as value):
            return value
        case Logic(op=op, left=left, right=right):
            ending = op == "or"
            sides = decided(left), decided(right)
            if ending in sides:
                return ending
            return None if None in sides else not ending
        case Prim(op="not", args=(inner,)):
            value_ = decided(inner)
            return None if value_ is None else not value_
        case _:
            return None


def is_never_empty(items: Expr) -> bool:
    """Whether a list has at least one item for sure."""
    match items:
        case Prim(op="list.make", args=args):
            return bool(args)
        case Prim(
            op="range.list", args=[Const(value=int() as start), Const(value=int() as stop), Const(value=int() as step)]
        ):
            return bool(step) and len(range(start, stop, step)) > 0
        case Prim(op="enumerate", args=[_, inner]):
            return is_never_empty(inner)
        case Prim(op="iter.list", args=[Const(value=str() as text)]):
            return bool(text)
        case Prim(op="iter.list" | "reversed", args=[inner]):
            return is_never_empty(inner)
        case Prim(op="zip", args=args):
            return bool(args) and all(map(is_never_empty, args))
        case ListComp(cond=None, seq=seq):
            return is_never_empty(seq)
        case Let(name=name, value=value, body=body):
            return is_never_empty(substitute(body, {name: value}))
        case _:
            return False


def node_count(expr: Expr) -> int:
    """How many nodes an expression has."""
    return sum(1 for _ in walk_expr(expr))


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


# Ways out


@dataclass(frozen=True, slots=True)
class Exits:
    """How control may leave a suite, apart from exceptions that expressions and effects raise."""

    falls: bool = False
    """It may reach its end."""
    returns: bool = False
    raises: bool = False
    """A `Raise` stands in it that no handler of the suite is sure to catch."""
    breaks: frozenset[str] = frozenset()
    """Loops and blocks outside the suite that a `Break` or `Leave` in it ends, with no `finally` between that takes it back."""
    continues: frozenset[str] = frozenset()
    """Loops outside the suite whose next round a `Continue` in it begins."""

    @property
    def labels(self) -> frozenset[str]:
        """Loops and blocks outside the suite that a jump in it leads to."""
        return self.breaks | self.continues

    def __or__(self, other: "Exits") -> "Exits":
        return Exits(
            self.falls or other.falls,
            self.returns or other.returns,
            self.raises or other.raises,
            self.breaks | other.breaks,
            self.continues | other.continues,
        )

    def then(self, after: "Exits") -> "Exits":
        """What holds when `after` runs where this falls through."""
        if not self.falls:
            return self
        return replace(self, falls=False) | after

    def without(self, label: str) -> "Exits":
        """Without jumps to a label, which the statement that owns it absorbs."""
        return replace(self, breaks=self.breaks - {label}, continues=self.continues - {label})


FALLS: Final = Exits(falls=True)


def exits(suite: Suite) -> Exits:
    """How control may leave the suite, taking every test to go either way (but a constant one)."""
    found = FALLS
    for stmt in suite:
        if not found.falls:
            break
        found = found.then(_exits_of(stmt) if isinstance(stmt, COMPOUND) else _stmt_exits(stmt))
    return found


def _stmt_exits(stmt: Stmt) -> Exits:
    match stmt:
        case Assign(value=evaluated) | Eval(value=evaluated):
            # A value of no type is never there: evaluating it always raises.
            return Exits() if isinstance(evaluated.type, NeverT) else FALLS
        case Recur():
            return FALLS
        case Perform(effect=effect):
            return Exits(falls=ends(effect))
        case Recursion(body=body):
            return replace(FALLS, raises=exits(body).raises)
        case If(test=test, then=then, orelse=orelse):
            value = decided(test)
            return (Exits() if value is False else exits(then)) | (Exits() if value is True else exits(orelse))
        case While() | ForEach():
            return _loop_exits(stmt)
        case Block(label=label, body=body):
            inside = exits(body)
            left = FALLS if label in inside.breaks else Exits()
            return inside.without(label) | left
        case Break(label=label) | Leave(label=label):
            return Exits(breaks=frozenset({label}))
        case Continue(label=label):
            return Exits(continues=frozenset({label}))
        case Return(value=value):
            return Exits() if isinstance(value.type, NeverT) else Exits(returns=True)
        case Raise():
            return Exits(raises=True)
        case Beside(body=body):
            return exits(body)
        case Try():
            return _try_exits(stmt)
        case _:
            assert_never(stmt)


_exits_of: Final = KnownFact(_stmt_exits)


def finishes(loop: While | ForEach) -> bool:
    """Whether the loop may come to its end by itself. One whose first round leaves it, and that has a first round, does not."""
    if isinstance(loop, While):
        return decided(loop.test) is not True
    inside = exits(loop.body)
    return loop.label in inside.continues or inside.falls or not is_never_empty(loop.seq)


def ends(effect: Effect) -> bool:
    """Whether an effect may come to an end without failing: not if it has a branch, or a first round, that never returns."""
    if isinstance(effect, FanOut):
        tolerates = effect.distributed is not None
        return tolerates or exits(effect.body).returns or not is_never_empty(effect.seq)
    return not isinstance(effect, Fork) or all(exits(branch).returns for branch in effect.branches)


def _loop_exits(loop: While | ForEach) -> Exits:
    inside = exits(loop.body)
    finished = exits(loop.orelse) if finishes(loop) else Exits()
    broken = FALLS if loop.label in inside.breaks else Exits()
    return replace(inside.without(loop.label), falls=False) | finished | broken


def _try_exits(stmt: Try) -> Exits:
    body = exits(stmt.body)
    if any(handler.classes is None for handler in stmt.handlers):
        body = replace(body, raises=False)
    guarded = body.then(exits(stmt.orelse))
    for handler in stmt.handlers:
        guarded |= exits(handler.body)
    final = exits(stmt.final)
    return replace(final, falls=False) | guarded if final.falls else final
