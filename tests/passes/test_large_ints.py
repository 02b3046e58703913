"""Which arithmetic checks itself: where a definition holds the check, and where it has none to pay for."""

import json
import re
import textwrap

import pytest

from tests.support import oracle

HEAD = "from pysfnc import workflow\n\n@workflow\n"


def checks(source: str) -> int:
    """How many operations of a workflow check their results."""
    program = oracle.compile_program(HEAD + textwrap.dedent(source))
    text = json.dumps([workflow.definition for workflow in program.result.workflows.values()])
    names = ("$py_exact", "$py_exact_of", "$py_times_mod")
    called = sum(text.count(f"{name}(") for name in names)
    bodies = text.count("an int beyond") + text.count("$py_mod($py_mulmod(")
    in_place = bodies - len(re.findall(r"\$py_(exact|exact_of|times_mod):=", text))
    return called + max(in_place, 0)


@pytest.mark.parametrize(
    "body",
    [
        "def w(names: list[str]):\n    return len(names) * 100",
        "def w(names: list[str]):\n    return [place * len(name) * 7 for place, name in enumerate(names)]",
        "def w(n: int):\n    count = 0\n    while count * count < n:\n        count += 1\n    return count",
        "def w(prices: list[int]):\n    total = 0\n    for price in prices:\n        total += price\n    return total",
        "def w(n: int):\n    low, high = 0, n\n    while low < high:\n        low = (low + high) // 2 + 1\n    return low",
        "def w(text: str):\n    h = 5381\n    for c in text:\n        h = (h * 33 + ord(c)) & 0xFFFFFFFF\n    return h",
        "def w(text: str):\n    h = 0\n    for c in text:\n        h = (h * 31 + ord(c)) % 1000003\n    return h",
        "def w(digits: str):\n    return sum(int(d) * 3 for d in digits)",
        "def w(price: float, n: int):\n    return price * n * 2.5",
        "def w(text: str):\n    return text * 3",
        "def w():\n    return 2**10 + (1 << 20)",
    ],
)
def test_what_stays_small_is_not_checked(body: str) -> None:
    assert checks(body) == 0


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("def w(n: int):\n    return n * n", 1),
        ("def w(n: int):\n    r = 1\n    for i in range(n):\n        r *= i + 1\n    return r", 1),
        ("def w(n: int):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a", 1),
        (
            "def w(n: int):\n    row = [1, 1]\n    for i in range(n):\n        row.append(row[i] + row[i + 1])\n    return row",
            1,
        ),
        ("def w(n: int):\n    r = 1\n    for i in range(n):\n        r = r * (i + 3) % 1000003\n    return r", 0),
        ("def w(n: int, m: int):\n    r = 1\n    for i in range(n):\n        r = r * r % m\n    return r", 1),
        ("def w(n: int):\n    return [2**n, 1 << n]", 2),
        ("def w(text: str):\n    return int(text)", 1),
    ],
)
def test_what_may_get_large_is_checked(body: str, count: int) -> None:
    assert checks(body) == count


_LARGE = (94_906_267, 4_503_599_627_370_497)
_ROUNDS = (3, 30, 90)


@pytest.mark.parametrize(
    ("body", "inputs"),
    [
        ("def w(n: int):\n    return n * n % 10", _LARGE),
        ("def w(n: int):\n    return n * n // 10", _LARGE),
        ("def w(n: int):\n    r = 1\n    for i in range(n):\n        r *= 3\n    return r // 7", _ROUNDS),
        (
            "def w(n: int):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a // 10",
            _ROUNDS,
        ),
        ("def w(n: int):\n    return 3**n // 3", _ROUNDS),
        ("def w(n: int):\n    return (1 << n) // 3", _ROUNDS),
        ("def w(n: int):\n    return int(str(n) * 3) // 10", _LARGE),
        ("def w(n: int):\n    import math\n    return math.factorial(n) // 7", _ROUNDS),
        ("def w(n: int):\n    import math\n    return math.perm(n, n) // 7 + math.prod(range(1, n)) // 7", _ROUNDS),
        ("def w(n: int):\n    import math\n    return math.comb(n, n // 2) // 7", _ROUNDS),
        ("def w(n: int):\n    import math\n    return math.lcm(7, n, n - 1) // 7", _LARGE),
        ("def w(n: int):\n    try:\n        return n**9 // 7\n    except Exception:\n        return 0", _LARGE),
    ],
)
def test_no_int_is_wrong_in_silence(body: str, inputs: tuple[int, ...]) -> None:
    source = HEAD + textwrap.dedent(body)
    for n in inputs:
        python, machine = oracle.run_python(source, {"n": n}), oracle.run_compiled(source, {"n": n})
        assert machine.error == "States.QueryEvaluationError" or machine.output == python.output, n
