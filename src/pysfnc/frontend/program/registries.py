"""Registries: module-level dicts and lists that decorators of the project fill with functions or classes while modules are imported.

HANDLERS = {}                                        HANDLERS = {"paid": on_paid}

def handles(kind):                                   def on_paid(event): ...
    def wrap(fn):                              ->
        HANDLERS[kind] = fn
        return fn
    return wrap

@handles("paid")
def on_paid(event): ...

Owns the rule when the source text tells what a registry holds in the end: every change of it is made by such decorators, or by statements at the
top of a module, in an order that follows from the imports, and no code that runs during the imports looks at it. Everything else stays what it
is, a module-level value that is changed. What such decorators do is `registering`.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from typing import TypeGuard

from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.definitions import definitions_of
from pysfnc.frontend.program.imports import absolute_name, parents
from pysfnc.frontend.program.model import (
    Binding,
    ClassBinding,
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    GlobalChange,
    ModuleInfo,
    ProjectModel,
)
from pysfnc.frontend.program.names import resolve
from pysfnc.frontend.program.registering import Entry, Registered, Unclear, Value, Written, entry_of, follow
from pysfnc.lean import dataclass

_Decorated = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SCALARS = str | bool | int | float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    """A decorator that was followed: the name in it, and what it puts into registries."""

    decorated: _Decorated
    decorator: ast.expr
    named: ast.expr
    entries: tuple[Entry, ...]


def fill_registries(model: ProjectModel, changes: Sequence[GlobalChange]) -> frozenset[ast.AST]:
    """Write into registries what is put there, and take their decorators away; the nodes of the changes that are done so."""
    wanted = {
        binding: [change for change in changes if change.module is binding.module and change.name == binding.name]
        for binding in (change.module.names.get(change.name) for change in changes)
        if isinstance(binding, ConstantBinding) and isinstance(binding.value, ast.Dict | ast.List)
    }
    if not wanted:
        return frozenset()
    importing = _Importing(model)
    importing.enter(model.entry)
    if not importing.in_order:
        return frozenset()
    filled: dict[ConstantBinding, list[Entry]] = {}
    for entry in importing.entries:
        filled.setdefault(entry.registry, []).append(entry)
    for registry, found in [*filled.items()]:
        nodes = {entry.change for entry in found}
        if not all(change.node in nodes for change in wanted[registry]) or not _is_told(
            importing, registry, wanted[registry]
        ):
            del filled[registry]
    # A decorator fills all its registries or none, as it is taken away as a whole.
    while broken := [use for use in importing.uses if 0 < _count(use, filled) < len(use.entries)]:
        for use in broken:
            for entry in use.entries:
                filled.pop(entry.registry, None)
    for registry, found in filled.items():
        _fill(model, registry, found)
    for use in importing.uses:
        if _count(use, filled):
            use.decorated.decorator_list.remove(use.decorator)
    return frozenset(entry.change for found in filled.values() for entry in found)


def _count(use: _Use, filled: Mapping[ConstantBinding, object]) -> int:
    """How many of the entries that a decorator makes are in registries that are filled."""
    return sum(entry.registry in filled for entry in use.entries)


@dataclass(slots=True)
class _Importing:
    """Goes through the statements at the top of modules in the order in which an import of the entry file runs them."""

    model: ProjectModel
    uses: list[_Use] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    in_order: bool = True
    """Whether the order of the modules is known."""
    _entered: set[str] = field(default_factory=set)

    def enter(self, module: ModuleInfo) -> None:
        """Run a module, once."""
        if module.name in self._entered:
            return
        self._entered.add(module.name)
        skipped = definitions_of(module.tree).skipped
        for statement in module.tree.body:
            if statement in skipped:
                continue
            match statement:
                case ast.Import() | ast.ImportFrom():
                    for imported in self._imported(module, statement):
                        self.enter(imported)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    self._decorated(module, statement)
                case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
                    inner = [part for part in ast.walk(statement) if isinstance(part, ast.Import | ast.ImportFrom)]
                    inner = [part for part in inner if part not in skipped]
                    self.in_order &= not any(self._imported(module, part) for part in inner)
                case _:
                    with suppress(Unclear):
                        found = entry_of(self.model, module, statement, {})
                        self.entries += [found] if found is not None else []

    def _imported(self, module: ModuleInfo, node: ast.Import | ast.ImportFrom) -> list[ModuleInfo]:
        """The modules of the project that an import runs, in their order."""
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            source = absolute_name(module.name, module.is_package, node) or ""
            names = [source, *(f"{source}.{alias.name}" for alias in node.names)]
        every = [part for name in names for part in parents(name)]
        return [self.model.modules[name] for name in every if name in self.model.modules]

    def _decorated(self, module: ModuleInfo, node: _Decorated) -> None:
        """Follow the decorators of a definition, the lowest first. Above one that registers there may only be more of them."""
        binding = module.names.get(node.name)
        mine = isinstance(binding, FunctionBinding) and binding.function.node is node
        mine |= isinstance(binding, ClassBinding) and binding.info.module is module
        if not mine:
            return
        assert isinstance(binding, FunctionBinding | ClassBinding)
        found: list[_Use] = []
        is_plain = True
        for decorator in reversed(node.decorator_list):
            value = Registered(binding, node.name if is_plain else None)
            entries = follow(self.model, module, decorator, value, self.entries)
            if entries:
                named = decorator.func if isinstance(decorator, ast.Call) else decorator
                found.append(_Use(node, decorator, named, tuple(entries)))
            elif found:
                return
            elif not _is_mark(self.model, module, decorator):
                is_plain = False
        self.uses += found
        self.entries += [entry for use in found for entry in use.entries]


def _is_mark(model: ProjectModel, module: ModuleInfo, decorator: ast.expr) -> bool:
    binding = resolve(model, module, decorator.func if isinstance(decorator, ast.Call) else decorator)
    return isinstance(binding, ExternalBinding) and binding.name.startswith(("pysfnc.", "dataclasses."))


# Whether nothing else can be seen of a registry


def _is_told(importing: _Importing, registry: ConstantBinding, changes: Sequence[GlobalChange]) -> bool:
    """Whether the functions that fill a registry are decorators only, and nothing reads it while modules are imported."""
    model = importing.model
    named = {part for use in importing.uses for part in ast.walk(use.named)}
    nodes = {part for change in changes for part in ast.walk(change.node)}
    owners = {(change.where.name, change.function) for change in changes if change.function is not None}
    for module in model.modules.values():
        for node in ast.walk(module.tree):
            binding = resolve(model, module, node) if _is_read(node) and node not in named else None
            if (
                isinstance(binding, FunctionBinding)
                and (binding.function.module.name, binding.function.qualname) in owners
            ):
                return False
        for node in _run_by_import(module):
            if node in nodes or node in named:
                continue
            if _is_read(node) and resolve(model, module, node) == registry:
                return False
            if isinstance(node, ast.Call) and node.func not in named and _may_look(model, module, node, registry):
                return False
    return True


def _is_read(node: ast.AST) -> TypeGuard[ast.Name | ast.Attribute]:
    return isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)


def _run_by_import(module: ModuleInfo) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: those outside of functions."""
    skipped = definitions_of(module.tree).skipped
    todo: list[ast.AST] = [module.tree]
    while todo:
        node = todo.pop()
        if node in skipped:
            continue
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                todo += [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
            case ast.Lambda():
                continue
            case ast.AnnAssign(value=value, target=target):
                todo += [target] if value is None else [target, value]
            case _:
                todo += ast.iter_child_nodes(node)


def _may_look(model: ProjectModel, module: ModuleInfo, call: ast.Call, registry: ConstantBinding) -> bool:
    """Whether a call may reach a registry through the functions, classes and constants that are named in it."""
    called = resolve(model, module, call.func)
    if isinstance(called, ExternalBinding) and called.name.startswith("pysfnc."):
        return False
    todo: list[tuple[ModuleInfo, ast.AST]] = [(module, call)]
    seen: set[ast.AST] = set()
    while todo:
        where, root = todo.pop()
        if root in seen:
            continue
        seen.add(root)
        for node in ast.walk(root):
            binding: Binding | None = None
            if _is_read(node):
                binding = resolve(model, where, node)
            match binding:
                case ConstantBinding() if binding == registry:
                    return True
                case ConstantBinding(home, value):
                    todo.append((home, value))
                case FunctionBinding(function):
                    todo.append((function.module, function.node))
                case ClassBinding(info):
                    todo.append((info.module, info.node))
    return False


# Writing


def _fill(model: ProjectModel, registry: ConstantBinding, entries: Sequence[Entry]) -> None:
    """Add entries to the display that a registry begins with."""
    display = registry.value
    for number, entry in enumerate(entries):
        value = _expression(model, registry, entry.value, f"<item {registry.name} {number}>")
        if isinstance(display, ast.List):
            display.elts.append(value)
        elif isinstance(display, ast.Dict) and entry.key is not None:
            display.keys.append(_expression(model, registry, entry.key, f"<key {registry.name} {number}>"))
            display.values.append(value)


def _expression(model: ProjectModel, registry: ConstantBinding, value: Value, name: str) -> ast.expr:
    """A value as an expression of the registry's module; `name`: one that no program can write, for what has none there."""
    home = registry.module
    made: ast.expr
    match value:
        case Registered(binding, _):
            own = binding.function.qualname if isinstance(binding, FunctionBinding) else binding.info.name
            if home.names.get(own) is not binding:
                home.names[name] = binding
                own = name
            made = ast.Name(own, ast.Load())
        case Written(module, node):
            made = _constant(model, module, node) or ast.Name(name, ast.Load())
            if isinstance(made, ast.Name):
                home.names[name] = ConstantBinding(module, node, None, name)
        case _:
            raise TypeError(type(value).__name__)
    return ast.fix_missing_locations(ast.copy_location(made, registry.value))


def _constant(model: ProjectModel, module: ModuleInfo, node: ast.expr) -> ast.Constant | None:
    try:
        value = constant_value(model, module, node)
    except NotConstant:
        return None
    return ast.Constant(value) if isinstance(value, _SCALARS) else None
