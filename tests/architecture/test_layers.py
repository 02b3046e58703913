"""Which layer may import which: reads the imports of every module, without running any.

The table is the design. A row lists what a layer may import besides itself and the standard library; imports inside
functions and under TYPE_CHECKING count too, since they are knowledge all the same.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).parents[2] / "src" / "pysfnc"

BASE: Final = frozenset({"lean", "source", "diagnostics", "values"})
IR: Final = BASE | {"jsonata", "ir"}
COMPILER: Final = IR | {
    "aws",
    "lang",
    "analysis",
    "library",
    "frontend",
    "passes",
    "plan",
    "backend",
    "asl",
    "codegen",
    "driver",
}
EVERYTHING: Final = COMPILER | {"functions", "engine", "packaging", "lambdas", "services", "assembly", "testing"}

MAY_IMPORT: Final[dict[str, frozenset[str]]] = {
    # 0: what users import, and the text of programs
    "lang": frozenset({"aws"}),  # what describes jobs, when one is run
    "lean": frozenset(),  # how classes are made
    "source": frozenset({"lean"}),
    # 1
    "diagnostics": frozenset({"lean", "source"}),
    "values": frozenset({"lean", "source"}),
    # 2: the languages of the target
    "jsonata": BASE,
    "asl": BASE | {"jsonata"},
    # what there is in AWS, from botocore's data files
    "aws": frozenset({"lean", "diagnostics", "source"}),
    # 3
    "ir": BASE | {"jsonata"},
    # 4
    "analysis": IR | {"library"},  # what the rows of callables say about failing
    "library": IR | {"aws"},  # forms of answers
    # 5: the stages, none of which knows another
    "frontend": IR | {"library", "lang", "aws"},
    "passes": IR | {"analysis", "library", "aws"},  # library: fresh names, forms of answers
    "plan": IR | {"analysis", "library"},
    "backend": IR | {"analysis", "library", "plan", "asl", "lang"},  # lang: what Lambda is sent and reports
    # the stages behind the frontend, and the choice among plans
    "codegen": IR | {"library", "passes", "plan", "backend", "asl"},
    # 6: `functions` is the list of what runs in Lambda, which the compiler and packaging agree on
    "functions": frozenset({"ir", "packaging"}),
    "driver": COMPILER | {"functions", "packaging"},
    # the engine is an oracle, which shares as little as possible with what it judges
    "engine": BASE | {"jsonata", "asl", "aws"},
    # 7: what answers the tasks of a local run
    "services": frozenset({"engine", "aws", "asl", "diagnostics"}),
    "packaging": frozenset({"asl", "source", "diagnostics", "lang"}),
    "lambdas": frozenset({"engine", "packaging", "lang", "source"}),
    # 8: brings the compiler and packaging together
    "assembly": frozenset(
        {"asl", "aws", "driver", "functions", "source", "packaging", "lambdas", "engine", "services"}
    ),
    # 9
    "testing": EVERYTHING,
    "cli": EVERYTHING,
}

# The package of names that users write, and `python -m pysfnc`.
TOP_MODULES: Final = {"__init__": frozenset({"lang"}), "__main__": frozenset({"cli"})}

THIRD_PARTY: Final[dict[str, frozenset[str]]] = {
    "jlens": frozenset({"jsonata"}),
    "rich": frozenset({"cli"}),
    "awslambdaric": frozenset({"lambdas"}),
    "boto3": frozenset({"services", "lang"}),
    "botocore": frozenset({"engine", "services", "lang"}),
    "pytest": frozenset({"testing"}),
}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py"))


def layer_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the full dotted name of everything a module imports."""
    package = ["pysfnc", *path.relative_to(SOURCE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            # `from pysfnc import lang` names a layer by its alias.
            yield from (
                (node.lineno, f"{prefix}.{alias.name}" if prefix == "pysfnc" else prefix) for alias in node.names
            )


def faults(path: Path) -> Iterator[str]:
    layer = layer_of(path)
    allowed = TOP_MODULES.get(layer, MAY_IMPORT.get(layer, frozenset()) | {layer})
    for line, name in imported_names(path):
        parts = name.split(".")
        place = f"{path.relative_to(SOURCE.parent)}:{line}"
        if parts[0] == "pysfnc":
            target = parts[1] if len(parts) > 1 else "__init__"
            # The package itself holds the names users write; those that generate or run programs may import it.
            is_public = target == "__init__" or target not in MAY_IMPORT
            if not is_public and target not in allowed:
                yield f"{place}: `{layer}` must not import `{target}`"
            if is_public and "lang" not in allowed and layer not in TOP_MODULES:
                yield f"{place}: `{layer}` must not import the names that users write"
        elif parts[0] not in sys.stdlib_module_names and layer not in THIRD_PARTY.get(parts[0], frozenset()):
            yield f"{place}: `{layer}` must not import `{parts[0]}`"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    assert list(faults(path)) == []


def test_every_package_has_a_row() -> None:
    packages = {layer_of(path) for path in modules()}
    assert packages <= MAY_IMPORT.keys() | TOP_MODULES.keys()


def test_the_table_has_no_cycles() -> None:
    """Layers can be ordered; two that knew each other would be one."""
    left = {layer: set(allowed) - {layer} for layer, allowed in MAY_IMPORT.items()}
    while left:
        free = {layer for layer, allowed in left.items() if not allowed & left.keys()}
        assert free, f"these layers import each other: {sorted(left)}"
        left = {layer: allowed for layer, allowed in left.items() if layer not in free}


def test_the_reader_of_imports_sees_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.SOURCE", tmp_path)
    module = tmp_path / "ir" / "bad.py"
    module.parent.mkdir()
    module.write_text(
        "import pysfnc.cli\nfrom pysfnc import backend\nfrom ..cli.main import main\nfrom . import hir\n"
        "import boto3\nimport json\nfrom pysfnc.values import types\n"
        "def f():\n    from pysfnc.engine import Machine\n"
    )
    assert [fault.partition(": ")[2] for fault in faults(module)] == [
        "`ir` must not import `cli`",
        "`ir` must not import `backend`",
        "`ir` must not import `cli`",
        "`ir` must not import `boto3`",
        "`ir` must not import `engine`",
    ]
