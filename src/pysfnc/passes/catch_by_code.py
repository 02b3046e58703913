"""A handler that looks at the code of an error of AWS catches that error by its name.

    before                                          after
    try:                                            try:
      service put                                     service put
    except ClientError as e:                        except DynamoDb.Conditional...:
      if e.code == "Conditional...":                  return "there"
        return "there"
      raise e

A Catch tells names apart for nothing, a decision behind it costs a state and a transition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from pysfnc.analysis.failures import expr_errors
from pysfnc.ir.exits import exits
from pysfnc.ir.exprs import Const, Expr, Logic, Prim, Var
from pysfnc.ir.hir import Assign, ErrorReading, Handler, If, Perform, Raise, ServiceCall, Stmt, Suite, TaskCall, Try
from pysfnc.ir.walk import map_suites, walk_suite
from pysfnc.ir.walk_exprs import substitute
from pysfnc.library.rows.row import NameSupply

_CLIENT_ERROR: Final = "ClientError"
_CODE: Final = "aws.code"


def catch_by_code(suite: Suite, names: NameSupply) -> Suite:
    """The suite with such handlers split, and without last handlers that only raise again."""
    return tuple(made for stmt in suite for made in _stmt(stmt, names))


def _stmt(stmt: Stmt, names: NameSupply) -> Suite:
    stmt = map_suites(stmt, lambda inner: catch_by_code(inner, names))
    if not isinstance(stmt, Try) or not any(_CLIENT_ERROR in (h.classes or ()) for h in stmt.handlers):
        return (stmt,)
    effects = [inner.effect for inner in walk_suite(stmt.body) if isinstance(inner, Perform)]
    codes: dict[str, str] = {}
    for effect in effects:
        if isinstance(effect, ServiceCall):
            codes.update(_codes(effect.errors))
    from_lambda = any(isinstance(effect, TaskCall) for effect in effects)
    handlers = [part for handler in stmt.handlers for part in _split(handler, codes, from_lambda)]
    while handlers and _raises_again(handlers[-1]):
        handlers.pop()
    if handlers or stmt.final:
        return (replace(stmt, handlers=tuple(handlers)),)
    return (*stmt.body, *stmt.orelse)


def _codes(reading: ErrorReading) -> Iterator[tuple[str, str]]:
    """The classes of the errors of a call, with their codes."""
    known = dict(reading.codes)
    for class_, names in reading.names:
        if "." in class_:
            yield class_, known.get(names[0], names[0].partition(".")[2])


def _split(handler: Handler, codes: Mapping[str, str], from_lambda: bool) -> Iterator[Handler]:
    """The handlers for the codes that a handler asks for first, and what is left of it."""
    while True:
        found = _asked(handler, codes)
        if found is None:
            yield handler
            return
        classes, asked, other = found
        yield replace(handler, classes=classes, body=asked)
        if from_lambda:
            # From Lambda every error may come by the name of the class above, with any code.
            yield handler
            return
        handler = replace(handler, body=other)


def _asked(handler: Handler, codes: Mapping[str, str]) -> tuple[tuple[str, ...], Suite, Suite] | None:
    """The classes that the first test of a handler asks for by their codes, and its body for them and for others."""
    if _CLIENT_ERROR not in (handler.classes or ()) or handler.name is None:
        return None
    before: list[Stmt] = []
    values: dict[str, Expr] = {}
    for index, stmt in enumerate(handler.body):
        if isinstance(stmt, Assign) and not stmt.changes and not expr_errors(stmt.value):
            before.append(stmt)
            values[stmt.name] = stmt.value
            continue
        if not isinstance(stmt, If):
            return None
        rest = handler.body[index + 1 :]
        asked = _codes_in(substitute(stmt.test, values), handler.name)
        if asked is None or (rest and exits(stmt.then).falls and exits(stmt.orelse).falls):
            return None
        wanted, holds = asked
        classes = tuple(class_ for class_, code in codes.items() if code in wanted)
        if {codes[class_] for class_ in classes} != wanted:
            return None
        then, orelse = ((*before, *way, *(rest if exits(way).falls else ())) for way in (stmt.then, stmt.orelse))
        return (classes, then, orelse) if holds else (classes, orelse, then)
    return None


def _codes_in(test: Expr, name: str) -> tuple[set[str], bool] | None:
    """The codes that a test compares that of an exception with, and whether it holds for them."""
    match test:
        case Prim(op="==" | "!=" as op, args=(left, right)):
            for code, text in ((left, right), (right, left)):
                if _is_code(code, name) and isinstance(text, Const) and isinstance(text.value, str):
                    return {text.value}, op == "=="
        case Prim(op="in" | "not in" as op, args=(code, Prim(op="list.make", args=texts))) if _is_code(code, name):
            values = {text.value for text in texts if isinstance(text, Const) and isinstance(text.value, str)}
            return (values, op == "in") if len(values) == len(texts) else None
        case Prim(op="not", args=(inner,)):
            found = _codes_in(inner, name)
            return None if found is None else (found[0], not found[1])
        case Logic(op="or", left=one, right=other):
            first, second = _codes_in(one, name), _codes_in(other, name)
            if first is not None and second is not None and first[1] and second[1]:
                return first[0] | second[0], True
        case _:
            pass
    return None


def _is_code(expr: Expr, name: str) -> bool:
    return isinstance(expr, Prim) and expr.op == _CODE and isinstance(expr.args[0], Var) and expr.args[0].name == name


def _raises_again(handler: Handler) -> bool:
    """Whether a handler does nothing but let its exception go on."""
    *before, last = handler.body or (None,)
    return (
        isinstance(last, Raise)
        and isinstance(last.exc, Var)
        and last.exc.name == handler.name
        and all(isinstance(stmt, Assign) and not expr_errors(stmt.value) for stmt in before)
    )
