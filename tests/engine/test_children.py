"""Executions that start executions."""

import json
from typing import Any

from pysfnc.engine import Listener, Machine, RunResult, StepFunctionsApi, VirtualClock
from tests.engine.machines import catcher, event_types, machine, passing

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"


def starting(pattern: str, child: str = "Child", **fields: Any) -> dict[str, Any]:
    resource = f"arn:aws:states:::states:startExecution{pattern}"
    arguments = {"StateMachineArn": ARN + child, "Input": {"n": 1}, "Name": "it"}
    return {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True, **fields}


def run(
    parent: dict[str, Any], listener: Listener | None = None, clock: VirtualClock | None = None, **children: Any
) -> RunResult:
    machines = {
        name: Machine(child, name=name, type="EXPRESS" if name.startswith("Express") else "STANDARD")
        for name, child in children.items()
    }
    return Machine(machine(**parent), name="Parent").run(
        {}, machines=machines, seed=3, listener=listener, clock=clock or VirtualClock(1_700_000_000.0)
    )


FAILING = machine(F={"Type": "Fail", "Error": "Broken", "Cause": "why"})


def test_sync_2_gives_the_output_as_a_value() -> None:
    result = run({"T": starting(".sync:2")}, Child=machine(A=passing("{% $states.input.n + 1 %}")))
    assert result.output == {
        "ExecutionArn": "arn:aws:states:us-east-1:123456789012:execution:Child:it",
        "Input": {"n": 1},
        "InputDetails": {"Included": True},
        "Name": "it",
        "Output": 2,
        "OutputDetails": {"Included": True},
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        "StartDate": 1_700_000_000_000,
        "StateMachineArn": ARN + "Child",
        "Status": "SUCCEEDED",
        "StopDate": 1_700_000_000_000,
    }
    assert "TaskSubmitted" in event_types(result)


def test_sync_gives_it_as_text() -> None:
    result = run({"T": starting(".sync")}, Child=machine(A=passing("{% $states.input.n + 1 %}")))
    assert isinstance(result.output, dict)
    assert (result.output["Input"], result.output["Output"]) == ('{"n":1}', "2")


def test_a_failing_child_fails_the_task() -> None:
    result = run({"T": starting(".sync:2")}, Child=FAILING)
    assert result.error == "States.TaskFailed"
    assert result.cause is not None
    cause = json.loads(result.cause)
    assert list(cause) == [
        "Cause", "Error", "ExecutionArn", "Input", "InputDetails", "Name", "StartDate", "StateMachineArn", "Status",
        "StopDate",
    ]  # fmt: skip
    assert (cause["Error"], cause["Cause"], cause["Status"]) == ("Broken", "why", "FAILED")


def test_a_child_that_takes_too_long() -> None:
    waiting = machine(W={"Type": "Wait", "Seconds": 100, "End": True})
    own = run({"T": starting(".sync:2")}, Child={**waiting, "TimeoutSeconds": 60})
    assert (own.error, json.loads(own.cause or "")["Status"], own.duration_s) == ("States.TaskFailed", "TIMED_OUT", 60)
    outer = run({"T": starting(".sync:2", TimeoutSeconds=30)}, Child=waiting)
    assert (outer.error, outer.duration_s) == ("States.Timeout", 30)


def test_start_and_go_on() -> None:
    seen: list[StepFunctionsApi] = []

    class Looking(Listener):
        def started(self, api: StepFunctionsApi) -> None:
            seen.append(api)

    child = machine(W={"Type": "Wait", "Seconds": 100, "Next": "A"}, A=passing("{% $states.input.n %}"))
    result = run({"T": starting("", Output="{% $states.result.ExecutionArn %}")}, Looking(), Child=child)
    assert result.duration_s == 0
    described = seen[0].call("describe_execution", {"executionArn": result.output})
    assert (described["status"], described["output"]) == ("SUCCEEDED", "1")
    assert (described["stopDate"] - described["startDate"]).total_seconds() == 100


def test_a_name_can_be_used_once() -> None:
    twice = {"A": starting(".sync:2", Next="B"), "B": starting(".sync:2")}
    del twice["A"]["End"]
    result = run(twice, Child=machine(A=passing()))
    assert result.error == "StepFunctions.ExecutionAlreadyExistsException"
    assert (result.cause or "").startswith(
        "Execution Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:Child:it' "
        "(Service: AWSStepFunctions; Status Code: 400; Error Code: ExecutionAlreadyExists; Request ID: "
    )


def test_an_express_child_answers_at_once() -> None:
    arguments = {"StateMachineArn": ARN + "Express", "Input": "{% $string({'n': 4}) %}"}
    call = {
        "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:startSyncExecution", "Arguments": arguments,
        "End": True,
    }  # fmt: skip
    child = machine(W={"Type": "Wait", "Seconds": 2, "Next": "A"}, A=passing("{% $states.input.n %}"))
    result = run({"T": call}, Express=child)
    assert isinstance(result.output, dict)
    assert (result.output["Status"], result.output["Output"], result.duration_s) == ("SUCCEEDED", "4", 2)
    failed = run({"T": call}, Express=FAILING)
    assert isinstance(failed.output, dict)
    assert (failed.output["Status"], failed.output["Error"], failed.output["Cause"]) == ("FAILED", "Broken", "why")
    assert "TaskSubmitted" not in event_types(failed)


def test_a_machine_answers_a_token_of_another() -> None:
    """The child waits for a token, which the parent learns from it and answers."""
    child = machine(
        T={
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.waitForTaskToken",
            "Arguments": {"StateMachineArn": ARN + "Answers", "Input": {"token": "{% $states.context.Task.Token %}"}},
            "End": True,
        }
    )
    answering = machine(
        S={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
            "Arguments": {"TaskToken": "{% $states.input.token %}", "Output": {"ok": True}},
            "End": True,
        }
    )
    result = run({"T": starting(".sync:2", Output="{% $states.result.Output %}")}, Child=child, Answers=answering)
    assert result.output == {"ok": True}


def test_an_unknown_token_is_an_error_of_the_sdk() -> None:
    call = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
        "Arguments": {"TaskToken": "NoSuchTaskToken", "Output": "1"},
        "End": True,
    }
    result = run({"T": call})
    assert result.error == "Sfn.InvalidTokenException"
    assert (result.cause or "").startswith(
        "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: "
    )


def test_a_failing_sibling_stops_the_child() -> None:
    seen: list[StepFunctionsApi] = []

    class Looking(Listener):
        def started(self, api: StepFunctionsApi) -> None:
            seen.append(api)

    waits = {"StartAt": "T", "States": {"T": starting(".sync:2")}}
    fails = {
        "StartAt": "W",
        "States": {"W": {"Type": "Wait", "Seconds": 5, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}},
    }
    parent = {
        "P": {"Type": "Parallel", "Branches": [waits, fails], "Catch": [catcher("K")], "Next": "K"},
        "K": passing(),
    }
    child = machine(W={"Type": "Wait", "Seconds": 100, "End": True})
    result = run(parent, Looking(), Child=child)
    assert (result.status, result.duration_s) == ("SUCCEEDED", 5)
    [listed] = seen[0].call("list_executions", {"stateMachineArn": ARN + "Child"})["executions"]
    assert listed["status"] == "ABORTED"


def test_arguments_that_the_integration_does_not_have() -> None:
    call = starting(".sync:2")
    call["Arguments"]["Color"] = "red"
    result = run({"T": call}, Child=machine(A=passing()))
    assert result.error == "States.Runtime"
    assert '[The field "Color" is not supported by Step Functions]' in (result.cause or "")
