"""Bodies written in place, made simpler: jumps to their own end dropped, and bodies that only compute folded to one expression.

x = a * 2; if x > 9: result = 9; leave
result = x; leave                          ->   let x = a * 2 in (9 if x > 9 else x)
"""

from dataclasses import replace

from pysfnc.ir.exprs import Cond, Const, Expr, Let
from pysfnc.ir.hir import Assign, Block, If, Leave, Stmt, Suite, Try
from pysfnc.ir.walk import assigned, walk_suite
from pysfnc.values.relations import join

MAX_FOLDED = 30
"""Statements of a body that is folded; more would nest too deep."""


def leaves(suite: Suite, label: str) -> bool:
    """Whether a jump to `label` stands anywhere in the suite."""
    return any(isinstance(stmt, Leave) and stmt.label == label for stmt in walk_suite(suite))


def without_leave(suite: Suite, label: str) -> Suite:
    """The suite without jumps to `label`, which is right behind it, where its end is reached anyway."""
    if not suite:
        return suite
    *before, last = suite
    match last:
        case Leave(label=name) if name == label:
            return without_leave(tuple(before), label)
        case If(then=then, orelse=orelse):
            last = replace(last, then=without_leave(then, label), orelse=without_leave(orelse, label))
        case Block(body=body):
            last = replace(last, body=without_leave(body, label))
        case Try(orelse=orelse, handlers=handlers, body=body):
            inner = tuple(replace(h, body=without_leave(h.body, label)) for h in handlers)
            kept = body if orelse else without_leave(body, label)
            last = replace(last, body=kept, handlers=inner, orelse=without_leave(orelse, label))
        case _:
            pass
    return (*before, last)


def as_expression(suite: Suite, label: str, result: str, outer: frozenset[str]) -> Expr | None:
    """The value that the suite assigns to `result` on every way, as one expression; None when it does more than compute it.

    The suite must not assign `outer` variables, change anything in place, loop, raise or have effects.
    """
    if sum(1 for _ in walk_suite(suite)) > MAX_FOLDED or assigned(suite) & outer:
        return None
    return _value(suite, label, result)


def _value(suite: Suite, label: str, result: str) -> Expr | None:
    if not suite:
        return None
    first, rest = suite[0], suite[1:]
    match first:
        case Assign(changes=True):
            return None
        case Assign(name=name, value=value) if name == result:
            return value if not rest or _is_leave(rest[0], label) else None
        case Assign(name=name, value=value):
            if name in assigned(rest):
                return None
            body = _value(rest, label, result)
            return None if body is None else Let(name=name, value=value, body=body, type=body.type, span=body.span)
        case If(test=test, then=then, orelse=orelse):
            if isinstance(test, Const):
                return None
            if _ends(then, label):
                return _either(test, _value(then, label, result), _value((*orelse, *rest), label, result), first)
            if _ends(orelse, label):
                return _either(test, _value((*then, *rest), label, result), _value(orelse, label, result), first)
            if not rest:
                return _either(test, _value(then, label, result), _value(orelse, label, result), first)
            return None
        case _:
            return None


def _either(test: Expr, then: Expr | None, orelse: Expr | None, stmt: If) -> Expr | None:
    if then is None or orelse is None:
        return None
    return Cond(test=test, then=then, orelse=orelse, type=join(then.type, orelse.type), span=stmt.span)


def _is_leave(stmt: Stmt, label: str) -> bool:
    return isinstance(stmt, Leave) and stmt.label == label


def _ends(suite: Suite, label: str) -> bool:
    """Whether every way through the suite ends with the jump."""
    if not suite:
        return False
    last = suite[-1]
    return _is_leave(last, label) or (isinstance(last, If) and _ends(last.then, label) and _ends(last.orelse, label))
