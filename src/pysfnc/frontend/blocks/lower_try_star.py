"""`except*`: handlers that each take their part of an exception group.

Owns the splitting of the exception, and what is raised behind the handlers: the rest that nobody took, together with what the handlers raised.
"""

import ast
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.blocks.lower_try import handled_classes
from pysfnc.frontend.concurrency.lower_unsettled import forget_futures
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import lower_stmt, lower_suite, statement
from pysfnc.frontend.core.lower_flow import Guard
from pysfnc.frontend.core.lower_names import owned_variable
from pysfnc.frontend.core.lower_state import Fact, State, join_states
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Handler, If, Raise, Stmt, Suite, Try
from pysfnc.ir.outcomes import GROUP, exception_group
from pysfnc.ir.walk import has_effect, suite_exprs, walk_suite
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, INT, NONE, STR, ExcT, ListT

_ANY = ExcT(None)
_GROUP = ExcT(frozenset({GROUP}))


@statement(ast.TryStar)
def lower_try_star(cx: Context, node: ast.TryStar) -> None:
    """`try: ... except* C as eg: ... else: ... finally: ...`."""
    if node.finalbody:
        # The parts before `finally` are a statement of their own.
        inner = ast.copy_location(ast.TryStar(node.body, node.handlers, node.orelse, []), node)
        outer = ast.copy_location(ast.Try([inner], [], [], node.finalbody), node)
        lower_stmt(cx, outer)
        return
    before = cx.state.copy()
    with cx.flow.guarded() as guard:
        body = lower_suite(cx, node.body)
    orelse = lower_suite(cx, node.orelse)
    normal = cx.state
    caught = Var(name=cx.names.fresh("caught"), type=_ANY, span=cx.span(node).head())
    cx.state = _raised(guard, before)
    with cx.capture() as handling:
        _handle(cx, node, caught)
    forget_futures(cx, before, body, tasks=True)
    handler = Handler(classes=None, name=caught.name, body=tuple(handling), span=caught.span)
    cx.out.append(Try(body=body, handlers=(handler,), orelse=orelse, final=(), span=cx.span(node).head()))
    cx.state = join_states([normal, cx.state])


def _raised(guard: Guard, before: State) -> State:
    return guard.state.copy() if guard.state.reachable else before


def _handle(cx: Context, node: ast.TryStar, caught: Var) -> None:
    """Each handler takes its part; what is left, and what they raise, is raised."""
    span = caught.span
    rest = Var(name=cx.names.fresh("rest"), type=join(_ANY, NONE), span=span)
    raised = Var(name=cx.names.fresh("raised"), type=ListT(_ANY), span=span)
    cx.out.append(Assign(name=rest.name, value=caught))
    cx.out.append(Assign(name=raised.name, value=lib.make_list(cx, [], node)))
    states = [cx.state.copy()]
    raises = False
    for handler in node.handlers:
        raises |= _clause(cx, handler, rest, raised, states)
    cx.state = join_states(states)
    absent = Prim(op="exc.is_absent", args=(rest,), type=BOOL)
    if not raises:
        cx.out.append(If(test=absent, then=(), orelse=(Raise(exc=replace(rest, type=_ANY), span=span),)))
        cx.flow.may_raise_here()
        return
    left = Cond(test=absent, then=lib.make_list(cx, [], node), orelse=lib.make_list(cx, [rest], node), type=ListT(_ANY))
    every = Var(name=cx.names.fresh("raised"), type=ListT(_ANY), span=span)
    cx.out.append(Assign(name=every.name, value=Prim(op="list.concat", args=(raised, left), type=ListT(_ANY))))
    empty = Const(value="", type=STR)
    cx.out += [
        If(test=_longer(every, 1), then=(Raise(exc=exception_group(empty, every), span=span),), orelse=()),
        If(test=_longer(every, 0), then=(Raise(exc=_item(every, 0), span=span),), orelse=()),
    ]
    cx.flow.may_raise_here()


def _longer(items: Expr, than: int) -> Expr:
    return Prim(op="loop.more", args=(items, Const(value=than, type=INT)), type=BOOL)


def _item(items: Expr, index: int) -> Expr:
    return Prim(op="loop.item", args=(items, Const(value=index, type=INT)), type=_ANY)


