"""The oracle: one program, run by CPython and as the compiled machine, with outcomes that can be compared.

`run_python` and `run_compiled` take the text of a program (or its modules), so that the `.test` files and the generator
of random programs use the same judge. Tasks of a compiled run are called directly, without a process, through the code
that the Lambda handler uses.
"""

import atexit
import contextlib
import functools
import gc
import json
import os
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pysfnc.asl.validate import check_definition
from pysfnc.assembly.machines import local_machines
from pysfnc.assembly.parameters import needed_parameters, parameters_of_run
from pysfnc.assembly.reports import message_of
from pysfnc.diagnostics import Diagnostic
from pysfnc.engine import LambdaService, Machine
from pysfnc.engine.clock import VirtualClock
from pysfnc.engine.http import HttpService
from pysfnc.engine.objects import ObjectStore
from pysfnc.jsonata.engine import Evaluator, JlensEvaluator
from pysfnc.lang.context import RunContext, context_object_of, with_input
from pysfnc.lang.decorators import Workflow
from pysfnc.testing.callbacks import answering
from pysfnc.testing.contexts import run_context
from pysfnc.testing.exceptions import name_and_text
from pysfnc.testing.sleeping import instant_sleep
from tests.support.direct import DirectInvoker
from tests.support.http_server import HttpServer, endpoint
from tests.support.outcome import Outcome
from tests.support.program import MAIN, Call, Program, loaded, written

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow, CompileResult
    from pysfnc.services import World

__all__ = ["Rejected", "compile_program", "run_compiled", "run_python"]

Source = str | Mapping[str, str]
START: Final = 1893553445.678
"""When both forms begin, in seconds since 1970."""


class Rejected(Exception):
    """The program does not compile."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from pysfnc.diagnostics.render import render_all

        super().__init__("the program does not compile:\n" + render_all(diagnostics, "full"))
        self.diagnostics = diagnostics


def run_python(
    source: Source,
    input: Any,
    workflow: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    http: Sequence[str] | None = None,
) -> Outcome:
    """Run a program under CPython, as `workflow.run(input)` does, with sleeping made instant."""
    with (
        endpoint(http) as (server, known),
        _environment({**(environment or {}), **known}),
        instant_sleep(start=START),
        loaded(written(_files(source))) as program,
    ):
        _record_requests(server, program)
        if not any("async def" in text for text in _files(source).values()):
            return _outcome(_workflow(program, workflow), input, program)
        with _without_coroutines_left():
            return _outcome(_workflow(program, workflow), input, program)


@contextlib.contextmanager
def _without_coroutines_left() -> Iterator[None]:
    """Coroutines that a failing program made and never awaited are no fault of the test, and not left to a later one.

    Nothing is collected before the end, so that they are all young then, and the rest of the process need not be looked through.
    """
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
            gc.collect(0)
    finally:
        gc.enable()


def _outcome(workflow: Workflow[Any, Any], input: Any, program: Program) -> Outcome:
    given = json.loads(json.dumps(input))
    try:
        output = workflow.run(given, context=with_input(_context(workflow.name), given))
    except Exception as error:
        name, cause = name_and_text(error)
        return Outcome(error=name, cause=cause, calls=tuple(program.calls))
    return Outcome(output, calls=tuple(program.calls))


def _workflow(program: Program, name: str | None) -> Workflow[Any, Any]:
    found = [
        value
        for value in vars(program.module).values()
        if isinstance(value, Workflow) and value.__wrapped__.__module__ == MAIN
    ]
    for value in found:
        if name in (None, value.name, value.__wrapped__.__name__):
            return value
    raise LookupError(f"no workflow {name or ''} in the program")


def _files(source: Source) -> Mapping[str, str]:
    return {f"{MAIN}.py": source} if isinstance(source, str) else source


def _context(name: str) -> RunContext:
    """What `pysfnc.context` shows in both forms."""
    return run_context(name, name="run-1", start_time="2030-01-02T03:04:05.678Z")


@contextlib.contextmanager
def _environment(variables: Mapping[str, str] | None) -> Iterator[None]:
    """Set environment variables for a program."""
    before = dict(os.environ)
    os.environ.update(variables or {})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _record_requests(server: HttpServer | None, program: Program) -> None:
    """Count requests as calls of the program, in their order."""
    if server is not None:
        server.on_request = lambda asked: program.calls.append(Call(f"{asked.method} {asked.path}", asked.told()))


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled program: the driver's result and, for each workflow, machines that are ready to run."""

    result: "CompileResult"
    evaluator: JlensEvaluator = field(default_factory=lambda: JlensEvaluator(seed=0))
    _machines: dict[tuple[str, frozenset[tuple[str, str]]], dict[str, Machine]] = field(default_factory=dict)

    def machine(self, name: str | None, environment: Mapping[str, str]) -> Machine:
        """The machine of a workflow, filled in with deployment parameters out of an environment."""
        return self.machines(name, environment)[self.workflow(name).name]

    def machines(self, name: str | None, environment: Mapping[str, str]) -> dict[str, Machine]:
        """The machine of a workflow and those that it starts, by name."""
        workflow = self.workflow(name)
        key = workflow.name, frozenset(environment.items())
        if key not in self._machines:
            values = parameters_of_run(needed_parameters(self.result, workflow), {}, environment)
            self._machines[key] = local_machines(self.result, values)
        return self._machines[key]

    def workflow(self, name: str | None) -> "CompiledWorkflow":
        """The workflow of a name, or the first."""
        return self.result.workflows[name or next(iter(self.result.workflows))]


