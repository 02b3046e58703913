"""Parallel, Map, and time."""

import time
from typing import Any

import pytest

from pysfnc.engine import RealClock
from tests.engine.machines import (
    START,
    Functions,
    catcher,
    event_types,
    fails,
    flow,
    machine,
    passing,
    run,
    sleeps,
    takes,
    task,
)


def parallel(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    state = {"Type": "Parallel", "Branches": list(branches), **fields}
    return state if "Next" in state else {**state, "End": True}


def each(items: object, processor: dict[str, Any], **fields: Any) -> dict[str, Any]:
    state = {"Type": "Map", "Items": items, "ItemProcessor": processor, **fields}
    return state if "Next" in state else {**state, "End": True}


def wait(seconds: object, **fields: Any) -> dict[str, Any]:
    state = {"Type": "Wait", "Seconds": seconds, **fields}
    return state if "Next" in state else {**state, "End": True}


def test_results_are_in_the_order_of_branches() -> None:
    definition = machine(P=parallel(flow(A=wait(30, Output="a")), flow(B=wait(10, Output="b")), flow(C=passing("c"))))
    result = run(definition)
    assert (result.output, result.duration_s) == (["a", "b", "c"], 30)


def test_branches_get_arguments_or_input() -> None:
    given = parallel(flow(A=passing()), flow(B=passing("{% $states.input.x %}")), Arguments={"x": "{% 1 + 1 %}"})
    assert run(machine(P=given)).output == [{"x": 2}, 2]
    assert run(machine(P=parallel(flow(A=passing()))), [1]).output == [[1]]


def test_scopes() -> None:
    inner = flow(A=passing(Assign={"mine": "{% $outer & '!' %}"}, Next="A2"), A2=passing("{% $mine %}"))
    other = flow(B=passing("{% $exists($mine) %}"))
    definition = machine(
        S=passing(Assign={"outer": "o"}, Next="P"),
        P=parallel(inner, other, Assign={"seen": "{% $states.result %}"}, Next="E"),
        E=passing(["{% $seen %}", "{% $exists($mine) %}"]),
    )
    assert run(definition).output == [["o!", False], False]


def test_failing_branch_stops_the_others() -> None:
    functions = Functions(bad=fails(), late=lambda _: "late")
    definition = machine(
        P=parallel(
            flow(A=wait(100, Next="A2"), A2=task("late")),
            flow(B=wait(5, Next="B2"), B2=task("bad")),
            Catch=[catcher("K", Output="{% $states.errorOutput.Error %}")],
        ),
        K=passing(),
    )
    result = run(definition, functions=functions)
    assert (result.output, result.duration_s) == ("ValueError", 5)
    assert [name for name, _ in functions.calls] == ["bad"]
    types = event_types(result)
    assert types[types.index("TaskFailed") :][:4] == [
        "TaskFailed",
        "WaitStateAborted",
        "TaskStateAborted",
        "ParallelStateFailed",
    ]


def test_uncaught_failure_names_the_inner_state() -> None:
    result = run(machine(P=parallel(flow(A=passing()), flow(B=task("bad")))), functions=Functions(bad=fails()))
    assert (result.status, result.error, result.failed_state) == ("FAILED", "ValueError", "B")


def test_nested_failure_aborts_all_that_is_inside() -> None:
    deep = flow(I=parallel(flow(W=wait(1000)), flow(W2=wait(1000))))
    definition = machine(
        P=parallel(deep, flow(B=wait(1, Next="F"), F={"Type": "Fail", "Error": "E"}), Catch=[catcher("K")]),
        K=passing(1),
    )
    result = run(definition)
    assert (result.output, result.duration_s) == (1, 1)


def test_map_with_selector_and_context() -> None:
    selector = {"i": "{% $states.context.Map.Item.Index %}", "v": "{% $states.context.Map.Item.Value * $factor %}"}
    definition = machine(
        S=passing(Assign={"factor": 10}, Next="M"),
        M=each(
            "{% $states.input %}", flow(A=passing("{% $states.input.v + $states.input.i %}")), ItemSelector=selector
        ),
    )
    assert run(definition, [1, 2, 3]).output == [10, 21, 32]


def test_map_over_nothing() -> None:
    result = run(machine(M=each([], flow(A=passing()))))
    assert (result.output, result.transitions) == ([], 1)


@pytest.mark.parametrize(("limit", "duration"), [(1, 50), (2, 30), (0, 10), (5, 10)])
def test_concurrency_limit(limit: int, duration: int) -> None:
    definition = machine(M=each([1, 2, 3, 4, 5], flow(A=wait(10)), MaxConcurrency=limit))
    assert run(definition).duration_s == duration


def test_inline_map_runs_forty_at_once() -> None:
    definition = machine(M=each("{% [1..100] %}", flow(A=wait(10))))
    assert run(definition).duration_s == 30


def test_failing_iteration_fails_the_map() -> None:
    processor = flow(
        C={"Type": "Choice", "Choices": [{"Condition": "{% $states.input = 2 %}", "Next": "F"}], "Default": "W"},
        F={"Type": "Fail", "Error": "Two", "Cause": "two"},
        W=wait(9),
    )
    result = run(machine(M=each([1, 2, 3], processor)))
    assert (result.error, result.cause, result.duration_s) == ("Two", "two", 0)
    assert event_types(result)[-6:] == [
        "MapIterationFailed",
        "MapIterationAborted",
        "WaitStateAborted",
        "MapIterationAborted",
        "MapStateFailed",
        "ExecutionFailed",
    ]


def test_calls_that_block_run_at_the_same_time() -> None:
    functions = Functions(f=sleeps(0.2))
    result = run(machine(M=each([1, 2, 3, 4, 5], flow(A=task("f")))), functions=functions)
    assert result.output == [1, 2, 3, 4, 5]
    assert functions.most_at_once > 1
    assert result.duration_s == 0


def test_calls_that_do_not_block_need_no_thread() -> None:
    functions = Functions(f=sleeps(0.0))
    run(machine(M=each([1, 2, 3], flow(A=task("f")))), functions=functions, blocking=False)
    assert functions.most_at_once == 1
    assert [payload for _, payload in functions.calls] == [1, 2, 3]


def test_run_repeats_exactly() -> None:
    def once() -> list[Any]:
        functions = Functions(f=sleeps(0.01), g=takes(3), h=takes(1))
        inner = flow(A=task("f", Next="B"), B=task("g", Next="C"), C=task("h"))
        result = run(machine(M=each([1, 2, 3, 4], inner, MaxConcurrency=3)), functions=functions)
        return [(event["type"], event["previousEventId"], event["timestamp"]) for event in result.history]

    assert once() == once()


def test_durations_of_calls_order_what_follows() -> None:
    functions = Functions(slow=takes(20, "slow"), fast=takes(5, "fast"))
    definition = machine(P=parallel(flow(A=task("slow")), flow(B=task("fast"))))
    result = run(definition, functions=functions)
    exits = [event["stateExitedEventDetails"]["name"] for event in result.history if event["type"] == "TaskStateExited"]
    assert (exits, result.duration_s) == (["B", "A"], 20)


def test_machine_timeout() -> None:
    result = run({**machine(W=wait(60)), "TimeoutSeconds": 5})
    assert (result.status, result.error, result.cause, result.duration_s) == ("TIMED_OUT", None, None, 5)
    last = result.history[-1]
    assert (last["type"], last["previousEventId"]) == ("ExecutionTimedOut", 0)
    assert last["executionTimedOutEventDetails"] == {"error": "States.Timeout"}


def test_machine_timeout_during_a_call() -> None:
    result = run({**machine(T=task("f")), "TimeoutSeconds": 5}, functions=Functions(f=takes(60)))
    assert (result.status, result.duration_s) == ("TIMED_OUT", 5)


def test_machine_timeout_is_not_caught() -> None:
    inner = parallel(flow(A=wait(60)), Catch=[catcher("K")])
    assert run({**machine(P=inner, K=passing()), "TimeoutSeconds": 5}).status == "TIMED_OUT"


def test_express_ends_after_five_minutes() -> None:
    assert run(machine(W=wait(301)), type="EXPRESS").status == "TIMED_OUT"
    assert run(machine(W=wait(299)), type="EXPRESS").status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("moment", "duration"),
    [
        ("2023-11-14T22:14:20Z", 60),
        ("2023-11-14T23:13:21+01:00", 1),
        ("2023-11-14T22:13:20.5Z", 0.5),
        ("2001-01-01T00:00:00Z", 0),
    ],
)
def test_wait_until(moment: str, duration: float) -> None:
    definition = machine(W={"Type": "Wait", "Timestamp": "{% $states.input %}", "End": True})
    result = run(definition, moment)
    assert (result.status, result.duration_s) == ("SUCCEEDED", duration)


