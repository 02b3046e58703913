"""The texts of values: `str`, `repr`, `format`, the name of a class."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.lower_aws_errors import class_name
from pysfnc.frontend.core.infinities import finite, may_be_infinite, text_of_infinite
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, Opaque, TypeOf, Value
from pysfnc.frontend.data.decimal_operations import decimal_format
from pysfnc.frontend.data.moment_operations import time_format, time_text
from pysfnc.frontend.data.told_decimals import number_format
from pysfnc.frontend.operations.ask import after, as_kind, built, decayed, decimal_read, shown, text_const, written
from pysfnc.frontend.operations.items import slice_of
from pysfnc.frontend.operations.kinds import has_kind
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr
from pysfnc.library import catalog
from pysfnc.values.relations import join, kinds, without_kinds
from pysfnc.values.types import INT, JSON, STR, EnumT, ErrorT, ExcT, Kind, ListT, OpaqueT, Type


def format_value(cx: Context, value: Value, conversion: str | None, spec: Expr | None, node: ast.AST) -> Expr:
    """A field of an f-string: `format(value, spec)`, after `str()` or `repr()` for `!s` and `!r`."""
    plain = spec is None or (isinstance(spec, Const) and spec.value == "")
    data = _shown(cx, value, node)
    if conversion == "r":
        data = to_repr(cx, data, node)
    elif conversion == "s":
        data = to_str(cx, data, node)
    elif conversion is not None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"the conversion `!{conversion}` has no compiled form",
            help="write instead: `!r` or `!s`",
        )
    from pysfnc.frontend.classes.own_operators import format_of_own

    of_own = format_of_own(cx, data, text_const("", cx.span(node)) if spec is None else spec, node)
    if of_own is not None:
        return of_own
    if spec is None or plain:
        return to_str(cx, data, node)
    if may_be_infinite(data.type):
        data = finite(data)
    if isinstance(data.type, EnumT):
        data = decayed(cx, data) if data.type.cls.shown == "value" else to_str(cx, data, node)
    made, wanted = data, spec
    of_time = time_format(cx, made, wanted, node) or decimal_format(cx, made, wanted, node)
    if of_time is not None:
        return of_time
    return _formatted(cx, made, wanted, node)


def _formatted(cx: Context, value: Expr, spec: Expr, node: ast.AST) -> Expr:
    of_number = number_format(cx, value, spec, lambda rest: _formatted(cx, rest, spec, node), node)
    if of_number is not None:
        return of_number
    return built(cx, node, [value, spec], lambda site: catalog.build_format(value, spec, site))


def _shown(cx: Context, value: Value, node: ast.AST) -> Expr:
    if isinstance(value, Opaque) and value.kind == "uuid":
        return value.value
    if isinstance(value, BuiltinFunction | ExceptionClass | TypeOf):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the text of a class or function has no compiled form",
            help="write instead: its `__name__`",
        )
    return as_data(cx, value, node)


def to_str(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`str(value)`."""
    if _is_mixed(value.type):
        return _by_exception(cx, value, lambda part: to_str(cx, part, node), node)
    of_infinite = text_of_infinite(cx, value, lambda number: to_str(cx, number, node), node)
    if of_infinite is not None:
        return of_infinite
    value = decimal_read("str", value)
    own = _by_class(cx, "str(one)", value, ("__str__", "__repr__"), node)
    if own is None:
        own = _own_text(cx, value, node, ("__str__", "__repr__"))
    if own is None:
        own = time_text(cx, value, node)
    if own is None:
        own = _inner_text(cx, value, "str", node)
    if own is not None:
        return own
    return built(cx, node, [value], lambda site: catalog.build_str(value, site), held=written([value]))


