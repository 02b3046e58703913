"""Annotations read from text, held against what the wire makes of the same annotations when the program runs."""

import sys
import types
from pathlib import Path

import pytest

from pysfnc.lang.shapes import AnyShape, WireFault, hints_of_function, shape_of
from pysfnc.values.fits import text_of
from pysfnc.values.relations import dict_of, join
from pysfnc.values.types import (
    BOOL,
    ERROR,
    FLOAT,
    INT,
    JSON,
    NEVER,
    NONE,
    STR,
    DictField,
    DictT,
    EnumClass,
    EnumT,
    ListT,
    OpaqueT,
    RecordClass,
    RecordField,
    RecordT,
    TupleT,
    Type,
)
from tests.frontend.projects import load

HEADER = """
import collections
import collections.abc
import datetime
import decimal
import enum
import typing
import typing as t
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Dict, Final, List, Literal, NamedTuple, NewType, Optional, Tuple, TypedDict, TypeVar, Union

Row = dict[str, int]
Rows = "list[Row]"
Id = NewType("Id", str)
T = TypeVar("T")
MODE = "fast"

@dataclass
class Data:
    x: int
@dataclass
class Other:
    y: int
@dataclass
class Coded:
    x: int
    def __post_init__(self): ...
class Fields(TypedDict):
    x: int
    y: float
class More(Fields, total=False):
    z: "list[More]"
class Plain(TypedDict, total=False):
    name: str
class Part(Plain):
    tags: "t.Required[list[str]]"
class Color(enum.Enum):
    RED = "red"
class Pair(NamedTuple):
    x: int
class Thing: ...
class Oops(ValueError): ...
"""

DATA = RecordT(RecordClass("app", "Data", (RecordField("x"),), hashed="never"), dict_of([DictField("x", INT)], NEVER))
TYPED: list[tuple[str, Type]] = [
    ("int", INT),
    ("float", FLOAT),
    ("str", STR),
    ("bool", BOOL),
    ("None", NONE),
    ("list", ListT(JSON)),
    ("dict", DictT(JSON)),
    ("list[int]", ListT(INT)),
    ("List[int]", ListT(INT)),
    ("t.List", ListT(JSON)),
    ("typing.Dict", DictT(JSON)),
    ("typing.Iterable", ListT(JSON)),
    ("dict[str, float]", DictT(FLOAT)),
    ("Dict[str, List[int]]", DictT(ListT(INT))),
    ("Mapping[str, bool]", DictT(BOOL)),
    ("Sequence[str]", ListT(STR)),
    ("collections.abc.Sequence", ListT(JSON)),
    ("Iterable[Any]", ListT(JSON)),
    ("tuple[int, str]", TupleT((INT, STR))),
    ("Tuple[float]", TupleT((FLOAT,))),
    ("tuple[()]", TupleT(())),
    ("Optional[int]", join(INT, NONE)),
    ("int | None", join(INT, NONE)),
    ("Union[int, str, None]", join(join(INT, STR), NONE)),
    ("Union[int, Union[str, int], None]", join(join(INT, STR), NONE)),
    ("Optional[int | str] | None", join(join(INT, STR), NONE)),
    ("int | float", join(INT, FLOAT)),
    ("'int'", INT),
    ("'list[\"int\"] | None'", join(ListT(INT), NONE)),
    ("list['Row']", ListT(DictT(INT))),
    ("Row", DictT(INT)),
    ("list[Row]", ListT(DictT(INT))),
    ("Rows", ListT(DictT(INT))),
    ("Id", STR),
    ("Annotated[int, 'metres']", INT),
    ("Final[int]", INT),
    ("Literal['a', 'b']", STR),
    ("Literal[1, True, None, 1]", join(join(INT, BOOL), NONE)),
    ("Literal['a'] | int", join(STR, INT)),
    ("dict[Literal['a', 'b'], int]", DictT(INT)),
    ("dict[Any, int]", DictT(INT)),
    ("Fields", dict_of([DictField("x", INT), DictField("y", FLOAT)], JSON)),
    ("Data", DATA),
    ("list[Data]", ListT(DATA)),
    ("Color | None", join(EnumT(EnumClass("app", "Color", (("RED", "red"),))), NONE)),
    (
        "Pair",
        TupleT((INT,), RecordClass("app", "Pair", (RecordField("x"),), frozen=True, compared="plain", travels=False)),
    ),
    ("list[Part]", ListT(dict_of([DictField("name", STR, False), DictField("tags", ListT(STR))], JSON))),
    ("list[tuple[int, list[dict[str, float | None]]]]", ListT(TupleT((INT, ListT(DictT(join(FLOAT, NONE))))))),
]
SAYS_NOTHING = [
    "Any",
    "object",
    "set[int]",
    "Thing",
    "Oops",
    "T",
    "collections.OrderedDict",
    "typing.Callable",
    "frozenset",
]
WITHOUT_FORM = [
    ("Coded", "`Coded` runs code of its own, `__post_init__`"),
    ("Data | Other", "depends on how it decodes"),
    ("Pair | tuple[int]", "JSON does not tell `Pair` from `tuple[int]`"),
    ("Color | str", "JSON does not tell `Color` from `str`"),
    ("More", "`More` holds values of its own type"),
    ("Any | bytes", "JSON does not tell `Any` from `bytes`"),
    ("decimal.Decimal | Color", "JSON does not tell `Decimal` from `Color`"),
    ("decimal.Decimal | bytes", "JSON does not tell `Decimal` from `bytes`"),
    ("tuple[int, *tuple[str, ...]]", "a tuple with a part of unknown length"),
    ("dict[int, str]", "keys of a dict that travels as JSON are str"),
    ("list[int] | tuple[int]", "JSON does not tell `list[int]` from `tuple[int]`"),
    ("Literal[1] | float", "JSON does not tell"),
    ("[int]", "is no type that can be read"),
]


