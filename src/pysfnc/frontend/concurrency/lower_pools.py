"""Thread pools: `with ThreadPoolExecutor(...) as pool`, `submit` and `map`.

Every call of a pool comes to its end, whatever fails: the `with` waits for all of them. An exception is kept as the outcome of its call and raised
where the program asks for the result.
"""

import ast
from collections.abc import Callable, Sequence

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Pages
from pysfnc.frontend.blocks.lower_contexts import lower_contexts
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.concurrency.future_tables import KeyedCoroutines, KeyedFutures
from pysfnc.frontend.concurrency.future_values import (
    Future,
    FutureDict,
    FutureSet,
    GroupKind,
    MappedResults,
    Pool,
    Submitted,
    TaskGroup,
)
from pysfnc.frontend.concurrency.lower_branches import item_of, limited, lower_branch, own_arguments, result_type
from pysfnc.frontend.concurrency.lower_futures import future_method, set_method
from pysfnc.frontend.concurrency.lower_groups import close, submit
from pysfnc.frontend.concurrency.still_running import note_ended
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import is_poison, lower_body, lower_expr, lower_value, statement
from pysfnc.frontend.core.lower_values import External, Static, Value, describe
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import FanOut, If, Perform, Raise, Return
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, NONE, STR, Kind, ListT

THREAD_POOLS = frozenset({"concurrent.futures.ThreadPoolExecutor", "concurrent.futures.thread.ThreadPoolExecutor"})
_OPTIONS = frozenset({"max_workers", "thread_name_prefix"})


@statement(ast.With)
def lower_with(cx: Context, node: ast.With) -> None:
    """`with ThreadPoolExecutor(...) as pool:`; leaving it waits for everything that was submitted."""
    if lower_contexts(cx, node):
        return
    pools: list[int] = []
    for item in node.items:
        pool = _pool(cx, item)
        if pool is None:
            return
        pools.append(pool.number)
        if item.optional_vars is not None:
            from pysfnc.frontend.core.lower_assign import assign

            assign(cx, item.optional_vars, pool, item.optional_vars)
    lower_body(cx, node.body)
    for number in reversed(pools):
        close(cx, number)
        note_ended(cx, number)


def _pool(cx: Context, item: ast.withitem) -> Pool | None:
    made = item.context_expr
    callee = lower_value(cx, made.func) if isinstance(made, ast.Call) and _is_name(made.func) else None
    if not (isinstance(made, ast.Call) and isinstance(callee, External) and callee.name in THREAD_POOLS):
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            made,
            "`with` has a compiled form only for objects of own classes, `ThreadPoolExecutor(...)`, "
            "and `suppress(...)`, `nullcontext(...)`, `closing(...)` and `ExitStack()` of `contextlib`",
            help="write instead: a function marked `@task` that uses it",
        )
        return None
    options = {keyword.arg: keyword.value for keyword in made.keywords if keyword.arg is not None}
    if len(made.args) > 1 or set(options) - _OPTIONS or len(options) < len(made.keywords):
        cx.error(
            codes.UNSUPPORTED_CALL,
            made,
            "of a thread pool only `max_workers` and `thread_name_prefix` have a compiled form",
        )
        return None
    if made.args:
        options["max_workers"] = made.args[0]
    workers = options.get("max_workers")
    return Pool(cx.names.number(), None if workers is None else _workers(cx, workers))


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _workers(cx: Context, node: ast.expr) -> Expr | None:
    """How many calls run at once; None for no limit, as the default depends on the computer."""
    limit = lower_expr(cx, node)
    if is_poison(limit) or kinds(limit.type) == {Kind.NONE}:
        return None
    if kinds(limit.type) != {Kind.INT}:
        cx.error(codes.TYPE_NEEDED, node, "`max_workers` must be known to be an int")
        return None
    limit = cx.atom(limit, "workers")
    span = cx.span(node)
    text = Const(value="max_workers must be greater than 0", type=STR, span=span)
    none = lib.compare(cx, ast.LtE(), limit, Const(value=0, type=INT, span=span), node)
    before = cx.state.copy()
    with cx.capture() as failing:
        cx.emit(Raise(exc=lib.new_exception(cx, "ValueError", [text], node), span=span))
    cx.state = before
    if isinstance(limit, Const) and isinstance(limit.value, int):
        if limit.value <= 0:
            cx.out.extend(failing)
            cx.flow.may_raise_here()
        return limit
    cx.emit(If(test=none, then=tuple(failing), orelse=(), span=span))
    return limit


