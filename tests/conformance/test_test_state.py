"""Single states through the TestState API."""

from typing import Any

import pytest

from pysfnc.engine.test_state import Configuration, Mock, Rejected, run_state
from tests.conformance.cases import Case, cases_of
from tests.conformance.compare import Matcher, as_recorded

CASES = {case["id"]: case for case in cases_of("test_state")}


def _mock(case: Case) -> Mock | None:
    if "mock" not in case:
        return None
    described = case["mock"]
    error = described.get("errorOutput")
    return Mock(
        result=(described["result"],) if "result" in described else None,
        error=None if error is None else (error.get("error"), error.get("cause")),
    )


def _configuration(case: Case) -> Configuration:
    described = case.get("state_configuration", {})
    return Configuration(
        retrier_retry_count=described.get("retrierRetryCount", 0),
        error_caused_by_state=described.get("errorCausedByState"),
        map_iteration_failure_count=described.get("mapIterationFailureCount"),
        map_item_reader_data=described.get("mapItemReaderData"),
    )


def _answer(case: Case) -> dict[str, Any]:
    try:
        return run_state(
            case["definition"],
            case.get("input"),
            state_name=case.get("state_name"),
            variables=case.get("variables"),
            context=case.get("context"),
            mock=_mock(case),
            configuration=_configuration(case),
            inspection_level=case.get("inspection_level", "INFO"),
            # The recorder passed a role wherever it mocked the work.
            role_arn="arn:aws:iam::111111111111:role/any" if "mock" in case else None,
            account="111111111111",
        ).to_json()
    except Rejected as rejected:
        return {"status": "REJECTED", "error": rejected.error, "cause": rejected.cause}


@pytest.mark.parametrize("name", CASES)
def test_state(name: str) -> None:
    expect = CASES[name]["expect"]
    actual = _answer(CASES[name])
    if "cause" in actual:
        actual["cause"] = as_recorded(actual["cause"], expect.get("cause"))
    assert Matcher().differences(expect, actual) == []