def text_at_run_time(annotation: str) -> str:
    """How messages of the wire name the annotation of a parameter."""
    module = types.ModuleType("app_of_test")
    sys.modules[module.__name__] = module
    try:
        exec(HEADER + f"\ndef f(x: {annotation}): ...", vars(module))
        return shape_of(hints_of_function(vars(module)["f"])["x"]).name
    finally:
        del sys.modules[module.__name__]


@pytest.mark.parametrize(("annotation", "type_"), TYPED, ids=[annotation for annotation, _ in TYPED])
def test_types_and_texts(tmp_path: Path, annotation: str, type_: Type) -> None:
    loaded = load(
        tmp_path, HEADER + f"\nfrom pysfnc import workflow\n@workflow\ndef f(x: {annotation}) -> {annotation}: ..."
    )
    (param,) = loaded.function("f").params
    assert loaded.messages == []
    assert param.type == type_
    assert loaded.function("f").returns == type_
    assert param.fit is not None
    assert param.annotation == text_at_run_time(annotation) == text_of(param.fit)


@pytest.mark.parametrize("annotation", SAYS_NOTHING)
def test_annotations_without_meaning_on_the_wire_accept_everything(tmp_path: Path, annotation: str) -> None:
    loaded = load(tmp_path, HEADER + f"\nfrom pysfnc import workflow\n@workflow\ndef f(x: {annotation}): ...")
    (param,) = loaded.function("f").params
    assert loaded.messages == []
    assert param.type is None
    assert param.annotation == text_at_run_time(annotation)
    assert text_at_run_time(f"list[{annotation}]") == f"list[{param.annotation}]"


@pytest.mark.parametrize(("annotation", "words"), WITHOUT_FORM, ids=[annotation for annotation, _ in WITHOUT_FORM])
def test_annotations_that_a_machine_cannot_follow(tmp_path: Path, annotation: str, words: str) -> None:
    loaded = load(tmp_path, HEADER + f"\nfrom pysfnc import workflow\n@workflow\ndef f(x: {annotation}): ...")
    (message,) = loaded.messages
    assert message.startswith("SFN304 parameter `x` of `f`: ") and words in message
    assert loaded.sink.diagnostics[0].helps[0].startswith("write instead: ")
    (param,) = loaded.function("f").params
    assert param.type == ERROR and param.annotation is None and param.fit is None


