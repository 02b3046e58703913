"""Programs under test: modules written to a folder and imported, with their task calls recorded.

A call is recorded where the body of a `@task` function begins, with the arguments as the body sees them, so that the
same call is seen whether CPython called it or the Lambda handler did. The recording is put in by rewriting the syntax
tree, which keeps lines, signatures and annotations as they are.
"""

import ast
import atexit
import contextlib
import dataclasses
import enum
import functools
import importlib.abc
import importlib.machinery
import importlib.util
import shutil
import sys
import tempfile
import types
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = ["MAIN", "Call", "Program", "canonical", "loaded", "written"]

MAIN: Final = "app"
_RECORDER: Final = "__record_task_call__"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a task: its name and its arguments in a canonical text, types included."""

    task: str
    arguments: str

    def __str__(self) -> str:
        return f"{self.task}({self.arguments})"


@dataclass(slots=True)
class Program:
    """A loaded program: the module `app` and the calls recorded so far, in order."""

    module: types.ModuleType
    folder: Path
    calls: list[Call] = field(default_factory=list)


_KEPT: Final = 8
_folders: "OrderedDict[tuple[tuple[str, str], ...], Path]" = OrderedDict()


def written(files: Mapping[str, str]) -> Path:
    """The path of `app.py` in a folder with the modules of a program, which stays as long as few others are asked for.

    A program is compiled twice and runs for each level, engine and input; making and removing a folder each time took a tenth of the tests.
    """
    key = tuple(sorted(files.items()))
    if key not in _folders:
        if len(_folders) == _KEPT:
            shutil.rmtree(_folders.popitem(last=False)[1])
        folder = _folders[key] = Path(tempfile.mkdtemp(prefix="program-"))
        for name, text in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    _folders.move_to_end(key)
    return _folders[key] / f"{MAIN}.py"


@atexit.register
def _remove_folders() -> None:
    while _folders:
        shutil.rmtree(_folders.popitem()[1], ignore_errors=True)


@contextlib.contextmanager
def loaded(path: Path) -> Iterator[Program]:
    """Import the program at `path` and its neighbours under their own names; forget them at the end."""
    program = Program(types.ModuleType(MAIN), path.parent)
    finder = _Finder(program)
    before = set(sys.modules)
    shadowed = {name: sys.modules.pop(name) for name in _module_names(path.parent) if name in sys.modules}
    sys.meta_path.insert(0, finder)
    try:
        program.module = importlib.import_module(MAIN)
        yield program
    finally:
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - before | set(_module_names(path.parent)):
            if finder.owns(name):
                sys.modules.pop(name, None)
        sys.modules.update(shadowed)


def _module_names(folder: Path) -> list[str]:
    names = []
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules of one program and nothing else, ahead of everything else."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def _file(self, name: str) -> Path | None:
        base = self._program.folder.joinpath(*name.split("."))
        for candidate in (base.with_suffix(".py"), base / "__init__.py"):
            if candidate.is_file():
                return candidate
        return None

    def owns(self, name: str) -> bool:
        return self._file(name) is not None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        file = self._file(fullname)
        if file is None:
            return None
        return importlib.util.spec_from_file_location(
            fullname, file, loader=_Loader(fullname, str(file), self._program)
        )


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with the recording put into its tasks; never writes byte code."""

    def __init__(self, name: str, path: str, program: Program) -> None:
        super().__init__(name, path)
        self._program = program

    def get_code(self, fullname: str) -> types.CodeType:
        return _at(_compiled(Path(self.path).read_text(encoding="utf-8")), self.path)

    def exec_module(self, module: types.ModuleType) -> None:
        calls = self._program.calls
        setattr(module, _RECORDER, lambda name, arguments: calls.append(Call(name, _arguments(arguments))))
        super().exec_module(module)


@functools.lru_cache(maxsize=64)
def _compiled(text: str) -> types.CodeType:
    """The code of a module, which runs once for each level, engine and input."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_task(node):
            _record_calls(node)
    return compile(ast.fix_missing_locations(tree), "", "exec", dont_inherit=True)


def _at(code: types.CodeType, path: str) -> types.CodeType:
    """The code as that of a file at `path`."""
    parts = tuple(_at(part, path) if isinstance(part, types.CodeType) else part for part in code.co_consts)
    return code.replace(co_filename=path, co_consts=parts)


def _is_task(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if name == "task":
            return True
    return False


def _record_calls(node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    statement = ast.parse(f"{_RECORDER}({node.name!r}, locals())").body[0]
    for child in ast.walk(statement):
        ast.copy_location(child, node)
    has_docstring = ast.get_docstring(node, clean=False) is not None
    node.body.insert(1 if has_docstring else 0, statement)


def _arguments(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={canonical(value)}" for name, value in arguments.items())


def canonical(value: Any) -> str:
    """Return a text that is equal for equal values of the same types; the order of dict keys does not count."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((item.name, getattr(value, item.name)) for item in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(f'{name}={canonical(item)}' for name, item in fields)})"
    if isinstance(value, dict):
        items = sorted((canonical(key), canonical(item)) for key, item in value.items())
        return "{" + ", ".join(f"{key}: {item}" for key, item in items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(canonical, value)) + "]"
    if isinstance(value, tuple):
        name = type(value).__name__ if hasattr(value, "_fields") else ""
        return name + "(" + "".join(f"{canonical(item)}, " for item in value).rstrip() + ")"
    return repr(value)
