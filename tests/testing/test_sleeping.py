"""Sleeping that takes no time."""

import asyncio
import threading
import time

import pytest

from pysfnc.testing.sleeping import instant_sleep
from tests.testing import program


def test_sleeps_of_threads_end_in_the_order_of_their_lengths() -> None:
    woken: list[int] = []

    def sleeper(seconds: int) -> None:
        time.sleep(seconds)
        woken.append(seconds)

    begun = time.monotonic()
    with instant_sleep():
        threads = [threading.Thread(target=sleeper, args=(seconds,)) for seconds in (90, 1, 45)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert woken == [1, 45, 90]
    assert time.monotonic() - begun < 5


def test_sleeps_of_tasks_end_in_the_order_of_their_lengths() -> None:
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        woken.append(await asyncio.sleep(seconds, seconds))

    async def main() -> None:
        await asyncio.gather(*(sleeper(seconds) for seconds in (90, 1, 45)))

    with instant_sleep():
        asyncio.run(main())
    assert woken == [1, 45, 90]


def test_what_sleep_refuses_is_refused() -> None:
    with instant_sleep(), pytest.raises(ValueError, match="sleep length must be non-negative"):
        time.sleep(-1)


def test_everything_is_put_back_when_the_block_fails() -> None:
    before = time.sleep, asyncio.sleep, program.sleep
    with pytest.raises(KeyError), instant_sleep({program.__file__}):
        assert program.sleep is time.sleep is not before[0]
        raise KeyError
    assert (time.sleep, asyncio.sleep, program.sleep) == before


def test_a_name_bound_inside_the_block_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "sleep", program.sleep)
    with instant_sleep({program.__file__}):
        program.sleep = len  # type: ignore[assignment]
    assert program.sleep is len  # type: ignore[comparison-overlap]
