"""Loads a program: the entry file, the modules of the project it imports, and what their names, functions and classes mean.

Owns the order of the steps. Parsing, the search for files, the rules for names, decorators, annotations and exceptions have modules of
their own. Function bodies are not read here, except for imports and changes of module-level values.
"""

import ast
from dataclasses import field

from pysfnc.diagnostics import Sink, codes
from pysfnc.frontend.declarations.decorators import read_decorators
from pysfnc.frontend.declarations.exceptions import read_exceptions
from pysfnc.frontend.declarations.signatures import read_signature
from pysfnc.frontend.program.bindings import Binder
from pysfnc.frontend.program.changes import changes_reached_from, find_changes, note_changes
from pysfnc.frontend.program.definitions import definitions_of
from pysfnc.frontend.program.imports import Located, ProjectFiles, absolute_name, parents, project_files
from pysfnc.frontend.program.marks import check_marks
from pysfnc.frontend.program.model import FunctionBinding, FunctionInfo, ModuleInfo, NodeIndex, ProjectModel
from pysfnc.frontend.program.parse import parse_source, read_source
from pysfnc.frontend.program.registries import fill_registries
from pysfnc.lean import dataclass
from pysfnc.source import SourceFile


def load_program(path: str, sink: Sink) -> ProjectModel | None:
    """Read the program whose entry file is `path`.

    Returns:
        The model, also after errors in imported modules or in decorators (they are in `sink`, so that more can be found
        in the same run); None when the entry file itself cannot be read or parsed.
    """
    source = read_source(path, sink)
    if source is None:
        return None
    files, located = project_files(path)
    loader = _Loader(files, sink)
    entry = loader.load(located, source)
    if entry is None:
        return None
    loader.follow_all()
    binder = Binder(files, loader.modules)
    binder.bind_all()
    model = ProjectModel(entry=entry, modules=loader.modules, exception_bases={}, imported=binder.imported)
    changes = find_changes(model)
    filled = fill_registries(model, changes)
    note_changes(model, tuple(change for change in changes if change.node not in filled))
    read_exceptions(model)
    for function in _functions(model):
        read_decorators(model, function)
    for function in _functions(model):
        read_signature(model, function)
    check_marks(model, binder, sink)
    return model


def report_problems(model: ProjectModel, function: FunctionInfo, sink: Sink) -> None:
    """Report what is wrong with a function that is used: its decorators and signature, and for one that runs in Lambda the module-level
    values that it changes."""
    for problem in function.problems:
        sink.add(problem)
    if function.role == "task":
        report_global_changes(model, function, sink)


def report_global_changes(model: ProjectModel, function: FunctionInfo, sink: Sink) -> None:
    """Report the module-level values that a function running in Lambda, or one that it calls, changes."""
    for change in changes_reached_from(model, function):
        sink.error(
            codes.GLOBAL_MUTATION,
            change.where.span(change.node),
            f"`{change.name}` is {change.how}, which task `{function.qualname}` reaches",
            label="other calls of the task may run in other processes, which do not see the change",
            help="write instead: pass the value as a parameter and return the new one",
        )


def _functions(model: ProjectModel) -> list[FunctionInfo]:
    """Every function at module level, once."""
    found: dict[FunctionInfo, None] = {}
    for module in model.modules.values():
        for binding in module.names.values():
            if isinstance(binding, FunctionBinding):
                found[binding.function] = None
    return list(found)


@dataclass(slots=True)
class _Loader:
    """Parses modules and follows their imports until no module is new."""

    files: ProjectFiles
    sink: Sink
    modules: dict[str, ModuleInfo] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    todo: list[ModuleInfo] = field(default_factory=list)

    def load(self, located: Located, source: SourceFile | None = None) -> ModuleInfo | None:
        """Parse one module, or make an empty one for a folder; None after reporting an error."""
        if located.is_namespace:
            empty = SourceFile(located.path, "")
            return self._add(located, empty, ast.Module(body=[], type_ignores=[]))
        source = source or read_source(located.path, self.sink)
        tree = parse_source(source, self.sink) if source is not None else None
        if source is None or tree is None:
            self.failed.add(located.name)
            return None
        module = self._add(located, source, tree)
        self.todo.append(module)
        return module

    def follow_all(self) -> None:
        """Load everything of the project that the loaded modules import, at the top level and inside functions."""
        while self.todo:
            module = self.todo.pop()
            for node in module.index.imports:
                for name in self._wanted(module, node):
                    self._want(name)

    def _add(self, located: Located, source: SourceFile, tree: ast.Module) -> ModuleInfo:
        module = ModuleInfo(
            located.name,
            source,
            tree,
            is_package=located.is_package,
            is_namespace=located.is_namespace,
            index=_index_of(tree),
        )
        self.modules[located.name] = module
        return module

    def _want(self, name: str) -> None:
        """Load a module of the project and the packages it lies in."""
        target = self.files.locate(name)
        if target is None or target.is_namespace:
            return
        for parent in parents(name):
            located = self.files.locate(parent)
            if located is not None and parent not in self.modules and parent not in self.failed:
                self.load(located)

    def _wanted(self, module: ModuleInfo, node: ast.Import | ast.ImportFrom) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        source = absolute_name(module.name, module.is_package, node)
        if source is None or (node.level and not source):
            self.sink.error(
                codes.MODULE_NOT_FOUND,
                module.span(node),
                "a relative import leads out of the package that the file is in",
                label=f"`{module.source.name}` is in no such package",
                help="write instead: an import by full name, or make the folder a package with an `__init__.py`",
            )
            return []
        return [source, *(f"{source}.{alias.name}" for alias in node.names if alias.name != "*")]


def _index_of(tree: ast.Module) -> NodeIndex:
    never_run = definitions_of(tree).skipped
    imports: list[ast.Import | ast.ImportFrom] = []
    attributes: list[ast.Attribute] = []
    decorated: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(node)
        elif isinstance(node, ast.Attribute):
            attributes.append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.decorator_list:
            decorated.append(node)
        todo.extend(child for child in ast.iter_child_nodes(node) if child not in never_run)
    return NodeIndex(tuple(imports), tuple(attributes), tuple(decorated))
