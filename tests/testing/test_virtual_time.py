"""Time that passes at once: threads, event loops and timeouts in the order of real time."""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable

import pytest

from pysfnc.testing.sleeping import instant_sleep

HOUR = 3600.0


def slept(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_time_passes_with_the_sleeps() -> None:
    begun = time.monotonic()
    with instant_sleep():
        before = time.monotonic(), time.time()
        time.sleep(HOUR)
        assert (round(time.monotonic() - before[0]), round(time.time() - before[1])) == (HOUR, HOUR)
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("round_", range(20))
def test_a_pool_takes_as_long_as_its_workers_let_it(round_: int) -> None:
    with instant_sleep():
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            assert list(pool.map(slept, [10, 20, 30])) == [10, 20, 30]
        assert time.monotonic() - begun == 40


def test_futures_time_out() -> None:
    with instant_sleep(), concurrent.futures.ThreadPoolExecutor() as pool:
        slow, quick = pool.submit(slept, HOUR), pool.submit(slept, 1)
        with pytest.raises(concurrent.futures.TimeoutError):
            slow.result(timeout=60)
        assert quick.result(timeout=0) == 1
        assert slow.result(timeout=HOUR) == HOUR


def test_waiting_for_the_first_future() -> None:
    with instant_sleep(), concurrent.futures.ThreadPoolExecutor() as pool:
        futures = [pool.submit(slept, seconds) for seconds in (30, 10, 20)]
        done, left = concurrent.futures.wait(futures, return_when=concurrent.futures.FIRST_COMPLETED)
        assert ([future.result() for future in done], len(left)) == ([10], 2)
        done, left = concurrent.futures.wait(futures, timeout=15)
        assert (sorted(future.result() for future in done), len(left)) == ([10, 20], 1)
        assert [future.result() for future in concurrent.futures.as_completed(futures)][-1] == 30


def test_the_event_loop_knows_the_time() -> None:
    async def main() -> str:
        try:
            async with asyncio.timeout(59):
                await asyncio.sleep(60)
        except TimeoutError:
            return "late"
        return "in time"

    with instant_sleep():
        assert asyncio.run(main()) == "late"


def test_threads_and_the_event_loop_share_one_time() -> None:
    async def within(limit: float) -> str:
        try:
            return f"{await asyncio.wait_for(asyncio.to_thread(slept, 10), limit)}"
        except TimeoutError:
            return "late"

    async def main() -> list[str]:
        return [await within(11), await within(9)]

    with instant_sleep():
        assert asyncio.run(main()) == ["10", "late"]


def test_waiting_for_a_lock_that_a_sleeper_holds_goes_on_after_a_while() -> None:
    lock = threading.Lock()
    order: list[str] = []

    def holder() -> None:
        with lock:
            time.sleep(HOUR)
            order.append("holder")

    with instant_sleep():
        thread = threading.Thread(target=holder)
        thread.start()
        while not lock.locked():
            time.sleep(0)
        with lock:
            order.append("main")
        thread.join()
    assert order == ["holder", "main"]


def test_a_thread_left_behind_is_let_go() -> None:
    ended = threading.Event()

    def left_behind() -> None:
        time.sleep(HOUR)
        ended.set()

    with instant_sleep():
        threading.Thread(target=left_behind, daemon=True).start()
    assert ended.wait(10)


def many_threads(count: int) -> list[int]:
    woken: list[int] = []

    def sleeper(number: int) -> None:
        for _ in range(3):
            time.sleep(number)
        woken.append(number)

    threads = [threading.Thread(target=sleeper, args=(number,)) for number in range(count, 0, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return woken


def many_tasks(count: int) -> list[int]:
    woken: list[int] = []

    async def sleeper(number: int) -> None:
        for _ in range(3):
            await asyncio.to_thread(time.sleep, number)
        woken.append(number)

    async def main() -> None:
        await asyncio.gather(*(sleeper(number) for number in range(count, 0, -1)))

    asyncio.run(main())
    return woken


@pytest.mark.parametrize("many", [many_threads, many_tasks])
def test_many_sleepers_wake_in_order(many: Callable[[int], list[int]]) -> None:
    with instant_sleep():
        assert many(5) == [1, 2, 3, 4, 5]
