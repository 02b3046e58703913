"""The oracle's CPython side, and when two outcomes agree."""

import sys
import time

import pytest

from tests.support.oracle import run_python
from tests.support.outcome import Outcome, disagreement, same_json
from tests.support.program import Call, canonical

SHOP = {
    "app.py": '''
import time
from dataclasses import dataclass

import prices
from pysfnc import Fail, Retry, task, workflow


class Declined(Exception):
    pass


tries = []


@task(retry=Retry(on=(Declined,), max_attempts=2))
def charge(order: dict, amount: float = 1) -> str:
    """A docstring stays one."""
    tries.append(amount)
    if len(tries) < 2:
        raise Declined("not yet")
    return f"{amount}"


@workflow
def pay(order: dict) -> str:
    time.sleep(1000)
    if order.get("bad"):
        raise Declined("really")
    if order.get("worse"):
        raise Fail("Order.Bad", "very")
    return charge(order, prices.STANDARD)


@workflow(name="Other")
def other(n: int) -> int:
    return n
''',
    "prices.py": "STANDARD = 3\n",
}


def test_a_run_under_cpython() -> None:
    before = dict(sys.modules)
    outcome = run_python(SHOP, {"order": {"b": 1, "a": [1.5, True]}})
    assert outcome.output == "3.0" and outcome.succeeded
    call = Call("charge", "order={'a': [1.5, True], 'b': 1}, amount=3.0")
    assert outcome.calls == (call, call)  # one try and one retry
    assert str(call) == "charge(order={'a': [1.5, True], 'b': 1}, amount=3.0)"
    assert {name for name in sys.modules if name in ("app", "prices")} == before.keys() & {"app", "prices"}


def test_failures_under_cpython() -> None:
    assert run_python(SHOP, {"order": {"bad": 1}}).result() == "! Declined: really"
    assert run_python(SHOP, {"order": {"worse": 1}}).result() == "! Order.Bad: very"
    assert run_python(SHOP, {}).result() == "! TypeError: pay() missing 1 required positional argument: 'order'"


def test_workflows_are_found_by_function_and_by_name() -> None:
    assert run_python(SHOP, {"n": 4}, "other").output == 4
    assert run_python(SHOP, {"n": 4}, "Other").output == 4
    with pytest.raises(LookupError):
        run_python(SHOP, {}, "none")


def test_programs_do_not_see_each_other() -> None:
    run_python(SHOP, {"n": 4}, "other")
    first = "import prices\nfrom pysfnc import workflow\n\n\n@workflow\ndef f() -> int:\n    return prices.STANDARD\n"
    assert run_python({"app.py": first, "prices.py": "STANDARD = 9\n"}, {}).output == 9


def test_time_is_put_back() -> None:
    real = time.sleep
    run_python(SHOP, {})
    assert time.sleep is real


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([1, {"a": None}], [1.0, {"a": None}], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ("1", 1, False),
        (None, False, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
    ],
)
def test_json_equality(left: object, right: object, same: bool) -> None:
    assert same_json(left, right) is same
    assert same_json(right, left) is same


def test_disagreements_are_seen() -> None:
    ok = Outcome(1, calls=(Call("a", ""), Call("b", "")))
    assert disagreement(ok, Outcome(1.0, calls=ok.calls, transitions=7)) is None
    assert "expected 1\n     got 2" in str(disagreement(ok, Outcome(2, calls=ok.calls)))
    assert "! E: c" in str(disagreement(ok, Outcome(error="E", cause="c", calls=ok.calls)))
    assert disagreement(Outcome(error="E", cause=""), Outcome(error="E", cause=None)) is None
    assert disagreement(Outcome(error="E", cause="x"), Outcome(error="E", cause="y")) is not None
    swapped = Outcome(1, calls=ok.calls[::-1])
    assert "task calls differ" in str(disagreement(ok, swapped))
    assert disagreement(ok, swapped, ordered=False) is None
    assert disagreement(ok, Outcome(1, calls=ok.calls[:1]), ordered=False) is not None


def test_canonical_texts_tell_types_apart() -> None:
    assert canonical({"b": 1, "a": [True, None, (1, "x")]}) == "{'a': [True, None, (1, 'x',)], 'b': 1}"
    assert len({canonical(value) for value in (1, 1.0, True, "1", [1], (1,))}) == 6
