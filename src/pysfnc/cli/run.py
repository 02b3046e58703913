"""`pysfnc run`: runs a program's state machine, or a definition, in the local engine and shows what came of it."""

import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pysfnc.asl.placeholders import Parameter, fill, parameters_in
from pysfnc.assembly.machines import local_machines
from pysfnc.assembly.parameters import MissingParameter, needed_parameters, parameters_of_run
from pysfnc.assembly.price import Usage, price_of_all, total, usage_of
from pysfnc.cli.arguments import Arguments
from pysfnc.cli.compiled import SourceRejected, chosen_workflow, compile_program
from pysfnc.cli.definitions import check_definition, is_definition_path, read_definition
from pysfnc.cli.exits import CommandError, Exit
from pysfnc.cli.files import write_file
from pysfnc.cli.inputs import read_input
from pysfnc.cli.live import live_view
from pysfnc.cli.traceback import raised_again, render_failure
from pysfnc.cli.values import check_known, read_values
from pysfnc.cli.words import counted
from pysfnc.cli.world import aws_choice, tell_unasked, world_options, write_recording
from pysfnc.source import Span

if TYPE_CHECKING:
    from pysfnc.assembly.local import LocalLambda
    from pysfnc.assembly.world import AwsChoice, WorldOptions
    from pysfnc.engine import Machine, RunResult

__all__ = ["run_run"]


@dataclass(slots=True)
class Job:
    """What is to be run: a machine, the program's machines by name, which it may start, and what belongs to it."""

    machine: "Machine"
    machines: "dict[str, Machine]" = field(default_factory=dict)
    source_map: dict[str, Span] = field(default_factory=dict)
    functions: "LocalLambda | None" = None


def run_run(arguments: Arguments) -> Exit:
    """Run once; the exit code says whether the execution succeeded."""
    values = read_values(arguments.settings, arguments.values)
    input = read_input(arguments.input)
    aws = aws_choice(arguments)
    with ExitStack() as stack:
        try:
            job = _definition_job(arguments, values) if is_definition_path(arguments.path) else None
            job = job or _program_job(arguments, values, stack, aws)
        except SourceRejected as rejected:
            return rejected.exit
        options = world_options(arguments, job.machine.name, aws)
        result = _execute(job, input, arguments, options)
        _write_history(arguments.history, result)
        usages = _usages(job, result)
    used, price = total(usages), price_of_all(usages)
    if arguments.json:
        print(json.dumps(_as_json(result, used, price), ensure_ascii=False))
    else:
        _show(job, result, used, price)
        tell_unasked(arguments.mock, options)
    return Exit.DONE if result.status == "SUCCEEDED" else Exit.RUN_FAILED


def _definition_job(arguments: Arguments, values: dict[str, str]) -> Job:
    definition = read_definition(arguments.path)
    check_known(values, parameters_in(definition))
    filled = fill(definition, values)
    check_definition(arguments.path, filled)
    return Job(_machine(filled))


def _machine(definition: dict[str, Any]) -> "Machine":
    from pysfnc.engine import EngineError, Machine

    try:
        return Machine(definition)
    except EngineError as error:
        raise CommandError(str(error)) from error


def _program_job(arguments: Arguments, values: dict[str, str], stack: ExitStack, aws: "AwsChoice") -> Job:
    from pysfnc.assembly.local import local_lambda
    from pysfnc.assembly.world import lambda_environment
    from pysfnc.packaging import PackagingFailed

    result = compile_program(arguments)
    workflow = chosen_workflow(result, arguments.workflow)
    known = _parameter_values(needed_parameters(result, workflow), values)
    mode: Literal["workers", "in-process"] = "workers" if arguments.lambda_mode == "workers" else "in-process"
    try:
        functions = stack.enter_context(local_lambda(result, mode, known, lambda_environment(aws)))
    except PackagingFailed as error:
        raise CommandError(str(error)) from error
    check_known(values, {*result.parameters, *functions.names})
    machines = local_machines(result, {**functions.names, **known, **values})
    return Job(machines[workflow.name], machines, workflow.source_map, functions)


def _parameter_values(parameters: Iterable[Parameter], values: dict[str, str]) -> dict[str, str | None]:
    """Return a value for every deployment parameter, as `pysfnc.assembly.parameters` finds it; raises CommandError."""
    try:
        return parameters_of_run(parameters, values)
    except MissingParameter as missing:
        raise CommandError(
            f"the parameter `{missing.name}` has no value: give --set {missing.name}=..., or set it in the environment"
        ) from None


def _execute(job: Job, input: Any, arguments: Arguments, options: "WorldOptions") -> "RunResult":
    from pysfnc.assembly.world import world_for
    from pysfnc.engine import EngineError

    try:
        with live_view(not arguments.json) as watch, world_for(job.functions, options) as world:
            try:
                return job.machine.run(
                    input,
                    tasks=world,
                    listener=world,
                    objects=world,
                    machines=job.machines,
                    real_time=arguments.real_time,
                    on_event=watch,
                )
            finally:
                write_recording(arguments.record, options.recorder)
    except EngineError as error:
        raise CommandError(str(error)) from error


def _usages(job: Job, result: "RunResult") -> list[Usage]:
    return usage_of(result, job.functions.gb_seconds if job.functions else 0.0, job.machine.type == "EXPRESS")


def _write_history(path: str | None, result: "RunResult") -> None:
    if path is None:
        return
    text = json.dumps({"events": result.history}, indent=2, ensure_ascii=False) + "\n"
    try:
        write_file(path, text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from error


def _as_json(result: "RunResult", used: Usage, price: float) -> dict[str, Any]:
    return {
        "status": result.status,
        "output": result.output,
        "error": result.error,
        "cause": result.cause,
        "transitions": used.transitions,
        "states": result.states,
        "lambda_invocations": used.lambda_invocations,
        "price_usd": price,
    }


def _show(job: Job, result: "RunResult", used: Usage, price: float) -> None:
    """Put the output on standard output, for a pipe, and everything about the run on standard error."""
    if result.status == "SUCCEEDED":
        print(json.dumps(result.output, indent=2, ensure_ascii=False))
    else:
        again = raised_again(result.error, result.cause, result.history)
        state, cause = again or (result.failed_state, result.cause)
        print(render_failure(result.error or result.status, cause, _place(job, result, state)), file=sys.stderr)
    print(
        f"{job.machine.name}: {result.status} in {counted(used.transitions, 'transition')}, "
        f"{counted(used.lambda_invocations, 'Lambda invocation')}, ${price:.6f}",
        file=sys.stderr,
    )


def _place(job: Job, result: "RunResult", failed_state: str | None) -> Span | None:
    """Return where the failure comes from: the state that failed, or the last one before it that has a line.

    A failure that arose in an expression ends in a Fail state which many share and which therefore has no line.
    """
    candidates = [failed_state, *reversed(result.states)]
    return next((job.source_map[name] for name in candidates if name in job.source_map), None)
