"""Which files the imports of a project mean: where its modules are found, and how relative names are completed.

Owns the search among the project's own folders, in the order of CPython's path finder: the folder of the entry file (or the root of the
package it lies in) comes before the standard library, except for modules that Python has loaded before the program starts. What
is not found is external. It does not parse.
"""

import ast
import os
import sys
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from pysfnc.lean import dataclass

_STDLIB: Final = os.path.dirname(os.path.realpath(os.__file__))
_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})
_NEVER_PROJECT: Final = frozenset(sys.builtin_module_names) | {
    "pysfnc",
    # Loaded before the program starts, so a file of this name is never imported.
    *("abc", "codecs", "encodings", "genericpath", "importlib", "io", "ntpath", "os", "posixpath", "runpy", "site"),
    *("stat", "zipimport", "_collections_abc", "_sitebuiltins"),
}


@dataclass(frozen=True, slots=True)
class Located:
    """A module of the project: its dotted name, and the path of its file (of its folder for a package without `__init__.py`)."""

    name: str
    path: str
    is_package: bool
    is_namespace: bool


@dataclass(slots=True)
class ProjectFiles:
    """The folders in which a project's modules are looked for, and what was found."""

    roots: tuple[Path, ...]
    _found: dict[str, Located | None] = field(default_factory=dict)

    def locate(self, name: str) -> Located | None:
        """The project's module of this dotted name, or None when it is not the project's."""
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def _search(self, name: str) -> Located | None:
        parts = name.split(".")
        if parts[0] in _NEVER_PROJECT or not all(part.isidentifier() for part in parts):
            return None
        # The folder of an entry file inside a package is searched as well, but not where the package would be run as one.
        roots = self.roots[:1] if parts[0] in sys.stdlib_module_names else self.roots
        candidates = [found for root in roots if (found := _below(root, name, parts)) is not None]
        regular = [found for found in candidates if not found.is_namespace]
        if regular:
            return regular[0]
        # A folder without `__init__.py` gives way to any installed module of the name.
        return candidates[0] if candidates and parts[0] not in sys.stdlib_module_names else None


def project_files(entry: str) -> tuple[ProjectFiles, Located]:
    """The folders of the project that `entry` (a path) belongs to, and the entry as one of its modules."""
    path = Path(os.path.abspath(entry))
    folder = path.parent
    root = folder
    while (root / "__init__.py").is_file() and root.name.isidentifier() and root.parent != root:
        root = root.parent
    stem = path.name.removesuffix(".py").replace(".", "_")
    inside = list(folder.relative_to(root).parts)
    is_package = stem == "__init__" and bool(inside)
    name = ".".join(inside if is_package else [*inside, stem])
    located = Located(name, entry, is_package, False)
    files = ProjectFiles(tuple(dict.fromkeys((root, folder))))
    files._found[name] = located
    return files, located


def absolute_name(module: str, is_package: bool, node: ast.ImportFrom) -> str | None:
    """The full name of the module that `from ... import` names; None when the dots lead out of the top package."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    keep = len(parts) - node.level + (1 if is_package else 0)
    if keep < 1:
        return None
    return ".".join([*parts[:keep], *([node.module] if node.module else [])])


def parents(name: str) -> Iterator[str]:
    """`a`, `a.b`, `a.b.c`: the modules that importing `a.b.c` loads."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        yield ".".join(parts[:end])


def _below(root: Path, name: str, parts: list[str]) -> Located | None:
    folder = root
    for part in parts[:-1]:
        folder = folder / part
    last = folder / parts[-1]
    for path, is_package in ((last / "__init__.py", True), (folder / f"{parts[-1]}.py", False)):
        if _is_file(path):
            return None if _is_installed(path) else Located(name, os.fspath(path), is_package, False)
    if _is_folder(last) and not _is_installed(last):
        return Located(name, os.fspath(last), True, True)
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_installed(path: Path) -> bool:
    """Whether a file is part of Python or of an installed package, and so not the project's."""
    if not _INSTALLED.isdisjoint(path.parts):
        return True
    return os.path.realpath(path).startswith(_STDLIB + os.sep)
