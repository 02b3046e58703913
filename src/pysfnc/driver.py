"""From a source file to compiled workflows: the stages in their order, and what they leave behind.

Nothing here decides anything about Python or Step Functions; it calls the stages, collects their diagnostics and keeps the forms in
between for `--emit`.
"""

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from pysfnc.asl.limits import MAX_DEFINITION_BYTES
from pysfnc.asl.placeholders import Parameter, parameters_in
from pysfnc.diagnostics import Diagnostic, codes
from pysfnc.diagnostics.sink import Sink
from pysfnc.ir.hir import Machine, Placement, Program, Suite
from pysfnc.source import SourceFile, Span

if TYPE_CHECKING:
    from pysfnc.backend.emit import Emitted
    from pysfnc.ir.mir import MachinePlan
    from pysfnc.packaging.model import FunctionSpec

_T = TypeVar("_T")

STACK_BYTES: Final = 512 * 1024 * 1024
RECURSION_LIMIT: Final = 100_000
"""The walks over deep expressions are recursive; a source of some hundred levels must not end in a RecursionError."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to compile. `optimize` 0: one state for each thing the program does; 1: as few states as its effects need.

    `verify`: check the rules of HIR after the passes; for tests.
    """

    optimize: int = 1
    verify: bool = False


@dataclass(frozen=True, slots=True)
class PlacementReport:
    """Where each function went and why, and what was left out."""

    placements: tuple[Placement, ...] = ()
    notes: tuple[tuple[Span, str], ...] = ()

    def text(self) -> str:
        """One line for each function and each note."""
        lines = [
            f"{place.function}: {'in the machine' if place.place == 'machine' else 'in Lambda'}: {place.reason}"
            for place in self.placements
        ]
        lines += [f"{span.file.name}:{span.line}: {note}" for span, note in self.notes]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class CompiledWorkflow:
    """One workflow as a state machine.

    Attributes:
        definition: ASL, with `${...}` placeholders for what a deployment fills in.
        parameters: the deployment parameters in the definition, by name.
        functions: placeholders of the Lambda functions that the machine calls.
        children: placeholder -> name of the workflow of the program whose machine it stands for.
        states: how many states the definition has, branches included.
        bytes: size of the definition as compact JSON.
        source_map: name of a state -> the place in the source it comes from.
        notes: remarks for the build report.
    """

    name: str
    definition: dict[str, Any]
    type: Literal["STANDARD", "EXPRESS"]
    parameters: dict[str, Parameter]
    functions: tuple[str, ...]
    children: dict[str, str]
    states: int
    bytes: int
    source_map: dict[str, Span]
    machine: Machine
    blocks: Callable[[], str]
    notes: tuple[tuple[Span, str], ...] = ()

    def hir_text(self) -> str:
        """The structured form, for `--emit hir`."""
        from pysfnc.ir.text import render_machine

        return render_machine(self.machine)

    def service_calls(self) -> list[dict[str, Any]]:
        """The calls of services and distributed Maps as states, with `{% %}` in place of what the machine computes."""
        from pysfnc.backend.outline import outline, outline_of_map
        from pysfnc.ir.hir import FanOut, Perform, ServiceCall
        from pysfnc.ir.walk import walk_suite

        found: list[dict[str, Any]] = []
        for stmt in walk_suite(self.machine.body):
            match stmt:
                case Perform(effect=ServiceCall() as effect):
                    found.append(outline(effect))
                case Perform(effect=FanOut(distributed=settings)) if settings is not None:
                    found.append(outline_of_map(settings))
                case _:
                    pass
        return found

    def blocks_text(self) -> str:
        """The planned states, for `--emit blocks`."""
        return self.blocks()


