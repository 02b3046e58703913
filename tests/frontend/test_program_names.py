"""What module-level names mean: constants, functions, imports, and what is no constant."""

import ast
from pathlib import Path

import pytest

from pysfnc.frontend.program.model import (
    Binding,
    ClassBinding,
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    ModuleBinding,
    UnsupportedBinding,
)
from pysfnc.frontend.program.names import lookup, member, resolve, resolve_through
from tests.frontend.projects import load


def bound(tmp_path: Path, source: str, name: str) -> Binding | None:
    model = load(tmp_path, source).model
    return lookup(model, model.entry, name)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("X = 1", "1"),
        ("X: int = 1", "1"),
        ("X = Y = [1]", "[1]"),
        ("A, X = 1, 'x'", "'x'"),
        ("[A, (B, X)] = 1, (2, 3)", "3"),
        ("X: int\nX = 2", "2"),
        ("if True:\n    X = 3\nelse:\n    X = 4", "3"),
        ("from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    X = 5\nelse:\n    X = 6", "5"),
        ("X = 7\nif __name__ == '__main__':\n    X = 8", "7"),
        ("X = 9\ndef f():\n    X = 10", "9"),
        ("X = 11\ndef f(X):\n    global Y\n    X = Y = 12", "11"),
        ("X = 13\nclass C:\n    X = 14", "13"),
        ("X = 15\nys = [X for X in (1, 2)]", "15"),
        ("X = 16\ndef f():\n    global X\n    return X", "16"),
    ],
)
def test_a_name_bound_once_is_a_constant(tmp_path: Path, source: str, value: str) -> None:
    binding = bound(tmp_path, source, "X")
    assert isinstance(binding, ConstantBinding)
    assert ast.unparse(binding.value) == value
    assert binding.name == "X"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("X = 1\nX = 2", "`X` is bound 2 times at module level"),
        ("X = 1\nX += 1", "changed by an augmented assignment"),
        ("X = 1\ndel X", "deleted"),
        ("for X in (1, 2):\n    pass", "bound by a `for`"),
        ("for i in (1, 2):\n    X = i", "bound inside a `for`"),
        ("while True:\n    X = 1", "bound inside a `while`"),
        ("with open('f') as X:\n    pass", "bound by a `with`"),
        ("try:\n    import fast as X\nexcept ImportError:\n    X = None", "bound inside a `try`"),
        ("try:\n    pass\nexcept ValueError as X:\n    pass", "bound by an `except`"),
        ("import sys\nif sys.argv:\n    X = 1", "bound inside an `if`"),
        ("match 1:\n    case X:\n        pass", "bound by a `match`"),
        ("a = (X := 1)", "bound by `:=`"),
        ("X, *rest = [1, 2]", "bound by unpacking"),
        ("pair = (1, 2)\nX, y = pair", "bound by unpacking"),
        ("X = 1\ndef f():\n    global X\n    X = 2", "rebound by `global` in `f`"),
        ("def f(): pass\ndef f(): pass\nX = f\ndef X(): pass", "bound 2 times"),
        ("X = []\nX.extend([1])", "changed by `.extend()`"),
        ("X = {}\nfor k in 'ab':\n    X[k] = 1", "changed in place"),
        ("X = {'a': []}\ndef f(v):\n    X['a'].append(v)", "changed by `.append()` in `f`"),
        ("X = [[]]\nY = X\nY[0].append(1)", "changed by `.append()`"),
        ("def fill(xs):\n    xs.append(1)\nX = []\nfill(X)", "handed to a call at module level"),
        ("from missing_stars import *", "may come from `from missing_stars import *`"),
        ("def X(): pass\ndef f():\n    global X\n    X = None", "rebound by `global` in `f`"),
    ],
)
def test_other_names_are_unsupported_with_a_reason(tmp_path: Path, source: str, reason: str) -> None:
    binding = bound(tmp_path, source, "X")
    assert isinstance(binding, UnsupportedBinding)
    assert reason in binding.reason


