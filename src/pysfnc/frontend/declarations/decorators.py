"""Decorators read from source text: where a function runs, and the options of workflows and tasks.

Owns the meaning of `@workflow`, `@task` and `@inline` for the compiler. The ranges of options are those that `pysfnc.lang.options`
checks when the program runs, so a program has one set of rules.
"""

import ast
from collections.abc import Callable
from typing import Any, Final

from pysfnc.diagnostics import Diagnostic, codes, nearest
from pysfnc.frontend.declarations.retries import ClassFinder, RetryReader
from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.faults import fault, not_constant
from pysfnc.frontend.program.model import (
    ConstantBinding,
    ExternalBinding,
    FunctionInfo,
    ModuleInfo,
    ProjectModel,
    TaskOptions,
    WorkflowOptions,
)
from pysfnc.frontend.program.names import resolve, resolve_through
from pysfnc.frontend.program.scope import function_scope
from pysfnc.lang.options import (
    MAX_SECONDS,
    MAX_TASK_SECONDS,
    call_faults,
    function_name_faults,
    memory_faults,
    workflow_faults,
)
from pysfnc.lean import dataclass

MARKS: Final = frozenset({"pysfnc.workflow", "pysfnc.task", "pysfnc.inline"})
TASK_OPTIONS: Final = ("timeout", "heartbeat", "memory", "retry", "name", "role")
CALL_OPTIONS: Final = ("retry", "timeout", "heartbeat", "role")
WORKFLOW_OPTIONS: Final = ("timeout", "type", "name", "comment", "lambda_retry")
_TRANSPARENT: Final = frozenset(
    f"{module}.{name}" for module in ("typing", "typing_extensions") for name in ("final", "override")
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A decorator of pysfnc: "workflow", "task" or "inline", with the call that gives its options, if any, and that call's module."""

    kind: str
    node: ast.expr
    call: ast.Call | None
    module: ModuleInfo


def mark_of(model: ProjectModel, module: ModuleInfo, decorator: ast.expr) -> Mark | None:
    """What a decorator means if it is one of pysfnc, also through a constant (`quick = task(timeout=5)`)."""
    home, node = module, decorator
    binding = resolve(model, module, decorator)
    if isinstance(binding, ConstantBinding) and isinstance(binding.value, ast.Call):
        home, node = binding.module, binding.value
    call = node if isinstance(node, ast.Call) else None
    found = resolve_through(model, home, node.func if isinstance(node, ast.Call) else node)
    if isinstance(found, ExternalBinding) and found.name in MARKS:
        return Mark(found.name.removeprefix("pysfnc."), decorator, call, home)
    return None


def read_decorators(model: ProjectModel, info: FunctionInfo) -> None:
    """Set the role and the options of a function, and add to its problems."""
    marks: list[Mark] = []
    others: list[ast.expr] = []
    cached: list[ast.expr] = []
    for decorator in info.node.decorator_list:
        mark = mark_of(model, info.module, decorator)
        if mark is not None:
            marks.append(mark)
        elif _is_cache(model, info.module, decorator) and not info.is_async:
            cached.append(decorator)
        elif not _is_transparent(model, info.module, decorator):
            others.append(decorator)
    info.cached = bool(cached)
    others = [
        decorator for decorator in info.node.decorator_list if decorator in others or (marks and decorator in cached)
    ]
    if not marks:
        info.role = "other" if others else "plain"
        return
    mark, *more = marks
    problems = [_second_mark(info, mark, other) for other in more]
    problems += [_other_decorator(info, mark, other) for other in others]
    if function_scope(info.node).is_generator:
        message = f"`@{mark.kind}` on `{info.qualname}`, which is a generator"
        problems.append(
            fault(
                codes.UNSUPPORTED_GENERATOR,
                info.module,
                info.node,
                message,
                "write instead: a function that returns a list",
                label="a generator gives no value that can travel",
            )
        )
    info.role = _ROLES[mark.kind](model, info, mark, problems)
    info.problems += tuple(problems)


def call_options(
    model: ProjectModel,
    module: ModuleInfo,
    keywords: list[ast.keyword],
    base: TaskOptions,
    *,
    is_task: bool,
    classes: ClassFinder | None = None,
    owner: str = "with_options",
    allowed: tuple[str, ...] = CALL_OPTIONS,
) -> tuple[TaskOptions, list[Diagnostic]]:
    """The options of `with_options(f, ...)` or another `owner`: those of `f` changed by what is given; None takes one away.

    The values must be constants; names in them are looked up at the top level of `module`, and by `classes`.
    """
    problems: list[Diagnostic] = []
    values = _Options(model, module, owner, allowed, problems, classes).read(keywords)
    limit = MAX_TASK_SECONDS if is_task else MAX_SECONDS
    _check(problems, values, lambda o: call_faults(o("timeout"), o("heartbeat"), o("role"), limit))
    return _with(base, values), problems


@dataclass(frozen=True, slots=True)
class _Given:
    """The value of an option, and where it is written."""

    value: Any
    module: ModuleInfo
    node: ast.expr


@dataclass(slots=True)
class _Options:
    """Reads keyword arguments that must be constants."""

    model: ProjectModel
    module: ModuleInfo
    owner: str
    allowed: tuple[str, ...]
    problems: list[Diagnostic]
    classes: ClassFinder | None = None

    def read(self, keywords: list[ast.keyword]) -> dict[str, _Given]:
        """The options that are given and constant, by name."""
        found: dict[str, _Given] = {}
        for keyword in keywords:
            name = keyword.arg
            if name is None:
                self._wrong(keyword.value, f"the options of `{self.owner}` must be written out")
            elif name not in self.allowed:
                near = nearest(name, self.allowed)
                hints = (f"write instead: `{near}`",) if near else ()
                self._wrong(keyword, f"`{self.owner}` has no option `{name}`", *hints)
            elif name == "retry":
                reader = RetryReader(self.model, self.classes)
                found[name] = _Given(reader.rules(self.module, keyword.value), self.module, keyword.value)
                self.problems.extend(reader.problems)
            elif name == "lambda_retry":
                found[name] = _Given(None, self.module, keyword.value)
                if not isinstance(keyword.value, ast.Constant) or keyword.value.value is not None:
                    message = "`lambda_retry` takes None, which leaves the default retriers out"
                    self._wrong(keyword.value, message, "write instead: `lambda_retry=None`, and `retry=` on the tasks")
            else:
                self._constant(found, name, keyword.value)
        return found

    def _constant(self, found: dict[str, _Given], name: str, node: ast.expr) -> None:
        try:
            found[name] = _Given(constant_value(self.model, self.module, node), self.module, node)
        except NotConstant as why:
            self.problems.append(not_constant(self.module, node, f"`{name}` of `{self.owner}`", why))

    def _wrong(self, node: ast.AST, message: str, *helps: str) -> None:
        self.problems.append(fault(codes.UNSUPPORTED_DECORATOR_OPTION, self.module, node, message, *helps))


def _options_of(
    model: ProjectModel, mark: Mark, allowed: tuple[str, ...], problems: list[Diagnostic]
) -> dict[str, _Given]:
    if mark.call is None:
        return {}
    if mark.call.args:
        message = f"`@{mark.kind}` takes its options by keyword"
        problems.append(fault(codes.UNSUPPORTED_DECORATOR_OPTION, mark.module, mark.call.args[0], message))
    return _Options(model, mark.module, f"@{mark.kind}", allowed, problems).read(mark.call.keywords)


def _workflow(model: ProjectModel, info: FunctionInfo, mark: Mark, problems: list[Diagnostic]) -> Any:
    values = _options_of(model, mark, WORKFLOW_OPTIONS, problems)
    if "type" not in values:
        kind: Any = "STANDARD"
    else:
        kind = values["type"].value
    good = _check(problems, values, lambda o: workflow_faults(o("timeout"), kind, o("name"), o("comment"), None))
    if good:
        given = {name: item.value for name, item in values.items() if name != "lambda_retry"}
        if "timeout" in given:
            given["timeout_s"] = given.pop("timeout")
        info.workflow_options = WorkflowOptions(**given, lambda_retry="lambda_retry" not in values)
    return "workflow"


def _task(model: ProjectModel, info: FunctionInfo, mark: Mark, problems: list[Diagnostic]) -> Any:
    values = _options_of(model, mark, TASK_OPTIONS, problems)
    good = _check(
        problems,
        values,
        lambda o: [
            *call_faults(o("timeout"), o("heartbeat"), o("role"), MAX_TASK_SECONDS),
            *memory_faults(o("memory")),
            *function_name_faults(o("name")),
        ],
    )
    if good:
        info.task_options = _with(TaskOptions(), values)
    return "task"


def _inline(model: ProjectModel, info: FunctionInfo, mark: Mark, problems: list[Diagnostic]) -> Any:
    if mark.call is not None:
        message = "`@inline` takes no options"
        problems.append(
            fault(codes.UNSUPPORTED_DECORATOR_OPTION, mark.module, mark.call, message, "write instead: `@inline`")
        )
    return "inline"


_ROLES: Final[dict[str, Callable[[ProjectModel, FunctionInfo, Mark, list[Diagnostic]], Any]]] = {
    "workflow": _workflow,
    "task": _task,
    "inline": _inline,
}
_FIELDS: Final = {"timeout": "timeout_s", "heartbeat": "heartbeat_s", "memory": "memory_mb"}


def _with(base: TaskOptions, values: dict[str, _Given]) -> TaskOptions:
    fields = {name: getattr(base, name) for name in TaskOptions.__dataclass_fields__}
    fields.update((_FIELDS.get(name, name), item.value) for name, item in values.items())
    return TaskOptions(**fields)


def _check(
    problems: list[Diagnostic], values: dict[str, _Given], faults_of: Callable[[Callable[[str], Any]], list[str]]
) -> bool:
    """Add what `faults_of` finds wrong with the values, at the option that each fault begins with; True when nothing is."""

    def option(name: str) -> Any:
        return values[name].value if name in values else None

    found = faults_of(option)
    for text in found:
        place = values.get(text.partition(" ")[0]) or next(iter(values.values()))
        problems.append(fault(codes.UNSUPPORTED_DECORATOR_OPTION, place.module, place.node, text))
    return not found


def _second_mark(info: FunctionInfo, first: Mark, second: Mark) -> Diagnostic:
    message = f"`{info.qualname}` is marked both `@{first.kind}` and `@{second.kind}`"
    return fault(codes.MISPLACED_DECORATOR, info.module, second.node, message, label="a function runs in one place")


def _other_decorator(info: FunctionInfo, mark: Mark, other: ast.expr) -> Diagnostic:
    return fault(
        codes.MISPLACED_DECORATOR,
        info.module,
        other,
        f"`{info.qualname}` has another decorator besides `@{mark.kind}`",
        "write instead: an undecorated function that calls the decorated one",
        label="what it makes of the function is known only when the program runs",
    )


def _is_cache(model: ProjectModel, module: ModuleInfo, decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    binding = resolve_through(model, module, called)
    return isinstance(binding, ExternalBinding) and binding.name in ("functools.lru_cache", "functools.cache")


def _is_transparent(model: ProjectModel, module: ModuleInfo, decorator: ast.expr) -> bool:
    binding = resolve_through(model, module, decorator)
    return isinstance(binding, ExternalBinding) and binding.name in _TRANSPARENT
