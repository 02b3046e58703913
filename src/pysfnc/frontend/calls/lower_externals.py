"""Calls of what other modules give: `time.sleep`, `asyncio`, `pysfnc.parallel`, `with_options`.

Owns the table of those with a meaning of their own. The others are rows of the library or have no compiled form.
"""

import ast
from collections.abc import Callable
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.lower_callbacks import lower_wait
from pysfnc.frontend.aws.lower_clients import BOTO3_CALLS
from pysfnc.frontend.aws.lower_conditions import CONDITION_CALLS
from pysfnc.frontend.aws.lower_distributed import DATASETS, call_dataset, call_distributed_map
from pysfnc.frontend.aws.lower_environment import environment_get
from pysfnc.frontend.aws.lower_jobs import lower_run_job
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature, bind, lower_arguments
from pysfnc.frontend.calls.lower_functional import call_functional, is_functional
from pysfnc.frontend.calls.lower_functions import call_with_options
from pysfnc.frontend.calls.lower_modules import call_json_dumps, call_json_load, call_json_loads
from pysfnc.frontend.calls.lower_output import call_traceback
from pysfnc.frontend.calls.lower_written import WRITTEN_CALLS
from pysfnc.frontend.classes.lower_dataclasses import FUNCTIONS
from pysfnc.frontend.concurrency.future_values import FutureList
from pysfnc.frontend.concurrency.lower_asyncio import at_least_zero, call_create_task, call_ensure_future
from pysfnc.frontend.concurrency.lower_await import AWAITED, awaited
from pysfnc.frontend.concurrency.lower_branches import call_parallel
from pysfnc.frontend.concurrency.lower_futures import call_as_completed
from pysfnc.frontend.concurrency.lower_pools import THREAD_POOLS
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import (
    Coroutine,
    CoroutineList,
    External,
    Intrinsic,
    LazyComprehension,
    Static,
    Value,
)
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.lower_clock_texts import call_strftime
from pysfnc.frontend.data.lower_decimals import call_decimal
from pysfnc.frontend.data.lower_deques import DEQUE, call_deque
from pysfnc.frontend.data.lower_digests import OPAQUE_CALLS
from pysfnc.frontend.data.lower_draws import DRAW_CALLS
from pysfnc.frontend.data.lower_mappings import NAMES, call_mapping
from pysfnc.frontend.data.lower_moments import MOMENT_CALLS
from pysfnc.frontend.data.lower_regex import REGEX_CALLS
from pysfnc.frontend.data.lower_timegm import call_timegm
from pysfnc.frontend.data.lower_until import sleep_until
from pysfnc.frontend.data.moment_operations import DATE, DATETIME, TIMEDELTA
from pysfnc.frontend.loops.lower_endless import call_count, call_cycle
from pysfnc.frontend.loops.lower_grouped import call_groupby
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.ir.hir import Eval, If, Perform, Raise, Sleep
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import BOOL, FLOAT, INT, NONE, STR, Kind, NeverT

_NUMBERS = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT})


def call_external(cx: Context, name: str, node: ast.Call) -> Value:
    """Call something of another module."""
    from pysfnc.frontend.calls.lower_call import call_row

    special = _SPECIAL.get(name) or FUNCTIONS.get(name)
    if special is not None:
        return special(cx, node)
    if name in THREAD_POOLS:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "a thread pool has a compiled form only in a `with` statement",
            help="write instead: `with ThreadPoolExecutor(max_workers=n) as pool:`",
        )
    given = lower_arguments(cx, node)
    if given is not None and name == DEQUE:
        return call_deque(cx, given, node)
    if given is not None and name in NAMES:
        return call_mapping(cx, name, given, node)
    if given is not None and is_functional(name):
        return call_functional(cx, name, given, node)
    if given is None:
        return poison(cx.span(node))
    method = _of_class(cx, name, given, node)
    return call_row(cx, name, given, node) if method is None else method


_CLASSES: Final = {"datetime.datetime": DATETIME, "datetime.date": DATE, "datetime.timedelta": TIMEDELTA}


def _of_class(cx: Context, name: str, given: Arguments, node: ast.Call) -> Value | None:
    """A method that is called through its class with an object of it, `datetime.timestamp(moment)`; None for any other call."""
    cls, _, method = name.rpartition(".")
    own = given.positional[0] if given.positional else None
    if own is None or isinstance(own, Static) or own.type != _CLASSES.get(cls):
        return None
    return run_here(cx, *_call_text(f"argument0.{method}", given, 1), node)


def _call_text(called: str, given: Arguments, first: int = 0) -> tuple[str, dict[str, Value]]:
    """The body of a function that calls something with evaluated arguments, and what the names in it are."""
    values: dict[str, Value] = {f"argument{index}": value for index, value in enumerate(given.positional)}
    values |= {f"by_{key}": value for key, value in given.keywords}
    arguments = [f"argument{index}" for index in range(first, len(given.positional))]
    arguments += [f"{key}=by_{key}" for key, _ in given.keywords]
    return f"return {called}({', '.join(arguments)})", values


