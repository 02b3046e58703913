"""`@workflow`, `@task`, `@inline` and `with_options`: marks for the compiler, and what they mean when CPython runs.

Owns the callable objects and the checks at decoration time, which report all faults at once. The wire encoding, the
binding of inputs and the retries live in modules of their own, loaded by the first call that needs them.
"""

from collections.abc import Callable
from functools import update_wrapper
from types import CodeType, FunctionType
from typing import Any, Final, Generic, ParamSpec, TypeVar, overload

from pysfnc.lang.calls import call_async, call_sync, is_async_callable
from pysfnc.lang.context import RunContext, is_running, made_up_run, running
from pysfnc.lang.errors import refuse
from pysfnc.lang.options import (
    MAX_TASK_SECONDS,
    UNSET,
    CallOptions,
    RetryOption,
    Unset,
    WorkflowOptions,
    call_faults,
    function_name_faults,
    memory_faults,
    retries_of,
    retry_faults,
    workflow_faults,
)

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

INLINE_MARK: Final = "__pysfnc_inline__"
_NO_INPUT: Final[Any] = object()
_CO_VARARGS: Final = 0x04
_CO_VARKEYWORDS: Final = 0x08
_CO_GENERATOR: Final = 0x20 | 0x200


class Workflow(Generic[P, R]):
    """A function that is a state machine. Calling it is plain Python; `run` takes and gives JSON, as the machine.

    Called while a workflow runs, it is a child execution, with JSON in both directions.
    """

    __wrapped__: Callable[P, R]

    def __init__(self, function: Callable[P, R], options: WorkflowOptions) -> None:
        update_wrapper(self, function)
        self.options = options
        self.is_async = is_async_callable(function)

    @property
    def name(self) -> str:
        """The name of the state machine: the one given, or that of the function."""
        return self.options.name or self.__wrapped__.__name__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if not is_running():
            return self.__wrapped__(*args, **kwargs)
        from pysfnc.lang.children import run_child

        return run_child(self, args, kwargs)  # type: ignore[no-any-return]

    def run(self, input: Any = _NO_INPUT, *, context: RunContext | None = None) -> Any:
        """Run the workflow on the JSON value `input` and return its output as JSON.

        The parameters are the keys of the input: defaults hold, surplus keys are ignored unless there is ``**rest``,
        annotated parameters are decoded. A missing input is ``{}``; None is JSON's null. An async workflow runs on an
        event loop of its own.

        Args:
            context: what `pysfnc.context` shows during the run; made up when not given.

        Raises:
            TypeError: a key is missing or a value does not fit its annotation (see `pysfnc.lang.wire`).
            ValueError: a number or text cannot travel as JSON.
        """
        from pysfnc.lang.binding import bind_input
        from pysfnc.lang.wire import encode_result, encode_value

        function: Callable[..., Any] = self.__wrapped__
        document, args, kwargs = bind_input(function, {} if input is _NO_INPUT else input)
        with running(context or made_up_run(self.name, encode_value(document))):
            result = _run_loop(function, args, kwargs) if self.is_async else function(*args, **kwargs)
            return encode_result(function, result)

    def __repr__(self) -> str:
        return f"<workflow {self.__wrapped__.__qualname__}>"


