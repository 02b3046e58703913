"""A world that answers tasks as it did when the case was recorded."""

from collections.abc import Mapping
from typing import Any

from pysfnc.engine import Done, Pending, TaskCall, TaskFailure, TaskTimedOut
from tests.conformance.compare import Matcher

_NEVER_S = 10.0**9


class Replay:
    """A `TaskService` that gives each call the recorded answer for its state and its arguments.

    Calls of concurrent iterations come in any order, so each takes the first entry left whose parameters fit.
    """

    blocking = False

    def __init__(self, tasks: Mapping[str, list[dict[str, Any]]]) -> None:
        self._left = {state: list(entries) for state, entries in tasks.items()}

    def unused(self) -> list[str]:
        """States with recorded calls that were not made; calls that AWS never saw an answer to do not count."""
        return [state for state, entries in self._left.items() if any(_answered(entry) for entry in entries)]

    def call(self, call: TaskCall) -> object:
        """See `TaskService.call`."""
        entries = self._left.get(call.state_name, [])
        for index, entry in enumerate(entries):
            if not Matcher().differences(entry["parameters"], call.arguments):
                del entries[index]
                assert entry["resource"] == _resource(call)
                return self.answer(call, entry)
        raise AssertionError(f"AWS never called {call.resource} in {call.state_name} with {call.arguments!r}")

    def answer(self, call: TaskCall, entry: dict[str, Any]) -> object:
        """What the entry stands for."""
        return _answer(entry)


def _answered(entry: Mapping[str, Any]) -> bool:
    return any(key in entry for key in ("return", "throw", "timeout"))


def _resource(call: TaskCall) -> str:
    if call.service == "lambda-function":
        return "lambda-arn"
    name = f"{call.service}:{call.action}"
    return f"{name}.{call.pattern}" if call.pattern else name


def _answer(entry: Mapping[str, Any]) -> object:
    if "submitted" in entry and ("throw" in entry or "return" in entry):
        return Pending(entry["submitted"], poll=lambda: _outcome(entry))
    if "throw" not in entry and "timeout" not in entry and "return" not in entry:
        return Done(None, _NEVER_S)
    return _outcome(entry)


def _outcome(entry: Mapping[str, Any]) -> Done:
    if "throw" in entry:
        raise TaskFailure(entry["throw"].get("error"), entry["throw"].get("cause"))
    if "timeout" in entry:
        raise TaskTimedOut
    return Done(entry["return"])
