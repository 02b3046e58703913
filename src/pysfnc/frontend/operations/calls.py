"""Builtins and functions of modules that have a row, and new exceptions."""

import ast
from collections.abc import Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.told_numbers import truth_of_number
from pysfnc.frontend.core.infinities import call_of_infinite
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.whole import refuse_text, text_held
from pysfnc.frontend.data.decimal_operations import decimal_call, decimal_format
from pysfnc.frontend.data.moment_operations import time_call
from pysfnc.frontend.data.told_decimals import number_call, number_format
from pysfnc.frontend.operations.ask import HOLDING_CALLS, built, decayed, decimal_read, inner, shown, told_by_text
from pysfnc.frontend.operations.deques import listed
from pysfnc.frontend.operations.displays import make_tuple
from pysfnc.frontend.operations.functions_given import refused_function
from pysfnc.frontend.operations.mappings import dict_held
from pysfnc.frontend.operations.sets import set_items
from pysfnc.frontend.operations.texts import to_repr, to_str
from pysfnc.frontend.program.model import Style
from pysfnc.ir.exprs import Const, Expr, NewExc, Prim, Var
from pysfnc.library import catalog
from pysfnc.values.relations import is_json_faithful, kinds
from pysfnc.values.types import STR, ErrorT, ExcT, Kind, MapT, Type

_TAKING_DEQUES: Final = frozenset({"bool", "enumerate", "zip", "reversed", "tuple"})
"""Functions that take a deque as they take a list; others are given its items."""


def is_builtin(name: str) -> bool:
    """Whether the library has a row for a builtin or a function of a module."""
    return catalog.find_builtin(name) is not None


def call(cx: Context, name: str, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST) -> Expr:
    """A call of a builtin that has a row."""
    refused = refused_function(cx, name, [*args, *keywords.values()], node)
    if refused is not None:
        return refused
    if name == "format" and 1 <= len(args) <= 2 and not keywords:
        from pysfnc.frontend.classes.own_operators import format_of_own

        spec = args[1] if len(args) > 1 else Const(value="", type=STR, span=cx.span(node))
        of_own = format_of_own(cx, args[0], spec, node)
        if len(args) == 1 and of_own is None:
            return to_str(cx, args[0], node)
        of_own = of_own or decimal_format(cx, args[0], spec, node)
        of_own = of_own or number_format(cx, args[0], spec, lambda rest: call(cx, name, [rest, spec], {}, node), node)
        if of_own is not None:
            return of_own
    if name in ("str", "repr") and len(args) == 1 and not keywords:
        return to_str(cx, args[0], node) if name == "str" else to_repr(cx, args[0], node)
    of_infinite = call_of_infinite(cx, name, args, keywords, lambda given, named: call(cx, name, given, named, node))
    if of_infinite is not None:
        return of_infinite
    given = [*args, *keywords.values()]
    of_time = time_call(cx, name, given, node) or decimal_call(cx, name, given, node)
    if of_time is not None:
        return of_time
    of_number = number_call(cx, name, given, lambda rest: call(cx, name, [rest, *args[1:]], keywords, node), node)
    if of_number is not None:
        return of_number
    of_number = (
        truth_of_number(cx, args[0], lambda rest: call(cx, name, [rest], {}, node)) if name == "bool" and args else None
    )
    if of_number is not None:
        return of_number
    given, named = [decayed(cx, arg) for arg in args], {key: decayed(cx, arg) for key, arg in keywords.items()}
    if name in _TAKING_DEQUES:
        given = list(map(listed, given))
    if name == "bool":
        given = [set_items(cx, dict_held(arg), node) for arg in given]
    if name in ("int", "float") and len(given) == 1:
        given = [decimal_read(name, given[0])]
    return built(
        cx,
        node,
        [*given, *named.values()],
        lambda site: catalog.build_call(name, given, named, site),
        held=_held(name, given),
    )


_COPIES: Final = frozenset({"copy.copy", "copy.deepcopy"})


