"""`run_job(client.operation)(...)`: the `.sync` integration of a service.

Owns which operations have one, and what its result and its failure are in a program. Following the job is the service's work.
"""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.aws.optimised import Job, Optimised, optimised_for
from pysfnc.aws.services import service
from pysfnc.aws.shapes import Shape
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import type_of
from pysfnc.frontend.aws.aws_values import ClientMethod, JobOf
from pysfnc.frontend.aws.integrations import CLIENT_ERROR, Integration, reading_of
from pysfnc.frontend.aws.lower_operations import can_be_called, performed
from pysfnc.frontend.aws.service_arguments import ArgumentWriter
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_functions import options_given, told_apart
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import Static, Value, describe
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import ErrorReading
from pysfnc.library.services.aws_forms import Form
from pysfnc.values.types import BOOL, JSON, STR, DictT, ErrorT

SYNC: Final = "sync"
OPTIONS: Final = ("timeout", "retry")


def lower_run_job(cx: Context, node: ast.Call) -> Value:
    """`run_job(operation, timeout=..., retry=...)`."""
    if len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        return cx.error(codes.TYPE_MISMATCH, node, "`run_job` takes one method of a client, and options by name")
    target = lower_value(cx, node.args[0])
    options = options_given(cx, node.keywords, TaskOptions(), owner="run_job", allowed=OPTIONS)
    if options is None or is_poison(target):
        return poison(cx.span(node))
    if not isinstance(target, ClientMethod):
        what = describe(target) if isinstance(target, Static) else f"a value of type `{target.type}`"
        return cx.error(codes.TYPE_MISMATCH, node.args[0], f"`run_job` takes a method of a client, not {what}")
    best = optimised_for(target.service, target.name)
    if best is None or best.job is None or best.renamed or SYNC not in best.patterns:
        return cx.error(
            codes.AWS_DIFFERENCE,
            node.args[0],
            f"`{target.name}` starts no job that Step Functions can wait for",
            help="write instead: the call, and a loop that looks at the job with `time.sleep` between",
        )
    return JobOf(target, options)


def job_with_options(cx: Context, job: JobOf, node: ast.Call) -> Value:
    """`with_options(run_job(operation), retry=...)`, which is the job with that option."""
    given = {keyword.arg for keyword in node.keywords}
    twice = "retry" in given and job.options.retry is not None
    if given - {"retry", "role"} or twice:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`with_options` around `run_job` "
            + ("tries again what is tried again already" if twice else "stops no job"),
            help="write instead: the option in `run_job(...)`",
        )
    options = options_given(cx, node.keywords, job.options)
    return poison(cx.span(node)) if options is None else replace(job, options=options)


def call_job(cx: Context, job: JobOf, given: Arguments, node: ast.expr) -> Value:
    """Run the job with these parameters; its description at the end."""
    best = optimised_for(job.method.service, job.method.name)
    assert best is not None and best.job is not None
    operation = best.operation
    if cx.workflow is not None and cx.workflow.workflow_options.type == "EXPRESS":
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "an Express workflow cannot wait for a job",
            notes=["AWS: Express workflows do not support the `.sync` integration"],
            help='write instead: a workflow of type "STANDARD"',
        )
    fits = told_apart(cx, job.options, ("JobFailed", CLIENT_ERROR), "a job", node)
    if not can_be_called(cx, operation, given, node) or not fits:
        return poison(cx.span(node))
    named = dict(given.keywords)
    own = next((name for name, _ in best.job.sets if name in named or given.rest is not None), None)
    if own is not None:
        return cx.error(
            codes.AWS_DIFFERENCE, node, f"Step Functions gives `{own}` of `{job.method.name}` itself, when it waits"
        )
    chosen = Integration(operation, best.resource(SYNC), "api", _reading(best, best.job), best.has_metadata)
    values = {operation.parameter(name): as_data(cx, value, node) for name, value in given.keywords}
    writer = ArgumentWriter(cx, chosen, node)
    arguments = writer.arguments(values, given.rest)
    if isinstance(arguments.type, ErrorT):
        return poison(cx.span(node))
    target = performed(cx, chosen, arguments, node, job.options)
    writer.succeeded()
    return _description(cx, best, best.job, target, node)


def _reading(best: Optimised, job: Job) -> ErrorReading:
    """A failure of the operation that starts the job, or of the job: then the cause is its description."""
    made = reading_of(best.operation, best)
    path = ".".join(_raised(part) for part in (job.member, *job.status.split(".")) if part)
    refusal = " ".join((job.refusal[0], _raised(job.refusal[1]))) if job.refusal is not None else ""
    return replace(made, form="job", detail=f"{made.detail} {path} {refusal}".rstrip(), decoded=True)


def _raised(name: str) -> str:
    return name[:1].upper() + name[1:]


def _description(cx: Context, best: Optimised, job: Job, target: str, node: ast.expr) -> Expr:
    span = cx.span(node)
    raw: Var | Prim = Var(name=target, type=DictT(JSON), span=span)
    if job.member:
        key = Const(value=_raised(job.member), type=STR, span=span)
        always = Const(value=True, type=BOOL)
        raw = Prim(op="service.member", args=(raw, key, key, always), type=DictT(JSON), span=span)
    shape = _shape(best, job)
    form = Form(shape, "api")
    if form.is_same:
        return replace(raw, type=type_of(shape))
    constant = Const(value=form.text(), type=STR)
    return Prim(op="service.answer", args=(raw, constant), type=type_of(shape), span=span)


def _shape(best: Optimised, job: Job) -> Shape:
    """The type of a description: the answer of the describing operation, or the part of it that the path leads to."""
    shape = service(best.service).operation(job.describe).output
    assert shape is not None
    for part in filter(None, job.job.split(".")):
        shape = shape.element if part.isdigit() else shape.members[part].shape
    return shape
