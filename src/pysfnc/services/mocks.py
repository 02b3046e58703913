"""Answers from a file, in place of AWS and Lambda.

Owns: the two formats, which entry a call gets. Does not own: calls that no entry answers (world.py).

The formats:
- that of AWS Step Functions Local, `MockConfigFile.json` (AWS docs, "Testing state machines with mocked service
  integrations"): for each test case of a state machine the states with the answers to their 0th, 1st, ... call, as
  Step Functions would see them.
- one of our own: for each operation the answers to its 0th, 1st, ... call, as boto3 would give them, or for each
  function as it would return them. See docs/local.md.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pysfnc.aws import Operation, UnknownOperation, UnknownService, service
from pysfnc.diagnostics.nearest import nearest
from pysfnc.engine import Done, EngineError, Pending, TaskCall, TaskFailure
from pysfnc.engine.tasks import envelope, function_name_of
from pysfnc.services.invoking import Answer, Invoke, Request, ServiceError
from pysfnc.services.mock_answers import faults_of

__all__ = ["BadMocks", "Mocks", "TokenAnswer", "read_mocks"]


class BadMocks(EngineError):
    """A mock file cannot be used. The message is one line for people."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What becomes of the token of a mocked callback.

    after_s: seconds in the machine's time after the task began to wait.
    value: the answer, unless `refused`; error, cause: of a refusal.
    beats: seconds after which a heartbeat is sent.
    """

    after_s: float
    refused: bool = False
    value: Any = None
    error: str | None = None
    cause: str | None = None
    beats: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer.

    fits: what has to be in the arguments for the entry to count; None for any arguments.
    value: the answer, unless `failure`.
    failure: an error, as the format has it.
    after_s: how long the call takes, in the machine's time.
    """

    fits: Mapping[str, Any] | None = None
    value: Any = None
    failure: Mapping[str, Any] | None = None
    after_s: float = 0.0
    token: TokenAnswer | None = None


@dataclass
class _Answers:
    """The answers of one state, operation or function.

    ordered: one for each call, in order. always: for every call after those, or None.
    """

    ordered: list[Entry]
    always: Entry | None = None
    used: set[int] = field(default_factory=set)
    asked: bool = False

    def take(self, arguments: object) -> Entry | None:
        """The first entry left that fits the arguments."""
        self.asked = True
        for index, entry in enumerate(self.ordered):
            if index not in self.used and _fits(entry.fits, arguments):
                self.used.add(index)
                return entry
        if self.always is not None and _fits(self.always.fits, arguments):
            return self.always
        return None


def _fits(wanted: Any, given: Any) -> bool:
    """Is all that is wanted in what is given?"""
    if wanted is None:
        return True
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        return all(name in given and _matches(value, given[name]) for name, value in wanted.items())
    return bool(wanted == given)


def _matches(wanted: Any, given: Any) -> bool:
    return _fits(wanted, given) if isinstance(wanted, Mapping) else bool(wanted == given)


class Mocks:
    """The answers of a file, each given once.

    by_state: answers in the form of Step Functions, by state. by_call: by "service.method" or "function:name".
    """

    def __init__(self, by_state: Mapping[str, _Answers], by_call: Mapping[str, _Answers]) -> None:
        self._by_state = dict(by_state)
        self._by_call = dict(by_call)
        self._lock = threading.Lock()
        self.tokens: dict[str, TokenAnswer] = {}

    def covers(self, call: TaskCall) -> bool:
        """Does the file have answers for the call as such, whoever else could answer it?"""
        return call.state_name in self._by_state or any(key in self._by_call for key in other_keys(call)[0])

    def unused(self) -> list[str]:
        """States, operations and functions with answers that no call took."""
        both = (*self._by_state.items(), *self._by_call.items())
        return [name for name, answers in both if len(answers.used) < len(answers.ordered)]

    def never_asked(self) -> list[str]:
        """States, operations and functions that no call came to."""
        return [name for name, answers in (*self._by_state.items(), *self._by_call.items()) if not answers.asked]

    def of_state(self, call: TaskCall) -> object | None:
        """The answer of a file of Step Functions Local to a call, None if it says nothing of the state.

        Raises `TaskFailure`; `BadMocks` where there is no answer left.
        """
        answers = self._by_state.get(call.state_name)
        if answers is None:
            return None
        entry = self._taken(answers, None, f"the state `{call.state_name}`", call)
        if entry.failure is not None:
            raise TaskFailure(entry.failure.get("Error"), entry.failure.get("Cause"))
        if call.pattern:
            # Step Functions Local: what is returned is the result, also of jobs and callbacks.
            return Pending({}, poll=lambda: Done(entry.value))
        return Done(entry.value)

    def of_other(self, call: TaskCall) -> object | None:
        """The answer to a Lambda function or an HTTP call, None if the file says nothing of it. Raises as above."""
        keys, arguments = other_keys(call)
        key = next((key for key in keys if key in self._by_call), None)
        if key is None:
            return None
        answers = self._by_call[key]
        entry = self._taken(answers, arguments, f"`{key}`", call)
        if entry.failure is not None:
            raise _other_failure(entry)
        result = envelope(entry.value) if call.service == "lambda" else entry.value
        return Pending(result, duration_s=entry.after_s) if call.pattern else Done(result, entry.after_s)

    def layer(self, invoke: Invoke) -> Invoke:
        """Calls of boto3 that are answered here if the file says something of them, else by `invoke`."""

        def layered(request: Request) -> Answer:
            answers = self._by_call.get(request.key)
            if answers is None:
                return invoke(request)
            entry = self._taken(answers, request.arguments, f"`{request.key}`", request.call)
            if entry.failure is None:
                return Answer(entry.value or {}, entry.after_s)
            given = entry.failure
            code, message = str(given.get("Code", "")), str(given.get("Message", ""))
            raise ServiceError(code, message, int(given.get("Status", 400)), entry.after_s)

        return layered

    def _taken(self, answers: _Answers, arguments: object, what: str, call: TaskCall) -> Entry:
        with self._lock:
            entry = answers.take(arguments)
        if entry is None:
            given = "" if arguments is None else f" with {_short(arguments)}"
            raise BadMocks(f"state '{call.state_name}': the mock file has no answer left for {what}{given}")
        if entry.token is not None and call.token is not None:
            self.tokens[call.token] = entry.token
        return entry


