"""Comprehensions, generator expressions, `map` and `filter`.

Owns two forms of each: an expression (`ListComp`, `Reduce`) when the parts need no statements of their own, a loop otherwise. What takes items
one by one (a loop, `any`, `all`, `next`) evaluates the parts in each round, as Python does.
"""

import ast
from collections.abc import Callable
from typing import Protocol

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.told_numbers import as_key
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_assign import assign
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import as_data, expression, is_poison, lower_in_order, lower_value
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import Fact, join_states
from pysfnc.frontend.core.lower_test import Test, lower_test
from pysfnc.frontend.core.lower_values import LazyComprehension, Static, Under, Value
from pysfnc.frontend.loops.lower_each import run_each
from pysfnc.frontend.loops.lower_iterate import Push, Receive, Source, is_unordered, lower_source, under
from pysfnc.frontend.program.scope import ComprehensionNode, comprehension_scope
from pysfnc.ir.exprs import Cond, Const, Expr, ListComp, Logic, Prim, Reduce, Var
from pysfnc.ir.hir import Assign, Continue, Eval, If
from pysfnc.ir.walk_exprs import free_vars, substitute
from pysfnc.lean import dataclass
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, NEVER, Kind, ListT, SetT, Type


@dataclass(frozen=True, slots=True)
class Pure:
    """What a stage makes of an item, as expressions: kept when `cond` holds. `flat`: `body` is a list of items."""

    cond: Expr | None
    body: Expr
    flat: bool = False


class Stage(Protocol):
    """What happens to each item of a source."""

    def pure(self, cx: Context, value: Value) -> Pure | None:
        """As expressions. Statements may be emitted; the caller then takes the other way. None: not possible."""

    def each(self, cx: Context, value: Value, receive: Receive) -> None:
        """As statements: `receive` lowers what is done with each result, where it comes up."""


# Stages


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """`map(f, xs)`. With several iterables the item is a tuple, spread into the arguments."""

    function: Value
    spread: int
    node: ast.expr

    def pure(self, cx: Context, value: Value) -> Pure | None:
        """See `Stage`."""
        return Pure(None, as_data(cx, self._call(cx, value), self.node))

    def each(self, cx: Context, value: Value, receive: Receive) -> None:
        """See `Stage`."""
        receive(self._call(cx, value))

    def _call(self, cx: Context, value: Value) -> Value:
        from pysfnc.frontend.calls.lower_call import call_value

        given: tuple[Value, ...] = (value,)
        if self.spread > 1:
            given = tuple(lib.known_items(cx, value) or ())
        return call_value(cx, self.function, Arguments(given, (), ()), self.node)


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """`filter(f, xs)`; without a function the truth of the item decides."""

    function: Value | None
    node: ast.expr

    def pure(self, cx: Context, value: Value) -> Pure | None:
        """See `Stage`."""
        return Pure(self.test(cx, value), as_data(cx, value, self.node))

    def each(self, cx: Context, value: Value, receive: Receive) -> None:
        """See `Stage`."""
        when(cx, Test(self.test(cx, value), cx.state.copy(), cx.state.copy()), lambda: receive(value), self.node)

    def test(self, cx: Context, value: Value) -> Expr:
        """Whether an item is kept."""
        from pysfnc.frontend.calls.lower_call import call_value

        if self.function is not None:
            value = call_value(cx, self.function, Arguments((value,), (), ()), self.node)
        return lib.truth(cx, value, self.node)


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """Items as they come."""

    node: ast.expr

    def pure(self, cx: Context, value: Value) -> Pure | None:
        """See `Stage`."""
        return Pure(None, as_data(cx, value, self.node))

    def each(self, _cx: Context, value: Value, receive: Receive) -> None:
        """See `Stage`."""
        receive(value)


