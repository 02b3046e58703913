"""Parameters, defaults and results of workflows and tasks."""

from pathlib import Path
from typing import Any

import pytest

from pysfnc.frontend.program.constants import expr_of
from pysfnc.frontend.program.program import report_problems
from pysfnc.ir.exprs import Const, Prim
from pysfnc.ir.hir import Param
from pysfnc.values.relations import dict_of, join
from pysfnc.values.types import INT, JSON, NEVER, NONE, STR, DictField, DictT, ListT, TupleT
from tests.frontend.projects import Loaded, load


def workflow(tmp_path: Path, signature: str, before: str = "") -> Loaded:
    return load(tmp_path, f"from pysfnc import workflow\n{before}\n@workflow\ndef f({signature}): ...")


def params(loaded: Loaded) -> list[tuple[str, str, bool]]:
    return [(p.name, p.kind, p.has_default) for p in loaded.function("f").params]


def test_kinds_of_parameters(tmp_path: Path) -> None:
    loaded = workflow(tmp_path, "a, b=1, *, c, d=None, **rest")
    assert loaded.messages == []
    assert params(loaded) == [
        ("a", "positional", False),
        ("b", "positional", True),
        ("c", "keyword", False),
        ("d", "keyword", True),
        ("rest", "rest", False),
    ]
    assert [p.type for p in loaded.function("f").params] == [None] * 5


def test_one_positional_only_parameter_is_the_whole_input(tmp_path: Path) -> None:
    loaded = workflow(tmp_path, "event: dict, /")
    assert params(loaded) == [("event", "whole", False)]
    assert loaded.function("f").params[0].type == DictT(JSON)


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ("*items", "SFN104 `*items` of workflow `f` cannot be filled from the keys of an input object"),
        ("a, /, b", "SFN104 positional-only `a` takes the whole input of `f` and must be its only parameter"),
        ("a, b, /", "SFN104 positional-only `a` takes the whole input of `f` and must be its only parameter"),
        ("a, /, **b", "SFN104 positional-only `a` takes the whole input of `f` and must be its only parameter"),
        ("a=print()", "SFN105 the default of `a` must be a constant"),
        ("a=LATER", "SFN105 the default of `a` must be a constant"),
        ("a=2**60", "SFN105 the default of `a` cannot be held by a machine: it is an integer beyond 2**53"),
        ("a=1e999", "SFN105 the default of `a` cannot be held by a machine: it is inf, which JSON cannot hold"),
        ("a=1/0", "SFN105 the default of `a` must be a constant"),
        ("a={1: 2}", "SFN105 the default of `a` must be a constant"),
        ("a=b''", "SFN105 the default of `a` must be a constant"),
    ],
)
def test_what_a_workflow_cannot_take(tmp_path: Path, signature: str, message: str) -> None:
    assert workflow(tmp_path, signature).messages == [message]


DEFAULTS: list[tuple[str, Any]] = [
    ("None", None),
    ("-1", -1),
    ("not 0", True),
    ("'a' 'b' + 'c'", "abc"),
    ("2 * LIMIT / 4 // 1 % 3", 2 * 10 / 4 // 1 % 3),
    ("-7 // 2", -4),
    ("[1, *(2, 3)]", [1, 2, 3]),
    ("(1, 'x')", (1, "x")),
    ("{'a': 1, **{'b': [2]}}", {"a": 1, "b": [2]}),
    ("{'a': 1} | {'a': 2}", {"a": 2}),
    ("[0] * 3", [0, 0, 0]),
    ("config.NAMES", ["x"]),
    ("-0.0", -0.0),
]


@pytest.mark.parametrize(("text", "value"), DEFAULTS, ids=[text for text, _ in DEFAULTS])
def test_defaults_are_computed_as_python_does(tmp_path: Path, text: str, value: Any) -> None:
    files = {
        "app.py": f"from pysfnc import workflow\nimport config\nLIMIT = 10\n@workflow\ndef f(a={text}): ...",
        "config.py": "NAMES = ['x']",
    }
    loaded = load(tmp_path, files)
    assert loaded.messages == []
    default = loaded.function("f").params[0].default
    assert default == expr_of(value)
    assert repr(default) == repr(expr_of(value, default.span if default else None))


def test_values_as_expressions() -> None:
    one, text = Const(value=1, type=INT), Const(value="a", type=STR)
    assert expr_of([1, "a"]) == Prim(op="list.make", args=(one, text), type=ListT(join(INT, STR)))
    assert expr_of((1, "a")) == Prim(op="list.make", args=(one, text), type=TupleT((INT, STR)))
    assert expr_of({"a": 1}) == Prim(op="dict.make", args=(text, one), type=dict_of([DictField("a", INT)], NEVER))
    assert expr_of([]) == Prim(op="list.make", args=(), type=ListT(NEVER))
    assert expr_of(None) == Const(value=None, type=NONE)


def test_tasks_may_have_any_signature(tmp_path: Path) -> None:
    source = (
        "import time\nfrom pysfnc import task\n@task\ndef f(a, /, b: int, *c: str, d=time.time(), e=2, **g) -> str: ..."
    )
    loaded = load(tmp_path, source)
    info = loaded.function("f")
    assert loaded.messages == [] and info.problems == ()
    assert params(loaded) == [
        ("a", "positional", False),
        ("b", "positional", False),
        ("c", "star", False),
        ("d", "keyword", True),
        ("e", "keyword", True),
        ("g", "rest", False),
    ]
    late: Param = info.params[3]
    assert late.default is None
    assert info.params[4].default == Const(value=2, type=INT)
    assert (info.params[1].type, info.returns) == (INT, STR)


def test_problems_of_tasks_wait_until_they_are_used(tmp_path: Path) -> None:
    loaded = load(tmp_path, "from pysfnc import task\n@task\ndef f() -> tuple[int, *tuple[str, ...]]: ...")
    assert loaded.messages == []
    report_problems(loaded.model, loaded.function("f"), loaded.sink)
    report_problems(loaded.model, loaded.function("f"), loaded.sink)
    assert loaded.messages == [
        "SFN304 the result of `f`: a tuple with a part of unknown length has no form in a machine"
    ]


def test_tasks_that_change_module_level_values(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        from pysfnc import task
        SEEN = []
        count = 0

        def remember(x):
            SEEN.append(x)

        def step():
            global count
            count += 1

        @task
        def f(x):
            remember(x)

        @task
        def g(x):
            helpers = [step]
            helpers[0]()

        @task
        def h(x):
            seen = []
            seen.append(x)
        """,
    )
    for name in ("f", "g", "h"):
        report_problems(loaded.model, loaded.function(name), loaded.sink)
    assert loaded.messages == [
        "SFN203 `SEEN` is changed by `.append()` in `remember`, which task `f` reaches",
        "SFN203 `count` is rebound by `global` in `step`, which task `g` reaches",
    ]
