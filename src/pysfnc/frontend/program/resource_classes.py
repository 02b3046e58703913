"""The classes of boto3's resources as classes of a program: what `repr()` of one says.

Their objects have the identifiers as attributes, by which boto3 compares them, and what it knows of them as `DATA`. All that is asked of a
resource otherwise is lowered from `resources-1.json`, as for one that exists only while compiling.

Facts: `boto3.resources.base.ServiceResource`.
"""

import ast
from functools import cache
from typing import Final

from pysfnc.aws.boto3_resources import Kind, kinds
from pysfnc.frontend.program.model import ClassBinding, ClassInfo, ModuleInfo
from pysfnc.source import SourceFile
from pysfnc.values.resources import PACKAGE

__all__ = ["DATA", "kind_of_class", "resource_class", "resource_module"]

DATA: Final = "data"
"""The attribute for what boto3 knows of a resource; no identifier has this name."""


@cache
def resource_module(name: str) -> ModuleInfo | None:
    """The module with the classes of a service; None for a module of any other name."""
    if not name.startswith(PACKAGE):
        return None
    service = name.removeprefix(PACKAGE)
    found = {kind: each for kind, each in kinds(service).items() if kind}
    text = "".join(_class(service, each) for each in found.values())
    module = ModuleInfo(name=name, source=SourceFile(name, text, name), tree=ast.parse(text))
    for kind, node in zip(found, module.tree.body, strict=True):
        assert isinstance(node, ast.ClassDef)
        title = f"{service}.{kind}"
        module.names[title] = ClassBinding(
            ClassInfo(module=module, name=title, node=node, is_exception=False, plain_exception=False)
        )
    return module


def resource_class(service: str, kind: str) -> ClassInfo:
    """The class of a kind of resources, whose name in Python is `service.Kind`."""
    module = resource_module(f"{PACKAGE}{service}")
    assert module is not None
    binding = module.names[f"{service}.{kind}"]
    assert isinstance(binding, ClassBinding)
    return binding.info


def kind_of_class(info: ClassInfo) -> tuple[str, str] | None:
    """Service and kind of a class of resources; None for any other class."""
    if not info.module.name.startswith(PACKAGE):
        return None
    service, _, kind = info.name.partition(".")
    return service, kind


def _class(service: str, kind: Kind) -> str:
    names = kind.identifiers
    shown = ", ".join(f"{name}={{self.{name}!r}}" for name in names)
    return f"""\
class {kind.name}:
    def __repr__(self):
        return f"{service}.{kind.name}({shown})"

"""
