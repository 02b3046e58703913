"""`math.fsum` and `statistics`: sums of floats without rounding on the way, as CPython has them.

A sum is kept as floats that do not overlap. The mean is the quotient of two floats, corrected by what an exact remainder says.
"""

from math import floor, sqrt
from statistics import StatisticsError
from typing import Any


def fsum(data: list[Any]) -> float:
    parts: list[float] = []
    for item in data:
        if not isinstance(item, (int, float)):
            raise TypeError(f"must be real number, not {type(item).__name__}")
        parts = added(parts, float(item))
    return rounded(parts)


def added(parts: list[float], item: float) -> list[float]:
    kept: list[float] = []
    x = item
    for part in parts:
        large = x if abs(x) >= abs(part) else part
        small = part if abs(x) >= abs(part) else x
        total = large + small
        rest = small - (total - large)
        if rest != 0.0:
            kept.append(rest)
        x = total
    if x != 0.0:
        kept.append(x)
    return kept


def rounded(parts: list[float]) -> float:
    # From the largest down; what is below the last digit decides a tie.
    n = len(parts)
    if n == 0:
        return 0.0
    total = parts[n - 1]
    low = 0.0
    i = n - 1
    while i > 0 and low == 0.0:
        i -= 1
        x = total
        y = parts[i]
        total = x + y
        low = y - (total - x)
    if i > 0 and ((low < 0.0 and parts[i - 1] < 0.0) or (low > 0.0 and parts[i - 1] > 0.0)):
        twice = low * 2.0
        other = total + twice
        if twice == other - total:
            total = other
    return total


def fmean(data: list[Any]) -> float:
    total = fsum(data)
    if not data:
        raise StatisticsError("fmean requires at least one data point")
    return total / len(data)


def median(data: list[Any]) -> Any:
    ordered = sorted(data)
    n = len(ordered)
    if n == 0:
        raise StatisticsError("no median for empty data")
    if n % 2 == 1:
        return ordered[n // 2]
    return (ordered[n // 2 - 1] + ordered[n // 2]) / 2


def median_low(data: list[Any]) -> Any:
    ordered = sorted(data)
    n = len(ordered)
    if n == 0:
        raise StatisticsError("no median for empty data")
    return ordered[(n - 1) // 2]


def median_high(data: list[Any]) -> Any:
    ordered = sorted(data)
    if not ordered:
        raise StatisticsError("no median for empty data")
    return ordered[len(ordered) // 2]


def multimode(data: list[Any]) -> list[Any]:
    found: list[Any] = []
    counts: list[int] = []
    for item in data:
        # A set says what is not hashable.
        if len({item}) == 1 and item in found:
            counts[found.index(item)] += 1
        else:
            found.append(item)
            counts.append(1)
    most = max(counts, default=0)
    return [item for item, count in zip(found, counts, strict=True) if count == most]


def mode(data: list[Any]) -> Any:
    found = multimode(data)
    if not found:
        raise StatisticsError("no mode for empty data")
    return found[0]


def mean(data: list[Any]) -> Any:
    if not data:
        raise StatisticsError("mean requires at least one data point")
    parts: list[float] = []
    for item in data:
        if not isinstance(item, (int, float)):
            raise TypeError(f"can't convert type '{type(item).__name__}' to numerator/denominator")
        parts = added(parts, float(item))
    found = quotient(parts, len(data))
    if isinstance(data[0], float) or found != floor(found):
        return found
    return int(found)


def quotient(parts: list[float], n: int) -> float:
    first = rounded(parts) / n
    if first == 0.0:
        return first
    if not 1e-280 < abs(first) < 1e290:
        raise ValueError("a mean of numbers of this size has no exact form in the machine")
    rest = parts
    for part in product(first, float(n)):
        rest = added(rest, -part)
    remainder = rounded(rest)
    behind = rounded(added(rest, -remainder))
    more = remainder / n
    found = first + more
    lost = more - (found - first)
    # Half-way between two floats, what is behind the remainder decides.
    if lost != 0.0 and behind != 0.0 and (found + 2.0 * lost) - found == 2.0 * lost and (lost > 0.0) == (behind > 0.0):
        found += 2.0 * lost
    return found


def product(a: float, b: float) -> list[float]:
    """Two floats whose sum is the product."""
    x = 134217729.0 * a
    y = 134217729.0 * b
    a1 = x - (x - a)
    b1 = y - (y - b)
    a2 = a - a1
    b2 = b - b1
    made = a * b
    return [made, ((a1 * b1 - made) + a1 * b2 + a2 * b1) + a2 * b2]


def squares(data: list[int]) -> int:
    """The sum of the squares of the differences to the mean, times the number of items."""
    total = sum(data)
    return len(data) * sum([x * x for x in data]) - total * total


def ratio(numerator: int, denominator: int) -> Any:
    return numerator // denominator if numerator % denominator == 0 else numerator / denominator


def root(numerator: int, denominator: int) -> float:
    first = sqrt(numerator / denominator)
    if first == 0.0:
        return first
    rest = [float(numerator)]
    for part in product(first, first):
        for piece in product(part, float(denominator)):
            rest = added(rest, -piece)
    return first + rounded(rest) / (2.0 * first * denominator)


def variance(data: list[int]) -> Any:
    n = len(data)
    if n < 2:
        raise StatisticsError("variance requires at least two data points")
    return ratio(squares(data), n * (n - 1))


def pvariance(data: list[int]) -> Any:
    n = len(data)
    if n < 1:
        raise StatisticsError("pvariance requires at least one data point")
    return ratio(squares(data), n * n)


def stdev(data: list[int]) -> float:
    n = len(data)
    if n < 2:
        raise StatisticsError("stdev requires at least two data points")
    return root(squares(data), n * (n - 1))


def pstdev(data: list[int]) -> float:
    n = len(data)
    if n < 1:
        raise StatisticsError("pstdev requires at least one data point")
    return root(squares(data), n * n)
