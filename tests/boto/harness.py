"""Runs programs that call AWS in both forms, each against a mock of AWS of its own, and compares outcome and calls.

Calls are recorded as botocore makes them: service, operation and parameters. An error of AWS that nobody catches has AWS's name in the machine and
that of its class in Python, so that both are compared by class and message.
"""

import contextlib
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

from pysfnc.aws.optimised import Optimised, optimised_named
from pysfnc.aws.services import Operation, service_of_asl
from pysfnc.aws.shapes import Naming
from pysfnc.aws.translate import RefusedArguments, answer_to_asl, arguments_to_boto
from pysfnc.engine import TaskCall, TaskFailure
from tests.support.oracle import evaluator, run_compiled, run_python
from tests.support.outcome import Outcome, same_json

REGION = "us-east-1"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}
Setup = Callable[[], None]
Answer = Callable[[str, Mapping[str, Any]], Any]


def client(name: str) -> Any:
    """A client of the mock, for setting things up."""
    return boto3.client(name, region_name=REGION)  # type: ignore[call-overload]


@dataclass(slots=True)
class World:
    """One mock of AWS: what was called, and answers that take the place of moto's."""

    answers: dict[str, list[Any]] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def call(self, call: TaskCall) -> object:
        """See `TaskService.call`."""
        operation, naming, entry = _operation(call)
        given = dict(call.arguments)  # type: ignore[call-overload]
        for name in entry.json_arguments if entry else ():
            if name in given and not isinstance(given[name], str):
                given[name] = json.dumps(given[name], separators=(",", ":"), ensure_ascii=False)
        try:
            arguments = arguments_to_boto(operation.input, given, naming)
        except RefusedArguments as refused:
            raise TaskFailure("States.Runtime", str(refused)) from None
        try:
            answer = getattr(client(operation.service.name), operation.method)(**arguments)
        except ClientError as error:
            raise _failure(operation, entry, error) from None
        result = answer_to_asl(operation.output, answer, naming)
        return {**result, "SdkHttpMetadata": {"HttpStatusCode": 200}} if entry else result

    @property
    def blocking(self) -> bool:
        """Answers come at once."""
        return False


def _operation(call: TaskCall) -> tuple[Operation, Naming, Optimised | None]:
    if call.service.startswith("aws-sdk:"):
        return service_of_asl(call.service.removeprefix("aws-sdk:")).of_action(call.action), "sdk", None
    entry = optimised_named(call.service, call.action)
    assert entry is not None, call.resource
    return entry.operation, "api", entry


def _failure(operation: Operation, entry: Optimised | None, error: ClientError) -> TaskFailure:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if type(error) is not ClientError:
        code = operation.service.errors[type(error).__name__].code
    if entry is not None:
        return TaskFailure(
            entry.asl_error(code),
            f"{message} (Service: {entry.exception_service}; Status Code: 400; Error Code: {code}; Request ID: r; Proxy: null)",
        )
    name = operation.service.asl_error(code)
    return TaskFailure(name, f"{message} (Service: {operation.service.error_prefix}, Status Code: 400, Request ID: r)")


@contextlib.contextmanager
def world(setup: Setup | None, answers: Mapping[str, list[Any]]) -> Iterator[World]:
    """A fresh mock, set up."""
    with mock_aws(), _stubbed(answers) as made:
        if setup is not None:
            setup()
        made.calls.clear()
        yield made


@contextlib.contextmanager
def _stubbed(answers: Mapping[str, list[Any]]) -> Iterator[World]:
    """Records calls of every client made meanwhile; `answers` of an operation (`batch.DescribeJobs`) come before moto's."""
    import botocore.client

    made = World({name: list(given) for name, given in answers.items()})
    original = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, params: Any) -> Any:
        name = f"{self.meta.service_model.service_name}.{operation}"
        made.calls.append((name, json.loads(json.dumps(params, default=_text))))
        waiting = made.answers.get(name)
        if not waiting:
            return original(self, operation, params)
        answer = waiting.pop(0)
        if isinstance(answer, str):
            code, _, message = answer.partition(": ")
            error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise self.exceptions.from_code(code)(error, operation)
        return answer() if callable(answer) else {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

    botocore.client.BaseClient._make_api_call = call  # type: ignore[method-assign]
    try:
        yield made
    finally:
        botocore.client.BaseClient._make_api_call = original  # type: ignore[method-assign]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@dataclass(frozen=True, slots=True)
class Judged:
    """What both forms agree on, and what only the machine has."""

    output: Any
    error: str | None
    cause: str | None
    calls: tuple[tuple[str, Any], ...]
    transitions: int

    @property
    def names(self) -> list[str]:
        """The operations called, in order."""
        return [name for name, _ in self.calls]


def judge(
    source: str,
    input: Any = None,
    *,
    setup: Setup | None = None,
    answers: Mapping[str, list[Any]] | None = None,
    workflow: str | None = None,
    environment: Mapping[str, str] | None = None,
    engines: tuple[str, ...] = ("jlens", "node"),
) -> Judged:
    """Run a program in every form; an AssertionError if they disagree."""
    text = textwrap.dedent(source)
    given = {} if input is None else input
    values = {**ENVIRONMENT, **(environment or {})}
    with world(setup, answers or {}) as python:
        expected = _compared(run_python(text, given, workflow, environment=values), in_python=True)
    transitions = 0
    for optimize, engine in ((0, engines[0]), *((1, engine) for engine in engines)):
        with world(setup, answers or {}) as machine:
            outcome = run_compiled(
                text, given, optimize, evaluator(engine), workflow, environment=values, services=machine
            )
        found = _compared(outcome, in_python=False)
        where = f"at -O{optimize} on {engine}"
        assert found[1:] == expected[1:], f"{where}: {found} instead of {expected}"
        assert same_json(found[0], expected[0]), f"{where}: {found} instead of {expected}"
        assert machine.calls == python.calls, f"{where}: {machine.calls} instead of {python.calls}"
        transitions = outcome.transitions or 0
    return Judged(*expected, tuple(python.calls), transitions)


def _compared(outcome: Outcome, *, in_python: bool) -> tuple[Any, str | None, str | None]:
    error, cause = outcome.error, outcome.cause
    if error is not None and not in_python and "." in error and not error.startswith("States."):
        error = error.partition(".")[2]
    if cause is not None and cause.startswith("An error occurred ("):
        code, _, message = cause.removeprefix("An error occurred (").partition(") when calling the ")
        error, cause = _class(error or "", code), message.partition(" operation: ")[2]
    elif cause is not None:
        cause = cause.partition(" (Service: ")[0]
    return outcome.output, _class(error, "") if error else None, cause


def _class(name: str, _code: str) -> str:
    """Names of the same class look alike without the ending that Java gives them."""
    return name.removesuffix("Exception").removesuffix("Fault")
