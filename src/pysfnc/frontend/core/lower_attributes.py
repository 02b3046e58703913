"""Attributes: of data, of exceptions, and of what exists only while compiling."""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Client, ClientExceptions, Resource, ResourceMeta, Session, Table
from pysfnc.frontend.aws.held_clients import client_of
from pysfnc.frontend.aws.lower_aws_errors import client_error_attribute
from pysfnc.frontend.aws.lower_clients import client_attribute
from pysfnc.frontend.aws.lower_response import RESPONSE, response_attribute
from pysfnc.frontend.aws.lower_tables import table_attribute
from pysfnc.frontend.aws.resource_values import ResourceOf
from pysfnc.frontend.aws.some_errors import OF_ERRORS, attribute_of_errors
from pysfnc.frontend.classes.lower_classes import class_attribute
from pysfnc.frontend.classes.lower_objects import has_own, kept_method, object_attribute, super_attribute
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import (
    as_data,
    expression,
    lower_value,
)
from pysfnc.frontend.core.lower_names import external_value, is_local, value_of_binding
from pysfnc.frontend.core.lower_values import (
    ATTRIBUTED,
    BoundMethod,
    BuiltinFunction,
    Choice,
    Closure,
    ExceptionClass,
    External,
    Lazy,
    ModuleValue,
    Opaque,
    ProjectClass,
    Static,
    StaticMethod,
    SuperOf,
    TypeOf,
    Value,
)
from pysfnc.frontend.core.narrowed_exceptions import as_exception, attribute_of_some
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.core.whole import refuse_text
from pysfnc.frontend.data.lower_moments import time_attribute
from pysfnc.frontend.data.moment_operations import is_time
from pysfnc.frontend.declarations.exceptions import HTTP_ERROR, exception_class
from pysfnc.frontend.operations.types_asked import type_of
from pysfnc.frontend.program.model import ModuleBinding
from pysfnc.frontend.program.names import member
from pysfnc.ir.exprs import Const, ExcField, Expr, Prim
from pysfnc.ir.outcomes import GROUP
from pysfnc.library.services.context import FIELDS, ROOT
from pysfnc.source.span import Span
from pysfnc.values.relations import is_mutable, join
from pysfnc.values.types import (
    INT,
    JSON,
    NONE,
    STR,
    ErrorT,
    ExcT,
    ListT,
    NeverT,
    OpaqueT,
    TuplesT,
    Type,
)

_FAILURES = frozenset({"CallbackFailed", "JobFailed"})
"""Exceptions with an error name and a cause."""


@expression(ast.Attribute)
def lower_attribute(cx: Context, node: ast.Attribute) -> Value:
    """`module.name`, `e.args`, or a method that is not called yet."""
    known = dotted_exception(cx, node)
    if known is not None:
        return known
    if isinstance(node.value, ast.Name | ast.Attribute | ast.Call):
        base = client_of(cx, lower_value(cx, node.value))
        if isinstance(base, Static):
            return static_attribute(cx, base, node)
        return data_attribute(cx, base, node)
    value = lower_value(cx, node.value)
    if isinstance(value, ResourceOf):
        return static_attribute(cx, value, node)
    return data_attribute(cx, as_data(cx, value, node.value), node)


def dotted_exception(cx: Context, node: ast.Attribute) -> ExceptionClass | None:
    """The exception class that a dotted name such as `asyncio.TimeoutError` means."""
    root = root_name(node)
    if root is None or is_local(cx, root):
        return None
    known = exception_class(cx.project.model, cx.frame.module, node)
    return None if known is None else ExceptionClass(known.name, known.info, known.style)


