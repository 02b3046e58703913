"""What each kind of state does with data, variables and failures."""

from typing import Any

import pytest

from pysfnc.asl.finding import InvalidDefinition
from pysfnc.engine import EngineError, UnsupportedError
from tests.engine.machines import Functions, catcher, event_types, fails, flow, machine, passing, run, task

FRAME = "An error occurred while executing the state '{}' (entered at the event id #{}). "


def test_output_and_assign_read_the_same_old_values() -> None:
    definition = machine(
        A=passing(Assign={"a": 1, "b": 2}, Next="B"),
        B=passing(["{% $a %}", "{% $b %}"], Assign={"a": "{% $b %}", "b": "{% $a %}"}, Next="C"),
        C=passing({"before": "{% $states.input %}", "after": ["{% $a %}", "{% $b %}"]}),
    )
    assert run(definition).output == {"before": [1, 2], "after": [2, 1]}


def test_failed_assign_changes_nothing_and_can_be_caught() -> None:
    definition = machine(
        A=passing(Assign={"x": "old"}, Next="B"),
        B=task("f", Assign={"x": "new", "y": "{% $states.result.nope %}"}, Catch=[catcher("C")]),
        C=passing(["{% $x %}", "{% $states.input.Error %}"]),
    )
    assert run(definition, functions=Functions(f=lambda _: 1)).output == ["old", "States.QueryEvaluationError"]


def test_undefined_in_a_pass_ends_the_run() -> None:
    result = run(machine(A=passing({"a": [1, "{% $states.input.nope %}"]})))
    sentence = "The JSONata expression '$states.input.nope' specified for the field 'Output/a[1]' "
    assert result.cause == FRAME.format("A", 2) + sentence + "returned nothing (undefined)."
    assert (result.status, result.error, result.failed_state) == ("FAILED", "States.QueryEvaluationError", "A")


def test_key_of_an_object_constructor_may_be_undefined() -> None:
    assert run(machine(A=passing("{% {'a': $states.input.nope, 'b': null} %}"))).output == {"b": None}


def test_limit_of_aws_has_no_code_in_its_sentence() -> None:
    result = run(machine(A=passing("{% ($f := function($n) { 1 + $f($n) }; $f(1)) %}")))
    assert result.cause is not None
    assert "threw an error during evaluation: Stack overflow error: Check for non-terminating" in result.cause


def test_error_function_keeps_its_text() -> None:
    result = run(machine(A=passing("{% $error(\"KeyError: 'x'\") %}")))
    assert result.cause is not None
    assert result.cause.endswith("threw an error during evaluation. D3137: KeyError: 'x'")


@pytest.mark.parametrize(("value", "target"), [(5, "Big"), (1, "Small"), (0, "Zero")])
def test_choice_takes_the_first_true_rule(value: int, target: str) -> None:
    definition = machine(
        C={
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input > 3 %}", "Next": "Big", "Assign": {"rule": 0}, "Output": "big"},
                {"Condition": "{% $states.input > 0 %}", "Next": "Small", "Assign": {"rule": 1}},
            ],
            "Default": "Zero",
            "Assign": {"rule": "none"},
            "Output": "zero",
        },
        Big=passing(["Big", "{% $rule %}", "{% $states.input %}"]),
        Small=passing(["Small", "{% $rule %}", "{% $states.input %}"]),
        Zero=passing(["Zero", "{% $rule %}", "{% $states.input %}"]),
    )
    expected = {"Big": ["Big", 0, "big"], "Small": ["Small", 1, 1], "Zero": ["Zero", "none", "zero"]}
    assert run(definition, value).output == expected[target]


def _choice_without_default() -> dict[str, Any]:
    return {"Type": "Choice", "Choices": [{"Condition": "{% $states.input = 1 %}", "Next": "End"}]}


def test_choice_without_match() -> None:
    result = run(machine(C=_choice_without_default(), End={"Type": "Succeed"}), 2)
    text = "Failed to transition out of the state. The state does not point to a next state."
    assert (result.error, result.cause) == ("States.NoChoiceMatched", FRAME.format("C", 2) + text)


def test_enclosing_parallel_catches_what_a_choice_cannot() -> None:
    branch = flow(C=_choice_without_default(), End={"Type": "Succeed"})
    definition = machine(
        P={"Type": "Parallel", "Branches": [branch], "Catch": [catcher("K")], "End": True},
        K=passing("{% $states.input.Error %}"),
    )
    assert run(definition, 2).output == "States.NoChoiceMatched"