def _parallel(cx: Context, node: ast.Call) -> Value:
    given = lower_arguments(cx, node)
    return poison(cx.span(node)) if given is None else call_parallel(cx, given, node)


def _time_sleep(cx: Context, node: ast.Call) -> Value:
    slept = sleep_until(cx, node)
    if slept is not None:
        return slept
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    if len(given.positional) != 1 or given.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, "`sleep` takes one number of seconds")
    return lower_sleep(cx, given.positional[0], node)


def _asyncio(name: str) -> Callable[[Context, ast.Call], Value]:
    def call(cx: Context, node: ast.Call) -> Value:
        given = _gather_arguments(cx, node) if name == "asyncio.gather" else lower_arguments(cx, _without_sets(node))
        return poison(cx.span(node)) if given is None else Coroutine(External(name), given, node)

    return call


def _asyncio_run(cx: Context, node: ast.Call) -> Value:
    """`asyncio.run(main())` in a function that is not async itself."""
    given = lower_arguments(cx, node)
    if given is None or len(given.positional) != 1:
        return poison(cx.span(node))
    return awaited(cx, given.positional[0], node)


def _as_completed(cx: Context, node: ast.Call) -> Value:
    given = lower_arguments(cx, _without_sets(node))
    return poison(cx.span(node)) if given is None else call_as_completed(cx, given, node)


def _wait(cx: Context, node: ast.Call) -> Value:
    """`concurrent.futures.wait(futures, return_when=...)`."""
    given = lower_arguments(cx, _without_sets(node))
    return poison(cx.span(node)) if given is None else AWAITED["asyncio.wait"](cx, given, node)


def _semaphore(name: str) -> Callable[[Context, ast.Call], Value]:
    def call(cx: Context, node: ast.Call) -> Value:
        from pysfnc.frontend.concurrency.lower_async_with import call_semaphore

        return call_semaphore(cx, name, node)

    return call


def _without_sets(node: ast.Call) -> ast.Call:
    """The call with lists for sets that are written out: of the futures in them the order does not matter."""
    args = [
        ast.copy_location(ast.List(arg.elts, ast.Load()), arg) if isinstance(arg, ast.Set) else arg for arg in node.args
    ]
    return ast.copy_location(ast.Call(node.func, args, node.keywords), node)


def _gather_arguments(cx: Context, node: ast.Call) -> Arguments | None:
    """The arguments of `gather`; `*calls` of a comprehension stays together."""
    if not (len(node.args) == 1 and isinstance(node.args[0], ast.Starred)):
        return lower_arguments(cx, node)
    spread = node.args[0].value
    keywords = tuple((k.arg, lower_value(cx, k.value)) for k in node.keywords if k.arg is not None)
    value = lower_value(cx, spread)
    if isinstance(value, LazyComprehension):
        from pysfnc.frontend.loops.lower_comprehension import as_calls

        value = as_calls(cx, value, spread)
    if isinstance(value, CoroutineList | FutureList):
        return Arguments((value,), keywords, (spread,))
    known = lib.known_items(cx, value)
    if known is not None:
        return Arguments(tuple(known), keywords, ())
    if not is_poison(value):
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            spread,
            "what is spread into `gather` is no comprehension of calls",
            help="write instead: `asyncio.gather(*(f(x) for x in xs))`",
        )
    return None


def lower_sleep(cx: Context, value: Value, node: ast.expr, *, is_async: bool = False) -> Expr:
    """Wait. A negative length raises before anything waits; of `asyncio.sleep` it is none."""
    span = cx.span(node)
    seconds = as_data(cx, value, node)
    nothing = Const(value=None, type=NONE, span=span)
    if is_poison(seconds) or isinstance(seconds.type, NeverT):
        return seconds
    if not kinds(seconds.type) & _NUMBERS:
        return cx.error(
            codes.TYPE_MISMATCH, node, f"`sleep` of a value of type `{seconds.type}` always raises TypeError"
        )
    zero = Const(value=0, type=INT, span=span)
    if not kinds(seconds.type) <= _NUMBERS:
        seconds = cx.atom(seconds, "seconds")
        if is_async:
            # CPython compares before it asks for a number.
            cx.emit(Eval(value=lib.compare(cx, ast.LtE(), seconds, zero, node), span=span))
        seconds = _as_number(cx, seconds, node)
    if Kind.BOOL in kinds(seconds.type):
        seconds = lib.binary(cx, "+", seconds, zero, node)
    if isinstance(seconds, Const) and isinstance(seconds.value, int | float) and (seconds.value >= 0 or is_async):
        if seconds.value > 0:
            cx.emit(Perform(effect=Sleep(seconds=seconds), target=None, span=span))
        return nothing
    seconds = cx.atom(seconds, "seconds")
    if is_async:
        seconds = at_least_zero(cx, seconds, node)
    else:
        message = Const(value="sleep length must be non-negative", type=STR, span=span)
        with cx.capture() as failing:
            cx.emit(Raise(exc=lib.new_exception(cx, "ValueError", [message], node), span=span))
        test = lib.compare(cx, ast.Lt(), seconds, zero, node)
        cx.emit(If(test=test, then=tuple(failing), orelse=(), span=span))
    cx.emit(Perform(effect=Sleep(seconds=seconds), target=None, span=span))
    return nothing


