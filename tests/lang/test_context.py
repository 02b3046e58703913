"""`context` and `parallel`."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pysfnc import context, parallel, task, workflow
from pysfnc.lang.context import Execution, RunContext, StateMachine, run_from_context_object


@workflow(name="Machine")
def show(**rest: Any) -> list[Any]:
    execution, machine = context.execution, context.state_machine
    return [execution.id, execution.name, execution.start_time, execution.input, execution.role_arn, machine.name]


def test_a_run_makes_up_its_context() -> None:
    one, two = show.run({"a": 1.0}), show.run({"a": 1})
    assert one[0].endswith(f":execution:Machine:{one[1]}")
    assert one[2].endswith("Z")
    assert one[3] == {"a": 1}
    assert one[5] == "Machine"
    assert one[1] != two[1]


def test_a_test_may_give_it() -> None:
    given = RunContext(Execution("id", "n", "2024", {"x": 1}, "role"), StateMachine("mid", "m"))
    assert show.run({}, context=given) == ["id", "n", "2024", {"x": 1}, "role", "m"]


def test_outside_of_a_run_it_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="no workflow is running"):
        _ = context.execution
    with pytest.raises(RuntimeError, match="no workflow is running"):
        show()


def test_every_thread_of_a_run_sees_it() -> None:
    @task(timeout=5)
    def in_task() -> str:
        return context.execution.name

    @workflow
    def spread() -> list[str]:
        with ThreadPoolExecutor(2) as pool:
            names = list(pool.map(lambda _: context.execution.name, range(2)))
        return [context.execution.name, in_task(), *parallel(lambda: context.execution.name), *names]

    assert len(set(spread.run({}))) == 1


def test_concurrent_runs_do_not_mix() -> None:
    @workflow
    def slow(n: int) -> list[int]:
        time.sleep(0.05)
        return [n, context.execution.input["n"]]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: slow.run({"n": n}), range(8))) == [[n, n] for n in range(8)]


def test_async_branches_see_it() -> None:
    async def name() -> str:
        return context.execution.name

    @workflow
    async def gathered() -> list[str]:
        return list(await asyncio.gather(name(), name()))

    assert len(set(gathered.run({}))) == 1


def test_the_machine_passes_it_along() -> None:
    run = run_from_context_object({"Execution": {"Id": "i", "Name": "n", "Input": {"a": 1}}, "StateMachine": {}})
    assert (run.execution.id, run.execution.name, run.execution.input) == ("i", "n", {"a": 1})


def test_parallel_gives_results_in_order_while_running_at_the_same_time() -> None:
    barrier = threading.Barrier(3, timeout=5)

    def branch(n: int) -> int:
        barrier.wait()
        time.sleep(0.03 * (3 - n))
        return n

    assert parallel(lambda: branch(0), lambda: branch(1), lambda: branch(2)) == [0, 1, 2]
    assert parallel() == []


def test_parallel_raises_the_failure_that_came_first() -> None:
    done: list[str] = []

    def late() -> None:
        time.sleep(0.1)
        done.append("late")
        raise ValueError("late")

    def early() -> None:
        raise KeyError("early")

    with pytest.raises(KeyError, match="early"):
        parallel(late, early)
    assert done == ["late"]


def test_parallel_takes_functions_only() -> None:
    async def coroutine() -> None: ...

    with pytest.raises(TypeError, match="takes functions without parameters, not int"):
        parallel(lambda: 1, 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"use asyncio\.gather"):
        parallel(coroutine)