def _clause(cx: Context, node: ast.ExceptHandler, rest: Var, raised: Var, states: list[State]) -> bool:
    """One `except*`; whether it may raise."""
    assert node.type is not None
    classes = handled_classes(cx, node.type)
    if classes is not None and GROUP in classes:
        cx.error(
            codes.UNKNOWN_EXCEPTION_CLASS,
            node.type,
            "`except*` with `ExceptionGroup` always raises TypeError",
            help="write instead: `except ExceptionGroup`",
        )
    _refuse_raising_again(cx, node)
    names = () if classes is None else _names(cx, classes)
    part = Var(name=cx.names.fresh("part"), type=join(_ANY, NONE), span=cx.span(node).head())
    cx.out.append(Assign(name=part.name, value=_matching(rest, True, names)))
    variable = owned_variable(cx, node.name, node, "rebound") if node.name else None
    cx.state = states[-1].copy() if not cx.state.reachable else cx.state
    start = cx.state.copy()
    with cx.capture() as own:
        own.append(Assign(name=rest.name, value=_matching(rest, False, names)))
        if variable is not None:
            cx.regions[variable] = cx.flow.region
            cx.state.put(variable, Fact(_GROUP, assigned_at=cx.span(node).head()))
            own.append(Assign(name=variable, value=_as_group(part), span=cx.span(node).head()))
        with cx.flow.guarded() as guard:
            body = lower_suite(cx, node.body)
        fails = _may_raise(body)
        own.extend(_caught_again(cx, body, raised) if fails else body)
    ends = [cx.state, *([guard.state] if fails else [])]
    for state in ends:
        if variable is not None:
            state.facts.pop(variable, None)
    cx.out.append(If(test=Prim(op="exc.is_absent", args=(part,), type=BOOL), then=(), orelse=tuple(own)))
    cx.state = join_states([start, *ends])
    states[:] = [cx.state.copy()]
    return fails


def _caught_again(cx: Context, body: Suite, raised: Var) -> list[Stmt]:
    """What a handler raises waits until all handlers have run."""
    error = Var(name=cx.names.fresh("error"), type=_ANY)
    one = Prim(op="list.make", args=(error,), type=ListT(_ANY))
    kept = Assign(name=raised.name, value=Prim(op="list.concat", args=(raised, one), type=ListT(_ANY)))
    handler = Handler(classes=None, name=error.name, body=(kept,))
    return [Try(body=body, handlers=(handler,), orelse=(), final=())]


def _may_raise(body: Suite) -> bool:
    fails = has_effect(body) or any(isinstance(stmt, Raise) for stmt in walk_suite(body))
    return fails or any(map(can_raise, suite_exprs(body)))


def _names(cx: Context, classes: tuple[str, ...]) -> tuple[str, ...]:
    found = (name for class_ in classes for name in cx.project.exceptions.descendants(class_))
    return tuple(dict.fromkeys(found))


def _matching(value: Expr, wanted: bool, names: tuple[str, ...]) -> Expr:
    """The part of an exception whose leaves are (are not) of the classes, None for nothing; without names every leaf is."""
    given = (Const(value=name, type=STR) for name in names)
    args = (value, Const(value=wanted, type=BOOL), *given)
    return Prim(op="group.matching", args=args, type=join(_ANY, NONE))


def _as_group(part: Var) -> Expr:
    """What the name of the handler holds: an exception that is no group is wrapped into one."""
    one = Prim(op="list.make", args=(part,), type=ListT(_ANY))
    test = Prim(op="exc.is_one", args=(part, Const(value=GROUP, type=STR)), type=BOOL)
    wrapped = exception_group(Const(value="", type=STR), one)
    return Cond(test=test, then=part, orelse=wrapped, type=_GROUP)


def _refuse_raising_again(cx: Context, node: ast.ExceptHandler) -> None:
    """Python merges what is raised again with the rest of the group."""
    for part in ast.walk(node):
        again = isinstance(part, ast.Raise) and (
            part.exc is None or (isinstance(part.exc, ast.Name) and part.exc.id == node.name)
        )
        if again:
            cx.error(
                codes.UNSUPPORTED_STATEMENT,
                part,
                "the group is raised again in `except*`, which has no compiled form",
                help="write instead: `except ExceptionGroup`, or another exception",
            )
