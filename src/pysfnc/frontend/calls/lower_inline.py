"""Compiled functions: their bodies are written where they are called.

Owns the binding of arguments to variables, `return` as a jump behind the body, recursion, and the folding of simple bodies to expressions.
"""

import ast
import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.held_resources import want_held
from pysfnc.frontend.calls.joined_choices import FUNCTIONS
from pysfnc.frontend.calls.lower_arguments import Arguments, bind, signature_of
from pysfnc.frontend.calls.lower_recursion import Bind, CallsItself, call_again, call_recursive, running
from pysfnc.frontend.calls.lower_tail import as_expression, leaves, without_leave
from pysfnc.frontend.concurrency.lower_groups import close_here
from pysfnc.frontend.core.kept_values import may_be_rebound
from pysfnc.frontend.core.lower_annotation import believe
from pysfnc.frontend.core.lower_context import Context, Trial, nothing, poison
from pysfnc.frontend.core.lower_control import leave_function
from pysfnc.frontend.core.lower_core import lower_body, lower_value, present
from pysfnc.frontend.core.lower_frame import Frame, variable_of
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import Fact, held_variables, join_states
from pysfnc.frontend.core.lower_values import Choice, Closure, Static, Value
from pysfnc.frontend.core.lower_views import viewed
from pysfnc.frontend.core.unset import begin_unset
from pysfnc.frontend.declarations.doubts import doubts
from pysfnc.frontend.declarations.records import Record
from pysfnc.frontend.loops.lower_iterate import Receive
from pysfnc.frontend.program.model import ClassInfo, FunctionInfo, ModuleInfo
from pysfnc.frontend.program.scope import FunctionNode, Scope, all_arguments
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Assign, Block, Stmt, Suite
from pysfnc.ir.walk import assigned
from pysfnc.values.relations import is_mutable, join_all, kinds
from pysfnc.values.types import INT, NONE, Kind, Type

MAX_INLINED = 40
"""Nesting of functions written in place."""
MAX_WRITTEN = 5_000
"""Bodies written in place while one program is lowered, attempts that were given up included."""


def call_closure(cx: Context, closure: Closure, given: Arguments, call: ast.AST) -> Value:
    """Call a nested function or lambda: it sees the variables of the function it was made in as they are now."""
    return write_in_place(
        cx,
        closure.node,
        given,
        call,
        module=closure.frame.module,
        parent=closure.frame,
        title=closure.name,
        defaults=dict(closure.defaults),
    )


def call_function(cx: Context, info: FunctionInfo, given: Arguments, call: ast.AST) -> Value:
    """Call a function at the top of a module by writing its body here."""
    return write_in_place(
        cx, info.node, given, call, module=info.module, parent=None, title=info.qualname, defaults=None
    )


def write_in_place(
    cx: Context,
    node: FunctionNode,
    given: Arguments,
    call: ast.AST,
    *,
    module: ModuleInfo,
    parent: Frame | None,
    title: str,
    defaults: Mapping[str, Value] | None,
    owner: tuple[Record, ClassInfo] | None = None,
    receive: Receive | None = None,
) -> Value:
    """The result of a call whose body is written here; a function that calls itself becomes one of the machine.

    `receive`: it is a generator, and lowers what is done with each item at its `yield`.
    """

    def bound(frame: Frame) -> dict[str, Value] | None:
        return _bound(cx, frame, node, given, call, title, defaults)

    if receive is not None:
        return _written(cx, node, given, call, module, parent, title, bound, owner, receive)
    if isinstance(node, ast.FunctionDef) and cx.project.scope(node).is_generator:
        from pysfnc.frontend.loops.lower_generators import call_generator

        def write(made: ast.FunctionDef, values: Arguments, receiver: Receive | None) -> Value:
            return write_in_place(
                cx,
                made,
                values,
                call,
                module=module,
                parent=parent,
                title=title,
                defaults=defaults,
                owner=owner,
                receive=receiver,
            )

        return call_generator(cx, node, title, given, call, write, is_closure=parent is not None)

    def recursive() -> Value:
        return call_recursive(
            cx, node, given, call, module=module, parent=parent, title=title, bound=bound, owner=owner
        )

    again = running(cx, node, parent, owner)
    if again is not None:
        return call_again(cx, again, given, call, bound)
    if node in cx.tried:
        raise CallsItself(node)
    if node in cx.project.recursive:
        return recursive()
    if node in cx.active or not cx.project.may_recurse(node):
        return _written(cx, node, given, call, module, parent, title, bound, owner)
    trial, handling = Trial(cx), len(cx.handling)
    cx.tried.append(node)
    try:
        result = _written(cx, node, given, call, module, parent, title, bound, owner)
    except CallsItself as found:
        if found.node is not node:
            raise
        trial.discard()
        del cx.handling[handling:]
        cx.project.recursive.add(node)
    else:
        trial.accept()
        return result
    finally:
        cx.tried.remove(node)
    return recursive()


