"""Checks of a whole program's marks: that they stand where they work, and that names are unique.

Reports at once what is wrong whether or not it is used: the workflows of the entry file, the decorators of every function of the entry
file, marks in places where they have no effect.
"""

import ast
from collections.abc import Iterator
from typing import Final

from pysfnc.diagnostics import Sink, codes
from pysfnc.frontend.bindings import Binder
from pysfnc.frontend.decorators import mark_of
from pysfnc.frontend.model import FunctionBinding, FunctionInfo, ModuleInfo, ProjectModel
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
    _check_workflow_names(model, sink)


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


def _check_workflow_names(model: ProjectModel, sink: Sink) -> None:
    seen: dict[str, FunctionInfo] = {}
    for workflow in model.workflows():
        name = workflow.workflow_options.name or workflow.qualname
        first = seen.setdefault(name, workflow)
        if first is not workflow:
            _report_duplicate(sink, name, workflow.module.span(workflow.node), first.module.span(first.node))


def _report_duplicate(sink: Sink, name: str, span: Span, first: Span) -> None:
    sink.error(
        codes.DUPLICATE_NAME,
        span,
        f"`{name}` is defined twice",
        label="a second one of this name",
        labels=[(first, "the first one")],
        help="write instead: a name of its own for each",
    )
