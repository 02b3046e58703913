"""Quotas, history and counters."""

import json
from typing import Any

import pytest

from pysfnc.engine import EngineError, Event, VirtualClock, run_machine
from tests.engine.machines import Functions, catcher, event_types, machine, passing, run, task

LIMIT = 262_144


def _loop() -> dict[str, Any]:
    more = {"Type": "Choice", "Choices": [{"Condition": "{% $i >= $states.input %}", "Next": "E"}], "Default": "B"}
    return machine(
        A=passing(Assign={"i": 0}, Next="C"),
        C=more,
        B=passing(Assign={"i": "{% $i + 1 %}"}, Next="C"),
        E={"Type": "Succeed", "Output": "{% $i %}"},
    )


def test_event_limit() -> None:
    result = run(_loop(), 10_000)
    assert (result.status, result.error) == ("FAILED", "States.Runtime")
    assert result.cause == "The execution reached the maximum number of history events (25000)."
    assert len(result.history) == 25_000
    assert result.history[-1]["type"] == "ExecutionFailed"


def test_event_limit_without_history() -> None:
    result = run(_loop(), 10_000, history=False)
    assert (result.status, result.error, result.history) == ("FAILED", "States.Runtime", [])


def test_express_has_no_event_limit() -> None:
    assert run(_loop(), 7_000, type="EXPRESS").output == 7_000


def test_express_loop_without_end_times_out() -> None:
    more = {"Type": "Choice", "Choices": [{"Condition": "{% $i < 0 %}", "Next": "E"}], "Default": "C"}
    definition = machine(A=passing(Assign={"i": 0}, Next="C"), C=more, E={"Type": "Succeed"})
    result = run(definition, type="EXPRESS", history=False)
    assert (result.status, result.error) == ("TIMED_OUT", None)


def test_event_limit_is_not_caught() -> None:
    inner = {key: value for key, value in _loop().items() if key != "QueryLanguage"}
    definition = machine(P={"Type": "Parallel", "Branches": [inner], "Catch": [catcher("K")], "End": True}, K=passing())
    assert run(definition, 10_000).error == "States.Runtime"


def test_input_limit() -> None:
    assert run(machine(A=passing("{% $length($states.input) %}")), "x" * (LIMIT - 2)).output == LIMIT - 2
    with pytest.raises(EngineError, match="the input has 262145 bytes; AWS takes at most 262144"):
        run(machine(A=passing()), "x" * (LIMIT - 1))


