"""Parameters and results: what a function takes, with types, defaults and the words of misfits.

Owns the rules of a workflow's parameters (they are the keys of its input) and of a task's result. How a call's arguments are matched
with parameters is the business of the lowering.
"""

import ast
from collections.abc import Iterator
from typing import Literal

from pysfnc.diagnostics import Diagnostic, codes
from pysfnc.frontend.declarations.annotations import Annotation, read_annotation
from pysfnc.frontend.program.constants import NotConstant, constant_value, expr_of
from pysfnc.frontend.program.environment import reads_environment
from pysfnc.frontend.program.faults import fault, not_constant
from pysfnc.frontend.program.model import FunctionInfo, ProjectModel
from pysfnc.ir.exprs import Expr
from pysfnc.ir.hir import Param
from pysfnc.values.types import ERROR

Kind = Literal["positional", "keyword", "star", "rest", "whole"]


def read_signature(model: ProjectModel, info: FunctionInfo) -> None:
    """Set `params` and `returns` of a function, and add to its problems what a workflow or a task must not have."""
    problems: list[Diagnostic] = []
    info.params = tuple(
        _param(model, info, kind, argument, default, problems) for kind, argument, default in _arguments(info)
    )
    if info.role == "workflow":
        problems += _workflow_problems(info)
    if info.node.returns is not None:
        result = read_annotation(info.node.returns, info.module, model)
        info.returns = result.type
        info.returns_fit = result.fit if result.type is not None else None
        if info.role == "task" and result.problem is not None:
            problems.append(_annotation_fault(f"the result of `{info.qualname}`", result))
    info.problems += tuple(problems)


def default_of(info: FunctionInfo, name: str) -> ast.expr | None:
    """The default of a parameter as it is written."""
    return next((default for _, argument, default in _arguments(info) if argument.arg == name), None)


def _arguments(info: FunctionInfo) -> Iterator[tuple[Kind, ast.arg, ast.expr | None]]:
    """The parameters in the order of the text, each with its kind and its default."""
    found = info.node.args
    positional = [*found.posonlyargs, *found.args]
    defaults: list[ast.expr | None] = [*[None] * (len(positional) - len(found.defaults)), *found.defaults]
    for index, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
        whole = info.role == "workflow" and index < len(found.posonlyargs)
        yield ("whole" if whole else "positional"), argument, default
    if found.vararg:
        yield "star", found.vararg, None
    for argument, default in zip(found.kwonlyargs, found.kw_defaults, strict=True):
        yield "keyword", argument, default
    if found.kwarg:
        yield "rest", found.kwarg, None


def _param(
    model: ProjectModel,
    info: FunctionInfo,
    kind: Kind,
    argument: ast.arg,
    default: ast.expr | None,
    problems: list[Diagnostic],
) -> Param:
    read = None if argument.annotation is None else read_annotation(argument.annotation, info.module, model)
    found = None if read is None or info.role != "workflow" else _parameter_fault(info, argument, read)
    if found is not None:
        problems.append(found)
    known = read if found is None and read is not None and read.problem is None else None
    return Param(
        name=argument.arg,
        kind=kind,
        type=ERROR if found is not None else known.type if known is not None else None,
        default=None if default is None else _default(model, info, argument, default, problems),
        annotation=known.text if known is not None else None,
        fit=known.fit if known is not None else None,
        has_default=default is not None,
    )


def _default(
    model: ProjectModel, info: FunctionInfo, argument: ast.arg, node: ast.expr, problems: list[Diagnostic]
) -> Expr | None:
    """The default as an expression; None where it is not constant, which is an error of a workflow only."""
    try:
        return expr_of(constant_value(model, info.module, node), info.module.span(node))
    except NotConstant as why:
        if reads_environment(model, info.module, node):
            return None
        problem = not_constant(info.module, node, f"the default of `{argument.arg}`", why)
    except ValueError as why:
        message = f"the default of `{argument.arg}` cannot be held by a machine: {why}"
        problem = fault(codes.UNSUPPORTED_DECORATOR_OPTION, info.module, node, message)
    if info.role == "workflow":
        problems.append(problem)
    return None


def _workflow_problems(info: FunctionInfo) -> Iterator[Diagnostic]:
    arguments = info.node.args
    if arguments.vararg:
        yield fault(
            codes.UNSUPPORTED_PARAMETER_KIND,
            info.module,
            arguments.vararg,
            f"`*{arguments.vararg.arg}` of workflow `{info.qualname}` cannot be filled from the keys of an input object",
            f"write instead: a parameter that is a list, `{arguments.vararg.arg}: list`",
        )
    others = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
    if arguments.posonlyargs and (others > 1 or arguments.kwarg):
        yield fault(
            codes.UNSUPPORTED_PARAMETER_KIND,
            info.module,
            arguments.posonlyargs[0],
            f"positional-only `{arguments.posonlyargs[0].arg}` takes the whole input of `{info.qualname}` and must be its only parameter",
            "write instead: parameters without `/`, or one parameter that is the input",
        )


def _parameter_fault(info: FunctionInfo, argument: ast.arg, read: Annotation) -> Diagnostic | None:
    """What a machine cannot follow in the annotation of a workflow's parameter."""
    if read.problem is not None:
        return _annotation_fault(f"parameter `{argument.arg}` of `{info.qualname}`", read)
    return None


def _annotation_fault(what: str, read: Annotation) -> Diagnostic:
    assert read.problem is not None
    problem = read.problem
    helps = (problem.help,) if problem.help else ()
    return fault(codes.UNSUPPORTED_ANNOTATION, problem.module, problem.node, f"{what}: {problem.message}", *helps)