def to_repr(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`repr(value)`."""
    if isinstance(value.type, ExcT):
        return _exception_repr(cx, value, node)
    if _is_mixed(value.type):
        return _by_exception(cx, value, lambda part: to_repr(cx, part, node), node)
    of_infinite = text_of_infinite(cx, value, lambda number: to_repr(cx, number, node), node)
    if of_infinite is not None:
        return of_infinite
    own = _by_class(cx, "repr(one)", value, ("__repr__",), node) or _own_text(cx, value, node, ("__repr__",))
    if own is None:
        own = _inner_text(cx, value, "repr", node)
    if own is not None:
        return own
    return built(cx, node, [value], lambda site: catalog.build_repr(value, site), held=written([value]))


def _by_class(cx: Context, expression: str, value: Expr, names: tuple[str, ...], node: ast.AST) -> Expr | None:
    from pysfnc.frontend.classes.split_operands import split_by_class

    return split_by_class(cx, expression, {"one": value}, names, node)


def _own_text(cx: Context, value: Expr, node: ast.AST, names: tuple[str, ...]) -> Expr | None:
    from pysfnc.frontend.classes.lower_objects import own_text

    return own_text(cx, value, node, names)


def _inner_text(cx: Context, value: Expr, name: str, node: ast.AST) -> Expr | None:
    from pysfnc.frontend.data.inner_texts import inner_text

    return inner_text(cx, value, name, node)


def _is_mixed(type_: Type) -> bool:
    """Whether a value may be an exception or something else."""
    return Kind.EXCEPTION in kinds(type_) and not isinstance(type_, ExcT)


def _by_exception(cx: Context, value: Expr, made: Callable[[Expr], Expr], node: ast.AST) -> Expr:
    """What is made of a value, which may be an exception or something else."""
    atom = cx.atom(value, "mixed")
    exceptions = frozenset({Kind.EXCEPTION})
    test = has_kind(cx, atom, exceptions, node)
    with cx.capture() as own:
        then, orelse = made(as_kind(atom, exceptions)), made(replace(atom, type=without_kinds(atom.type, exceptions)))
    if own:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            "the value may be an exception or something else",
            help="write instead: `isinstance(value, BaseException)` before, and each case for itself",
        )
    if isinstance(then.type, ErrorT) or isinstance(orelse.type, ErrorT):
        return poison(cx.span(node))
    return Cond(test=test, then=then, orelse=orelse, type=join(then.type, orelse.type), span=cx.span(node))


def _exception_repr(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`Name(arg, arg)`: the arguments are shown as in a list."""
    span = cx.span(node)
    error = cx.atom(value, "error")
    cx.journal.args_read.append(span)
    name = class_name(cx, error, ExcField(exc=error, field_="name", type=STR, span=span), node)
    text = to_repr(cx, ExcField(exc=error, field_="args", type=ListT(JSON), span=span), node)
    return join_text(cx, [name, text_const("(", span), _without_ends(cx, text, node), text_const(")", span)], node)


def _without_ends(cx: Context, text: Expr, node: ast.AST) -> Expr:
    """A text without its first and its last character."""
    span = cx.span(node)
    return slice_of(cx, text, [Const(value=1, type=INT, span=span), Const(value=-1, type=INT, span=span), None], node)


def join_text(cx: Context, parts: Sequence[Expr], node: ast.AST) -> Expr:
    """Texts behind each other."""
    return built(cx, node, parts, lambda site: catalog.build_join(parts, site))


def format_template(cx: Context, template: str, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST) -> Expr:
    """`template.format(...)`."""
    from pysfnc.frontend.classes.own_operators import has_own_format

    given = [*args, *keywords.values()]
    if any(has_own_format(cx, value.type) for value in given):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "`format()` of a text has no compiled form for objects whose class defines `__format__`",
            help="write instead: an f-string",
        )
    return built(
        cx, node, given, lambda site: catalog.build_str_format(template, args, keywords, site), held=shown(given)
    )


def type_name(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`type(value).__name__`."""
    if isinstance(value.type, OpaqueT):
        # `Decimal of an item`, whose class is the first word.
        name = value.type.name.partition(" ")[0]
        if name in ("Decimal", "bytes", "date", "datetime", "timedelta"):
            return after(cx, value, Const(value=name, type=STR, span=cx.span(node)), node)
    if isinstance(value.type, ExcT):
        return class_name(cx, value, ExcField(exc=value, field_="name", type=STR, span=cx.span(node)), node)
    if _is_mixed(value.type):
        return _by_exception(cx, value, lambda part: type_name(cx, part, node), node)
    return built(cx, node, [value], lambda site: catalog.build_type_name(value, site))
