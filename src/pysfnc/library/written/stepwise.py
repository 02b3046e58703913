"""Iterators over one whose items are taken step by step: a loop over what these give takes each item of the inner one when it needs it.

They stand in for the functions of `sequences`, which take all items first, where somebody could tell. `enumerate` is the one of this module.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pysfnc.library.written.sequences import check_stop


def enumerate(iterable: Iterable[Any], start: int = 0) -> Iterator[Any]:
    number = start
    for item in iterable:
        yield number, item
        number += 1


def accumulate(iterable: Iterable[Any], func: Any = None, *, initial: Any = None) -> Iterator[Any]:
    if initial is not None:
        total = initial
        yield total
        for item in iterable:
            total = total + item if func is None else func(total, item)
            yield total
    else:
        reached: list[Any] = []
        for item in iterable:
            if not reached:
                reached = [item]
            else:
                reached = [reached[0] + item if func is None else func(reached[0], item)]
            yield reached[0]


def pairwise(iterable: Iterable[Any]) -> Iterator[Any]:
    last: list[Any] = []
    for item in iterable:
        if last:
            yield last[0], item
        last = [item]


def takewhile(predicate: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    for item in iterable:
        if not predicate(item):
            return
        yield item


def dropwhile(predicate: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    dropping = True
    for item in iterable:
        if dropping and predicate(item):
            continue
        dropping = False
        yield item


def starmap(function: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    for item in iterable:
        yield function(*item)


def filterfalse(predicate: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    for item in iterable:
        if not (item if predicate is None else predicate(item)):
            yield item


def from_iterable(iterable: Iterable[Any]) -> Iterator[Any]:
    for items in iterable:
        yield from items


def reduce(function: Any, iterable: Iterable[Any], *initial: Any) -> Any:
    if initial:
        value = initial[0]
        for item in iterable:
            value = function(value, item)
        return value
    reached: list[Any] = []
    for item in iterable:
        if not reached:
            reached = [item]
        else:
            reached = [function(reached[0], item)]
    if not reached:
        raise TypeError("reduce() of empty iterable with no initial value")
    return reached[0]


def islice_to(iterable: Iterable[Any], stop: int) -> Iterator[Any]:
    taken = 0
    if taken < stop:
        for item in iterable:
            yield item
            taken += 1
            if taken >= stop:
                return


def islice_from(iterable: Iterable[Any], start: int, step: int) -> Iterator[Any]:
    place = 0
    wanted = start
    for item in iterable:
        if place == wanted:
            yield item
            wanted += step
        place += 1  # noqa: SIM113


def islice_between(iterable: Iterable[Any], start: int, stop: int, step: int) -> Iterator[Any]:
    place = 0
    wanted = start
    if place < wanted or place < stop:
        for item in iterable:
            if place == wanted and place < stop:
                yield item
                wanted = min(wanted + step, stop)
            place += 1
            if place >= wanted and place >= stop:
                return


def islice(iterable: Iterable[Any], first: Any, *more: Any) -> Iterator[Any]:
    if not more:
        check_stop(0, first)
        return islice_from(iterable, 0, 1) if first is None else islice_to(iterable, first)
    start, stop = first, more[0]
    step = more[1] if len(more) > 1 else None
    check_stop(start, stop)
    if step is not None and step < 1:
        raise ValueError("Step for islice() must be a positive integer or None.")
    start, step = start or 0, step or 1
    if stop is None:
        return islice_from(iterable, start, step)
    return islice_between(iterable, start, stop, step)
