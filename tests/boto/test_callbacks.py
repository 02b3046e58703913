"""`wait_for_callback`: what is answered comes back, in both forms."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pysfnc.testing import answer, heartbeat, refuse
from tests.boto.harness import Judged, judge
from tests.boto.test_programs import URL, queue
from tests.support.oracle import Rejected

Act = Callable[[str], object]

PROGRAM = """
    import asyncio
    import json
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import CallbackFailed, Retry, task, wait_for_callback, workflow

    sqs = boto3.client("sqs")
    db = boto3.client("dynamodb")

    def ask(token: str, url: str, who: str) -> None:
        body = {"who": who}
        body["token"] = token
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body, separators=(",", ":")))

    @workflow
    def approve(url: str, who: str):
        try:
            found = wait_for_callback(lambda token: ask(token, url, who), timeout=3600, heartbeat=60)
        except CallbackFailed as e:
            return ["failed", e.error, e.cause, str(e)]
        except TimeoutError:
            return "late"
        except ClientError as e:
            return e.response["Error"]["Message"]
        return ["answered", found]

    @workflow
    def uncaught(url: str):
        return wait_for_callback(lambda token: ask(token, url, "me"), timeout=10)["a"]["b"]

    @workflow
    def again(url: str):
        return wait_for_callback(
            lambda token: ask(token, url, "me"), timeout=10, retry=Retry(on=(TimeoutError,), max_attempts=2)
        )

    @workflow
    async def waiting(url: str):
        first = await wait_for_callback(lambda token: ask(token, url, "me"))
        return [first, await wait_for_callback(lambda token: ask(token, url, "you"))]

    @workflow
    def within(url: str, seconds: int, beat: int):
        try:
            return wait_for_callback(lambda token: ask(token, url, "me"), timeout=seconds * 60, heartbeat=beat)
        except TimeoutError:
            return "late"
        except ValueError as e:
            return str(e)

    @task
    def tell(token: str, n: int) -> None:
        if n < 0:
            raise ValueError("too small")
        boto3.client("stepfunctions").send_task_success(taskToken=token, output=json.dumps({"n": n + 1}))

    @workflow
    def by_task(n: int):
        try:
            return wait_for_callback(lambda token: tell(token, n))["n"]
        except ValueError as e:
            return str(e)
    """


def asked(act: Act, times: int = 1) -> dict[str, list[Any]]:
    """A queue whose messages are acted on by their tokens."""

    def send(params: Any) -> dict[str, str]:
        act(json.loads(params["MessageBody"])["token"])
        return {"MessageId": "m", "MD5OfMessageBody": "x"}

    return {"sqs.SendMessage": [send] * times}


def judged(workflow: str, act: Act, times: int = 1, **input: Any) -> Judged:
    return judge(PROGRAM, {"url": URL, **input}, setup=queue, answers=asked(act, times), workflow=workflow, tokens=True)


@pytest.mark.parametrize("value", [None, True, 5, "text", {"a": [1]}, []])
def test_the_answer_is_the_value(value: Any) -> None:
    assert judged("approve", lambda token: answer(token, value), who="me").output == ["answered", value]


@pytest.mark.parametrize(("error", "cause"), [("Rejected", "too large"), ("Rejected", None), (None, None)])
def test_a_refusal_is_an_exception(error: str | None, cause: str | None) -> None:
    found = judged("approve", lambda token: refuse(token, error, cause), who="me")
    assert found.output == ["failed", error, cause, cause or ""]


def test_nobody_answers() -> None:
    assert judged("approve", lambda token: None, who="me").output == "late"
    assert judged("approve", heartbeat, who="me").output == "late"


def test_an_error_of_the_call_is_one_of_aws() -> None:
    found = judge(PROGRAM, {"url": URL, "who": "me"}, workflow="approve", tokens=True)
    assert found.output == "The specified queue does not exist."


def test_failures_that_nobody_catches() -> None:
    found = judged("uncaught", lambda token: refuse(token, "Rejected", "no"))
    assert (found.error, found.cause) == ("CallbackFailed", "no")
    assert judged("uncaught", lambda token: None).error == "TimeoutError"
    assert judged("uncaught", lambda token: answer(token, {})).error == "KeyError"


def test_a_wait_is_tried_again() -> None:
    turns: list[str] = []

    def third(token: str) -> None:
        turns.append(token)
        if len(turns) % 3 == 0:
            answer(token, "now")

    found = judged("again", third, 3)
    assert (found.output, len(found.calls)) == ("now", 3)


def test_async_workflows_await() -> None:
    assert judged("waiting", lambda token: answer(token, 1), 2).output == [1, 1]


def test_a_task_gets_the_token() -> None:
    # In the machine the function of the test is at the place of AWS; in Python the call does not leave the process.
    sent = {"stepfunctions.SendTaskSuccess": [lambda params: answer(params["taskToken"], json.loads(params["output"]))]}
    assert judge(PROGRAM, {"n": 4}, workflow="by_task", answers=sent, tokens=True, calls=False).output == 5
    assert judge(PROGRAM, {"n": -1}, workflow="by_task", tokens=True, calls=False).output == "too small"


def test_limits_that_are_known_when_the_machine_runs() -> None:
    assert judged("within", lambda token: answer(token, 3), seconds=2, beat=9).output == 3
    assert judged("within", lambda token: None, seconds=2, beat=9).output == "late"
    found = judged("within", lambda token: answer(token, 3), seconds=1, beat=60)
    assert found.output == "wait_for_callback is invalid: heartbeat (60) must be smaller than timeout (60)"


SUBMITS = """
    import json
    import boto3
    from pysfnc import wait_for_callback, workflow

    sqs = boto3.client("sqs")

    def send(body: dict, url: str):
        return sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body, separators=(",", ":")))

    @workflow
    def main(url: str, found: dict):
        seen = []
        n = 1

        def submit(token: str):
            nonlocal n
            {body}

        try:
            return [wait_for_callback(submit), seen, n]
        except LookupError as e:
            return [str(e), seen, n]
    """


def submitted(*lines: str, found: Any = None) -> Judged:
    """A `submit` of these lines, whose token is answered with 1."""
    source = SUBMITS.replace("{body}", "\n            ".join(lines))
    given = {"url": URL, "found": found or {"a": 5}}
    return judge(source, given, setup=queue, answers=asked(lambda token: answer(token, 1)), tokens=True)


@pytest.mark.parametrize(
    ("lines", "output"),
    [
        (["seen.append(n)", "n += 1", 'send({"token": token}, url)'], [1, [1], 2]),
        (['kept = send({"token": token}, url)', "other = kept", "return other"], [1, [], 1]),
        (['body = {"a": n}', "n = 7", 'body["token"] = token', "send(body, url)", "return None"], [1, [], 7]),
        (['body = {"token": token, "a": found["b"]}', "seen.append(1)", "send(body, url)"], ["'b'", [], 1]),
        (['body = {"token": token, "a": found["b"]}', 'n = found["c"]', "send(body, url)"], ["'b'", [], 1]),
    ],
)
def test_what_submit_does_beside_its_call(lines: list[str], output: Any) -> None:
    assert submitted(*lines).output == output


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (['send({"token": token}, url)', "seen.append(1)"], "it changes `seen` behind the call"),
        (['send({"token": token}, url)', "n += 1"], "it changes `n` behind the call"),
        (['send({"token": token}, url)', 'raise LookupError("no")'], "it goes on behind the call"),
        (['send({"token": token}, url)', "if n:", '    raise LookupError("no")'], "it goes on behind the call"),
        (['seen.append(send({"token": token}, url)["MessageId"])'], "it reads what the call answers"),
        (["seen.append(token)", 'send({"token": token}, url)'], "it keeps the token in `seen`"),
        (
            ['body = {"token": token, "n": n}', "n = 2", "send(body, url)"],
            "it assigns again what stands beside the token",
        ),
    ],
)
def test_what_submit_may_not_do(lines: list[str], problem: str) -> None:
    with pytest.raises(Rejected) as refused:
        submitted(*lines)
    assert problem in str(refused.value)