def test_condition_must_be_boolean() -> None:
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% 'yes' %}", "Next": "End"}], "Default": "End"}
    result = run(machine(C=choice, End={"Type": "Succeed"}))
    assert result.cause is not None
    assert result.cause.endswith(
        "The JSONata expression ''yes'' specified for the field 'Choices[0]/Condition' returned an unexpected result "
        "type. Expected 'boolean', but was 'string' for value: \"yes\""
    )


def test_fail_with_expressions() -> None:
    result = run(machine(F={"Type": "Fail", "Error": "{% $states.input.e %}", "Cause": "{% 'c' & 1 %}"}), {"e": "Mine"})
    assert (result.status, result.error, result.cause, result.failed_state) == ("FAILED", "Mine", "c1", "F")


def test_bare_fail_has_neither_error_nor_cause() -> None:
    result = run(machine(F={"Type": "Fail"}))
    assert (result.status, result.error, result.cause) == ("FAILED", None, None)


def test_succeed_with_output() -> None:
    assert run(machine(S={"Type": "Succeed", "Output": "{% $states.input.a %}"}), {"a": [1]}).output == [1]


def test_blank_outside_makes_a_literal() -> None:
    assert run(machine(A=passing(" {% 1 %}x"))).output == " {% 1 %}x"


def test_runtime_error_of_a_service_is_not_caught() -> None:
    bad = {**task("f", Catch=[catcher("K")]), "Arguments": {"Payload": 1}}
    result = run(machine(T=bad, K=passing()))
    assert (result.status, result.error) == ("FAILED", "States.Runtime")


def test_context_object() -> None:
    definition = machine(
        A=passing("{% $states.context %}", Next="B"), B=task("f", "{% $states.context.State %}", Next="C"), C=passing()
    )
    result = run(definition, {"x": 1}, Functions(f=lambda payload: payload), execution_name="exec")
    assert result.output == {"Name": "B", "EnteredTime": "2023-11-14T22:13:20.000Z", "RetryCount": 0}
    arn = "arn:aws:states:us-east-1:123456789012"
    output = run(machine(A=passing("{% $states.context %}")), {"x": 1}, execution_name="exec").output
    assert output == {
        "Execution": {
            "Id": f"{arn}:execution:StateMachine:exec",
            "Input": {"x": 1},
            "Name": "exec",
            "RoleArn": "arn:aws:iam::123456789012:role/StateMachineRole",
            "StartTime": "2023-11-14T22:13:20.000Z",
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": f"{arn}:stateMachine:StateMachine", "Name": "StateMachine"},
        "State": {"Name": "A", "EnteredTime": "2023-11-14T22:13:20.000Z"},
    }


def test_variables_may_be_given() -> None:
    assert run(machine(A=passing("{% $x + 1 %}")), variables={"x": 41}).output == 42


def test_variable_hides_the_function_of_its_name() -> None:
    definition = machine(A=passing(Assign={"count": 3}, Next="B"), B=passing("{% $count([1]) %}"))
    assert (run(definition).cause or "").endswith("T1006: Attempted to invoke a non-function")


def test_input_is_not_shared_with_functions() -> None:
    def change(payload: Any) -> object:
        payload["x"].append(99)
        return payload

    definition = machine(A=task("f", Output="{% $states.input %}"))
    assert run(definition, {"x": [1]}, Functions(f=change)).output == {"x": [1]}


def test_events_of_a_caught_failure() -> None:
    definition = machine(T=task("f", Catch=[catcher("K", "ValueError")]), K=passing())
    result = run(definition, functions=Functions(f=fails()))
    assert event_types(result) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskFailed",
        "TaskStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


@pytest.mark.parametrize("part", [{"Resource": "arn:aws:states:us-east-1:123456789012:activity:a"}])
def test_what_the_engine_lacks_is_said(part: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError, match=r"state 'T': .* is not supported by the local engine yet"):
        run(machine(T={"Type": "Task", "Arguments": {}, "End": True, **part}))


def test_task_without_a_service() -> None:
    with pytest.raises(EngineError, match="state 'T': no service answers arn:aws:states:::sqs:sendMessage"):
        run(machine(T={"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}))


@pytest.mark.parametrize("definition", [[], 3, None, "text", {"StartAt": "A"}, {}])
def test_no_definition(definition: Any) -> None:
    with pytest.raises(InvalidDefinition):
        run(definition)


@pytest.mark.parametrize("value", [float("nan"), object(), {"x": {1, 2}}])
def test_input_that_is_no_json(value: object) -> None:
    with pytest.raises(EngineError, match="the input is not JSON"):
        run(machine(A=passing()), value)
