"""Decorators and their options: roles, constants, retriers, and what is refused."""

from pathlib import Path

import pytest

from pysfnc.frontend.declarations.decorators import call_options
from pysfnc.frontend.program.model import TaskOptions, WorkflowOptions
from pysfnc.ir.hir import RetryRule
from tests.frontend.projects import Loaded, load

CONNECTION = (
    "ConnectionError",
    "BrokenPipeError",
    "ConnectionAbortedError",
    "ConnectionRefusedError",
    "ConnectionResetError",
)
TIMEOUT = ("TimeoutError", "States.Timeout", "States.HeartbeatTimeout")


def rule(names: tuple[str, ...] | None, **changed: object) -> RetryRule:
    fields: dict[str, object] = {
        "interval_s": 1,
        "max_attempts": 3,
        "backoff": 2.0,
        "max_delay_s": None,
        "jitter": False,
    }
    return RetryRule(names=names, **(fields | changed))  # type: ignore[arg-type]


def task_of(tmp_path: Path, options: str, before: str = "") -> TaskOptions:
    loaded = load(tmp_path, f"from pysfnc import task, Retry\n{before}\n@task({options})\ndef f(): ...")
    assert loaded.messages == []
    return loaded.function("f").task_options


def refused(tmp_path: Path, options: str, before: str = "") -> list[str]:
    loaded = load(tmp_path, f"from pysfnc import task, workflow, Retry\n{before}\n@task({options})\ndef f(): ...")
    assert loaded.sink.diagnostics
    return loaded.messages


@pytest.mark.parametrize(
    "source",
    [
        "from pysfnc import task\n@task\ndef f(): ...",
        "from pysfnc import task\n@task()\ndef f(): ...",
        "from pysfnc import task as t\n@t(timeout=3)\ndef f(): ...",
        "import pysfnc\n@pysfnc.task\ndef f(): ...",
        "import pysfnc as p\n@p.task(timeout=3)\nasync def f(): ...",
        "import pysfnc.lang.decorators\n@pysfnc.lang.decorators.task\ndef f(): ...",
        "from pysfnc import *\n@task\ndef f(): ...",
        "from marks import step\n@step\ndef f(): ...",
        "import marks\n@marks.step\ndef f(): ...",
        "import marks\n@marks.quick\ndef f(): ...",
        "from pysfnc import task\nimport typing\n@typing.final\n@task\ndef f(): ...",
    ],
)
def test_a_task_is_recognised_however_it_is_imported(tmp_path: Path, source: str) -> None:
    loaded = load(
        tmp_path, {"app.py": source, "marks.py": "from pysfnc import task\nstep = task\nquick = task(timeout=3)"}
    )
    assert loaded.messages == []
    assert loaded.function("f").role == "task"


@pytest.mark.parametrize(
    ("source", "role"),
    [
        ("@workflow\ndef f(): ...", "workflow"),
        ("@workflow(type='EXPRESS')\ndef f(): ...", "workflow"),
        ("@inline\ndef f(): ...", "inline"),
        ("def f(): ...", "plain"),
        ("import functools\n@functools.cache\ndef f(): ...", "plain"),
        ("import functools\n@functools.wraps(len)\ndef f(): ...", "other"),
        ("def task(f): return f\n@task\ndef f(): ...", "other"),
    ],
)
def test_roles(tmp_path: Path, source: str, role: str) -> None:
    loaded = load(tmp_path, "from pysfnc import workflow, inline\n" + source)
    assert loaded.function("f").role == role


def test_options_are_constants_of_the_project(tmp_path: Path) -> None:
    before = "SECOND = 1\nLIMIT: int = 10 * SECOND\nNAME = 'f-' + str.__name__ if False else 'f'"
    options = task_of(tmp_path, "timeout=LIMIT, heartbeat=LIMIT - 5, memory=2**9, role='r', name='n' + 'm'", before)
    assert options == TaskOptions(timeout_s=10, heartbeat_s=5, memory_mb=512, role="r", name="nm")


def test_workflow_options(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "from pysfnc import workflow\n"
        "@workflow(timeout=60, type='EXPRESS', name='Ship', comment='It ships', lambda_retry=None)\ndef f(): ...\n"
        "@workflow\ndef g(): ...",
    )
    assert loaded.function("f").workflow_options == WorkflowOptions(
        timeout_s=60, type="EXPRESS", name="Ship", comment="It ships", lambda_retry=False
    )
    assert loaded.function("g").workflow_options == WorkflowOptions()
    assert [f.qualname for f in loaded.model.workflows()] == ["f", "g"]


