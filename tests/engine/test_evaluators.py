"""Both evaluators give what AWS gives; they agree with each other on what the recordings are silent about."""

from collections.abc import Iterator
from typing import Any

import pytest

from pysfnc.jsonata.engine import (
    DEPTH_EXCEEDED,
    MEMORY_EXCEEDED,
    NOT_DATA,
    TIME_EXCEEDED,
    UNDEFINED,
    Evaluator,
    JlensEvaluator,
    JsonataError,
)
from tests.support.node_jsonata import NodeEvaluator, find_library

VARIABLES: dict[str, Any] = {
    "x": [5],
    "count": 2,
    "empty": [],
    "nested": [[1]],
    "nulls": [None],
    "none": None,
    "text": "héllo",
    "states": {"input": {"a": None, "items": [{"k": 1}, {"k": 2}]}, "context": {"State": {"Name": "S"}}},
}


@pytest.fixture(scope="module", params=["jlens", "node"])
def evaluator(request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    if request.param == "jlens":
        yield JlensEvaluator(seed=1)
    elif find_library() is None:
        pytest.skip("node or npm's jsonata is missing")
    else:
        with NodeEvaluator() as node:
            yield node


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$x", [5]),
        ("$x[0]", 5),
        ("$states.input.items.k", [1, 2]),
        ("$states.input.items[k = 2].k", 2),
        ("$states.input.a", None),
        ("$none", None),
        ("null", None),
        ("$count", 2),
        ("$empty", []),
        ("$nested", [[1]]),
        ("$append($empty, $nested)", [[1]]),
        ("$nulls", [None]),
        ("$x[0] & $string({})", "5{}"),
        ("$length($text)", 5),
        ("$partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("$partition([0], 1)", [[0]]),
        ("$partition([0, 1], 1.5)", [[0], [1]]),
        ("$range(1, 5, 2)", [1, 3, 5]),
        ("$range(5, 1, -2)", [5, 3, 1]),
        ("$range(-1.7, 2, 1)", [-1, 0, 1, 2]),
        ("$range(1, 1, 1)", 1),
        ("$hash('a', 'MD5')", "0cc175b9c0f1b6a831c399e269772661"),
        ("$hash('é', 'SHA-1')", "bf15be717ac1b080b4f1c456692825891ff5073d"),
        ("$parse('null')", None),
        ("$parse('{\"a\": [1, 2.5, true]}')", {"a": [1, 2.5, True]}),
        ("$map(['1', 'null'], $parse)", [1, None]),
        ("$now()", "2001-09-09T01:46:40.000Z"),
        ("$now('[Y0001]')", "2001"),
        ("$millis()", 1_000_000_000_000),
        ("$string({'a': 'é'})", '{"a":"é"}'),
        ("'a' & '?: ??'", "a?: ??"),
        ("$length($uuid())", 36),
        ("$substring($uuid(), 14, 1)", "4"),
        ("$random() < 1", True),
        ("($f := function($n) { $n <= 0 ? 0 : $f($n - 1) }; $f(20000))", 0),
    ],
)
def test_value(evaluator: Evaluator, text: str, value: object) -> None:
    result = evaluator.evaluate(text, VARIABLES, now_ms=1_000_000_000_000)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "$nothing",
        "$string()",
        "$keys()",
        "$states.input.b",
        "$x.y",
        "$max($empty)",
        "$range(2, 1, 1)",
        "$partition($empty, 2)",
        "$empty[0]",
    ],
)
def test_undefined(evaluator: Evaluator, text: str) -> None:
    assert evaluator.evaluate(text, VARIABLES) is UNDEFINED


