"""`wait_for_callback` under CPython."""

import asyncio
import pickle
import threading
import time
from typing import Any

import pytest

from pysfnc import CallbackFailed, Retry, wait_for_callback
from pysfnc.lang import callbacks
from pysfnc.testing import answer, heartbeat, refuse


def later(seconds: float, act: Any, *args: Any) -> None:
    threading.Timer(seconds, act, args).start()


def test_it_blocks_until_somebody_answers() -> None:
    begun = time.monotonic()
    assert wait_for_callback(lambda token: later(0.1, answer, token, {"a": [1]})) == {"a": [1]}
    assert time.monotonic() - begun >= 0.1


def test_an_answer_may_come_before_submit_ends() -> None:
    assert wait_for_callback(lambda token: answer(token)) is None


def test_the_answer_is_a_copy() -> None:
    value = {"a": [1]}
    found = wait_for_callback(lambda token: answer(token, value))
    value["a"].append(2)
    assert found == {"a": [1]}


def test_a_refusal() -> None:
    with pytest.raises(CallbackFailed) as caught:
        wait_for_callback(lambda token: refuse(token, "Rejected", "no"))
    assert (caught.value.error, caught.value.cause, str(caught.value)) == ("Rejected", "no", "no")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.error, again.cause) == ("Rejected", "no")
    assert str(CallbackFailed()) == ""


def test_timeouts_and_heartbeats() -> None:
    with pytest.raises(TimeoutError):
        wait_for_callback(lambda token: None, timeout=1)
    with pytest.raises(TimeoutError):
        wait_for_callback(lambda token: None, timeout=10, heartbeat=1)

    def beating(token: str) -> None:
        later(0.7, heartbeat, token)
        later(1.4, answer, token, "done")

    assert wait_for_callback(beating, heartbeat=1) == "done"


def test_a_token_is_good_for_one_answer() -> None:
    tokens: list[str] = []

    def submit(token: str) -> None:
        tokens.append(token)
        answer(token, 1)

    assert wait_for_callback(submit) == 1
    for act in (answer, refuse, heartbeat):
        with pytest.raises(LookupError):
            act(tokens[0])
    for act in (lambda: callbacks.succeed(tokens[0], 1), lambda: callbacks.beat(tokens[0])):
        with pytest.raises(LookupError, match="Task Timed Out"):
            act()


def test_what_submit_raises_comes_out() -> None:
    def submit(_token: str) -> None:
        raise ValueError("no queue")

    with pytest.raises(ValueError, match="no queue"):
        wait_for_callback(submit)


def test_a_retry_has_a_new_token() -> None:
    tokens: list[str] = []

    def submit(token: str) -> None:
        tokens.append(token)
        refuse(token, "Busy") if len(tokens) < 3 else answer(token, "done")

    rule = Retry(on=(CallbackFailed,), interval=1, max_attempts=2, backoff=1.0)
    assert wait_for_callback(submit, retry=rule) == "done"
    assert len(set(tokens)) == 3


def test_it_is_awaited_on_an_event_loop() -> None:
    async def both() -> list[Any]:
        calls = (wait_for_callback(lambda token, n=n: later(0.1, answer, token, n)) for n in (1, 2))
        return list(await asyncio.gather(*calls))

    assert asyncio.run(both()) == [1, 2]


def test_wrong_options_are_refused_together() -> None:
    with pytest.raises(ValueError, match="2 reasons"):
        wait_for_callback(lambda token: None, timeout=0, retry="x")  # type: ignore[arg-type]


def test_clients_of_boto3_answer() -> None:
    import boto3

    client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    def submit(token: str) -> None:
        client.send_task_heartbeat(taskToken=token)
        client.send_task_success(taskToken=token, output='{"a": 1}')
        with pytest.raises(client.exceptions.TaskTimedOut, match="Task Timed Out"):
            client.send_task_failure(taskToken=token)

    assert wait_for_callback(submit) == {"a": 1}
    original = type(client)._make_api_call
    with pytest.raises(CallbackFailed, match="no"):
        wait_for_callback(lambda token: client.send_task_failure(taskToken=token, error="E", cause="no"))
    assert type(client)._make_api_call is original