@pytest.mark.parametrize(
    ("before", "value", "rules"),
    [
        ("", "Retry()", (rule(None),)),
        ("", "None", ()),
        ("", "[]", ()),
        (
            "",
            "Retry((ValueError,), 2, 5, 1.5, 60, True)",
            (
                rule(
                    ("ValueError", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError"),
                    interval_s=2,
                    max_attempts=5,
                    backoff=1.5,
                    max_delay_s=60,
                    jitter=True,
                ),
            ),
        ),
        ("", "Retry(on=ConnectionError)", (rule(CONNECTION),)),
        (
            "",
            "Retry(on='Lambda.TooManyRequestsException', max_attempts=0)",
            (rule(("Lambda.TooManyRequestsException",), max_attempts=0),),
        ),
        ("", "Retry(on=(KeyError, Exception))", (rule(None),)),
        ("", "Retry(on='States.ALL')", (rule(None),)),
        ("", "Retry(on=TimeoutError)", (rule(TIMEOUT),)),
        ("", "Retry(on='TimeoutError')", (rule(TIMEOUT),)),
        ("", "Retry(on='States.Timeout')", (rule(("States.Timeout", "TimeoutError", "States.HeartbeatTimeout")),)),
        (
            "",
            "[Retry(on=KeyError), Retry(on=IndexError, backoff=1)]",
            (rule(("KeyError",)), rule(("IndexError",), backoff=1.0)),
        ),
        ("R = Retry(on=KeyError)", "R", (rule(("KeyError",)),)),
        ("R = [Retry(on=KeyError)]\nS = (*R, Retry())", "S", (rule(("KeyError",)), rule(None))),
        ("R = [Retry(on=KeyError)]", "R + [Retry()]", (rule(("KeyError",)), rule(None))),
        (
            "class A(Exception): ...\nclass B(A): ...\nclass C(B, KeyError): ...\nON = (A,)",
            "Retry(on=ON)",
            (rule(("A", "B", "C")),),
        ),
        ("class A(OSError): ...", "Retry(on=[A])", (rule(("A",)),)),
        ("class Slow(TimeoutError): ...", "Retry(on=TimeoutError)", (rule(("TimeoutError", "Slow", *TIMEOUT[1:])),)),
    ],
)
def test_retriers(tmp_path: Path, before: str, value: str, rules: tuple[RetryRule, ...]) -> None:
    assert task_of(tmp_path, f"retry={value}", before).retry == rules


def test_a_class_with_timeouts_below_it_covers_those_of_step_functions(tmp_path: Path) -> None:
    options = task_of(tmp_path, "retry=Retry(on=OSError)")
    assert options.retry is not None and options.retry[0].names is not None
    assert {"OSError", "TimeoutError", "FileNotFoundError", "States.Timeout"} <= set(options.retry[0].names)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("timeout=0", "SFN105 timeout must be an integer from 1 to 900, not 0"),
        ("timeout=1000", "SFN105 timeout must be an integer from 1 to 900, not 1000"),
        ("timeout=2.5", "SFN105 timeout must be an integer from 1 to 900, not 2.5"),
        ("timeout=True", "SFN105 timeout must be an integer from 1 to 900, not True"),
        ("timeout=5, heartbeat=5", "SFN105 heartbeat (5) must be smaller than timeout (5)"),
        ("memory=64", "SFN105 memory must be an integer from 128 to 10240, not 64"),
        ("name='a b'", "SFN105 name must be 1 to 64 letters, digits, - and _, not 'a b'"),
        ("timeout=int('5')", "SFN105 `timeout` of `@task` must be a constant"),
        ("timeout=UNKNOWN", "SFN105 `timeout` of `@task` must be a constant"),
        ("timout=5", "SFN105 `@task` has no option `timout`"),
        ("**{'timeout': 5}", "SFN105 the options of `@task` must be written out"),
        ("30", "SFN105 `@task` takes its options by keyword"),
        ("retry=3", "SFN105 `retry` must be a constant `Retry` or a list of them"),
        ("retry=Retry(interval=0)", "SFN105 Retry is invalid: interval must be an integer from 1 to 99999999, not 0"),
        ("retry=Retry(backoff=0.5)", "SFN105 Retry is invalid: backoff must be a number of at least 1, not 0.5"),
        (
            "retry=Retry(attempts=2)",
            "SFN105 `Retry` has no option `attempts`; it has on, interval, max_attempts, backoff, max_delay, jitter",
        ),
        ("retry=Retry((), on=KeyError)", "SFN105 `Retry` gets `on` twice"),
        ("retry=Retry(on=())", "SFN105 `on` must name at least one exception"),
        ("retry=Retry(on=int)", "SFN404 `int` is not a known exception class"),
        ("retry=Retry(on=[KeyError, Unknown])", "SFN404 `Unknown` is not a known exception class"),
        ("retry=Retry(*[])", "SFN105 the options of `Retry` must be written out"),
        ("retry=Retry(1, 2, 3, 4, 5, 6, 7)", "SFN105 `Retry` takes at most 6 arguments"),
    ],
)
def test_wrong_options(tmp_path: Path, options: str, message: str) -> None:
    assert message in refused(tmp_path, options)


def test_a_value_that_is_not_constant_shows_why(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        {
            "app.py": "from pysfnc import task\nfrom config import LIMIT\n@task(timeout=LIMIT + 1)\ndef f(): ...",
            "config.py": "import os\nLIMIT = int(os.environ['LIMIT'])",
        },
    )
    (found,) = loaded.sink.diagnostics
    assert found.span is not None and found.span.text == "LIMIT + 1"
    assert found.labels[0].span.text == "int(os.environ['LIMIT'])"