def _written(
    cx: Context,
    node: FunctionNode,
    given: Arguments,
    call: ast.AST,
    module: ModuleInfo,
    parent: Frame | None,
    title: str,
    bound: Bind,
    owner: tuple[Record, ClassInfo] | None = None,
    receive: Receive | None = None,
) -> Value:
    scope = cx.project.scope(node)
    if _refused(cx, node, scope, title, call, is_used=receive is not None):
        return poison(cx.span(call))
    frame = Frame(
        scope=scope,
        module=module,
        region=cx.flow.region,
        kind="function",
        parent=parent,
        title=title,
        node=node,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        owner=owner,
        exit_label=cx.names.fresh("return"),
        result=cx.names.fresh("result"),
        receive=receive,
        consumer=None if receive is None else cx.frame,
    )
    protected = _rebound_from_inside(cx)
    # The suite of the body, its arguments included, stays together, so that it can become one expression.
    with cx.capture() as own:
        values = bound(frame)
        if values is None:
            return poison(cx.span(call))
        again = {value.name: may_be_rebound(cx, value.name) for value in values.values() if isinstance(value, Var)}
        with cx.in_frame(frame):
            for name, value in values.items():
                _bind_parameter(cx, frame, name, value, protected, again, call)
            begin_unset(cx, frame)
        result = _lower_body(cx, frame, node, call)
    return _fold(cx, frame, own, result)


def _bound(
    cx: Context,
    frame: Frame,
    node: FunctionNode,
    given: Arguments,
    call: ast.AST,
    title: str,
    defaults: Mapping[str, Value] | None,
) -> dict[str, Value] | None:
    """The values of the parameters, defaults filled in, with what their annotations tell; None after a message."""
    values = bind(cx, signature_of(node, title), given, call)
    if values is None:
        return None
    with cx.in_frame(frame):
        _bind_defaults(cx, frame, node, values, defaults, frame.module)
        annotations = {arg.arg: arg.annotation for arg in all_arguments(node.args)}
        for name, value in list(values.items()):
            annotation = annotations[name]
            if annotation is None or isinstance(value, Static) or _is_gathered(node, name):
                continue
            believed = node in cx.project.believed
            if believed or not doubts(cx.project.model, frame.module, node, name):
                values[name] = believe(cx, value, annotation, name, annotation, of_ints=believed)
    return values


def _refused(
    cx: Context, node: FunctionNode, scope: Scope, title: str, call: ast.AST, *, is_used: bool = False
) -> bool:
    if node in cx.active:
        cx.error(
            codes.RECURSION,
            call,
            f"`{title}` calls itself, directly or through others",
            help="write instead: a loop with a list of what is left to do, or mark the function `@task`",
        )
        return True
    if scope.is_generator and not is_used:
        cx.error(
            codes.UNSUPPORTED_GENERATOR,
            call,
            f"`{title}` is a generator",
            help="write instead: a function that returns a list",
        )
        return True
    if len(cx.active) >= MAX_INLINED:
        cx.error(codes.NESTING_TOO_DEEP, call, f"calls of compiled functions are nested more than {MAX_INLINED} deep")
        return True
    cx.journal.written += 1
    if cx.journal.written > MAX_WRITTEN:
        cx.error(
            codes.DEFINITION_TOO_LARGE,
            call,
            f"functions that become part of the machine are written in place more than {MAX_WRITTEN} times",
            help="write instead: `@task` in front of a function that calls many others",
        )
        return True
    return False


