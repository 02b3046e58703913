"""Lists, tuples and dicts written out keep the shape of what stands in them."""

import pytest

from pysfnc.ir.exprs import Var
from pysfnc.library import catalog
from pysfnc.library.rows.row import Refusal
from pysfnc.values.types import INT, JSON, ListT
from tests.library import harness
from tests.library.harness import check

SHAPES: tuple[object, ...] = (1, None, "a", [], [1], [[1]], [[]], {}, {"a": []}, {"a": [1]}, True)


@pytest.mark.parametrize("value", SHAPES, ids=repr)
@pytest.mark.parametrize(
    "source",
    [
        "[x]",
        "[x, x]",
        "[[x]]",
        "[[x], x]",
        "[1, x, [x, 2]]",
        "(x,)",
        "((x,), x)",
        "{'k': x}",
        "{'k': [x], 'l': {'m': x}}",
        "[{'k': x}]",
    ],
)
def test_a_value_inside(source: str, value: object) -> None:
    check(source, x=value)
    check(source, {"x": JSON}, x=value)


@pytest.mark.parametrize("value", SHAPES, ids=repr)
def test_results_of_operations_inside(value: object) -> None:
    for source in (
        "[[x].copy()]",
        "[[x] + [x]]",
        "[[x][0]]",
        "[[x][:1]]",
        "[{'k': x}['k']]",
        "[{'k': x}.get('z', x)]",
        "[list((x, x))]",
        "[[x, [x]][1]]",
    ):
        check(source, x=value)
        check(source, {"x": JSON}, x=value)
    for source in (
        "[list(reversed([x]))]",
        "list(enumerate([x]))",
        "list(zip([x], [[x]]))",
        "[sorted([x, x], key=lambda y: 0)]",
        "[list({'k': x}.values())]",
        "list({'k': x}.items())",
    ):
        check(source, x=value)
        check(source, {"x": JSON}, x=value)


def test_empty_and_nested_literals() -> None:
    for source in (
        "[]",
        "[[]]",
        "[[], []]",
        "[[[]]]",
        "[[[1]], [[2], [3, []]]]",
        "()",
        "((),)",
        "([],)",
        "{}",
        "[{}]",
        "[[1, 2], [3]][0]",
        "[[]][0]",
        "([1], [[2]])[1]",
    ):
        check(source)


def test_keys_that_come_twice_or_are_computed() -> None:
    check("{'a': 1, 'b': 2, 'a': 3}")
    check("{k: 1, 'b': 2, k: 3}", k="a")
    check("{k: [1], j: []}", k="a", j="b")
    check("{k: [[1]], j: None}", k="a", j="a")
    check("{k: x}", {"x": JSON}, k="it's", x=[1])


def test_a_list_variable_stays_one_item() -> None:
    check("[x, y, x + y]", {"x": ListT(INT), "y": ListT(INT)}, x=[1], y=[])
    check("[[x[0], y], [x]]", {"x": ListT(ListT(INT)), "y": ListT(INT)}, x=[[1], []], y=[2, 3])


def test_copies_are_the_value() -> None:
    site = harness.Lowerer({}).site
    for name in ("copy.copy", "copy.deepcopy"):
        made = catalog.build_call(name, [Var(name="x", type=JSON)], {}, site)
        assert not isinstance(made, Refusal)
        for engine in harness.engines():
            for value in SHAPES:
                assert harness.same(harness.jsonata(made, {"x": value}, engine), value)
