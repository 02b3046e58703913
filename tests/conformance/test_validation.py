"""Definitions and inputs that AWS refuses, and those it takes."""

import pytest

from pysfnc.asl.finding import Finding
from pysfnc.asl.validate import validate
from pysfnc.engine import EngineError, read_input
from tests.conformance.cases import Case, cases_of

_ESCAPES = "base_scenarios.test_illegal_escapes"
NOT_COVERED: dict[str, str] = {
    f"{_ESCAPES}[ESCAPE_SEQUENCES_ILLEGAL_INTRINSIC_FUNCTION]": "needs the grammar of JSONPath's intrinsic functions",
    f"{_ESCAPES}[ESCAPE_SEQUENCES_ILLEGAL_INTRINSIC_FUNCTION_2]": "needs the grammar of JSONPath's intrinsic functions",
}
"""Case -> why validation does not see it."""

REFUSED = {case["id"]: case for case in cases_of("create", "validate")}
STARTED = {case["id"]: case for case in cases_of("start")}
TAKEN = {case["id"]: case for case in cases_of("execution", "describe")}


def _findings(case: Case) -> list[Finding]:
    return validate(case["definition_text"] if "definition_text" in case else case["definition"], type=case["type"])


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in NOT_COVERED])
def test_refused(name: str) -> None:
    case = REFUSED[name]
    expect = case["expect"]
    findings = _findings(case)
    if "diagnostics" in expect:
        assert [finding.to_json() for finding in findings] == expect["diagnostics"]
    else:
        listed = ", ".join(str(finding) for finding in findings)
        assert f"Invalid State Machine Definition: '{listed}'" == expect["cause"]


@pytest.mark.parametrize("name", STARTED)
def test_refused_input(name: str) -> None:
    expect = STARTED[name]["expect"]
    with pytest.raises(EngineError) as raised:
        read_input(STARTED[name]["input_text"])
    assert f"Invalid State Machine Execution Input: '{raised.value}'" == expect["cause"]


@pytest.mark.parametrize("name", TAKEN)
def test_taken(name: str) -> None:
    assert _findings(TAKEN[name]) == []


def test_left_out_cases_exist() -> None:
    assert [name for name in NOT_COVERED if name not in REFUSED] == []
