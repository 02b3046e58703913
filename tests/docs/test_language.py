"""The table of functions and methods in `docs/language.md` is the one that the library gives."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from pysfnc.ir.exprs import Const
from pysfnc.library import catalog
from pysfnc.library.numbers.maths import INEXACT
from pysfnc.library.rows.row import ChangeRow, Parameter, SurfaceRow
from pysfnc.library.text.strings_refused import REFUSED
from pysfnc.testing import run
from pysfnc.values.types import Kind

PAGE: Final = Path(__file__).parents[2] / "docs" / "language.md"
BEGIN: Final = "<!-- callables: written by `pytest --bless tests/docs/test_language.py` -->\n"
END: Final = "<!-- end of callables -->\n"
KINDS: Final = tuple(kind.value for kind in Kind)

# What the frontend lowers itself, as it takes functions or classes; with a use that must compile, and its result.
OTHERS: Final = {
    "callable(object)": ("callable(len)", True),
    "filter(function, iterable)": ("list(filter(lambda x: x > 1, xs))", [2, 3]),
    "isinstance(object, classinfo)": ("isinstance(xs, (list, dict))", True),
    "map(function, iterable)": ("list(map(str, xs))", ["1", "2", "3"]),
    "next(iterator, default)": ("next((x for x in xs if x > 1), None)", 2),
    "print(...)": ("print(xs)", None),
    "type(object)": ("type(xs).__name__", "list"),
}


def signature(name: str, parameters: tuple[Parameter, ...]) -> str:
    """How a call is written, after CPython's own signatures."""
    return f"{name}({', '.join(_written(parameters))})"


def _written(parameters: tuple[Parameter, ...]) -> Iterator[str]:
    variadic = [f"*{parameter.name}" for parameter in parameters if parameter.variadic]
    named = [parameter for parameter in parameters if not parameter.variadic]
    yield from (_with_default(parameter) for parameter in named if not parameter.keyword_only)
    yield from variadic
    if any(parameter.keyword_only for parameter in named) and not variadic:
        yield "*"
    yield from (_with_default(parameter) for parameter in named if parameter.keyword_only)


def _with_default(parameter: Parameter) -> str:
    if parameter.default is None:
        return parameter.name
    # A default that only rows see stands for "not given".
    return (
        f"{parameter.name}={parameter.default.value!r}"
        if isinstance(parameter.default, Const)
        else f"{parameter.name}=..."
    )


def rows() -> Iterator[SurfaceRow | ChangeRow]:
    """The rows that compile."""
    yield from (
        row
        for row in catalog.surface_rows()
        if row.name.removeprefix("math.") not in INEXACT
        and (row.name.removeprefix("str.") not in REFUSED or "." not in row.name)
    )


def table() -> str:
    """The table as Markdown."""
    found = {text.partition("(")[0]: ("functions", text) for text in OTHERS}
    found |= {row.name: (group(row.name), call(row)) for row in rows()}
    lines = ["| of | callables |", "|---|---|"]
    for title in dict.fromkeys(["functions", *sorted({title for title, _ in found.values()})]):
        calls = [f"`{found[name][1]}`" for name in sorted(found) if found[name][0] == title]
        lines.append(f"| {title} | {', '.join(calls)} |")
    return "\n".join(lines) + "\n"


def group(name: str) -> str:
    """Where a row stands: with the functions, or with its class or module."""
    owner = name.rpartition(".")[0]
    return f"`{owner}`" if owner else "functions"


def call(row: SurfaceRow | ChangeRow) -> str:
    """A row as it is called: a method without its receiver, a function of a module with it."""
    owner, _, name = row.name.rpartition(".")
    if owner not in KINDS:
        return signature(row.name, row.params)
    return signature(name, row.params[1:] if isinstance(row, SurfaceRow) else row.params)


def test_the_table_is_current(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    shown, end, after = rest.partition(END)
    assert end
    if request.config.getoption("bless") and shown.strip() != table().strip():
        PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
        return
    assert shown.strip() == table().strip(), "run `pytest --bless tests/docs/test_language.py`"


@pytest.mark.parametrize("use", OTHERS)
def test_what_the_frontend_lowers_itself_compiles(use: str, tmp_path: Path) -> None:
    expression, result = OTHERS[use]
    path = tmp_path / "app.py"
    path.write_text(f"from pysfnc import workflow\n\n\n@workflow\ndef w(xs: list[int]):\n    return {expression}\n")
    assert run(path, {"xs": [1, 2, 3]}).output == result


def test_parameters_are_named_as_in_cpython() -> None:
    """Where CPython tells the names of parameters that may be given by name, they are those."""
    for row in rows():
        owner, _, name = row.name.rpartition(".")
        function: Any = {"str": str, "list": list, "dict": dict}.get(owner)
        if function is None or not hasattr(function, name):
            continue
        try:
            known = set(inspect.signature(getattr(function, name)).parameters)
        except ValueError:
            continue
        named = {p.name for p in row.params if not p.positional_only and not p.variadic}
        assert named <= known, row.name


def test_links_of_the_page_name_its_headings() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)}
    links = set(re.findall(r"\(#([\w-]+)\)", text))
    assert links
    assert links <= headings
