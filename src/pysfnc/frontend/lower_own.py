"""The functions of `library.written` as ones that are called like the program's own."""

import ast
from functools import cache
from importlib.util import find_spec
from typing import Final

from pysfnc.frontend.lower_arguments import Arguments
from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_inline import call_function
from pysfnc.frontend.lower_values import Value
from pysfnc.frontend.model import ExternalBinding, FunctionBinding, FunctionInfo, ModuleInfo
from pysfnc.source import SourceFile

_PACKAGE: Final = "pysfnc.library.written."


@cache
def _module(name: str) -> ModuleInfo:
    """A module of `library.written`, with its functions and what it imports as its names."""
    full = f"{_PACKAGE}{name}"
    spec = find_spec(full)
    assert spec is not None and spec.origin is not None, full
    source = SourceFile.read(spec.origin)
    module = ModuleInfo(name=full, source=source, tree=ast.parse(source.text))
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef):
            module.names[node.name] = FunctionBinding(
                FunctionInfo(module=module, qualname=node.name, node=node, role="inline")
            )
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            for alias in node.names:
                module.names[alias.asname or alias.name] = (
                    FunctionBinding(own_function(origin.removeprefix(_PACKAGE), alias.name))
                    if origin.startswith(_PACKAGE)
                    else ExternalBinding(f"{origin}.{alias.name}")
                )
    return module


def own_function(module: str, name: str) -> FunctionInfo:
    """A function of a module of `library.written`."""
    binding = _module(module).names[name]
    assert isinstance(binding, FunctionBinding), name
    return binding.function


def call_written(cx: Context, module: str, name: str, given: Arguments, node: ast.expr) -> Value:
    """A call of a function of `library.written` that programs cannot name."""
    return call_function(cx, own_function(module, name), given, node)
