"""`try`, `raise` and what handlers know.

Owns the states in which handlers and `finally` begin: every state in which something inside may raise, joined, and for `finally` every way out.
"""

import ast
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.botocore_errors import advice_about
from pysfnc.frontend.blocks.lower_late_returns import lower_with_late_returns
from pysfnc.frontend.blocks.lower_raise import new_exception, raisable
from pysfnc.frontend.calls.lower_arguments import NO_ARGUMENTS
from pysfnc.frontend.concurrency.lower_unsettled import forget_futures
from pysfnc.frontend.core.lower_context import Context, Handling, Trial
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_in_order, lower_suite, lower_value, statement
from pysfnc.frontend.core.lower_names import owned_variable
from pysfnc.frontend.core.lower_state import Fact, State, join_states, unreachable
from pysfnc.frontend.core.lower_values import ExceptionClass, External, Static, TupleOf, Value
from pysfnc.frontend.declarations.exceptions import exception_class
from pysfnc.ir.exprs import Expr, Var
from pysfnc.ir.hir import Handler, Leave, Raise, Suite, Try
from pysfnc.ir.walk import walk_suite
from pysfnc.lean import dataclass
from pysfnc.values.relations import members
from pysfnc.values.types import ErrorT, ExcT, NoneT, Type

_EVERYTHING = frozenset({"Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class _Parts:
    body: Suite
    handlers: tuple[Handler, ...]
    orelse: Suite


@statement(ast.Try)
def lower_try(cx: Context, node: ast.Try) -> None:
    """`try`/`except`/`else`/`finally`."""
    if not node.finalbody:
        parts = _guarded(cx, node)
        cx.out.append(_made(cx, node, parts, ()))
        return
    lower_with_late_returns(cx, node, lambda: _lower_with_final(cx, node))


def _lower_with_final(cx: Context, node: ast.Try) -> None:
    with cx.flow.barrier() as barrier, cx.flow.guarded() as guard:
        parts = _guarded(cx, node)
    normal = cx.state
    pending = list(barrier.pending)
    cx.state = join_states([normal, guard.state, *(state for _, state in pending)])
    final = lower_suite(cx, node.finalbody)
    made = _made(cx, node, parts, final)
    cx.out.append(made)
    _check_results(cx, node, final)
    for key, state in pending:
        cx.flow.send(key, _behind(cx, node, state))
    cx.state = _behind(cx, node, normal)


def _check_results(cx: Context, node: ast.Try, final: Suite) -> None:
    """Report returns of a helper in a `finally` that an inner `finally` may take back: what the helper was about to return is overwritten."""
    label = function_frame(cx).exit_label
    for inner in walk_suite(final):
        if not isinstance(inner, Try) or not inner.final:
            continue
        if any(isinstance(stmt, Leave) and stmt.label == label for stmt in walk_suite((replace(inner, final=()),))):
            cx.error(
                codes.UNSUPPORTED_STATEMENT,
                node.finalbody[0],
                "a `return` in this `finally` may be taken back by the `finally` around it",
                help="write instead: a variable that is assigned, and one `return` behind the `try`",
            )
            return


def _made(cx: Context, node: ast.Try, parts: _Parts, final: Suite) -> Try:
    return Try(body=parts.body, handlers=parts.handlers, orelse=parts.orelse, final=final, span=cx.span(node).head())


def _behind(cx: Context, node: ast.Try, state: State) -> State:
    """The state behind the `finally` on one of the ways into it; the statements were lowered for all ways together."""
    if not state.reachable:
        return state
    trial = Trial(cx)
    cx.state = state.copy()
    lower_suite(cx, node.finalbody)
    found = cx.state.copy()
    trial.discard()
    return found


def _guarded(cx: Context, node: ast.Try) -> _Parts:
    """The body, handlers and `else`; the state behind them is left in `cx`."""
    before = cx.state.copy()
    with cx.flow.guarded() as guard:
        body = lower_suite(cx, node.body)
    raised = guard.state if guard.state.reachable else before
    orelse = lower_suite(cx, node.orelse)
    ends = [cx.state]
    handlers: list[Handler] = []
    for handler in node.handlers:
        cx.state = raised.copy()
        forget_futures(cx, before, body, tasks=False)
        handlers.append(_handler(cx, handler))
        forget_futures(cx, before, body, tasks=True)
        ends.append(cx.state)
    cx.state = join_states(ends)
    return _Parts(body, tuple(handlers), orelse)


def _handler(cx: Context, node: ast.ExceptHandler) -> Handler:
    classes = handled_classes(cx, node.type)
    type_ = _caught(cx, classes)
    variable = owned_variable(cx, node.name, node, "rebound") if node.name else None
    name = variable or cx.names.fresh("error")
    if variable is not None:
        cx.regions[variable] = cx.flow.region
        cx.state.put(variable, Fact(type_, assigned_at=cx.span(node).head()))
    handling = Handling(Var(name=name, type=type_, span=cx.span(node).head()))
    cx.handling.append(handling)
    try:
        with cx.flow.barrier() as barrier:
            body = lower_suite(cx, node.body)
            end = cx.state
    finally:
        cx.handling.pop()
    # The name is unbound on every way out of the handler.
    for key, state in barrier.pending:
        state.facts.pop(name, None)
        cx.flow.send(key, state)
    end.facts.pop(name, None)
    cx.state = end
    kept = name if variable is not None or handling.used else None
    return Handler(classes=classes, name=kept, body=body, bare=_is_bare(cx, node.type), span=cx.span(node).head())


def _is_bare(cx: Context, node: ast.expr | None) -> bool:
    """Whether a handler takes what is no `Exception` as well."""
    if node is None:
        return True
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    known = [exception_class(cx.project.model, cx.frame.module, part) for part in parts]
    return any(class_ is not None and class_.name == "BaseException" for class_ in known)


def handled_classes(cx: Context, node: ast.expr | None) -> tuple[str, ...] | None:
    """The classes of an `except`; None for everything. A class that is not known is reported and left out."""
    if node is None:
        return None
    nodes = list(node.elts) if isinstance(node, ast.Tuple) else [node]
    found: list[str] = []
    for part in nodes:
        with cx.capture() as own:
            value = lower_value(cx, part)
        if own:
            # Python evaluates it when an exception arrives; no state of the machine stands there.
            value = cx.error(
                codes.UNKNOWN_EXCEPTION_CLASS,
                part,
                "the classes of an `except` are computed with code of its own",
                help="write instead: the classes, written out",
            )
        values: tuple[Value, ...] = value.items if isinstance(value, TupleOf) else (value,)
        for one in values:
            if isinstance(one, ExceptionClass):
                found.append(one.name)
            elif not is_poison(one):
                about = advice_about(one.name) if isinstance(one, External) else None
                message, help = about or (
                    "this is no known exception class",
                    "write instead: classes of the project or of Python, written out",
                )
                cx.error(codes.UNKNOWN_EXCEPTION_CLASS, part, message, help=help)
    cx.check_ambiguous(found, node)
    return None if _EVERYTHING & set(found) else tuple(dict.fromkeys(found))


def _caught(cx: Context, classes: tuple[str, ...] | None) -> Type:
    if classes is None:
        return ExcT(None)
    return ExcT(frozenset(name for class_ in classes for name in cx.project.exceptions.descendants(class_)))


@statement(ast.Raise)
def lower_raise(cx: Context, node: ast.Raise) -> None:
    """`raise`, `raise exc`, `raise exc from cause`. The cause is evaluated and has no other meaning in the machine."""
    if node.exc is None:
        _raise_again(cx, node)
        return
    exc_node, cause_node = node.exc, node.cause
    steps = [lambda: raisable(cx, exc_node)]
    if cause_node is not None:
        steps.append(lambda: _cause(cx, cause_node))
    exc = lower_in_order(cx, steps)[0]
    cx.emit(Raise(exc=as_data(cx, exc, node), span=cx.span(node)))
    cx.state = unreachable()


def _cause(cx: Context, node: ast.expr) -> Expr:
    value = lower_value(cx, node)
    if isinstance(value, ExceptionClass):
        return as_data(cx, new_exception(cx, value, NO_ARGUMENTS, node), node)
    if not isinstance(value, Static) and all(isinstance(one, ExcT | NoneT | ErrorT) for one in members(value.type)):
        return value
    return cx.error(codes.TYPE_MISMATCH, node, "the cause of an exception must be an exception or None")


def _raise_again(cx: Context, node: ast.Raise) -> None:
    if not cx.handling:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            node,
            "there is no exception to raise again here",
            help="write instead: `raise` with an exception",
        )
        cx.state = unreachable()
        return
    handling = cx.handling[-1]
    handling.used = True
    cx.emit(Raise(exc=handling.exception, span=cx.span(node)))
    cx.state = unreachable()
