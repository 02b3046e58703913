"""Python's own standard library as input: each file gives a diagnostic or a result, never an exception."""

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from pysfnc.diagnostics import codes
from pysfnc.driver import CompileResult, Options, compile_file
from pysfnc.source import SourceError

LIBRARY = Path(sysconfig.get_path("stdlib"))
PARTS = 8
THINNED = 4
"""Of the files that test the library, which are more than the library, one of so many is taken."""


def files(part: int, pattern: str) -> list[Path]:
    found = (path for path in sorted(LIBRARY.glob(pattern)) if "site-packages" not in path.parts)
    library: list[Path] = []
    tests: list[Path] = []
    for path in found:
        (tests if {"test", "tests", "idle_test"} & set(path.parts) else library).append(path)
    return [*library, *tests[::THINNED]][part::PARTS]


def check(path: Path, shown: Path) -> CompileResult | None:
    try:
        result = compile_file(str(path), Options())
    except SourceError as error:
        assert "\n" not in str(error)
        return None
    found = {diagnostic.code for diagnostic in result.diagnostics}
    assert result.ok or found, shown
    assert codes.INTERNAL_ERROR not in found, shown
    return result


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("part", range(PARTS))
def test_every_file_is_compiled_or_rejected(part: int) -> None:
    for path in files(part, "**/*.py"):
        check(path, path)


def as_workflows(tree: ast.Module) -> bool:
    """Mark every function of a module as a workflow, so that its body is compiled; whether there is any."""
    marked = False
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.decorator_list:
            node.decorator_list = [ast.parse("pysfnc.workflow", mode="eval").body]
            marked = True
    start = next((index for index, node in enumerate(tree.body) if not is_prologue(node)), len(tree.body))
    tree.body.insert(start, ast.parse("import pysfnc").body[0])
    return marked


def is_prologue(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def modules_as_workflows(part: int) -> Iterator[tuple[Path, str]]:
    for path in files(part, "*.py"):
        tree = ast.parse(path.read_bytes())
        if as_workflows(tree):
            yield path, ast.unparse(ast.fix_missing_locations(tree))


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("part", range(PARTS))
def test_every_function_of_every_module_as_a_workflow(part: int, tmp_path: Path) -> None:
    compiled = 0
    for path, text in modules_as_workflows(part):
        target = tmp_path / "program.py"
        target.write_text(text, encoding="utf-8")
        result = check(target, path)
        compiled += result is not None
    assert compiled > 5