def _as_number(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """A length of time, after the TypeError of a value that is no number."""
    found = join_all([one for one in (BOOL, INT, FLOAT) if kinds(one) <= kinds(value.type)])
    return cx.temporary(Prim(op="sleep.seconds", args=(value,), type=found, span=cx.span(node)), "seconds")


def _environment_get(cx: Context, node: ast.Call) -> Value:
    """`os.environ.get(key, default)` and `os.getenv(key, default)`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    values = bind(cx, _GET, given, node)
    if values is None:
        return poison(cx.span(node))
    default = values.get("default")
    return environment_get(
        cx, as_data(cx, values["key"], node), None if default is None else as_data(cx, default, node), node
    )


_GET: Final = Signature("get", ("key", "default"), frozenset(), (), None, None, frozenset({"default"}))


def _cast(cx: Context, node: ast.Call) -> Value:
    """`typing.cast(type, value)`, which is the value; the type is for checkers."""
    if len(node.args) != 2 or node.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, "`cast()` takes a type and a value")
    return lower_value(cx, node.args[1])


def _new_type(cx: Context, node: ast.Call) -> Value:
    """`typing.NewType("UserId", str)`: a function that gives what it gets."""

    def call(inner: Context, values: tuple[Value, ...], at: ast.expr) -> Value:
        if len(values) != 1:
            return inner.error(codes.TYPE_MISMATCH, at, "what `NewType` makes takes one value")
        return values[0]

    return Intrinsic(call)


def _dataset(name: str) -> Callable[[Context, ast.Call], Value]:
    return lambda cx, node: call_dataset(cx, name, node)


SEMAPHORES = ("asyncio.Semaphore", "asyncio.BoundedSemaphore", "asyncio.Lock")

_SPECIAL: dict[str, Callable[[Context, ast.Call], Value]] = {
    **OPAQUE_CALLS,
    **DRAW_CALLS,
    **MOMENT_CALLS,
    **REGEX_CALLS,
    **WRITTEN_CALLS,
    "time.sleep": _time_sleep,
    "typing.cast": _cast,
    "typing.NewType": _new_type,
    **{name: _asyncio(name) for name in AWAITED},
    "asyncio.create_task": call_create_task,
    "asyncio.ensure_future": call_ensure_future,
    "asyncio.run": _asyncio_run,
    "asyncio.as_completed": _as_completed,
    "concurrent.futures.as_completed": _as_completed,
    "concurrent.futures.wait": _wait,
    **{name: _semaphore(name) for name in SEMAPHORES},
    "itertools.count": call_count,
    "itertools.cycle": call_cycle,
    "itertools.groupby": call_groupby,
    "json.dumps": call_json_dumps,
    "json.load": call_json_load,
    "json.loads": call_json_loads,
    "traceback.format_exc": call_traceback,
    "calendar.timegm": call_timegm,
    "pysfnc.parallel": _parallel,
    "pysfnc.run_job": lower_run_job,
    "pysfnc.wait_for_callback": lower_wait,
    "pysfnc.with_options": call_with_options,
    "os.environ.get": _environment_get,
    "os.getenv": _environment_get,
    **BOTO3_CALLS,
    **CONDITION_CALLS,
    "decimal.Decimal": call_decimal,
    "time.strftime": call_strftime,
    "pysfnc.distributed_map": call_distributed_map,
    **{f"pysfnc.{name}": _dataset(f"pysfnc.{name}") for name in DATASETS},
}


CALLED_AS_VALUES: Final = frozenset({*OPAQUE_CALLS, *DRAW_CALLS, *MOMENT_CALLS, "decimal.Decimal"})
"""Functions that look at the syntax of their calls, and do as well with arguments that were evaluated: `map(date.fromisoformat, texts)`."""


def call_as_value(cx: Context, name: str, given: Arguments, node: ast.expr) -> Value:
    """Call one of these with arguments that were evaluated."""
    body, values = _call_text("called", given)
    return run_here(cx, body, {"called": External(name), **values}, node)
