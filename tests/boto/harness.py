"""Runs programs that call AWS in both forms, each against a mock of AWS of its own, and compares outcome and calls.

Calls are recorded as botocore makes them: service, operation and parameters. An error of AWS that nobody catches has AWS's name in the machine and
that of its class in Python, so that both are compared by class and message.
"""

import contextlib
import copy
import functools
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.core.model_instances import reset_model_data
from moto.core.models import MockAWS, botocore_stubber

from pysfnc.engine import LambdaService
from pysfnc.services import MotoBackend, World
from tests.support.oracle import evaluator, run_compiled, run_python
from tests.support.outcome import Outcome, same_json

REGION = "us-east-1"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}
Setup = Callable[[], None]
Answer = Callable[[str, Mapping[str, Any]], Any]


@functools.cache
def client(name: str) -> Any:
    """A client of whichever mock there is, for setting things up."""
    return boto3.client(name, region_name=REGION)  # type: ignore[call-overload]


@dataclass(slots=True)
class Mock:
    """One mock of AWS: what was called, and answers that take the place of moto's."""

    answers: dict[str, list[Any]] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def services(self, functions: LambdaService) -> World:
        """What answers the tasks of a machine."""
        return World(functions, lambda: MotoBackend(None))


@contextlib.contextmanager
def world(setup: Setup | None, answers: Mapping[str, list[Any]]) -> Iterator[Mock]:
    """A fresh mock, set up."""
    with _moto(), _stubbed(answers) as made:
        if setup is not None:
            setup()
        made.calls.clear()
        yield made


def _moto() -> MockAWS:
    """moto for boto3 alone: what it sets up for other libraries costs more than a whole run."""
    mock = MockAWS()

    def enable(reset: bool = True) -> None:
        botocore_stubber.enabled = True
        mock.reset()

    def disable(remove_data: bool) -> None:
        botocore_stubber.enabled = False
        mock.reset()
        reset_model_data()

    mock._enable_patching, mock._disable_patching = enable, disable  # type: ignore[method-assign]
    return mock


@contextlib.contextmanager
def _stubbed(answers: Mapping[str, list[Any]]) -> Iterator[Mock]:
    """Records calls of every client made meanwhile; `answers` of an operation (`batch.DescribeJobs`) come before moto's."""
    import botocore.client

    made = Mock({name: list(given) for name, given in answers.items()})
    original = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, params: Any) -> Any:
        name = f"{self.meta.service_model.service_name}.{operation}"
        made.calls.append((name, json.loads(json.dumps(_sent(self, operation, params), default=_text))))
        waiting = made.answers.get(name)
        if not waiting:
            return original(self, operation, params)
        answer = waiting.pop(0)
        if isinstance(answer, str):
            code, _, message = answer.partition(": ")
            error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise self.exceptions.from_code(code)(error, operation)
        if callable(answer):
            answer = answer(params) or {}
        return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

    botocore.client.BaseClient._make_api_call = call  # type: ignore[method-assign]
    try:
        yield made
    finally:
        botocore.client.BaseClient._make_api_call = original  # type: ignore[method-assign]


def _sent(client: Any, operation: str, params: Any) -> Any:
    """The parameters; of a table of a resource, with the attribute values and texts that boto3 makes of them."""
    if client.meta.service_model.service_name != "dynamodb":
        return params
    model = client.meta.service_model.operation_model(operation)
    made = _in_order(client._emit_api_params(api_params=copy.deepcopy(params), operation_model=model, context={}))
    return {name: value for name, value in made.items() if name in params or name.startswith("ExpressionAttribute")}


def _in_order(value: Any) -> Any:
    """The same with sets of DynamoDB sorted, whose order says nothing."""
    if isinstance(value, dict):
        return {key: sorted(part) if key in ("SS", "NS") else _in_order(part) for key, part in value.items()}
    return [_in_order(part) for part in value] if isinstance(value, list) else value


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
    tokens: bool = False,
    calls: bool = True,
) -> Judged:
    """Run a program in every form; an AssertionError if they disagree.

    `tokens`: arguments hold tokens, which differ. `calls` False: a call is answered in the process in one of the forms.
    """
    text = textwrap.dedent(source)
    given = {} if input is None else input
    values = {**ENVIRONMENT, **(environment or {})}
    with world(setup, answers or {}) as python:
        expected = _compared(run_python(text, given, workflow, environment=values), in_python=True)
    transitions = 0
    for optimize, engine in ((0, engines[0]), *((1, engine) for engine in engines)):
        with world(setup, answers or {}) as machine:
            outcome = run_compiled(
                text, given, optimize, evaluator(engine), workflow, environment=values, services=machine.services
            )
        found = _compared(outcome, in_python=False)
        where = f"at -O{optimize} on {engine}"
        assert found[1:] == expected[1:], f"{where}: {found} instead of {expected}"
        assert same_json(found[0], expected[0]), f"{where}: {found} instead of {expected}"
        if calls:
            same = [name for name, _ in machine.calls] == [name for name, _ in python.calls]
            assert same if tokens else machine.calls == python.calls, f"{where}: {machine.calls} not {python.calls}"
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