def pushed(cx: Context, what: str, push: Push, node: ast.expr) -> LazyComprehension:
    """An iterator over what code gives that is written where the items are used."""
    return LazyComprehension(what, Source(lib.make_list(cx, [], node), push=push), Same(node))


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """The parts of a comprehension from generator number `index` on. `around` is the frame that it stands in, `inside` its own."""

    node: ComprehensionNode
    around: Frame
    index: int = 0
    inside: Frame | None = None

    def frame(self, cx: Context) -> Frame:
        """The scope of the comprehension: a new one each time it is lowered, shared by its parts."""
        return self.inside or Frame(
            scope=comprehension_scope(self.node),
            module=self.around.module,
            region=cx.flow.region,
            kind="comprehension",
            parent=self.around,
            title="comprehension",
            node=self.node,
            is_async=self.around.is_async,
        )

    def inner(self, frame: Frame) -> "Element":
        """The parts behind the next `for`."""
        return Element(self.node, self.around, self.index + 1, frame)

    def pure(self, cx: Context, value: Value) -> Pure | None:
        """See `Stage`."""
        generator = self.node.generators[self.index]
        with cx.in_frame(self.frame(cx)) as frame:
            replaced = _bind_pure(cx, frame, generator.target, value)
            if replaced is None:
                return None
            cond = self._conditions(cx)
            made = self._rest(cx)
        if made is None:
            return None
        cond = None if cond is None else substitute(cond, replaced)
        return Pure(cond, substitute(made.body, replaced), made.flat)

    def _conditions(self, cx: Context) -> Expr | None:
        found: Expr | None = None
        for condition in self.node.generators[self.index].ifs:
            test = lower_test(cx, condition)
            cx.state = test.when_true.copy()
            found = (
                test.expr
                if found is None
                else Logic(op="and", left=found, right=test.expr, type=BOOL, span=cx.span(condition))
            )
        return found

    def _rest(self, cx: Context) -> Pure | None:
        if not cx.state.reachable:
            return None
        if self.index + 1 == len(self.node.generators):
            return Pure(None, as_data(cx, self.element(cx), self.node))
        source = lower_source(cx, self.node.generators[self.index + 1].iter)
        if source is None:
            return Pure(None, poison())
        inner = pure_list(cx, source, self.inner(cx.frame), self.node)
        return None if inner is None else Pure(None, inner, flat=True)

    def element(self, cx: Context) -> Value:
        """The element; the pair of key and value for a dict."""
        node = self.node
        if isinstance(node, ast.DictComp):
            key, value = lower_in_order(cx, [lambda: lower_value(cx, node.key), lambda: lower_value(cx, node.value)])
            return lib.make_tuple(cx, [as_key(as_data(cx, key, node.key)), as_data(cx, value, node.value)], node)
        return lower_value(cx, node.elt)

    def each(self, cx: Context, value: Value, receive: Receive) -> None:
        """See `Stage`."""
        generator = self.node.generators[self.index]
        with cx.in_frame(self.frame(cx)):
            assign(cx, generator.target, value, generator.target)
            self._each_if(cx, list(generator.ifs), receive)

    def _each_if(self, cx: Context, conditions: list[ast.expr], receive: Receive) -> None:
        if conditions:
            test = lower_test(cx, conditions[0])
            when(cx, test, lambda: self._each_if(cx, conditions[1:], receive), conditions[0])
            return
        if self.index + 1 == len(self.node.generators):
            receive(self.element(cx))
            return
        source = lower_source(cx, self.node.generators[self.index + 1].iter)
        if source is not None:
            inner = self.inner(cx.frame)
            run_each(cx, source, lambda item: inner.each(cx, item, receive), self.node)


def when(cx: Context, test: Test, then: Callable[[], None], node: ast.AST) -> None:
    """What is done only where a test holds."""
    cx.observe(test.expr)
    if isinstance(test.expr, Const) and not is_poison(test.expr):
        cx.state = (test.when_true if test.expr.value else test.when_false).copy()
        if test.expr.value:
            then()
        return
    cx.state = test.when_true.copy()
    with cx.capture() as own:
        then()
    cx.state = join_states([cx.state, test.when_false])
    cx.out.append(If(test=test.expr, then=tuple(own), orelse=(), span=cx.span(node)))


def _bind_pure(cx: Context, frame: Frame, target: ast.expr, value: Value) -> dict[str, Expr] | None:
    """Bind the names of a target without statements: the expressions that stand for them; None where that cannot be."""
    match target:
        case ast.Name(id=name):
            variable = cx.names.fresh(name)
            frame.names[name] = variable
            if isinstance(value, Static):
                cx.state.put(variable, Fact(NEVER, static=value))
                return {}
            data: Expr = value
            cx.state.put(variable, Fact(data.type))
            cx.regions[variable] = cx.flow.region
            return {variable: data}
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            items = lib.known_items(cx, value)
            if items is None or len(items) != len(targets) or any(isinstance(t, ast.Starred) for t in targets):
                return None
            found: dict[str, Expr] = {}
            for part, item in zip(targets, items, strict=True):
                inner = _bind_pure(cx, frame, part, item)
                if inner is None:
                    return None
                found.update(inner)
            return found
        case _:
            return None


# Lists


def collect(cx: Context, source: Source, stage: Stage, node: ast.expr) -> Expr:
    """The list of everything that a stage makes of the items of a source."""
    trial = Trial(cx)
    made = pure_list(cx, source, stage, node)
    if made is not None and not trial.out and not trial.failed:
        state = trial.state_before()
        trial.accept()
        cx.state = state
        return made
    trial.discard()
    if is_unordered(source):
        return refuse_step(cx, node)
    return list_by_loop(cx, source, stage, node)


