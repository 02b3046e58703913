"""Retry and Catch."""

import json
from typing import Any

import pytest

from pysfnc.engine import LambdaAnswer
from pysfnc.engine.retry import matches
from tests.engine.machines import (
    Functions,
    catcher,
    event_types,
    fails,
    flow,
    machine,
    passing,
    retrier,
    run,
    takes,
    task,
)


@pytest.mark.parametrize(
    ("names", "error", "expected"),
    [
        (["A"], "A", True),
        (["A"], "a", False),
        (["States.ALL"], "A", True),
        (["States.ALL"], None, True),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.DataLimitExceeded", True),
        (["States.ALL"], "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", False),
        (["States.TaskFailed"], "A", True),
        (["States.TaskFailed"], "States.QueryEvaluationError", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.TaskFailed", "States.Timeout"], "States.Timeout", True),
        (["B", "A"], "A", True),
        ([], "A", False),
    ],
)
def test_matching(names: list[str], error: str | None, expected: bool) -> None:
    assert matches(names, error) is expected


def _retried(times: int, *retriers: dict[str, Any], **fields: Any) -> Any:
    functions = Functions(f=fails(times=times))
    result = run(machine(T=task("f", Retry=list(retriers), **fields), K=passing()) if fields else
                 machine(T=task("f", Retry=list(retriers))), functions=functions)  # fmt: skip
    return result, len(functions.calls)


def test_backoff() -> None:
    result, calls = _retried(3, retrier(IntervalSeconds=2, BackoffRate=3.0))
    assert (result.output, calls, result.duration_s) == ("ok", 4, 2 + 6 + 18)
    assert result.transitions == 1 + 3
    assert result.states == ["T"]
    assert result.lambda_invocations == 4


def test_defaults_are_three_retries_after_one_two_and_four_seconds() -> None:
    result, calls = _retried(9, retrier())
    assert (result.status, result.error, calls, result.duration_s) == ("FAILED", "ValueError", 4, 1 + 2 + 4)


def test_maximum_delay() -> None:
    result, _ = _retried(4, retrier(IntervalSeconds=1, MaxAttempts=9, BackoffRate=10, MaxDelaySeconds=20))
    assert result.duration_s == 1 + 10 + 20 + 20


def test_full_jitter_stays_below_the_delay_and_repeats_with_the_seed() -> None:
    first, _ = _retried(3, retrier(IntervalSeconds=100, BackoffRate=1, JitterStrategy="FULL"))
    second, _ = _retried(3, retrier(IntervalSeconds=100, BackoffRate=1, JitterStrategy="FULL"))
    assert 0 < first.duration_s < 300
    assert first.duration_s == second.duration_s


def test_only_the_first_retrier_that_matches_counts() -> None:
    result, calls = _retried(9, retrier("ValueError", MaxAttempts=1), retrier(MaxAttempts=3))
    assert (result.status, calls) == ("FAILED", 2)


def test_no_attempts_exclude_an_error() -> None:
    result, calls = _retried(9, retrier("ValueError", MaxAttempts=0), retrier(MaxAttempts=3))
    assert (result.status, calls) == ("FAILED", 1)


def test_each_retrier_counts_for_itself() -> None:
    order = iter([ValueError, KeyError, ValueError, KeyError, None])

    def function(_: Any) -> str:
        error = next(order)
        if error is not None:
            raise error("x")
        return "ok"

    rules = [retrier("ValueError", MaxAttempts=2), retrier("KeyError", MaxAttempts=2)]
    result = run(machine(T=task("f", Retry=rules)), functions=Functions(f=function))
    assert result.output == "ok"
    assert result.duration_s == 1 + 1 + 2 + 2


def test_counters_start_anew_on_each_visit() -> None:
    definition = machine(
        T=task("f", Retry=[retrier(MaxAttempts=1)], Output="{% $states.input %}", Next="C"),
        C={
            "Type": "Choice",
            "Choices": [{"Condition": "{% $exists($again) %}", "Next": "End"}],
            "Default": "T",
            "Assign": {"again": True},
        },
        End={"Type": "Succeed"},
    )
    order = iter([True, False, True, False])

    def function(_: Any) -> None:
        if next(order):
            raise ValueError("x")

    assert run(definition, functions=Functions(f=function)).status == "SUCCEEDED"


def test_arguments_are_evaluated_anew_with_the_original_input() -> None:
    functions = Functions(f=fails(times=2))
    payload = {"input": "{% $states.input %}", "retries": "{% $states.context.State.RetryCount %}"}
    run(machine(T=task("f", payload, Retry=[retrier()])), 5, functions)
    assert [sent for _, sent in functions.calls] == [{"input": 5, "retries": n} for n in range(3)]


def test_first_catcher_that_matches() -> None:
    definition = machine(
        T=task("f", Catch=[catcher("A", "Other"), catcher("B", "ValueError"), catcher("C")], Assign={"x": "state"}),
        A=passing("A"),
        B=passing({"error": "{% $states.input %}", "x": "{% $exists($x) %}"}),
        C=passing("C"),
    )
    output = run(definition, functions=Functions(f=fails())).output
    assert output == {"error": {"Error": "ValueError", "Cause": '{"errorMessage":"on purpose"}'}, "x": False}


def test_catcher_output_and_assign() -> None:
    rule = catcher("K", Output={"e": "{% $parse($states.errorOutput.Cause).errorMessage %}"}, Assign={"y": "{% $x %}"})
    definition = machine(
        A=passing(Assign={"x": 7}, Next="T"), T=task("f", Catch=[rule]), K=passing(["{% $states.input %}", "{% $y %}"])
    )
    assert run(definition, functions=Functions(f=fails())).output == [{"e": "on purpose"}, 7]


def test_failing_catcher_ends_the_run() -> None:
    rule = catcher("K", Output="{% $states.errorOutput.Nope %}")
    result = run(machine(T=task("f", Catch=[rule]), K=passing()), functions=Functions(f=fails()))
    assert result.error == "States.QueryEvaluationError"
    assert result.cause is not None
    assert "specified for the field 'Catch[0]/Output' returned nothing" in result.cause


def test_failing_output_calls_again_under_a_retrier() -> None:
    functions = Functions(f=lambda _: 1)
    bad = task("f", Output="{% $states.result.nope %}", Retry=[retrier(MaxAttempts=2)])
    assert run(machine(T=bad), functions=functions).error == "States.QueryEvaluationError"
    assert len(functions.calls) == 3


def test_timeout_is_caught_with_an_empty_cause() -> None:
    definition = machine(T=task("f", TimeoutSeconds=5, Catch=[catcher("K", "States.Timeout")]), K=passing())
    result = run(definition, functions=Functions(f=takes(60)))
    assert result.output == {"Error": "States.Timeout", "Cause": ""}
    assert result.duration_s == 5
    assert "TaskTimedOut" in event_types(result)


def test_timeout_of_each_attempt() -> None:
    definition = machine(T=task("f", TimeoutSeconds=5, Retry=[retrier("States.Timeout", MaxAttempts=2)]))
    result = run(definition, functions=Functions(f=takes(60)))
    assert (result.error, result.duration_s) == ("States.Timeout", 5 + 1 + 5 + 2 + 5)


def test_service_may_notice_the_timeout_itself() -> None:
    definition = machine(T=task("f", TimeoutSeconds=5))
    result = run(definition, functions=Functions(f=lambda _: LambdaAnswer(timed_out=True)))
    assert (result.error, result.cause, result.duration_s) == ("States.Timeout", None, 5)


def test_timeout_may_be_an_expression() -> None:
    definition = machine(T=task("f", TimeoutSeconds="{% $states.input %}"))
    assert run(definition, 3, Functions(f=takes(60))).duration_s == 3
    assert run(definition, 99, Functions(f=takes(60))).duration_s == 60


def test_older_form_has_the_bare_result_and_other_events() -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    definition = machine(T={"Type": "Task", "Resource": arn, "Arguments": {"a": 1}, "End": True})
    functions = Functions(f=lambda payload: payload)
    result = run(definition, functions=functions)
    assert (result.output, functions.calls) == ({"a": 1}, [("f", {"a": 1})])
    assert event_types(result)[2:5] == ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"]


def test_retry_of_a_map_runs_every_iteration_again() -> None:
    functions = Functions(f=fails(times=1), g=lambda _: 1)
    inner = flow(G=task("g", Next="F"), F=task("f"))
    each = {"Type": "Map", "Items": [1], "ItemProcessor": inner, "Retry": [retrier()], "End": True}
    result = run(machine(M=each), functions=functions)
    assert [name for name, _ in functions.calls] == ["g", "f", "g", "f"]
    assert event_types(result).count("MapStateStarted") == 2
    assert "MapStateFailed" not in event_types(result)
    assert result.transitions == 1 + 2 + 1 + 2


def test_cause_is_text() -> None:
    definition = machine(T=task("f", Catch=[catcher("K")]), K=passing("{% $type($states.input.Cause) %}"))
    assert run(definition, functions=Functions(f=fails())).output == "string"
    assert json.loads(run(machine(T=task("f")), functions=Functions(f=fails())).cause or "") == {
        "errorMessage": "on purpose"
    }
