"""Walking and rewriting expressions: their parts, the variables that are free in them, substitution."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Input, Let, ListComp, Logic, NewExc, Prim, Reduce, Var
from pysfnc.values.types import Type

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