def refuse_step(cx: Context, node: ast.AST) -> Expr:
    """Say that the order of a set decides in which order things happen."""
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        "something is done, or may raise, for each item of a set, in an order that differs from run to run",
        help="write instead: `sorted(...)` around the set",
    )


def pure_list(cx: Context, source: Source, stage: Stage, node: ast.expr) -> Expr | None:
    """The list as an expression; None where that cannot be. What emits statements on the way is no expression either."""
    if is_poison(source.items):
        return poison()
    if source.push is not None:
        return None
    items, step = source.items, source.step
    if source.lazy is not None:
        inner = pure_list(cx, source.lazy.source, source.lazy.stage, node)
        if inner is None:
            return None
        items, step = inner, None
    name = cx.names.fresh("item")
    item: Value | None = Var(name=name, type=lib.item_type(items.type), span=cx.span(node))
    before = cx.state.copy()
    if step is not None and item is not None:
        item = step(cx, item)
    made = None if item is None else stage.pure(cx, item)
    cx.state = before
    if made is None or is_poison(made.body):
        return None
    if (
        source.lazy is not None
        and can_raise(items)
        and any(can_raise(e) for e in (made.cond, made.body) if e is not None)
    ):
        # Python makes and uses one item after the other, so which exception comes first would change.
        return None
    span = cx.span(node)
    unordered = Kind.SET in kinds(items.type)
    if unordered and any(can_raise(e) for e in (made.cond, made.body) if e is not None):
        return None
    if not made.flat:
        type_: Type = SetT(made.body.type, "unordered") if unordered else ListT(made.body.type)
        return ListComp(name=name, seq=items, cond=made.cond, body=made.body, type=type_, span=span)
    return _flat(cx, items, name, made, node)


def _flat(cx: Context, items: Expr, name: str, made: Pure, node: ast.expr) -> Expr:
    """Lists put behind each other."""
    type_ = made.body.type
    if Kind.SET in kinds(items.type) | kinds(type_):
        type_ = SetT(lib.item_type(type_), "unordered")
    acc = Var(name=cx.names.fresh("all"), type=type_, span=cx.span(node))
    longer: Expr = Prim(op="list.concat", args=(acc, made.body), type=type_, span=cx.span(node))
    if made.cond is not None:
        longer = Cond(test=made.cond, then=longer, orelse=acc, type=longer.type, span=longer.span)
    init = lib.make_list(cx, [], node)
    return Reduce(name=name, seq=items, acc=acc.name, init=init, body=longer, type=type_, span=cx.span(node))


def list_by_loop(cx: Context, source: Source, stage: Stage, node: ast.expr) -> Expr:
    span = cx.span(node)
    variable = cx.names.fresh("list")
    bind_variable(cx, variable, lib.make_list(cx, [], node), span)

    def receive(value: Value) -> None:
        if not cx.state.reachable:
            return
        data = as_data(cx, value, node)
        if variable not in cx.state.facts:
            return  # nothing is known of the list where a mistake was reported in front of it
        current = Var(name=variable, type=cx.state.facts[variable].type, span=span)
        longer = lib.appended(cx, current, data, node)
        if is_poison(longer):
            return
        cx.emit(Assign(name=variable, value=longer, changes=True, span=span))
        cx.state.retype(variable, longer.type)

    run_each(cx, source, lambda item: stage.each(cx, item, receive), node)
    if not cx.state.reachable:
        return poison(span)
    fact = cx.state.facts.get(variable)
    return poison(span) if fact is None else Var(name=variable, type=fact.type, span=span)


@expression(ast.ListComp)
def lower_list_comp(cx: Context, node: ast.ListComp) -> Value:
    """`[element for target in iterable if condition]`. Calls that run at the same time stay together as a list of futures or coroutines."""
    from pysfnc.frontend.concurrency.lower_calls_together import called_together

    calls = called_together(cx, node)
    if calls is not None:
        return calls
    made = started(cx, node)
    return poison(cx.span(node)) if made is None else collect(cx, *made, node)


def as_calls(cx: Context, lazy: LazyComprehension, node: ast.expr) -> Value:
    """A generator of calls as a list of coroutines or tasks."""
    from pysfnc.frontend.concurrency.lower_calls_together import called_together

    return (called_together(cx, node) or lazy) if isinstance(node, ast.GeneratorExp) else lazy


