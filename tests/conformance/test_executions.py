"""Whole executions: the engine's status, output, error, cause and history are those of AWS."""

import pytest

from pysfnc.engine import RunResult, VirtualClock, run_machine
from tests.conformance.cases import Case, cases_of, objects_of
from tests.conformance.compare import Matcher, as_recorded, flattened, history_differences
from tests.conformance.replay import Replay

_MIXED = "mixed: a state in JSONPath reads a path"
NOT_COVERED: dict[str, str] = {
    "arguments.test_base_cases[BASE_LAMBDA_EXPRESSION]": _MIXED,
    "error_output.test_catch_error_variable_sampling[TASK_CATCH_ERROR_VARIABLE_SAMPLING_TO_JSONPATH]": _MIXED,
    "output.test_base_cases[BASE_EXPR]": _MIXED,
    "output.test_base_lambda[BASE_LAMBDA]": _MIXED,
    "mixed_query_language.test_lambda_task_resource_data_flow[TASK_LAMBDA_LEGACY_RESOURCE_JSONPATH_TO_JSONATA]": _MIXED,
    "mixed_query_language.test_lambda_task_resource_data_flow[TASK_LAMBDA_SDK_RESOURCE_JSONPATH_TO_JSONATA]": _MIXED,
    "mixed_query_language.test_output_to_state[JSONPATH_OUTPUT_TO_JSONATA]": _MIXED,
    "mixed_query_language.test_task_dataflow_to_state": _MIXED,
}
"""Case -> why the engine does not run it."""

CASES = {case["id"]: case for case in cases_of("execution")}


def _run(case: Case) -> tuple[RunResult, Replay]:
    replay = Replay(case["mocks"].get("tasks", {}))
    result = run_machine(
        case["definition"],
        case.get("input", {}),
        tasks=replay,
        type=case["type"],
        clock=VirtualClock(1_800_000_000.0),
        objects=objects_of(case),
    )
    return result, replay


@pytest.mark.parametrize("name", [name for name in CASES if name not in NOT_COVERED])
def test_execution(name: str) -> None:
    case = CASES[name]
    expect = case["expect"]
    result, replay = _run(case)
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
    assert replay.unused() == []


def test_left_out_cases_exist() -> None:
    assert [name for name in NOT_COVERED if name not in CASES] == []
