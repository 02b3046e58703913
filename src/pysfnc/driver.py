"""From a source file to compiled workflows: the stages in their order, and what they leave behind.

Nothing here decides anything about Python or Step Functions; it calls the stages, collects their diagnostics and keeps the forms in
between for `--emit`.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from pysfnc.asl.limits import MAX_DEFINITION_BYTES
from pysfnc.asl.placeholders import Parameter, parameters_in
from pysfnc.diagnostics import Diagnostic, codes
from pysfnc.diagnostics.sink import Sink
from pysfnc.ir.hir import Machine, Placement, Program
from pysfnc.lean import dataclass
from pysfnc.source import SourceFile, Span

if TYPE_CHECKING:
    from pysfnc.packaging.model import FunctionSpec

_T = TypeVar("_T")

STACK_BYTES: Final = 512 * 1024 * 1024
_MOVES_AT_MOST: Final = 4
"""How often helpers that the alias check refuses are moved to Lambda: what others do with what they give is checked anew."""

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
    from pysfnc.analysis.classes import narrow_exceptions
    from pysfnc.frontend.declarations.exceptions import BUILTIN_BASES

    source = SourceFile.read(path)
    program, sink = _lowered(path)
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


def _lowered(path: str) -> tuple[Program | None, Sink]:
    """The program in its structured form, with what was reported: lowered in the cheapest of the ways that the alias check accepts."""
    first = Sink()
    program = _checked(path, first)
    if program is None or not _aliases(first):
        return program, first
    # Variables for the keys of places cost something, so they are made where it takes them.
    sink = Sink()
    other = _checked(path, sink, own_places=True)
    refused: list[Diagnostic] = []
    for _ in range(_MOVES_AT_MOST):
        if not sink.has_errors:
            return other, sink
        new = [one for one in _aliases(sink) or _aliases(first) if one not in refused]
        if not new:
            break
        # Where objects have to be those of Python, helpers run in Lambda.
        refused += new
        sink = Sink()
        other = _checked(path, sink, own_places=True, refused=refused)
    # What was tried last says why the helpers cannot run in Lambda, if it is about the same places.
    places = {(one.code, one.span) for one in first.diagnostics}
    is_same = all((one.code, one.span) in places for one in sink.diagnostics)
    return (other, sink) if is_same or not sink.has_errors else (program, first)


def _aliases(sink: Sink) -> list[Diagnostic]:
    return [one for one in sink.diagnostics if one.code is codes.ALIAS_MUTATION]


def _checked(path: str, sink: Sink, *, own_places: bool = False, refused: Sequence[Diagnostic] = ()) -> Program | None:
    """The program in its structured form, with what the analyses of it report in `sink`."""
    from pysfnc.analysis.aliases import check_aliases
    from pysfnc.analysis.branch_checks import check_branches
    from pysfnc.frontend.build import build_program

    program = build_program(path, sink, own_places=own_places, refused=refused)
    if program is None or sink.has_errors:
        return program
    helpers = {task.id: task for task in program.tasks if task.copies is not None}
    changed, read = set[str](), set[str]()
    for machine in program.machines:
        copied = check_aliases(machine, sink, helpers)
        changed |= copied.changed
        read |= copied.read
        check_branches(machine, sink)
    known = {
        name: replace(
            task, copies="changed" if name in changed else "kept", consumes=not (task.gets_constants or name in read)
        )
        for name, task in helpers.items()
    }
    return replace(program, tasks=tuple(known.get(task.id, task) for task in program.tasks))


def _placeholders(result: CompileResult) -> Callable[[str], str]:
    from pysfnc.functions import deployed
    from pysfnc.packaging.functions import placeholders

    names = placeholders(deployed(result.functions, result.source.path))
    return lambda task: names[task]


def _workflow(
    machine: Machine, result: CompileResult, placeholder: Callable[[str], str], options: Options, sink: Sink
) -> CompiledWorkflow | None:
    from pysfnc.codegen import Generator, check_limits
    from pysfnc.plan.text import render_plan

    program = result.program
    check = _verify if options.verify else None
    generated = Generator(program, placeholder, optimise=options.optimize > 0, check=check).generate(machine)
    emitted, whole = generated.emitted, machine.span or _top(result.source)
    if not check_limits(emitted, whole, sink):
        return None
    size = generated.size
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
        source_map=emitted.source_map,
        machine=machine,
        blocks=lambda: render_plan(generated.plan),
        notes=generated.notes,
    )


def _machines(program: Program) -> dict[str, str]:
    from pysfnc.ir.hir import machine_placeholder

    return {machine_placeholder(machine.name): machine.name for machine in program.machines}


def _verify(program: Program) -> None:
    from pysfnc.frontend.core.effects import can_raise
    from pysfnc.ir.verify import verify_program
    from pysfnc.library.rows.registry import PRIMS

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