def test_sizes_are_bytes_of_utf8() -> None:
    with pytest.raises(EngineError):
        run(machine(A=passing()), "é" * (LIMIT // 2))


def _text(size: int) -> str:
    return f"{{% $pad('', {size}, 'x') %}}"


def test_output_limit() -> None:
    assert run(machine(A=passing(_text(LIMIT - 2)))).status == "SUCCEEDED"
    result = run(machine(A=passing(_text(LIMIT - 1))))
    text = "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit."
    assert (result.error, result.cause) == ("States.DataLimitExceeded", text)


def test_result_limit_is_caught() -> None:
    definition = machine(
        T=task("f", Catch=[catcher("K")]), K=passing(["{% $states.input.Error %}", "{% $states.input.Cause %}"])
    )
    text = "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit."
    assert run(definition, functions=Functions(f=lambda _: "x" * LIMIT)).output == ["States.DataLimitExceeded", text]


def test_limit_of_collected_results_is_caught() -> None:
    each = {"StartAt": "X", "States": {"X": passing(_text(LIMIT // 2))}}
    state = {"Type": "Map", "Items": [1, 2], "ItemProcessor": each, "Catch": [catcher("K")], "End": True}
    definition = machine(M=state, K=passing("{% $states.input.Error %}"))
    assert run(definition).output == "States.DataLimitExceeded"


def test_arguments_limit() -> None:
    result = run(machine(T=task("f", _text(LIMIT))), functions=Functions(f=lambda _: 1))
    assert result.error == "States.DataLimitExceeded"


@pytest.mark.parametrize(
    ("assign", "error"),
    [
        ({"a": LIMIT - 2}, None),
        ({"a": LIMIT - 1}, "States.DataLimitExceeded"),
        ({"a": LIMIT // 2, "b": LIMIT // 2}, "States.DataLimitExceeded"),
    ],
)
def test_variable_limits(assign: dict[str, int], error: str | None) -> None:
    definition = machine(A=passing(1, Assign={name: _text(size) for name, size in assign.items()}))
    assert run(definition).error == error


def test_limit_of_all_variables() -> None:
    states = {f"S{n}": passing(1, Assign={f"v{n}": _text(260_000)}, Next=f"S{n + 1}") for n in range(41)}
    assert run(machine(**states, S41=passing(1))).error == "States.DataLimitExceeded"
    states = {f"S{n}": passing(1, Assign={"v": _text(260_000)}, Next=f"S{n + 1}") for n in range(41)}
    assert run(machine(**states, S41=passing(1))).error is None


def test_history_has_the_shape_of_the_api() -> None:
    definition = machine(A=passing({"é": 1}, Assign={"x": [1]}))
    result = run(definition, {"in": 1})
    stamp = "2023-11-14T22:13:20.000Z"
    whole = {"truncated": False}
    assert result.history[1:] == [
        {
            "timestamp": stamp,
            "type": "PassStateEntered",
            "id": 2,
            "previousEventId": 0,
            "stateEnteredEventDetails": {"name": "A", "input": '{"in":1}', "inputDetails": whole},
        },
        {
            "timestamp": stamp,
            "type": "PassStateExited",
            "id": 3,
            "previousEventId": 2,
            "stateExitedEventDetails": {
                "name": "A",
                "output": '{"é":1}',
                "outputDetails": whole,
                "assignedVariables": {"x": "[1]"},
                "assignedVariablesDetails": whole,
            },
        },
        {
            "timestamp": stamp,
            "type": "ExecutionSucceeded",
            "id": 4,
            "previousEventId": 3,
            "executionSucceededEventDetails": {"output": '{"é":1}', "outputDetails": whole},
        },
    ]


def test_history_fits_the_service_model() -> None:
    import botocore.session

    shape = botocore.session.get_session().get_service_model("stepfunctions").shape_for("HistoryEvent")
    functions = Functions(f=lambda _: 1)
    inner = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "T"}, "T": task("f")}}
    definition = machine(
        M={"Type": "Map", "Items": [1, 2], "ItemProcessor": inner, "Next": "P"},
        P={"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": passing()}}], "Next": "E"},
        E=passing("{% $nope %}"),
    )
    for event in run(definition, functions=functions).history:
        assert event["type"] in shape.members["type"].enum
        for member, details in event.items():
            assert member in shape.members
            if member.endswith("EventDetails"):
                assert isinstance(details, dict)
                assert set(details) <= set(shape.members[member].members)


def test_events_are_told_as_they_happen() -> None:
    heard: list[Event] = []
    result = run(machine(A=passing()), on_event=heard.append)
    assert heard == result.history
    quiet: list[Event] = []
    assert run(machine(A=passing()), on_event=quiet.append, history=False).history == []
    assert len(quiet) == 4


def test_result_as_json() -> None:
    result = run(machine(A=passing({"a": 1})))
    assert json.loads(json.dumps(result.to_json())) == {
        "status": "SUCCEEDED",
        "output": {"a": 1},
        "error": None,
        "cause": None,
        "transitions": 1,
        "states": ["A"],
        "failed_state": None,
        "lambda_invocations": 0,
        "duration_s": 0.0,
    }


def test_large_values_that_are_passed_on_are_cheap() -> None:
    definition = machine(
        S=passing(
            Assign={"big": "{% $map([1..5000], function($i) { {'id': $i, 'name': 'item'} }) %}", "i": 0}, Next="C"
        ),
        C={"Type": "Choice", "Choices": [{"Condition": "{% $i >= 2000 %}", "Next": "E"}], "Default": "B"},
        B=passing(Assign={"i": "{% $i + $big[0].id %}"}, Next="C"),
        E={"Type": "Succeed", "Output": "{% $i %}"},
    )
    assert run_machine(definition, {}, clock=VirtualClock(0.0)).output == 2000


def test_transitions_count_every_state_entered() -> None:
    inner = {"StartAt": "X", "States": {"X": passing(Next="Y"), "Y": passing()}}
    definition = machine(M={"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": inner, "Next": "E"}, E=passing())
    result = run(definition)
    assert result.transitions == 1 + 3 * 2 + 1
    assert sorted(result.states) == ["E", "M", "X", "X", "X", "Y", "Y", "Y"]
    assert event_types(result).count("MapIterationSucceeded") == 3
