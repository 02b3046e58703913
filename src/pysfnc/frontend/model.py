"""What the project's source says before any function body is lowered: modules, what their names mean, functions, classes.

`program` fills it, `lower_*` read it. Nothing of the user's code is run.
"""

import ast
from dataclasses import dataclass, field
from typing import Literal

from pysfnc.ir.hir import Param, RetryRule
from pysfnc.source.text import SourceFile
from pysfnc.values.types import Type


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


@dataclass(frozen=True, slots=True)
class ModuleBinding:
    """`import x` / `import x as y`: a module of the project (`info`) or another one."""

    name: str
    info: "ModuleInfo | None"


@dataclass(frozen=True, slots=True)
class ExternalBinding:
    """A name imported from a module that is not the project's, as its full dotted name: `time.sleep`, `pysfnc.parallel`."""

    name: str


@dataclass(frozen=True, slots=True)
class UnsupportedBinding:
    """A module-level name with another meaning (bound twice, by a loop, by a with, ...)."""

    reason: str
    node: ast.AST


Binding = FunctionBinding | ClassBinding | ConstantBinding | ModuleBinding | ExternalBinding | UnsupportedBinding


@dataclass(slots=True, eq=False)
class ModuleInfo:
    """One source file of the project."""

    name: str
    source: SourceFile
    tree: ast.Module
    names: dict[str, Binding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOptions:
    """Options of `@task` and of `with_options`; None where not given."""

    timeout_s: float | None = None
    heartbeat_s: float | None = None
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

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)


@dataclass(slots=True, eq=False, kw_only=True)
class ClassInfo:
    """A class of the project. `plain_exception`: an exception class without methods of its own, which can be raised in a machine."""

    module: ModuleInfo
    name: str
    node: ast.ClassDef
    is_exception: bool
    plain_exception: bool


@dataclass(slots=True, eq=False, kw_only=True)
class ProjectModel:
    """All modules reached from the entry file through project imports."""

    entry: ModuleInfo
    modules: dict[str, ModuleInfo]
    exception_bases: dict[str, tuple[str, ...]]
    """Every builtin exception class and every exception class of the project -> direct bases."""

    def workflows(self) -> list[FunctionInfo]:
        """The workflows of the entry file, in the order of the text."""
        found = [b.function for b in self.entry.names.values() if isinstance(b, FunctionBinding)]
        mine = [f for f in found if f.role == "workflow" and f.module is self.entry]
        return sorted(mine, key=lambda f: f.node.lineno)