def _is_gathered(node: FunctionNode, name: str) -> bool:
    """Whether a parameter is `*args` or `**kwargs`, whose annotation is that of the items."""
    return any(arg is not None and arg.arg == name for arg in (node.args.vararg, node.args.kwarg))


def _bind_defaults(
    cx: Context,
    frame: Frame,
    node: FunctionNode,
    values: dict[str, Value],
    defaults: Mapping[str, Value] | None,
    module: ModuleInfo,
) -> None:
    """Fill in the parameters that are not given. A default is one object for all calls, as Python makes it once."""
    args = node.args
    positional = [*args.posonlyargs, *args.args]
    pairs = [*zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)]
    pairs += [
        (arg, default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is not None
    ]
    outside = Frame(scope=Scope(bound=frozenset()), module=module, region=cx.flow.region, kind="module")
    for arg, default in pairs:
        if arg.arg in values:
            continue
        if defaults is not None and arg.arg in defaults:
            values[arg.arg] = defaults[arg.arg]
            continue
        with cx.in_frame(outside):
            value = lower_value(cx, default)
            if not isinstance(value, Static):
                span = cx.span(default)
                value = replace(value, span=span)
                if is_mutable(value.type):
                    cx.constants[span] = arg.arg
        values[arg.arg] = value


def _bind_parameter(
    cx: Context,
    frame: Frame,
    name: str,
    value: Value,
    protected: frozenset[str],
    again: Mapping[str, bool],
    call: ast.AST,
) -> None:
    """Bind a parameter. One that is never rebound stands for the variable it is given, so that changes reach it.

    `again`: whether the variables that are given may be bound again by those who gave them.
    """
    if isinstance(value, Static):
        variable = variable_of(frame, name, cx.names)
        cx.state.put(variable, Fact(NONE, static=value))
        return
    data: Expr = value
    if (
        isinstance(data, Var)
        and not _is_rebound(frame, name, data.type)
        and data.name not in protected
        and not (again[data.name] and name in _kept_inside(frame.node))
    ):
        frame.names[name] = data.name
        frame.borrowed[data.name] = again[data.name]
        if data.name not in cx.state.facts:
            cx.state.facts[data.name] = Fact(data.type, is_temporary=True)
            cx.regions.setdefault(data.name, cx.flow.region)
        return
    data, view = viewed(cx, present(cx, data))
    bind_variable(cx, variable_of(frame, name, cx.names), data, cx.span(call), view=view)


def _is_rebound(frame: Frame, name: str, type_: Type) -> bool:
    """Whether a parameter may hold another object some time; augmented assignment of a list or dict leaves the same one."""
    scope, found = frame.scope, kinds(type_)
    is_same = (name in scope.extended_params and found == {Kind.LIST}) or (
        name in scope.merged_params and found == {Kind.DICT}
    )
    return name in scope.rebound_params and not is_same


def _lower_body(cx: Context, frame: Frame, node: FunctionNode, call: ast.AST) -> Value:
    active, cx.active = cx.active, (*cx.active, node)
    depth, cx.depth = cx.depth, 0
    assert frame.exit_label is not None and frame.result is not None
    try:
        with cx.in_frame(frame):
            if isinstance(node, ast.Lambda):
                return lower_value(cx, node.body)
            with cx.flow.landing(frame.exit_label) as exits:
                lower_body(cx, node.body)
                close_here(cx, at_end=True)
                if cx.state.reachable:
                    leave_function(cx, Const(value=None, type=NONE, span=cx.span(node)), node)
            cx.state = join_states(exits.states)
    finally:
        cx.active, cx.depth = active, depth
    span = cx.span(call)
    static = [value for value in frame.returned if isinstance(value, Static)]
    if len(static) > 1 and len(static) == len(frame.returned) and all(isinstance(value, FUNCTIONS) for value in static):
        if any(value != static[0] for value in static):
            return Choice(Var(name=frame.result, type=INT, span=span), tuple(static))
        return static[0]
    if static and (len(static) < len(frame.returned) or any(value != static[0] for value in static)):
        if want_held(cx, *static):
            return poison(cx.span(call))
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            call,
            f"`{frame.title}` returns different functions or other things that are no data",
            help="write instead: a function that makes the call itself",
        )
    if static:
        return static[0]
    if not frame.result_types:
        return nothing(span)
    # Nobody reads the variables of the body behind it.
    outer = _outer_names(cx, frame)
    for name in frame.names.values():
        if name not in outer:
            cx.state.facts.pop(name, None)
    fact = cx.state.facts.get(frame.result)
    if fact is not None and fact.view is None:
        # Whoever calls may know more of what it is.
        cx.state.facts.pop(frame.result)
    return Var(name=frame.result, type=join_all(frame.result_types), span=span)


