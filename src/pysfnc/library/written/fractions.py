"""`fractions.Fraction`, of ints up to 2^53: a result that is beyond fails, as a product of ints does."""

from math import gcd
from typing import Any

_MOST = 2**53


def _exact(number: int) -> int:
    """A sum of products; one that has lost digits fails as a product."""
    return number if -_MOST <= number <= _MOST else number * 3


def _is_whole(text: str) -> bool:
    return text.isdigit() and text.isascii()


def _parsed(text: str) -> Any:
    top, bar, bottom = text.strip().partition("/")
    digits = top[1:] if top[:1] in ("-", "+") else top
    mantissa, e, exponent = digits.lower().partition("e")
    front, point, behind = mantissa.partition(".")
    power = exponent[1:] if exponent[:1] in ("-", "+") else exponent
    fits = _is_whole(front + behind) and (not e or _is_whole(power))
    if not fits or (bar and (point or e or not _is_whole(bottom))):
        raise ValueError(f"Invalid literal for Fraction: {text!r}")
    n, d = int(front + behind), int(bottom) if bar else 10 ** len(behind)
    if e and exponent[:1] == "-":
        d = d * 10 ** int(power)
    elif e:
        n = n * 10 ** int(power)
    return -n if top[:1] == "-" else n, d


class Fraction:
    _numerator: int
    _denominator: int

    def __init__(self, numerator: Any = 0, denominator: Any = None) -> None:
        if isinstance(numerator, str):
            n, d = _parsed(numerator)
        elif isinstance(numerator, Fraction):
            n, d = numerator._numerator, numerator._denominator
        elif isinstance(numerator, int):
            n, d = int(numerator), 1
        else:
            n, d = numerator.as_integer_ratio()
        if isinstance(denominator, Fraction):
            n, d = n * denominator._denominator, d * denominator._numerator
        elif isinstance(denominator, int):
            d = d * denominator
        if d == 0:
            raise ZeroDivisionError(f"Fraction({n}, 0)")
        g = gcd(n, d) if d > 0 else -gcd(n, d)
        self._numerator = n // g
        self._denominator = d // g

    @property
    def numerator(self) -> int:
        return self._numerator

    @property
    def denominator(self) -> int:
        return self._denominator

    def __repr__(self) -> str:
        return f"Fraction({self._numerator}, {self._denominator})"

    def __str__(self) -> str:
        if self._denominator == 1:
            return str(self._numerator)
        return f"{self._numerator}/{self._denominator}"

    def __add__(self, other: Any) -> Any:
        if isinstance(other, float):
            return float(self) + other
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return Fraction(_exact(self._numerator * d + n * self._denominator), self._denominator * d)

    def __radd__(self, other: Any) -> Any:
        if isinstance(other, float):
            return other + float(self)
        return Fraction(_exact(self._numerator + other * self._denominator), self._denominator)

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, float):
            return float(self) - other
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return Fraction(_exact(self._numerator * d - n * self._denominator), self._denominator * d)

    def __rsub__(self, other: Any) -> Any:
        if isinstance(other, float):
            return other - float(self)
        return Fraction(_exact(other * self._denominator - self._numerator), self._denominator)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, float):
            return float(self) * other
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return Fraction(self._numerator * n, self._denominator * d)

    def __rmul__(self, other: Any) -> Any:
        if isinstance(other, float):
            return other * float(self)
        return Fraction(self._numerator * other, self._denominator)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, float):
            return float(self) / other
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        if n == 0:
            # What CPython divides by the greatest common divisor first.
            raise ZeroDivisionError(f"Fraction({(self._numerator > 0) - (self._numerator < 0)}, 0)")
        return Fraction(self._numerator * d, self._denominator * n)

    def __rtruediv__(self, other: Any) -> Any:
        if isinstance(other, float):
            return other / float(self)
        if self._numerator == 0:
            raise ZeroDivisionError(f"Fraction({(other > 0) - (other < 0)}, 0)")
        return Fraction(other * self._denominator, self._numerator)

    def __floordiv__(self, other: Any) -> int:
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return (self._numerator * d) // (self._denominator * n)

    def __mod__(self, other: Any) -> Any:
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return Fraction((self._numerator * d) % (n * self._denominator), self._denominator * d)

    def __pow__(self, other: int) -> Any:
        if other >= 0:
            return Fraction(self._numerator**other, self._denominator**other)
        if self._numerator == 0:
            raise ZeroDivisionError(f"Fraction({self._denominator**-other}, 0)")
        return Fraction(self._denominator**-other, self._numerator**-other)

    def __neg__(self) -> Any:
        return Fraction(-self._numerator, self._denominator)

    def __pos__(self) -> Any:
        return Fraction(self._numerator, self._denominator)

    def __abs__(self) -> Any:
        return Fraction(abs(self._numerator), self._denominator)

    def __int__(self) -> int:
        if self._numerator < 0:
            return -(-self._numerator // self._denominator)
        return self._numerator // self._denominator

    def __float__(self) -> float:
        return self._numerator / self._denominator

    def __bool__(self) -> bool:
        return self._numerator != 0

    def __eq__(self, other: Any) -> bool:
        if isinstance(other, Fraction):
            return self._numerator == other._numerator and self._denominator == other._denominator
        if isinstance(other, int):
            return self._denominator == 1 and self._numerator == other
        if isinstance(other, float):
            return float(self) == other
        return False

    def __lt__(self, other: Any) -> bool:
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return self._numerator * d < self._denominator * n

    def __le__(self, other: Any) -> bool:
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return self._numerator * d <= self._denominator * n

    def __gt__(self, other: Any) -> bool:
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return self._numerator * d > self._denominator * n

    def __ge__(self, other: Any) -> bool:
        n, d = (other._numerator, other._denominator) if isinstance(other, Fraction) else (other, 1)
        return self._numerator * d >= self._denominator * n

    def limit_denominator(self, max_denominator: int = 1000000) -> Any:
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self._numerator, self._denominator)
        p0, q0, p1, q1 = 0, 1, 1, 0
        n, d = self._numerator, self._denominator
        while True:
            a = n // d
            q2 = q0 + a * q1
            if q2 > max_denominator:
                break
            p0, q0, p1, q1 = p1, q1, p0 + a * p1, q2
            n, d = d, n - a * d
        k = (max_denominator - q0) // q1
        near = Fraction(p0 + k * p1, q0 + k * q1)
        last = Fraction(p1, q1)
        return last if abs(last - self) <= abs(near - self) else near