@dataclass(frozen=True, slots=True)
class CompileResult:
    """What became of a file; without `program` there are only diagnostics."""

    source: SourceFile
    diagnostics: list[Diagnostic]
    workflows: dict[str, CompiledWorkflow] = field(default_factory=dict)
    report: PlacementReport = PlacementReport()
    compiled: Program | None = None

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The deployment parameters of all workflows and functions, by name."""
        found = () if self.compiled is None else self.compiled.environment
        return {item.name: Parameter(item.name, item.default, item.optional) for item in found}

    @property
    def ok(self) -> bool:
        """Whether there are workflows to use."""
        return self.compiled is not None

    @property
    def program(self) -> Program:
        """The program behind the workflows; a rejected one has none."""
        if self.compiled is None:
            raise ValueError("a program with errors has no compiled form")
        return self.compiled

    @property
    def functions(self) -> "tuple[FunctionSpec, ...]":
        """The functions that run in Lambda, as the handler registers them."""
        from pysfnc.functions import function_specs

        return function_specs(self.program)


def compile_file(path: str, options: Options | None = None) -> CompileResult:
    """Compile the workflows of a file.

    Raises:
        SourceError: the file cannot be read.
    """
    return _with_deep_stack(lambda: _compile(path, options or Options()))


def _compile(path: str, options: Options) -> CompileResult:
    from pysfnc.analysis.aliases import check_aliases
    from pysfnc.analysis.branch_checks import check_branches
    from pysfnc.analysis.classes import narrow_exceptions
    from pysfnc.frontend.build import build_program
    from pysfnc.frontend.exceptions import BUILTIN_BASES

    source = SourceFile.read(path)
    sink = Sink()
    program = build_program(path, sink)
    if program is not None and not sink.has_errors:
        for machine in program.machines:
            check_aliases(machine, sink)
            check_branches(machine, sink)
    if program is None or sink.has_errors:
        return CompileResult(source, sink.diagnostics)
    program = narrow_exceptions(program, frozenset(BUILTIN_BASES))
    result = CompileResult(
        source,
        sink.diagnostics,
        report=PlacementReport(program.placements, program.notes),
        compiled=program,
    )
    placeholder = _placeholders(result)
    made = [_workflow(machine, result, placeholder, options, sink) for machine in program.machines]
    if None in made:
        return CompileResult(source, sink.diagnostics)
    result.workflows.update((workflow.name, workflow) for workflow in made if workflow is not None)
    notes = (note for workflow in result.workflows.values() for note in workflow.notes)
    every = tuple(dict.fromkeys((*result.report.notes, *notes)))  # a helper is compiled wherever it is called
    return replace(result, report=replace(result.report, notes=every))


def _placeholders(result: CompileResult) -> Callable[[str], str]:
    from pysfnc.functions import deployed
    from pysfnc.packaging.functions import placeholders

    names = placeholders(deployed(result.functions, result.source.path))
    return lambda task: names[task]


def _workflow(
    machine: Machine, result: CompileResult, placeholder: Callable[[str], str], options: Options, sink: Sink
) -> CompiledWorkflow | None:
    from pysfnc.backend.share import share_states
    from pysfnc.plan.text import render_plan

    program = result.program
    plan, emitted, notes = _planned(machine, program, placeholder, options)
    whole = machine.span or _top(result.source)
    if not _fits(emitted, whole, sink):
        return None
    source_map = emitted.source_map
    if options.optimize > 0:
        gone = share_states(emitted.definition, source_map)
        source_map = {name: span for name, span in source_map.items() if name not in gone}
    size = len(json.dumps(emitted.definition, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_DEFINITION_BYTES:
        sink.error(
            codes.DEFINITION_TOO_LARGE,
            whole,
            f"the definition of `{machine.name}` has {size:,} bytes",
            notes=[f"AWS takes {MAX_DEFINITION_BYTES:,} bytes"],
            help="write instead: a part of it as a `@task`, or as a workflow of its own",
        )
        return None
    functions = sorted({placeholder(task.id) for task in program.tasks})
    wanted = parameters_in(emitted.definition)
    return CompiledWorkflow(
        name=machine.name,
        definition=emitted.definition,
        type=machine.type,
        parameters={name: result.parameters[name] for name in sorted(wanted & result.parameters.keys())},
        functions=tuple(name for name in functions if name in wanted),
        children={name: other for name, other in _machines(program).items() if name in wanted},
        states=_count_states(emitted.definition),
        bytes=size,
        source_map=source_map,
        machine=machine,
        blocks=lambda: render_plan(plan),
        notes=notes,
    )


def _planned(
    machine: Machine, program: Program, placeholder: Callable[[str], str], options: Options
) -> "tuple[MachinePlan, Emitted, tuple[tuple[Span, str], ...]]":
    """The plan of a workflow, what it becomes, and remarks for the report.

    Where an expression is too large for AWS, the exceptions of long ones are held, and large code is divided into states: the first plan
    that AWS takes, else the whole one.
    """
    from pysfnc.asl.causes import long_expressions
    from pysfnc.backend.emit import emit_machine
    from pysfnc.library.row import NameSupply
    from pysfnc.passes.manager import run_passes
    from pysfnc.plan.boundary import bind_parameters
    from pysfnc.plan.divide import divisions
    from pysfnc.plan.hold_exceptions import hold_exceptions
    from pysfnc.plan.sequential import SequentialMaps
    from pysfnc.plan.states import PlanOptions, plan_machine

    names = NameSupply("~")
    tasks = {task.id: task for task in program.tasks}

    settings = PlanOptions(merge=options.optimize > 0)

    def planned(body: Suite) -> "tuple[MachinePlan, Emitted]":
        plan = plan_machine(machine, body, program.exceptions, names, settings)
        return plan, emit_machine(plan, tasks, placeholder)

    def attempt(parts: Suite) -> "tuple[MachinePlan, Emitted]":
        made = planned(parts)
        return planned(hold_exceptions(parts, names)) if any(long_expressions(made[1].definition)) else made

    body = run_passes(machine.body, names, optimise=options.optimize > 0)
    maps = SequentialMaps(program.exceptions, names)
    if options.optimize > 0:
        body = maps.made(body)
    if options.verify:
        _verify(replace(program, machines=(replace(machine, body=body),)))
    body = (*bind_parameters(machine, names), *body)
    attempts = map(attempt, divisions(body))
    whole = next(attempts)
    plan, emitted = next((made for made in chain((whole,), attempts) if _is_evaluated(made[1])), whole)
    return plan, emitted, tuple(maps.notes)


def _is_evaluated(emitted: "Emitted") -> bool:
    """Whether AWS evaluates every expression of a definition, and keeps its exceptions."""
    from pysfnc.asl.causes import long_expressions

    return not emitted.too_deep and not any(long_expressions(emitted.definition))


def _fits(emitted: "Emitted", whole: Span, sink: Sink) -> bool:
    """Whether AWS takes every expression of a definition; an error for each that it does not."""
    from pysfnc.asl.causes import MAX_FAILING_CHARS, long_expressions

    too_long = list(long_expressions(emitted.definition))
    for long in too_long:
        sink.error(
            codes.EXPRESSION_TOO_LARGE,
            emitted.source_map.get(long.state) or whole,
            f"this becomes an expression of {long.chars:,} characters that may raise an exception",
            notes=[f"AWS loses the exceptions of expressions of more than about {MAX_FAILING_CHARS:,} characters"],
            help="write instead: a part of it as a `@task`, or a call between its parts",
        )
    for span, depth in emitted.too_deep:
        sink.error(
            codes.NESTING_TOO_DEEP,
            span or whole,
            f"this becomes an expression of {depth} nested levels",
            notes=["AWS evaluates less than a hundred levels"],
            help="write instead: several assignments to names, or several smaller functions",
        )
    return not too_long and not emitted.too_deep


def _machines(program: Program) -> dict[str, str]:
    from pysfnc.ir.hir import machine_placeholder

    return {machine_placeholder(machine.name): machine.name for machine in program.machines}


def _verify(program: Program) -> None:
    from pysfnc.frontend.effects import can_raise
    from pysfnc.ir.verify import verify_program
    from pysfnc.library.registry import PRIMS

    faults = verify_program(program, PRIMS, can_raise)
    if faults:
        raise AssertionError("the HIR breaks its rules:\n" + "\n".join(map(str, faults)))


def _top(source: SourceFile) -> Span:
    return Span.of_line(source, 1)


def _count_states(scope: dict[str, Any]) -> int:
    inner = [
        part
        for state in scope["States"].values()
        for part in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ()))
    ]
    return len(scope["States"]) + sum(map(_count_states, inner))


def _with_deep_stack(work: Callable[[], _T]) -> _T:
    """Run `work` in a thread with a large stack."""
    outcome: list[_T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    previous, limit = threading.stack_size(STACK_BYTES), sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        thread = threading.Thread(target=run, name="pysfnc-compile")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(previous)
        sys.setrecursionlimit(limit)
    if failure:
        raise failure[0]
    return outcome[0]
