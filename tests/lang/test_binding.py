"""`.run`: the input object becomes the arguments, with CPython's messages for what is missing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from pysfnc import workflow


@dataclass
class Item:
    sku: str
    qty: int


@workflow
def fulfil(id: str, items: list[Item], coupon: str | None = None, *, rush: bool = False) -> dict[str, Any]:
    return {"id": id, "skus": [item.sku for item in items], "coupon": coupon, "rush": rush}


def test_the_keys_are_the_parameters_and_defaults_hold() -> None:
    output = fulfil.run({"items": [{"sku": "a", "qty": 2.0}], "id": "7", "rush": True, "surplus": object.__name__})
    assert output == {"id": "7", "skus": ["a"], "coupon": None, "rush": True}


def cpython_message(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(TypeError) as caught:
        function(*args, **kwargs)
    return str(caught.value)


def test_missing_keys_fail_with_the_messages_of_cpython() -> None:
    @workflow
    def one(a: int) -> None: ...
    @workflow
    def two(a: int, b: int, c: int = 1) -> None: ...
    @workflow
    def three(a: int, b: int, c: int) -> None: ...
    @workflow
    def keyword(*, k: int, other: int) -> None: ...
    @workflow
    def both(a: int, *, k: int) -> None: ...

    for machine in (one, two, three, keyword, both):
        with pytest.raises(TypeError) as caught:
            machine.run({})
        assert str(caught.value) == cpython_message(machine)
    with pytest.raises(TypeError) as caught:
        both.run({"a": 1})
    assert str(caught.value) == cpython_message(both, a=1)


def test_a_missing_key_is_reported_before_a_misfit() -> None:
    with pytest.raises(TypeError, match=r"fulfil\(\) missing 1 required positional argument: 'items'"):
        fulfil.run({"id": 5})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"id": 1, "items": []}, "fulfil() argument 'id' must be str, not int"),
        ({"id": "1", "items": "x"}, "fulfil() argument 'items' must be list[Item], not str"),
        (
            {"id": "1", "items": [{"sku": "a", "qty": "2"}]},
            "fulfil() argument 'items[0].qty' must be int, not str",
        ),
        ({"id": "1", "items": [{"sku": "a"}]}, "fulfil() argument 'items[0].qty' must be int, not missing"),
        ({"id": "1", "items": [], "coupon": 5}, "fulfil() argument 'coupon' must be str | None, not int"),
        ({"id": "1", "items": [], "rush": None}, "fulfil() argument 'rush' must be bool, not NoneType"),
        ([], "fulfil() input must be dict, not list"),
        ("text", "fulfil() input must be dict, not str"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_form(document: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        fulfil.run(document)
    assert str(caught.value) == message


def test_numbers_that_json_cannot_carry_are_refused() -> None:
    with pytest.raises(ValueError, match=r"fulfil\(\) input\['id'\] is an integer beyond 2\*\*53"):
        fulfil.run({"id": 2**60})


def test_a_positional_only_parameter_takes_the_whole_input() -> None:
    @workflow
    def ship(event: Any, /) -> Any:
        return event

    for document in ([1, 2.0], "x", {"event": 1}, 5, True, None):
        assert ship.run(document) == document
    assert ship.run() == {}

    @workflow
    def typed(event: list[int], /) -> int:
        return len(event)

    with pytest.raises(TypeError, match=r"argument 'event\[0\]' must be int, not str"):
        typed.run(["x"])


def test_rest_takes_the_surplus_keys() -> None:
    @workflow
    def gather(a: int, **rest: float) -> Any:
        return [a, rest, [type(value).__name__ for value in rest.values()]]

    assert gather.run({"b": 1, "a": 2, "c": 1.5}) == [2, {"b": 1, "c": 1.5}, ["float", "float"]]
    with pytest.raises(TypeError, match="argument 'b' must be float, not str"):
        gather.run({"a": 1, "b": "x"})


def test_annotations_that_cannot_be_resolved_accept_everything() -> None:
    @workflow
    def odd(a: "Nowhere", b: "int") -> Any:  # type: ignore[name-defined]  # noqa: F821
        return [a, b]

    assert odd.run({"a": {"x": 1.0}, "b": 2}) == [{"x": 1}, 2]
    with pytest.raises(TypeError, match="argument 'b' must be int, not str"):
        odd.run({"a": 1, "b": "x"})


def test_the_result_is_encoded() -> None:
    @workflow
    def make(when: datetime) -> Any:
        return (Item("a", 1), when, {"n": 2.0})

    output = make.run({"when": "2024-01-02T03:04:05Z"})
    assert output == [{"sku": "a", "qty": 1}, "2024-01-02T03:04:05+00:00", {"n": 2}]
    assert isinstance(output[2]["n"], int)

    @workflow
    def bad() -> Any:
        return [{1, 2}]

    with pytest.raises(TypeError, match=r"bad\(\) result\[0\] is set, which cannot travel as JSON"):
        bad.run({})


def test_calling_is_plain_python() -> None:
    sentinel = object()

    @workflow
    def same(x: Any, y: int = 2) -> Any:
        return x, y

    assert same(sentinel) == (sentinel, 2)
    assert same(y=1.5, x=sentinel) == (sentinel, 1.5)  # type: ignore[arg-type]


def test_an_async_workflow_runs_on_a_loop_of_its_own() -> None:
    @workflow
    async def double(x: int) -> list[int]:
        return list(await asyncio.gather(asyncio.sleep(0, x), asyncio.sleep(0, 2 * x)))

    assert double.run({"x": 2}) == [2, 4]
    assert asyncio.run(double(3)) == [3, 6]

    async def inside() -> None:
        double.run({"x": 1})

    with pytest.raises(RuntimeError, match="await the workflow itself"):
        asyncio.run(inside())
