"""What runs at the same time: `parallel`, thread pools, `await` and `asyncio.gather`, retries of a whole function.

Owns branches: they see the variables around them as they are, and may not assign or change them. The calls of a pool never fail the join: each
branch hands back a pair (exception or None, value), and the exception is raised where Python raises it, at `.result()` or when the
results of `map` are taken.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.lower_arguments import Arguments, evaluated
from pysfnc.frontend.lower_context import Context, Trial, poison
from pysfnc.frontend.lower_core import as_data, expression, is_poison, lower_body, lower_expr, lower_value, statement
from pysfnc.frontend.lower_values import (
    Closure,
    Configured,
    Coroutine,
    CoroutineList,
    External,
    Future,
    Intrinsic,
    MappedResults,
    Pool,
    ProjectFunction,
    Static,
    Submitted,
    Value,
    describe,
)
from pysfnc.ir.exprs import Const, Expr, ListComp, Var
from pysfnc.ir.hir import Assign, FanOut, ForEach, Fork, Handler, If, Perform, Raise, RetryRule, Return, Suite, Try
from pysfnc.values.types import NEVER, NONE, ExcT, Kind, ListT, TupleT, Type, join, kinds

T = TypeVar("T")

THREAD_POOLS = frozenset({"concurrent.futures.ThreadPoolExecutor", "concurrent.futures.thread.ThreadPoolExecutor"})

_CHANGEABLE = frozenset({Kind.LIST, Kind.DICT, Kind.RECORD})


# Branches


def lower_branch(cx: Context, run: Callable[[], Value], node: ast.AST) -> tuple[Suite, Type]:
    """The body of a branch that returns what `run` gives, and the type of that."""
    before = cx.state.copy()
    handling, cx.handling = cx.handling, []
    pending, cx.flow.pending = cx.flow.pending, {}
    try:
        with cx.flow.new_region(), cx.capture() as body:
            value = as_data(cx, run(), node)
            start_pending(cx)
            cx.emit(Return(value=value, span=cx.span(node)))
            reachable = cx.state.reachable
    finally:
        cx.handling, cx.flow.pending = handling, pending
    cx.state = before
    return tuple(body), value.type if reachable else NEVER


def lower_outcome(cx: Context, run: Callable[[], Value], node: ast.AST) -> tuple[Suite, Type]:
    """The body of a branch of a pool, which returns a pair (exception or None, value); the type is that of the value."""
    types: list[Type] = []

    def pair() -> Value:
        value = as_data(cx, run(), node)
        types.append(value.type if cx.state.reachable else NEVER)
        none = Const(value=None, type=NONE, span=cx.span(node))
        return lib.make_tuple(cx, [none, value], node)

    body, _ = lower_branch(cx, pair, node)
    span = cx.span(node)
    error = Var(name=cx.names.fresh("error"), type=ExcT(None), span=span)
    none = Const(value=None, type=NONE, span=span)
    failed = Return(value=lib.make_tuple(cx, [error, none], node), span=span)
    handler = Handler(classes=None, name=error.name, body=(failed,), span=span)
    return (Try(body=body, handlers=(handler,), orelse=(), final=(), span=span),), types[0]


def outcome_type(value: Type) -> Type:
    """The type of the pair that a branch of a pool returns."""
    return TupleT((join(ExcT(None), NONE), join(value, NONE)))


def result_of(cx: Context, outcome: Expr, type_: Type, node: ast.AST) -> Expr:
    """The value of an outcome, after its exception was raised if there is one."""
    if is_poison(outcome):
        return outcome
    pair = cx.atom(outcome, "outcome")
    _raise_outcome(cx, pair, node)
    return replace(lib.tuple_item(cx, pair, 1, node), type=type_)


def _raise_outcome(cx: Context, pair: Expr, node: ast.AST) -> None:
    span = cx.span(node)
    failure = lib.tuple_item(cx, pair, 0, node)
    test = lib.compare(cx, ast.Is(), failure, Const(value=None, type=NONE, span=span), node)
    before = cx.state.copy()
    with cx.capture() as failing:
        cx.emit(Raise(exc=replace(failure, type=ExcT(None)), span=span))
    cx.state = before
    cx.emit(If(test=test, then=(), orelse=tuple(failing), span=span))


def all_results(cx: Context, results: MappedResults, node: ast.AST) -> Expr:
    """`list(pool.map(...))`: the first exception in the order of the items is raised."""
    span = cx.span(node)
    item = Var(name=cx.names.fresh("outcome"), type=lib.item_type(results.outcomes.type), span=span)
    with cx.capture() as body:
        _raise_outcome(cx, item, node)
    cx.emit(
        ForEach(
            label=cx.names.fresh("loop"), name=item.name, seq=results.outcomes, body=tuple(body), orelse=(), span=span
        )
    )
    name = cx.names.fresh("outcome")
    value = replace(lib.tuple_item(cx, replace(item, name=name), 1, node), type=results.type)
    return ListComp(name=name, seq=results.outcomes, cond=None, body=value, type=ListT(results.type), span=span)


def _perform_fork(
    cx: Context, bodies: Sequence[tuple[Suite, Type]], node: ast.AST, retry: tuple[RetryRule, ...] = ()
) -> list[Expr]:
    """Run branches at the same time; the value of each."""
    span = cx.span(node)
    type_ = TupleT(tuple(t for _, t in bodies))
    target = cx.names.fresh("branches")
    effect = Fork(branches=tuple(body for body, _ in bodies), retry=retry, result=type_)
    cx.emit(Perform(effect=effect, target=target, span=span))
    if any(t == NEVER for _, t in bodies):
        cx.state.reachable = False
    whole = Var(name=target, type=type_, span=span)
    return [lib.tuple_item(cx, whole, index, node) for index in range(len(bodies))]


# parallel


def call_parallel(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`parallel(f, g, ...)`: functions without parameters; the failure that comes first is raised."""
    from pysfnc.frontend.lower_call import call_value

    if given.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, "`parallel` takes functions only, no options")
    bodies: list[tuple[Suite, Type]] = []
    for index, function in enumerate(given.positional):
        place = given.node_of(index, node)
        if not isinstance(function, Static):
            if not is_poison(function):
                cx.error(codes.TYPE_MISMATCH, place, "`parallel` takes functions without parameters, not data")
            return poison(cx.span(node))
        assert isinstance(place, ast.expr)
        bodies.append(lower_branch(cx, _calling(cx, call_value, function, place), place))
    if not bodies:
        return lib.make_list(cx, [], node)
    return lib.make_list(cx, _perform_fork(cx, bodies, node), node)