class Task(Generic[P, R]):
    """A function that runs in Lambda. Under CPython its arguments and result are copied through the wire encoding."""

    __wrapped__: Callable[P, R]

    def __init__(self, function: Callable[P, R], options: CallOptions) -> None:
        update_wrapper(self, function)
        self.options = options
        self.is_async = is_async_callable(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        from pysfnc.lang.wire import decode_result, encode_arguments, run_encoded, run_encoded_async

        function: Callable[..., Any] = self.__wrapped__
        encoded_args, encoded_kwargs = encode_arguments(function, args, kwargs)
        if self.is_async:

            async def attempt_async() -> Any:
                return decode_result(function, await run_encoded_async(function, encoded_args, encoded_kwargs))

            return call_async(attempt_async, self.options)  # type: ignore[return-value]

        def attempt() -> Any:
            return decode_result(function, run_encoded(function, encoded_args, encoded_kwargs))

        return call_sync(attempt, self.options)  # type: ignore[no-any-return]

    def changed(self, options: CallOptions) -> "Task[P, R]":
        """The same task with other options."""
        return Task(self.__wrapped__, options)

    def __repr__(self) -> str:
        return f"<task {self.__wrapped__.__qualname__}>"


class Configured(Generic[P, R]):
    """Any callable with options of its own, made by `with_options`."""

    __wrapped__: Callable[P, R]

    def __init__(self, function: Callable[P, R], options: CallOptions) -> None:
        update_wrapper(self, function)
        self.options = options
        self.is_async = is_async_callable(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        function: Callable[..., Any] = self.__wrapped__
        if self.is_async:
            return call_async(lambda: function(*args, **kwargs), self.options)  # type: ignore[return-value]
        return call_sync(lambda: function(*args, **kwargs), self.options)  # type: ignore[no-any-return]

    def changed(self, options: CallOptions) -> "Configured[P, R]":
        """The same callable with other options."""
        return Configured(self.__wrapped__, options)

    def __repr__(self) -> str:
        return f"<with_options {self.__wrapped__!r}>"


@overload
def workflow(function: Callable[P, R], /) -> Workflow[P, R]: ...
@overload
def workflow(
    *,
    timeout: int | None = None,
    type: str = "STANDARD",
    name: str | None = None,
    comment: str | None = None,
    lambda_retry: RetryOption | Unset = UNSET,
) -> Callable[[Callable[P, R]], Workflow[P, R]]: ...
def workflow(
    function: Any = None,
    /,
    *,
    timeout: int | None = None,
    type: str = "STANDARD",
    name: str | None = None,
    comment: str | None = None,
    lambda_retry: RetryOption | Unset = UNSET,
) -> Any:
    """Make a function a state machine. Usable with and without options.

    Args:
        timeout: seconds the whole execution may take; the machine enforces it, CPython does not.
        type: ``"STANDARD"`` or ``"EXPRESS"``.
        name: name of the machine; the function's name when not given.
        comment: text for the definition.
        lambda_retry: retriers for Lambda's transient errors; None leaves the default ones out.

    Raises:
        ValueError: options or signature cannot be used; the message lists all faults.
    """
    faults = workflow_faults(timeout, type, name, comment, lambda_retry)
    retriers = lambda_retry if isinstance(lambda_retry, Unset) else retries_of(lambda_retry)
    options = WorkflowOptions(timeout, type, name, comment, retriers)

    def decorate(target: Any) -> Any:
        _check("workflow", target, faults + _function_faults(target) + _workflow_signature_faults(target))
        return Workflow(target, options)

    return _applied("workflow", decorate, function)


@overload
def task(function: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(
    *,
    timeout: int | None = None,
    heartbeat: int | None = None,
    memory: int | None = None,
    retry: RetryOption = None,
    name: str | None = None,
    role: str | None = None,
) -> Callable[[Callable[P, R]], Task[P, R]]: ...
def task(
    function: Any = None,
    /,
    *,
    timeout: int | None = None,
    heartbeat: int | None = None,
    memory: int | None = None,
    retry: RetryOption = None,
    name: str | None = None,
    role: str | None = None,
) -> Any:
    """Make a function one that always runs in Lambda. Usable with and without options.

    Args:
        timeout: seconds one attempt may take (at most 900, Lambda's limit); then it fails with `TimeoutError`.
        heartbeat: seconds between signs of life, smaller than `timeout`.
        memory: MB of the Lambda function, 128 to 10,240.
        retry: a `Retry` or a list of them, of which the first match counts.
        name: name of the Lambda function.
        role: ARN or name of the role it runs under.

    Raises:
        ValueError: options cannot be used; the message lists all faults.
    """
    faults = [
        *call_faults(timeout, heartbeat, role, MAX_TASK_SECONDS),
        *memory_faults(memory),
        *retry_faults(retry),
        *function_name_faults(name),
    ]
    options = CallOptions(retries_of(retry), timeout, heartbeat, memory, name, role)

    def decorate(target: Any) -> Any:
        _check("task", target, faults + _function_faults(target))
        return Task(target, options)

    return _applied("task", decorate, function)


def inline(function: F, /) -> F:
    """Mark a function that must be compiled into the machine; under CPython it is the function itself.

    Raises:
        ValueError: it is no plain function.
    """
    _check("inline", function, _function_faults(function))
    setattr(function, INLINE_MARK, True)
    return function


def with_options(
    function: Callable[P, R],
    /,
    *,
    retry: RetryOption | Unset = UNSET,
    timeout: int | Unset | None = UNSET,
    heartbeat: int | Unset | None = UNSET,
    role: str | Unset | None = UNSET,
) -> Callable[P, R]:
    """A callable like `function` whose calls have other options. What is not given stays; None takes an option away.

    Raises:
        ValueError: options cannot be used; the message lists all faults.
    """
    is_task = isinstance(function, Task)
    limit_s = MAX_TASK_SECONDS if is_task else None
    target: object = function
    faults = [] if callable(target) else [f"{target!r} is not callable"]
    faults += call_faults(timeout, heartbeat, role, *(() if limit_s is None else (limit_s,)))
    faults += retry_faults(retry)
    if faults:
        refuse("with_options()", faults)
    known: CallOptions = function.options if isinstance(function, (Task, Configured)) else CallOptions()
    options = known.changed(
        retries=UNSET if isinstance(retry, Unset) else retries_of(retry),
        timeout=timeout,
        heartbeat=heartbeat,
        role=role,
    )
    if isinstance(function, (Task, Configured)):
        return function.changed(options)
    return Configured(function, options)


def _applied(kind: str, decorate: Callable[[Any], Any], function: Any) -> Any:
    if function is None:
        return decorate
    if isinstance(function, (str, int)):
        raise TypeError(f"@{kind} takes its options by keyword: @{kind}(name=...)")
    return decorate(function)


def _check(kind: str, target: Any, faults: list[str]) -> None:
    if faults:
        refuse(f"@{kind} {getattr(target, '__qualname__', repr(target))}", faults)


def _function_faults(target: Any) -> list[str]:
    if isinstance(target, (Task, Workflow)):
        return [f"it is already a {type(target).__name__.lower()}"]
    if not isinstance(target, FunctionType):
        return ["it decorates functions only"]
    if target.__code__.co_flags & _CO_GENERATOR:
        return ["a generator function gives no value that can travel"]
    return []


def _workflow_signature_faults(target: Any) -> list[str]:
    code = getattr(target, "__code__", None)
    if not isinstance(code, CodeType):
        return []
    faults = []
    if code.co_flags & _CO_VARARGS:
        faults.append("*args cannot be filled from the keys of an input object")
    others = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & _CO_VARKEYWORDS) - 1
    if code.co_posonlyargcount and others:
        faults.append("a positional-only parameter takes the whole input and must be the only parameter")
    return faults


def _run_loop(function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(function(*args, **kwargs))
    raise RuntimeError(
        f"{function.__qualname__}.run() cannot be used on a running event loop; await the workflow itself"
    )
