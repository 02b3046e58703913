"""`run` and `run_python`: one workflow, one input, one outcome."""

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pysfnc.lang.context import RunContext, context_object_of, with_input
from pysfnc.lang.decorators import Workflow
from pysfnc.testing.callbacks import Callback, answering
from pysfnc.testing.exceptions import exception_of, name_and_text
from pysfnc.testing.machines import Compiled, LambdaMode, NotCompiled, compiled, functions_of
from pysfnc.testing.outcome import RunOutcome
from pysfnc.testing.sleeping import instant_sleep

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow
    from pysfnc.engine import Machine, RunResult, Waiting

__all__ = ["NotCompiled", "run", "run_python"]

Program = Workflow[Any, Any] | str | os.PathLike[str]


def run(
    program: Program,
    input: Any = None,
    /,
    *,
    workflow: str | None = None,
    optimize: int = 1,
    lambda_: LambdaMode = "in-process",
    real_time: bool = False,
    start_time: datetime | None = None,
    parameters: Mapping[str, str] | None = None,
    context: RunContext | None = None,
    seed: int | None = None,
    setup: Callable[[], object] | None = None,
    mocks: str | os.PathLike[str] | None = None,
    test_case: str | None = None,
    on_callback: Callable[[Callback], None] | None = None,
) -> RunOutcome:
    """Compile a workflow and run its machine in the local engine, with its tasks as local Lambda functions.

    The compiled program and its Lambda functions are kept for the next call, until a file of the program changes; so
    module-level state of tasks lasts, as in a warm Lambda. Not for several threads at once.

    Args:
        program: a workflow, or the path of a program.
        input: the input of the execution, any JSON value; None is ``{}``.
        workflow: which workflow, when `program` is the path of a file that has several.
        optimize: as ``pysfnc compile -O``.
        lambda_: "in-process" runs tasks out of the built zip in this process; "workers" in processes with AWS's own runtime
            client, which is slower and closer to AWS.
        real_time: wait for real. Otherwise the machine has a virtual clock, and sleeping in tasks takes no time in process.
        start_time: where the virtual clock starts; now when not given.
        parameters: values of deployment parameters; what is missing comes from the environment, then from the defaults.
        context: what `pysfnc.context` shows; made up when not given. Its input is the one of the run.
        seed: makes jitter and random ids repeatable.
        setup: makes what the mock of AWS holds at first. Under `moto.mock_aws` the run uses that mock, as it stands.
        mocks: a mock file, whose answers come before all others; see docs/local.md.
        test_case: which test case of it, for a file of AWS Step Functions Local.
        on_callback: called when a task begins to wait for its token; see `answer` and `refuse`.

    Raises:
        NotCompiled: the program has errors.
        LookupError: there is no such workflow, or a deployment parameter has no value.
        SourceError, PackagingFailed, EngineError: a file cannot be read, the zip cannot be built, the input is no JSON,
            a task calls what nothing here answers.
    """
    from pysfnc.assembly.machines import local_machines
    from pysfnc.assembly.parameters import needed_parameters, parameters_of_run
    from pysfnc.assembly.world import AwsChoice, WorldOptions, world_for
    from pysfnc.engine import VirtualClock
    from pysfnc.services import read_mocks

    code = compiled(_path_of(program), optimize)
    chosen = _chosen(code, program.name if isinstance(program, Workflow) else workflow)
    values = parameters_of_run(needed_parameters(code.result, chosen), parameters or {})
    functions = functions_of(code, lambda_, values, real_time=real_time)
    machines = local_machines(code.result, {**functions.names, **values})
    machine = machines[chosen.name]
    before = functions.gb_seconds
    options = WorldOptions(
        AwsChoice(setup=setup),
        None if mocks is None else read_mocks(Path(mocks), chosen.name, test_case),
        on_waiting=None if on_callback is None else _told(on_callback),
    )
    with (
        world_for(functions, options) as world,
        answering(world),
        nullcontext() if real_time or lambda_ == "workers" else instant_sleep(),
    ):
        result = machine.run(
            {} if input is None else input,
            tasks=world,
            listener=world,
            objects=world,
            machines=machines,
            clock=None if start_time is None else VirtualClock(start_time.timestamp()),
            real_time=real_time,
            context=None if context is None else context_object_of(context),
            seed=seed,
        )
    return _outcome(result, machine, functions.gb_seconds - before, code)


def _told(on_callback: Callable[[Callback], None]) -> "Callable[[Waiting], None]":
    def told(waiting: "Waiting") -> None:
        on_callback(Callback(waiting.token, waiting.state, waiting.resource, waiting.arguments))

    return told


def run_python(
    program: Workflow[Any, Any], input: Any = None, /, *, real_time: bool = False, context: RunContext | None = None
) -> RunOutcome:
    """Run a workflow as the Python function that it is, as ``program.run(input)`` does.

    Args:
        program: the workflow.
        input: the input, any JSON value; None is ``{}``.
        real_time: sleep for real. Otherwise time passes at once while all threads and asynchronous tasks wait.
        context: what `pysfnc.context` shows; made up when not given. Its input is the one of the run.

    Returns:
        The output, or the error name and cause with which the machine fails. What only a machine has is None or empty.

    Raises:
        RuntimeError: an async workflow cannot be run where an event loop is running already.
    """
    _refuse_running_loop(program)
    files = {program.__wrapped__.__code__.co_filename}
    given = {} if input is None else input
    shown = None if context is None else with_input(context, given)
    with nullcontext() if real_time else instant_sleep(files):
        try:
            return RunOutcome("SUCCEEDED", program.run(given, context=shown))
        except Exception as failure:
            error, cause = name_and_text(failure)
            return RunOutcome("FAILED", error=error, cause=cause, exception=failure)


def _refuse_running_loop(program: Workflow[Any, Any]) -> None:
    """A mistake of the test must not look like a failure of the workflow."""
    if not program.is_async:
        return
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        f"{program.name} is async and cannot be run on a running event loop; use a test that is not async"
    )


def _path_of(program: Program) -> str:
    if not isinstance(program, Workflow):
        return os.fspath(program)
    function = program.__wrapped__
    if "<locals>" in function.__qualname__:
        raise LookupError(
            f"the workflow {function.__qualname__} is made inside a function; a machine needs one of a module"
        )
    return str(function.__code__.co_filename)


def _chosen(code: Compiled, name: str | None) -> "CompiledWorkflow":
    workflows = code.result.workflows
    if name is None and len(workflows) == 1:
        return next(iter(workflows.values()))
    if name in workflows:
        return workflows[name]
    known = ", ".join(workflows)
    raise LookupError(f"no workflow {name} in the file; it has {known}" if name else f"choose a workflow: {known}")


def _outcome(result: "RunResult", machine: "Machine", gb_seconds: float, code: Compiled) -> RunOutcome:
    from pysfnc.assembly.price import price_of_all, total, usage_of

    usages = usage_of(result, gb_seconds, machine.type == "EXPRESS")
    used = total(usages)
    has_succeeded = result.status == "SUCCEEDED"
    return RunOutcome(
        status=result.status,
        output=result.output,
        error=result.error,
        cause=result.cause,
        transitions=used.transitions,
        states=tuple(result.states),
        lambda_invocations=used.lambda_invocations,
        price_usd=price_of_all(usages),
        history=tuple(result.history),
        exception=None if has_succeeded else exception_of(result.error, result.cause, code.files),
    )
