"""What leaves the machine, and has no form in JSON: the result of a workflow, and the arguments of tasks and child workflows.

An object that never has a form is a message here. Whether a value holds an exception or infinity is known when the program runs; CPython
raises then.
"""

import ast
from collections.abc import Mapping
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.told_numbers import plain_number
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.ir.hir import If, Raise
from pysfnc.library.objects.bare_objects import build_bare
from pysfnc.library.objects.held_exceptions import (
    HELD,
    HELD_ITSELF,
    HELD_NUMBER,
    HELD_PATH,
    held_exceptions,
    hides_exceptions,
)
from pysfnc.library.objects.objects import stays
from pysfnc.library.rows.row import Refusal
from pysfnc.values.relations import join_all, members
from pysfnc.values.types import BOOL, INFINITY, JSON, NEVER, STR, Type

_HELPS: Final = {
    "set": "write instead: `sorted(...)` of it",
    "frozenset": "write instead: `sorted(...)` of it",
    "dict": "write instead: a dict whose keys are str, `{str(k): v for k, v in d.items()}`",
    "Counter": "write instead: a dict whose keys are str, `{str(k): v for k, v in d.items()}`",
    "defaultdict": "write instead: a dict whose keys are str, `{str(k): v for k, v in d.items()}`",
    "exception": "write instead: the text of the exception, `str(e)`",
}
"""What to return in place of what has no form in JSON."""


def travelling(cx: Context, value: Expr, before: str, behind: str, node: ast.AST) -> Expr:
    """The value, which leaves the machine; the way there raises TypeError where it holds an exception, ValueError for an infinity.

    The message names the place: `before`, the path inside of the value, `behind`.
    """
    value = plain_number(value, before, behind)
    value = lib.leaving(cx, value, before + behind, node) or value
    value = bare(cx, value, node)
    _check_travels(cx, value, node)
    held = held_exceptions(value.type)
    if held == NEVER:
        return value
    span = cx.span(node)
    value = cx.atom(value, "sent")
    found = cx.temporary(Prim(op=HELD, args=(value,), type=JSON, span=span), "held")
    with cx.capture() as failing:
        path = Prim(op=HELD_PATH, args=(found,), type=STR, span=span)
        place: list[Expr] = [_text(before), path, _text(f"{behind} is ")]
        of_class, of_number = _without_infinity(held), INFINITY in members(held)
        if not of_number:
            _raise_of_class(cx, found, of_class, place, node)
        elif of_class == NEVER:
            _raise_of_number(cx, found, place, node)
        else:
            with cx.capture() as of_numbers:
                _raise_of_number(cx, found, place, node)
            with cx.capture() as of_classes:
                _raise_of_class(cx, found, of_class, place, node)
            is_number = Prim(op=HELD_NUMBER, args=(found,), type=BOOL, span=span)
            cx.emit(If(test=is_number, then=tuple(of_numbers), orelse=tuple(of_classes), span=span))
    absent = Prim(op="exc.is_absent", args=(found,), type=BOOL, span=span)
    cx.emit(If(test=absent, then=(), orelse=tuple(failing), span=span))
    return value


def bare(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """The value without what tells its objects from those of other classes in the machine."""
    made = build_bare(value, cx.site(node))
    return cx.refuse(made, node) if isinstance(made, Refusal) else made


def _without_infinity(held: Type) -> Type:
    return join_all([member for member in members(held) if member != INFINITY])


def _raise_of_class(cx: Context, found: Expr, held: Type, place: list[Expr], node: ast.AST) -> None:
    name = lib.type_name(cx, Prim(op=HELD_ITSELF, args=(found,), type=held, span=cx.span(node)), node)
    message = lib.join_text(cx, [*place, name, _text(", which cannot travel as JSON")], node)
    cx.emit(Raise(exc=lib.new_exception(cx, "TypeError", [message], node), span=cx.span(node)))


def _raise_of_number(cx: Context, found: Expr, place: list[Expr], node: ast.AST) -> None:
    shown = lib.to_str(cx, Prim(op=HELD_ITSELF, args=(found,), type=INFINITY, span=cx.span(node)), node)
    message = lib.join_text(cx, [*place, shown, _text(", which JSON cannot hold")], node)
    cx.emit(Raise(exc=lib.new_exception(cx, "ValueError", [message], node), span=cx.span(node)))


def travelling_arguments(
    cx: Context, owner: str, given: Arguments, values: Mapping[str, Expr], node: ast.AST
) -> dict[str, Expr]:
    """The arguments of a call, which leave the machine. CPython evaluates all of them first, then looks at them in the order of the call."""
    found = dict(values)
    if any(held_exceptions(value.type) != NEVER for value in found.values()):
        found = {name: cx.atom(value, "arg") for name, value in found.items()}
    by_name = [name for name, _ in given.keywords if name in found]
    for name in (*(name for name in found if name not in by_name), *by_name):
        found[name] = travelling(cx, found[name], f"{owner}() argument '{name}", "'", node)
    return found


def _text(text: str) -> Const:
    return Const(value=text, type=STR)


def _check_travels(cx: Context, value: Expr, node: ast.AST) -> None:
    """Report an object that cannot leave the machine."""
    found = stays(value.type) or ("exception" if hides_exceptions(value.type) else None)
    if found is not None:
        cx.error(
            codes.TYPE_MISMATCH,
            node,
            f"an object of `{found}` leaves the machine, and has no form in JSON, which always raises TypeError",
            help=_HELPS.get(found.partition("[")[0], "write instead: a dataclass, or a dict of its attributes"),
        )