@pytest.mark.parametrize("text", ["$sum", "function($v) { $v }", "$f := function($v) { $v }", "/a+/"])
def test_not_data(evaluator: Evaluator, text: str) -> None:
    assert evaluator.evaluate(text, VARIABLES) is NOT_DATA


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("$foo(1)", "T1006", "Attempted to invoke a non-function"),
        ("$eval('1')", "T1006", "Attempted to invoke a non-function"),
        ("$abs('a')", "T0410", 'Argument 1 of function "abs" does not match function signature'),
        ("$sum(['a'])", "T0412", 'Argument 1 of function "sum" must be an array of "numbers"'),
        ("1 + 'a'", "T2002", 'The right side of the "+" operator must evaluate to a number'),
        ("$error('my text')", "D3137", "my text"),
        ("$assert(false, 'my text')", "D3141", "my text"),
        ("$count([1])", "T1006", "Attempted to invoke a non-function"),
        ("1 +", "S0207", "Unexpected end of expression"),
        ("null ?? 1", "S0211", 'The symbol "?" cannot be used as a unary operator'),
        ("0 ?: 1", "S0211", 'The symbol ":" cannot be used as a unary operator'),
        ("($f := function($n) { $f($n + 1) }; $f(0))", "", TIME_EXCEEDED),
        ("($f := function($n) { 1 + $f($n + 1) }; $f(0))", "", DEPTH_EXCEEDED),
        (" + ".join(["1"] * 200), "", DEPTH_EXCEEDED),
    ],
)
def test_error(evaluator: Evaluator, text: str, code: str, message: str) -> None:
    with pytest.raises(JsonataError) as raised:
        evaluator.evaluate(text, VARIABLES)
    assert (raised.value.code, raised.value.message) == (code, message)


@pytest.mark.parametrize("text", ["[1..873783] ~> $string()", "$length($pad('a', 8388608))"])
def test_memory(text: str) -> None:
    with pytest.raises(JsonataError) as raised:
        JlensEvaluator().evaluate(text, {})
    assert (raised.value.code, raised.value.message) == ("", MEMORY_EXCEEDED)


@pytest.mark.parametrize("text", ["$sum([1..873782]) > 0", "$length($pad('a', 4194304)) > 0", " + ".join(["1"] * 95)])
def test_within_limits(text: str) -> None:
    assert JlensEvaluator().evaluate(text, {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/0", "Infinity"),
        ("-1/0", "-Infinity"),
        ("[1/0, 2]", ["Infinity", 2]),
        ("1e308*10", "Infinity"),
        ("{'a': 1e308 + 1e308, 'b': -1e308 - 1e308}", {"a": "Infinity", "b": "-Infinity"}),
        ("$map([0, 1, 2], function($v) { 1 / $v })", ["Infinity", 1, 0.5]),
        ("$x[0] / ($count - 2)", "Infinity"),
    ],
)
def test_numbers_beyond_the_range(evaluator: Evaluator, text: str, value: object) -> None:
    for _ in range(2):
        assert evaluator.evaluate(text, VARIABLES) == value


def test_levels_are_counted_where_they_are_nested(evaluator: Evaluator) -> None:
    """The reference library evaluates the parts of arrays and objects at the same time; they are no levels of each other."""
    wide = ", ".join(f"'k{n}': $string([$count * {n}])" for n in range(150))
    value = evaluator.evaluate(f"[[{{{wide}}}], {', '.join('[$count + 1]' for _ in range(150))}]", VARIABLES)
    assert isinstance(value, list) and len(value) == 151
    deep = "[" * 60 + "$count + 1" + "]" * 60
    assert evaluator.evaluate(deep, VARIABLES) is not None
    with pytest.raises(JsonataError, match="Stack overflow"):
        evaluator.evaluate("[" * 120 + "$count + 1" + "]" * 120, VARIABLES)


def test_arithmetic_on_infinity_fails() -> None:
    with pytest.raises(JsonataError) as raised:
        JlensEvaluator().evaluate("1/0 + 1", {})
    assert raised.value.code == "T2001"


def test_variables_are_not_changed() -> None:
    variables = {"x": [1], "states": {"input": {"y": {"z": 1}}}}
    JlensEvaluator().evaluate("$append($x, 2) ~> $reverse()", variables)
    JlensEvaluator().evaluate("$states.input ~> |y|{'z': 2}|", variables)
    assert variables == {"x": [1], "states": {"input": {"y": {"z": 1}}}}


def test_seed_repeats() -> None:
    first, second = JlensEvaluator(seed=7), JlensEvaluator(seed=7)
    text = "[$random(), $uuid()]"
    assert first.evaluate(text, {}) == second.evaluate(text, {})
    assert first.evaluate(text, {}) != JlensEvaluator(seed=8).evaluate(text, {})
