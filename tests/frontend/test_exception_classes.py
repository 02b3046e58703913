"""Exception classes: the hierarchy, names of the machine, and which can be raised in it; held against CPython's own classes."""

import ast
import builtins
from pathlib import Path

import pytest

from pysfnc.frontend.declarations.exceptions import BUILTIN_BASES, ambiguity, error_names, exception_class, style_of
from pysfnc.frontend.program.model import ClassBinding, ClassInfo
from tests.frontend.projects import Loaded, load

SOURCE = '''
import json, socket, enum, asyncio
import requests
from pysfnc import Fail
from requests import HTTPError as Remote
from json import JSONDecodeError as Bad

class Base(Exception):
    """The shop's errors."""
class Late(Base, TimeoutError): pass
class Coded(Base):
    code = 3
    def is_fatal(self): return True
class Shown(Base):
    def __repr__(self): return "x"
class BelowShown(Shown): ...
class Lost(KeyError): ...
class Disk(OSError): ...
class Rejected(Fail): ...
class FromLibrary(Remote): ...
class OtherLibrary(requests.Session): ...
class Decoded(Bad): ...
class Meta(Exception, metaclass=type): ...
class NotOne: ...
class Color(enum.Enum):
    RED = 1
class Cycle(Exception):
    class Inner(Exception): ...
    __slots__ = ()
@print
class Decorated(Exception): ...
'''


def info_of(loaded: Loaded, name: str) -> ClassInfo:
    binding = loaded.model.entry.names[name]
    assert isinstance(binding, ClassBinding)
    return binding.info


@pytest.mark.parametrize(
    ("name", "bases", "plain", "style"),
    [
        ("Base", ("Exception",), True, "plain"),
        ("Late", ("Base", "TimeoutError"), True, "os"),
        ("Coded", ("Base",), True, "plain"),
        ("Shown", ("Base",), False, "own"),
        ("BelowShown", ("Shown",), False, "own"),
        ("Lost", ("KeyError",), True, "key"),
        ("Disk", ("OSError",), True, "os"),
        ("Rejected", ("Fail",), False, "own"),
        ("FromLibrary", ("HTTPError",), False, "own"),
        ("OtherLibrary", (), False, "own"),
        ("Decoded", ("JSONDecodeError",), False, "own"),
        ("Meta", ("Exception",), False, "own"),
        ("NotOne", (), False, "plain"),
        ("Color", (), False, "own"),
        ("Cycle", ("Exception",), True, "plain"),
        ("Decorated", ("Exception",), False, "own"),
    ],
)
def test_classes_of_the_project(tmp_path: Path, name: str, bases: tuple[str, ...], plain: bool, style: str) -> None:
    loaded = load(tmp_path, SOURCE)
    info = info_of(loaded, name)
    assert (info.bases, info.is_exception, info.plain_exception, info.style) == (bases, bool(bases), plain, style)
    assert (info.own_behaviour is None) == (style != "own")


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    loaded = load(tmp_path, SOURCE)
    assert info_of(loaded, "Shown").own_behaviour == "its own `__repr__`"
    assert info_of(loaded, "BelowShown").own_behaviour == "the base class `Shown`"
    assert info_of(loaded, "Rejected").own_behaviour == "the base class `Fail`"


def test_the_table_holds_pythons_hierarchy() -> None:
    for name, bases in BUILTIN_BASES.items():
        cls = getattr(builtins, name)
        assert set(bases) == {base.__name__ for base in cls.__bases__ if base is not object}
    assert "TimeoutError" in BUILTIN_BASES and "IOError" not in BUILTIN_BASES


def test_styles_are_what_cpython_does() -> None:
    for name in BUILTIN_BASES:
        cls = getattr(builtins, name)
        style = style_of(name)
        if style == "own":
            continue
        error = cls("it's")
        assert str(error) == ('"it\'s"' if style == "key" else "it's")
        assert error.args == ("it's",)
        assert str(cls()) == ""
        if style != "os":
            assert str(cls("a", 1)) == "('a', 1)"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ValueError", "ValueError"),
        ("builtins_are_not_a_name.ValueError", None),
        ("IOError", "OSError"),
        ("asyncio.TimeoutError", "TimeoutError"),
        ("socket.timeout", "TimeoutError"),
        ("json.JSONDecodeError", "JSONDecodeError"),
        ("Bad", "JSONDecodeError"),
        ("Fail", "Fail"),
        ("Base", "Base"),
        ("NotOne", None),
        ("int", None),
        ("requests.HTTPError", None),
        ("nothing", None),
    ],
)
def test_expressions_that_name_a_class(tmp_path: Path, text: str, name: str | None) -> None:
    loaded = load(tmp_path, SOURCE + "\nx = (asyncio.TimeoutError, json.JSONDecodeError)")
    found = exception_class(loaded.model, loaded.model.entry, ast.parse(text, mode="eval").body)
    assert (found.name if found else None) == name


def test_error_names(tmp_path: Path) -> None:
    model = load(tmp_path, SOURCE).model
    assert error_names(model, ["Base"]) == ("Base", "BelowShown", "Coded", "Late", "Shown")
    assert error_names(model, ["Late"]) == ("Late",)
    assert error_names(model, ["KeyError", "Order.Rejected"]) == ("KeyError", "Lost", "Order.Rejected")
    assert error_names(model, ["LookupError", "Exception"]) is None
    assert error_names(model, ["BaseException"]) is None
    assert "JSONDecodeError" in (error_names(model, ["ValueError"]) or ())
    assert model.exceptions().descendants("KeyError") == ("KeyError", "Lost")
    assert {"Exception", "OSError", "TimeoutError"} <= model.exceptions().ancestors("Late")


def test_classes_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "import a, b\nfrom pysfnc import task, Retry\nclass TimeoutError(Exception): ...\n"
            "@task(retry=Retry(on=a.Oops))\ndef f(): ...\n@task(retry=Retry(on=b.Fine))\ndef g(): ...",
            "a.py": "class Oops(Exception): ...",
            "b.py": "class Oops(KeyError): ...\nclass Fine(Exception): ...",
        },
    )
    assert set(loaded.model.ambiguous_exceptions) == {"Oops", "TimeoutError"}
    assert ambiguity(loaded.model, ["KeyError", "Oops"]) is not None
    assert ambiguity(loaded.model, ["KeyError", "Fine"]) is None
    assert loaded.function("g").problems == ()
    (problem,) = loaded.function("f").problems
    assert str(problem.code) == "SFN406" and len(problem.labels) == 2


def test_a_project_may_use_names_of_modules_it_does_not_import(tmp_path: Path) -> None:
    loaded = load(tmp_path, "class HTTPError(Exception): ...\nclass CancelledError(Exception): ...")
    assert loaded.model.ambiguous_exceptions == {}
    assert loaded.model.exception_bases["CancelledError"] == ("Exception",)


def test_long_chains_of_classes(tmp_path: Path) -> None:
    source = "".join(f"class C{n + 1}(C{n}): ...\n" for n in reversed(range(3000))) + "class C0(Exception): ..."
    loaded = load(tmp_path, source)
    assert info_of(loaded, "C3000").is_exception