def root_name(node: ast.expr) -> str | None:
    """The name that a dotted name begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def data_attribute(cx: Context, base: Expr, node: ast.Attribute) -> Value:
    """An attribute of data: only exceptions have some."""
    if isinstance(base.type, ErrorT | NeverT):
        return base
    if node.attr == "__class__":
        return type_of(cx, base)
    base = as_exception(cx, base, node.attr, node)
    if isinstance(base.type, ExcT):
        return exception_attribute(cx, base, node)
    if has_own(cx, base.type, node.attr):
        return kept_method(cx, object_attribute(cx, base, node), node)
    base = lib.plain(lib.decayed(cx, base))
    if is_time(base.type):
        return time_attribute(cx, base, node.attr, node)
    if lib.has_own_keys(base.type) and node.attr == "get":
        from pysfnc.frontend.data.lower_mappings import kept_get

        return kept_get(cx, base)
    if base.type == RESPONSE:
        return response_attribute(cx, base, node)
    if lib.has_method(base.type, node.attr) and not lib.is_change(base.type, node.attr):
        return BoundMethod(kept(cx, base, "object"), node.attr)
    if isinstance(base.type, OpaqueT) and base.type.on_wire:
        return refuse_text(cx, base.type.name, node)
    if lib.is_change(base.type, node.attr):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"`{node.attr}` changes its object, and cannot be kept as a value",
            help=f"write instead: a call of it, or a function that calls it, `def change(x): value.{node.attr}(x)`",
        )
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"a value of type `{base.type}` has no attribute `{node.attr}` that could be read in the machine",
        help=f'write instead: `value["{node.attr}"]` for a key of a dict',
    )


_OF_DECODING: Final = {
    "msg": "text.rpartition(': line ')[0]",
    "lineno": "int(text.rpartition(': line ')[2].partition(' ')[0])",
    "colno": "int(text.rpartition(' column ')[2].partition(' ')[0])",
    "pos": "int(text.rpartition('(char ')[2][:-1])",
}
"""What the text of a `JSONDecodeError` tells: `Expecting value: line 1 column 5 (char 4)`."""


def exception_attribute(cx: Context, base: Expr, node: ast.Attribute) -> Value:
    """`e.args`, and `error` and `cause` of a `Fail`."""
    span = cx.span(node)
    names = base.type.names if isinstance(base.type, ExcT) else None
    args = ExcField(exc=base, field_="args", type=TuplesT(JSON), span=span)
    if node.attr == "args":
        cx.journal.args_read.append(span)
        return args
    if names == frozenset({GROUP}) and node.attr in ("exceptions", "message"):
        return _group_attribute(args, node.attr, span)
    if names == frozenset({"Fail"}) and node.attr in ("error", "cause"):
        return ExcField(exc=base, field_="name" if node.attr == "error" else "message", type=STR, span=span)
    if names and names <= _FAILURES and node.attr in ("error", "cause"):
        cx.journal.args_read.append(span)
        position = 0 if node.attr == "error" else 1
        return lib.item_at(cx, replace(args, type=ListT(join(STR, NONE))), position, node)
    if node.attr == "status_code" and names and names <= frozenset(cx.project.exceptions.descendants(HTTP_ERROR)):
        return lib.item_at(cx, replace(args, type=ListT(INT)), 0, node)
    if names == frozenset({"JSONDecodeError"}) and node.attr in _OF_DECODING:
        text = ExcField(exc=base, field_="message", type=STR, span=span)
        return run_here(cx, f"return {_OF_DECODING[node.attr]}", {"text": text, "int": BuiltinFunction("int")}, node)
    from pysfnc.frontend.blocks.lower_exceptions import exception_member

    found = exception_member(cx, base, node) or client_error_attribute(cx, base, node.attr, node)
    found = found or attribute_of_some(cx, base, node) or attribute_of_errors(cx, base, node)
    if found is not None:
        return found
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"the attribute `{node.attr}` of an exception cannot be read in the machine",
        help="write instead: `except ClientError as e` for an error of AWS"
        if node.attr in OF_ERRORS
        else "write instead: `str(e)`, `e.args` or `type(e).__name__`",
    )


def _group_attribute(args: ExcField, name: str, span: Span) -> Value:
    """`message` and `exceptions` of an exception group, which are its arguments."""
    type_: Type = STR if name == "message" else ListT(ExcT(None))
    place = Const(value=0 if name == "message" else 1, type=INT, span=span)
    found = Prim(op="loop.item", args=(args, place), type=type_, span=span)
    if name == "message":
        return found
    return Lazy("`exceptions` of an exception group", found, sequence=True, sized=True)


def static_attribute(cx: Context, base: Static, node: ast.Attribute) -> Value:
    """An attribute of a module, class, pool, future and so on."""
    match base:
        case ModuleValue(name, info):
            binding = member(cx.project.model, ModuleBinding(name, info), node.attr)
            if binding is None:
                return cx.error(codes.UNDEFINED_NAME, node, f"module `{name}` has no name `{node.attr}`")
            return value_of_binding(cx, binding, node.attr, node)
        case Session() | Client() | ClientExceptions():
            return client_attribute(cx, base, node.attr, node)
        case Resource() | ResourceMeta() | Table():
            return table_attribute(cx, base, node.attr, node)
        case ResourceOf():
            from pysfnc.frontend.aws.lower_boto3_resources import resource_attribute

            return resource_attribute(cx, base, node.attr, node)
        case StaticMethod(ResourceOf(service), "meta") if node.attr == "client":
            return Client(service)
        case External(name):
            return _external_attribute(cx, f"{name}.{node.attr}", node)
        case ProjectClass(info):
            return class_attribute(cx, info, node)
        case SuperOf():
            return super_attribute(cx, base, node)
        case TypeOf(value) if node.attr in ("__name__", "__qualname__"):
            return lib.type_name(cx, value, node)
        case ExceptionClass(name) | BuiltinFunction(name) if node.attr in ("__name__", "__qualname__"):
            return Const(value=name, type=STR, span=cx.span(node))
        case Closure(name=name) if node.attr == "__name__":
            return Const(value=name, type=STR, span=cx.span(node))
        case Choice(index, options) if all(isinstance(option, ATTRIBUTED) for option in options):
            known = [option for option in options if isinstance(option, Static)]
            return Choice(index, tuple(static_attribute(cx, option, node) for option in known))
        case Opaque():
            from pysfnc.frontend.data.lower_digests import opaque_attribute

            found = opaque_attribute(cx, base, node.attr, node)
            return StaticMethod(base, node.attr) if found is None else found
        case _:
            return StaticMethod(base, node.attr)


def _external_attribute(cx: Context, full: str, node: ast.Attribute) -> Value:
    """A name of another module; the Context object of the execution is data."""
    field = FIELDS.get(full)
    if field is not None:
        span = cx.span(node)
        if is_mutable(field.type):
            # Python has one object of it for the whole run.
            cx.constants[span] = full.removeprefix("pysfnc.")
        return Prim(op=full, args=(), type=field.type, span=span)
    if full.startswith(f"{ROOT}.") and not any(known.startswith(f"{full}.") for known in FIELDS):
        return cx.error(
            codes.UNDEFINED_NAME,
            node,
            f"`{full.removeprefix('pysfnc.')}` does not exist",
            notes=["there is " + ", ".join(f"`{known.removeprefix('pysfnc.')}`" for known in FIELDS)],
        )
    return external_value(full)
