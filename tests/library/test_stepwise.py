"""`library.written.stepwise` gives what `itertools` gives, and takes as many items for each."""

import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from pysfnc.library.written import stepwise


def trace(make: Callable[[Iterator[int]], Iterable[Any]], items: list[int]) -> tuple[list[tuple[Any, int]], int]:
    """What an iterator gives, each with how many items it had taken by then, and how many at its end."""
    taken = 0

    def counted() -> Iterator[int]:
        nonlocal taken
        for item in items:
            taken += 1
            yield item

    given = [(item, taken) for item in make(counted())]
    return given, taken


@pytest.mark.parametrize(
    "make",
    [
        lambda m, xs: m.pairwise(xs),
        lambda m, xs: m.takewhile(lambda x: x < 3, xs),
        lambda m, xs: m.dropwhile(lambda x: x < 3, xs),
        lambda m, xs: m.filterfalse(None, xs),
        lambda m, xs: m.filterfalse(lambda x: x % 2, xs),
        lambda m, xs: m.accumulate(xs),
        lambda m, xs: m.accumulate(xs, operator.mul),
        lambda m, xs: m.accumulate(xs, initial=10),
        lambda m, xs: m.starmap(operator.add, ((x, x) for x in xs)),
        lambda m, xs: (m.from_iterable if m is stepwise else m.chain.from_iterable)((x, x) for x in xs),
    ],
)
@pytest.mark.parametrize("items", [[], [1], [4, 1], [0, 1, 2, 3, 4, 2, 1]])
def test_itertools(make: Callable[[Any, Iterator[int]], Iterable[Any]], items: list[int]) -> None:
    assert trace(lambda xs: make(stepwise, xs), items) == trace(lambda xs: make(itertools, xs), items)


@pytest.mark.parametrize("size", range(6))
def test_islice(size: int) -> None:
    items = list(range(size))
    bounds = itertools.product((None, 0, 1, 2, 5), (None, 0, 1, 4, 9), (None, 1, 2, 3))
    for args in [*bounds, (0,), (3,), (None,)]:
        ours = trace(lambda xs, args=args: stepwise.islice(xs, *args), items)
        assert ours == trace(lambda xs, args=args: itertools.islice(xs, *args), items), args


def test_enumerate_and_reduce() -> None:
    assert list(stepwise.enumerate("ab", 3)) == list(enumerate("ab", 3))
    for args in ([1, 2, 3],), ([], 5), ([7],):
        assert stepwise.reduce(operator.add, *args) == functools.reduce(operator.add, *args)
    with pytest.raises(TypeError, match=r"reduce\(\) of empty iterable with no initial value"):
        stepwise.reduce(operator.add, [])
