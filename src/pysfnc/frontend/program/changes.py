"""Module-level values that are not constant after all: where code rebinds or changes them in place.

Owns the search, over all code of the project: `global`, assignment to an item or attribute of a module-level name, methods that change their
receiver, and, at module level, handing a mutable constant to a call. A name that is changed anywhere is no constant anywhere.
Changes through another name that holds the same object inside a function are not followed.
"""

import ast
from collections.abc import Iterator
from dataclasses import field
from typing import Final

from pysfnc.diagnostics.codes import GLOBAL_MUTATION
from pysfnc.frontend.program.definitions import definitions_of
from pysfnc.frontend.program.model import (
    Binding,
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    FunctionInfo,
    GlobalChange,
    ModuleBinding,
    ModuleInfo,
    ProjectModel,
    UnsupportedBinding,
)
from pysfnc.frontend.program.names import member, resolve
from pysfnc.frontend.program.scope import comprehension_scope, function_scope
from pysfnc.lean import dataclass

CHANGING_METHODS: Final = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem"}
    | {"add", "discard", "appendleft", "popleft", "extendleft", "rotate", "subtract", "move_to_end"}
    | {"difference_update", "intersection_update", "symmetric_difference_update", "__setitem__", "__delitem__"}
)
_UNCHANGING: Final = (
    *("pysfnc.", "botocore.config.", "botocore.client.Config", "os.getenv", "os.environ.get"),
    *(f"builtins.{name}" for name in ("bool", "float", "int", "len", "repr", "str")),
)
"""What makes values that cannot change, objects that nobody changes, or whose changes have no meaning in a machine."""
READING_BUILTINS: Final = frozenset(
    {
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "enumerate",
        "float",
        "frozenset",
        "int",
        "isinstance",
        "len",
        "list",
        "max",
        "min",
    }
    | {"print", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "type", "zip"}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: names that hide module-level ones, the names a `global` of this function declares, and its outermost owner."""

    hidden: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    owner: str | None = None
    is_top: bool = True


def find_changes(model: ProjectModel) -> tuple[GlobalChange, ...]:
    """Every change of a module-level value."""
    return tuple(change for module in model.modules.values() for change in _Search(model, module).run())


def note_changes(model: ProjectModel, changes: tuple[GlobalChange, ...]) -> None:
    """Record changes of module-level values, and take changed names out of the constants."""
    model.global_changes = changes
    changed: dict[tuple[ModuleInfo, str], GlobalChange] = {}
    for change in model.global_changes:
        _spread(model, change, changed)
    replaced: dict[ConstantBinding, UnsupportedBinding] = {}
    for (module, name), change in changed.items():
        binding = module.names.get(name)
        if isinstance(binding, ConstantBinding) and binding.module is module and binding.name == name:
            reason = f"`{name}` is {change.how}"
            replaced[binding] = UnsupportedBinding(reason, change.node, change.where, GLOBAL_MUTATION)
        elif isinstance(binding, FunctionBinding) and change.rebinds:
            module.names[name] = UnsupportedBinding(
                f"`{name}` is {change.how}", change.node, change.where, GLOBAL_MUTATION
            )
    if replaced:
        for module in model.modules.values():
            for name, binding in module.names.items():
                if isinstance(binding, ConstantBinding) and binding in replaced:
                    module.names[name] = replaced[binding]


def changes_reached_from(model: ProjectModel, function: FunctionInfo) -> list[GlobalChange]:
    """The changes of module-level values in a function and in the project's functions that it names, directly or through others."""
    by_owner: dict[tuple[ModuleInfo, str], list[GlobalChange]] = {}
    for change in model.global_changes:
        if change.function is not None:
            by_owner.setdefault((change.where, change.function), []).append(change)
    if not by_owner:
        return []
    found: list[GlobalChange] = []
    for current in functions_reached_from(model, function):
        found.extend(by_owner.get((current.module, current.qualname), ()))
    return found


def functions_reached_from(model: ProjectModel, function: FunctionInfo) -> Iterator[FunctionInfo]:
    """A function, and the functions of the project that it names, directly or through others."""
    todo, seen = [function], {function}
    while todo:
        current = todo.pop()
        yield current
        for other in _functions_named(model, current):
            if other not in seen:
                seen.add(other)
                todo.append(other)


def _functions_named(model: ProjectModel, info: FunctionInfo) -> Iterator[FunctionInfo]:
    for node in ast.walk(info.node):
        binding: Binding | None = None
        if isinstance(node, ast.Name):
            binding = info.module.names.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            base = info.module.names.get(node.value.id)
            binding = member(model, base, node.attr) if isinstance(base, ModuleBinding) else None
        if isinstance(binding, FunctionBinding):
            yield binding.function


def _spread(model: ProjectModel, change: GlobalChange, changed: dict[tuple[ModuleInfo, str], GlobalChange]) -> None:
    """Note a change for its name, and for other constants that the name's value is made of: they may be the same object."""
    todo = [(change.module, change.name)]
    while todo:
        module, name = todo.pop()
        if (module, name) in changed:
            continue
        changed[module, name] = change
        binding = module.names.get(name)
        if isinstance(binding, ConstantBinding) and not change.rebinds:
            for node in ast.walk(binding.value):
                if isinstance(node, ast.Name):
                    inner = binding.module.names.get(node.id)
                    if isinstance(inner, ConstantBinding) and may_be_mutable(model, inner):
                        todo.append((inner.module, inner.name))


def may_be_mutable(model: ProjectModel, binding: ConstantBinding) -> bool:
    """Whether a constant may hold a list, a dict or another object that can be changed in place."""
    todo: list[ast.expr] = [binding.value]
    while todo:
        match todo.pop():
            case ast.Constant() | ast.JoinedStr() | ast.Lambda() | ast.Compare() | ast.UnaryOp():
                continue
            case ast.Tuple(elts=items):
                todo.extend(items)
            case ast.Subscript(value=ast.Attribute(attr="environ")):
                continue
            case ast.BoolOp(values=items):
                todo.extend(items)
            case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
                todo += [left, right]
            case ast.Call(func=function):
                found = resolve(model, binding.module, function)
                if isinstance(found, ExternalBinding) and found.name.startswith(_UNCHANGING):
                    continue
                return True
            case _:
                return True
    return False


@dataclass(slots=True)
class _Search:
    """Looks through one module."""

    model: ProjectModel
    module: ModuleInfo
    found: list[GlobalChange] = field(default_factory=list)

    def run(self) -> list[GlobalChange]:
        skipped = definitions_of(self.module.tree).skipped
        todo: list[tuple[ast.AST, _Place]] = [(self.module.tree, _Place())]
        while todo:
            node, place = todo.pop()
            if node in skipped:
                continue
            self._look(node, place)
            todo.extend(self._inner(node, place))
        return self.found

    def _inner(self, node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
        inside = place
        if isinstance(node, _FUNCTIONS):
            scope = function_scope(node)
            hidden = (place.hidden | scope.bound) - scope.globals
            owner = place.owner or (None if isinstance(node, ast.Lambda) else node.name)
            inside = _Place(hidden, scope.globals, owner, False)
        elif isinstance(node, _COMPREHENSIONS):
            inside = _Place(place.hidden | comprehension_scope(node).bound, place.declared, place.owner, place.is_top)
        elif isinstance(node, ast.ClassDef):
            inside = _Place(place.hidden, frozenset(), place.owner or node.name, place.is_top)
        for child in ast.iter_child_nodes(node):
            yield child, inside

    def _look(self, node: ast.AST, place: _Place) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if name in place.declared:
                self._note(self.module, name, node, place, "rebound by `global`", rebinds=True)
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                self._changed(node, node.value, place, "changed in place")
                if isinstance(node, ast.Attribute):
                    self._rebound_in_module(node, place)
            case ast.Call(func=ast.Attribute(value=receiver, attr=method)) if method in CHANGING_METHODS:
                self._changed(node, receiver, place, f"changed by `.{method}()`")
        if place.is_top and isinstance(node, ast.Call):
            self._handed_over(node, place)

    def _changed(self, node: ast.AST, receiver: ast.expr, place: _Place, how: str) -> None:
        """`receiver` is changed: the module-level name that it starts with, if it is one, is no constant."""
        path = receiver
        while isinstance(path, ast.Subscript | ast.Attribute):
            known = self._constant(path, place)
            if known is not None:
                self._note(known.module, known.name, node, place, how)
                return
            path = path.value
        known = self._constant(path, place)
        if known is not None and may_be_mutable(self.model, known):
            self._note(known.module, known.name, node, place, how)

    def _constant(self, node: ast.expr, place: _Place) -> ConstantBinding | None:
        """The constant that a name, or an attribute of a module of the project, means here."""
        match node:
            case ast.Name(id=name) if name not in place.hidden:
                binding = self.module.names.get(name)
            case ast.Attribute(value=ast.Name(id=base), attr=name) if base not in place.hidden:
                module = self.module.names.get(base)
                binding = member(self.model, module, name) if isinstance(module, ModuleBinding) else None
            case _:
                return None
        return binding if isinstance(binding, ConstantBinding) else None

    def _rebound_in_module(self, node: ast.Attribute, place: _Place) -> None:
        """`config.LIMIT = 5`."""
        if isinstance(node.value, ast.Name) and node.value.id not in place.hidden:
            binding = self.module.names.get(node.value.id)
            if isinstance(binding, ModuleBinding) and binding.info is not None:
                self._note(binding.info, node.attr, node, place, "rebound from another module", rebinds=True)

    def _handed_over(self, node: ast.Call, place: _Place) -> None:
        """A call at module level gets a mutable constant: it may keep and change it, unless it is known not to."""
        if isinstance(node.func, ast.Name):
            binding = self.module.names.get(node.func.id)
            reads = binding is None and node.func.id in READING_BUILTINS
            if reads or (isinstance(binding, ExternalBinding) and binding.name.startswith(("pysfnc.", "typing."))):
                return
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            known = self._constant(argument, place)
            if known is not None and may_be_mutable(self.model, known):
                self._note(
                    known.module, known.name, node, place, "handed to a call at module level, which may change it"
                )

    def _note(
        self, module: ModuleInfo, name: str, node: ast.AST, place: _Place, how: str, *, rebinds: bool = False
    ) -> None:
        owner = f" in `{place.owner}`" if place.owner else ""
        self.found.append(GlobalChange(module, name, self.module, node, place.owner, f"{how}{owner}", rebinds))