def _fold(cx: Context, frame: Frame, own: Sequence[Stmt], result: Value) -> Value:
    """Emit the body, or make one expression of it when it only computes."""
    assert frame.exit_label is not None and frame.result is not None
    suite = tuple(own)
    if frame.receive is None and not isinstance(result, Static) and suite and cx.state.reachable:
        whole: Suite = suite
        if isinstance(frame.node, ast.Lambda):
            whole = (*suite, Assign(name=frame.result, value=result))
        outer = _outer_names(cx, frame) | held_variables(cx.state.facts, assigned(whole))
        folded = as_expression(whole, frame.exit_label, frame.result, outer)
        if folded is not None:
            return folded
    suite = without_leave(suite, frame.exit_label)
    last = suite[-1] if suite else None
    is_data = not isinstance(result, Static)
    if is_data and isinstance(last, Assign) and last.name == frame.result and not leaves(suite, frame.exit_label):
        cx.out.extend(suite[:-1])
        if isinstance(last.value, Var) and last.value.name not in cx.state.facts and frame.result in cx.state.facts:
            # The name of the result within the body is the only one left: what is changed through it stands where the result does.
            cx.state.put(last.value.name, cx.state.facts[frame.result])
        return last.value
    if leaves(suite, frame.exit_label):
        cx.out.append(Block(label=frame.exit_label, body=suite))
    else:
        cx.out.extend(suite)
    return result


def _outer_names(cx: Context, frame: Frame) -> frozenset[str]:
    """The variables of the functions around, and those that parameters stand for, which a folded body must not assign."""
    found = set(frame.borrowed)
    for start in (cx.frame, frame.parent):
        current = start
        while current is not None:
            found.update(current.names.values())
            current = current.parent
    return frozenset(found)


@functools.lru_cache(maxsize=1024)
def _kept_inside(node: FunctionNode) -> frozenset[str]:
    """The names that functions inside of a function read, and generators that it returns or names: these may read them after its end."""
    inner = [part for part in ast.walk(node) if part is not node and isinstance(part, FunctionNode)]
    named = [part.value for part in ast.walk(node) if isinstance(part, ast.Return | ast.Assign)]
    kept = [*inner, *(value for value in named if isinstance(value, ast.GeneratorExp))]
    return frozenset(name.id for part in kept for name in ast.walk(part) if isinstance(name, ast.Name))


def _rebound_from_inside(cx: Context) -> frozenset[str]:
    """The variables that functions inside the ones around rebind by `nonlocal`: a call may rebind them."""
    found: set[str] = set()
    frame: Frame | None = cx.frame
    while frame is not None:
        if isinstance(frame.node, FunctionNode):
            names = cx.project.scope(frame.node).rebound_inside
            found |= {frame.names[name] for name in names if name in frame.names}
        frame = frame.parent
    return frozenset(found)