def compile_program(source: Source, optimize: int = 1) -> Compiled:
    """Compile a program, at most once per level; raises Rejected."""
    return _compile(tuple(sorted(_files(source).items())), optimize)


@functools.lru_cache(maxsize=16)
def _compile(files: tuple[tuple[str, str], ...], optimize: int) -> Compiled:
    from pysfnc.driver import Options, compile_file

    result = compile_file(str(written(dict(files))), Options(optimize=optimize, verify=True))
    if not result.ok:
        raise Rejected(result.diagnostics)
    for workflow in result.workflows.values():
        check_definition(workflow.definition)
    return Compiled(result)


def run_compiled(
    source: Source,
    input: Any,
    optimize: int = 1,
    evaluator: Evaluator | None = None,
    workflow: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    services: "Callable[[LambdaService], World] | None" = None,
    objects: ObjectStore | None = None,
    http: Sequence[str] | None = None,
) -> Outcome:
    """Run a program as its compiled machine in virtual time; raises Rejected when it does not compile.

    `services` makes what answers tasks that call AWS, `objects` is what distributed Maps read and write where there are none.
    `evaluator` is None for the engine's own. The cause of a failure that comes from Lambda is reduced to its message.
    """
    compiled = compile_program(source, optimize)
    path = written(_files(source))
    with (
        endpoint(http) as (server, known),
        _environment(variables := {**(environment or {}), **known}),
        _with_functions(path, compiled) as program,
    ):
        _record_requests(server, program)
        machine = compiled.machine(workflow, variables)
        invoker = DirectInvoker(path.parent, compiled.result.functions)
        functions = LambdaService(invoker, HttpService(None), blocking=False)
        with contextlib.ExitStack() as stack:
            world = None if services is None else services(functions)
            if world is not None:
                stack.callback(world.close)
                stack.enter_context(answering(world))
            result = machine.run(
                json.loads(json.dumps(input)),
                machines=compiled.machines(workflow, variables),
                tasks=world or functions,
                listener=world,
                objects=world or objects,
                evaluator=evaluator or compiled.evaluator,
                history=False,
                seed=0,
                clock=VirtualClock(START),
                context=context_object_of(_context(machine.name)),
            )
    calls, transitions = tuple(program.calls), result.transitions
    if result.status == "SUCCEEDED":
        return Outcome(result.output, calls=calls, transitions=transitions)
    error, cause = result.error or result.status, message_of(result.cause)
    return Outcome(error=error, cause=cause, calls=calls, transitions=transitions)


def _with_functions(path: Path, compiled: Compiled) -> contextlib.AbstractContextManager[Program]:
    """The program, loaded if a machine calls functions of it."""
    if compiled.result.functions:
        return loaded(path)
    return contextlib.nullcontext(Program(types.ModuleType(MAIN), path.parent))


@functools.cache
def evaluator(engine: str) -> Evaluator | None:
    """Return the JSONata evaluator of that name for `run_compiled`; None stands for the engine's own."""
    if engine == "jlens":
        return None
    from tests.support.node_jsonata import NodeEvaluator

    node = NodeEvaluator()
    atexit.register(node.close)
    return node
