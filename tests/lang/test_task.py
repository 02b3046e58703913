"""`@task`, `Retry` and `with_options` under CPython."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pysfnc import Fail, Retry, inline, task, with_options, workflow
from pysfnc.lang.clock import replace_sleep


class Lost(Exception):
    pass


class Gone(Lost):
    pass


@pytest.fixture
def slept() -> Iterator[list[float]]:
    seconds: list[float] = []
    before = replace_sleep(seconds.append)
    yield seconds
    replace_sleep(before)


class Flaky:
    """Fails with the given exceptions one after the other, then returns the number of calls."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return self.calls


def test_arguments_and_result_are_copies() -> None:
    kept: list[Any] = []

    @task
    def push(xs: list[int]) -> list[int]:
        xs.append(3)
        kept.append(xs)
        return xs

    mine = [1, 2]
    result = push(mine)
    assert mine == [1, 2]
    assert result == [1, 2, 3]
    assert result is not kept[0]


def test_arguments_and_result_have_their_declared_types() -> None:
    @dataclass
    class Item:
        price: float

    @task
    def look(item: Item, pair: tuple[int, int], loose: Any, *more: float, **named: Item) -> tuple[Any, ...]:
        types = [type(value).__name__ for value in (item, item.price, pair, loose, *more, *named.values())]
        return types, (1, 2)

    types, pair = look(Item(1), (1, 2), (2.0,), 3, x=Item(2))
    assert types == ["Item", "float", "tuple", "list", "float", "Item"]
    assert pair == [1, 2]


def test_an_argument_that_does_not_fit_is_refused() -> None:
    @task
    def charge(order: dict[str, Any], n: int = 0) -> dict[str, Any]:
        return order

    with pytest.raises(TypeError) as caught:
        charge(order=[1])  # type: ignore[arg-type]
    assert str(caught.value).endswith("charge() argument 'order' must be dict[str, Any], not list")
    with pytest.raises(TypeError, match=r"charge\(\) argument 'n' is set, which cannot travel as JSON"):
        charge({}, {1})  # type: ignore[arg-type]


def test_a_result_that_does_not_fit_is_refused() -> None:
    @task
    def charge() -> int:
        return "x"  # type: ignore[return-value]

    with pytest.raises(TypeError, match=r"charge\(\) result must be int, not str"):
        charge()


def test_a_wrong_call_has_the_message_of_cpython() -> None:
    def plain(a: int, b: int = 1) -> int:
        return a + b

    wrapped: Any = task(plain)
    for args, kwargs in (((), {}), ((1, 2, 3), {}), ((1,), {"c": 1}), ((1,), {"a": 1})):
        with pytest.raises(TypeError) as expected:
            plain(*args, **kwargs)  # type: ignore[arg-type]
        with pytest.raises(TypeError) as caught:
            wrapped(*args, **kwargs)
        assert str(caught.value) == str(expected.value)


def test_exceptions_pass_through_as_themselves() -> None:
    failure = Gone("x", 1)

    @task
    def lose() -> None:
        raise failure

    with pytest.raises(Gone) as caught:
        lose()
    assert caught.value is failure


def test_a_timeout_is_a_timeout_error_without_text() -> None:
    @task(timeout=1)
    def slow() -> None:
        time.sleep(3)

    started = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        slow()
    assert time.monotonic() - started < 2.5
    assert str(caught.value) == ""


def test_a_task_within_its_timeout_is_not_touched() -> None:
    @task(timeout=5)
    def quick(x: int) -> int:
        return x

    @task(timeout=5)
    def failing() -> int:
        raise Lost("x")

    assert quick(3) == 3
    with pytest.raises(Lost):
        failing()


def test_retries_follow_the_delays_of_asl(slept: list[float]) -> None:
    flaky = Flaky(*[Lost() for _ in range(5)])

    @task(retry=Retry(on=Lost, interval=2, max_attempts=5, backoff=3, max_delay=40))
    def call() -> int:
        return flaky()

    assert call() == 6
    assert slept == [2, 6, 18, 40, 40]


def test_max_attempts_counts_the_retries_after_the_first_try(slept: list[float]) -> None:
    flaky = Flaky(*[Lost() for _ in range(9)])

    @task(retry=Retry(on=Lost, max_attempts=3))
    def call() -> int:
        return flaky()

    with pytest.raises(Lost):
        call()
    assert flaky.calls == 4
    assert slept == [1, 2, 4]


def test_only_the_first_matching_retrier_counts(slept: list[float]) -> None:
    flaky = Flaky(Gone(), Gone(), Gone())

    @task(retry=[Retry(on=Gone, max_attempts=1), Retry(on=Lost, max_attempts=5)])
    def call() -> int:
        return flaky()

    with pytest.raises(Gone):
        call()
    assert flaky.calls == 2


def test_zero_attempts_exclude_an_error(slept: list[float]) -> None:
    flaky = Flaky(Gone())
    retried = with_options(task(lambda: flaky()), retry=[Retry(on=Gone, max_attempts=0), Retry()])
    with pytest.raises(Gone):
        retried()
    assert slept == []


