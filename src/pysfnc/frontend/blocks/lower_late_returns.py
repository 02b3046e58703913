"""Returns that a `finally` may add to: `return log`, where the `finally` does `log.append(...)`.

The caller gets the list itself, with what the `finally` did to it. In the machine a value that waits for a `finally` is a copy, so such a `return`
reads its variables behind the `finally`, which nothing binds anew. What else it consists of is evaluated where it stands.

    before                                  after
    try:                                    block behind:
        return {"n": f(1), "log": log}        block late:
    finally:                                    try:
        log.append("end")                         part = f(1); leave late
                                                finally:
                                                  log.append("end")
                                                leave behind
                                              return {"n": part, "log": log}
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import lower_body
from pysfnc.frontend.core.lower_frame import Frame, LateReturn, hidden_variable, lookup_frame
from pysfnc.frontend.core.lower_state import join_states
from pysfnc.frontend.program.changes import READING_BUILTINS
from pysfnc.frontend.program.scope import DEFINITIONS, bound_names
from pysfnc.ir.hir import Block, Leave


def lower_with_late_returns(cx: Context, node: ast.Try, lower: Callable[[], None]) -> None:
    """Lower a `try` with a `finally` by `lower`, and behind it the returns inside it that have to wait."""
    _lower(cx, tuple(_late_returns(cx, node)), lower)


def _lower(cx: Context, late: Sequence[LateReturn], lower: Callable[[], None]) -> None:
    if not late:
        lower()
        return
    *others, last = late
    behind = cx.names.fresh("behind")
    with cx.flow.landing(behind) as end, cx.capture() as suite:
        with cx.flow.landing(last.label) as place, cx.capture() as inner:
            with _waiting(function_frame(cx), last):
                _lower(cx, others, lower)
            _leave(cx, behind)
        cx.out.append(Block(label=last.label, body=tuple(inner)))
        cx.state = join_states(place.states)
        lower_body(cx, [last.rest])
    cx.out.append(Block(label=behind, body=tuple(suite)))
    cx.state = join_states(end.states)


def _leave(cx: Context, label: str) -> None:
    if cx.state.reachable:
        cx.emit(Leave(label=label))
        cx.flow.jump(label)


@contextmanager
def _waiting(frame: Frame, late: LateReturn) -> Iterator[None]:
    frame.late[late.node] = late
    try:
        yield
    finally:
        del frame.late[late.node]


def _late_returns(cx: Context, node: ast.Try) -> Iterator[LateReturn]:
    """The returns inside a `try` that read a variable which its `finally` may change in place."""
    frame = function_frame(cx)
    if any(isinstance(part, ast.Return) for stmt in node.finalbody for part in ast.walk(stmt)):
        return
    returns = [part for part in _returns([*node.body, *node.handlers, *node.orelse]) if part not in frame.late]
    bound = _bound_on_the_way(node)
    fixed = frozenset(name for part in returns for name in _names(part.value) if _is_fixed(frame, name)) - bound
    changed = fixed & frozenset(_handed_on(node.finalbody))
    for part in returns:
        if part.value is None or changed.isdisjoint(_names(part.value)):
            continue
        late = LateReturn(part, part, cx.names.fresh("late"))
        value = _divided(cx, part.value, fixed, late)
        late.rest = ast.copy_location(ast.Return(value=value), part)
        yield late


def _returns(body: Sequence[ast.AST]) -> Iterator[ast.Return]:
    """The returns of the function itself among statements."""
    for part in body:
        if isinstance(part, ast.Return):
            yield part
        elif isinstance(part, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(part, DEFINITIONS):
            yield from _returns(list(ast.iter_child_nodes(part)))


def _handed_on(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Names of what statements may change in place: what stands before a dot or bracket, and what a call gets."""
    for stmt in body:
        for part in ast.walk(stmt):
            match part:
                case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)):
                    yield name
                case ast.Call(func=ast.Name(id=function)) if function in READING_BUILTINS:
                    pass
                case ast.Call(args=args, keywords=keywords):
                    given = [*args, *(keyword.value for keyword in keywords)]
                    yield from (arg.id for arg in given if isinstance(arg, ast.Name))


def _bound_on_the_way(node: ast.Try) -> frozenset[str]:
    """Names that may hold something else behind the `finally`: those of handlers, and what this or an inner `finally` binds."""
    inner = [part for part in ast.walk(node) if isinstance(part, ast.Try | ast.TryStar)]
    finals = [stmt for part in inner for stmt in part.finalbody]
    return frozenset(bound_names(finals)) | {
        part.name for part in ast.walk(node) if isinstance(part, ast.ExceptHandler) and part.name is not None
    }


def _is_fixed(frame: Frame, name: str) -> bool:
    """Whether a name is a variable that no function inside of its own binds."""
    owner = lookup_frame(frame, name)
    return owner is not None and name not in owner.scope.rebound_inside


def _names(value: ast.expr | None) -> Iterator[str]:
    """Variables that a display holds as they are, or attributes of them."""
    match value:
        case ast.Name() | ast.Attribute() if (name := _root(value)) is not None:
            yield name
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Dict(values=parts):
            for part in parts:
                yield from _names(part)


def _root(value: ast.expr) -> str | None:
    """`a` of `a.b.c`."""
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else None


def _is_settled(cx: Context, value: ast.expr) -> bool:
    """Whether all attributes in `a.b.c` hold the same objects from `__init__` on: nothing in the project assigns or defines such a name elsewhere."""
    names = {part.attr for part in ast.walk(value) if isinstance(part, ast.Attribute)}
    return not names or all(names.isdisjoint(_moving(module.tree)) for module in cx.project.model.modules.values())


def _moving(tree: ast.AST) -> Iterator[str]:
    """Names of attributes that are assigned outside of `__init__`, and of methods."""
    for part in ast.iter_child_nodes(tree):
        if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load):
            yield part.attr
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            yield part.name
        if not isinstance(part, ast.FunctionDef) or part.name != "__init__":
            yield from _moving(part)


def _divided(cx: Context, value: ast.expr, fixed: frozenset[str], late: LateReturn) -> ast.expr:
    """The value with its fixed variables, and new ones for all else."""
    match value:
        case ast.Constant():
            return value
        case ast.Name() | ast.Attribute() if _root(value) in fixed and _is_settled(cx, value):
            return value
        case ast.List(elts=parts) | ast.Tuple(elts=parts) if not any(isinstance(part, ast.Starred) for part in parts):
            made = [_divided(cx, part, fixed, late) for part in parts]
            return ast.copy_location(type(value)(elts=made, ctx=ast.Load()), value)
        case ast.Dict(keys=keys, values=parts) if all(isinstance(key, ast.Constant) for key in keys):
            made = [_divided(cx, part, fixed, late) for part in parts]
            return ast.copy_location(ast.Dict(keys=keys, values=made), value)
        case _:
            name = hidden_variable(function_frame(cx), "part", cx.names)
            target = ast.copy_location(ast.Name(id=name, ctx=ast.Store()), value)
            late.parts.append(ast.copy_location(ast.Assign(targets=[target], value=value), value))
            return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), value)
