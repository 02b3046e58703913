"""Functions and classes as data: kept in fields, lists, tuples and dicts, `Rule("adult", lambda a: a["age"] >= 18)`.

As with conditions (`condition_values`), the machine holds the name of a form that the project knows, and what belongs to it: the defaults of a
lambda, the arguments of a `partial`. The name is that of the type as well, so that types tell which functions a value may be; reading
one gives the function itself, or a choice among several. A function that reads variables of functions around it keeps what they hold
where that cannot change any more (`captures`), and has no such form elsewhere.

A list or dict that is written out with functions stays one that exists only while compiling as long as it is only read (`held_displays`).
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.frontend.calls.captures import names_around, with_captures
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import (
    BuiltinFunction,
    Choice,
    Closure,
    DictOf,
    ExceptionClass,
    External,
    ObjectMethod,
    Partial,
    ProjectClass,
    ProjectFunction,
    Static,
    StaticMethod,
    TupleOf,
    Value,
)
from pysfnc.ir.exprs import Cond, Const, Expr, Prim
from pysfnc.library import catalog
from pysfnc.library.rows.make import const
from pysfnc.source.span import Span
from pysfnc.values.relations import is_mutable, join, members
from pysfnc.values.types import BOOL, INT, NONE, STR, OpaqueT, Type

__all__ = ["as_function", "held_function", "held_value"]


def held_value(cx: Context, value: Value, node: ast.AST) -> Expr | None:
    """A function, a class, or a display that holds some, as data; None for one that has no such form, and for anything else."""
    if not isinstance(value, Static):
        return value
    if isinstance(value, DictOf) and value.fixed:
        return None
    if not isinstance(value, TupleOf | DictOf):
        return held_function(cx, value, cx.span(node))
    items = [held_value(cx, item, node) for item in (value.items if isinstance(value, TupleOf) else value.options)]
    made = [item for item in items if item is not None]
    if len(made) < len(items):
        return None
    from pysfnc.frontend.core import lower_library as lib

    if value.constant:
        cx.constants[cx.span(node)] = value.constant
    if isinstance(value, TupleOf):
        return lib.make_list(cx, made, node) if value.is_list else lib.make_tuple(cx, made, node)
    return lib.make_dict(cx, list(zip(map(const, value.keys), made, strict=True)), node)


def held_function(cx: Context, value: Static, span: Span) -> Expr | None:
    """A function or class as data; None for one that has no such form, and for anything else."""
    if isinstance(value, Choice):
        return _held_choice(cx, value, span)
    value = with_captures(cx, value)
    name = _name(cx, value)
    if name is None:
        return None
    operands: list[Expr] = []

    def numbered(operand: Expr) -> Expr:
        operands.append(operand)
        return Prim(op="function.part", args=(Const(value=str(len(operands)), type=STR),), type=operand.type)

    form = _with(value, numbered)
    name = f"the {name}{_types(operands)}"
    known = cx.project.functions.setdefault(name, form)
    if _code(known) != _code(form):
        return None
    cx.project.functions[name] = form
    keeps = any(is_mutable(operand.type) for operand in operands)
    type_ = OpaqueT(name, code="object" if operands else "name", keeps_mutable=keeps)
    return Prim(op="function.held", args=(Const(value=name, type=STR), *operands), type=type_, span=span)


def as_function(cx: Context, value: Value) -> Value:
    """Data that is a function, or one of several functions or None, as that; any other value as it is."""
    if isinstance(value, Static) or not cx.project.functions:
        return value
    kinds = members(value.type)
    if all(kind == NONE for kind in kinds) or not all(kind == NONE or _form(cx, kind) for kind in kinds):
        return value
    held = cx.temporary(value, "function")
    options = [_read(cx, replace(held, type=kind)) for kind in kinds]
    if len(options) == 1:
        return options[0]
    # The numbers of the options by their names; None is the one without a name.
    order = sorted(range(len(kinds)), key=lambda i: kinds[i] == NONE, reverse=True)
    index: Expr = Const(value=order[-1], type=INT)
    for number in reversed(order[:-1]):
        index = Cond(
            test=_is(held, kinds[number]), then=Const(value=number, type=INT), orelse=index, type=INT, span=held.span
        )
    return Choice(cx.temporary(index, "choice"), tuple(options), held)


def _is(held: Expr, kind: Type) -> Expr:
    if kind == NONE:
        return Prim(op="is", args=(held, Const(value=None, type=NONE)), type=BOOL, span=held.span)
    name = Prim(op="function.name", args=(held,), type=STR, span=held.span)
    return Prim(op="==", args=(name, Const(value=str(kind), type=STR)), type=BOOL, span=held.span)


def _form(cx: Context, kind: Type) -> Static | None:
    return cx.project.functions.get(kind.name) if isinstance(kind, OpaqueT) else None


def _read(cx: Context, held: Expr) -> Value:
    form = _form(cx, held.type)
    if form is None:
        return Const(value=None, type=NONE, span=held.span)

    def read(operand: Expr) -> Expr:
        assert isinstance(operand, Prim)
        return replace(operand, args=(held, *operand.args), span=held.span)

    return _with(form, read)


def _held_choice(cx: Context, choice: Choice, span: Span) -> Expr | None:
    if choice.held is not None:
        return replace(choice.held, span=span)
    found: list[Expr] = []
    for option in choice.options:
        held = held_function(cx, option, span) if isinstance(option, Static) else option
        if held is None:
            return None
        found.append(held)
    made = found[-1]
    for number in reversed(range(len(found) - 1)):
        test = Prim(op="==", args=(choice.index, Const(value=number, type=INT)), type=BOOL, span=span)
        made = Cond(test=test, then=found[number], orelse=made, type=join(found[number].type, made.type), span=span)
    return made


def _with(value: Static, change: Callable[[Expr], Expr]) -> Static:
    """The function with other defaults or arguments that it keeps."""

    def changed(part: Value) -> Value:
        return _with(part, change) if isinstance(part, Static) else change(part)

    match value:
        case Closure():
            return replace(value, defaults=tuple((name, changed(part)) for name, part in value.defaults))
        case Partial():
            function = _with(value.function, change)
            keywords = tuple((name, changed(part)) for name, part in value.keywords)
            return Partial(function, tuple(map(changed, value.positional)), keywords)
    return value


def _types(operands: Sequence[Expr]) -> str:
    return f" with {', '.join(str(operand.type) for operand in operands)}" if operands else ""


def _code(value: Value) -> str:
    """What tells functions apart that have the same name."""
    match value:
        case Closure(node, _, _, defaults):
            return f"{ast.dump(node)} {[(name, _code(part)) for name, part in defaults]}"
        case Partial(function, positional, keywords):
            return f"{_code(function)} {[*map(_code, positional)]} {[(name, _code(part)) for name, part in keywords]}"
    return type(value).__name__


def _name(cx: Context, value: Value) -> str | None:
    """The name of a function or class that needs nothing but its defaults and arguments; None for others."""
    match value:
        case ProjectFunction(info):
            return f"function {info.qualname} of {info.module.name}"
        case ProjectClass(info) | ExceptionClass(_, info) if info is not None:
            return f"class {info.name} of {info.module.name}"
        case ExceptionClass(name):
            return f"class {name}"
        case BuiltinFunction(name):
            return f"function {name}"
        case External(name) if _is_known(name):
            return f"function {name}"
        case StaticMethod(BuiltinFunction(kind), name):
            return f"method {kind}.{name}"
        case ObjectMethod(member, receiver) if receiver is None:
            return f"method {member.home.name}.{member.name} of {member.home.module.name}"
        case Closure() if not names_around(cx, value) and all(_is_kept(cx, part) for _, part in value.defaults):
            module = value.frame.module
            return (
                f"function {value.name} of {module.name}, line {value.node.lineno}, column {value.node.col_offset + 1}"
            )
        case Partial(function, positional, keywords):
            inner = _name(cx, function)
            kept = all(_is_kept(cx, part) for part in (*positional, *(part for _, part in keywords)))
            return (
                f"partial of {inner} [{len(positional)}, {[name for name, _ in keywords]}]" if inner and kept else None
            )
    return None


def _is_known(name: str) -> bool:
    """Whether something of a module is a function with a compiled form."""
    from pysfnc.frontend.calls.lower_externals import CALLED_AS_VALUES
    from pysfnc.frontend.calls.lower_functional import is_functional
    from pysfnc.frontend.calls.lower_written import WRITTEN_CALLS

    return (
        catalog.find_builtin(name) is not None
        or is_functional(name)
        or name in WRITTEN_CALLS
        or name in CALLED_AS_VALUES
    )


def _is_kept(cx: Context, part: Value) -> bool:
    return not isinstance(part, Static) or _name(cx, part) is not None
