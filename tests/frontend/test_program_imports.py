"""Following a project's imports: packages, relative names, cycles, stars, folders, and what is not the project's."""

import ast
from pathlib import Path

from pysfnc.frontend.program.model import (
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    ModuleBinding,
    UnsupportedBinding,
)
from pysfnc.frontend.program.names import resolve
from tests.frontend.projects import load


def test_modules_beside_the_entry_and_in_packages(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "import helpers\nimport shop.prices as p\nimport shop.tax\nfrom shop import orders, rates as r",
            "helpers.py": "def f(): ...",
            "shop/__init__.py": "from .rates import VAT as rates",
            "shop/prices.py": "from . import tax\nfrom .tax import VAT\nfrom ..helpers import f",
            "shop/tax.py": "VAT = 0.2",
            "shop/rates.py": "VAT = 0.3",
            "shop/orders.py": "import shop.tax as t\nLIMIT = t.VAT",
            "unused.py": "syntax error",
        },
    )
    model = loaded.model
    assert set(model.modules) == {"app", "helpers", "shop", "shop.prices", "shop.tax", "shop.rates", "shop.orders"}
    names = model.entry.names
    assert names["helpers"] == ModuleBinding("helpers", model.modules["helpers"])
    assert names["p"] == ModuleBinding("shop.prices", model.modules["shop.prices"])
    assert names["shop"] == ModuleBinding("shop", model.modules["shop"])
    assert names["orders"] == ModuleBinding("shop.orders", model.modules["shop.orders"])
    assert isinstance(names["r"], ConstantBinding) and names["r"].module.name == "shop.rates"
    path = ast.parse("shop.tax.VAT", mode="eval").body
    found = resolve(model, model.entry, path)
    assert isinstance(found, ConstantBinding) and found.module.name == "shop.tax"
    # `..` leads out of the package `shop`, as it does in Python.
    assert loaded.codes == ["SFN601"]
    assert dict(model.files())["shop"].endswith("__init__.py")


def test_the_entry_may_lie_in_a_package(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/sub/__init__.py": "",
            "pkg/sub/app.py": "import json\nfrom ..base import f\nfrom pkg.sub.more import g\nimport beside\nfrom . import more",
            "pkg/sub/json.py": "",
            "pkg/sub/more.py": "def g(): ...",
            "pkg/sub/beside.py": "",
            "pkg/base.py": "def f(): ...",
        },
        "pkg/sub/app.py",
    )
    model = loaded.model
    assert model.entry.name == "pkg.sub.app"
    assert set(model.modules) == {"pkg.sub.app", "pkg", "pkg.base", "pkg.sub", "pkg.sub.more", "beside"}
    assert isinstance(model.entry.names["f"], FunctionBinding)
    assert isinstance(model.entry.names["g"], FunctionBinding)
    assert loaded.codes == []


def test_a_package_is_an_entry_too(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"pkg/__init__.py": "from .a import X", "pkg/a.py": "X = 1"}, "pkg/__init__.py")
    assert loaded.model.entry.name == "pkg"
    assert isinstance(loaded.model.entry.names["X"], ConstantBinding)


def test_cycles_end(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "import a\nfrom a import f, X\nimport app",
            "a.py": "from b import g\nimport b\nfrom b import Y as X\ndef f(): ...",
            "b.py": "import a\nfrom a import f\nfrom a import X as Y\ndef g(): ...",
        },
    )
    names = loaded.model.entry.names
    assert isinstance(names["f"], FunctionBinding)
    assert isinstance(names["X"], UnsupportedBinding) and "lead back to themselves" in names["X"].reason
    assert names["app"] == ModuleBinding("app", loaded.model.entry)


def test_stars(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "from a import *\nfrom b import *\nfrom math import *\nfrom pysfnc import *\nX = 1\nos = 3",
            "a.py": "from b import *\nA = 1\n_HIDDEN = 2\nX = 5\nfrom c import *",
            "b.py": "__all__ = ['B', '_LISTED']\nB = 1\n_LISTED = 2\nUNLISTED = 3",
            "c.py": "from a import *\nC = 1",
        },
    )
    names = loaded.model.entry.names
    assert {"A", "B", "C", "_LISTED"} <= set(names)
    assert not {"_HIDDEN", "UNLISTED"} & set(names)
    assert isinstance(names["X"], UnsupportedBinding)
    assert isinstance(names["os"], ConstantBinding)
    assert names["sqrt"] == ExternalBinding("math.sqrt")
    assert names["task"] == ExternalBinding("pysfnc.task")
    assert loaded.model.entry.star_imports == ()


def test_a_star_of_an_unknown_module_clouds_other_names(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"app.py": "from a import *", "a.py": "from numpy import *\nX = 1"})
    assert loaded.model.entry.star_imports == ("numpy",)
    assert isinstance(loaded.model.entry.names["X"], ConstantBinding)


def test_a_folder_of_data_is_no_module_but_a_folder_with_modules_is(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "import yaml\nfrom yaml import safe_load\nimport tools.text\nfrom tools import text as t\nimport tools",
            "yaml/data.txt": "",
            "tools/text.py": "def f(): ...",
        },
    )
    model = loaded.model
    assert set(model.modules) == {"app", "tools", "tools.text"}
    assert model.entry.names["yaml"] == ModuleBinding("yaml", None)
    assert model.entry.names["safe_load"] == ExternalBinding("yaml.safe_load")
    assert model.entry.names["t"] == ModuleBinding("tools.text", model.modules["tools.text"])
    assert [name for name, _ in model.files()] == ["app", "tools.text"]


def test_the_standard_library_and_pysfnc_are_not_the_project(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "import os, sys, queue, pysfnc, json",
            "os.py": "",
            "sys.py": "",
            "queue.py": "",
            "pysfnc.py": "",
            "json/data.txt": "",
        },
    )
    # A file hides a module of the standard library unless Python has loaded that already; a plain folder never does.
    assert set(loaded.model.modules) == {"app", "queue"}


def test_imports_inside_functions_are_followed(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"app.py": "def f():\n    from late import g\n    return g()", "late.py": "def g(): ..."})
    model = loaded.model
    assert set(model.modules) == {"app", "late"}
    node = next(n for n in ast.walk(model.entry.tree) if isinstance(n, ast.ImportFrom))
    assert model.imported is not None
    assert isinstance(model.imported(model.entry, node, node.names[0]), FunctionBinding)


def test_names_that_a_module_does_not_have(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"app.py": "from a import nothing\nfrom .a import x", "a.py": ""})
    binding = loaded.model.entry.names["nothing"]
    assert isinstance(binding, UnsupportedBinding) and binding.reason == "module `a` has no name `nothing`"
    assert loaded.codes == ["SFN601"]
    assert isinstance(loaded.model.entry.names["x"], UnsupportedBinding)


def test_errors_of_imported_files_are_theirs(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"app.py": "import bad\nX = 1", "bad.py": "x = = 1\n"})
    assert loaded.found is not None
    assert loaded.codes == ["SFN100"]
    span = loaded.sink.diagnostics[0].span
    assert span is not None and span.file.path.endswith("bad.py") and (span.line, span.column) == (1, 4)
