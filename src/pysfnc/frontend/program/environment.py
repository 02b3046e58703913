"""Environment variables of a program: which ones its code reads, and what a deployment has to give.

Owns the search over all code of the project and the rule that makes a variable required, one with a default, or optional. Nothing is
lowered here. A variable is required if it is read by subscript; it is optional if some code asks whether it is there, or has no
text (or several) to take in its place.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Final, Literal

from pysfnc.diagnostics import Sink
from pysfnc.diagnostics.codes import UNSUPPORTED_EXPRESSION
from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.definitions import definitions_of
from pysfnc.frontend.program.model import (
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    ModuleBinding,
    ModuleInfo,
    ProjectModel,
)
from pysfnc.frontend.program.names import resolve, resolve_through
from pysfnc.ir.exprs import Const, Prim
from pysfnc.ir.hir import Environment, Machine
from pysfnc.ir.walk import suite_exprs
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.lean import dataclass
from pysfnc.library.services.environment import OPERATIONS

ENVIRON: Final = "os.environ"
READERS: Final = frozenset({"os.environ.get", "os.getenv"})
CHANGERS: Final = frozenset(
    {f"os.environ.{name}" for name in ("setdefault", "pop", "popitem", "update", "clear", "__setitem__")}
    | {"os.putenv", "os.unsetenv"}
)
RESERVED_BY_LAMBDA: Final = frozenset(
    {"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"}
    | {"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"}
    | {"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"}
    | {"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    | {"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"}
)
"""Variables that Lambda sets itself and that no deployment may set (Lambda guide, "Defined runtime environment variables")."""

_IN_LAMBDA: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]+\Z")
"""Names of variables that Lambda takes (API reference, `Environment`)."""
COMPUTED: Final = object()
"""The default of a read that is no text and not None."""
How = Literal["item", "get", "has", "change"]


@dataclass(frozen=True, slots=True)
class Use:
    """One place that reads or changes a variable. `name` None: which one is not known when compiling.

    `default` is what a `get` gives in place of a missing one: a text, None, or `COMPUTED` for something computed.
    `function` is the module-level function that the place stands in.
    """

    name: str | None
    how: How
    module: ModuleInfo
    node: ast.AST
    function: str | None
    default: object = None


@dataclass(slots=True)
class EnvironmentTable:
    """The variables of a program."""

    variables: dict[str, Environment] = field(default_factory=dict)
    changes: list[Use] = field(default_factory=list)
    """Places that change the environment."""
    unknown: list[Use] = field(default_factory=list)
    """Places that read a variable whose name is not written out."""

    uses: list[Use] = field(default_factory=list)
    discovered: list[Use] = field(default_factory=list)
    """Reads that only the lowering can see: the name is passed to a function that reads it. They count in the next attempt."""

    def known(self, use: Use) -> Environment:
        """The variable that is read; one that is not in the table yet as this read alone has it."""
        assert use.name is not None
        found = self.variables.get(use.name)
        if found is None:
            self.discovered.append(use)
            found = _variable(use.name, [use])
        return found

    def change_of(self, name: str) -> Use | None:
        """A place that may change a variable."""
        return next((use for use in self.changes if use.name in (None, name)), None)


def read_environment(model: ProjectModel, discovered: Sequence[Use] = ()) -> EnvironmentTable:
    """Find the environment variables of all code of the project, besides those of reads that were discovered."""
    uses = [use for module in model.modules.values() for use in _uses_of(model, module)]
    uses.extend(discovered)
    table = EnvironmentTable(
        changes=[use for use in uses if use.how == "change"],
        unknown=[use for use in uses if use.name is None and use.how != "change"],
        uses=uses,
    )
    for name in sorted({use.name for use in uses if use.name is not None and use.how != "change"}):
        table.variables[name] = _variable(name, [use for use in uses if use.name == name and use.how != "change"])
    return table


def reads_environment(model: ProjectModel, module: ModuleInfo, node: ast.expr) -> bool:
    """Whether an expression at the top level of a module reads an environment variable, directly or through constants."""
    search = _Search(model, module)
    todo: list[tuple[_Search, ast.AST]] = [(search, node)]
    seen: set[ast.AST] = set()
    while todo:
        search, current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        if search.use(current, None) is not None:
            return True
        binding = resolve(model, search.module, current) if isinstance(current, ast.Name | ast.Attribute) else None
        if isinstance(binding, ConstantBinding):
            todo.append((_Search(model, binding.module), binding.value))
        todo.extend((search, child) for child in ast.iter_child_nodes(current))
    return False


def environment_of(
    table: EnvironmentTable, machines: Sequence[Machine], has_tasks: bool, sink: Sink
) -> tuple[Environment, ...]:
    """The variables that the machines read, and with `has_tasks` those that code in Lambda reads."""
    read = {name for machine in machines for name in _read_by(machine)}
    found = [v for v in table.variables.values() if v.name in read or (has_tasks and v.in_lambda)]
    for variable in found:
        if has_tasks and variable.in_lambda and not _IN_LAMBDA.match(variable.name):
            use = next(use for use in table.uses if use.name == variable.name)
            sink.error(
                UNSUPPORTED_EXPRESSION,
                use.module.span(use.node),
                f"Lambda has no environment variable of the name `{variable.name}`",
                notes=["names have two or more letters, digits and `_`, and begin with a letter"],
                help="write instead: a variable with another name",
            )
    return tuple(found)


def _read_by(machine: Machine) -> Iterator[str]:
    defaults = (param.default for param in machine.params if param.default is not None)
    for expr in (*defaults, *suite_exprs(machine.body)):
        for part in walk_expr(expr):
            if isinstance(part, Prim) and part.op in OPERATIONS and isinstance(part.args[0], Const):
                yield str(part.args[0].value)


def _variable(name: str, uses: list[Use]) -> Environment:
    defaults = {use.default for use in uses if use.how == "get"}
    optional = len(defaults) > 1 or any(use.how == "has" for use in uses) or not all(map(_is_text, defaults))
    required = any(use.how == "item" for use in uses)
    default = next(iter(defaults)) if defaults and not optional and not required else None
    return Environment(
        name=name,
        default=default if isinstance(default, str) else None,
        optional=optional,
        in_lambda=name not in RESERVED_BY_LAMBDA and any(_runs_in_lambda(use) for use in uses),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _runs_in_lambda(use: Use) -> bool:
    """Whether a Lambda function gets to the place: the code of workflows stays out of it, the top of every module runs there."""
    binding = use.module.names.get(use.function) if use.function is not None else None
    return not (isinstance(binding, FunctionBinding) and binding.function.role == "workflow")


def _uses_of(model: ProjectModel, module: ModuleInfo) -> Iterator[Use]:
    text = module.source.text
    if "environ" in text or "env" in text:
        yield from _Search(model, module).run()


@dataclass(slots=True)
class _Search:
    """Looks through one module."""

    model: ProjectModel
    module: ModuleInfo
    imported: dict[str, str] = field(default_factory=dict)

    def run(self) -> Iterator[Use]:
        for statement in self.module.index.imports:
            self._note_import(statement)
        skipped = definitions_of(self.module.tree).skipped
        todo: list[tuple[ast.AST, str | None]] = [(self.module.tree, None)]
        while todo:
            node, owner = todo.pop()
            if node in skipped:
                continue
            found = self.use(node, owner)
            if found is not None:
                yield found
            if owner is None and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                # Decorators and defaults run with the module, the body when it is called.
                todo.extend((child, None) for child in (*node.decorator_list, node.args))
                todo.extend((child, node.name) for child in node.body)
            else:
                todo.extend((child, owner) for child in self._parts(node, found))

    def _note_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """What imports inside functions call `os` and its parts."""
        for alias in node.names:
            if isinstance(node, ast.Import) and alias.name == "os":
                self.imported[alias.asname or "os"] = "os"
            elif isinstance(node, ast.ImportFrom) and node.module == "os" and not node.level:
                self.imported[alias.asname or alias.name] = f"os.{alias.name}"

    def _parts(self, node: ast.AST, found: Use | None) -> Iterator[ast.AST]:
        """The parts of a node that are no part of the use it is."""
        for child in ast.iter_child_nodes(node):
            if found is None or self._dotted(child) is None:
                yield child

    def use(self, node: ast.AST, owner: str | None) -> Use | None:
        """What a node reads or changes of the environment; None for one that does neither itself."""
        match node:
            case ast.Subscript(value=base, slice=key) if self._dotted(base) == ENVIRON:
                how: How = "item" if isinstance(node.ctx, ast.Load) else "change"
                return Use(self._text(key), how, self.module, node, owner)
            case ast.Call(func=func, args=args) if (name := self._dotted(func)) is not None:
                if name in READERS:
                    return self._get(node, args, owner)
                if name in CHANGERS:
                    changed = self._text(args[0]) if args else None
                    return Use(changed, "change", self.module, node, owner)
                return None
            case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[base]) if (
                self._dotted(base) == ENVIRON
            ):
                return Use(self._text(key), "has", self.module, node, owner)
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) if self._dotted(node) == ENVIRON:
                return Use(None, "item", self.module, node, owner)
            case _:
                return None

    def _get(self, node: ast.Call, args: list[ast.expr], owner: str | None) -> Use:
        key = args[0] if args else next((k.value for k in node.keywords if k.arg == "key"), None)
        given = args[1] if len(args) > 1 else next((k.value for k in node.keywords if k.arg == "default"), None)
        default: object = None
        if given is not None:
            try:
                default = constant_value(self.model, self.module, given)
                default = default if isinstance(default, str | None) else COMPUTED
            except NotConstant:
                default = COMPUTED
        return Use(None if key is None else self._text(key), "get", self.module, node, owner, default)

    def _text(self, node: ast.expr) -> str | None:
        try:
            value = constant_value(self.model, self.module, node)
        except NotConstant:
            return None
        return value if isinstance(value, str) else None

    def _dotted(self, node: ast.AST) -> str | None:
        """The full name of `os` or a part of it that an expression means."""
        if isinstance(node, ast.Attribute):
            base = self._dotted(node.value)
            if base is not None:
                return f"{base}.{node.attr}"
        if not isinstance(node, ast.Name | ast.Attribute):
            return None
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        binding = resolve_through(self.model, self.module, node) if root.id in self.module.names else None
        if isinstance(binding, ExternalBinding) and binding.name.startswith("os."):
            return binding.name
        if isinstance(binding, ModuleBinding) and binding.name == "os":
            return "os"
        return self.imported.get(node.id) if isinstance(node, ast.Name) else None
