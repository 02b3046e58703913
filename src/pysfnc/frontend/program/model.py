"""What the project's source says before any function body is lowered: modules, what their names mean, functions, classes.

`program` fills it, `names` looks things up in it, `lower_*` read it. Nothing of the user's code is run.
"""

import ast
from collections.abc import Callable
from dataclasses import field
from typing import Literal

from pysfnc.diagnostics import Code, Diagnostic
from pysfnc.diagnostics.codes import NOT_CONSTANT
from pysfnc.ir.exprs import Expr
from pysfnc.ir.hir import ExceptionTable, Param, RetryRule
from pysfnc.lean import dataclass
from pysfnc.source import SourceFile, Span
from pysfnc.values.fits import Fit
from pysfnc.values.types import Type

Style = Literal["plain", "key", "os", "own"]
"""How `str()` of an exception follows from its arguments: as `BaseException` has it (none: empty, one: its `str`, more: the tuple's
`repr`); as `KeyError` (one: its `repr`); as `OSError` (plain for up to one); or by code of its own, so that it is not known."""


@dataclass(frozen=True, slots=True)
class FunctionBinding:
    """A function of the project."""

    function: "FunctionInfo"


@dataclass(frozen=True, slots=True)
class ClassBinding:
    """A class of the project. Only exception classes have a meaning in the machine so far."""

    info: "ClassInfo"


@dataclass(frozen=True, slots=True)
class ConstantBinding:
    """A module-level name assigned once. The expression is lowered where it is read, in the scope of its module."""

    module: "ModuleInfo"
    value: ast.expr
    annotation: ast.expr | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ModuleBinding:
    """`import x` / `import x as y`: a module of the project (`info`) or another one."""

    name: str
    info: "ModuleInfo | None"


@dataclass(frozen=True, slots=True)
class ExternalBinding:
    """A name imported from a module that is not the project's, as its full dotted name: `time.sleep`, `pysfnc.parallel`.

    Python's builtin names are `builtins.len` and so on. Whatever pysfnc exports is `pysfnc.name`, however it was imported.
    """

    name: str


@dataclass(frozen=True, slots=True)
class UnsupportedBinding:
    """A module-level name with another meaning (bound twice, by a loop, changed by a function, ...).

    It is an error only when used: `code`, `reason` (a message that stands alone) and the place say what to report.
    """

    reason: str
    node: ast.AST
    module: "ModuleInfo"
    code: Code = NOT_CONSTANT

    @property
    def span(self) -> Span:
        """The place that makes the name unusable."""
        return self.module.span(self.node)


Binding = FunctionBinding | ClassBinding | ConstantBinding | ModuleBinding | ExternalBinding | UnsupportedBinding


@dataclass(frozen=True, slots=True)
class NodeIndex:
    """Nodes of a file that several readers look for, in functions and classes too; not those that never run when it is imported."""

    imports: tuple[ast.Import | ast.ImportFrom, ...] = ()
    attributes: tuple[ast.Attribute, ...] = ()
    decorated: tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, ...] = ()


@dataclass(slots=True, eq=False)
class ModuleInfo:
    """One source file of the project, or a folder without `__init__.py` that holds some (`is_namespace`).

    `names` are the module's own names as code sees them when it runs; `typing_names` exist for type checkers only. Names that
    `from x import *` of a module outside the project may bind come from `star_imports`.
    """

    name: str
    source: SourceFile
    tree: ast.Module
    names: dict[str, Binding] = field(default_factory=dict)
    typing_names: frozenset[str] = frozenset()
    star_imports: tuple[str, ...] = ()
    is_package: bool = False
    is_namespace: bool = False
    index: NodeIndex = NodeIndex()

    def span(self, node: ast.AST) -> Span:
        """The place of a node of this module."""
        return Span.of_node(self.source, node)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOptions:
    """Options of `@task` and of `with_options`; None where not given. Those of `@task` are constants."""

    timeout_s: float | Expr | None = None
    heartbeat_s: float | Expr | None = None
    memory_mb: int | None = None
    retry: tuple[RetryRule, ...] | None = None
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowOptions:
    timeout_s: int | None = None
    type: Literal["STANDARD", "EXPRESS"] = "STANDARD"
    name: str | None = None
    comment: str | None = None
    lambda_retry: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class FunctionInfo:
    """A `def` or `async def` at module level (nested ones are found by the lowering of their parent)."""

    module: ModuleInfo
    qualname: str
    node: ast.FunctionDef | ast.AsyncFunctionDef
    role: Literal["workflow", "task", "inline", "plain", "other"]
    """`other`: decorated with something the compiler does not know; it can only run in Lambda."""
    task_options: TaskOptions = TaskOptions()
    workflow_options: WorkflowOptions = WorkflowOptions()
    params: tuple[Param, ...] = ()
    returns: Type | None = None
    returns_fit: Fit | None = None
    """What the annotation of the result accepts; None without one."""
    cached: bool = False
    """Whether it is decorated with `functools.lru_cache` or `cache`."""
    problems: tuple[Diagnostic, ...] = ()
    """Errors in its decorators, parameters and result. They are the user's only if the function is used: whoever
    reaches it reports them (`program` does for the workflows and the decorators of the entry file)."""

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)


@dataclass(slots=True, eq=False, kw_only=True)
class ClassInfo:
    """A class of the project. `plain_exception`: an exception class that can be raised in a machine, since its text and arguments follow
    from its `style`; `own_behaviour` names what stands in the way otherwise."""

    module: ModuleInfo
    name: str
    node: ast.ClassDef
    is_exception: bool
    plain_exception: bool
    bases: tuple[str, ...] = ()
    own_behaviour: str | None = None
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class GlobalChange:
    """A place that rebinds or changes a module-level value of `module`; `function` is the module-level function or class it stands in."""

    module: ModuleInfo
    name: str
    where: ModuleInfo
    node: ast.AST
    function: str | None
    how: str
    rebinds: bool


@dataclass(slots=True, eq=False, kw_only=True)
class ProjectModel:
    """All modules reached from the entry file through project imports."""

    entry: ModuleInfo
    modules: dict[str, ModuleInfo]
    exception_bases: dict[str, tuple[str, ...]]
    """Every builtin exception class and every exception class of the project -> direct bases."""
    ambiguous_exceptions: dict[str, tuple[ClassInfo, ...]] = field(default_factory=dict)
    """Names that several exception classes share; the machine cannot tell them apart."""
    global_changes: tuple[GlobalChange, ...] = ()
    records: dict[ClassInfo, object] = field(default_factory=dict)
    """What `records` read of each class."""
    tagged: frozenset[tuple[str, str]] = frozenset()
    """Module and name of the classes whose objects get a tag (`class_tags`)."""
    imported: Callable[[ModuleInfo, ast.Import | ast.ImportFrom, ast.alias], Binding] | None = None
    """What one name of an import statement means, for imports inside functions."""

    def workflows(self) -> list[FunctionInfo]:
        """The workflows of the entry file, in the order of the text."""
        found = [b.function for b in self.entry.names.values() if isinstance(b, FunctionBinding)]
        mine = [f for f in found if f.role == "workflow" and f.module is self.entry]
        return sorted(mine, key=lambda f: f.node.lineno)

    def exceptions(self) -> ExceptionTable:
        """The exception table of the program."""
        return ExceptionTable(bases=tuple(sorted(self.exception_bases.items())))

    def files(self) -> tuple[tuple[str, str], ...]:
        """Dotted name and path of every source file of the project."""
        return tuple((name, m.source.path) for name, m in self.modules.items() if not m.is_namespace)
