"""AWS as a scenario says it is: answers by operation, and a record of every call.

It works inside botocore, through its public events, so it serves whoever calls boto3: the program under CPython, its tasks, and
the engine's own calls for states. Nothing leaves the process.
"""

import contextlib
import copy
import io
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
from botocore.response import StreamingBody

from tests.support.http_server import HttpServer
from tests.workflows.scenario import SERVER, Answer, AwsError, Reply, Scenario, Stream

ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}


class NoAnswer(AssertionError):
    """The scenario does not say what AWS answers."""


@dataclass(slots=True)
class FakeAws:
    """What one run calls, and is answered."""

    scenario: Scenario
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    _asked: threading.local = field(default_factory=threading.local)
    address: str = SERVER

    @property
    def input(self) -> Any:
        """A copy of the scenario's input, with the address of its server."""
        return json.loads(json.dumps(self.scenario.input).replace(SERVER, self.address))

    def watch(self, session: botocore.session.Session) -> None:
        """Take over every call of the session's clients."""
        # Last, as boto3 makes up tokens and writes the attribute values of `Table` on the same occasion.
        session.get_component("event_emitter").register_last("before-parameter-build", self._record)
        session.register("before-call", self._answer)

    def _record(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._asked.params = _plain(params)  # answered in the same thread; other threads call the same operation
        self.calls.append((_operation(model), self._asked.params))

    def _answer(self, model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        operation = _operation(model)
        answer = self._next(operation)
        if callable(answer):
            answer = answer(self._asked.params)
        if isinstance(answer, AwsError):
            error = {"Error": {"Code": answer.code, "Message": answer.message}}
            return SimpleNamespace(status_code=answer.status, headers={}), {
                **error,
                "ResponseMetadata": _metadata(answer.status),
            }
        parsed = {name: _answered(value) for name, value in answer.items()}
        return SimpleNamespace(status_code=200, headers={}), {**parsed, "ResponseMetadata": _metadata(200)}

    def _next(self, operation: str) -> Answer:
        answers = self.scenario.answers.get(operation)
        if not answers:
            raise NoAnswer(f"the scenario {self.scenario.label!r} has no answer of {operation}")
        count = self.counts.get(operation, 0)
        self.counts[operation] = count + 1
        return answers[min(count, len(answers) - 1)]


@contextlib.contextmanager
def fake_aws(scenario: Scenario) -> Iterator[FakeAws]:
    """Put the scenario's AWS behind boto3's default session, and its variables into the environment."""
    fake = FakeAws(scenario)
    previous = boto3.DEFAULT_SESSION
    with environment({**ACCOUNT, **scenario.environ}), _served(fake):
        session = botocore.session.Session()
        fake.watch(session)
        boto3.setup_default_session(botocore_session=session)
        try:
            yield fake
        finally:
            boto3.DEFAULT_SESSION = previous


@contextlib.contextmanager
def _served(fake: FakeAws) -> Iterator[None]:
    """A server of this machine for what the program asks over HTTP."""
    replies = fake.scenario.answers.get("http", ())
    if not replies:
        yield
        return
    with HttpServer() as server:
        for reply in replies:
            assert isinstance(reply, Reply)
            server.answer(reply.body, status=reply.status)
        fake.address = server.url
        yield
        fake.calls.extend(
            (f"http.{asked.method}", {"path": asked.path, "body": json.loads(asked.body or "null")})
            for asked in server.requests
        )


@contextlib.contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _operation(model: Any) -> str:
    service = model.service_model.service_name
    return f"{service}.{model.name}"


def _metadata(status: int) -> dict[str, Any]:
    return {"RequestId": "00000000-0000-0000-0000-000000000000", "HTTPStatusCode": status, "RetryAttempts": 0}


def _answered(value: Any) -> Any:
    if isinstance(value, Stream):
        content = value.content.encode()
        return StreamingBody(io.BytesIO(content), len(content))
    return copy.deepcopy(value)  # boto3's `Table` writes into answers


def _plain(value: Any) -> Any:
    """Parameters in a form that compares: what botocore takes for the same is the same."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytearray):
        return bytes(value)
    return value
