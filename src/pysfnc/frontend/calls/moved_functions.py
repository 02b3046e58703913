"""Helpers that the alias check refuses, which run in Lambda then: every object is what it is in Python there.

The check comes after the lowering, so the program is lowered again with the functions known (`Project.unfit`). A function is moved if nobody can
tell: it calls nothing, and JSON gives back what it gives. Owns the way from what was refused to the functions to move, and these conditions.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from pysfnc.diagnostics import Diagnostic
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_shared import shared_of
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.program.model import (
    ClassBinding,
    ClassInfo,
    FunctionBinding,
    FunctionInfo,
    ModuleInfo,
    ProjectModel,
)
from pysfnc.frontend.program.names import resolve
from pysfnc.ir.hir import Beside, Perform, Stmt, TaskCall
from pysfnc.ir.walk import suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.source.span import Span
from pysfnc.values.relations import is_mutable
from pysfnc.values.types import (
    BoolT,
    DictT,
    FloatT,
    IntT,
    JsonT,
    LazyDictT,
    ListT,
    NeverT,
    NoneT,
    StrT,
    TupleT,
    Type,
    UnionT,
)

_Owner = FunctionInfo | ClassInfo


def unfit_functions(
    model: ProjectModel, refused: Iterable[Diagnostic]
) -> Mapping[FunctionInfo, tuple[Diagnostic, ...]]:
    """The plain functions in which something was refused, with that; for a method those that name its class, directly or by way of others."""
    found: dict[FunctionInfo, tuple[Diagnostic, ...]] = {}
    for diagnostic in refused:
        for info in _nearest(model, diagnostic.span):
            found[info] = (*found.get(info, ()), diagnostic)
    return found


def _nearest(model: ProjectModel, span: Span | None) -> Iterator[FunctionInfo]:
    owners = list(_owners(model))
    todo: list[_Owner] = [owner for owner in owners if span is not None and _holds(owner, span)]
    seen = set(todo)
    while todo:
        owner = todo.pop()
        if isinstance(owner, FunctionInfo) and owner.role == "plain" and not owner.cached:
            yield owner
            continue
        if isinstance(owner, FunctionInfo) and owner.role in ("workflow", "task"):
            continue
        around = [other for other in owners if other not in seen and owner in _named(model, other)]
        seen.update(around)
        todo += around


def _owners(model: ProjectModel) -> Iterator[_Owner]:
    for module in model.modules.values():
        for binding in module.names.values():
            if isinstance(binding, FunctionBinding) and binding.function.module is module:
                yield binding.function
            elif isinstance(binding, ClassBinding) and binding.info.module is module:
                yield binding.info


def _holds(owner: _Owner, span: Span) -> bool:
    whole = owner.module.span(owner.node)
    return whole.file.path == span.file.path and whole.line <= span.line <= whole.end_line


def _named(model: ProjectModel, owner: _Owner) -> set[_Owner]:
    """The functions and classes of the project that the text of a function or class names."""
    return set(_meanings(model, owner.module, owner.node))


def _meanings(model: ProjectModel, module: ModuleInfo, tree: ast.AST) -> Iterator[_Owner]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name | ast.Attribute):
            continue
        match resolve(model, module, node):
            case FunctionBinding(function):
                yield function
            case ClassBinding(info):
                yield info
            case _:
                pass


def obstacle_to_move(cx: Context, out: Sequence[Stmt], result: Value) -> str | None:
    """Why a function that compiled to these statements must not be moved to Lambda, None if it may.

    The object of a module constant is another one there, and lives longer than the run.
    """
    helpers = {name for name, task in cx.project.tasks.items() if task.copies is not None}
    suite = tuple(out)
    if any(isinstance(stmt, Perform | Beside) and not _is_call_of(stmt, helpers) for stmt in walk_suite(suite)):
        return "it calls something, or waits"
    if isinstance(result, Static):
        return "it gives a function, or something else that is no data"
    parts = (part for expr in (*suite_exprs(suite), result) for part in walk_expr(expr))
    shared = [cx.constants[part.span] for part in parts if part.span in cx.constants and _has_mutable_parts(part.type)]
    found = shared_of(cx, result)
    if found is not None or shared:
        return f"it may change or give the object of the module constant `{shared[0] if found is None else found.name}`"
    return None


def _has_mutable_parts(type_: Type) -> bool:
    match type_:
        case ListT(inner) | DictT(inner):
            return is_mutable(inner) or _has_mutable_parts(inner)
        case _:
            return is_mutable(type_)


def _is_call_of(stmt: Perform | Beside, helpers: Set[str]) -> bool:
    return isinstance(stmt, Perform) and isinstance(stmt.effect, TaskCall) and stmt.effect.task in helpers


def is_plain(type_: Type) -> bool:
    """Whether values of a type are in the machine what they are on the wire, so that the type tells all that JSON does not."""
    match type_:
        case NoneT() | BoolT() | IntT() | FloatT() | StrT() | JsonT() | NeverT():
            return True
        case LazyDictT():
            return False
        case ListT(inner) | DictT(inner):
            return is_plain(inner)
        case TupleT(items):
            return all(map(is_plain, items))
        case UnionT(found):
            return all(map(is_plain, found))
        case _:
            return False
