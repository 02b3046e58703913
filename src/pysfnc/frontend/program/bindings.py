"""From definitions to bindings: what each module-level name of each module means.

Owns the resolution of imports between modules (cycles included) and the rule which names are constants. Needs every module of
the project to be parsed; reports nothing, as a name that has no meaning is an error only when it is used.
"""

import ast
import importlib
from dataclasses import field
from typing import Final

from pysfnc.diagnostics.codes import UNDEFINED_NAME
from pysfnc.frontend.declarations.named_tuples import NAMES, class_of_call, with_named_base
from pysfnc.frontend.program.definitions import Definition, Definitions, definitions_of
from pysfnc.frontend.program.imports import ProjectFiles, absolute_name
from pysfnc.frontend.program.model import (
    Binding,
    ClassBinding,
    ClassInfo,
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    FunctionInfo,
    ModuleBinding,
    ModuleInfo,
    UnsupportedBinding,
)
from pysfnc.frontend.program.names import canonical, exported
from pysfnc.frontend.program.parse import first_too_deep
from pysfnc.frontend.program.written_modules import binding_of
from pysfnc.lean import dataclass

_STAR_KNOWN: Final = frozenset(
    {
        "asyncio",
        "collections",
        "concurrent.futures",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "functools",
        "itertools",
    }
    | {"json", "math", "pysfnc", "random", "re", "string", "time", "typing"}
)
"""Modules outside the project whose public names are looked up for `from x import *`: small parts of the standard library."""


