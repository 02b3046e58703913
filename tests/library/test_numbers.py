"""Arithmetic, rounding, conversions and sums against CPython, on random values."""

import math
import struct

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pysfnc.values.types import FLOAT, INT, JSON, ListT, Type
from tests.library.harness import check

LIMIT = 2**53
FEW = settings(max_examples=50)

ints = st.integers(-LIMIT, LIMIT)
small_ints = st.one_of(st.integers(-20, 20), st.integers(-(2**26), 2**26))
decimals = st.builds(lambda digits, places: digits / 10**places, st.integers(-(10**9), 10**9), st.integers(0, 6))
halves = st.builds(lambda n, k: n / 2**k, st.integers(-(10**6), 10**6), st.integers(0, 8))


def _from_bits(bits: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])


raw_floats = st.integers(0, 2**64 - 1).map(_from_bits).filter(math.isfinite)
floats = st.one_of(decimals, halves, raw_floats, st.floats(-1e6, 1e6)).filter(
    lambda x: x != 0 or math.copysign(1, x) > 0
)
tame_floats = st.one_of(decimals, halves, st.floats(-1e9, 1e9, allow_subnormal=False))


def known(**types: Type) -> dict[str, Type]:
    return types


@FEW
@given(ints, ints)
@example(-7, 2)
@example(7, -2)
@example(0, 0)
@example(LIMIT, -1)
def test_division_of_ints(x: int, y: int) -> None:
    for source in ("x // y", "x % y", "x / y", "divmod(x, y)"):
        check(source, x=x, y=y)


@FEW
@given(small_ints, small_ints)
def test_ints(x: int, y: int) -> None:
    for source in ("x + y", "x - y", "x * y", "x & y", "x | y", "x ^ y", "~x", "abs(x)", "min(x, y)", "max(x, y)"):
        check(source, x=x, y=y)


@FEW
@given(st.integers(-9, 9), st.integers(0, 15))
def test_powers_and_shifts_of_ints(x: int, n: int) -> None:
    assume(abs(x) ** n <= LIMIT)
    for source in ("x ** n", "x << n", "x >> n", "pow(x, n)"):
        check(source, x=x, n=n)


@FEW
@given(tame_floats, tame_floats)
@example(-7.5, 2.0)
@example(5.0, 0.3)
@example(1.0, 0.1)
@example(-1e-20, 3.0)
@example(1.0, 0.0)
def test_division_of_floats(x: float, y: float) -> None:
    assume(y == 0 or abs(x / y) < 1e300)
    for source in ("x // y", "x % y", "x / y", "divmod(x, y)"):
        check(source, x=x, y=y)


@FEW
@given(floats)
@example(0.1 + 0.2)
@example(1e16)
@example(9999999999999998.0)
@example(1e22)
@example(1e23)
@example(2.0**-44)
@example(5e-324)
@example(2.2250738585072014e-308)
@example(1.7976931348623157e308)
@example(0.0001)
@example(0.00001)
@example(123456789012345680.0)
def test_the_text_of_a_float(x: float) -> None:
    check("str(x)", x=x)


@FEW
@given(ints)
@example(LIMIT - 1)
@example(-LIMIT)
@example(10**15)
def test_the_text_of_an_int(x: int) -> None:
    for source in ("str(x)", "f'{x:,}'", "f'{x:x}'", "hex(x)", "bin(x)", "f'{x:>20}'"):
        check(source, x=x)
    check("str(x)", known(x=JSON), x=x)


@FEW
@given(floats, st.integers(0, 12))
@example(2.675, 2)
@example(1.005, 2)
@example(0.5, 0)
@example(2.5, 0)
@example(0.125, 2)
@example(-0.0000005, 6)
@example(1e-7, 3)
def test_rounding_to_decimals(x: float, n: int) -> None:
    check("round(x, n)", x=x, n=n)
    if abs(x) < LIMIT:
        check("round(x)", x=x)


@FEW
@given(st.one_of(tame_floats, ints), st.integers(1, 6))
@example(25, 1)
@example(-1350, 2)
@example(250.0, 2)
def test_rounding_before_the_point(x: float, n: int) -> None:
    check("round(x, -n)", x=x, n=n)


@FEW
@given(floats, st.sampled_from([".2f", ".0f", ",.2f", "10.3f", "+.1f", "f", ".1%", "012.4f", "_.2f", "", ">30", ","]))
@example(1e22, ".2f")
@example(2.0**80, ",.1f")
@example(999.995, ".2f")
@example(0.5, ".0f")
def test_formats_of_floats(x: float, spec: str) -> None:
    check(f"f'{{x:{spec}}}'", x=x)


@FEW
@given(st.text(st.sampled_from("0129_+- .eE\n\t\xa0\u3000'\"x"), max_size=8))
@example("1_000")
@example("-0.5e-1_0")
@example(".")
def test_reading_numbers(text: str) -> None:
    check("int(x)", x=text)
    check("float(x)", x=text)


@FEW
@given(floats)
def test_a_float_reads_back(x: float) -> None:
    check("float(x)", x=repr(x))


@FEW
@given(st.lists(tame_floats, max_size=12))
@example([0.1] * 10)
@example([1e100, 1.0, -1e100])
def test_sums_of_floats(xs: list[float]) -> None:
    check("sum(xs)", known(xs=ListT(FLOAT)), xs=xs)
    check("sum(xs, 0.5)", known(xs=ListT(FLOAT)), xs=xs)


@FEW
@given(st.lists(st.one_of(small_ints, decimals.filter(lambda x: not x.is_integer())), max_size=8))
def test_sums_and_extremes_of_untyped_numbers(xs: list[float]) -> None:
    for source in ("sum(xs)", "min(xs, default=0)", "max(xs)", "len(xs)", "any(xs)", "all(xs)"):
        check(source, known(xs=JSON), xs=xs)


@FEW
@given(st.lists(ints, max_size=5))
def test_roots_and_divisors(xs: list[int]) -> None:
    for x in xs:
        check("math.isqrt(x)", known(x=INT), x=x)
        check("math.gcd(x, 360)", known(x=INT), x=x)
        check("math.sqrt(x)", known(x=INT), x=x)


@FEW
@given(tame_floats)
def test_whole_parts(x: float) -> None:
    for source in ("int(x)", "math.floor(x)", "math.ceil(x)", "math.trunc(x)", "math.fabs(x)", "abs(x)", "-x"):
        check(source, x=x)
