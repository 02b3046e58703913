"""`random`: what becomes of numbers that were drawn, each from 0 to below 1."""

from bisect import bisect
from itertools import accumulate
from math import floor
from typing import Any


def sample_size(population: Any, k: int) -> int:
    if not isinstance(population, (list, tuple, str)):
        raise TypeError("Population must be a sequence.  For dicts or sets, use sorted(d).")
    if not 0 <= k <= len(population):
        raise ValueError("Sample larger than population or is negative")
    return k


def sample(population: Any, drawn: list[float]) -> list[Any]:
    pool = list(population)
    found: list[Any] = []
    for number in drawn:
        place = floor(number * len(pool))
        found.append(pool.pop(place))
    return found


def choices(population: Any, drawn: list[float]) -> list[Any]:
    n = len(population)
    return [population[floor(number * n)] for number in drawn]


def weighted(population: Any, weights: Any, drawn: list[float]) -> list[Any]:
    return by_cumulated(population, list(accumulate(weights)), drawn)


def by_cumulated(population: Any, weights: Any, drawn: list[float]) -> list[Any]:
    n = len(population)
    if len(weights) != n:
        raise ValueError("The number of weights does not match the population")
    total = weights[-1] + 0.0
    if total <= 0.0:
        raise ValueError("Total of weights must be greater than zero")
    return [population[bisect(weights, number * total, 0, n - 1)] for number in drawn]


def range_size(start: int, stop: int, step: int) -> int:
    width = stop - start
    if step == 1:
        if width <= 0:
            raise ValueError(f"empty range for randrange() ({start}, {stop}, {width})")
        return width
    if step == 0:
        raise ValueError("zero step for randrange()")
    n = (width + step - 1) // step if step > 0 else (width + step + 1) // step
    if n <= 0:
        raise ValueError("empty range for randrange()")
    return n


def size_below(stop: int) -> int:
    if stop <= 0:
        raise ValueError("empty range for randrange()")
    return stop


def in_range(start: int, step: int, size: int, number: float) -> int:
    return start + step * floor(number * size)
