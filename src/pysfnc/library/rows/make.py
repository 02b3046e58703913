"""Short spellings for the expressions and trees that rows build.

Owns nothing but notation: each function makes one node (or one fixed little shape) of `ir.exprs` or `jsonata.tree`.
"""

from collections.abc import Callable
from typing import Final

from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.jsonata.tree import Array, Binary, Call, IfElse, Lit, Ref, Tree
from pysfnc.library.rows.row import Refusal, Site
from pysfnc.values.types import BOOL, FLOAT, INT, NONE, STR, Type

Built = Expr | Refusal
TRUE: Final = Lit(True)
FALSE: Final = Lit(False)
NULL: Final = Lit(None)
ZERO: Final = Lit(0)


def const(value: bool | int | float | str | None) -> Const:
    """A constant without a place in the source."""
    types: dict[type, Type] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, str: STR}
    return Const(value=value, type=types[type(value)])


def prim(op: str, type_: Type, site: Site, *args: Expr) -> Prim:
    """An operation applied to arguments."""
    return Prim(op=op, args=args, type=type_, span=site.span)


def is_atom(expr: Expr) -> bool:
    """Whether the expression costs nothing to write twice and cannot raise."""
    return isinstance(expr, Const | Var)


def let(value: Expr, site: Site, body: "Callable[[Expr], Built]", hint: str = "t") -> Built:
    """`body` of the value, which is evaluated first and once; an atom is used as it is."""
    if is_atom(value):
        return body(value)
    name = site.names.fresh(hint)
    made = body(Var(name=name, type=value.type, span=value.span))
    if isinstance(made, Refusal):
        return made
    return Let(name=name, value=value, body=made, type=made.type, span=site.span)


def let_all(values: "list[Expr]", site: Site, body: "Callable[[list[Expr]], Built]") -> Built:
    """`let` for several values, evaluated in their order."""

    def step(done: list[Expr], rest: list[Expr]) -> Built:
        if not rest:
            return body(done)
        return let(rest[0], site, lambda atom: step([*done, atom], rest[1:]))

    return step([], values)


def cond(test: Expr, then: Expr, orelse: Expr, type_: Type, site: Site) -> Expr:
    """`then if test else orelse`."""
    return Cond(test=test, then=then, orelse=orelse, type=type_, span=site.span)


def call(name: str, *args: Tree) -> Call:
    """`$name(args)`."""
    return Call(name, args)


def text(value: str) -> Lit:
    """A string literal."""
    return Lit(value)


def join(*parts: Tree) -> Tree:
    """The parts, all strings, one after another; literals side by side become one literal."""
    merged: list[Tree] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Lit) and isinstance(last, Lit):
            merged[-1] = Lit(f"{last.value}{part.value}")
        elif part != Lit(""):
            merged.append(part)
    if len(merged) > 3:
        return Call("join", (Array(tuple(merged)),))
    made: Tree = merged[0] if merged else Lit("")
    for part in merged[1:]:
        made = Binary("&", made, part)
    return made


def eq(left: Tree, right: Tree) -> Binary:
    """`left = right`, JSONata's deep comparison."""
    return Binary("=", left, right)


def either(*tests: Tree) -> Tree:
    """`a or b or ...`, without what literals decide."""
    return _combine("or", FALSE, TRUE, tests)


def both(*tests: Tree) -> Tree:
    """`a and b and ...`, without what literals decide."""
    return _combine("and", TRUE, FALSE, tests)


def _combine(op: str, neutral: Tree, deciding: Tree, tests: tuple[Tree, ...]) -> Tree:
    if deciding in tests:
        return deciding
    open_tests = [test for test in tests if test != neutral]
    if not open_tests:
        return neutral
    made = open_tests[0]
    for test in open_tests[1:]:
        made = Binary(op, made, test)
    return made


def negate(test: Tree) -> Tree:
    """`not test` of a bool."""
    if test in (TRUE, FALSE):
        return FALSE if test == TRUE else TRUE
    return Call("not", (test,))


def choose(cases: "list[tuple[Tree, Tree]]", orelse: Tree) -> Tree:
    """The tree of the first case whose test holds; tests that are literals leave no trace."""
    made = orelse
    for test, then in reversed(cases):
        if test == TRUE:
            made = then
        elif test != FALSE:
            made = IfElse(test, then, made)
    return made


def type_of(value: Tree) -> Tree:
    """`$type(value)`."""
    return Call("type", (value,))


def ref(name: str) -> Ref:
    """`$name`."""
    return Ref(name)
