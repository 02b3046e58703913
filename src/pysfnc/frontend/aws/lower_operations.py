"""Calls of AWS: a method of a client becomes a task of the machine.

Owns the call: which integration, the options, the type of the answer. Its arguments are `service_arguments`.
"""

import ast
from typing import Final

from pysfnc.aws.services import Operation, service
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import answer_type
from pysfnc.frontend.aws.aws_values import ClientMethod
from pysfnc.frontend.aws.integrations import Integration, integration, telling
from pysfnc.frontend.aws.refused_nones import without_nones
from pysfnc.frontend.aws.sent_by_boto3 import as_sent
from pysfnc.frontend.aws.service_arguments import ArgumentWriter
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_functions import seconds
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Perform, ServiceCall
from pysfnc.library.services.aws_forms import Form
from pysfnc.values.types import JSON, STR, DictT, ErrorT

_NO_OPTIONS = TaskOptions()
_RESULT = DictT(JSON)


def call_operation(
    cx: Context,
    method: ClientMethod,
    given: Arguments,
    node: ast.expr,
    options: TaskOptions = _NO_OPTIONS,
    *,
    asked: frozenset[str] = frozenset(),
) -> Value:
    """`client.method(Name=value, ...)`. `asked`: codes that are asked for, besides those that the program mentions."""
    operation = service(method.service).operation(method.name)
    if not can_be_called(cx, operation, given, node):
        return poison(cx.span(node))
    given = as_sent(cx, operation, without_nones(cx, operation, given, node), node)
    known = None if given.rest is not None else [name for name, _ in given.keywords]
    chosen = integration(operation, known, cx.pattern)
    values = {operation.parameter(name): as_data(cx, value, node) for name, value in given.keywords}
    writer = ArgumentWriter(cx, chosen, node)
    arguments = writer.arguments(values, given.rest)
    if isinstance(arguments.type, ErrorT):
        return poison(cx.span(node))
    answer = perform(cx, chosen, arguments, node, options, asked)
    writer.succeeded()
    return answer


def can_be_called(cx: Context, operation: Operation, given: Arguments, node: ast.expr) -> bool:
    """Whether a machine can call the operation with such arguments; a message otherwise."""
    if operation.refusal is not None:
        cx.error(
            codes.AWS_DIFFERENCE,
            node,
            f"`{operation.method}` cannot be called by a machine: {operation.refusal}",
            help="write instead: a function marked `@task` that calls it",
        )
        return False
    if given.positional or given.spread is not None:
        cx.error(codes.TYPE_MISMATCH, node, f"`{operation.method}()` only accepts keyword arguments")
        return False
    return True


def perform(
    cx: Context,
    chosen: Integration,
    arguments: Expr,
    node: ast.expr,
    options: TaskOptions,
    asked: frozenset[str] = frozenset(),
) -> Expr:
    """Make the call; its answer in boto3's form."""
    span = cx.span(node)
    target = performed(cx, chosen, arguments, node, options, asked)
    shape = chosen.operation.output
    type_ = answer_type(shape, chosen.operation.method, _status(chosen.operation, arguments))
    form = None if shape is None else Form(shape, chosen.naming)
    if form is None or form.is_same:
        return Var(name=target, type=type_, span=span)
    raw = Var(name=target, type=_RESULT, span=span)
    return Prim(op="service.answer", args=(raw, Const(value=form.text(), type=STR)), type=type_, span=span)


def performed(
    cx: Context,
    chosen: Integration,
    arguments: Expr,
    node: ast.expr,
    options: TaskOptions,
    asked: frozenset[str] = frozenset(),
) -> str:
    """Make the call; the variable that holds what it answers, in the form of a definition. `asked`: as in `call_operation`."""
    span = cx.span(node)
    effect = ServiceCall(
        resource=chosen.resource,
        arguments=arguments,
        retry=options.retry or (),
        timeout_s=seconds(options.timeout_s),
        heartbeat_s=seconds(options.heartbeat_s),
        role=None if options.role is None else Const(value=options.role, type=STR, span=span),
        errors=telling(chosen.errors, chosen.operation.service, cx.project.texts | asked),
        result=_RESULT,
    )
    target = cx.names.fresh(chosen.operation.method)
    cx.emit(Perform(effect=effect, target=target, span=span))
    return target


_INVOCATIONS: Final = {"Event": 202, "DryRun": 204}


def _status(operation: Operation, arguments: Expr) -> int:
    """The HTTP status of success."""
    if operation.name == "Invoke" and isinstance(arguments, Prim):
        given = {part.value for part in arguments.args if isinstance(part, Const)}
        return next((status for kind, status in _INVOCATIONS.items() if kind in given), 200)
    return operation.success_status