def test_each_retrier_has_a_counter_and_each_call_new_ones(slept: list[float]) -> None:
    retriers = [Retry(on=Lost, max_attempts=1), Retry(on=KeyError, max_attempts=2)]
    flaky = Flaky(KeyError(), Lost(), KeyError())
    retried = with_options(task(lambda: flaky()), retry=retriers)
    assert retried() == 4
    flaky.failures = [Lost()]
    assert retried() == 6


class OfAws(Exception):
    """As boto3 raises it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


@pytest.mark.parametrize(
    ("on", "failure", "is_retried"),
    [
        ("Lost", Lost(), True),
        ("Lost", Gone(), False),
        (Lost, Gone(), True),
        ("Order.Bad", Fail("Order.Bad", "x"), True),
        ("Fail", Fail("Order.Bad", "x"), False),
        (("A", KeyError), KeyError("x"), True),
        (LookupError, KeyError("x"), True),
        ("States.ALL", TimeoutError(), True),
        ("States.TaskFailed", Lost(), True),
        ("States.TaskFailed", TimeoutError(), False),
        ("States.Timeout", TimeoutError(), True),
        (Exception, TimeoutError(), True),
        (KeyError, ValueError(), False),
        ("DynamoDb.ThrottlingException", OfAws("ThrottlingException"), True),
        ("S3.NoSuchKeyException", OfAws("NoSuchKey"), True),
        ("DynamoDb.ThrottlingException", OfAws("ValidationException"), False),
        ("Lost.ThrottlingException", Lost(), False),
    ],
)
def test_errors_match_by_class_or_by_exact_name(
    slept: list[float], on: Any, failure: Exception, is_retried: bool
) -> None:
    flaky = Flaky(failure)
    retried = with_options(task(lambda: flaky()), retry=Retry(on=on))
    if is_retried:
        assert retried() == 2
    else:
        with pytest.raises(type(failure)):
            retried()


def test_jitter_stays_below_the_delay(slept: list[float]) -> None:
    flaky = Flaky(*[Lost() for _ in range(6)])
    with_options(task(lambda: flaky()), retry=Retry(interval=4, max_attempts=6, backoff=1, jitter=True))()
    assert len(slept) == 6
    assert all(0 <= seconds <= 4 for seconds in slept)
    assert len(set(slept)) > 1


def test_every_try_gets_fresh_copies(slept: list[float]) -> None:
    seen: list[list[int]] = []

    @task(retry=Retry())
    def call(xs: list[int]) -> None:
        seen.append(list(xs))
        xs.append(1)
        if len(seen) < 3:
            raise Lost

    call([0])
    assert seen == [[0], [0], [0]]


def test_an_async_task_is_copied_retried_and_timed(slept: list[float]) -> None:
    flaky = Flaky(Lost(), Lost())

    @task(retry=Retry(), timeout=5)
    async def call(xs: list[int]) -> list[int]:
        await asyncio.sleep(0)
        return [*xs, flaky()]

    @task(timeout=1)
    async def slow() -> None:
        await asyncio.sleep(5)

    async def main() -> list[list[int]]:
        xs = [1]
        pending = call(xs)
        xs.append(2)
        with pytest.raises(TimeoutError):
            await slow()
        return [await pending, await call(xs)]

    assert asyncio.run(main()) == [[1, 3], [1, 2, 4]]
    assert slept == [1, 2]


def test_with_options_replaces_what_is_given_and_keeps_the_rest() -> None:
    @task(timeout=5, retry=Retry(on=Lost), role="r")
    def call() -> None: ...

    changed: Any = with_options(call, timeout=7)
    assert (changed.options.timeout, changed.options.retries, changed.options.role) == (7, (Retry(on=Lost),), "r")
    again: Any = with_options(changed, retry=None)
    assert (again.options.timeout, again.options.retries) == (7, ())
    assert call.options.timeout == 5


def test_with_options_works_for_any_callable(slept: list[float]) -> None:
    flaky = Flaky(Lost())
    assert with_options(flaky, retry=Retry(on=Lost))() == 2
    assert with_options(str.upper, timeout=5)("a") == "A"

    @workflow
    def child(x: int) -> int:
        return x + flaky()

    flaky.failures = [Lost()]
    assert with_options(child, retry=Retry())(1) == 5

    async def helper() -> int:
        return flaky()

    flaky.failures = [Lost()]
    assert asyncio.run(with_options(helper, retry=Retry())()) == 6  # type: ignore[arg-type]


def test_real_time_is_the_default() -> None:
    flaky = Flaky(Lost())
    started = time.monotonic()
    with_options(flaky, retry=Retry(interval=1))()
    assert 0.9 < time.monotonic() - started < 3


def test_inline_is_the_function_itself() -> None:
    def helper(x: int) -> int:
        return x

    assert inline(helper) is helper


def test_decorated_functions_keep_their_names() -> None:
    @task
    def charge(order: dict[str, Any]) -> None:
        """Charge."""

    assert (charge.__name__, charge.__doc__) == ("charge", "Charge.")
    assert repr(charge).startswith("<task ")