def other_keys(call: TaskCall) -> tuple[list[str], Any]:
    """The keys of a call that is none of boto3, the best first, and its arguments.

    One Lambda function may hold several of a program's tasks; the payload says which is called.
    """
    if call.service == "lambda-function":
        return [f"function:{call.action}"], call.arguments
    if call.service == "lambda":
        given = call.arguments if isinstance(call.arguments, Mapping) else {}
        payload = given.get("Payload", {})
        names = [function_name_of(str(given.get("FunctionName")))]
        if isinstance(payload, Mapping) and isinstance(payload.get("f"), str):
            names.insert(0, payload["f"])
        return [f"function:{name}" for name in names], payload
    return [f"{call.service}:{call.action}"], call.arguments


def _other_failure(entry: Entry) -> TaskFailure:
    given = entry.failure or {}
    if "errorType" in given:
        text = json.dumps({"errorMessage": given.get("errorMessage", ""), "errorType": given["errorType"]})
        return TaskFailure(str(given["errorType"]), text, entry.after_s)
    return TaskFailure(given.get("Error"), given.get("Cause"), entry.after_s)


def _short(arguments: object) -> str:
    text = json.dumps(arguments, default=str)
    return text if len(text) < 120 else f"{text[:117]}..."


# --- reading


def read_mocks(path: Path, machine: str, test_case: str | None) -> Mocks:
    """Read a mock file of either format.

    machine: name of the state machine. test_case: which of its test cases, for the format of Step Functions Local.
    Raises `BadMocks`.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_repetition)
    except OSError as error:
        raise BadMocks(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadMocks(f"{path}: is no JSON: {error}") from None
    except BadMocks as fault:
        raise BadMocks(f"{path}: {fault}") from None
    if not isinstance(content, dict):
        raise BadMocks(f"{path}: a mock file is a JSON object")
    try:
        if "StateMachines" in content:
            return _of_step_functions_local(content, machine, test_case)
        if test_case is not None:
            raise BadMocks("--test-case is for files with `StateMachines`")
        return Mocks({}, {key: _answers_of(key, value) for key, value in content.items()})
    except BadMocks as fault:
        raise BadMocks(f"{path}: {fault}") from None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadMocks(f"`{twice}` is there twice in one object")
    return found


def _of_step_functions_local(content: Mapping[str, Any], machine: str, test_case: str | None) -> Mocks:
    machines = _object(content["StateMachines"], "StateMachines")
    chosen = machines.get(machine) if machine in machines or len(machines) != 1 else next(iter(machines.values()))
    cases = _object(_object(_known(machines, machine, "state machine", chosen), machine).get("TestCases"), "TestCases")
    if test_case is None and len(cases) == 1:
        test_case = next(iter(cases))
    if test_case is None:
        raise BadMocks(f"choose a test case: --test-case {' | '.join(cases)}")
    states = _object(_known(cases, test_case, "test case", cases.get(test_case)), test_case)
    responses = _object(content.get("MockedResponses", {}), "MockedResponses")
    by_state = {}
    for state, reference in states.items():
        name = str(reference)
        given = _known(responses, name, "mocked response", responses.get(name))
        by_state[state] = _Answers(
            [_local_entry(value, f"{name}.{number}") for number, value in _numbered(_object(given, name), name)]
        )
    return Mocks(by_state, {})


def _known(table: Mapping[str, Any], name: Any, what: str, found: Any) -> Any:
    if found is None:
        near = nearest(str(name), table)
        raise BadMocks(f"it has no {what} `{name}`" + (f", but `{near}`" if near else ""))
    return found


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadMocks(f"`{what}` is no object")
    return value


def _local_entry(value: Any, what: str) -> Entry:
    given = _object(value, what)
    if set(given) == {"Return"}:
        return Entry(value=given["Return"])
    if set(given) == {"Throw"}:
        return Entry(failure=_object(given["Throw"], f"{what}.Throw"))
    raise BadMocks(f"`{what}`: one of `Return` and `Throw` is wanted")


_FIELDS: Final = frozenset({"with", "return", "raise", "after", "token", "times"})


def _answers_of(key: str, given: Any) -> _Answers:
    operation = _operation(key)
    if isinstance(given, dict) and (_FIELDS & given.keys() or not any(map(_RANGE.fullmatch, given))):
        return _Answers([], _entry(given, key, operation)[0])
    if isinstance(given, dict):
        return _Answers([_entry(value, f"{key}.{number}", operation)[0] for number, value in _numbered(given, key)])
    if not isinstance(given, list):
        raise BadMocks(f"`{key}`: a list of answers, or one answer for all calls, is wanted")
    ordered = []
    for index, item in enumerate(given):
        entry, times = _entry(item, f"{key}[{index}]", operation)
        ordered += [entry] * times
    return _Answers(ordered)


_RANGE: Final = re.compile(r"(\d+)(?:-(\d+))?")


def _numbered(given: Mapping[str, Any], what: str) -> Iterator[tuple[int, Any]]:
    """What stands under "0", "1-3", ..., one for each call."""
    numbered: dict[int, Any] = {}
    for key, value in given.items():
        match = _RANGE.fullmatch(key)
        if match is None or int(match[2] or match[1]) - int(match[1]) not in range(10_000):
            raise BadMocks(f"`{what}`: `{key}` is neither a number of a call nor a range such as 1-3")
        numbered |= dict.fromkeys(range(int(match[1]), int(match[2] or match[1]) + 1), value)
    if sorted(numbered) != list(range(len(numbered))):
        raise BadMocks(f"`{what}`: the calls are to be numbered 0, 1, 2, ... without a gap")
    return iter(sorted(numbered.items()))


def _operation(key: str) -> Operation | None:
    """The operation of boto3 that the key names; None for what is none of boto3's."""
    if key.startswith("function:") or key in ("http:invoke", "apigateway:invoke"):
        return None
    name, dot, method = key.partition(".")
    if not dot:
        raise BadMocks(f"`{key}`: keys are `service.method` as in boto3, or `function:NAME`")
    try:
        return service(name).operation(method)
    except (UnknownService, UnknownOperation) as error:
        raise BadMocks(f"`{key}`: {error}") from None