@expression(ast.DictComp)
def lower_dict_comp(cx: Context, node: ast.DictComp) -> Value:
    """`{key: value for ...}`: a later value wins, the first place of a key stays."""
    from pysfnc.frontend.concurrency.lower_calls_together import called_together
    from pysfnc.frontend.loops.one_by_one import pairs_taken

    calls = called_together(cx, node)
    if calls is not None:
        return calls
    made = started(cx, node)
    if made is None:
        return poison(cx.span(node))
    pairs = pairs_taken(cx, LazyComprehension("a dict comprehension", *made), node) or collect(cx, *made, node)
    if is_poison(pairs):
        return pairs
    if isinstance(pairs.type, ListT) and pairs.type.item == NEVER:
        # There are no items, or the first one raises.
        cx.emit(Eval(value=pairs, span=cx.span(node)))
        return lib.make_dict(cx, [], node)
    return lib.dict_of_pairs(cx, pairs, node)


@expression(ast.GeneratorExp)
def lower_generator(cx: Context, node: ast.GeneratorExp) -> Value:
    """A generator expression: its first iterable is evaluated now, the rest by whoever uses it."""
    made = started(cx, node)
    return poison(cx.span(node)) if made is None else LazyComprehension("a generator", *made)


def started(cx: Context, node: ComprehensionNode) -> tuple[Source, Stage] | None:
    """The first iterable of a comprehension, evaluated now, and what happens to its items; None after a message."""
    if any(generator.is_async for generator in node.generators):
        cx.error(codes.UNSUPPORTED_ASYNC, node, "an asynchronous comprehension has no compiled form")
        return None
    source = lower_source(cx, node.generators[0].iter)
    if source is None:
        return None
    return source, Element(node, cx.frame)


def gives_all(stage: Stage) -> bool:
    """Whether a stage makes one thing of each item of its source."""
    if isinstance(stage, Element):
        return len(stage.node.generators) == 1 and not stage.node.generators[0].ifs
    return isinstance(stage, Mapped)


# What takes items one by one


def lazy_source(cx: Context, lazy: LazyComprehension, node: ast.expr) -> Source | None:
    """A source whose items are made in each round. What is left out skips the round."""
    stage = lazy.stage
    if isinstance(stage, Element) and len(stage.node.generators) > 1:
        made = collect_quietly(cx, lazy, node)
        if made is not None:
            return Source(made, under=under(lazy) | Under(late=free_vars(made)))

        def push(inner: Context, receive: Receive, at: ast.AST) -> None:
            run_each(inner, lazy.source, lambda item: stage.each(inner, item, receive), at)

        return Source(lib.make_list(cx, [], node), push=push)

    def step(inner: Context, item: Value) -> Value | None:
        value: Value | None = item
        if lazy.source.step is not None:
            value = lazy.source.step(inner, item)
        if value is None:
            return None
        return _step_of(inner, stage, value, node)

    return Source(lazy.source.items, step=step, lazy=lazy, under=lazy.source.under, push=lazy.source.push)


def _step_of(cx: Context, stage: Stage, value: Value, node: ast.expr) -> Value | None:
    """The result for one item inside a loop; statements that go on to the next round where there is none."""
    label = function_frame(cx).loops[-1]
    match stage:
        case Filtered():
            _skip_unless(cx, Test(stage.test(cx, value), cx.state.copy(), cx.state.copy()), label, node)
            return value
        case Element():
            generator = stage.node.generators[0]
            with cx.in_frame(stage.frame(cx)):
                assign(cx, generator.target, value, generator.target)
                for condition in generator.ifs:
                    _skip_unless(cx, lower_test(cx, condition), label, condition)
                return stage.element(cx) if cx.state.reachable else None
        case _:
            found: list[Value] = []
            stage.each(cx, value, found.append)
            return found[0] if found else None


def _skip_unless(cx: Context, test: Test, label: str, node: ast.AST) -> None:
    cx.observe(test.expr)
    span = cx.span(node)
    if isinstance(test.expr, Const) and not is_poison(test.expr) and test.expr.value:
        cx.state = test.when_true.copy()
        return
    cx.emit(If(test=test.expr, then=(), orelse=(Continue(label=label, span=span),), span=span))
    cx.flow.send(f"continue {label}", test.when_false)
    cx.state = test.when_true.copy()


def collect_quietly(cx: Context, lazy: LazyComprehension, node: ast.expr) -> Expr | None:
    """The list of a lazy comprehension when it makes no difference that all of it is evaluated at once; None otherwise."""
    trial = Trial(cx)
    made = pure_list(cx, lazy.source, lazy.stage, node)
    if made is None or trial.out or trial.failed or can_raise(made):
        trial.discard()
        return None
    state = trial.state_before()
    trial.accept()
    cx.state = state
    return made