def _calling(
    cx: Context, call: Callable[[Context, Value, Arguments, ast.expr], Value], function: Value, node: ast.expr
) -> Callable[[], Value]:
    return lambda: call(cx, function, Arguments((), (), ()), node)


def retried_as_a_whole(cx: Context, callee: Configured, given: Arguments, node: ast.expr) -> Value:
    """`with_options(helper, retry=...)(args)`: the helper runs in a branch of its own, which is tried again when it fails."""
    from pysfnc.frontend.lower_call import call_value

    options = callee.options
    if options.timeout_s is not None or options.heartbeat_s is not None:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`timeout` and `heartbeat` have no meaning for a function that becomes part of the machine",
            help="write instead: the function marked `@task`, or `retry` only",
        )
    if not options.retry:
        return call_value(cx, callee.target, given, node)
    fixed = evaluated(cx, given)
    awaiting, cx.awaiting = cx.awaiting, False

    def run() -> Value:
        cx.awaiting = awaiting
        return call_value(cx, callee.target, fixed, node)

    body = lower_branch(cx, run, node)
    return _perform_fork(cx, [body], node, options.retry)[0]


# Thread pools


@statement(ast.With)
def lower_with(cx: Context, node: ast.With) -> None:
    """`with ThreadPoolExecutor(...) as pool:`; leaving it waits for everything that was submitted."""
    pools: list[int] = []
    for item in node.items:
        pool = _pool(cx, item, node)
        if pool is None:
            return
        pools.append(pool.number)
        if item.optional_vars is not None:
            from pysfnc.frontend.lower_assign import assign

            assign(cx, item.optional_vars, pool, item.optional_vars)
    lower_body(cx, node.body)
    start_pending(cx)
    for number in pools:
        cx.flow.pending.pop(number, None)


