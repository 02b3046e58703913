"""The generator makes Python programs that run, and always the same ones; the watch and the minimiser do their work."""

import ast
import collections

from tests.differential.corpus import keep
from tests.differential.generator import generate
from tests.differential.judge import run_watched, watch
from tests.differential.minimise import minimise
from tests.support.oracle import run_python
from tests.support.testfile import parse

SAMPLE = range(40)


def test_a_seed_always_gives_the_same_program() -> None:
    assert [generate(seed) for seed in SAMPLE] == [generate(seed) for seed in SAMPLE]


def test_programs_run_and_fail_only_as_python_programs_may() -> None:
    """Names are always set and types always fit: what a program can fail with depends on values."""
    ends: collections.Counter[str] = collections.Counter()
    for seed in SAMPLE:
        program = generate(seed)
        for given in program.inputs:
            outcome = run_python(program.source, given)
            assert outcome.error not in ("NameError", "UnboundLocalError", "AttributeError", "RecursionError"), seed
            ends[outcome.error or "output"] += 1
    assert ends["output"] > len(SAMPLE)
    assert len(ends) > 3


def test_programs_use_what_the_language_has() -> None:
    seen = {type(node) for seed in range(120) for node in ast.walk(ast.parse(generate(seed).source))}
    for wanted in (ast.Try, ast.While, ast.For, ast.AugAssign, ast.Delete, ast.ListComp, ast.DictComp, ast.Lambda):
        assert wanted in seen
    for wanted in (ast.JoinedStr, ast.IfExp, ast.Slice, ast.Break, ast.Continue, ast.Raise, ast.With, ast.Await):
        assert wanted in seen
    for wanted in (ast.Match, ast.MatchMapping, ast.MatchSequence, ast.ClassDef, ast.AsyncWith):
        assert wanted in seen


def test_numbers_outside_the_domain_are_noticed() -> None:
    source = """
from pysfnc import workflow

@workflow
def main(n: int, x: float):
    try:
        n *= 2
    except Exception:
        return 0
    return x * x
"""
    inside = run_watched(watch(source), {"n": 2**52, "x": 1.0})
    assert inside is not None and inside.output == 1.0
    assert run_watched(watch(source), {"n": 2**53, "x": 1.0}) is None
    assert run_watched(watch(source), {"n": 1, "x": 1e300}) is None


def test_a_negative_zero_is_noticed_where_its_text_is_seen() -> None:
    source = """
from pysfnc import workflow

@workflow
def main(x: float, how: str):
    y = [-x]
    if how == "f-string":
        return f"{y}"
    if how == "call":
        return str(-x)
    if how == "exception":
        raise ValueError("no", y)
    return -x == 0 and abs(x) == 0
"""
    for how in ("f-string", "call", "exception"):
        assert run_watched(watch(source), {"x": 0.0, "how": how}) is None
        assert run_watched(watch(source), {"x": 1.5, "how": how}) is not None
    assert run_watched(watch(source), {"x": 0.0, "how": "number"}) is not None


def test_keys_that_look_like_integers_are_noticed() -> None:
    source = """
from pysfnc import workflow

@workflow
def main(text: str, how: str):
    found: dict[str, int] = {}
    if how == "display":
        return {text: 1}
    if how == "comprehension":
        return {part: 1 for part in [text]}
    if how == "item":
        found[text] = 1
    if how == "augmented":
        found.setdefault(text, 1)
    if how == "zip":
        return dict(zip([text], [1]))
    return found | {"a": 1}
"""
    watched = watch(source, keys=True)
    for how in ("display", "comprehension", "item", "augmented", "zip"):
        assert run_watched(watched, {"text": "10", "how": how}) is None
        assert run_watched(watched, {"text": "01", "how": how}) is not None
    assert run_watched(watched, {"text": "10", "how": "none"}) is not None
    assert run_watched(watch(source), {"text": "10", "how": "item"}) is not None


def test_what_leaves_the_domain_is_seen_behind_another_exception() -> None:
    source = """from pysfnc import workflow

@workflow
def main(x: float):
    try:
        return str(x * 0.0)
    finally:
        raise KeyError()
"""
    assert run_watched(watch(source), {"x": -1.0}) is None
    assert run_watched(watch(source), {"x": 1.0}) is not None


def test_the_minimiser_keeps_what_matters() -> None:
    source = """
def main(a):
    b = 1
    if a:
        for c in range(3):
            wanted(1 + 2 + a)
    return b
"""
    small, inputs = minimise(source, ({}, {"a": 1}), lambda text, given: "wanted(" in text and {"a": 1} in given)
    assert inputs == ({"a": 1},)
    assert small.strip() == "def main(a):\n    wanted(1)"


def test_a_kept_program_is_a_test_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    source = "from pysfnc import workflow\n\n\n@workflow\ndef main(a: str):\n    return a[0]\n"
    path = keep("seed_1", source, ({"a": "ü"}, {"a": ""}), "why", tmp_path)
    preamble, [case] = parse(path, path.read_text(encoding="utf-8"))
    assert preamble == ["why", ""]
    assert case.files["app.py"] == source
    assert [(run.input, run.text) for run in case.of_kind("run")] == [
        ({"a": "ü"}, '"ü"'),
        ({"a": ""}, "! IndexError: string index out of range"),
    ]