def test_workflow_options_that_are_wrong(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "from pysfnc import workflow\n@workflow(type='FAST', name='a b')\ndef f(): ...\n"
        "@workflow(lambda_retry=3)\ndef g(): ...\n@workflow('h')\ndef h(): ...",
    )
    assert loaded.messages == [
        'SFN105 type must be "STANDARD" or "EXPRESS", not \'FAST\'',
        "SFN105 name must be 1 to 80 characters without blanks and marks, not 'a b'",
        "SFN105 `lambda_retry` takes None, which leaves the default retriers out",
        "SFN105 `@workflow` takes its options by keyword",
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class C:\n    @task\n    def f(self): ...", "SFN110 `@task` on `f`, a function that is not at module level"),
        (
            "def g():\n    @workflow\n    def f(): ...",
            "SFN110 `@workflow` on `f`, a function that is not at module level",
        ),
        ("@task\nclass C: ...", "SFN110 `@task` on `C`, a class"),
        (
            "import sys\nif sys.argv:\n    @task\n    def f(): ...",
            "SFN110 `@task` on `f`, which is bound inside an `if`",
        ),
        ("@task\n@workflow\ndef f(): ...", "SFN110 `f` is marked both `@task` and `@workflow`"),
        ("import x\n@workflow\n@x.trace\ndef f(): ...", "SFN110 `f` has another decorator besides `@workflow`"),
        ("@task\ndef f():\n    yield 1", "SFN106 `@task` on `f`, which is a generator"),
        ("@inline()\ndef f(): ...", "SFN105 `@inline` takes no options"),
        ("@workflow\ndef f(): ...\n@workflow\ndef f(): ...", "SFN205 `f` is defined twice"),
        ("@workflow(name='g')\ndef f(): ...\n@workflow\ndef g(): ...", "SFN205 `g` is defined twice"),
    ],
)
def test_marks_where_they_have_no_effect(tmp_path: Path, source: str, message: str) -> None:
    assert load(tmp_path, "from pysfnc import inline, task, workflow\n" + source).messages == [message]


@pytest.mark.parametrize(
    ("source", "message", "advice"),
    [
        ("@task\ndef f(): ...", "SFN201 `task` is not defined", "`from pysfnc import task`, and `@task`"),
        ("@workflow(timeout=3)\ndef f(): ...", "SFN201 `workflow` is not defined", "`from pysfnc import workflow`"),
        (
            "from pysfnc import tsk\n@tsk\ndef f(): ...",
            "SFN201 `pysfnc` has no name `tsk`",
            "`from pysfnc import task`",
        ),
        ("import pysfnc\n@pysfnc.worklow()\ndef f(): ...", "SFN201 `pysfnc` has no name `worklow`", "`@workflow`"),
    ],
)
def test_decorators_that_nothing_defines(tmp_path: Path, source: str, message: str, advice: str) -> None:
    loaded = load(tmp_path, source)
    assert loaded.messages == [message]
    assert advice in loaded.sink.diagnostics[0].helps[0]


def test_names_of_lambda_functions_are_unique(tmp_path: Path) -> None:
    source = "from pysfnc import task\nimport other\n@task(name='a')\ndef f(): ...\n@task(name='b')\ndef g(): ..."
    other = "from pysfnc import task\n@task(name='b')\ndef h(): ..."
    loaded = load(tmp_path, {"app.py": source, "other.py": other})
    assert loaded.messages == ["SFN205 `b` is defined twice"]


def test_a_nested_generator_does_not_make_a_generator(tmp_path: Path) -> None:
    source = "from pysfnc import task\n@task\ndef f():\n    def g():\n        yield 1\n    return list(g())"
    assert load(tmp_path, source).messages == []


def with_options(loaded: Loaded, base: TaskOptions, is_task: bool = True) -> tuple[TaskOptions, list[str]]:
    import ast

    call = next(node for node in ast.walk(loaded.model.entry.tree) if isinstance(node, ast.Call))
    options, problems = call_options(loaded.model, loaded.model.entry, call.keywords, base, is_task=is_task)
    return options, [f"{problem.code} {problem.message}" for problem in problems]


def test_with_options_changes_what_is_given(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "from pysfnc import Retry\ndef g(f):\n    return with_options(f, timeout=None, retry=Retry(), role='r')",
    )
    base = TaskOptions(timeout_s=5, heartbeat_s=2, memory_mb=256, name="n", retry=())
    assert with_options(loaded, base) == (
        TaskOptions(heartbeat_s=2, memory_mb=256, name="n", role="r", retry=(rule(None),)),
        [],
    )


def test_with_options_knows_its_options(tmp_path: Path) -> None:
    loaded = load(tmp_path, "def g(f, x):\n    return with_options(f, memory=512, timeout=1000, heartbeat=x)")
    _, messages = with_options(loaded, TaskOptions())
    assert messages == [
        "SFN105 `with_options` has no option `memory`",
        "SFN105 `heartbeat` of `with_options` must be a constant",
        "SFN105 timeout must be an integer from 1 to 900, not 1000",
    ]
    assert len(with_options(loaded, TaskOptions(), is_task=False)[1]) == 2