def _held(name: str, given: Sequence[Expr]) -> Sequence[Expr]:
    if name == "json.dumps":
        return shown(given)
    if name in _COPIES:
        return [arg for arg in given if arg in inner([arg]) or isinstance(arg.type, MapT)]
    return inner(given) if name in HOLDING_CALLS else told_by_text(given) if name == "bool" else ()


def new_exception(cx: Context, name: str, args: Sequence[Expr], node: ast.AST, style: Style = "plain") -> Expr:
    """An exception object; `style` says how its text follows from its arguments."""
    if any(isinstance(arg.type, ErrorT) for arg in args):
        return poison(cx.span(node))
    held = next(filter(None, (text_held(arg.type) for arg in args)), None)
    if held is not None:
        return refuse_text(cx, held, node)
    span = cx.span(node)
    if not all(is_json_faithful(arg.type) for arg in args):
        cx.journal.unfaithful.append(span)
    type_ = ExcT(frozenset({name}))
    named = Const(value=name, type=STR, span=span)
    if not args:
        return NewExc(name=named, message=Const(value="", type=STR, span=span), args=(), type=type_, span=span)
    if len(args) > 1 or not isinstance(args[0], Const | Var):
        # The text repeats the arguments, which are evaluated once.
        args = [cx.atom(arg, "arg") for arg in args]
    if len(args) > 1:
        message = to_repr(cx, make_tuple(cx, args, node), node)
    else:
        message = to_repr(cx, args[0], node) if style == "key" else to_str(cx, args[0], node)
    if isinstance(message.type, ErrorT):
        return message
    return NewExc(name=named, message=message, args=tuple(args), type=type_, span=span)


def new_fail(cx: Context, args: Sequence[Expr], node: ast.AST) -> Expr:
    """`Fail(error, cause)`: its name is the first argument, its text the second; what may be no text is checked where it is made."""
    if any(isinstance(arg.type, ErrorT) for arg in args):
        return poison(cx.span(node))
    span = cx.span(node)
    given = [cx.atom(arg, "arg") for arg in args]
    for index, (place, arg) in enumerate(zip(("error", "cause"), given, strict=False)):
        if Kind.STR not in kinds(arg.type):
            return cx.error(
                codes.TYPE_NEEDED,
                node,
                f"`Fail` takes texts, not a value of type `{arg.type}`",
                help="write instead: `str(...)` around it",
            )
        given[index] = _text_of_fail(cx, arg, place, node)
        if isinstance(given[index].type, ErrorT):
            return given[index]
    cause = given[1] if len(given) > 1 else Const(value="", type=STR, span=span)
    return NewExc(name=given[0], message=cause, args=(given[0], cause), type=ExcT(frozenset({"Fail"})), span=span)


def _text_of_fail(cx: Context, arg: Expr, place: str, node: ast.AST) -> Expr:
    """The argument, after a check that it is a text where it may be something else."""
    if kinds(arg.type) == {Kind.STR}:
        return arg
    args = (arg, Const(value=place, type=STR, span=cx.span(node)))
    checked = built(cx, node, args, lambda site: Prim(op="exc.fail_text", args=args, type=STR, span=site.span))
    return cx.atom(checked, "text")


def sum_started(cx: Context, start: Expr, node: ast.AST) -> Expr:
    """What a sum of numbers begins with that takes them one by one."""
    return built(cx, node, [start], lambda site: catalog.build_sum_start(start, site))


def sum_with(cx: Context, so_far: Expr, item: Expr, node: ast.AST) -> Expr:
    """Such a sum with one more item, after the TypeError of one that is no number."""
    return built(cx, node, [so_far, item], lambda site: catalog.build_sum_step(so_far, item, site))


def sum_total(cx: Context, so_far: Expr, whole: Type, node: ast.AST) -> Expr:
    """The number, of type `whole`, that such a sum has come to."""
    return built(cx, node, [so_far], lambda site: catalog.build_sum_total(so_far, whole, site))
