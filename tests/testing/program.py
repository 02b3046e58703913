"""Workflows for the tests of `pysfnc.testing`: every way in which a run can end, with tasks and without."""

import asyncio
import itertools
import time
from time import sleep

from pysfnc import Fail, Retry, task, workflow


class Rejected(Exception):
    """Raised by the workflow and by a task."""


class Coded(Exception):
    """Cannot be made from a text alone."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@task
def double(number: int) -> int:
    """Work for Lambda."""
    if number < 0:
        raise Coded(7, f"{number} is below zero")
    return number * 2


CALLS = itertools.count(1)


@task
def count_calls() -> int:
    """Tell how often this module's copy was called."""
    return next(CALLS)


@task(retry=Retry(on=(ValueError,), interval=3600, max_attempts=2))
def never() -> int:
    """Fail every time."""
    sleep(900)
    raise ValueError("never")


@workflow
def calculate(number: int, add: int = 1) -> dict:
    """One task, two checks."""
    if number == 0:
        raise Rejected("zero")
    if number == 13:
        raise Fail("Order.Unlucky", "thirteen")
    return {"result": double(number) + add}


@workflow
def look_up(prices: dict[str, int], name: str) -> int:
    """No task; a KeyError of an expression."""
    return prices[name]


@workflow
def warm() -> int:
    """Show that functions stay warm."""
    return count_calls()


@workflow
def wait_long(seconds: int) -> str:
    """Wait by both names of sleep."""
    time.sleep(seconds)
    sleep(seconds)
    return "waited"


@workflow
def try_forever() -> int:
    """Retry with hours in between."""
    return never()


@workflow
async def answer_later() -> int:
    """Wait on the event loop."""
    await asyncio.sleep(60)
    return 42