def test_wait_too_far_ahead() -> None:
    result = run(machine(W={"Type": "Wait", "Timestamp": "2099-01-01T00:00:00Z", "End": True}))
    assert result.error == "States.Runtime"
    assert (result.cause or "").endswith("Wait state delay is too long")


@pytest.mark.parametrize("value", [-1, 1.5, 100_000_000, "5", None, True])
def test_wait_for_a_wrong_time(value: object) -> None:
    result = run(machine(W=wait("{% $states.input.s %}")), {"s": value})
    assert result.error == "States.QueryEvaluationError"


def test_waits_cost_no_time() -> None:
    begun = time.perf_counter()
    assert run(machine(W=wait(99_999_999))).duration_s == 99_999_999
    assert time.perf_counter() - begun < 60


def test_now_is_the_time_of_the_machine() -> None:
    definition = machine(A=passing(Assign={"a": "{% $millis() %}"}, Next="W"), W=wait(5, Output="{% $millis() - $a %}"))
    assert run(definition).output == 5000
    assert run(machine(A=passing("{% $millis() %}"))).output == START * 1000


class TestRealTime:
    def test_wait(self) -> None:
        begun = time.perf_counter()
        result = run(machine(W=wait("{% 1 %}")), real_time=True)
        assert result.status == "SUCCEEDED"
        assert 0.9 < time.perf_counter() - begun < 20

    def test_timeout_of_a_call_that_hangs(self) -> None:
        begun = time.perf_counter()
        definition = machine(T=task("f", TimeoutSeconds=1))
        result = run(definition, functions=Functions(f=sleeps(6)), real_time=True)
        assert result.error == "States.Timeout"
        assert time.perf_counter() - begun < 5.5

    def test_machine_timeout_during_a_call(self) -> None:
        begun = time.perf_counter()
        definition = {**machine(T=task("f")), "TimeoutSeconds": 1}
        assert run(definition, functions=Functions(f=sleeps(6)), real_time=True).status == "TIMED_OUT"
        assert time.perf_counter() - begun < 5.5

    def test_wait_beside_a_call(self) -> None:
        functions = Functions(f=sleeps(0.3))
        definition = machine(P=parallel(flow(A=task("f", Next="A2"), A2=task("f")), flow(B=wait(1))))
        begun = time.perf_counter()
        assert run(definition, 7, functions, clock=RealClock()).output == [7, 7]
        assert 0.9 < time.perf_counter() - begun < 20


def test_deep_nesting_of_fan_outs() -> None:
    body = flow(Leaf=passing("{% $states.input + 1 %}"))
    for depth in range(60):
        body = flow(**{f"P{depth}": parallel(body, Output="{% $states.result[0] %}")})
    assert run({"QueryLanguage": "JSONata", **body}, 1).output == 2


def test_real_time_does_not_spin() -> None:
    functions = Functions(f=sleeps(0.5))
    definition = {
        **machine(P=parallel(flow(A=task("f", TimeoutSeconds=60)), flow(B=wait(1)))),
        "TimeoutSeconds": 50,
    }
    begun = time.process_time()
    assert run(definition, 7, functions, real_time=True).status == "SUCCEEDED"
    assert time.process_time() - begun < 0.3