def test_the_wire_cannot_decide_the_unions_that_are_refused() -> None:
    with pytest.raises(WireFault):
        shape_of(list[int] | tuple[int]).decode([1])


def test_tasks_take_any_parameter_but_give_only_what_a_machine_holds(tmp_path: Path) -> None:
    source = HEADER + (
        "\nfrom pysfnc import task\n"
        "@task\ndef a(x: Data, y: Color, *z: bytes) -> Coded: ...\n"
        "@task\ndef b(x) -> Fields: ...\n"
        "@task\ndef c() -> Plain: ...\n"
        "@task\ndef d() -> list[Plain]: ...\n"
        "@task\ndef e() -> More: ...\n"
        "@task\ndef g() -> tuple[bytes, decimal.Decimal | None, list[datetime.date | datetime.datetime]]: ...\n"
    )
    loaded = load(tmp_path, source)
    assert loaded.messages == []  # nobody uses `a` yet
    (problem,) = loaded.function("a").problems
    assert problem.message.startswith("the result of `a`: `Coded` runs code of its own")
    assert loaded.function("b").returns == dict_of([DictField("x", INT), DictField("y", FLOAT)], JSON)
    named = dict_of([DictField("name", STR, False)], JSON)
    assert loaded.function("c").returns == named
    assert loaded.function("d").returns == ListT(named)
    assert loaded.function("e").returns is None and loaded.function("e").problems
    raw, amount, day, moment = (OpaqueT(name, on_wire=True) for name in ("bytes", "Decimal", "date", "datetime"))
    assert loaded.function("g").returns == TupleT((raw, join(NONE, amount), ListT(join(day, moment))))
    assert not loaded.function("g").problems


def test_names_that_do_not_exist_at_run_time_say_nothing(tmp_path: Path) -> None:
    source = (
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nfrom pysfnc import workflow\n"
        "if TYPE_CHECKING:\n    from decimal import Decimal\n"
        "@workflow\ndef f(x: list[Decimal], y: nowhere, z: 'list[', w: list[int]): ..."
    )
    loaded = load(tmp_path, source)
    assert [param.type for param in loaded.function("f").params] == [None, None, None, ListT(INT)]
    assert [param.annotation for param in loaded.function("f").params] == ["Any", "Any", "Any", "list[int]"]
    assert loaded.messages == []
    namespace: dict[str, object] = {"__name__": "app_of_test"}
    exec(compile(source, "app.py", "exec", dont_inherit=True), namespace)
    hints = hints_of_function(namespace["f"].__wrapped__)  # type: ignore[attr-defined]
    assert isinstance(shape_of(hints["x"]), AnyShape) and shape_of(hints["w"]).name == "list[int]"


def test_aliases_of_other_modules(tmp_path: Path) -> None:
    files = {
        "app.py": "import kinds\nfrom kinds import Rows\nfrom pysfnc import workflow\n"
        "@workflow\ndef f(x: Rows, y: kinds.Row, z: kinds.Loop): ...",
        "kinds.py": "Row = dict[str, int]\nRows = list[Row]\nLoop = list['Loop']",
    }
    loaded = load(tmp_path, files)
    x, y, _ = loaded.function("f").params
    assert (x.type, y.type) == (ListT(DictT(INT)), DictT(INT))
    assert loaded.messages == ["SFN304 parameter `z` of `f`: `Loop` is defined by itself"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the `type` statement is Python 3.12's")
def test_type_statements_keep_their_name_inside_others(tmp_path: Path) -> None:
    source = "from pysfnc import workflow\ntype Row = dict[str, int]\n@workflow\ndef f(x: Row, y: list[Row]): ..."
    x, y = load(tmp_path, source).function("f").params
    assert (x.type, x.annotation) == (DictT(INT), "dict[str, int]")
    assert (y.type, y.annotation) == (ListT(DictT(INT)), "list[Row]")
