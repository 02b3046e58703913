"""What all machines of one program share while they are lowered: the model, decisions about placement, caches.

Owns nothing of a single machine.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pysfnc.diagnostics import Diagnostic
from pysfnc.frontend.aws.integrations import CLIENT_ERROR
from pysfnc.frontend.core.lower_mutation import changed_parameter
from pysfnc.frontend.declarations.fail_names import FailNames, fail_names
from pysfnc.frontend.declarations.said_ints import Said, said_ints
from pysfnc.frontend.program.environment import EnvironmentTable
from pysfnc.frontend.program.model import Binding, FunctionInfo, ModuleBinding, ModuleInfo, ProjectModel
from pysfnc.frontend.program.run_context import context_read_by
from pysfnc.frontend.program.scope import FunctionNode, Scope, function_scope
from pysfnc.ir.hir import ExceptionTable, Task, machine_placeholder
from pysfnc.lean import dataclass
from pysfnc.values.relations import is_json_faithful
from pysfnc.values.types import NEVER, Type

if TYPE_CHECKING:
    from pysfnc.frontend.aws.aws_values import Client, Condition, Resource, Table
    from pysfnc.frontend.core.lower_values import Static

KeyScope = Literal["everywhere", "inner", "nowhere"]
ItemScope = Literal["texts", "told", "kept"]
"""How numbers out of items of DynamoDB are held: as texts, or told from texts; `kept`: as texts, whatever happens."""


@dataclass(eq=False)
class Project:
    """The program being lowered."""

    model: ProjectModel
    exceptions: ExceptionTable
    environment: EnvironmentTable = field(default_factory=EnvironmentTable)
    in_lambda: dict[FunctionInfo, tuple[Diagnostic, ...]] = field(default_factory=dict)
    """Plain functions that do not compile, with the messages that say why."""
    refused: dict[FunctionInfo, tuple[Diagnostic, ...]] = field(default_factory=dict)
    """Why a function did not compile when it was last tried."""
    failures: dict[FunctionInfo, int] = field(default_factory=dict)
    """How often a function did not compile."""
    tasks: dict[str, Task] = field(default_factory=dict)
    sent: dict[FunctionInfo, dict[str, Type]] = field(default_factory=dict)
    """What the parameters of each function in Lambda get that is no task."""
    gets_constants: set[FunctionInfo] = field(default_factory=set)
    """The functions in Lambda that are no tasks and get objects of module constants."""
    believed: set[ast.AST] = field(default_factory=set)
    """Functions that compile only if the annotations of all their parameters are believed."""
    ints_believed: bool = False
    """Whether every annotation that says `int` is believed, as the program does not compile otherwise."""
    recursive: set[ast.AST] = field(default_factory=set)
    """Functions that turned out to call themselves, directly or through others."""
    stands_for: dict[ast.AST, ast.AST] = field(default_factory=dict)
    """Functions that the compiler made of others, and those others."""
    answered: dict[tuple[ast.AST, str], ast.FunctionDef] = field(default_factory=dict)
    """Special methods with what `return NotImplemented` means in an operation, by the method and these statements."""
    unset: Mapping[ast.AST, set[str]] = field(default_factory=dict)
    """The variables of functions that begin as null, since a read of them asks whether they are set."""
    met_unset: dict[ast.AST, set[str]] = field(default_factory=dict)
    """The variables of functions that were read where they may be unset."""
    items_told: bool = False
    """Whether numbers out of items of DynamoDB are told from texts (`told_numbers`), which takes room in the machine."""
    met_decimals: bool = False
    """Whether something is asked of a `Decimal` that takes that."""
    met_sets: bool = False
    """Whether something is asked of a value of an item that takes that if it is a set."""
    loaded: frozenset[str] = frozenset()
    """The variables of what resources of boto3 at module level have loaded (`loaded_resources`)."""
    met_loaded: set[str] = field(default_factory=set)
    """Those of them that were met, and are not there yet."""
    held_kinds: frozenset[tuple[str, str]] = frozenset()
    """The kinds of resources of boto3, with their services, whose resources are objects (`held_resources`)."""
    met_held: set[tuple[str, str]] = field(default_factory=set)
    """Those of them that were met, and are none yet."""
    unfit: Mapping[FunctionInfo, tuple[Diagnostic, ...]] = field(default_factory=dict)
    """Plain functions that compile and are refused by the alias check, with what that said."""
    own_places: bool = False
    """Whether names for parts of other variables have variables of their own for the keys of the place (`lower_views.with_own_keys`)."""
    any_keys: KeyScope = "everywhere"
    """Which dicts may have keys that may be str or something else: any, counters and those that their function keeps for itself, or none.

    In all others such keys are those of JSON, which is cheaper, and what a dict that leaves the machine has.
    """
    met_any_keys: bool = False
    """Whether there is such a dict."""
    met_leaving_keys: bool = False
    """Whether such a dict leaves the machine, counters aside."""
    unannotated: frozenset[tuple[str, str]] = frozenset()
    """Attributes of exception classes that get what their annotations do not tell, but JSON does when the machine runs."""
    met_unannotated: set[tuple[str, str]] = field(default_factory=set)
    """Those of them that were met."""
    _mentioned: dict[ast.AST, frozenset[str]] = field(default_factory=dict)
    _owners: set[str] = field(default_factory=set)
    """The services and modules whose exception classes the program knows."""
    services: set[str] = field(default_factory=set)
    """The services of AWS that the program has clients of."""
    machines: dict[FunctionInfo, str] = field(default_factory=dict)
    """The workflows that others call -> the placeholder of their machine's ARN."""
    conditions: dict[str, "Condition"] = field(default_factory=dict)
    """Conditions on attributes that became values, without their operands, by the names of their types (`condition_values`)."""
    held_clients: dict[str, "Client | Resource | Table"] = field(default_factory=dict)
    """Clients and tables that became values, by the names of their types (`held_clients`)."""
    functions: dict[str, "Static"] = field(default_factory=dict)
    """Functions that became values, without what belongs to them, by the names of their types (`held_functions`)."""
    keeping: dict[FunctionNode, FunctionNode] = field(default_factory=dict)
    """Functions with parameters for what they read of functions around them, by those without (`captures`)."""
    escaping: dict[ast.AST, frozenset[str]] = field(default_factory=dict)
    """The names of functions that they use as more than something to read (`held_displays`)."""
    asks_for_order: bool = False
    """Whether the program asks which of several calls ended first, so that it matters when they did."""
    _scopes: dict[ast.AST, Scope] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = [module.source.text for module in self.model.modules.values()]
        self.asks_for_order = any(word in text for text in texts for word in ("as_completed", "FIRST_"))

    @cached_property
    def fail_names(self) -> FailNames:
        """The error names that the program gives to `Fail`."""
        return fail_names(self.model)

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The names of all attributes that the program mentions, but for those of modules."""
        return frozenset(
            part.attr
            for module in self.model.modules.values()
            for part in ast.walk(module.tree)
            if isinstance(part, ast.Attribute) and not _is_module(module, part.value)
        )

    @cached_property
    def texts(self) -> frozenset[str]:
        """All texts that are written out in the program."""
        trees = [module.tree for module in self.model.modules.values()]
        parts = (part.value for tree in trees for part in ast.walk(tree) if isinstance(part, ast.Constant))
        return frozenset(part for part in parts if isinstance(part, str))

    @cached_property
    def said_ints(self) -> Mapping[ast.expr, Said]:
        """The expressions that are ints, as annotations say, where `ints_believed`."""
        return said_ints(self.model)

    def scope(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Scope:
        """The scope of a function, computed once."""
        found = self._scopes.get(node)
        if found is None:
            found = self._scopes[node] = function_scope(node)
        return found

    def may_recurse(self, node: ast.AST) -> bool:
        """Whether a function may call itself, going by the names that it and what they may stand for mention. True may be wrong.

        Special methods are called by what names none of them: loops, operators, `str`.
        """
        seen: set[str] = set()
        todo = [node]
        wanted = self.stands_for.get(node, node)
        while todo:
            for name in self._mentions(todo.pop()) - seen:
                seen.add(name)
                found = self._named.get(name, [])
                if wanted in found:
                    return True
                todo.extend(found)
        return False

    def _mentions(self, node: ast.AST) -> frozenset[str]:
        if node not in self._mentioned:
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            names |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            self._mentioned[node] = frozenset(names) | self._called_unnamed
        return self._mentioned[node]

    @cached_property
    def _called_unnamed(self) -> frozenset[str]:
        """The special methods of the project, which loops, operators and the like call."""
        is_special = {name for name in self._named if name.startswith("__") and name.endswith("__")}
        return frozenset(is_special - {"__init__", "__post_init__"})

    @cached_property
    def _named(self) -> dict[str, list[ast.AST]]:
        """The functions and lambdas of the project by the names that they are bound to somewhere."""
        found: dict[str, list[ast.AST]] = {}
        for module in self.model.modules.values():
            for part in ast.walk(module.tree):
                for bound, function in _bound_functions(part):
                    found.setdefault(bound, []).append(function)
        return found

    def add_service(self, name: str, classes: Callable[[], Mapping[str, tuple[str, ...]]]) -> None:
        """Know a service of AWS that the program has a client of, with the exception classes of it and their bases."""
        self.services.add(name)
        self.add_exceptions(name, classes)

    def add_exceptions(self, owner: str, classes: Callable[[], Mapping[str, tuple[str, ...]]]) -> None:
        """Know the exception classes of a service or module, with their bases."""
        if owner not in self._owners:
            self._owners.add(owner)
            known = {CLIENT_ERROR: ("Exception",), **dict(self.exceptions.bases)}
            for name, bases in classes().items():
                if name not in self.model.exception_bases:
                    # Services have errors of the same name, which Lambda does not tell apart.
                    known[name] = tuple(dict.fromkeys((*known.get(name, ()), *bases)))
            self.exceptions = ExceptionTable(bases=tuple(sorted(known.items())))

    def imported(self, module: ModuleInfo, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Binding | None:
        """What an import inside a function of `module` binds; None when that is not known."""
        if alias.name == "*" or self.model.imported is None:
            return None
        return self.model.imported(module, node, alias)

    def machine_of(self, info: FunctionInfo) -> str:
        """The placeholder that stands for the ARN of a workflow's machine."""
        found = self.machines.get(info)
        if found is None:
            found = self.machines[info] = machine_placeholder(info.workflow_options.name or info.node.name)
        return found

    def context_read_by(self, info: FunctionInfo) -> tuple[str, ...]:
        """The parts of `pysfnc.context` that a function reads, itself or through others."""
        return context_read_by(self.model, info)

    def task_of(self, info: FunctionInfo, reason: str) -> Task:
        """The registered Lambda function of a project function; `reason` counts the first time."""
        id_ = info.qualname if info.module is self.model.entry else f"{info.module.name}.{info.qualname}"
        found = self.tasks.get(id_)
        if found is None:
            options = info.task_options
            timeout_s = options.timeout_s
            assert timeout_s is None or isinstance(timeout_s, int | float), "options of `@task` are constants"
            found = self.tasks[id_] = Task(
                id=id_,
                module=info.module.name,
                qualname=info.qualname,
                params=info.params,
                timeout_s=timeout_s,
                memory_mb=options.memory_mb,
                name=options.name,
                role=options.role,
                reason=reason,
                context=context_read_by(self.model, info),
                copies=None if info.role == "task" else "kept",
                consumes=info in self.unfit and changed_parameter(self.model, info) is not None,
                span=info.module.span(info.node).head(),
            )
        return found

    def finished(self, task: Task) -> Task:
        """The task with what is known when all calls of it were seen: which annotations of a helper count.

        Python looks at none of them, so that what JSON gives back as it was is taken as it comes.
        """
        for info, types in self.sent.items():
            if (info.module.name, info.qualname) == (task.module, task.qualname):
                names = (param.name for param in info.params if is_json_faithful(types.get(param.name, NEVER)))
                return replace(task, as_sent=tuple(sorted(names)), gets_constants=info in self.gets_constants)
        return task


def _is_module(module: ModuleInfo, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and isinstance(module.names.get(node.id), ModuleBinding)


def _bound_functions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name, node
        case ast.Assign(targets=targets, value=ast.Lambda() as function):
            yield from ((target.id, function) for target in targets if isinstance(target, ast.Name))
        case (
            ast.AnnAssign(target=ast.Name(id=name), value=ast.Lambda() as function)
            | ast.NamedExpr(target=ast.Name(id=name), value=ast.Lambda() as function)
        ):
            yield name, function
