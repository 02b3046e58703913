"""Checks of a whole program's marks: that they stand where they work, and that names are unique.

Reports at once what is wrong whether or not it is used: the workflows of the entry file, the decorators of every function of the entry
file, marks in places where they have no effect.
"""

import ast
from collections.abc import Iterator
from typing import Final

from pysfnc import lang
from pysfnc.diagnostics import Sink, codes, nearest
from pysfnc.frontend.declarations.decorators import mark_of
from pysfnc.frontend.program.bindings import Binder
from pysfnc.frontend.program.model import (
    ExternalBinding,
    FunctionBinding,
    FunctionInfo,
    ModuleInfo,
    ProjectModel,
    UnsupportedBinding,
)
from pysfnc.frontend.program.names import exported, resolve
from pysfnc.source import Span

_OF_PARAMETERS: Final = frozenset({codes.UNSUPPORTED_ANNOTATION, codes.UNSUPPORTED_PARAMETER_KIND})


def check_marks(model: ProjectModel, binder: Binder, sink: Sink) -> None:
    """Report misplaced marks, duplicate names, and the problems of the entry file's workflows."""
    entry = model.entry
    for binding in entry.names.values():
        if isinstance(binding, FunctionBinding) and binding.function.module is entry:
            for problem in binding.function.problems:
                if binding.function.role == "workflow" or problem.code not in _OF_PARAMETERS:
                    sink.add(problem)
    for module in model.modules.values():
        _check_places(model, binder, module, sink)
        _check_decorators(model, module, sink)
    _check_names(model, sink)


def _check_places(model: ProjectModel, binder: Binder, module: ModuleInfo, sink: Sink) -> None:
    """Marks must be on functions at the top level of a module, each of which is the only one of its name."""
    plain = {d.node: d for found in binder.definitions[module.name].by_name.values() for d in found}
    for node, mark_node, kind in _marked(model, module):
        definition = plain.get(node)
        span = module.span(mark_node)
        if definition is None or isinstance(node, ast.ClassDef):
            what = "a class" if isinstance(node, ast.ClassDef) else "a function that is not at module level"
            message = f"`@{kind}` on `{node.name}`, {what}"
            sink.error(codes.MISPLACED_DECORATOR, span, message, help="write instead: a function at module level")
            continue
        if definition.uncertain is not None:
            message = f"`@{kind}` on `{node.name}`, which is {definition.uncertain}"
            sink.error(codes.MISPLACED_DECORATOR, span, message, help="write instead: a function at module level")
            continue
        same = binder.definitions[module.name].by_name[node.name]
        if len(same) > 1 and same[0].node is not node:
            _report_duplicate(sink, node.name, module.span(node), module.span(same[0].node))


def _marked(
    model: ProjectModel, module: ModuleInfo
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, ast.expr, str]]:
    for node in module.index.decorated:
        for decorator in node.decorator_list:
            mark = mark_of(model, module, decorator)
            if mark is not None:
                yield node, decorator, mark.kind
                break


def _check_decorators(model: ProjectModel, module: ModuleInfo, sink: Sink) -> None:
    """Report decorators of names that nothing defines: importing the module would fail."""
    for binding in module.names.values():
        if isinstance(binding, FunctionBinding) and binding.function.module is module:
            for decorator in binding.function.node.decorator_list:
                _check_decorator(model, module, decorator, sink)


def _check_decorator(model: ProjectModel, module: ModuleInfo, decorator: ast.expr, sink: Sink) -> None:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    match resolve(model, module, named), named:
        case None, ast.Name(id=name):
            message = f"`{name}` is not defined"
        case UnsupportedBinding(reason, code=codes.UNDEFINED_NAME), ast.Name(id=name):
            message = reason
        case ExternalBinding(dotted), ast.Attribute(attr=name) if dotted == f"pysfnc.{name}" and not exported(name):
            message = f"`pysfnc` has no name `{name}`"
        case _:
            return
    near = name if name in lang.__all__ else nearest(name, lang.__all__)
    help = f"write instead: `from pysfnc import {near}`, and `@{near}`" if near else ()
    sink.error(codes.UNDEFINED_NAME, module.span(named), message, help=help)


def _check_names(model: ProjectModel, sink: Sink) -> None:
    """Names of state machines, and names given to Lambda functions, are unique."""
    workflows: dict[str, FunctionInfo] = {}
    for workflow in model.workflows():
        _check_name(workflows, workflow.workflow_options.name or workflow.qualname, workflow, sink)
    tasks: dict[str, FunctionInfo] = {}
    for module in model.modules.values():
        for binding in module.names.values():
            if isinstance(binding, FunctionBinding) and binding.function.task_options.name is not None:
                _check_name(tasks, binding.function.task_options.name, binding.function, sink)


def _check_name(seen: dict[str, FunctionInfo], name: str, function: FunctionInfo, sink: Sink) -> None:
    first = seen.setdefault(name, function)
    if first is not function:
        _report_duplicate(sink, name, function.module.span(function.node), first.module.span(first.node))


def _report_duplicate(sink: Sink, name: str, span: Span, first: Span) -> None:
    sink.error(
        codes.DUPLICATE_NAME,
        span,
        f"`{name}` is defined twice",
        label="a second one of this name",
        labels=[(first, "the first one")],
        help="write instead: a name of its own for each",
    )
