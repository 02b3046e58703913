"""Tokens: who answers them, what becomes of them, and what time it is meanwhile."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pysfnc.engine import (
    ApiError,
    Listener,
    Pending,
    RunResult,
    StepFunctionsApi,
    TaskCall,
    Unanswered,
    VirtualClock,
    Waiting,
    run_machine,
)
from tests.engine.machines import catcher, event_types, flow, machine, passing

RESOURCE = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


class Queue:
    """A service that takes messages and answers nothing."""

    blocking = False

    def __init__(self) -> None:
        self.calls: list[TaskCall] = []

    def call(self, call: TaskCall) -> object:
        self.calls.append(call)
        return Pending({"MessageId": "m"})


class Answering(Listener):
    """Answers each waiting task as soon as nothing else goes on."""

    def __init__(self, answer: Callable[[StepFunctionsApi, Waiting], bool]) -> None:
        self.api: StepFunctionsApi | None = None
        self.answer = answer
        self.seen: list[Waiting] = []

    def started(self, api: StepFunctionsApi) -> None:
        self.api = api

    def waiting(self, waiting: Waiting) -> None:
        self.seen.append(waiting)

    def idle(self) -> bool:
        assert self.api is not None
        waiting = self.api.waiting()
        return bool(waiting) and self.answer(self.api, waiting[0])


def asking(name: str = "T", **fields: Any) -> dict[str, Any]:
    arguments = {"QueueUrl": "q", "MessageBody": {"token": "{% $states.context.Task.Token %}"}}
    state = {"Type": "Task", "Resource": RESOURCE, "Arguments": arguments, **fields}
    return state if "Next" in fields else {**state, "End": True}


def succeed(value: Any) -> Callable[[StepFunctionsApi, Waiting], bool]:
    def answer(api: StepFunctionsApi, waiting: Waiting) -> bool:
        api.call("send_task_success", {"taskToken": waiting.token, "output": json.dumps(value)})
        return True

    return answer


def run(definition: dict[str, Any], listener: Listener | None = None, **more: Any) -> RunResult:
    return run_machine(definition, {}, tasks=Queue(), listener=listener, seed=1, **more)


def test_an_answer_is_the_result() -> None:
    listener = Answering(succeed({"approved": True}))
    result = run(machine(T=asking(Output="{% $states.result.approved %}")), listener)
    assert result.output is True
    assert event_types(result) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert [(seen.state, seen.resource) for seen in listener.seen] == [("T", RESOURCE)]
    assert listener.seen[0].arguments == {"QueueUrl": "q", "MessageBody": {"token": listener.seen[0].token}}


def test_a_refusal_is_an_error_that_can_be_caught() -> None:
    def refuse(api: StepFunctionsApi, waiting: Waiting) -> bool:
        api.call("send_task_failure", {"taskToken": waiting.token, "error": "Declined", "cause": "no"})
        return True

    result = run(
        machine(T=asking(Catch=[catcher("K", "Declined", Output="{% $states.errorOutput %}")]), K=passing()),
        Answering(refuse),
    )
    assert result.output == {"Error": "Declined", "Cause": "no"}


def test_a_bare_refusal_has_neither_error_nor_cause() -> None:
    def refuse(api: StepFunctionsApi, waiting: Waiting) -> bool:
        api.call("send_task_failure", {"taskToken": waiting.token})
        return True

    result = run(
        machine(T=asking(Catch=[catcher("K", Output="{% $states.errorOutput %}")]), K=passing()), Answering(refuse)
    )
    assert result.output == {"Error": None, "Cause": None}


def test_nobody_answers_before_the_timeout() -> None:
    result = run(machine(T=asking(TimeoutSeconds=600)))
    assert (result.error, result.cause, result.duration_s) == ("States.Timeout", None, 600)
    assert event_types(result)[-2:] == ["TaskTimedOut", "ExecutionFailed"]


def test_nobody_ever_answers() -> None:
    with pytest.raises(Unanswered, match="waits for an answer that nobody gives"):
        run(machine(T=asking()))


def test_a_lost_heartbeat_ends_the_task() -> None:
    assert run(machine(T=asking(TimeoutSeconds=600, HeartbeatSeconds=5))).duration_s == 5


def test_heartbeats_keep_it_waiting() -> None:
    clock = VirtualClock(0.0)
    beats: list[float] = []

    def beat(api: StepFunctionsApi, waiting: Waiting) -> bool:
        if len(beats) == 3:
            return False
        if beats and clock.now() == beats[-1]:
            clock.advance(clock.now() + 4)
        beats.append(clock.now())
        api.call("send_task_heartbeat", {"taskToken": waiting.token})
        return True

    result = run(machine(T=asking(TimeoutSeconds=600, HeartbeatSeconds=5)), Answering(beat), clock=clock)
    assert beats == [0, 4, 8]
    assert result.duration_s == 13


def test_a_token_is_good_for_one_answer() -> None:
    said: list[str] = []

    def answer(api: StepFunctionsApi, waiting: Waiting) -> bool:
        given = {"taskToken": waiting.token, "output": "1"}
        api.call("send_task_success", given)
        for method, arguments in (
            ("send_task_success", given),
            ("send_task_failure", {"taskToken": waiting.token}),
            ("send_task_heartbeat", {"taskToken": waiting.token}),
            ("send_task_success", {"taskToken": "made up", "output": "1"}),
        ):
            with pytest.raises(ApiError) as raised:
                api.call(method, arguments)
            said.append(f"{raised.value.code}: {raised.value.message}")
        return True

    assert run(machine(T=asking()), Answering(answer)).output == 1
    late = "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'"
    assert said == [late, late, late, "InvalidToken: Invalid Token: 'Invalid token'"]


def test_a_retry_has_a_token_of_its_own() -> None:
    tokens: list[str] = []

    def answer(api: StepFunctionsApi, waiting: Waiting) -> bool:
        tokens.append(waiting.token)
        if len(tokens) == 1:
            api.call("send_task_failure", {"taskToken": waiting.token, "error": "Again"})
        else:
            with pytest.raises(ApiError, match="TaskTimedOut"):
                api.call("send_task_success", {"taskToken": tokens[0], "output": "1"})
            api.call("send_task_success", {"taskToken": waiting.token, "output": "2"})
        return True

    retry = [{"ErrorEquals": ["Again"], "IntervalSeconds": 1}]
    assert run(machine(T=asking(Retry=retry)), Answering(answer)).output == 2
    assert len(set(tokens)) == 2


def test_an_answer_that_is_no_json_is_refused() -> None:
    def answer(api: StepFunctionsApi, waiting: Waiting) -> bool:
        with pytest.raises(ApiError, match="InvalidOutput"):
            api.call("send_task_success", {"taskToken": waiting.token, "output": "{"})
        return succeed(3)(api, waiting)

    assert run(machine(T=asking()), Answering(answer)).output == 3


def test_branches_wait_for_tokens_of_their_own() -> None:
    branches = [
        {"StartAt": name, "States": {name: asking(Output={"n": name, "v": "{% $states.result %}"})}} for name in "AB"
    ]

    def answer(api: StepFunctionsApi, waiting: Waiting) -> bool:
        # the last one first
        last = api.waiting()[-1]
        return succeed(last.state)(api, last)

    result = run(machine(P={"Type": "Parallel", "Branches": branches, "End": True}), Answering(answer))
    assert result.output == [{"n": "A", "v": "A"}, {"n": "B", "v": "B"}]


def test_an_answer_from_another_thread() -> None:
    class Threaded(Listener):
        def started(self, api: StepFunctionsApi) -> None:
            self.api = api

        def waiting(self, waiting: Waiting) -> None:
            given = {"taskToken": waiting.token, "output": '"from outside"'}
            threading.Thread(target=lambda: self.api.call("send_task_success", given)).start()

    assert run(machine(T=asking(TimeoutSeconds=20)), Threaded(), real_time=True).output == "from outside"


def test_a_failing_sibling_ends_the_waiting() -> None:
    class Late(Answering):
        def idle(self) -> bool:
            return False

    listener = Late(succeed(1))
    failing = flow(W={"Type": "Wait", "Seconds": 1, "Next": "F"}, F={"Type": "Fail", "Error": "E"})
    waits = {"StartAt": "T", "States": {"T": asking()}}
    after = {"Type": "Wait", "Seconds": 1, "End": True}
    definition = machine(
        P={"Type": "Parallel", "Branches": [waits, failing], "Catch": [catcher("K")], "Next": "K"}, K=after
    )
    assert run(definition, listener).status == "SUCCEEDED"
    assert listener.api is not None and listener.api.waiting() == []
    with pytest.raises(ApiError) as raised:
        listener.api.call("send_task_success", {"taskToken": listener.seen[0].token, "output": "1"})
    assert raised.value.code == "TaskTimedOut"
