"""The error names that a program gives to `Fail`: in a machine an exception is known by its error name, and a `Fail` has none of a class."""

import ast

from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.model import ExternalBinding, ModuleInfo, ProjectModel
from pysfnc.frontend.program.names import resolve_through
from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class FailNames:
    """The names that stand in the source, and a call whose name is known when the program runs only."""

    names: tuple[str, ...]
    computed: tuple[ModuleInfo, ast.Call] | None = None


def fail_names(model: ProjectModel) -> FailNames:
    """What the project's modules give to `Fail`, tasks included."""
    found: dict[str, None] = {}
    computed: tuple[ModuleInfo, ast.Call] | None = None
    for module in model.modules.values():
        if "Fail" not in module.source.text:
            continue
        for call in ast.walk(module.tree):
            if not isinstance(call, ast.Call) or resolve_through(model, module, call.func) != ExternalBinding(
                "pysfnc.Fail"
            ):
                continue
            name = _name(model, module, call)
            if name is None:
                computed = computed or (module, call)
            else:
                found[name] = None
    return FailNames(tuple(found), computed)


def _name(model: ProjectModel, module: ModuleInfo, call: ast.Call) -> str | None:
    """The name where it is written out, or a constant of the module by the usual spelling; other names may be those of variables."""
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "error")]
    if not given or not (
        isinstance(given[0], ast.Constant) or (isinstance(given[0], ast.Name) and given[0].id.isupper())
    ):
        return None
    try:
        value = constant_value(model, module, given[0])
    except NotConstant:
        return None
    return value if isinstance(value, str) else None