@dataclass(slots=True)
class Binder:
    """Resolves the names of all modules; each name once, on demand."""

    files: ProjectFiles
    modules: dict[str, ModuleInfo]
    definitions: dict[str, Definitions] = field(default_factory=dict)
    _busy: set[tuple[str, str]] = field(default_factory=set)
    _stars: dict[str, dict[str, Binding]] = field(default_factory=dict)

    def bind_all(self) -> None:
        """Fill `names`, `typing_names` and `star_imports` of every module."""
        for module in self.modules.values():
            self.definitions[module.name] = definitions_of(module.tree)
        for module in self.modules.values():
            definitions = self.definitions[module.name]
            module.typing_names = frozenset(definitions.typing_only)
            for name in definitions.by_name:
                self.bind(module, name)
        for module in self.modules.values():
            for name, binding in self._star_names(module).items():
                module.names.setdefault(name, binding)

    def bind(self, module: ModuleInfo, name: str) -> Binding | None:
        """What `name` means at the top level of `module`; None when nothing there binds it."""
        known = module.names.get(name)
        if known is not None:
            return known
        found = self.definitions[module.name].by_name.get(name)
        if not found:
            return self._star_names(module).get(name)
        key = (module.name, name)
        if key in self._busy:
            return UnsupportedBinding(f"the imports of `{name}` lead back to themselves", found[0].node, module)
        self._busy.add(key)
        try:
            binding = self._bind_definitions(module, name, found)
            if self._star_names(module).get(name, binding) != binding:
                reason = f"`{name}` is bound here and by an `import *`"
                binding = UnsupportedBinding(reason, found[0].node, module)
        finally:
            self._busy.discard(key)
        module.names[name] = binding
        return binding

    def _bind_definitions(self, module: ModuleInfo, name: str, found: list[Definition]) -> Binding:
        uncertain = next((definition for definition in found if definition.uncertain), None)
        if uncertain is not None:
            return UnsupportedBinding(f"`{name}` is {uncertain.uncertain}", uncertain.node, module)
        firm = [definition for definition in found if not is_overload(definition.node)] or found
        if len(firm) == 1:
            return self._bind_one(module, firm[0])
        bindings = [self._bind_one(module, definition) for definition in firm]
        if all(isinstance(binding, ModuleBinding | ExternalBinding) and binding == bindings[0] for binding in bindings):
            return bindings[0]
        if all(isinstance(binding, ConstantBinding) and self._is_logger(module, binding) for binding in bindings):
            return bindings[-1]
        return UnsupportedBinding(f"`{name}` is bound {len(firm)} times at module level", firm[-1].node, module)

    def _is_logger(self, module: ModuleInfo, binding: ConstantBinding) -> bool:
        """Whether a name is bound to a logger, of which any is as good as another: what they write has no place in a machine."""
        if not isinstance(binding.value, ast.Call):
            return False
        return self._resolve(module, binding.value.func) == ExternalBinding("logging.getLogger")

    def _bind_one(self, module: ModuleInfo, definition: Definition) -> Binding:
        match definition.node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
                # The role and the signature are filled in once every name has a meaning.
                return FunctionBinding(FunctionInfo(module=module, qualname=node.name, node=node, role="plain"))
            case ast.ClassDef() as node:
                return self._class(module, with_named_base(node, lambda part: self._resolve(module, part)) or node)
            case ast.Import() | ast.ImportFrom() as node:
                assert definition.alias is not None
                return self.imported(module, node, definition.alias)
            case _:
                assert definition.value is not None
                if first_too_deep(definition.value):
                    reason = f"`{definition.name}` is nested too deep to be read as a constant"
                    return UnsupportedBinding(reason, definition.node, module)
                named = class_of_call(definition.value, lambda part: self._resolve(module, part))
                if named is not None and named.name == definition.name:
                    return self._class(module, named)
                return ConstantBinding(module, definition.value, definition.annotation, definition.name)

    def _class(self, module: ModuleInfo, node: ast.ClassDef) -> ClassBinding:
        module.names |= NAMES
        return ClassBinding(
            ClassInfo(module=module, name=node.name, node=node, is_exception=False, plain_exception=False)
        )

    def _resolve(self, module: ModuleInfo, node: ast.expr) -> Binding | None:
        """What a name, or one of another module, means while the names are still being bound."""
        match node:
            case ast.Name(id=name):
                return self.bind(module, name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                base = self.bind(module, name)
                if isinstance(base, ModuleBinding) and base.info is None:
                    return ExternalBinding(canonical(f"{base.name}.{attr}"))
                return None
            case _:
                return None

    def imported(self, module: ModuleInfo, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Binding:
        """What one name of an import statement means, at the top level or inside a function."""
        if isinstance(node, ast.Import):
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            # A folder without `__init__.py` counts only if the import leads to a file in it.
            mine = self._file_module(alias.name) is not None
            return ModuleBinding(name, self.modules.get(name) if mine else None)
        source = absolute_name(module.name, module.is_package, node)
        if source is None:
            reason = "the relative import leads out of the package that the entry file is in"
            return UnsupportedBinding(reason, node, module)
        return self._from(module, node, source, alias.name)

    def _from(self, module: ModuleInfo, node: ast.ImportFrom, source: str, name: str) -> Binding:
        info = self.modules.get(source)
        submodule = self._file_module(f"{source}.{name}")
        if info is not None and not (info.is_namespace and submodule is None and not node.level):
            found = None if info is module and submodule is not None else self.bind(info, name)
            if found is not None:
                return found
            if submodule is not None:
                return ModuleBinding(submodule.name, submodule)
            return UnsupportedBinding(f"module `{source}` has no name `{name}`", node, module)
        if node.level:
            return UnsupportedBinding(f"there is no module `{source}` in the project", node, module)
        if source == "pysfnc" and not exported(name):
            return UnsupportedBinding(f"`pysfnc` has no name `{name}`", node, module, UNDEFINED_NAME)
        return binding_of(canonical(f"{source}.{name}"))

    def _file_module(self, name: str) -> ModuleInfo | None:
        info = self.modules.get(name)
        return None if info is None or info.is_namespace else info

    def _star_names(self, module: ModuleInfo) -> dict[str, Binding]:
        """What the star imports of a module bind; notes those that cannot be known."""
        known = self._stars.get(module.name)
        if known is not None:
            return known
        names: dict[str, Binding] = {}
        self._stars[module.name] = names
        for node, uncertain in self.definitions[module.name].stars:
            source = absolute_name(module.name, module.is_package, node)
            info = self._file_module(source) if source is not None else None
            if info is not None and not uncertain:
                found = self._public_names(info)
                module.star_imports += tuple(star for star in info.star_imports if star not in module.star_imports)
                names.update(found)
            elif source in _STAR_KNOWN and not uncertain:
                names.update(_external_names(source))
            else:
                module.star_imports += (source or "." * node.level,)
        return names

    def _public_names(self, info: ModuleInfo) -> dict[str, Binding]:
        definitions = self.definitions[info.name]
        listed = _all_of(definitions)
        names = [*definitions.by_name, *self._star_names(info)]
        wanted = [name for name in names if not name.startswith("_")] if listed is None else listed
        bound = ((name, self.bind(info, name)) for name in dict.fromkeys(wanted))
        return {name: binding for name, binding in bound if binding is not None}


def is_overload(node: ast.AST) -> bool:
    """Whether a definition is only a signature for type checkers."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
        (isinstance(mark, ast.Name) and mark.id == "overload")
        or (isinstance(mark, ast.Attribute) and mark.attr == "overload")
        for mark in node.decorator_list
    )


def _all_of(definitions: Definitions) -> list[str] | None:
    """`__all__` when it is written out, else None."""
    found = definitions.by_name.get("__all__", [])
    if len(found) != 1 or not isinstance(found[0].value, ast.List | ast.Tuple):
        return None
    items = [item.value for item in found[0].value.elts if isinstance(item, ast.Constant)]
    return [item for item in items if isinstance(item, str)]


def _external_names(source: str) -> dict[str, Binding]:
    module = importlib.import_module(source)
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return {name: binding_of(canonical(f"{source}.{name}")) for name in names}
