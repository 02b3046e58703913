"""Calls of workflows: executions of their own, whose end is awaited.

Owns their arguments, the integration that starts them, and how they come back. What a call means under CPython is `lang.children`.

Facts: "Start workflow executions from a Task state" of the AWS guide; `.sync:2` gives the output as JSON, StartSyncExecution as text
(recorded answers).
"""

import ast
from collections.abc import Mapping
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, bind, signature_of
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_travels import travelling_arguments
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.program.model import FunctionInfo, TaskOptions
from pysfnc.ir.exprs import Cond, Const, Expr, NewExc, Prim, Var
from pysfnc.ir.hir import ErrorReading, If, Perform, Raise, ServiceCall
from pysfnc.library.services.children import ARN, CAUSE, ERROR, JSON_TEXT, OUTPUT, PARSED, SUCCEEDED
from pysfnc.library.services.context import ROOT
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, JSON, STR, DictT, ErrorT, ExcT, Kind

SYNC: Final = "arn:aws:states:::states:startExecution.sync:2"
EXPRESS_SYNC: Final = "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
STARTED_BY: Final = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
"""The key of an input by which the console links a child to its parent."""
_ANSWER: Final = DictT(JSON)


def call_workflow(
    cx: Context, info: FunctionInfo, given: Arguments, node: ast.expr, options: TaskOptions | None = None
) -> Value:
    """Call a workflow of the project and wait for its output."""
    from pysfnc.frontend.calls.lower_functions import seconds

    span = cx.span(node)
    values = bind(cx, signature_of(info.node, info.qualname), given, node)
    if values is None or not _can_wait(cx, info, node):
        return poison(span)
    data = {name: as_data(cx, value, node) for name, value in values.items()}
    if any(isinstance(value.type, ErrorT) for value in data.values()):
        return poison(span)
    data = travelling_arguments(cx, info.qualname, given, data, node)
    machine = Const(value=cx.project.machine_of(info), type=STR, span=span)
    arguments = {
        "StateMachineArn": Prim(op=ARN, args=(machine,), type=STR, span=span),
        "Input": _input(cx, info, data, node),
    }
    express = info.workflow_options.type == "EXPRESS"
    effect = ServiceCall(
        resource=EXPRESS_SYNC if express else SYNC,
        arguments=_dict(cx, arguments, node),
        title=info.node.name,
        timeout_s=None if options is None else seconds(options.timeout_s),
        errors=ErrorReading(form="plain" if express else "child", decoded=not express),
        result=_ANSWER,
    )
    cx.journal.foreign.append(span)
    target = cx.names.fresh(info.node.name)
    cx.emit(Perform(effect=effect, target=target, span=span))
    answer = Var(name=target, type=_ANSWER, span=span)
    return _express_output(cx, answer, node) if express else _prim(cx, OUTPUT, answer, node)


def _can_wait(cx: Context, info: FunctionInfo, node: ast.expr) -> bool:
    parent = cx.workflow
    if parent is None or parent.workflow_options.type == "STANDARD" or info.workflow_options.type == "EXPRESS":
        return True
    cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{parent.qualname}` is an Express workflow and cannot wait for `{info.qualname}`, which is not",
        notes=["AWS: Express workflows do not support the `.sync` integration"],
        help='write instead: `@workflow(type="EXPRESS")` for the child, or `"STANDARD"` for the parent',
    )
    return False


def _input(cx: Context, info: FunctionInfo, data: Mapping[str, Expr], node: ast.expr) -> Expr:
    """The keys of the input are the parameters; one that takes the whole input is the input."""
    kinds_of = {param.name: param.kind for param in info.params}
    whole = next((value for name, value in data.items() if kinds_of.get(name) == "whole"), None)
    if whole is not None:
        # A text would be taken for JSON, and null for no input.
        return as_json_text(cx, whole, frozenset({Kind.STR, Kind.NONE}), node)
    rest = next((value for name, value in data.items() if kinds_of.get(name) == "rest"), None)
    named = {name: value for name, value in data.items() if kinds_of.get(name) != "rest"}
    if rest is None and not _looks_at_input(cx, info):
        named[STARTED_BY] = Prim(op=f"{ROOT}.execution.id", args=(), type=STR, span=cx.span(node))
    made = _dict(cx, named, node)
    return made if rest is None else lib.merge_dicts(cx, made, rest, node)


def as_json_text(cx: Context, value: Expr, of: frozenset[Kind], node: ast.AST) -> Expr:
    """A value, with those of these kinds as their JSON text."""
    span = cx.span(node)
    found = kinds(value.type)
    if not found & of:
        return value
    value = cx.atom(value, "value")
    as_text = Prim(op=JSON_TEXT, args=(value,), type=STR, span=span)
    if found <= of:
        return as_text
    return Cond(test=lib.has_kind(cx, value, of, node), then=as_text, orelse=value, type=JSON, span=span)


def _looks_at_input(cx: Context, info: FunctionInfo) -> bool:
    """Whether a child can tell a key of its input that is no parameter."""
    return any(param.kind == "rest" for param in info.params) or (
        f"{ROOT}.execution.input" in cx.project.context_read_by(info)
    )


def _dict(cx: Context, items: Mapping[str, Expr], node: ast.expr) -> Expr:
    span = cx.span(node)
    return lib.make_dict(cx, [(Const(value=k, type=STR, span=span), v) for k, v in items.items()], node)


def _express_output(cx: Context, answer: Var, node: ast.expr) -> Value:
    """The answer about an execution that failed is no error of the call: it is raised here."""
    span = cx.span(node)
    message = Prim(op=CAUSE, args=(answer,), type=STR, span=span)
    failed = NewExc(
        name=Prim(op=ERROR, args=(answer,), type=STR, span=span),
        message=message,
        args=(message,),
        type=ExcT(None),
        span=span,
    )
    with cx.capture() as failing:
        cx.emit(Raise(exc=failed, span=span))
    test = Prim(op="not", args=(Prim(op=SUCCEEDED, args=(answer,), type=BOOL, span=span),), type=BOOL, span=span)
    cx.emit(If(test=test, then=tuple(failing), orelse=(), span=span))
    return _prim(cx, PARSED, answer, node)


def _prim(cx: Context, op: str, answer: Var, node: ast.expr) -> Prim:
    return Prim(op=op, args=(answer,), type=JSON, span=cx.span(node))
