"""Functions that call themselves, directly or through others: one function of the machine for each outermost call.

Owns the search for the types of parameters and result: the body is lowered with what the first call gives; when a call inside it brings more, or
what the function returns is more than was assumed, it is lowered again with the join, until nothing changes. Attempts that are given up leave
no trace.

A parameter whose object the body changes in place, and a variable of the surroundings that it rebinds or changes, is handed from call to call
and back: every activation returns it beside its result.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import field, replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, signature_of
from pysfnc.frontend.concurrency.lower_groups import close_here
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, Trial, nothing, poison
from pysfnc.frontend.core.lower_control import leave_function
from pysfnc.frontend.core.lower_core import lower_body, lower_value
from pysfnc.frontend.core.lower_frame import Frame, variable_of
from pysfnc.frontend.core.lower_place import Place, may_change, write_place
from pysfnc.frontend.core.lower_shared import shared_of
from pysfnc.frontend.core.lower_state import Fact, State, join_states
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.core.unset import begin_unset
from pysfnc.frontend.declarations.receivers import replaces_none_only
from pysfnc.frontend.declarations.records import Record
from pysfnc.frontend.loops.lower_iterate import simple_place
from pysfnc.frontend.program.model import ClassInfo, ModuleInfo
from pysfnc.frontend.program.scope import FunctionNode
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Handler, Raise, Recur, Recursion, Suite, Try
from pysfnc.ir.walk import assigned, has_effect, walk_suite
from pysfnc.lean import dataclass
from pysfnc.values.recursive import folded
from pysfnc.values.relations import is_json_faithful, join, join_all, kinds
from pysfnc.values.types import BOOL, ERROR, JSON, NEVER, NONE, STR, ExcT, Kind, NeverT, NoneT, Type

MAX_ROUNDS = 10
"""Rounds after which types that still grow are given up."""
_FOLDS_AFTER = 2
_WIDENS_AFTER = 7


class CallsItself(Exception):
    """A function that was being written in place turned out to call itself."""

    def __init__(self, node: FunctionNode) -> None:
        super().__init__()
        self.node = node


@dataclass(slots=True)
class Assumed:
    """What a round takes for granted of a function, and finds out about it."""

    types: dict[str, Type]
    """Parameters that hold data."""
    result: Type = NEVER
    changed: dict[str, Type] = field(default_factory=dict)
    """Parameters whose objects the body changes, with their types at the end."""
    threaded: dict[str, Fact] = field(default_factory=dict)
    """Variables of the surroundings that the body assigns, as they are where it begins."""
    after: dict[str, Fact] = field(default_factory=dict)
    """The same at its end."""

    @property
    def is_broken(self) -> bool:
        """Whether something in it stands for what was reported."""
        facts = (*self.threaded.values(), *self.after.values())
        return ERROR in (self.result, *self.types.values(), *self.changed.values(), *(fact.type for fact in facts))

    def folded(self) -> "Assumed":
        """The same with one type for objects that hold objects of their own class."""

        def facts(found: Mapping[str, Fact]) -> dict[str, Fact]:
            return {name: replace(fact, type=folded(fact.type)) for name, fact in found.items()}

        types, changed = ({n: folded(t) for n, t in found.items()} for found in (self.types, self.changed))
        return Assumed(types, folded(self.result), changed, facts(self.threaded), facts(self.after))

    def joined(self, other: "Assumed") -> "Assumed":
        """What holds both."""
        return Assumed(
            _joined_types(self.types, other.types),
            join(self.result, other.result),
            _joined_types(self.changed, other.changed),
            _joined_facts(self.threaded, other.threaded),
            _joined_facts(self.after, other.after),
        )


Owner = tuple[Record, ClassInfo]
"""The class of the object whose method a function is, and the class that defines the method."""


@dataclass(slots=True, eq=False)
class Running:
    """A function whose body is being lowered, for the calls inside it."""

    node: FunctionNode
    module: ModuleInfo
    parent: Frame | None
    label: str
    static: Mapping[str, Value]
    """Parameters that hold what is no data: the same in all calls."""
    before: State
    """What is known where the first call is made."""
    assumed: Assumed
    found: Assumed
    title: str
    owner: Owner | None = None


Bind = Callable[[Frame], "dict[str, Value] | None"]
"""The value of each parameter of a call in the order of their evaluation, defaults filled in; None after a message."""


def running(cx: Context, node: FunctionNode, parent: Frame | None, owner: Owner | None) -> Running | None:
    """The function around the present point whose body this is."""
    return next(
        (r for r in reversed(cx.recursions) if r.node is node and _is_same(r.parent, parent) and r.owner == owner), None
    )


def _is_same(a: Frame | None, b: Frame | None) -> bool:
    """Whether two functions were made in the same frame; a module has one for each time that a lambda of it is read."""
    return a is b or (a is not None and b is not None and a.kind == b.kind == "module")


def call_again(cx: Context, function: Running, given: Arguments, call: ast.AST, bound: Bind) -> Value:
    """A call of a function inside its own body."""
    values = bound(_frame(cx, function, ""))
    if values is None:
        return poison(cx.span(call))
    if not _same_statics(cx, function, values, call):
        return poison(cx.span(call))
    data = _data(values)
    places = _places(cx, function, given, call)
    args = {name: cx.atom(value, "arg") for name, value in data.items()}
    function.found.types = _joined_types(function.found.types, {name: arg.type for name, arg in args.items()})
    _note_facts(cx, function)
    result, targets = _targets(cx, function.assumed)
    outer = tuple(Var(name=name, type=fact.type) for name, fact in sorted(function.assumed.threaded.items()))
    recur = Recur(label=function.label, args=(*args.values(), *outer), targets=tuple(targets), span=cx.span(call))
    _hand_back(cx, recur, function, places)
    return _result(cx, result, function.assumed.result, call)


def call_recursive(
    cx: Context,
    node: FunctionNode,
    given: Arguments,
    call: ast.AST,
    *,
    module: ModuleInfo,
    parent: Frame | None,
    title: str,
    bound: Bind,
    owner: Owner | None = None,
) -> Value:
    """The outermost call of a function that calls itself."""
    nowhere = Running(node, module, parent, "", {}, cx.state, Assumed({}), Assumed({}), title, owner)
    values = bound(_frame(cx, nowhere, ""))
    if values is None:
        return poison(cx.span(call))
    data = {name: cx.atom(value, "arg") for name, value in _data(values).items()}
    static = {name: value for name, value in values.items() if isinstance(value, Static)}
    before = cx.state.copy()
    assumed = Assumed({name: value.type for name, value in data.items()})
    for round_ in range(MAX_ROUNDS + 1):
        trial = Trial(cx)
        label, found = cx.names.fresh("recursion"), Assumed(dict.fromkeys(assumed.types, NEVER))
        function = Running(node, module, parent, label, static, before, assumed, found, title, owner)
        frame = _frame(cx, function, cx.names.fresh("result"))
        body = _body(cx, function, frame, {name: shared_of(cx, value) for name, value in data.items()})
        joined = assumed.joined(function.found)
        if trial.failed and joined.is_broken:
            trial.accept_messages()  # what stands for a mistake hides the mistake in the rounds after this one
            cx.state = before
            return poison(cx.span(call))
        if joined == assumed or round_ == MAX_ROUNDS:
            break
        trial.discard()
        joined = joined if round_ < _FOLDS_AFTER else joined.folded()
        assumed = joined if round_ < _WIDENS_AFTER else _widened(cx, assumed, joined, call, title)
    trial.accept()
    if _refused(cx, function, body, call):
        cx.state = before
        return poison(cx.span(call))
    cx.state = before
    return _first_call(cx, function, frame, body, data, given, call)


def _first_call(
    cx: Context, function: Running, frame: Frame, body: Suite, data: Mapping[str, Expr], given: Arguments, call: ast.AST
) -> Value:
    assumed = function.assumed
    places = _places(cx, function, given, call)
    result, targets = _targets(cx, assumed)
    threaded = sorted(assumed.threaded)
    assert frame.result is not None
    recursion = Recursion(
        label=function.label,
        params=(*(frame.names[name] for name in data), *threaded),
        args=(*data.values(), *(Var(name=name, type=assumed.threaded[name].type) for name in threaded)),
        body=body,
        results=(frame.result, *(frame.names[name] for name in sorted(assumed.changed)), *threaded),
        targets=tuple(targets),
        span=cx.span(call),
    )
    _hand_back(cx, recursion, function, places)
    if isinstance(assumed.result, NeverT):
        # It ends with an exception, or never, where CPython ends it.
        text = Const(value="maximum recursion depth exceeded", type=STR, span=cx.span(call))
        cx.emit(Raise(exc=lib.new_exception(cx, "RecursionError", [text], call), span=cx.span(call)))
        cx.state.reachable = False
        return nothing(cx.span(call))
    return _result(cx, result, assumed.result, call)


def _frame(cx: Context, function: Running, result: str) -> Frame:
    return Frame(
        scope=cx.project.scope(function.node),
        module=function.module,
        region=cx.flow.region,
        kind="function",
        parent=function.parent,
        title=function.title,
        node=function.node,
        exit_label=function.label,
        result=result,
        is_async=isinstance(function.node, ast.AsyncFunctionDef),
        owner=function.owner,
    )


def _body(cx: Context, function: Running, frame: Frame, shared: Mapping[str, object]) -> Suite:
    """Lower the body once, with what is assumed; note what it does."""
    outer = frozenset(cx.state.facts)
    _enter(cx, function, frame, shared)
    active, cx.active = cx.active, (*cx.active, function.node)
    depth, cx.depth = cx.depth, 0
    cx.recursions.append(function)
    try:
        with cx.in_frame(frame), cx.capture() as own, cx.flow.landing(function.label) as exits:
            begin_unset(cx, frame)
            if isinstance(function.node, ast.Lambda):
                leave_function(cx, lower_value(cx, function.node.body), function.node)
            else:
                lower_body(cx, function.node.body)
                close_here(cx, at_end=True)
                if cx.state.reachable:
                    none = Const(value=None, type=NONE, span=cx.span(function.node))
                    leave_function(cx, none, function.node)
        end = join_states(exits.states)
    finally:
        cx.recursions.pop()
        cx.active, cx.depth = active, depth
    _note(function, frame, tuple(own), end, outer)
    return tuple(own)


def _enter(cx: Context, function: Running, frame: Frame, shared: Mapping[str, object]) -> None:
    """The state in which each activation begins."""
    state = State({name: replace(fact, view=None) for name, fact in cx.state.facts.items()})
    state.facts.update(function.assumed.threaded)
    cx.state = state
    for name, value in function.static.items():
        assert isinstance(value, Static)
        cx.state.put(variable_of(frame, name, cx.names), Fact(NONE, static=value))
    for name, type_ in function.assumed.types.items():
        variable = variable_of(frame, name, cx.names)
        cx.regions[variable] = cx.flow.region
        cx.state.put(variable, Fact(type_, shared=shared.get(name)))  # type: ignore[arg-type]


def _note(function: Running, frame: Frame, body: Suite, end: State, outer: frozenset[str]) -> None:
    """What the body does, as it was lowered this time."""
    found, assumed = function.found, function.assumed
    found.result = join_all([found.result, *frame.result_types])
    changed = {stmt.name for stmt in walk_suite(body) if isinstance(stmt, Assign) and stmt.changes}
    for name in assumed.types:
        variable = frame.names[name]
        if variable in changed:
            found.changed[name] = end.facts[variable].type if variable in end.facts else assumed.types[name]
    for name in sorted(assigned(body) & outer):
        found.threaded[name] = _joined_fact(found.threaded.get(name), function.before.facts[name])
        if name in end.facts:
            found.after[name] = replace(end.facts[name], view=None)


def _note_facts(cx: Context, function: Running) -> None:
    """What is known of the variables that are handed on, where the function calls itself."""
    for name in function.assumed.threaded:
        if name in cx.state.facts:
            found = function.found.threaded
            found[name] = _joined_fact(found.get(name), cx.state.facts[name])


def _refused(cx: Context, function: Running, body: Suite, call: ast.AST) -> bool:
    """Report what a function that calls itself must not do."""
    if has_effect(body):
        cx.error(
            codes.RECURSION,
            call,
            f"`{function.title}` calls itself and waits or calls something that runs elsewhere",
            help="write instead: a loop with a list of what is left to do, or mark the function `@task`",
        )
        return True
    rebound = cx.project.scope(function.node).rebound_params & function.assumed.changed.keys()
    rebound = frozenset(name for name in rebound if not replaces_none_only(function.node, name))
    for name in sorted(rebound):
        cx.error(
            codes.RECURSION,
            call,
            f"`{function.title}` calls itself, and both rebinds its parameter `{name}` and changes the object in it",
            help=f"write instead: a new name for what `{name}` is rebound to",
        )
    return bool(rebound)


# Calls


def _data(values: Mapping[str, Value]) -> dict[str, Expr]:
    return {name: value for name, value in values.items() if not isinstance(value, Static)}


def _same_statics(cx: Context, function: Running, values: Mapping[str, Value], call: ast.AST) -> bool:
    static = {name: value for name, value in values.items() if isinstance(value, Static)}
    if static == function.static:
        return True
    cx.error(
        codes.RECURSION,
        call,
        f"`{function.title}` calls itself with another function, or something else that is no data, than it was called with",
        help="write instead: the same function in each call",
    )
    return False


def _places(cx: Context, function: Running, given: Arguments, call: ast.AST) -> dict[str, Place]:
    """Where the arguments stand whose objects the function changes; none for an object that nobody else sees."""
    names = signature_of(function.node, "").positional
    nodes = {name: given.node_of(index, call) for index, name in enumerate(names[: len(given.positional)])}
    by_name = enumerate(given.keywords, len(given.nodes) - len(given.keywords))
    nodes |= {name: given.node_of(index, call) for index, (name, _) in by_name}
    found: dict[str, Place] = {}
    for name in sorted(function.assumed.changed):
        syntax = nodes.get(name)
        if function.owner is not None and names[:1] == (name,):
            place = _place_of_object(given)
        else:
            place = simple_place(cx, syntax) if isinstance(syntax, ast.expr) else None
        if place is not None and may_change(cx, place, call, "changed"):
            found[name] = place
    return found


def _place_of_object(given: Arguments) -> Place | None:
    """The variable that holds the object whose method is called."""
    this = given.positional[0] if given.positional else None
    return Place(this, (), (), this.name.partition("%")[0]) if isinstance(this, Var) else None


def _targets(cx: Context, assumed: Assumed) -> tuple[str | None, list[str | None]]:
    """The variable for the result, None when there is nothing to know about it, and all targets."""
    result = None if isinstance(assumed.result, NoneT) else cx.names.fresh("returned")
    changed = [cx.names.fresh(name) for name in sorted(assumed.changed)]
    return result, [result, *changed, *sorted(assumed.threaded)]


def _hand_back(cx: Context, call: Recursion | Recur, function: Running, places: Mapping[str, Place]) -> None:
    """Emit a call, and bring up to date what it changed: the places of arguments, and the variables of the surroundings."""
    assert call.span is not None
    assumed = function.assumed
    if cx.flow.guards and places:
        # Whoever catches an exception of the call sees what it changed until then.
        raised = Var(name=cx.names.fresh("raised"), type=ExcT(None), span=call.span)
        for target, name in zip(call.targets[1:], sorted(assumed.changed), strict=False):
            if target is not None:
                given = call.args[list(assumed.types).index(name)]
                cx.emit(Assign(name=target, value=given, span=call.span))
        before = cx.state.copy()
        with cx.capture() as failing:
            _write_back(cx, call, function, places)
            cx.emit(Raise(exc=raised, span=call.span))
        cx.state = before
        handler = Handler(classes=None, name=raised.name, body=tuple(failing), span=call.span)
        cx.emit(Try(body=(call,), handlers=(handler,), orelse=(), final=(), span=call.span))
    else:
        cx.emit(call)
        if cx.flow.guards:
            cx.flow.may_raise_here()
    for name in sorted(assumed.threaded):
        cx.state.put(name, assumed.after.get(name, cx.state.facts[name]))
    _write_back(cx, call, function, places)


def _write_back(cx: Context, call: Recursion | Recur, function: Running, places: Mapping[str, Place]) -> None:
    assert call.span is not None
    assumed = function.assumed
    rebound = cx.project.scope(function.node).rebound_params
    for (name, type_), target in zip(sorted(assumed.changed.items()), call.targets[1:], strict=False):
        if name in places and target is not None:
            given = call.args[list(assumed.types).index(name)]
            changed: Expr = Var(name=target, type=type_, span=call.span)
            if name in rebound and Kind.NONE in kinds(given.type):
                changed = _unless_none(given, changed)
            write_place(cx, places[name], changed, call.span)


def _unless_none(given: Expr, changed: Expr) -> Expr:
    """What a call hands back of a parameter that it gave another object where it was None: nobody else sees that one."""
    none = Const(value=None, type=NONE, span=changed.span)
    test = Prim(op="is", args=(given, none), type=BOOL, span=changed.span)
    return Cond(test=test, then=none, orelse=changed, type=join(NONE, changed.type), span=changed.span)


def _result(cx: Context, result: str | None, type_: Type, call: ast.AST) -> Value:
    span = cx.span(call)
    if result is None:
        return Const(value=None, type=NONE, span=span)
    return Var(name=result, type=type_, span=span)


# Joins


def _joined_types(a: Mapping[str, Type], b: Mapping[str, Type]) -> dict[str, Type]:
    return {name: join(a.get(name, NEVER), b.get(name, NEVER)) for name in dict.fromkeys((*a, *b))}


def _joined_fact(a: Fact | None, b: Fact) -> Fact:
    states = [State({"": replace(fact, view=None)}) for fact in (a, b) if fact is not None]
    return join_states(states).facts[""]


def _joined_facts(a: Mapping[str, Fact], b: Mapping[str, Fact]) -> dict[str, Fact]:
    return {**a, **{name: _joined_fact(a.get(name), fact) for name, fact in b.items()}}


def _widened(cx: Context, before: Assumed, after: Assumed, call: ast.AST, title: str) -> Assumed:
    """Give up the types that still change: any JSON if that holds them, otherwise it is a mistake."""

    def wide(old: Type | None, new: Type) -> Type:
        if old is None or old == new:
            return new
        if is_json_faithful(new):
            return JSON
        if new != ERROR:
            cx.error(
                codes.TYPE_NEEDED,
                call,
                f"the types in `{title}` grow with every call that it makes of itself",
                help="write instead: values of one type in every call",
            )
        return ERROR

    def wide_facts(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> dict[str, Fact]:
        return {
            name: replace(fact, type=wide(old[name].type if name in old else None, fact.type))
            for name, fact in new.items()
        }

    return Assumed(
        {name: wide(before.types.get(name), type_) for name, type_ in after.types.items()},
        wide(before.result, after.result),
        {name: wide(before.changed.get(name), type_) for name, type_ in after.changed.items()},
        wide_facts(before.threaded, after.threaded),
        wide_facts(before.after, after.after),
    )
