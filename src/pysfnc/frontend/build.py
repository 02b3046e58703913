"""From a file to HIR: the entry point of the frontend.

Owns the machines of a program: parameters, body, and the tables of tasks, placements and notes. Importing it fills the dispatch tables.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pysfnc.diagnostics import Diagnostic, Sink, codes
from pysfnc.frontend.aws.code_checks import check_codes
from pysfnc.frontend.blocks import lower_try, lower_try_star
from pysfnc.frontend.calls import lower_call
from pysfnc.frontend.calls.moved_functions import unfit_functions
from pysfnc.frontend.classes import inner_classes
from pysfnc.frontend.concurrency import lower_async_with, lower_asyncio, lower_pools
from pysfnc.frontend.concurrency.lower_groups import close_here
from pysfnc.frontend.core import (
    lower_assign,
    lower_attributes,
    lower_control,
    lower_displays,
    lower_expr,
    lower_match,
    lower_names,
    lower_subscripts,
    lower_test,
)
from pysfnc.frontend.core.lower_context import Context, Journal
from pysfnc.frontend.core.lower_core import as_data, lower_body, lower_value
from pysfnc.frontend.core.lower_flow import Flow
from pysfnc.frontend.core.lower_frame import Frame, Names, variable_of
from pysfnc.frontend.core.lower_project import ItemScope, KeyScope, Project
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.core.unset import begin_unset
from pysfnc.frontend.data import lower_sets
from pysfnc.frontend.declarations.class_tags import ClassTags
from pysfnc.frontend.declarations.signatures import default_of
from pysfnc.frontend.loops import lower_comprehension, lower_each, lower_generators, lower_loops
from pysfnc.frontend.loops.counted_loops import with_counted_loops, with_places_set
from pysfnc.frontend.program.changes import changes_reached_from
from pysfnc.frontend.program.environment import Use, environment_of, read_environment, reads_environment
from pysfnc.frontend.program.model import FunctionInfo, ProjectModel
from pysfnc.frontend.program.program import load_program
from pysfnc.frontend.program.scope import Scope
from pysfnc.ir.exprs import Const
from pysfnc.ir.hir import Machine, Param, Perform, Placement, Program, Return, TaskCall
from pysfnc.ir.walk import walk_suite
from pysfnc.library.operators.alike import noting_alike
from pysfnc.values.relations import join
from pysfnc.values.types import ERROR, JSON, NONE, DictT, Type

CONSTRUCTS = (
    inner_classes,
    lower_assign,
    lower_attributes,
    lower_async_with,
    lower_asyncio,
    lower_call,
    lower_comprehension,
    lower_control,
    lower_displays,
    lower_each,
    lower_expr,
    lower_generators,
    lower_loops,
    lower_match,
    lower_sets,
    lower_subscripts,
    lower_names,
    lower_pools,
    lower_test,
    lower_try,
    lower_try_star,
)
"""The modules that register the lowering of some construct."""

_RECURSION_LIMIT = 20_000
MAX_HELPERS_NAMED = 3
"""Of how many helpers in Lambda a message says that a value may come from them."""


def build_program(
    path: str, sink: Sink, *, own_places: bool = False, refused: Sequence[Diagnostic] = ()
) -> Program | None:
    """Read the program whose entry file is `path` and lower its workflows; `own_places`: see `Project`.

    `refused`: what the alias check said before, so that the helpers it is about go to Lambda.

    Returns None when an error was reported, which is then in `sink`.
    """
    with _deep_recursion():
        model = load_program(path, sink)
        if model is None:
            return None
        return lower_program(model, sink, own_places=own_places, refused=refused)


def lower_program(
    model: ProjectModel, sink: Sink, *, own_places: bool = False, refused: Sequence[Diagnostic] = ()
) -> Program | None:
    """Lower the workflows of a model; None when an error was reported."""
    workflows = model.workflows()
    if not workflows and not sink.has_errors:
        sink.error(
            codes.NO_WORKFLOW,
            None,
            f"{model.entry.source.name} has no workflow",
            help="write instead: a function marked `@workflow`",
        )
    discovered: list[Use] = []
    unset: dict[ast.AST, set[str]] = {}
    any_keys: KeyScope = "everywhere"
    unannotated: frozenset[tuple[str, str]] = frozenset()
    loaded: frozenset[str] = frozenset()
    held_kinds: frozenset[tuple[str, str]] = frozenset()
    tags = ClassTags(model)
    items: ItemScope = "texts"
    compiled = ints = False
    unbelieved = Sink()
    unfit = unfit_functions(model, refused)
    while True:
        attempt = Sink()
        project = Project(
            model,
            model.exceptions(),
            read_environment(model, discovered),
            unset=unset,
            unfit=unfit,
            own_places=own_places,
            any_keys=any_keys,
            items_told=items == "told",
            ints_believed=ints,
            unannotated=unannotated,
            loaded=loaded,
            held_kinds=held_kinds,
        )
        journal = Journal()
        with noting_alike() as alike:
            machines = _machines(project, workflows, attempt, journal)
        fails = attempt.has_errors or any(project.in_lambda.values())
        tags_differ = tags.settle(alike, project, workflows, fails)
        met = _met_unset(project, attempt)
        narrower = _narrower_keys(project, attempt)
        attributes = project.met_unannotated - unannotated
        more = bool(project.met_loaded or project.met_held or attributes or tags_differ)
        if not (project.environment.discovered or met or narrower != any_keys or more):
            found = _items(project, attempt, items, compiled)
            if found == items and (ints or not _wants_ints(attempt)):
                break
            if found == items:
                # What was decided since ints were not told from floats is decided again.
                ints, unbelieved, any_keys, items, compiled = True, attempt, "everywhere", "texts", False
                continue
            items, compiled = found, not attempt.has_errors
        unannotated |= attributes
        loaded |= project.met_loaded
        held_kinds |= project.met_held
        any_keys = narrower
        discovered += project.environment.discovered
        unset = {**unset, **{node: names | unset.get(node, set()) for node, names in met.items()}}
    if ints and _errors(attempt) > _errors(unbelieved):
        attempt = unbelieved
    for diagnostic in _explained(attempt.diagnostics, project):
        sink.add(diagnostic)
    used = {
        stmt.effect.task
        for machine in machines
        for stmt in walk_suite(machine.body)
        if isinstance(stmt, Perform) and isinstance(stmt.effect, TaskCall)
    }
    tasks = tuple(project.finished(task) for id_, task in sorted(project.tasks.items()) if id_ in used)
    environment = environment_of(project.environment, machines, bool(tasks), sink)
    if tasks:
        _note_unknown_variables(project, journal)
    if sink.has_errors:
        return None
    return Program(
        machines=tuple(machines),
        tasks=tasks,
        exceptions=project.exceptions,
        environment=environment,
        placements=_placements(journal),
        modules=model.files(),
        notes=tuple(journal.notes),
    )


def _explained(found: Sequence[Diagnostic], project: Project) -> Iterator[Diagnostic]:
    """The diagnostics; those about a value of which nothing but JSON is known name the helpers that run in Lambda, as it may come from there."""
    notes = [
        f"`{info.qualname}` runs in Lambda, so that only JSON is known of what it gives: {why[0].message} ({why[0].span})"
        for info, why in project.in_lambda.items()
        if why and why[0].span is not None
    ]
    for diagnostic in found:
        about_json = diagnostic.is_error and f"`{JSON}`" in diagnostic.message
        yield replace(diagnostic, notes=(*diagnostic.notes, *notes[:MAX_HELPERS_NAMED])) if about_json else diagnostic


def _narrower_keys(project: Project, attempt: Sink) -> KeyScope:
    """Which dicts may have keys of any type in the next attempt: fewer, if those of this one do not compile, or leave the machine."""
    if project.any_keys == "nowhere" or not project.met_any_keys:
        return project.any_keys
    fails = attempt.has_errors or any(project.in_lambda.values())
    if project.any_keys == "everywhere":
        return "inner" if fails or project.met_leaving_keys else "everywhere"
    return "nowhere" if fails else "inner"


def _items(project: Project, attempt: Sink, before: ItemScope, compiled: bool) -> ItemScope:
    """How the next attempt holds numbers of items: told from texts if something does not compile without, or asks what may be a set.

    `compiled`: the attempt before this one had no errors, as what does not compile runs in Lambda; so that one is made again if this one has some.
    """
    fails = attempt.has_errors or any(project.in_lambda.values())
    if before == "texts" and (project.met_sets or (project.met_decimals and fails)):
        return "told"
    return "kept" if before == "told" and compiled and attempt.has_errors else before


def _errors(sink: Sink) -> int:
    return sum(diagnostic.is_error for diagnostic in sink.diagnostics)


def _wants_ints(attempt: Sink) -> bool:
    """Whether to believe the annotations that say `int`: something does not compile that tells ints from floats."""
    return any(one.code is codes.AMBIGUOUS_NUMBER for one in attempt.diagnostics)


def _met_unset(project: Project, sink: Sink) -> dict[ast.AST, set[str]]:
    """The variables that have to begin as null, as reading them may fail, if that is why something does not compile."""
    refused = (*sink.diagnostics, *(one for why in project.in_lambda.values() for one in why))
    if not any(one.code is codes.MAYBE_UNSET for one in refused):
        return {}
    found = {node: names - project.unset.get(node, set()) for node, names in project.met_unset.items()}
    return {node: names for node, names in found.items() if names}


def _machines(project: Project, workflows: Sequence[FunctionInfo], sink: Sink, journal: Journal) -> list[Machine]:
    """The machines of the workflows, and of those that they call."""
    machines: list[Machine] = []
    todo, seen = list(workflows), set(workflows)
    while todo:
        info = todo.pop(0)
        _check_name(info, machines, sink)
        machines.append(_machine(project, info, sink, journal))
        journal.args_read.clear()
        journal.unfaithful.clear()
        journal.foreign.clear()
        journal.fields_read.clear()
        journal.unfaithful_fields.clear()
        called = [other for other in project.machines if other not in seen]
        todo += called
        seen.update(called)
    return machines


def _check_name(info: FunctionInfo, machines: Sequence[Machine], sink: Sink) -> None:
    """A workflow of another module that is called must not have the name of another one."""
    name = info.workflow_options.name or info.node.name
    other = next((machine for machine in machines if machine.name == name), None)
    if other is not None and other.span is not None and info.module.source is not other.span.file:
        sink.error(
            codes.DUPLICATE_NAME,
            info.module.span(info.node).head(),
            f"two workflows of the program have the name `{name}`",
            labels=[(other.span, "the other one")],
            help='write instead: `@workflow(name="...")` for one of them',
        )


def _machine(project: Project, info: FunctionInfo, sink: Sink, journal: Journal) -> Machine:
    """Lower one workflow."""
    names = Names()
    scope = project.scope(info.node)
    frame = Frame(
        scope=scope,
        module=info.module,
        region=0,
        kind="function",
        title=info.qualname,
        node=info.node,
        is_async=info.is_async,
    )
    cx = Context(project, names, sink, journal, Flow(), frame, active=(info.node,), workflow=info)
    for change in changes_reached_from(project.model, info):
        sink.error(
            codes.GLOBAL_MUTATION,
            change.where.span(change.node),
            f"`{change.name}` is {change.how}",
            help="write instead: a parameter, and a return value for what is new",
        )
    params = tuple(_with_computed_default(cx, info, param) for param in info.params)
    for param in params:
        variable = variable_of(frame, param.name, names)
        cx.regions[variable] = 0
        cx.state.put(variable, Fact(parameter_type(param), assigned_at=cx.span(info.node).head()))
    if scope.is_generator:
        return _finished(info, params, cx)
    begin_unset(cx, frame)
    if project.loaded:
        from pysfnc.frontend.aws.loaded_resources import begin_unloaded

        begin_unloaded(cx, cx.span(info.node).head())
    try:
        lower_body(cx, info.node.body)
        close_here(cx, at_end=True)
    except RecursionError:
        sink.error(
            codes.NESTING_TOO_DEEP,
            cx.span(info.node).head(),
            f"`{info.qualname}` is nested too deep to be compiled",
            help="write instead: functions for the inner parts",
        )
    if cx.state.reachable:
        span = cx.span(info.node).head()
        cx.emit(Return(value=Const(value=None, type=NONE, span=span), span=span))
    _check_arguments(cx)
    check_codes(cx, tuple(cx.out))
    return _finished(info, params, cx)


def _check_arguments(cx: Context) -> None:
    """Arguments of exceptions are read back as JSON gives them, so those that it would change must not be read at all."""
    journal = cx.journal
    for span in journal.unfaithful if journal.args_read else ():
        cx.error(
            codes.AMBIGUOUS_NUMBER,
            span,
            "the exception gets a float or tuple, and its arguments are read",
            labels=[(journal.args_read[0], "read here, where the machine would see an int or list")],
            help="write instead: a text as the argument",
        )
    for span in journal.unfaithful_fields if journal.fields_read else ():
        cx.error(
            codes.AMBIGUOUS_NUMBER,
            span,
            "the exception gets an attribute that JSON or its annotation does not tell, and attributes are read",
            labels=[(journal.fields_read[0], "read here")],
            help="write instead: a parameter of `__init__` annotated with what is given (`x: float`), or a text",
        )
    read = [*journal.args_read, *journal.fields_read]
    for span in journal.foreign if read else ():
        cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            span,
            "an exception of a child execution arrives without its arguments and attributes",
            labels=[(read[0], "those of exceptions are read here")],
            help="write instead: `str(e)`",
        )


def _with_computed_default(cx: Context, info: FunctionInfo, param: Param) -> Param:
    """A default that reads environment variables is computed where it is taken."""
    node = default_of(info, param.name)
    if param.default is not None or node is None or not reads_environment(cx.project.model, info.module, node):
        return param
    outside = Frame(scope=Scope(bound=frozenset()), module=info.module, region=0, kind="module")
    with cx.in_frame(outside), cx.capture() as own:
        value = as_data(cx, lower_value(cx, node), node)
    if own:
        cx.error(
            codes.UNSUPPORTED_DECORATOR_OPTION,
            node,
            f"the default of `{param.name}` takes more than one expression",
            help="write instead: `None` as the default, and the value in the function",
        )
    return replace(param, default=value)


def _note_unknown_variables(project: Project, journal: Journal) -> None:
    """Say what a deployment cannot know of the environment of the Lambda functions."""
    for use in project.environment.unknown:
        note = "an environment variable is read whose name is known only in Lambda; the deployment must set it"
        journal.notes.append((use.module.span(use.node), note))


def _finished(info: FunctionInfo, params: tuple[Param, ...], cx: Context) -> Machine:
    options = info.workflow_options
    return Machine(
        name=options.name or info.node.name,
        function=info.qualname,
        params=params,
        body=with_places_set(with_counted_loops(tuple(cx.out), cx.counters), (param.name for param in params)),
        timeout_s=options.timeout_s,
        type=options.type,
        comment=options.comment,
        lambda_retry=options.lambda_retry,
        span=cx.span(info.node).head(),
    )


def parameter_type(param: Param) -> Type:
    """The type of the variable of a parameter: that of the annotation, or of a default, which is not decoded."""
    declared = JSON if param.type is None else param.type
    if param.kind == "star":
        return ERROR  # refused where it stands; its uses are no faults of their own
    if param.kind == "rest":
        return DictT(declared)
    return declared if param.default is None else join(declared, param.default.type)


def _placements(journal: Journal) -> tuple[Placement, ...]:
    """Where each function went. One that did not compile for some call runs in Lambda for that one."""
    found: dict[tuple[str, str], Placement] = {}
    for placement in journal.placements:
        found.setdefault((placement.function, placement.place), placement)
    return tuple(found.values())


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Python's limit is meant for runaway recursion; lowering takes several calls for each level of the program's nesting."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