def _entry(given: Any, what: str, operation: Operation | None) -> tuple[Entry, int]:
    fields = _object(given, what)
    unknown = fields.keys() - _FIELDS
    if unknown:
        near = nearest(min(unknown), _FIELDS)
        meant = f" (`{near}`?)" if near else ""
        raise BadMocks(f"`{what}`: unknown `{min(unknown)}`{meant}; an answer has {', '.join(sorted(_FIELDS))}")
    if ("return" in fields) == ("raise" in fields):
        raise BadMocks(f"`{what}`: one of `return` and `raise` is wanted")
    token = _token(fields["token"], what) if "token" in fields else None
    entry = Entry(
        fits=None if "with" not in fields else _object(fields["with"], f"{what}.with"),
        value=fields.get("return"),
        failure=None if "raise" not in fields else _object(fields["raise"], f"{what}.raise"),
        after_s=_seconds(fields.get("after", 0), f"{what}.after"),
        token=token,
    )
    times = fields.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= 10_000:
        raise BadMocks(f"`{what}.times`: a whole number from 1 to 10000 is wanted")
    if operation is not None:
        asked = faults_of(operation.input, entry.fits, f"{what}.with")
        for fault in (*asked, *faults_of(operation.output, entry.value, f"{what}.return")):
            raise BadMocks(fault)
    return entry, times


def _token(given: Any, what: str) -> TokenAnswer:
    fields = _object(given, f"{what}.token")
    if ("answer" in fields) == ("refuse" in fields):
        raise BadMocks(f"`{what}.token`: one of `answer` and `refuse` is wanted")
    refusal = _object(fields.get("refuse", {}), f"{what}.token.refuse")
    beats = fields.get("heartbeats", [])
    if not isinstance(beats, list):
        raise BadMocks(f"`{what}.token.heartbeats`: a list of seconds is wanted")
    return TokenAnswer(
        after_s=_seconds(fields.get("after", 0), f"{what}.token.after"),
        refused="refuse" in fields,
        value=fields.get("answer"),
        error=refusal.get("error"),
        cause=refusal.get("cause"),
        beats=tuple(_seconds(beat, f"{what}.token.heartbeats") for beat in beats),
    )


def _seconds(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise BadMocks(f"`{what}`: seconds are wanted")
    return float(value)