@pytest.mark.parametrize(
    "source",
    [
        "X = []\ndef f():\n    X = []\n    X.append(1)",
        "X = []\ndef f(X):\n    X.append(1)",
        "X = []\ndef f(v):\n    return [X.append(1) for X in v]",
        "X = []\nY = len(X)\nprint(X)\nZ = sorted(X)",
        "X = (1, 2)\nuse = repr\nuse(X)",
        "X = 'abc'\nprint_it = print\nprint_it(X)",
        "import os\ndef use(x): pass\nX = os.environ.get('N', 'n')\nY = os.getenv('M')\nuse(X)",
        "import os\ndef use(x): pass\nX = (os.getenv('N') or 'n') + '-' + str(2)\nuse(X)",
        "X = []\nif __name__ == '__main__':\n    X.append(1)",
    ],
)
def test_what_changes_another_object_leaves_a_constant(tmp_path: Path, source: str) -> None:
    assert isinstance(bound(tmp_path, source, "X"), ConstantBinding)


def test_a_change_is_seen_from_other_modules(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "import config\nfrom config import ITEMS, LIMIT, NAMES\nconfig.LIMIT = 5\nITEMS.insert(0, 1)",
            "config.py": "ITEMS = []\nLIMIT = 3\nNAMES = ['a']",
        },
    )
    names = loaded.model.entry.names
    assert isinstance(names["ITEMS"], UnsupportedBinding)
    assert isinstance(names["LIMIT"], UnsupportedBinding)
    assert isinstance(names["NAMES"], ConstantBinding)
    assert isinstance(loaded.model.modules["config"].names["LIMIT"], UnsupportedBinding)


def test_functions_classes_and_overloads(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        import typing
        from typing import overload

        @overload
        def f(x: int) -> int: ...
        @typing.overload
        def f(x: str) -> str: ...
        def f(x):
            return x

        async def g(): ...

        class C: ...
        """,
    )
    names = loaded.model.entry.names
    f, g, c = names["f"], names["g"], names["C"]
    assert isinstance(f, FunctionBinding) and not f.function.node.decorator_list
    assert isinstance(g, FunctionBinding) and g.function.is_async
    assert isinstance(c, ClassBinding) and not c.info.is_exception
    assert loaded.codes == []


def test_imports_of_other_packages_are_dotted_names(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        import os.path
        import concurrent.futures as cf
        import time as clock
        from asyncio import gather as together
        from pysfnc.lang.options import Retry as R
        import pysfnc
        import requests
        """,
    )
    model, entry = loaded.model, loaded.model.entry

    def meaning(text: str) -> Binding | None:
        return resolve(model, entry, ast.parse(text, mode="eval").body)

    assert meaning("os.path.join") == ExternalBinding("os.path.join")
    assert meaning("cf.ThreadPoolExecutor") == ExternalBinding("concurrent.futures.ThreadPoolExecutor")
    assert meaning("clock.sleep") == ExternalBinding("time.sleep")
    assert meaning("together") == ExternalBinding("asyncio.gather")
    assert meaning("R") == ExternalBinding("pysfnc.Retry")
    assert meaning("pysfnc.lang.decorators.task") == ExternalBinding("pysfnc.task")
    assert meaning("requests.get") == ExternalBinding("requests.get")
    assert meaning("len") == ExternalBinding("builtins.len")
    assert meaning("nothing") is None
    assert meaning("requests") == ModuleBinding("requests", None)
    assert meaning("f().x") is None


def test_names_for_type_checkers_do_not_exist_at_run_time(tmp_path: Path) -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from decimal import Decimal\n    import other"
    loaded = load(tmp_path, {"app.py": source, "other.py": "syntax error here"})
    assert lookup(loaded.model, loaded.model.entry, "Decimal") is None
    assert loaded.model.entry.typing_names == {"Decimal", "other"}
    assert loaded.codes == []


def test_names_of_the_run_have_no_fixed_value(tmp_path: Path) -> None:
    assert isinstance(bound(tmp_path, "", "__name__"), UnsupportedBinding)
    assert bound(tmp_path, "", "__nothing__") is None


def test_constants_that_rename_are_followed(tmp_path: Path) -> None:
    loaded = load(tmp_path, "import pysfnc\nagain = pysfnc.Retry\nonce_more = again\na = b\nb = a")
    model = loaded.model
    assert resolve_through(model, model.entry, ast.Name("once_more")) == ExternalBinding("pysfnc.Retry")
    assert resolve_through(model, model.entry, ast.Name("a")) is None


def test_member_of_what_is_no_module(tmp_path: Path) -> None:
    model = load(tmp_path, "X = 1").model
    assert member(model, model.entry.names["X"], "real") is None
