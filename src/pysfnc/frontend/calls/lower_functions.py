"""Calls of the project's functions: `@task` in Lambda, others written in place, and Lambda for those that do not compile.

Owns placement: a helper is written in place if every construct in it compiles; otherwise it goes to Lambda when that makes no difference, and
is a mistake when it would.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pysfnc.diagnostics import Diagnostic, Label, codes
from pysfnc.frontend.aws.aws_values import ClientMethod, JobOf, TableMethod
from pysfnc.frontend.aws.lower_children import call_workflow
from pysfnc.frontend.calls.lower_arguments import Arguments, bind, signature_of
from pysfnc.frontend.calls.lower_functional import (
    cached_call_obstacle,
    cached_result_obstacle,
    hashed_arguments,
    refuse_cached,
)
from pysfnc.frontend.calls.lower_inline import call_closure, call_function
from pysfnc.frontend.calls.moved_functions import is_plain, obstacle_to_move
from pysfnc.frontend.core.kept_values import kept_arguments
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_core import as_data, lower_value
from pysfnc.frontend.core.lower_mutation import changed_parameter
from pysfnc.frontend.core.lower_shared import shared_of
from pysfnc.frontend.core.lower_travels import travelling_arguments
from pysfnc.frontend.core.lower_values import (
    Closure,
    Configured,
    Coroutine,
    ExceptionClass,
    External,
    ProjectFunction,
    Static,
    Value,
)
from pysfnc.frontend.core.whole import check_whole
from pysfnc.frontend.declarations.class_changes import changed_class
from pysfnc.frontend.declarations.decorators import CALL_OPTIONS, call_options
from pysfnc.frontend.declarations.retries import ClassFinder
from pysfnc.frontend.program.changes import functions_reached_from
from pysfnc.frontend.program.model import FunctionInfo, ModuleInfo, TaskOptions
from pysfnc.frontend.program.written_modules import is_written
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Perform, Placement, TaskCall
from pysfnc.library.machine.decoding import changes
from pysfnc.library.rows.fits import InputSpec
from pysfnc.library.rows.typenames import is_of_class, parts_of
from pysfnc.values.relations import is_json_faithful, is_subtype, join, kinds, members
from pysfnc.values.types import FLOAT, INT, JSON, NEVER, STR, ErrorT, OpaqueT, Type

_NO_OPTIONS = TaskOptions()
_ATTEMPTS = 3
"""How often a helper that does not compile is tried again with other arguments."""


def call_project(
    cx: Context, info: FunctionInfo, given: Arguments, node: ast.expr, options: TaskOptions | None = None
) -> Value:
    """Call a function of the project. The call of an async one is a coroutine, which runs when it is awaited."""
    if info.is_async and not cx.awaiting:
        return Coroutine(ProjectFunction(info), kept_arguments(cx, given), node)
    cx.awaiting = False
    for problem in info.problems:
        cx.sink.add(problem)
    if info.role == "workflow":
        return call_workflow(cx, info, given, node, options)
    if info.role == "task":
        return call_task(cx, info, given, node, options)
    return _call_helper(cx, info, given, node)


def call_nested(cx: Context, closure: Closure, given: Arguments, node: ast.expr) -> Value:
    """Call a nested function or lambda."""
    if isinstance(closure.node, ast.AsyncFunctionDef) and not cx.awaiting:
        return Coroutine(closure, kept_arguments(cx, given), node)
    cx.awaiting = False
    return call_closure(cx, closure, given, node)


def _call_helper(cx: Context, info: FunctionInfo, given: Arguments, node: ast.expr) -> Value:
    if info.cached:
        return _call_cached(cx, info, given, node)
    unfit = cx.project.unfit.get(info)
    if unfit is not None and info.node not in cx.active:
        return _move(cx, info, given, node, unfit)
    known = cx.project.in_lambda.get(info)
    if known is None and cx.project.failures.get(info, 0) >= _ATTEMPTS:
        known = cx.project.refused.get(info)
    if known is not None:
        return _to_lambda(cx, info, given, node, known)
    if info.role == "other":
        return _to_lambda(cx, info, given, node, (_decorated(info),))
    if info.node in cx.active:
        # The whole function goes to Lambda, from the outermost call on.
        return call_function(cx, info, given, node)
    trial = Trial(cx)
    result = call_function(cx, info, given, node)
    if not trial.failed:
        trial.accept()
        _record(cx, info, "machine", "@inline" if info.role == "inline" else "every construct in it compiles")
        return result
    trial.discard()
    why = tuple(trial.diagnostics())
    believed = _believed(cx, info, given, node, why)
    if believed is not None:
        return believed
    cx.project.failures[info] = cx.project.failures.get(info, 0) + 1
    cx.project.refused[info] = why
    return _to_lambda(cx, info, given, node, why)


def _move(cx: Context, info: FunctionInfo, given: Arguments, node: ast.expr, why: Sequence[Diagnostic]) -> Value:
    """A function that compiles, and is refused by the alias check then, runs in Lambda; its type is that of what it would give here."""
    trial = Trial(cx)
    result = call_function(cx, info, given, node)
    obstacle = None if trial.failed else obstacle_to_move(cx, trial.out, result)
    trial.discard()
    if trial.failed:
        return _to_lambda(cx, info, given, node, tuple(trial.diagnostics()))
    known = None if isinstance(result, Static) else result.type
    if obstacle is None and known is not None and not is_plain(known) and not _travels(known, info.returns):
        obstacle = f"it gives a value of type `{known}`, which JSON would change"
    is_declared = known is not None and info.returns is not None and _travels(known, info.returns)
    return _to_lambda(cx, info, given, node, why, obstacle, None if is_declared else known, moved=True)


def _believed(
    cx: Context, info: FunctionInfo, given: Arguments, node: ast.expr, why: Sequence[Diagnostic]
) -> Value | None:
    """A helper that cannot go to Lambda either, where it compiles if the annotations of all its parameters are believed; None otherwise."""
    if info.node in cx.project.believed or all(param.type is None for param in info.params):
        return None
    if _obstacle(cx, info, given, why, _sent_types(cx, info, given, node)) is None:
        return None
    cx.project.believed.add(info.node)
    trial = Trial(cx)
    result = call_function(cx, info, given, node)
    if trial.failed:
        cx.project.believed.discard(info.node)
        trial.discard()
        return None
    trial.accept()
    _record(cx, info, "machine", "every construct in it compiles, as its annotations say what it gets")
    return result


def _call_cached(cx: Context, info: FunctionInfo, given: Arguments, node: ast.expr) -> Value:
    """A function that is cached is one that is not, where nobody can tell. It does not run in Lambda, whose handler takes no such functions."""
    why = cached_call_obstacle(given)
    if why is not None:
        return refuse_cached(cx, info.qualname, why, node)
    given = hashed_arguments(cx, given, node)
    if info.node in cx.active:
        return call_function(cx, info, given, node)
    trial = Trial(cx)
    result = call_function(cx, info, given, node)
    why = None if trial.failed else cached_result_obstacle(trial.out, result)
    trial.accept()
    _record(cx, info, "machine", "every construct in it compiles")
    return result if why is None else refuse_cached(cx, info.qualname, why, node)


def _decorated(info: FunctionInfo) -> Diagnostic:
    decorator = info.node.decorator_list[0]
    return Diagnostic(
        code=codes.UNSUPPORTED_CALL,
        message=f"`{info.qualname}` has a decorator that is not known",
        span=info.module.span(decorator),
    )


def _record(cx: Context, info: FunctionInfo, place: str, reason: str) -> None:
    span = info.module.span(info.node).head()
    made = Placement(
        function=info.qualname, place="machine" if place == "machine" else "lambda", reason=reason, span=span
    )
    if made not in cx.journal.placements:
        cx.journal.placements.append(made)


def _to_lambda(
    cx: Context,
    info: FunctionInfo,
    given: Arguments,
    node: ast.expr,
    why: Sequence[Diagnostic],
    obstacle: str | None = None,
    result: Type | None = None,
    *,
    moved: bool = False,
) -> Value:
    """The function does not compile: it goes to Lambda if nobody can tell the difference, otherwise its mistakes are reported.

    `obstacle`: what is known to tell the difference. `result`: the type of what it gives, where that is known without an annotation.
    `moved`: it compiles, and the alias check refused it.
    """
    types = _sent_types(cx, info, given, node)
    obstacle = obstacle or _obstacle(cx, info, given, why, types, consumes=moved)
    if obstacle is None:
        cx.project.sent[info] = types
        # What compiles is no reason to lower the program in other ways.
        cx.project.in_lambda[info] = () if moved else tuple(why)
        errors = [diagnostic for diagnostic in why if diagnostic.is_error]
        reason = errors[0].message
        if errors[0].span is not None:
            reason = f"{reason} ({errors[0].span})"
        _record(cx, info, "lambda", reason)
        return call_task(cx, info, given, node, None, reason, result)
    if info.role == "inline":
        _report_inline(cx, info, node, why)
        return poison(cx.span(node))
    for diagnostic in why:
        cx.sink.add(
            replace(diagnostic, notes=(*diagnostic.notes, f"`{info.qualname}` cannot run in Lambda: {obstacle}"))
        )
    return poison(cx.span(node))


def _report_inline(cx: Context, info: FunctionInfo, node: ast.AST, why: Sequence[Diagnostic]) -> None:
    errors = [diagnostic for diagnostic in why if diagnostic.is_error]
    # Whoever called a function of the library says what is wrong with the arguments.
    if is_written(info) or any(diagnostic.code in (codes.RECURSION, codes.CANNOT_INLINE) for diagnostic in errors):
        for diagnostic in errors:
            cx.sink.add(diagnostic)
        return
    cx.error(
        codes.CANNOT_INLINE,
        info.module.span(info.node).head(),
        f"`{info.qualname}` is marked `@inline` and does not compile",
        labels=[Label(diagnostic.span, diagnostic.message) for diagnostic in errors if diagnostic.span is not None],
        notes=[help_ for diagnostic in errors for help_ in diagnostic.helps],
        help="write instead: the function without `@inline`, so that it runs in Lambda",
    )


def _sent_types(cx: Context, info: FunctionInfo, given: Arguments, node: ast.expr) -> dict[str, Type]:
    """What each parameter gets that is data, here and in the calls before."""
    values = [*given.positional, *(value for _, value in given.keywords)]
    if any(isinstance(value, Static) or isinstance(value.type, ErrorT) for value in values):
        return {}
    bound = bind(cx, signature_of(info.node, info.qualname), given, node)
    before = cx.project.sent.get(info, {})
    found = {
        name: join(as_data(cx, value, node).type, before.get(name, NEVER)) for name, value in (bound or {}).items()
    }
    return {**before, **found}


def _obstacle(
    cx: Context,
    info: FunctionInfo,
    given: Arguments,
    why: Sequence[Diagnostic],
    types: Mapping[str, Type],
    *,
    consumes: bool = False,
) -> str | None:
    """Why running the function in Lambda would make a difference, None when it would not.

    `consumes`: it may change its arguments, as the alias check sees to it that nobody reads them afterwards (`Task.consumes`).
    """
    if info.role == "inline":
        return "it is marked `@inline`"
    if cx.project.scope(info.node).is_generator:
        return "it is a generator"
    if any(diagnostic.code is codes.GLOBAL_MUTATION for diagnostic in why):
        return "what it changes there would outlive the run"
    if _reads_unknown_variables(cx, info):
        return "it reads environment variables whose names are not written out, so that Lambda would not have them"
    values = [*given.positional, *(value for _, value in given.keywords)]
    if any(isinstance(value.type, ErrorT) for value in values if not isinstance(value, Static)):
        return "its arguments have mistakes"
    if any(isinstance(part, Static) for part in values):
        return "a function, or something else that is no data, is passed to it"
    changed = changed_parameter(cx.project.model, info)
    if any(not isinstance(value, Static) and shared_of(cx, value) is not None for value in values):
        cx.project.gets_constants.add(info)
    if changed is not None and not (consumes and info not in cx.project.gets_constants):
        return f"it changes its parameter `{changed}`"
    shared = changed_class(cx.project.model, info)
    if shared is not None:
        return f"it changes the class `{shared}`, which other calls would not see"
    annotations = {param.name: param.type for param in info.params}
    for name, type_ in types.items():
        if not _travels(type_, annotations.get(name)):
            return f"its parameter `{name}` gets a value of type `{type_}`, which JSON would change"
    return None


def _reads_unknown_variables(cx: Context, info: FunctionInfo) -> bool:
    owners = {(use.module, use.function) for use in cx.project.environment.unknown}
    reached = functions_reached_from(cx.project.model, info) if owners else ()
    return any((function.module, function.qualname) in owners for function in reached)


def _travels(type_: Type, annotation: Type | None) -> bool:
    """Whether a value arrives as it was sent: JSON does not change it, so that no annotation is read, or the annotation undoes that.

    Where objects of classes are declared and JSON comes, the mistake in the function says more than what it would raise in Lambda.
    """
    if is_json_faithful(type_):
        return annotation is None or not _holds_objects(annotation)
    return annotation is not None and is_subtype(type_, annotation) and FLOAT not in _numbers(type_, annotation)


def _holds_objects(type_: Type) -> bool:
    found = [member for member in members(type_) if not isinstance(member, OpaqueT)]
    parts = [part for member in found for part in parts_of(member)]
    return any(map(is_of_class, found)) or any(map(_holds_objects, parts))


def _numbers(type_: Type, annotation: Type) -> frozenset[Type]:
    """FLOAT when an annotation of float would turn an int into a float."""
    return frozenset({FLOAT}) if kinds(type_) >= kinds(INT) and annotation == FLOAT else frozenset()


# Tasks


def call_task(
    cx: Context,
    info: FunctionInfo,
    given: Arguments,
    node: ast.expr,
    options: TaskOptions | None = None,
    reason: str = "marked `@task`",
    result: Type | None = None,
) -> Value:
    """A Lambda invocation. Only what the program gives is sent; defaults are filled in where the function runs.

    `result`: the type of what comes back, if more is known than the annotation says.
    """
    span = cx.span(node)
    if given.spread is not None:
        # What `*args` gathers travels one by one.
        return cx.error(
            codes.UNSUPPORTED_PARAMETER_KIND,
            node,
            f"a value of unknown length is spread into the arguments of `{info.qualname}`, which runs in Lambda",
            help="write instead: the list itself as one argument",
        )
    values = bind(cx, signature_of(info.node, info.qualname), given, node)
    if values is None:
        return poison(span)
    data = _sent(info, {name: as_data(cx, value, node) for name, value in values.items()})
    if any(isinstance(value.type, ErrorT) for value in data.values()):
        return poison(span)
    whole = [check_whole(cx, value, value.span or node) for value in data.values()]
    if not all(whole):
        return poison(span)
    args = travelling_arguments(cx, info.qualname, given, _in_order(cx, given, data), node)
    chosen = info.task_options if options is None else options
    task = cx.project.task_of(info, reason)
    if reason == "marked `@task`":
        _record(cx, info, "lambda", reason)
    effect = TaskCall(
        task=task.id,
        args=tuple(args.items()),
        retry=chosen.retry or (),
        timeout_s=seconds(chosen.timeout_s),
        heartbeat_s=seconds(chosen.heartbeat_s),
        result=result_type(info) if result is None else result,
    )
    target = cx.names.fresh(info.node.name)
    cx.emit(Perform(effect=effect, target=target, span=span))
    return _decoded_result(cx, info, Var(name=target, type=effect.result, span=span))


def _decoded_result(cx: Context, info: FunctionInfo, result: Var) -> Expr:
    """What the caller gets of what came back: objects of classes are decoded."""
    if info.returns_fit is None or not changes(info.returns_fit, texts=False):
        return result
    text = Const(value=InputSpec.text_of_fit(info.returns_fit), type=STR)
    wire = Var(name=result.name, type=JSON, span=result.span)
    return Prim(op="input.decoded", args=(wire, text), type=result.type, span=result.span)


def result_type(info: FunctionInfo) -> Type:
    """The type of what comes back: that of the annotation, any JSON without one."""
    return JSON if info.returns is None else info.returns


def _sent(info: FunctionInfo, values: Mapping[str, Expr]) -> dict[str, Expr]:
    """The arguments one by one: what `*args` and `**kwargs` gather is sent as it was given."""
    star, rest = info.node.args.vararg, info.node.args.kwarg
    found: dict[str, Expr] = {}
    for name, value in values.items():
        if star is not None and name == star.arg and isinstance(value, Prim):
            found.update((f"{name}[{index}]", item) for index, item in enumerate(value.args))
        elif rest is not None and name == rest.arg and isinstance(value, Prim):
            keys = (str(key.value) for key in value.args[::2] if isinstance(key, Const))
            found.update(zip(keys, value.args[1::2], strict=True))
        else:
            found[name] = value
    return found


def _in_order(cx: Context, given: Arguments, values: Mapping[str, Expr]) -> dict[str, Expr]:
    """The arguments in the order of the parameters, evaluated in the order of the call."""
    by_name = [name for name, _ in given.keywords if name in values]
    positions = [name for name in values if name not in by_name]
    if [*positions, *by_name] == list(values):
        return dict(values)
    evaluated = {name: cx.atom(values[name], "arg") for name in (*positions, *by_name)}
    return {name: evaluated[name] for name in values}


def seconds(value: float | Expr | None) -> Expr | None:
    """A number of seconds, as a constant if it is known."""
    if value is None or not isinstance(value, int | float):
        return value
    whole = int(value)
    return Const(value=whole, type=INT) if whole == value else Const(value=value, type=FLOAT)


# with_options


def call_with_options(cx: Context, node: ast.Call) -> Value:
    """`with_options(fn, retry=..., timeout=..., heartbeat=...)`."""
    from pysfnc.frontend.aws.lower_http import is_request

    if len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        return cx.error(codes.TYPE_MISMATCH, node, "`with_options` takes one function, and options by name")
    target = lower_value(cx, node.args[0])
    base = _NO_OPTIONS
    if isinstance(target, Configured):
        base = target.options
        target = target.target
    if isinstance(target, JobOf):
        from pysfnc.frontend.aws.lower_jobs import job_with_options

        return job_with_options(cx, target, node)
    if not isinstance(target, ProjectFunction | Closure | ClientMethod | TableMethod) and not is_request(target):
        if isinstance(target, Static) or not isinstance(target.type, ErrorT):
            cx.error(
                codes.UNSUPPORTED_CALL,
                node.args[0],
                "`with_options` has a compiled form only for functions of the project, methods of clients and requests",
            )
        return poison(cx.span(node))
    assert isinstance(target, Static)
    is_task = isinstance(target, ProjectFunction) and target.info.role == "task"
    if is_task and base is _NO_OPTIONS and isinstance(target, ProjectFunction):
        base = target.info.task_options
    options = options_given(cx, node.keywords, base, is_task=is_task)
    return poison(cx.span(node)) if options is None else Configured(target, options)


def options_given(
    cx: Context,
    keywords: list[ast.keyword],
    base: TaskOptions,
    *,
    is_task: bool = False,
    owner: str = "with_options",
    allowed: tuple[str, ...] = CALL_OPTIONS,
) -> TaskOptions | None:
    """The options that a call of `owner` gives, on top of `base`; None, with diagnostics, if some cannot be used."""
    from pysfnc.frontend.concurrency.lower_limits import computed_limits, with_limits

    module = cx.frame.module
    classes = class_finder(cx)
    limits = computed_limits(cx, [kw for kw in keywords if kw.arg in allowed], owner, is_task=is_task)
    constant = [keyword for keyword in keywords if keyword.arg is None or keyword.arg not in (limits or {})]
    if limits is None:
        return None
    options, problems = call_options(
        cx.project.model, module, constant, base, is_task=is_task, classes=classes, owner=owner, allowed=allowed
    )
    for problem in problems:
        cx.sink.add(problem)
    return None if problems else with_limits(options, limits)


def told_apart(cx: Context, options: TaskOptions, classes: tuple[str, ...], what: str, node: ast.AST) -> bool:
    """Whether the retriers name none of the classes, which a retrier of Step Functions cannot tell from others; a message otherwise."""
    named = {name for rule in options.retry or () for name in rule.names or ()}
    found = next((name for name in classes if name in named), None)
    if found is not None:
        cx.error(
            codes.AWS_DIFFERENCE,
            node,
            f"Step Functions cannot tell a `{found}` of {what} from its other errors, when it tries again",
            help="write instead: a loop with `try` and `except` around it, or `Retry` on `Exception`",
        )
    return found is None


def class_finder(cx: Context) -> ClassFinder:
    """How a retrier finds classes that only the lowering knows: `client.exceptions.X`."""

    def find(_module: ModuleInfo, node: ast.expr) -> str | None:
        if not isinstance(node, ast.Attribute):
            return None
        trial = Trial(cx)
        value = lower_value(cx, node)
        trial.discard()
        return value.name if isinstance(value, ExceptionClass) else None

    return find


def call_configured(cx: Context, callee: Configured, given: Arguments, node: ast.expr) -> Value:
    """Call a function with options: on its own state for a task, around the whole of a compiled function."""
    from pysfnc.frontend.concurrency.lower_branches import retried_as_a_whole

    target: Static = callee.target
    if isinstance(target, ProjectFunction) and target.info.is_async and not cx.awaiting:
        return Coroutine(callee, kept_arguments(cx, given), node)
    if isinstance(target, ClientMethod):
        from pysfnc.frontend.aws.lower_operations import call_operation

        return call_operation(cx, target, given, node, callee.options)
    if isinstance(target, TableMethod):
        from pysfnc.frontend.aws.lower_table_calls import call_table

        return call_table(cx, target, given, node, callee.options)
    if isinstance(target, External):
        from pysfnc.frontend.aws.lower_http import call_request

        return call_request(cx, target, given, node, callee.options)
    if isinstance(target, ProjectFunction) and target.info.role == "task":
        return call_project(cx, target.info, given, node, callee.options)
    if isinstance(target, ProjectFunction) and target.info.role == "workflow":
        if not callee.options.retry:
            return call_project(cx, target.info, given, node, callee.options)
        # A retrier of the state would not see the child's own error name.
        inner = Configured(target, replace(callee.options, retry=None))
        retried = TaskOptions(retry=callee.options.retry)
        return retried_as_a_whole(cx, Configured(inner, retried), given, node)
    return retried_as_a_whole(cx, callee, given, node)
