"""Recorded executions that call services, wait for tokens and start other executions, said in JSONata.

The answers of the services are those that AWS recorded; arguments, tokens, timeouts, events and errors are the engine's.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from pysfnc.engine import Listener, Pending, RunResult, StepFunctionsApi, TaskCall, VirtualClock, Waiting, run_machine
from tests.conformance.cases import Case
from tests.conformance.compare import Matcher, as_recorded, flattened, history_differences
from tests.conformance.replay import Replay
from tests.conformance.translate import Untranslated, translated

CASES = {
    case["id"]: case for case in json.loads((Path(__file__).parent / "jsonpath" / "cases.json").read_text("utf-8"))
}
_PATHS = "about JSONPath itself: the same mistake in JSONata is another error"
NOT_COVERED: dict[str, str] = {
    "base_scenarios.test_invalid_jsonpath[ST.INVALID_JSONPATH_IN_HEARTBEATSECONDSPATH]": _PATHS,
    "base_scenarios.test_invalid_jsonpath[ST.INVALID_JSONPATH_IN_TIMEOUTSECONDSPATH]": _PATHS,
}
"""Case -> why the engine does not run it."""


class Tokens(Replay, Listener):
    """A world that answers tokens as it did when the case was recorded."""

    def __init__(self, tasks: dict[str, list[dict[str, Any]]]) -> None:
        super().__init__(tasks)
        self._api: StepFunctionsApi | None = None
        self._answers: dict[str, dict[str, Any]] = {}

    def started(self, api: StepFunctionsApi) -> None:
        self._api = api

    def answer(self, call: TaskCall, entry: dict[str, Any]) -> object:
        if call.pattern != "waitForTaskToken" or "submitted" not in entry:
            return super().answer(call, entry)
        assert call.token is not None
        self._answers[call.token] = entry
        return Pending(entry["submitted"])

    def waiting(self, waiting: Waiting) -> None:
        entry = self._answers[waiting.token]
        assert self._api is not None
        given: dict[str, Any] = {"taskToken": waiting.token}
        if "throw" in entry:
            thrown = entry["throw"]
            self._api.call("send_task_failure", {**given, "error": thrown.get("error"), "cause": thrown.get("cause")})
        elif "return" in entry:
            text = json.dumps(entry["return"])
            for number in range(1, 4):
                text = text.replace(f"<<task_token:{number}>>", waiting.token)
            self._api.call("send_task_success", {**given, "output": text})


def _run(case: Case) -> tuple[RunResult, Tokens]:
    world = Tokens(case["mocks"].get("tasks", {}))
    result = run_machine(
        translated(case["definition"]), case.get("input", {}), tasks=world, listener=world, type=case["type"],
        clock=VirtualClock(1_800_000_000.0), validate=False,
    )  # fmt: skip
    return result, world


def _is_translated(case: Case) -> bool:
    try:
        translated(case["definition"])
    except Untranslated:
        return False
    return True


@pytest.mark.parametrize("name", [name for name in CASES if name not in NOT_COVERED and _is_translated(CASES[name])])
def test_execution(name: str) -> None:
    case = CASES[name]
    expect = case["expect"]
    result, world = _run(case)
    matcher = Matcher()
    actual = {"status": result.status}
    if result.status == "SUCCEEDED":
        actual["output"] = result.output
    if result.error is not None:
        actual["error"] = as_recorded(result.error, expect.get("error"))
    if result.cause is not None:
        actual["cause"] = as_recorded(result.cause, expect.get("cause"))
    differences = matcher.differences({key: expect[key] for key in expect if key != "history"}, actual)
    if "history" in expect:
        differences += history_differences(expect["history"], [flattened(event) for event in result.history], matcher)
    assert differences == []
    # Tokens are the engine's own affair: it answers these calls itself.
    own = [name for name, state in case["definition"]["States"].items() if ":sfn:sendTask" in state.get("Resource", "")]
    assert [name for name in world.unused() if name not in own] == []


def test_most_cases_can_be_said() -> None:
    assert sum(map(_is_translated, CASES.values())) >= 70