def _pool(cx: Context, item: ast.withitem, node: ast.With) -> Pool | None:
    made = item.context_expr
    callee = lower_value(cx, made.func) if isinstance(made, ast.Call) and _is_name(made.func) else None
    if not (isinstance(made, ast.Call) and isinstance(callee, External) and callee.name in THREAD_POOLS):
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            made,
            "`with` has a compiled form only for `ThreadPoolExecutor(...)`",
            help="write instead: a function marked `@task` that uses it",
        )
        return None
    options = {keyword.arg: keyword.value for keyword in made.keywords}
    if made.args:
        options["max_workers"] = made.args[0]
    workers = options.get("max_workers")
    limit = None if workers is None else lower_expr(cx, workers)
    if limit is not None and (is_poison(limit) or kinds(limit.type) == {Kind.NONE}):
        limit = None
    if limit is not None and kinds(limit.type) != {Kind.INT}:
        cx.error(codes.TYPE_NEEDED, made, "`max_workers` must be known to be an int")
        limit = None
    number = cx.names.number()
    cx.flow.pending[number] = ()
    return Pool(number, None if limit is None else cx.atom(limit, "workers"))


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def call_pool_method(cx: Context, receiver: Static, name: str, given: Arguments, node: ast.expr) -> Value:
    """A method of a pool or future."""
    match receiver, name:
        case Pool(), "submit":
            return _submit(cx, receiver, given, node)
        case Pool(), "map":
            return _pool_map(cx, receiver, given, node)
        case Pool(), "shutdown":
            start_pending(cx)
            return Const(value=None, type=NONE, span=cx.span(node))
        case Future(), "result":
            start_pending(cx)
            return result_of(cx, receiver.outcome, receiver.type, node)
        case Future(), "exception":
            start_pending(cx)
            return lib.tuple_item(cx, cx.atom(receiver.outcome), 0, node)
        case _:
            return cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}` of {describe(receiver)} has no compiled form",
                help="write instead: a function marked `@task` that calls it",
            )


def _submit(cx: Context, pool: Pool, given: Arguments, node: ast.expr) -> Value:
    """`pool.submit(f, x)`: a branch that is started together with the others submitted before the first result is asked for."""
    called = _submitted(cx, given, node)
    if called is None:
        return poison(cx.span(node))
    body, type_ = lower_outcome(cx, called, node)
    outcome = cx.names.fresh("outcome")
    entry = Submitted(body, outcome, type_, cx.span(node))
    cx.flow.pending[pool.number] = (*cx.flow.pending.get(pool.number, ()), entry)
    return Future(pool, Var(name=outcome, type=outcome_type(type_), span=cx.span(node)), type_)


def _submitted(cx: Context, given: Arguments, node: ast.expr) -> Callable[[], Value] | None:
    """The call that was submitted. Its arguments are evaluated now."""
    from pysfnc.frontend.lower_call import call_value

    if not given.positional or not isinstance(given.positional[0], Static):
        if not given.positional or not is_poison(given.positional[0]):
            cx.error(codes.TYPE_MISMATCH, node, "`submit` takes a function and its arguments")
        return None
    function, *values = given.positional
    rest = evaluated(cx, Arguments(tuple(values), given.keywords, given.nodes[1:]))
    atoms = {value.name for value in _values(given) if isinstance(value, Var)}

    def own(value: Value) -> Value:
        """An object that was made for the call belongs to the branch, which may change it."""
        fresh = isinstance(value, Var) and value.name not in atoms and kinds(value.type) & _CHANGEABLE
        return cx.temporary(value, "arg") if fresh and isinstance(value, Var) else value

    def run() -> Value:
        positional = tuple(map(own, rest.positional))
        keywords = tuple((name, own(value)) for name, value in rest.keywords)
        return call_value(cx, function, replace(rest, positional=positional, keywords=keywords), node)

    return run


def _values(given: Arguments) -> tuple[Value, ...]:
    return (*given.positional, *(value for _, value in given.keywords))


def start_pending(cx: Context) -> None:
    """Start what was submitted to the open pools, all of a pool together."""
    for number, waiting in list(cx.flow.pending.items()):
        if not waiting:
            continue
        cx.flow.pending[number] = ()
        span = waiting[0].span
        type_ = TupleT(tuple(outcome_type(entry.type) for entry in waiting))
        target = cx.names.fresh("branches")
        effect = Fork(branches=tuple(entry.body for entry in waiting), retry=(), result=type_)
        cx.emit(Perform(effect=effect, target=target, span=span))
        whole = Var(name=target, type=type_, span=span)
        for index, entry in enumerate(waiting):
            part = lib.part_of(cx, whole, index)
            cx.emit(Assign(name=entry.outcome, value=part, span=entry.span))


def on_some_ways(cx: Context, lower: Callable[[], T]) -> T:
    """Lower code that runs on some ways only, such as an arm of a conditional expression.

    What was submitted before is started on every way. When the code starts it, it is started before the code instead, and the
    code lowered again.
    """
    waiting = dict(cx.flow.pending)
    if not any(waiting.values()):
        return lower()
    trial = Trial(cx)
    made = lower()
    if cx.flow.pending == waiting:
        trial.accept()
        return made
    trial.discard()
    start_pending(cx)
    return lower()


def _pool_map(cx: Context, pool: Pool, given: Arguments, node: ast.expr) -> Value:
    """`pool.map(f, xs, ys)`."""
    from pysfnc.frontend.lower_call import call_value

    start_pending(cx)
    if len(given.positional) < 2 or set(given.keyword_map()) - {"chunksize"} or given.spread is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`map` of a pool takes a function and iterables")
    function, *iterables = given.positional
    lists = [lib.items_of(cx, value, node) for value in iterables]
    seq = lists[0] if len(lists) == 1 else lib.call(cx, "zip", lists, {}, node)
    if is_poison(seq):
        return seq

    def call(item: Expr) -> Value:
        values = [item] if len(lists) == 1 else lib.known_items(cx, item) or []
        return call_value(cx, function, Arguments(tuple(values), (), ()), node)

    outcomes, type_ = fan_out_outcomes(cx, seq, call, node, pool.max_workers)
    return MappedResults(outcomes, type_)


def fan_out_outcomes(
    cx: Context, seq: Expr, call: Callable[[Expr], Value], node: ast.AST, limit: Expr | None
) -> tuple[Expr, Type]:
    """Run a call for each item at the same time; the list of outcomes, and the type of their values."""
    item = Var(name=cx.names.fresh("item"), type=lib.item_type(seq.type), span=cx.span(node))
    body, type_ = lower_outcome(cx, lambda: call(item), node)
    result = ListT(outcome_type(type_))
    return _perform_fan_out(cx, item, seq, body, result, node, limit), type_


def _perform_fan_out(
    cx: Context, item: Var, seq: Expr, body: Suite, result: Type, node: ast.AST, limit: Expr | None
) -> Expr:
    target = cx.names.fresh("results")
    effect = FanOut(name=item.name, seq=seq, body=body, max_concurrency=limit, retry=(), result=result)
    cx.emit(Perform(effect=effect, target=target, span=cx.span(node)))
    return Var(name=target, type=result, span=cx.span(node))


def fan_out_values(cx: Context, seq: Expr, call: Callable[[Expr], Value], node: ast.AST) -> Expr:
    """Run a call for each item at the same time; the list of values. The failure that comes first is raised."""
    item = Var(name=cx.names.fresh("item"), type=lib.item_type(seq.type), span=cx.span(node))
    body, type_ = lower_branch(cx, lambda: call(item), node)
    return _perform_fan_out(cx, item, seq, body, ListT(type_), node, None)


# asyncio


@expression(ast.Await)
def lower_await(cx: Context, node: ast.Await) -> Value:
    """`await`: only of a call, of `asyncio.gather` and of `asyncio.sleep`."""
    value = lower_value(cx, node.value)
    if isinstance(value, Coroutine):
        return run_coroutine(cx, value, node)
    if not is_poison(value):
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            node,
            f"{describe(value) if isinstance(value, Static) else 'data'} is awaited, and only calls have a compiled form",
            help="write instead: `await f(x)` or `await asyncio.gather(f(x), g(y))`",
        )
    return poison(cx.span(node))


def run_coroutine(cx: Context, coroutine: Coroutine, node: ast.expr) -> Value:
    """Run a call that waited to be awaited."""
    from pysfnc.frontend.lower_call import call_value
    from pysfnc.frontend.lower_externals import lower_sleep

    function = coroutine.function
    if isinstance(function, External) and function.name == "asyncio.sleep":
        return lower_sleep(cx, coroutine.given, node)
    if isinstance(function, Intrinsic):
        return function.build(cx, (), coroutine.node)
    if isinstance(function, External):
        return _gather(cx, coroutine.given, node)
    assert isinstance(function, ProjectFunction | Closure | Configured)
    cx.awaiting = True
    try:
        return call_value(cx, function, coroutine.given, coroutine.node)
    finally:
        cx.awaiting = False


def _gather(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`await asyncio.gather(f(x), g(y))`, or of a spread comprehension of calls."""
    options = given.keyword_map()
    wants_errors = options.get("return_exceptions")
    if set(options) - {"return_exceptions"} or not (wants_errors is None or _is_false(wants_errors)):
        return cx.error(
            codes.UNSUPPORTED_ASYNC,
            node,
            "`return_exceptions` of `gather` has no compiled form yet",
            help="write instead: `try` and `except` in the functions that are gathered",
        )
    if len(given.positional) == 1 and isinstance(given.positional[0], CoroutineList):
        calls = given.positional[0]
        return fan_out_values(cx, calls.items, lambda item: _awaited(cx, calls.element(cx, item), node), node)
    bodies: list[tuple[Suite, Type]] = []
    for value in given.positional:
        if is_poison(value):
            return value
        bodies.append(lower_branch(cx, _awaiting(cx, value, node), node))
    if not bodies:
        return lib.make_list(cx, [], node)
    return lib.make_list(cx, _perform_fork(cx, bodies, node), node)


def _is_false(value: Value) -> bool:
    return isinstance(value, Const) and value.value is False


def _awaiting(cx: Context, value: Value, node: ast.expr) -> Callable[[], Value]:
    return lambda: _awaited(cx, value, node)


def _awaited(cx: Context, value: Value, node: ast.expr) -> Value:
    if isinstance(value, Coroutine):
        return run_coroutine(cx, value, node)
    if is_poison(value):
        return value
    return cx.error(
        codes.UNSUPPORTED_ASYNC,
        node,
        "`gather` takes calls of async functions",
        help="write instead: `asyncio.gather(f(x), g(y))` with `async def` functions",
    )