def call_pool_method(cx: Context, receiver: Static, name: str, given: Arguments, node: ast.expr) -> Value:
    """A method of a pool or future."""
    match receiver, name:
        case Pool(), "submit":
            return _submit(cx, receiver, given, node)
        case Pool(), "map":
            return _pool_map(cx, receiver, given, node)
        case Pool(), "shutdown":
            close(cx, receiver.number)
            note_ended(cx, receiver.number)
            return Const(value=None, type=NONE, span=cx.span(node))
        case Future(), _:
            return future_method(cx, receiver, name, given, node)
        case FutureSet(), _:
            return set_method(cx, receiver, name, given, node)
        case KeyedFutures() | KeyedCoroutines() | FutureDict(), _:
            from pysfnc.frontend.concurrency.lower_future_tables import table_method

            return table_method(cx, receiver, name, given, node)
        case TaskGroup(), _:
            from pysfnc.frontend.concurrency.lower_asyncio import group_method

            return group_method(cx, receiver, name, given, node)
        case Pages(), _:
            from pysfnc.frontend.aws.lower_page_results import pages_method

            return pages_method(cx, receiver, name, given, node)
        case _:
            return cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}` of {describe(receiver)} has no compiled form",
                help="write instead: a function marked `@task` that calls it",
            )


def _submit(cx: Context, pool: Pool, given: Arguments, node: ast.expr) -> Value:
    """`pool.submit(f, x)`."""
    called = submitted_call(cx, given, node)
    if called is None:
        return poison(cx.span(node))
    run, copies = called
    return add_call(cx, pool.number, "pool", run, copies, node, pool.max_workers)


def add_call(
    cx: Context,
    number: int,
    kind: GroupKind,
    run: Callable[[], Value],
    copies: Sequence[tuple[str, Var]],
    node: ast.expr,
    limit: Expr | None = None,
) -> Future:
    """Submit a call to a group: its promise."""
    body, type_ = lower_branch(cx, run, node)
    outcome = cx.names.fresh("outcome")
    entry = Submitted(body, outcome, type_, cx.span(node), copies=tuple(copies))
    submit(cx, number, kind, entry, limit)
    whole = Var(name=outcome, type=result_type(cx, type_), span=cx.span(node))
    return Future(number, whole, type_, is_task=kind != "pool", sure=kind == "group")


def submitted_call(
    cx: Context, given: Arguments, node: ast.expr
) -> tuple[Callable[[], Value], list[tuple[str, Var]]] | None:
    """The call of `submit(f, *args)`, whose arguments are evaluated now."""
    from pysfnc.frontend.calls.lower_call import call_value

    if not given.positional or not isinstance(given.positional[0], Static):
        if not given.positional or not is_poison(given.positional[0]):
            cx.error(codes.TYPE_MISMATCH, node, "`submit` takes a function and its arguments")
        return None
    function, *values = given.positional
    rest, copies = kept_arguments(cx, Arguments(tuple(values), given.keywords, given.nodes[1:]))
    return lambda: call_value(cx, function, own_arguments(cx, rest), node), copies


def kept_arguments(cx: Context, given: Arguments) -> tuple[Arguments, list[tuple[str, Var]]]:
    """Arguments as they are now, for a call that starts later; and the copies of variables among them."""
    copies: list[tuple[str, Var]] = []

    def kept(value: Value) -> Value:
        if isinstance(value, Static | Const):
            return value
        copy = cx.temporary(value, "arg")
        if isinstance(value, Var):
            copies.append((copy.name, value))
        return copy

    positional = tuple(map(kept, given.positional))
    keywords = tuple((name, kept(value)) for name, value in given.keywords)
    spread = None if given.spread is None else cx.temporary(given.spread, "arg")
    return Arguments(positional, keywords, given.nodes, spread), copies


def add_calls(
    cx: Context,
    number: int,
    kind: GroupKind,
    seq: Expr,
    call: Callable[[Expr], Value],
    node: ast.AST,
    limit: Expr | None = None,
) -> Submitted:
    """Submit a call for each item of a list to a group."""
    kept = cx.temporary(seq, "items")
    copies = ((kept.name, seq),) if isinstance(seq, Var) else ()
    item = item_of(cx, kept, node)
    body, type_ = lower_branch(cx, lambda: call(item), node)
    body, limit = limited(cx, body, limit)
    results = Var(name=cx.names.fresh("results"), type=ListT(type_), span=cx.span(node))
    effect = FanOut(name=item.name, seq=kept, body=body, max_concurrency=limit, retry=(), result=results.type)
    suite = (
        Perform(effect=effect, target=results.name, hold=None, span=cx.span(node)),
        Return(value=results, span=cx.span(node)),
    )
    entry = Submitted(suite, cx.names.fresh("outcomes"), type_, cx.span(node), many=True, copies=copies)
    submit(cx, number, kind, entry, limit)
    return entry


def outcomes_var(cx: Context, entry: Submitted) -> Var:
    """The variable that holds the outcomes of calls for many items."""
    return Var(name=entry.outcome, type=ListT(result_type(cx, entry.type)), span=entry.span)


def _pool_map(cx: Context, pool: Pool, given: Arguments, node: ast.expr) -> Value:
    """`pool.map(f, xs, ys)`."""
    from pysfnc.frontend.calls.lower_call import call_value

    options = given.keyword_map()
    timeout = options.get("timeout")
    if len(given.positional) < 2 or set(options) - {"chunksize", "timeout"} or given.spread is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`map` of a pool takes a function and iterables")
    if timeout is not None and not (isinstance(timeout, Const) and timeout.value is None):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "a limit for the time of `map` has no compiled form",
            notes=["leaving the pool waits for the calls in any case"],
            help="write instead: `with_options(f, timeout=...)`, or `timeout=` of the task",
        )
    function, *iterables = given.positional
    lists = [lib.items_of(cx, value, node) for value in iterables]
    seq = lists[0] if len(lists) == 1 else lib.call(cx, "zip", lists, {}, node)
    if is_poison(seq):
        return seq

    def call(item: Expr) -> Value:
        values = [item] if len(lists) == 1 else lib.known_items(cx, item) or []
        return call_value(cx, function, Arguments(tuple(values), (), ()), node)

    entry = add_calls(cx, pool.number, "pool", seq, call, node, pool.max_workers)
    return MappedResults(pool.number, outcomes_var(cx, entry), entry.type)
